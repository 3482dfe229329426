"""The rows behind a chart or list, by the name its download has in an address."""

from collections.abc import Mapping

import polars as pl

from dashboard import mentions, panorama, spikes
from dashboard.details import Unknown
from dashboard.figures import as_frame, brand_figures, comparison, daily
from dashboard.mentions import Narrowing
from dashboard.page import Page


def views(page: Page, name: str, narrow: Narrowing, asked: Mapping[str, str]) -> pl.DataFrame:
    """The rows behind a chart or list, for a download. Raises Unknown for a name that is none."""
    release, chosen = page.release, page.filters
    match name:
        case "volume":
            return daily(release, chosen).filter(pl.col("brand_id") == chosen.brand)
        case "daily":
            return daily(release, chosen)
        case "hours":
            row = spikes.spike(release, asked.get("spike", ""))
            if row is not None:
                return spikes.hours_around(release, row)
        case "share_of_voice" | "sentiment":
            return as_frame(brand_figures(release, chosen))
        case "hashtags":
            return panorama.hashtags(release, chosen, comparison(release, chosen), 1000)
        case "topics":
            return panorama.topics(release, chosen)
        case "benchmark":
            return panorama.benchmark(release, chosen)
        case "posts":
            return panorama.top_posts(release, chosen, chosen.brand, asked.get("on"), mentions.EXPORTED_ROWS)
        case "audience":
            return panorama.audience(release, chosen)
        case "spikes":
            return pl.DataFrame(spikes.spikes(release, chosen, every_platform=True), infer_schema_length=None)
        case "mentions":
            return mentions.mention_frame(release, chosen, narrow)
    raise Unknown(name)
