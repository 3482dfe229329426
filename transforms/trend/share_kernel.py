"""Compiled inner loop for shares: is the negative part of the last hours larger than this brand's own share?

Import this module inside functions: it loads Numba.
"""

import numba
import numpy as np

OK, NOT_ENOUGH_DATA, GAP = 0, 1, 2


@numba.njit(cache=True, nogil=True)
def judge_share(parts, wholes, rows, gap, settings, usual, z, window, status):  # type: ignore[no-untyped-def]
    """Greatest standardised rise of the share over the trailing windows `rows`, in arcsine roots, per hour.

    The usual share is that of `history` days before the gap; its own wandering from day to day (beyond what the counts
    explain, shrunk towards `floor` with the weight of `prior` days) is part of the sd.
    """
    history, min_days, min_count, min_history_count, prior, floor, min_rise = settings
    n = parts.size
    day_parts = np.zeros(n)
    day_wholes = np.zeros(n)
    for i in range(n):
        for j in range(max(i - 23, 0), i + 1):
            if not np.isnan(parts[j]) and not np.isnan(wholes[j]):
                day_parts[i] += parts[j]
                day_wholes[i] += wholes[j]
    for i in range(n):
        if np.isnan(parts[i]) or np.isnan(wholes[i]):
            status[i] = GAP
            continue
        days = 0.0
        heard = 0.0
        told = 0.0
        total = 0.0
        squares = 0.0
        chance = 0.0
        for k in range(int(history)):
            j = i - gap - 24 * k
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
        if days < min_days or heard < min_history_count:
            continue
        usual[i] = told / heard
        base = np.arcsin(np.sqrt((told + 0.375) / (heard + 0.75)))
        own = max(squares - total * total / days - (days - 1.0) * chance / days, 0.0)
        wander = (own + prior * floor * floor) / (days - 1.0 + prior) * (1.0 + 1.0 / days)
        status[i] = OK
        z[i] = 0.0
        for w in range(rows.size):
            part = 0.0
            whole = 0.0
            for j in range(max(i - rows[w] + 1, 0), i + 1):
                if not np.isnan(parts[j]) and not np.isnan(wholes[j]):
                    part += parts[j]
                    whole += wholes[j]
            if part < min_count or part < (usual[i] + min_rise) * whole:
                continue
            angle = np.arcsin(np.sqrt((part + 0.375) / (whole + 0.75)))
            sd = np.sqrt(0.25 / (whole + 0.5) + 0.25 / (heard + 0.5) + wander)
            rise = (angle - base) / sd
            if rise > z[i]:
                z[i] = rise
                window[i] = rows[w]
