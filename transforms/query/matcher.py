"""Queries against mentions: which mention matches which query, by which clause, where.

Belongs here: frames in, frames out, and the batching in between. The rules are in `words`, `program` and the kernels.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.query.characters import CharacterTables, character_tables
from transforms.query.conditions import evaluate_conditions
from transforms.query.named import NamedQuery
from transforms.query.program import Program, compile_queries
from transforms.query.tables import (
    AtomTable,
    Decisions,
    Hits,
    ProgramTable,
    WordTable,
    atom_table,
    program_table,
    word_table,
)
from transforms.text.normalise import utf8_bytes

MATCH_SCHEMA = pl.Schema(
    {
        "query_id": pl.String(),
        "query_version": pl.String(),
        "clause_text": pl.String(),
        "match_field_code": pl.String(),
        "match_text": pl.String(),
        "match_start": pl.Int64(),
        "match_end": pl.Int64(),
        "match_count": pl.Int64(),
        "match_spans": pl.List(pl.Struct({"match_start": pl.Int64(), "match_end": pl.Int64})),
    }
)
"""Columns of matches after `mention_id`, which keeps the type it came with."""

_BATCH_ROWS, _BATCH_BYTES = 8192, 2_000_000  # a batch's words stay in the processor's cache


@dataclass(frozen=True, slots=True)
class MatchParams:
    """How queries are matched.

    `fold_accents`: `Nestle` also finds "Nestlé" (never without being asked). `is_title_searched`: plain terms are found
    in the title, too, as in the suites; without it only `title:` looks there. `threads`: batches worked on at once, by
    default as many as Polars uses.
    """

    fold_accents: bool = False
    is_title_searched: bool = True
    threads: int | None = None


def match_queries(
    mentions: pl.DataFrame,
    queries: Sequence[NamedQuery],
    params: MatchParams = MatchParams(),
) -> pl.DataFrame:
    """Find every query in every mention: one row per (mention_id, query_id) that matches, by mention, then query, as
    given.

    Reads `mention_id`, `mention_text`, `title` and the columns named in `conditions`; a missing column counts as null.
    Columns out: `mention_id`, `query_id`, `query_version`, `clause_text` (the clause of the first occurrence,
    canonical), `match_field_code` ("mention_text", or "title" if the text has none), `match_text`, `match_start` and
    `match_end` (the first occurrence: leftmost, then longest; code points of the field as written), `match_count`
    (occurrences that do not overlap, text and title), `match_spans` (those in the text). Where metadata alone made the
    query true (`author:acme`), `clause_text` is the condition, the first occurrence is null and `match_count` 0.

    Raises `ValueError` for two queries with one id.
    """
    return match_query_lists(mentions, [queries], params)[0]


def match_query_lists(
    mentions: pl.DataFrame,
    query_lists: Sequence[Sequence[NamedQuery]],
    params: MatchParams = MatchParams(),
) -> list[pl.DataFrame]:
    """`match_queries` of each list; the texts are read once for all of them. Two lists may hold the same id."""
    for listed in query_lists:
        _require_distinct([query.query_id for query in listed])
    queries = [query for listed in query_lists for query in listed]
    program = compile_queries(queries, fold_accents=params.fold_accents, is_title_searched=params.is_title_searched)
    job = _Job(
        texts=_text_column(mentions, "mention_text"),
        titles=_text_column(mentions, "title"),
        conditions=evaluate_conditions(mentions, program.conditions),
        characters=character_tables(fold_accents=params.fold_accents),
        words=word_table(program),
        atoms=atom_table(program),
        programs=program_table(program),
    )
    batches = list(_batches(job.texts)) if queries else []
    with ThreadPoolExecutor(max_workers=params.threads or pl.thread_pool_size()) as pool:
        decided = list(pool.map(job.run, batches))
    starts = [start for start, _ in batches]
    found = _frame(mentions, job, queries, program, _concatenated(starts, decided))
    ends = list(accumulate(map(len, query_lists)))
    in_lists = (
        pl.col("query").is_between(end - len(listed), end - 1) for listed, end in zip(query_lists, ends, strict=True)
    )
    return [found.filter(is_in_list).drop("query") for is_in_list in in_lists]


def _require_distinct(ids: list[str]) -> None:
    if len(set(ids)) < len(ids):
        twice = sorted({query_id for query_id in ids if ids.count(query_id) > 1})
        raise ValueError(f"query ids must differ; given more than once: {', '.join(twice)}")


@dataclass(frozen=True, slots=True)
class _Job:
    """What every batch needs."""

    texts: pl.Series
    titles: pl.Series
    conditions: NDArray[np.bool_]
    characters: CharacterTables
    words: WordTable
    atoms: AtomTable
    programs: ProgramTable

    def run(self, batch: tuple[int, int]) -> Decisions:
        """Decide the queries for one slice of rows (first, number)."""
        # Numba takes a second to import: only where texts are matched
        from transforms.query.decide_kernel import decide

        start, size = batch
        hits = self._hits(self.texts.slice(start, size))
        title_hits = self._hits(self.titles.slice(start, size))
        return decide(self.programs, hits, title_hits, self.conditions[:, start : start + size])

    def _hits(self, texts: pl.Series) -> Hits:
        from transforms.query.find_kernel import find_atoms
        from transforms.query.word_kernel import split_texts

        data, offsets = utf8_bytes(texts)
        return find_atoms(data, offsets, split_texts(data, offsets, self.characters), self.words, self.atoms)


def _text_column(mentions: pl.DataFrame, name: str) -> pl.Series:
    if name not in mentions.columns:
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, mentions.height)
    return mentions[name].cast(pl.String)


def _batches(texts: pl.Series) -> Iterator[tuple[int, int]]:
    """Slices of rows (first, number) with at most so many rows and, beyond the first row, so many bytes of text."""
    ends = texts.str.len_bytes().fill_null(0).cast(pl.Int64).cum_sum().to_numpy()
    start = 0
    while start < len(texts):
        before = ends[start - 1] if start else 0
        by_bytes = int(np.searchsorted(ends, before + _BATCH_BYTES, side="right"))
        stop = min(max(by_bytes, start + 1), start + _BATCH_ROWS, len(texts))
        yield start, stop - start
        start = stop


def _concatenated(starts: list[int], decided: list[Decisions]) -> Decisions:
    """The decisions of all batches as one, texts and spans counted over all of them."""
    span_shift = np.cumsum([0, *(batch.span_starts.size for batch in decided)])
    shifted = [
        batch._replace(texts=batch.texts + np.int64(start), span_ends=batch.span_ends + shift)
        for start, shift, batch in zip(starts, span_shift, decided, strict=False)
    ]
    columns = [np.concatenate([np.empty(0, np.int64), *parts]) for parts in zip(*shifted, strict=True)]
    return Decisions(*(columns or [np.empty(0, np.int64)] * len(Decisions._fields)))


def _frame(
    mentions: pl.DataFrame, job: _Job, queries: Sequence[NamedQuery], program: Program, decided: Decisions
) -> pl.DataFrame:
    """The matches with the columns of MATCH_SCHEMA, and the number of the `query`."""
    texts, is_title = pl.Series(decided.texts), pl.Series(decided.is_title) > 0
    query_ids = pl.Series([query.query_id for query in queries], dtype=pl.String)
    versions = pl.Series([query.version for query in queries], dtype=pl.String)
    field_texts = pl.select(
        pl.when(is_title).then(job.titles.gather(texts)).otherwise(job.texts.gather(texts))
    ).to_series()
    found = pl.DataFrame(
        {
            "query": decided.queries,
            "mention_id": mentions["mention_id"].gather(texts),
            "query_id": query_ids.gather(decided.queries),
            "query_version": versions.gather(decided.queries),
            # the empty last clause (-1) stands for a query that only excludes, which the parser refuses
            "clause_text": pl.Series([*program.clauses, None], dtype=pl.String).gather(decided.clauses),
            "match_field_code": is_title,
            "match_text": field_texts,
            "match_start": decided.char_starts,
            "match_end": decided.char_ends,
            "match_count": decided.counts,
            "match_spans": _spans(decided),
        }
    )
    is_found = pl.col("match_start") >= 0
    first = pl.col("match_text").str.slice(pl.col("match_start"), pl.col("match_end") - pl.col("match_start"))
    place = pl.when("match_field_code").then(pl.lit("title")).otherwise(pl.lit("mention_text"))
    return found.with_columns(
        pl.when(is_found).then(place).alias("match_field_code"),
        pl.when(is_found).then(first).alias("match_text"),
        pl.when(is_found).then("match_start").alias("match_start"),
        pl.when(is_found).then("match_end").alias("match_end"),
    ).select("query", "mention_id", *(pl.col(name).cast(dtype) for name, dtype in MATCH_SCHEMA.items()))


def _spans(decided: Decisions) -> pl.Series:
    """The spans of each match as a list column."""
    spans = pl.DataFrame({"match_start": decided.span_starts, "match_end": decided.span_stops}).to_struct()
    sizes = np.diff(decided.span_ends, prepend=0)
    matches = pl.DataFrame({"match": np.repeat(np.arange(sizes.size), sizes), "span": spans})
    lists = matches.group_by("match", maintain_order=True).agg("span")
    all_matches = pl.DataFrame({"match": np.arange(sizes.size)})
    return all_matches.join(lists, on="match", how="left", maintain_order="left")["span"].fill_null([])
