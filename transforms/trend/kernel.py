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
def trailing_sums(values, rows, known_ratio, sums):  # type: ignore[no-untyped-def]
    """Fill `sums` with the trailing sum over `rows` rows; NaN where too little of the window is known."""
    n = values.size
    for i in range(n):
        sums[i] = np.nan
        if i + 1 < rows:
            continue
        total = 0.0
        known = 0
        for j in range(i - rows + 1, i + 1):
            if not np.isnan(values[j]):
                total += values[j]
                known += 1
        if known > 0 and known >= known_ratio * rows:
            sums[i] = total


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
def root_moments(values, row, block, reach, history, skipped, ceiling):  # type: ignore[no-untyped-def]
    """Moments of the same time of day on the days before `row`: n, sum (of the values, that is, of
    the squared roots), sum of the roots, days.

    Values are clipped at `ceiling`; the day `skipped` is left out (0 skips none). Also tells the busiest day.
    """
    n = 0.0
    total = 0.0
    roots = 0.0
    days = 0.0
    busiest = 0
    most = -1.0
    for k in range(1, history + 1):
        centre = row - k * block
        if centre < 0:
            break
        if k == skipped:
            continue
        known = 0.0
        heard = 0.0
        for j in range(max(centre - reach, 0), min(centre + reach, row) + 1):
            if not np.isnan(values[j]):
                value = min(values[j], ceiling)
                known += 1.0
                heard += value
                roots += np.sqrt(value)
        if known > 0.0:
            n += known
            total += heard
            days += 1.0
            if heard > most:
                most = heard
                busiest = k
    return n, total, roots, days, busiest


@numba.njit(cache=True, nogil=True)
def expect(values, first, block, reach, settings, expected, low, high):  # type: ignore[no-untyped-def]
    """Expected value and band of each row, from the same time of day (`reach` rows either side) on the days before.

    The band is taken in square roots, where counts spread evenly; the mean in counts. What lies more than three sd
    above the days without the busiest one is clipped, so that yesterday's spike does not become today's norm.
    """
    history, min_days, quantile = int(settings[0]), settings[1], settings[6]
    for i in range(first, values.size):
        n, total, roots, days, busiest = root_moments(values, i, block, reach, history, 0, np.inf)
        if days < min_days:
            continue
        m, calm_total, calm_roots, _, _ = root_moments(values, i, block, reach, history, busiest, np.inf)
        if m > 1.0:
            calm = calm_roots / m
            calm_sd = np.sqrt(max(calm_total - calm_roots * calm, 0.0) / (m - 1.0))
            # Half a mention's worth of spread is the least a count can have (Poisson, in square roots).
            ceiling = (calm + 3.0 * max(calm_sd, 0.5)) ** 2
            n, total, roots, days, busiest = root_moments(values, i, block, reach, history, 0, ceiling)
        mean = roots / n
        sd = np.sqrt(max(total - roots * mean, 0.0) / max(n - 1.0, 1.0))
        margin = quantile * sd * np.sqrt(1.0 + 1.0 / days)
        expected[i] = total / n
        low[i] = max(mean - margin, 0.0) ** 2
        high[i] = (mean + margin) ** 2


@numba.njit(cache=True, nogil=True)
def raise_alerts(score, first, rows, levels, state, is_alert):  # type: ignore[no-untyped-def]
    """Turn scores into announcements. `state` is (rows since alert, rows since above, announced score), updated."""
    cool_down, calm, reminder = rows
    threshold, rearm = levels
    since_alert, since_above, announced = state
    for i in range(first, score.size):
        since_alert += 1.0
        since_above += 1.0
        if np.isnan(score[i]) or score[i] < threshold:
            continue
        fresh = since_alert >= cool_down and since_above >= calm
        if fresh or since_alert >= reminder or score[i] >= rearm * announced:
            is_alert[i] = True
            since_alert = 0.0
            announced = score[i]
        since_above = 0.0
    state[0], state[1], state[2] = since_alert, since_above, announced


@numba.njit(cache=True, nogil=True)
def judge_series(values, first, block, windows, gaps, reach, settings, out, window, status):  # type: ignore[no-untyped-def]
    """Judge rows `first` onwards of one series on a complete grid (NaN is unknown).

    `out` has the rows score, observed, typical_peak, expected, low, high; `window` the index of the telling window.
    """
    n = values.size
    sums = np.empty(n)
    roots = np.empty(n)
    peaks = np.empty(n)
    queue = np.empty(n, np.int64)
    known_before = np.empty(n + 1, np.int64)
    days = np.zeros(n)
    measured = np.zeros(n, np.bool_)
    busiest = np.zeros(n)
    for w in range(windows.size):
        trailing_sums(values, windows[w], MIN_KNOWN_WINDOW_RATIO, sums)
        for i in range(n):
            roots[i] = np.sqrt(sums[i])
            if not np.isnan(sums[i]):
                measured[i] = True
                busiest[i] = max(busiest[i], sums[i])
        trailing_peaks(roots, block, 0.5, peaks, queue, known_before)
        judge_window(sums, roots, peaks, first, block, gaps[w], settings, w, out[0], window, out[1], out[2], days)
    trailing_sums(values, block, 0.0, sums)
    history, min_days, min_count, min_history_count = int(settings[0]), settings[1], settings[5], settings[7]
    for i in range(first, n):
        heard = 0.0
        for k in range(history):
            j = i - k * block
            if j < 0:
                break
            if not np.isnan(sums[j]):
                heard += sums[j]
        if np.isnan(values[i]) or (not measured[i] and i + 1 >= windows[0]):
            status[i] = GAP
        elif not measured[i] or days[i] < min_days or (heard < min_history_count and busiest[i] < min_count):
            status[i] = NOT_ENOUGH_DATA
        else:
            status[i] = OK
        if status[i] != OK:
            out[0, i] = np.nan
    expect(values, first, block, reach, settings, out[3], out[4], out[5])
