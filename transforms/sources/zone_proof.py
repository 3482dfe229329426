"""Proving in which zone a file's times are written, from ids that count time (evidence: `written`, `id_at`)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl

from transforms.sources.zones import ZonePlan, offset_text

_FEWEST, _LEAST_SHARE, _MARGIN = 5, 0.6, 0.02
_QUARTER = 15
_FARTHEST = 15 * 60
_A_DAY = timedelta(days=1)

# One zone for each rule of summer time that accounts are likely to have; the first that fits stands for its rule.
_CANDIDATES = (
    *("Europe/Paris", "Europe/London", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    *("Europe/Athens", "America/Sao_Paulo", "Australia/Sydney", "Australia/Adelaide", "Pacific/Auckland"),
    *("America/Santiago", "America/Asuncion", "America/Mexico_City", "America/Halifax", "America/St_Johns"),
    *("America/Anchorage", "Asia/Jerusalem", "Asia/Beirut", "Africa/Cairo", "Europe/Chisinau", "Atlantic/Azores"),
    *("Europe/Moscow", "Europe/Istanbul", "Asia/Tehran", "Africa/Casablanca", "America/Havana", "Asia/Amman"),
)


def prove_zone(evidence: pl.DataFrame, declared: str | None, declared_text: str) -> ZonePlan:
    """The plan the evidence supports: the declared zone if it fits, else a named one, else an offset, else as declared.

    Offsets are counted in quarters of an hour. The commonest offset must hold for three rows in five (drafts carry the
    time of their upload); a named zone must explain clearly more rows than one offset does, that is: rows of both
    summer and winter time. An offset proves nothing outside the days the evidence covers.
    """
    assumed = ZonePlan("assumed", declared) if declared else ZonePlan("unknown")
    offsets = _offsets(evidence)
    total = int(offsets["count"].sum())
    if total < _FEWEST:
        return assumed
    by_offset = offsets.group_by("minutes").agg(pl.col("count").sum()).sort("count", "minutes", descending=True)
    minutes, most = int(by_offset["minutes"][0]), int(by_offset["count"][0])
    best = max(_zone_scores(offsets, (*((declared,) if declared else ()), *_CANDIDATES)), key=lambda pair: pair[1])
    if max(most, best[1]) < _LEAST_SHARE * total:
        return assumed
    declared_score = dict(_zone_scores(offsets, (declared,)))[declared] if declared else 0
    if declared and declared_score >= max(_LEAST_SHARE * total, max(most, best[1]) - _MARGIN * total):
        return ZonePlan("proved", declared, agreement_ratio=declared_score / total)
    found = best[0] if best[1] > most + _MARGIN * total else None
    warnings: tuple[str, ...] = ()
    if declared:
        proof = found or offset_text(minutes)
        warnings = (f"{declared_text} is {declared}, but the ids in the file prove {proof}: the proof is used",)
    if found:
        return ZonePlan("proved", found, agreement_ratio=best[1] / total, warnings=warnings)
    since, until = _span(evidence, minutes)
    return ZonePlan(
        "proved",
        offset_minutes=minutes,
        fallback_zone=declared,
        since=since - _A_DAY,
        until=until + _A_DAY,
        agreement_ratio=most / total,
        warnings=warnings,
    )


def check_utc(evidence: pl.DataFrame) -> str | None:
    """A warning when times that are known to be UTC disagree with the ids in the file; None when all is well."""
    offsets = _offsets(evidence)
    total = int(offsets["count"].sum())
    if total < 4 * _FEWEST:
        return None
    wrong = offsets.filter(pl.col("minutes") != 0)
    worst = wrong.group_by("minutes").agg(pl.col("count").sum()).sort("count", descending=True)
    if worst.is_empty() or int(worst["count"][0]) < _LEAST_SHARE * total:
        return None
    share = int(worst["count"][0]) / total
    return f"times should be UTC, but {share:.0%} of the ids in the file prove {offset_text(int(worst['minutes'][0]))}"


def _quarters(difference: pl.Expr) -> pl.Expr:
    """Minutes rounded to a quarter of an hour."""
    return ((difference.dt.total_seconds() / (60 * _QUARTER)).round(0) * _QUARTER).cast(pl.Int64)


def _offsets(evidence: pl.DataFrame) -> pl.DataFrame:
    """Rows by quarter of an hour of UTC (offsets never change within one) and offset, with their count."""
    naive = pl.col("id_at").dt.replace_time_zone(None)
    return (
        evidence.select(quarter_at=pl.col("id_at").dt.truncate("15m"), minutes=_quarters(pl.col("written") - naive))
        .filter(pl.col("minutes").abs() <= _FARTHEST)
        .group_by("quarter_at", "minutes")
        .agg(pl.len().cast(pl.Int64).alias("count"))
    )


def _zone_scores(offsets: pl.DataFrame, zones: tuple[str | None, ...]) -> Iterator[tuple[str, int]]:
    """How many rows have the offset that each zone had at their time."""
    for zone in zones:
        if zone is None:
            continue
        at = pl.col("quarter_at")
        ahead = at.dt.convert_time_zone(zone).dt.replace_time_zone(None) - at.dt.replace_time_zone(None)
        fits = offsets.filter(_quarters(ahead) == pl.col("minutes"))
        yield zone, int(fits["count"].sum())


def _span(evidence: pl.DataFrame, minutes: int) -> tuple[datetime, datetime]:
    naive = pl.col("id_at").dt.replace_time_zone(None)
    agreeing = evidence.filter(_quarters(pl.col("written") - naive) == minutes)["written"]
    first, last = agreeing.min(), agreeing.max()
    assert isinstance(first, datetime) and isinstance(last, datetime)
    return first, last
