"""Compiled inner loops of the detector: one series at a time, finite look-back only.

Import this module inside functions: it loads Numba. Everything here depends on a bounded number of rows before the
row that is judged and sums them in a fixed order, so judging one new hour from a stored tail gives bit for bit what
a full run gives.
"""

import numba
import numpy as np

OK, NOT_ENOUGH_DATA, GAP, INCOMPLETE = 0, 1, 2, 3
MIN_KNOWN_WINDOW_RATIO = 0.75


@numba.njit(cache=True, nogil=True)
def trailing_totals(values, rows, totals, known, part):  # type: ignore[no-untyped-def]
    """Grow trailing totals and counts of known rows from windows of `part` rows to windows of `rows` rows, in place.

    `rows` is a multiple of `part`; part 0 starts from the values themselves. Before the window is full, what there is
    is summed.
    """
    n = values.size
    if part == 0:
        for i in range(n):
            is_known = not np.isnan(values[i])
            totals[i] = values[i] if is_known else 0.0
            known[i] = 1 if is_known else 0
        part = 1
    # Backwards, so that the smaller windows still stand where they are read.
    for i in range(n - 1, -1, -1):
        j = i - part
        while j > i - rows and j >= 0:
            totals[i] += totals[j]
            known[i] += known[j]
            j -= part


@numba.njit(cache=True, nogil=True)
def trailing_peaks(roots, rows, known_ratio, peaks, queue, known_before):  # type: ignore[no-untyped-def]
    """Fill `peaks` with the trailing maximum over `rows` rows (a monotonic queue, constant work a row)."""
    n = roots.size
    head = 0
    tail = 0
    known_before[0] = 0
    for i in range(n):
        known_before[i + 1] = known_before[i]
        if not np.isnan(roots[i]):
            known_before[i + 1] += 1
            while tail > head and roots[queue[tail - 1]] <= roots[i]:
                tail -= 1
            queue[tail] = i
            tail += 1
        while head < tail and queue[head] <= i - rows:
            head += 1
        peaks[i] = np.nan
        if i + 1 >= rows and head < tail:
            known = known_before[i + 1] - known_before[i + 1 - rows]
            if known >= known_ratio * rows:
                peaks[i] = roots[queue[head]]


@numba.njit(cache=True, nogil=True)
def judge_window(  # type: ignore[no-untyped-def]
    sums, roots, peaks, first, block, gap, settings, index, score, window, observed, typical_peak, days
):
    """Raise `score` where this window's root stands further above the mean daily peak than the others' did."""
    history, min_days, prior, sd_ratio, sd_count, min_count = settings[:6]
    for i in range(first, sums.size):
        if np.isnan(sums[i]):
            continue
        n = 0.0
        total = 0.0
        squares = 0.0
        for k in range(int(history)):
            j = i - gap - k * block
            if j < 0:
                break
            if not np.isnan(peaks[j]):
                n += 1.0
                total += peaks[j]
                squares += peaks[j] * peaks[j]
        days[i] = max(days[i], n)
        if n < min_days:
            continue
        mean = total / n
        spread = max(squares - total * mean, 0.0)
        assumed = (sd_ratio * mean) ** 2 + sd_count**2
        variance = (spread + prior * assumed) / (n - 1.0 + prior) * (1.0 + 1.0 / n)
        z = (roots[i] - mean) / np.sqrt(variance)
        if sums[i] < min_count:
            z = min(z, 0.0)
        if np.isnan(score[i]) or z > score[i]:
            score[i] = z
            window[i] = index
            observed[i] = sums[i]
            typical_peak[i] = mean * mean


@numba.njit(cache=True, nogil=True)
def gather(values, value_roots, row, block, reach, history, sample, sample_roots):  # type: ignore[no-untyped-def]
    """Collect the same time of day of the days before `row` into the samples.

    Returns how many values and days there are, the greatest value, the sums of values and roots, and of the busiest
    day: its number of values, its sum and its sum of roots.
    """
    n, days, top, total, roots = 0, 0, 0.0, 0.0, 0.0
    busiest_n, busiest_total, busiest_roots = 0, -1.0, 0.0
    for k in range(1, history + 1):
        centre = row - k * block
        if centre < 0:
            break
        day_n, day_total, day_roots = 0, 0.0, 0.0
        for j in range(max(centre - reach, 0), min(centre + reach, row) + 1):
            if not np.isnan(values[j]):
                sample[n + day_n] = values[j]
                sample_roots[n + day_n] = value_roots[j]
                day_n += 1
                day_total += values[j]
                day_roots += value_roots[j]
                top = max(top, values[j])
        if day_n > 0:
            days += 1
            n += day_n
            total += day_total
            roots += day_roots
            if day_total > busiest_total:
                busiest_n, busiest_total, busiest_roots = day_n, day_total, day_roots
    return n, days, top, total, roots, busiest_n, busiest_total, busiest_roots


@numba.njit(cache=True, nogil=True)
def expect(values, first, block, reach, settings, expected, low, high):  # type: ignore[no-untyped-def]
    """Expected value and band of each row, from the same time of day (`reach` rows either side) on the days before.

    The band is taken in square roots, where counts spread evenly; the mean in counts. What lies more than three sd
    above the days without the busiest one is clipped, so that yesterday's spike does not become today's norm. The
    values are the squared roots: their sum serves as the second moment.
    """
    history, min_days, quantile = int(settings[0]), settings[1], settings[6]
    value_roots = np.sqrt(values)
    sample = np.empty(history * (2 * reach + 1))
    sample_roots = np.empty(history * (2 * reach + 1))
    for i in range(first, values.size):
        n, days, top, total, roots, busiest_n, busiest_total, busiest_roots = gather(
            values, value_roots, i, block, reach, history, sample, sample_roots
        )
        if days < min_days:
            continue
        calm_n, calm_roots = n - busiest_n, roots - busiest_roots
        if calm_n > 1:
            calm = calm_roots / calm_n
            calm_sd = np.sqrt(max(total - busiest_total - calm_roots * calm, 0.0) / (calm_n - 1.0))
            # Half a root's worth of spread is the least a count can have (Poisson).
            root_ceiling = calm + 3.0 * max(calm_sd, 0.5)
            ceiling = root_ceiling * root_ceiling
            if top > ceiling:
                total, roots = 0.0, 0.0
                for s in range(n):
                    total += min(sample[s], ceiling)
                    roots += min(sample_roots[s], root_ceiling)
        mean = roots / n
        sd = np.sqrt(max(total - roots * mean, 0.0) / max(n - 1.0, 1.0))
        margin = quantile * sd * np.sqrt(1.0 + 1.0 / days)
        expected[i] = total / n
        low[i] = max(mean - margin, 0.0) ** 2
        high[i] = (mean + margin) ** 2


@numba.njit(cache=True, nogil=True)
def raise_alerts(score, burst, first, rows, levels, state, is_alert):  # type: ignore[no-untyped-def]
    """Turn scores into announcements; `burst` is the score of the windows shorter than a day.

    The window of a day remembers a burst for a day: it may open an event, but not keep one open against new bursts.
    `state` is (rows since alert, since above, since a burst above, announced score), updated.
    """
    cool_down, calm, reminder = rows
    threshold, rearm = levels
    since_alert, since_above, since_burst, announced = state
    for i in range(first, score.size):
        since_alert += 1.0
        since_above += 1.0
        since_burst += 1.0
        if np.isnan(score[i]) or score[i] < threshold:
            continue
        is_burst = burst[i] >= threshold
        fresh = since_above >= calm or (is_burst and since_burst >= calm)
        if (fresh and since_alert >= cool_down) or since_alert >= reminder or score[i] >= rearm * announced:
            is_alert[i] = True
            since_alert = 0.0
            announced = score[i]
        since_above = 0.0
        if is_burst:
            since_burst = 0.0
    state[0], state[1], state[2], state[3] = since_alert, since_above, since_burst, announced


@numba.njit(cache=True, nogil=True)
def judge_series(values, first, block, windows, gaps, reach, settings, out, window, status):  # type: ignore[no-untyped-def]
    """Judge rows `first` onwards of one series on a complete grid (NaN is unknown).

    `out` has the rows score, observed, typical_peak, expected, low, high, burst (score of the windows under a day);
    `window` takes the index of the telling window.
    `windows` ascend; a window that is a multiple of the one before is summed from it.
    """
    n = values.size
    out[:] = np.nan
    window[:] = -1
    status[:] = NOT_ENOUGH_DATA
    totals, known = np.empty(n), np.empty(n, np.int64)
    sums, roots, peaks = np.empty(n), np.empty(n), np.empty(n)
    queue, known_before = np.empty(n, np.int64), np.empty(n + 1, np.int64)
    days, busiest = np.zeros(n), np.full(n, -1.0)
    part = 0
    for w in range(windows.size):
        rows = windows[w]
        trailing_totals(values, rows, totals, known, part if part > 0 and rows % part == 0 else 0)
        part = rows
        for i in range(n):
            full = i + 1 >= rows and known[i] > 0 and known[i] >= MIN_KNOWN_WINDOW_RATIO * rows
            sums[i] = totals[i] if full else np.nan
            roots[i] = np.sqrt(sums[i])
            if full:
                busiest[i] = max(busiest[i], sums[i])
        trailing_peaks(roots, block, 0.5, peaks, queue, known_before)
        judge_window(sums, roots, peaks, first, block, gaps[w], settings, w, out[0], window, out[1], out[2], days)
        if rows < block:
            out[6] = out[0]
    trailing_totals(values, block, totals, known, part if block % part == 0 else 0)
    history, min_days, min_count, min_history_count = int(settings[0]), settings[1], settings[5], settings[7]
    for i in range(first, n):
        measured = busiest[i] >= 0.0
        if np.isnan(values[i]) or (not measured and i + 1 >= windows[0]):
            status[i] = GAP
        elif not measured or days[i] < min_days:
            status[i] = NOT_ENOUGH_DATA
        else:
            status[i] = OK
            if busiest[i] < min_count:
                heard = 0.0
                for k in range(history):
                    if i - k * block >= 0:
                        heard += totals[i - k * block]
                if heard < min_history_count:
                    status[i] = NOT_ENOUGH_DATA
        if status[i] != OK:
            out[0, i] = np.nan
            out[6, i] = np.nan
    expect(values, first, block, reach, settings, out[3], out[4], out[5])


@numba.njit(cache=True, nogil=True)
def judge_many(  # type: ignore[no-untyped-def]
    values, bounds, firsts, start, stop, block, windows, gaps, reach, settings, out, window, status
):
    """Judge series `start` to `stop` of many laid end to end: s holds the rows from bounds[s] to bounds[s + 1]."""
    for s in range(start, stop):
        a, b = bounds[s], bounds[s + 1]
        judge_series(
            values[a:b], firsts[s], block, windows, gaps, reach, settings, out[:, a:b], window[a:b], status[a:b]
        )


@numba.njit(cache=True, nogil=True)
def raise_many(score, burst, bounds, firsts, rows, levels, states, is_alert):  # type: ignore[no-untyped-def]
    """`raise_alerts` for every series of many; `states` has one row per series and is updated."""
    for s in range(bounds.size - 1):
        a, b = bounds[s], bounds[s + 1]
        raise_alerts(score[a:b], burst[a:b], firsts[s], rows, levels, states[s], is_alert[a:b])
