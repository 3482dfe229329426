"""VADER's rules over looked-up words: what each word is worth, and the sums that become the four scores.

Every step repeats the arithmetic of vaderSentiment 3.3.2 in its order, so that the doubles come out bit for bit equal;
where a rule looks odd, it is the package's. Importing this module imports Numba.
"""

# Compiled functions have their types from Numba, one version per kind of argument.
# mypy: allow-untyped-defs, allow-untyped-calls, no-check-untyped-defs

import math

import numpy as np

from transforms.text.compiled import inlined
from transforms.text.vader_tables import (
    BOOSTER,
    BUT,
    DOUBT,
    FIRST,
    KIND,
    KIND_OF,
    LEAST,
    LEXICON,
    NEGATOR,
    NEVER,
    NO,
    NOT_LEAST,
    OR,
    SECOND,
    SO,
    UNKNOWN,
    WITHOUT,
)
from transforms.text.vader_tokens import CAPS, CONTRACTION, PAD

NEGATION = -0.74
CAPS_INCREMENT = 0.733
NORMALISATION = 15
MODIFYING = BOOSTER | NEGATOR | NEVER | WITHOUT | SO | CONTRACTION


@inlined
def word_valence(i, words, facts, end, differ, t):
    """Valence of the word at place `i`, which is in the lexicon, in its context."""
    valence = t.valence[words[i]]
    own, before, two_before, three_before = facts[i], facts[i - 1], facts[i - 2], facts[i - 3]
    if own & NO and facts[i + 1] & LEXICON:
        valence = 0.0
    around = before | two_before | three_before
    if around & NO and (before & NO or two_before & NO or before & OR):
        valence = t.valence[words[i]] * NEGATION
    if differ and own & CAPS:
        valence += CAPS_INCREMENT if valence > 0 else -CAPS_INCREMENT
    if around & MODIFYING or (around | own) & FIRST:
        valence = modified(valence, i, words, facts, end, differ, t)
    if before & LEAST and not before & LEXICON and not two_before & NOT_LEAST:
        valence *= NEGATION
    return valence


@inlined
def modified(valence, i, words, facts, end, differ, t):
    """The valence after the three words before it, one after the other."""
    before, two_before = facts[i - 1], facts[i - 2]
    for distance in range(1, min(i - PAD, 3) + 1):
        fact = facts[i - distance]
        if fact & LEXICON:
            continue
        if fact & BOOSTER:
            valence += degree(t.booster[words[i - distance]], valence, differ and fact & CAPS, distance)
        valence *= negation(fact, distance, before, two_before)
        if distance == 3 and may_be_phrase(i, facts):
            valence = idiom(valence, i, words, end, t)
    return valence


@inlined
def degree(booster, valence, capitals, distance):
    """What a degree adverb adds, less with distance."""
    scalar = -booster if valence < 0 else booster
    if capitals:
        scalar += CAPS_INCREMENT if valence > 0 else -CAPS_INCREMENT
    if distance == 2:
        return scalar * 0.95
    return scalar * 0.9 if distance == 3 else scalar


@inlined
def negation(fact, distance, before, two_before):
    """Factor of the word `distance` places before. That "so" directly before suffices at distance 3 is VADER's rule."""
    if distance == 2:
        if fact & NEVER and before & SO:
            return 1.25
        if fact & WITHOUT and before & DOUBT:
            return 1.0
    elif distance == 3:
        if (fact & NEVER and two_before & SO) or before & SO:
            return 1.25
        if fact & WITHOUT and (two_before | before) & DOUBT:
            return 1.0
    return NEGATION if fact & (NEGATOR | CONTRACTION) else 1.0


@inlined
def phrase_at(words, at, length, kind, t):
    """Row of the phrase of this length and kind that starts at a word, -1 if there is none."""
    for row in range(len(t.phrases)):
        entry = t.phrases[row]
        if (
            entry[0] == words[at]
            and entry[1] == words[at + 1]
            and entry[3] & kind
            and (entry[2] < 0 if length == 2 else entry[2] >= 0 and entry[2] == words[at + 2])
        ):
            return row
    return -1


@inlined
def may_be_phrase(i, facts):
    """Whether two words in a row around place `i` begin some phrase."""
    near = (facts[i - 3] & FIRST and facts[i - 2] & SECOND) or (facts[i - 2] & FIRST and facts[i - 1] & SECOND)
    return near or (facts[i - 1] & FIRST and facts[i] & SECOND) or (facts[i] & FIRST and facts[i + 1] & SECOND)


@inlined
def idiom(valence, i, words, end, t):
    """Valence after the idioms and degree phrases around place `i`, in VADER's order of looking."""
    for start, length in ((i - 1, 2), (i - 2, 3), (i - 2, 2), (i - 3, 3), (i - 3, 2)):
        row = phrase_at(words, start, length, 1, t)
        if row >= 0:
            valence = t.phrase_value[row, 0]
            break
    for length in (2, 3):
        if i + length <= end:
            row = phrase_at(words, i, length, 1, t)
            if row >= 0:
                valence = t.phrase_value[row, 0]
    for start, length in ((i - 3, 3), (i - 3, 2), (i - 2, 2)):
        row = phrase_at(words, start, length, 2, t)
        if row >= 0:
            valence += t.phrase_value[row, 1]
    return valence


@inlined
def word_valences(words, facts, end, rated, capitals, places, values, t):
    """Turns the places of rated words into places and values of those whose valence is not zero.

    Returns their number and the place of "but", 0 without one. `places` is read ahead of where it is written.
    """
    differ = 0 < capitals < end - PAD
    facts[end] = facts[end + 1] = 0
    words[end] = words[end + 1] = UNKNOWN
    found, but = 0, 0
    for at in range(rated):
        i = places[at]
        fact = facts[i]
        if fact & BUT and not but:
            but = i
        if not fact & LEXICON or fact & BOOSTER or (fact & KIND and facts[i + 1] & KIND_OF):
            continue
        valence = word_valence(i, words, facts, end, differ, t)
        if valence != 0:
            places[found], values[found] = i, valence
            found += 1
    return found, but


@inlined
def contrast(places, values, found, but, known, lowest):
    """The "but" rule: each step changes the first word with the valence of the step's word, itself or an earlier one.

    `known` and `lowest` remember, for some valences, a place before which none of their words stands: without them a
    text of 100,000 rated words would take minutes.
    """
    mask = min(len(known) - 1, 15 if found < 64 else 1023)
    known[: mask + 1] = 0.0
    for step in range(found):
        value = values[step]
        slot = valence_slot(value, mask)
        first = lowest[slot] if known[slot] == value else 0
        while values[first] != value:
            first += 1
        known[slot], lowest[slot] = value, first
        if places[first] == but:
            continue
        changed = value * (0.5 if places[first] < but else 1.5)
        values[first] = changed
        slot = valence_slot(changed, mask)
        if known[slot] == changed:
            lowest[slot] = min(lowest[slot], first)


@inlined
def valence_slot(value, mask):
    """A slot for a valence: spreads the values that occur, -6 to 6 in steps of about a thousandth."""
    return np.int64(min(1e15, abs(value) * 65537.0)) & mask


@inlined
def round_half_even(value, scale):
    """Python's `round` for a value of at most 1 and a power of ten: the exact binary value decides, ties go to even."""
    size = abs(value)
    scaled = size * scale
    whole = math.floor(scaled)
    rest = scaled - whole
    if abs(rest - 0.5) < 1e-6:
        # value * 2 * scale in two exact parts (Dekker), against the odd number that is the tie
        factor = 2.0 * scale
        split = 134217729.0 * size
        high = split - (split - size)
        product = size * factor
        error = (high * factor - product) + (size - high) * factor
        excess = (product - (2.0 * whole + 1.0)) + error
        up = excess > 0 or (excess == 0 and whole % 2 == 1)
    else:
        up = rest > 0.5
    return math.copysign((whole + 1.0 if up else whole) / scale, value)


@inlined
def total(values, found, compensated):
    """`sum` of this Python: plain up to 3.11, with Neumaier's compensation from 3.12.

    From 3.12 on a valence that an idiom left a whole number would go uncompensated: less than 1e-15 before rounding.
    """
    result, lost = 0.0, 0.0
    for at in range(found):
        value = values[at]
        after = result + value
        if compensated:
            lost += (result - after) + value if abs(result) >= abs(value) else (value - after) + result
        result = after
    return result + lost


@inlined
def scores(values, found, count, exclamations, questions, compensated):
    """Compound, positive, neutral and negative, rounded as the package rounds them."""
    if count == 0:
        return 0.0, 0.0, 0.0, 0.0
    emphasis = min(exclamations, 4) * 0.292
    emphasis += 0.0 if questions <= 1 else questions * 0.18 if questions <= 3 else 0.96
    sum_s = total(values, found, compensated)
    if sum_s > 0:
        sum_s += emphasis
    elif sum_s < 0:
        sum_s -= emphasis
    if found == 0:
        return 0.0, 0.0, 1.0, 0.0
    compound = min(1.0, max(-1.0, sum_s / math.sqrt(sum_s * sum_s + NORMALISATION)))
    positive, negative, neutral = 0.0, 0.0, count
    for at in range(found):
        if values[at] > 0:
            positive += values[at] + 1
            neutral -= 1
        elif values[at] < 0:
            negative += values[at] - 1
            neutral -= 1
    if positive > abs(negative):
        positive += emphasis
    elif positive < abs(negative):
        negative -= emphasis
    whole = positive + abs(negative) + neutral
    return (
        round_half_even(compound, 10000.0),
        round_half_even(abs(positive / whole), 1000.0),
        round_half_even(abs(neutral / whole), 1000.0),
        round_half_even(abs(negative / whole), 1000.0),
    )
