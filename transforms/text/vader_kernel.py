"""The compiled entry points: rows of UTF-8 bytes in, arrays of scores out.

Importing this module imports Numba and prepares the compilation; the scratch arrays are the caller's, since compiled
code allocates nothing.
"""

# Compiled functions have their types from Numba, one version per kind of argument.
# mypy: allow-untyped-defs, allow-untyped-calls, no-check-untyped-defs

from transforms.text.compiled import entry
from transforms.text.vader_plain import LONGEST, find_edges, read_plain_words
from transforms.text.vader_rules import contrast, scores, word_valences
from transforms.text.vader_tables import UNKNOWN
from transforms.text.vader_tokens import PAD, expanded_length, fill_slots, read_words


@entry
def fill_table(slots, absent, keys, key_start):
    """Fills the hash table of a lexicon."""
    fill_slots(slots, absent, keys, key_start)


@entry
def longest_expansion(data, offsets, t):
    """Upper bound of the characters in the longest row once its emoji are described."""
    longest = 0
    for row in range(len(offsets) - 1):
        longest = max(longest, expanded_length(data, offsets[row], offsets[row + 1], t))
    return longest


@entry
def score_rows(data, offsets, t, scratch, compound, pos, neu, neg):
    """Scores every row; row `i` is `data[offsets[i]:offsets[i + 1]]`."""
    chars, words, facts, places, values, known, lowest, edges = scratch
    facts[:PAD] = 0
    words[:PAD] = UNKNOWN
    for row in range(len(offsets) - 1):
        first, last = offsets[row], offsets[row + 1]
        foreign = 1
        if t.is_plain_readable and last - first <= LONGEST:
            found, exclamations, questions, apostrophes, foreign = find_edges(data, first, last, edges, t)
        if foreign:
            end, rated, capitals, exclamations, questions = read_words(
                data, first, last, chars, words, facts, places, t
            )
        else:
            end, rated, capitals = read_plain_words(data, edges, found, apostrophes, chars, words, facts, places, t)
        found, but = word_valences(words, facts, end, rated, capitals, places, values, t)
        if but:
            contrast(places, values, found, but, known, lowest)
        compound[row], pos[row], neu[row], neg[row] = scores(
            values, found, end - PAD, exclamations, questions, t.compensated_sum
        )
