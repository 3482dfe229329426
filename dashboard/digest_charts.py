"""Pictures of the digest: Altair specifications drawn by vl-convert into SVG and PNG. No script, no network, no fonts
from elsewhere."""

from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl
import vl_convert

from dashboard.charts import BLUE, GREY, INK
from dashboard.figures import BrandFigures
from dashboard.page import Page

_FONT = "DejaVu Sans, Arial, sans-serif"
_WIDTH = 560


@dataclass(frozen=True)
class Picture:
    """A chart as SVG (for the page) and PNG (for mail programs), with the text read out instead of it."""

    name: str
    alt: str
    svg: bytes
    png: bytes


def pictures(page: Page, days: pl.DataFrame, now: dict[str, BrandFigures]) -> list[Picture]:
    """The volume of four weeks with the digest's week in blue, and the shares of voice with intervals."""
    t = page.language.t
    return [
        _picture("volume", t("digest.volume_alt", brand=page.brand()), _volume(page, days)),
        _picture("share", t("share.title"), _share(page, now)),
    ]


def _volume(page: Page, days: pl.DataFrame) -> alt.Chart:
    rows = [
        {
            "place": place,
            "day": page.language.day(row["mention_date"], year=False),
            "count": row["mention_count"],
            "week": page.filters.start <= row["mention_date"] <= page.filters.end,
        }
        for place, row in enumerate(days.filter(pl.col("brand_id") == page.filters.brand).iter_rows(named=True))
    ]
    names = [row["day"] for row in rows]
    axis = alt.Axis(values=names[::4], labelAngle=0, title=None, ticks=False)
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            x=alt.X("day:N", sort=names, axis=axis),
            y=alt.Y("count:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d", tickCount=4)),
            color=alt.condition("datum.week", alt.value(BLUE), alt.value("#A9B0B8")),
        )
        .properties(width=_WIDTH, height=150)
    )


def _share(page: Page, now: dict[str, BrandFigures]) -> alt.LayerChart:
    rows: list[dict[str, Any]] = [
        {
            "brand": page.brand(brand.brand_id),
            "share": brand.share[0],
            "low": brand.share[1],
            "high": brand.share[2],
            "text": page.language.percent(brand.share[0]),
            "focus": brand.brand_id == page.filters.brand,
        }
        for brand in sorted(now.values(), key=lambda brand: -brand.mention_count)
        if brand.share
    ]
    widest = max((row["high"] for row in rows), default=1.0)
    data = alt.Data(values=rows)
    y = alt.Y("brand:N", sort=[row["brand"] for row in rows], axis=alt.Axis(title=None, ticks=False, labelLimit=150))
    scale = alt.Scale(domain=[0, min(widest * 1.2, 1.0) or 1.0])
    none = alt.Axis(title=None, labels=False, ticks=False, grid=False, domain=False)
    bars = alt.Chart(data).mark_bar(height=16).encode(
        y=y,
        x=alt.X("share:Q", scale=scale, axis=none),
        color=alt.condition("datum.focus", alt.value(BLUE), alt.value("#A9B0B8")),
    )  # fmt: skip
    whiskers = alt.Chart(data).mark_rule(color=INK, strokeWidth=1.5).encode(y=y, x="low:Q", x2="high:Q")
    texts = alt.Chart(data).mark_text(align="left", dx=8, fontWeight="bold", color=INK).encode(
        y=y, x="high:Q", text="text:N"
    )  # fmt: skip
    return (bars + whiskers + texts).properties(width=_WIDTH - 120, height=26 * max(len(rows), 1))


def _picture(name: str, text: str, chart: alt.Chart | alt.LayerChart) -> Picture:
    specification = (
        chart.configure(font=_FONT, background="#FFFFFF")
        .configure_view(stroke=None)
        .configure_axis(labelColor=INK, labelFontSize=12, gridColor="#E4E7EB", domainColor=GREY)
        .to_dict()
    )
    svg = vl_convert.vegalite_to_svg(specification, allowed_base_urls=[])
    png = vl_convert.vegalite_to_png(specification, scale=1.5, allowed_base_urls=[])
    return Picture(name, text, svg.encode(), png)
