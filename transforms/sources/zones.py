"""In which zone the times of a file are written: said, proved by the ids of platforms, declared, or unknown.

Ids of several platforms count time (FORMATS: X, Instagram, TikTok, LinkedIn, Mastodon), so written time - id time is
the zone's offset. The mode over many rows is used, by season: single rows lie (drafts carry their upload's time).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from transforms.sources.identity import media_id

_NAME_OFFSET = re.compile(r"\((?:GMT|UTC)([+-])(\d\d):?(\d\d)\)")
_X_EPOCH_MS, _INSTAGRAM_EPOCH_MS = 1_288_834_974_657, 1_314_220_021_721
_CLOCKED_FROM = datetime(2010, 11, 5)
_UTC = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class ZonePlan:
    """How naive times of a file become UTC: by a named zone, by an offset in minutes, or not at all.

    A proof holds from `since` to `until` (naive local times); outside them `fallback_zone` is used as assumed.
    """

    basis: str
    zone_name: str | None = None
    offset_minutes: int | None = None
    fallback_zone: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    agreement_ratio: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """One phrase for a person."""
        if self.zone_name is None and self.offset_minutes is None:
            return "unknown"
        where = self.zone_name or offset_text(self.offset_minutes or 0)
        share = "" if self.agreement_ratio is None else f", {self.agreement_ratio:.1%} of the ids agree"
        return f"{where} ({self.basis}{share})"


def offset_text(minutes: int) -> str:
    """`UTC+03:00` for 180."""
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def header_plan(header: Sequence[str]) -> ZonePlan:
    """The plan of a format that writes its offset into the time column's name: `Published Date (GMT-04:00)`."""
    for name in header:
        match = _NAME_OFFSET.search(name)
        if match is not None:
            sign = -1 if match.group(1) == "-" else 1
            return ZonePlan("explicit", offset_minutes=sign * (int(match.group(2)) * 60 + int(match.group(3))))
    return ZonePlan("unknown")


def id_instants(platform: pl.Series, native_id: pl.Series) -> pl.Series:
    """The UTC time a platform's id counts; null for ids and platforms that count none."""
    frame = pl.DataFrame({"platform": platform, "id": native_id})
    number = pl.col("id").str.extract(r"^(?:[^/]+/)?(\d{15,20})$", 1).cast(pl.Int64, strict=False)
    shifted = (
        pl.when(pl.col("platform") == "x")
        .then(number // (1 << 22) + _X_EPOCH_MS)
        .when(pl.col("platform") == "linkedin")
        .then(number // (1 << 22))
        .when(pl.col("platform") == "mastodon")
        .then(number // (1 << 16))
        .when(pl.col("platform") == "tiktok")
        .then((number // (1 << 32)) * 1000)
        .when(pl.col("platform") == "instagram")
        .then(pl.when(pl.col("platform") == "instagram").then("id").map_batches(_instagram_ms, return_dtype=pl.Int64))
    )
    times = frame.select((shifted * 1000).cast(_UTC)).to_series()
    return times.set((times < _CLOCKED_FROM.replace(tzinfo=None).astimezone()).fill_null(False), None).rename("id_at")


def _instagram_ms(ids: pl.Series) -> pl.Series:
    found: dict[str, int] = {}
    for text in ids.drop_nulls().unique():
        number = int(text) if text.isdigit() and len(text) > 14 else media_id(text) if len(text) >= 10 else None
        if number is not None:
            found[text] = (number >> 23) + _INSTAGRAM_EPOCH_MS
    return ids.replace_strict(found, default=None, return_dtype=pl.Int64)


def to_utc(written: pl.Series, plan: ZonePlan) -> tuple[pl.Series, pl.Series]:
    """UTC instants of naive times by the plan, and the basis of each; null and `unknown` where the plan knows none."""
    frame = pl.DataFrame({"written": written})
    at = _zoned(plan.zone_name, plan.offset_minutes)
    basis: pl.Expr = pl.lit(plan.basis)
    if plan.since is not None and plan.until is not None:
        inside = pl.col("written").is_between(plan.since, plan.until)
        at = pl.when(inside).then(at).otherwise(_zoned(plan.fallback_zone, None))
        basis = pl.when(inside).then(basis).otherwise(pl.lit("assumed"))
    frame = frame.select(at=at, basis=basis)
    basis_codes = pl.select(pl.when(frame["at"].is_null()).then(pl.lit("unknown")).otherwise(frame["basis"]))
    return frame["at"], basis_codes.to_series()


def _zoned(zone_name: str | None, offset_minutes: int | None) -> pl.Expr:
    written = pl.col("written")
    if zone_name is not None:
        # A time the clocks skipped is read as if they had not been moved yet; one they repeat as its first pass.
        local = written.dt.replace_time_zone(zone_name, ambiguous="earliest", non_existent="null")
        an_hour = timedelta(hours=1)
        before = (written - an_hour).dt.replace_time_zone(
            zone_name, ambiguous="earliest", non_existent="null"
        ) + an_hour
        return pl.coalesce(local, before).dt.convert_time_zone("UTC")
    if offset_minutes is not None:
        return (written - timedelta(minutes=offset_minutes)).dt.replace_time_zone("UTC")
    return pl.lit(None, _UTC)
