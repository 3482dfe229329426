"""Compiled inner loop for shares: is the negative part of the last hours larger than this brand's own share?

Import this module inside functions: it loads Numba.
"""

import numba
import numpy as np

OK, NOT_ENOUGH_DATA, GAP = 0, 1, 2


@numba.njit(cache=True, nogil=True)
def trailing(parts, wholes, row, rows):  # type: ignore[no-untyped-def]
    """Return the sums of the part and of the whole over the `rows` hours up to `row` where both are known."""
    part = 0.0
    whole = 0.0
    for j in range(max(row - rows + 1, 0), row + 1):
        if not np.isnan(parts[j]) and not np.isnan(wholes[j]):
            part += parts[j]
            whole += wholes[j]
    return part, whole


@numba.njit(cache=True, nogil=True)
def usual_share(day_parts, day_wholes, row, gap, history, prior, floor):  # type: ignore[no-untyped-def]
    """Days, part and whole of the history, and the variance with which the daily share wanders beyond chance.

    The variance is taken in arcsine roots and shrunk towards `floor` squared with the weight of `prior` days.
    """
    days, told, heard, total, squares, chance = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(history):
        j = row - gap - 24 * k
        if j < 23:
            break
        heard += day_wholes[j]
        told += day_parts[j]
        if day_wholes[j] > 0.0:
            angle = np.arcsin(np.sqrt((day_parts[j] + 0.375) / (day_wholes[j] + 0.75)))
            days += 1.0
            total += angle
            squares += angle * angle
            chance += 0.25 / (day_wholes[j] + 0.5)
    if days < 1.0:
        return 0.0, 0.0, 0.0, 0.0
    own = max(squares - total * total / days - (days - 1.0) * chance / days, 0.0)
    wander = (own + prior * floor * floor) / (days - 1.0 + prior) * (1.0 + 1.0 / days)
    return days, told, heard, wander


@numba.njit(cache=True, nogil=True)
def judge_share(parts, wholes, rows, gap, settings, usual, z, window, status):  # type: ignore[no-untyped-def]
    """Greatest standardised rise of the share over the trailing windows `rows`, in arcsine roots, per hour."""
    history, min_days, min_count, min_history_count, prior, floor, min_rise = settings
    n = parts.size
    day_parts, day_wholes = np.zeros(n), np.zeros(n)
    for i in range(n):
        day_parts[i], day_wholes[i] = trailing(parts, wholes, i, 24)
    for i in range(n):
        if np.isnan(parts[i]) or np.isnan(wholes[i]):
            status[i] = GAP
            continue
        days, told, heard, wander = usual_share(day_parts, day_wholes, i, gap, int(history), prior, floor)
        if days < min_days or heard < min_history_count:
            continue
        usual[i] = told / heard
        base = np.arcsin(np.sqrt((told + 0.375) / (heard + 0.75)))
        status[i] = OK
        z[i] = 0.0
        for w in range(rows.size):
            part, whole = trailing(parts, wholes, i, rows[w])
            if part < min_count or part < (usual[i] + min_rise) * whole:
                continue
            angle = np.arcsin(np.sqrt((part + 0.375) / (whole + 0.75)))
            rise = (angle - base) / np.sqrt(0.25 / (whole + 0.5) + 0.25 / (heard + 0.5) + wander)
            if rise > z[i]:
                z[i] = rise
                window[i] = rows[w]
