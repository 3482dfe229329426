"""Conditions on metadata (`site:`, `lang:`, `is:repost`, `followers:` …) as Polars expressions.

Belongs here: what each condition asks of which column. A column that is missing or null makes its condition false, and
so its negation true: `NOT lang:fr` keeps posts of unknown language.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.query.program import Condition
from transforms.query.syntax import Field, Filter, Followers

_COLUMNS = {
    "author": ("author_handle",),
    "url": ("url",),
    "site": ("site_domain", "site_name"),
    "lang": ("language_code",),
    "country": ("country_code",),
    "platform": ("platform_code",),
}
_LINK = r"(?:https?://|www\.)"


def evaluate_conditions(mentions: pl.DataFrame, conditions: Sequence[Condition]) -> NDArray[np.bool_]:
    """One row per condition, one column per mention: whether the condition holds."""
    result = np.zeros((len(conditions), mentions.height), np.bool_)
    for row, condition in enumerate(conditions):
        holds = mentions.select(_expression(condition, set(mentions.columns)).fill_null(False).alias("holds"))
        result[row] = holds["holds"].to_numpy() if holds.height == mentions.height else bool(holds["holds"].item())
    return result


def _expression(condition: Condition, columns: set[str]) -> pl.Expr:
    match condition:
        case Filter("is:repost"):
            return _known("is_repost", columns).fill_null(False) | (_text("kind_code", columns) == "repost")
        case Filter("is:reply"):
            kind, parent = _text("kind_code", columns), _parent(columns)
            return pl.when(kind.is_null()).then(parent.is_not_null()).otherwise(kind.is_in(["reply", "comment"]))
        case Filter():
            return _text("mention_text", columns).str.contains(rf"(?i){_LINK}")
        case Followers(comparison, count):
            return _compared(_known("author_follower_count", columns), comparison, count)
        case Field(name, value):
            column = next((known for known in _COLUMNS[name] if known in columns), _COLUMNS[name][0])
            return _field(name, value, _text(column, columns), _text("mention_text", columns))
    raise TypeError(f"not a condition: {condition!r}")


def _field(name: str, value: str, column: pl.Expr, text: pl.Expr) -> pl.Expr:
    """The condition of one field: a whole value for most, a domain with its subdomains for `site:`, a part for
    `url:`.
    """
    if name == "url":
        part = _pattern(_without_scheme(value), r"\S") + ("" if value.endswith("*") else r"(?:[^A-Za-z0-9_-]|$)")
        in_text = rf"(?i){_LINK}(?:\S*[^\sA-Za-z0-9_-])?{part}"
        return column.str.contains(rf"(?i)(?:^|[^A-Za-z0-9_-]){part}") | text.str.contains(in_text)
    if name == "site":
        return column.str.contains(rf"(?i)^(?:[^/]+\.)?{_pattern(_without_scheme(value), '[^/]')}$")
    if name == "lang":
        return column.str.contains(rf"(?i)^{_pattern(value, '.')}(?:[-_].*)?$")
    if name == "author":
        return column.str.contains(rf"(?i)^@?{_pattern(value, '.')}$")
    return column.str.contains(rf"(?i)^{_pattern(value, '.')}$")


def _pattern(value: str, any_character: str) -> str:
    """A field value as a regular expression: `*` and `?` are wildcards, everything else stands for itself."""
    wild = {"*": f"{any_character}*", "?": any_character}
    return "".join(wild.get(char, pl.escape_regex(char)) for char in value)


def _without_scheme(value: str) -> str:
    lowered = value.lower()
    for scheme in ("https://", "http://"):
        if lowered.startswith(scheme):
            value = value[len(scheme) :]
    return value[4:] if value.lower().startswith("www.") else value


def _compared(column: pl.Expr, comparison: str, count: int) -> pl.Expr:
    compared = {">": column > count, ">=": column >= count, "<": column < count, "<=": column <= count}
    return compared.get(comparison, column == count)


def _parent(columns: set[str]) -> pl.Expr:
    name = next((known for known in ("parent_id", "parent_native_id") if known in columns), "parent_id")
    return _known(name, columns)


def _known(name: str, columns: set[str]) -> pl.Expr:
    return pl.col(name) if name in columns else pl.lit(None)


def _text(name: str, columns: set[str]) -> pl.Expr:
    return _known(name, columns).cast(pl.String)
