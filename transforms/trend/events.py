"""Which spikes are one event: the same hours of one brand, seen by platform, by topic and in several counts."""

import polars as pl


def with_events(spikes: pl.DataFrame) -> pl.DataFrame:
    """The spikes with `event_id`, the spike that stands for the event: spikes of a brand that overlap are one.

    It stands for the others by being of mentions rather than of another metric, raw, of all platforms and topics,
    and largest, in this order. An open spike has no end yet and goes on. Chains count: what overlaps what overlaps.
    """
    began, ended = pl.col("started_at"), pl.col("ended_at").fill_null(pl.datetime(9999, 1, 1, time_zone="UTC"))
    ordered = spikes.with_row_index("_row").sort("brand_id", "started_at", "spike_id")
    reached = ended.cum_max().shift(1).over("brand_id")
    events = ordered.with_columns(_event=(began >= reached).fill_null(True).cum_sum())
    rank = (
        8 * (pl.col("metric_code") != "mention_count").cast(pl.Int64)
        + 4 * pl.col("is_deduplicated").cast(pl.Int64)
        + 2 * (pl.col("topic_id") != "all").cast(pl.Int64)
        + (pl.col("platform_code") != "all").cast(pl.Int64)
    )
    largest = -pl.col("excess_count").fill_null(0.0)
    leader = pl.col("spike_id").sort_by(rank, largest, "started_at", "spike_id").first().over("_event")
    return events.with_columns(event_id=leader).sort("_row").drop("_row", "_event")
