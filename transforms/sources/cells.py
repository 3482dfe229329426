"""Which cell of a record a canonical column comes from: aliases, null words, platform-dependent columns."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from transforms.sources.declaration import MADE, ByPlatform, ColumnRule, KindRule, SourceDeclaration
from transforms.sources.rejects import is_dropped
from transforms.sources.values import nothing

PLATFORM = "\x00platform"
TEXT_COLUMNS = frozenset(("mention_text", "title", "post_text", "author_name", "account_name", "query_name"))


class HeaderMap:
    """The names of one file's header as the declaration knows them: exact after trimming, else by folded case."""

    def __init__(self, header: Sequence[str]) -> None:
        self._exact = {name: name for name in header}
        folded: dict[str, list[str]] = {}
        for name in header:
            folded.setdefault(name.casefold(), []).append(name)
        self._folded = {key: names[0] for key, names in folded.items() if len(names) == 1}

    def find(self, alias: str) -> str | None:
        """The header's own name for an alias, or None; an alias that ends in `*` is a prefix."""
        if alias.endswith("*"):
            return next((name for name in self._exact if name.casefold().startswith(alias[:-1].casefold())), None)
        return self._exact.get(alias) or self._folded.get(alias.casefold())

    def found(self, aliases: Sequence[str]) -> list[str]:
        """The header's names for those aliases that stand in it, in the aliases' order."""
        names = (self.find(alias) for alias in aliases)
        return list(dict.fromkeys(name for name in names if name is not None))


def picked(rule: ColumnRule, names: HeaderMap, declaration: SourceDeclaration, is_text: bool) -> pl.Expr:
    """The first cell of the rule's columns that says something, by row; String, null where none does."""
    if isinstance(rule, ByPlatform):
        result: Any = pl.when(False).then(pl.lit(None, pl.String))
        for platform, aliases in rule.choices.items():
            choice = _coalesced(aliases, names, declaration, is_text)
            result = result.when(pl.col(PLATFORM) == platform).then(choice)
        usual = _coalesced(rule.otherwise, names, declaration, is_text)
        chosen: pl.Expr = result.otherwise(
            usual if rule.is_zero_known_otherwise else pl.when(~usual.is_in(["0", "0.0"])).then(usual)
        )
        return chosen
    return _coalesced(rule, names, declaration, is_text)


def filled_columns(records: pl.DataFrame, always: Sequence[str]) -> pl.DataFrame:
    """The batch without columns that hold nothing in it (most of most exports), in one piece of memory."""
    counts = records.null_count().row(0)
    names = [n for n, count in zip(records.columns, counts, strict=True) if count < records.height or n in always]
    return records.select(names).rechunk()


def evaluated(records: pl.DataFrame, expression: pl.Expr) -> pl.Series:
    """The expression's value for every record, a constant repeated as often as there are records."""
    return records.select(pl.first().alias("\x00height"), value=expression)["value"]


def cell(name: str, declaration: SourceDeclaration, is_text: bool = False) -> pl.Expr:
    """One column's cells with the format's words for nothing made null; text keeps its outer space."""
    column = pl.col(name)
    bare = column.str.strip_chars()
    words = ("", *declaration.text_null_words) if is_text else declaration.null_words
    return pl.when(bare.is_in(list(words))).then(None).otherwise(column if is_text else bare)


def _coalesced(aliases: Sequence[str], names: HeaderMap, declaration: SourceDeclaration, is_text: bool) -> pl.Expr:
    found = names.found(aliases)
    if not found:
        return pl.lit(None, pl.String)
    return pl.coalesce(*(cell(name, declaration, is_text) for name in found))


def holds(rule: KindRule, names: HeaderMap, declaration: SourceDeclaration) -> pl.Expr | None:
    """Whether the rule's condition holds for a row; None when the file has no such column."""
    name = names.find(rule.column)
    if name is None:
        return None
    content = cell(name, declaration)
    if rule.values:
        return content.str.to_lowercase().is_in(list(rule.values)).fill_null(False)
    if rule.part is not None:
        return content.str.contains(rule.part, literal=True).fill_null(False)
    return content.is_not_null() & (content != "0") & (content != "0.0")


def taken_columns(declaration: SourceDeclaration, names: HeaderMap) -> set[str]:
    """The file's columns a canonical column is made of."""
    return set(names.found(sorted(declaration.export_columns())))


def left_columns(header: Sequence[str], declaration: SourceDeclaration, taken: set[str]) -> list[str]:
    """The file's columns that go to raw_json: not taken, not personal."""
    return [n for n in header if n not in taken and not n.startswith(MADE) and not is_dropped(n, declaration.dropped)]


def raw_json(records: pl.DataFrame, columns: Sequence[str], null_words: Sequence[str] = ()) -> pl.Series:
    """The cells of those columns that say something as one JSON object per row; null where none does."""
    filled = [n for n in columns if n in records.columns and records[n].null_count() < records.height]
    if not filled:
        return nothing(records.height).alias("raw_json")
    members = [_member(records[name], null_words) for name in filled]
    joined = pl.select(pl.concat_str(members, separator=",", ignore_nulls=True)).to_series()
    return pl.select(pl.when(joined != "").then("{" + joined + "}")).to_series().rename("raw_json")


def _member(cells: pl.Series, null_words: Sequence[str]) -> pl.Series:
    """`"name":"value"` for each cell, null for one that says nothing."""
    encoded = pl.DataFrame({cells.name: cells}).select(pl.struct(pl.all()).struct.json_encode()).to_series()
    inner = encoded.str.slice(1, None).str.head(-1)
    says_nothing = cells.is_null() | cells.is_in(list(null_words)).fill_null(False)
    return inner.set(says_nothing, None).rename(cells.name)


def changed(cells: pl.Series, pattern: str, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """The cells, those that hold the pattern changed: to find the few is cheaper than to rewrite them all."""
    places = cells.str.contains(pattern).fill_null(False).arg_true()
    return cells if places.is_empty() else cells.scatter(places, change(cells.gather(places)))


def dictionary_of(records: pl.DataFrame, place: int, header: Sequence[str]) -> Mapping[str, str | None]:
    """One record's cells by column name."""
    row = records.row(place, named=True)
    return {name: row[name] for name in header if name in row and not name.startswith(MADE)}
