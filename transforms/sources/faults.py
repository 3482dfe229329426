"""Rows that cannot be kept: which, why, and the words that tell how to mend them."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from transforms.sources.rejects import shown
from transforms.sources.values import ABBREVIATIONS


@dataclass(frozen=True)
class Fault:
    """A mask over the rows of a batch, a code, the column at fault, and words that are made only for rows at fault."""

    mask: pl.Series
    code: str
    column_name: str | None
    text: Callable[[int], str]


def bad_number(mask: pl.Series, column: str, cells: pl.Series) -> Fault:
    """A counter that holds something else than a count."""

    def text(place: int) -> str:
        return f"column {column!r} holds {shown(cells[place])} where a count is expected"

    return Fault(mask, "bad_number", column, text)


def bad_url(mask: pl.Series, column: str, cells: pl.Series) -> Fault:
    """No address where one should be: often the sign of cells that moved while the number of them stayed the same."""

    def text(place: int) -> str:
        words = f"column {column!r} holds {shown(cells[place])} where an address is expected"
        return f"{words}: did the cells of this row move?"

    return Fault(mask, "bad_url", column, text)


def bad_time(mask: pl.Series, column: str, cells: pl.Series, formats: tuple[str, ...]) -> Fault:
    """A time in no form the format knows."""
    known = ", ".join(formats)

    def text(place: int) -> str:
        return f"column {column!r} holds {shown(cells[place])}, which is not a time as this format writes it ({known})"

    return Fault(mask, "bad_time", column, text)


def missing_time(mask: pl.Series, column: str) -> Fault:
    """No time at all."""
    return Fault(mask, "missing_time", column, lambda _: f"column {column!r} is empty: a row needs a time")


def unknown_abbreviation(mask: pl.Series, column: str, cells: pl.Series) -> Fault:
    """A zone abbreviation that stands for no zone, or for several."""
    known = ", ".join(ABBREVIATIONS)

    def text(place: int) -> str:
        return f"{shown(cells[place])} ends in no zone abbreviation that is known ({known}): export it in UTC"

    return Fault(mask, "zone_unknown", column, text)


def unknown_zone(mask: pl.Series, column: str, cells: pl.Series, source_code: str) -> Fault:
    """A time whose zone is neither said, nor proved, nor declared."""

    def text(place: int) -> str:
        return (
            f"{shown(cells[place])} says no zone and the file's ids prove none: set "
            f"sources.account_zones.{source_code} in listening.yaml to the zone of the account that exported it "
            "(an IANA name such as Europe/Paris)"
        )

    return Fault(mask, "zone_unknown", column, text)


def missing_account(mask: pl.Series, column: str) -> Fault:
    """A post or count of nobody."""
    return Fault(mask, "missing_account", column, lambda _: f"column {column!r} is empty: whose post is it?")


def no_content(mask: pl.Series) -> Fault:
    """A row that says nothing and points nowhere."""
    return Fault(mask, "no_content", None, lambda _: "the row has neither text, title, address nor id")
