"""Deciding queries from found atoms, compiled: a small stack machine per query and text.

Belongs here: what AND, OR, NOT, NEAR, EXCEPT and conditions make of occurrences. A query is only run on a text that
holds one of its atoms, or on every text if conditions alone can make it true.

On the stack lie pairs of a truth and a segment of occurrences; the segments of a step's operands lie side by side, so
that OR and AND join them by doing nothing. An occurrence in the text stands before one in the title, whose words count
from `_TITLE`.
"""

import numpy as np
from numpy.typing import NDArray

from transforms.query.program import ALL, ANY, CONDITION, EVERYWHERE, FIND, NEAR, NEGATE, TITLE_ONLY
from transforms.query.tables import Decisions, Hits, ProgramTable
from transforms.text.compiled import compiled, inlined

_TITLE = 1 << 28  # more words than a text can have, so that nothing in a title is near anything in a text
_FEW = 24  # up to so many, insertion beats setting up a sort


def decide(table: ProgramTable, hits: Hits, title_hits: Hits, conditions: NDArray[np.bool_]) -> Decisions:
    """Run the queries on a batch of texts; `conditions` has a row per condition and a column per text."""
    found, spans, count, span_count = _decide(table, hits, title_hits, conditions)
    texts, queries, clauses, char_starts, char_ends, is_title, counts, span_ends = found[:, :count]
    starts, stops = spans[:, :span_count]
    return Decisions(texts, queries, clauses, char_starts, char_ends, is_title, counts, span_ends, starts, stops)


@compiled
def _decide(table, hits, title_hits, conditions):  # type: ignore[no-untyped-def]
    query_count = table.starts.size - 1
    atom_count = table.reader_starts.size - 1
    heads = np.full(atom_count, -1, np.int32)
    counts = np.zeros(atom_count, np.int32)
    is_due = table.is_everywhere.copy()
    local = np.empty((6, 64), np.int32)
    entries = np.empty((2, 64), np.int32)
    stack = np.empty((3, table.steps.shape[0] + 1), np.int32)
    found, spans = np.empty((8, 256), np.int32), np.empty((2, 256), np.int32)
    count = span_count = 0
    for text in range(hits.text_starts.size - 1):
        size = hits.text_starts[text + 1] - hits.text_starts[text]
        size += title_hits.text_starts[text + 1] - title_hits.text_starts[text]
        if size > local.shape[1]:
            local = np.empty((6, 2 * size), np.int32)
        _load(local, hits, text, 0, 0, heads, counts)
        _load(local, title_hits, text, hits.text_starts[text + 1] - hits.text_starts[text], _TITLE, heads, counts)
        for at in range(size):
            for reader in range(table.reader_starts[local[0, at]], table.reader_starts[local[0, at] + 1]):
                is_due[table.readers[reader]] = True
        for query in range(query_count):
            if not is_due[query]:
                continue
            is_due[query] = table.is_everywhere[query]
            room = _room(table, query, counts)
            if room > entries.shape[1]:
                entries = np.empty((2, 2 * room), np.int32)
            _run(table, query, local, heads, conditions, text, stack, entries)
            if stack[0, 0]:
                if count == found.shape[1]:
                    found = _widened(found, count)
                if span_count + stack[1, 0] > spans.shape[1]:
                    spans = _widened(spans, span_count + stack[1, 0])
                span_count = _emit(found, spans, count, span_count, text, query, stack, entries, local)
                count += 1
        for at in range(size):
            heads[local[0, at]] = -1
            counts[local[0, at]] = 0
    return found, spans, count, span_count


@compiled
def _widened(array, filled):  # type: ignore[no-untyped-def]
    wider = np.empty((array.shape[0], 2 * filled), np.int32)
    wider[:, : array.shape[1]] = array
    return wider


@inlined
def _load(local, hits, text, at, shift, heads, counts):  # type: ignore[no-untyped-def]
    """Copy a text's hits (atom, first word, last word, characters, next of the same atom); title words are shifted."""
    for hit in range(hits.text_starts[text], hits.text_starts[text + 1]):
        atom = hits.atoms[hit]
        local[0, at] = atom
        local[1, at] = hits.first_words[hit] + shift
        local[2, at] = hits.last_words[hit] + shift
        local[3, at] = hits.char_starts[hit]
        local[4, at] = hits.char_ends[hit]
        local[5, at] = heads[atom]
        heads[atom] = at
        counts[atom] += 1
        at += 1


@inlined
def _room(table, query, counts):  # type: ignore[no-untyped-def]
    """The most occurrences that can lie on the stack of a query at once."""
    room = 0
    for at in range(table.starts[query], table.starts[query + 1]):
        if table.steps[at, 0] == FIND:
            room += counts[table.steps[at, 1]]
    return room


@compiled
def _run(table, query, local, heads, conditions, text, stack, entries):  # type: ignore[no-untyped-def]
    """Leave the query's truth, number of occurrences and condition clause at the bottom of the stack.

    A stack cell is (truth, end of its segment, clause of the condition that made it true or -1).
    """
    depth = 0
    for at in range(table.starts[query], table.starts[query + 1]):
        code, first, second, third = table.steps[at]
        end = stack[1, depth - 1] if depth else np.int32(0)
        if code == FIND:
            begin = end
            end = _push_hits(first, second, third, local, heads, entries, begin)
            stack[0, depth], stack[1, depth], stack[2, depth] = end > begin, end, -1
            depth += 1
        elif code == CONDITION:
            is_true = conditions[first, text]
            stack[0, depth], stack[1, depth], stack[2, depth] = is_true, end, second if is_true else -1
            depth += 1
        elif code == NEGATE:
            stack[0, depth - 1] = not stack[0, depth - 1]
            stack[1, depth - 1] = stack[1, depth - 2] if depth > 1 else 0
            stack[2, depth - 1] = -1
        elif code in (ALL, ANY):
            depth -= first - 1
            _join(stack, depth - 1, first, code == ALL)
        else:
            depth -= 1
            begin = stack[1, depth - 2] if depth > 1 else np.int32(0)
            if code == NEAR:
                end = _keep_near(local, entries, begin, stack[1, depth - 1], end, first, second)
            else:
                end = _keep_apart(local, entries, begin, stack[1, depth - 1], end)
            stack[0, depth - 1], stack[1, depth - 1] = end > begin, end


@inlined
def _push_hits(atom, clause, scope, local, heads, entries, end):  # type: ignore[no-untyped-def]
    """Append an atom's occurrences to the entries (hit, clause); the new end."""
    hit = heads[atom]
    while hit >= 0:
        is_title = local[1, hit] >= _TITLE - 1  # a loose hit in a title stands at word -1
        if scope == EVERYWHERE or is_title == (scope == TITLE_ONLY):
            entries[0, end], entries[1, end] = hit, clause
            end += 1
        hit = local[5, hit]
    return end


@inlined
def _join(stack, bottom, size, is_all):  # type: ignore[no-untyped-def]
    """AND or OR over the top cells, which become one. Segments of false cells are empty already."""
    is_true = is_all
    clause = np.int32(-1)
    for cell in range(bottom, bottom + size):
        is_true = (is_true and stack[0, cell] != 0) if is_all else (is_true or stack[0, cell] != 0)
        clause = stack[2, cell] if clause < 0 else clause
    begin = stack[1, bottom - 1] if bottom else np.int32(0)
    stack[1, bottom] = stack[1, bottom + size - 1] if is_true else begin
    stack[0, bottom], stack[2, bottom] = is_true, clause if is_true else -1


@compiled
def _has_between(ordered, low, high):  # type: ignore[no-untyped-def]
    """Whether a sorted array holds a number from `low` to `high`."""
    at = np.searchsorted(ordered, low)
    return at < ordered.size and ordered[at] <= high


@compiled
def _keep_near(local, entries, begin, middle, end, distance, is_ordered):  # type: ignore[no-untyped-def]
    """Keep the occurrences on both sides that have a partner on the other; the new end.

    Partners do not overlap and have at most `distance` words between them. Sorted ends make it n log n on any text.
    """
    left, right = entries[0, begin:middle], entries[0, middle:end]
    left_firsts, left_lasts = np.sort(local[1][left]), np.sort(local[2][left])
    right_firsts, right_lasts = np.sort(local[1][right]), np.sort(local[2][right])
    kept = begin
    for at in range(begin, end):
        first, last = local[1, entries[0, at]], local[2, entries[0, at]]
        if at < middle:
            is_near = _has_between(right_firsts, last + 1, last + distance + 1)
            is_near = is_near or (not is_ordered and _has_between(right_lasts, first - distance - 1, first - 1))
        else:
            is_near = _has_between(left_lasts, first - distance - 1, first - 1)
            is_near = is_near or (not is_ordered and _has_between(left_firsts, last + 1, last + distance + 1))
        if is_near:
            entries[0, kept], entries[1, kept] = entries[0, at], entries[1, at]
            kept += 1
    return kept


@compiled
def _keep_apart(local, entries, begin, middle, end):  # type: ignore[no-untyped-def]
    """Keep the occurrences on the left that share no word with one on the right; the new end."""
    order = np.argsort(local[1][entries[0, middle:end]])
    firsts = local[1][entries[0, middle:end]][order]
    reach = local[2][entries[0, middle:end]][order]  # the furthest last word of all that begin up to here
    for at in range(1, reach.size):
        reach[at] = max(reach[at], reach[at - 1])
    kept = begin
    for at in range(begin, middle):
        first, last = local[1, entries[0, at]], local[2, entries[0, at]]
        before = np.searchsorted(firsts, last + 1)
        if before == 0 or reach[before - 1] < first:
            entries[0, kept], entries[1, kept] = entries[0, at], entries[1, at]
            kept += 1
    return kept


@compiled
def _emit(found, spans, count, span_count, text, query, stack, entries, local):  # type: ignore[no-untyped-def]
    """Write one match: first occurrence, leftmost then longest, and all that do not overlap one before; the new span
    count.
    """
    size = stack[1, 0]
    found[0, count], found[1, count], found[2, count] = text, query, stack[2, 0]
    found[3, count], found[4, count], found[5, count] = -1, -1, 0
    order = _order(entries, local, size)
    matched = 0
    reach = np.int64(-1)
    for at in range(size):
        hit = entries[0, order[at]]
        is_title = local[1, hit] >= _TITLE - 1
        place = (np.int64(is_title) << 32) + local[3, hit]
        if place < reach:
            continue
        reach = (np.int64(is_title) << 32) + local[4, hit]
        if matched == 0:
            found[2, count], found[3, count], found[4, count] = entries[1, order[at]], local[3, hit], local[4, hit]
            found[5, count] = is_title
        matched += 1
        if not is_title:
            spans[0, span_count], spans[1, span_count] = local[3, hit], local[4, hit]
            span_count += 1
    found[6, count], found[7, count] = matched, span_count
    return span_count


@compiled
def _order(entries, local, size):  # type: ignore[no-untyped-def]
    """The entries by place, longest first where they start together, then by clause."""
    keys = np.empty((2, size), np.int64)
    for at in range(size):
        hit = entries[0, at]
        is_title = np.int64(local[1, hit] >= _TITLE - 1)
        keys[0, at] = (is_title << 62) + (np.int64(local[3, hit]) << 31) + (0x7FFFFFFF - local[4, hit])
        keys[1, at] = at
    if size > _FEW:
        return np.argsort(keys[0], kind="mergesort")
    for at in range(1, size):
        key, entry = keys[0, at], keys[1, at]
        place = at
        while place > 0 and keys[0, place - 1] > key:
            keys[0, place], keys[1, place] = keys[0, place - 1], keys[1, place - 1]
            place -= 1
        keys[0, place], keys[1, place] = key, entry
    return keys[1]
