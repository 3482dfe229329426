"""What people decided about spikes, and what state a spike is in: the data's word and theirs."""

from datetime import timedelta
from typing import Any

import polars as pl

from transforms.trend.params import DEFAULTS, TrendParams
from transforms.trend.watched import SERIES

STATES = ("open", "acknowledged", "snoozed", "closed")
_AT = pl.Datetime("us", "UTC")
DECISION_SCHEMA = pl.Schema(
    {
        "spike_id": pl.String(),
        "spike_state_code": pl.String(),
        "snoozed_until_at": _AT,
        "state_set_at": _AT,
        "state_set_by_name": pl.String(),
        "state_note_text": pl.String(),
        **dict.fromkeys(SERIES, pl.String()),
        "is_deduplicated": pl.Boolean(),
        "started_at": _AT,
        "ended_at": _AT,
        "severity_code": pl.String(),
        "excess_count": pl.Float64(),
    }
)
"""One row per decision, oldest first: what was set, by whom, and how the spike looked to that person then."""

_SET = ("state_set_at", "state_set_by_name", "state_note_text", "snoozed_until_at")
_SEVERITIES = {"low": 0, "medium": 1, "high": 2, "crisis": 3}


def with_states(
    spikes: pl.DataFrame, decisions: pl.DataFrame, *, now: Any, params: TrendParams = DEFAULTS
) -> pl.DataFrame:
    """The spikes with `spike_state_code` and, where a person's word counts, who set it, when, why and until when.

    Without a decision a spike is open until the conversation is back to usual, then closed. The last decision about
    it counts: `acknowledged` and `snoozed` stand while it is open; a snooze ends at `snoozed_until_at` (null: never)
    or when the spike escalates; `closed` stands unless it escalates while open; `open` stands until somebody says
    otherwise. Escalated: more severe than when decided, or `rearm_ratio` times the excess. `now` is the last hour of
    the data: without new data nothing is due.

    A decision follows its spike by `spike_id` and, where late mentions have moved the start, to the spike of the same
    series that overlaps the one decided about or starts within `cool_down_hours` of it (nearest first).
    """
    wrong = decisions.filter(~pl.col("spike_state_code").is_in(STATES))
    if wrong.height:
        raise ValueError(f"spikes: unknown state {wrong['spike_state_code'][0]!r}; a person may set {STATES}")
    latest = _followed(spikes, _complete(decisions), params)
    decided = latest.select(
        "spike_id",
        *_SET,
        _decided="spike_state_code",
        _severity=pl.col("severity_code").replace_strict(_SEVERITIES, default=None, return_dtype=pl.Int64),
        _excess="excess_count",
    )
    joined = spikes.drop(*_SET, "spike_state_code", strict=False).join(
        decided, on="spike_id", how="left", maintain_order="left"
    )
    severity = pl.col("severity_code").replace_strict(_SEVERITIES, default=None, return_dtype=pl.Int64)
    escalated = (
        (severity > pl.col("_severity")).fill_null(False)
        | (pl.col("excess_count") >= params.rearm_ratio * pl.col("_excess")).fill_null(False)
    ) & pl.col("ended_at").is_null()
    is_open = pl.col("ended_at").is_null()
    asleep = (pl.col("snoozed_until_at") > pl.lit(now, dtype=_AT)).fill_null(True) & ~escalated
    stands = (
        pl.when(pl.col("_decided") == "open")
        .then(True)
        .when(pl.col("_decided") == "acknowledged")
        .then(is_open)
        .when(pl.col("_decided") == "snoozed")
        .then(is_open & asleep)
        .when(pl.col("_decided") == "closed")
        .then(~escalated)
        .otherwise(False)
    )
    by_data = pl.when(is_open).then(pl.lit("open")).otherwise(pl.lit("closed"))
    return joined.with_columns(
        pl.when(stands).then("_decided").otherwise(by_data).alias("spike_state_code"),
        *(pl.when(stands).then(pl.col(name)).alias(name) for name in _SET),
    ).drop("_decided", "_severity", "_excess")


def _complete(decisions: pl.DataFrame) -> pl.DataFrame:
    """The decisions with every column of DECISION_SCHEMA; what is missing is unknown."""
    return decisions.select(
        pl.col(name).cast(dtype) if name in decisions.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in DECISION_SCHEMA.items()
    )


def _followed(spikes: pl.DataFrame, decisions: pl.DataFrame, params: TrendParams) -> pl.DataFrame:
    """The last decision about each spike of today, under its id of today."""
    latest = decisions.with_row_index("_order").group_by("spike_id", maintain_order=True).last()
    exact = latest.join(spikes.select("spike_id"), on="spike_id", how="semi")
    moved = latest.join(exact.select("spike_id"), on="spike_id", how="anti")
    keys = [name for name in SERIES if name in spikes.columns]
    free = spikes.join(exact.select("spike_id"), on="spike_id", how="anti").select(
        *keys, new_id="spike_id", new_start="started_at", new_end="ended_at"
    )
    if not moved.height or not keys:
        return exact
    near = timedelta(hours=params.cool_down_hours)
    away = (pl.col("new_start") - pl.col("started_at")).abs()
    # How long a spike went on that was open when it was decided about is not known.
    until = pl.coalesce(pl.col("ended_at"), pl.col("started_at") + near)
    overlaps = (pl.col("new_start") < until) & (pl.col("started_at") < pl.col("new_end")).fill_null(True)
    pairs = (
        moved.join(free, on=keys, how="inner")
        .with_columns(away=away)
        .filter((pl.col("away") < near) | overlaps)
        .sort("away", pl.col("_order"), descending=[False, True])
        .unique("spike_id", keep="first", maintain_order=True)
        .sort("_order", descending=True)
        .unique("new_id", keep="first", maintain_order=True)
    )
    return pl.concat([exact, pairs.with_columns(spike_id="new_id").select(exact.columns)])
