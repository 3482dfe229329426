"""The figures of a period: counts, shares and sentiment of every brand of the panel, day by day, and what changed."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

import polars as pl

from dashboard import certainty
from dashboard.certainty import Change
from dashboard.filters import Filters, is_covered
from dashboard.releases import Release


@dataclass(frozen=True)
class BrandFigures:
    """One brand over one period; shares are null when the panel has no mention, sentiment when nothing is scored."""

    brand_id: str
    mention_count: int
    distinct_author_count: int
    positive_count: int
    neutral_count: int
    negative_count: int
    unscored_count: int
    question_count: int
    complaint_count: int
    asked_count: int
    purchase_intent_count: int
    panel_mention_count: int
    syndication_ratio: float | None
    effective_count: float
    own_effective_count: float
    share_of_voice_ratio: float | None
    share_of_voice_low_ratio: float | None
    share_of_voice_high_ratio: float | None

    @property
    def scored_count(self) -> int:
        """Mentions with a sentiment label."""
        return self.positive_count + self.neutral_count + self.negative_count

    @property
    def scored_ratio(self) -> float | None:
        """Scored mentions / mentions."""
        return self.scored_count / self.mention_count if self.mention_count else None

    @property
    def net(self) -> tuple[float, float, float] | None:
        """net_sentiment_all with its interval."""
        votes = self.own_effective_count * (self.scored_ratio or 0.0)
        return certainty.mean_interval(self.positive_count, self.negative_count, self.scored_count, votes)

    @property
    def share(self) -> tuple[float, float, float] | None:
        """Share of voice with its interval."""
        if self.share_of_voice_ratio is None:
            return None
        return (self.share_of_voice_ratio, self.share_of_voice_low_ratio or 0.0, self.share_of_voice_high_ratio or 0.0)


@dataclass(frozen=True)
class Changes:
    """What changed for one brand since the period before; each None where it cannot be said."""

    volume: Change | None
    share: Change | None
    net: Change | None


def counted(filters: Filters, *, with_sentiment: bool = True) -> tuple[str, list[object]]:
    """The query that gives the rows of `vote` in force, and its values.

    De-duplicated, a cluster of near-identical texts counts once for each brand: by its first post of the period.
    """
    condition, values = filters.where(with_sentiment=with_sentiment)
    sql = f"SELECT * FROM vote WHERE {condition}"  # noqa: S608 - the condition is made of fixed words
    if not filters.is_deduplicated:
        return sql, values
    # Most posts are like no other: only the rest need to be ranked.
    first = "row_number() OVER (PARTITION BY brand_id, cluster_key ORDER BY published_at, mention_row) = 1"
    return f"{sql} AND is_alone UNION ALL ({sql} AND NOT is_alone QUALIFY {first})", [*values, *values]


_TOTALS = """brand_id::VARCHAR AS brand_id, count(*) AS mention_count,
  count(DISTINCT author_key) AS distinct_author_count,
  count(*) FILTER (sentiment_label = 'positive') AS positive_count,
  count(*) FILTER (sentiment_label = 'neutral') AS neutral_count,
  count(*) FILTER (sentiment_label = 'negative') AS negative_count,
  count(*) FILTER (sentiment_label = 'unscored') AS unscored_count,
  count(*) FILTER (is_question) AS question_count, count(*) FILTER (is_complaint) AS complaint_count,
  count(*) FILTER (is_question OR is_complaint) AS asked_count,
  count(*) FILTER (has_purchase_intent) AS purchase_intent_count"""


def brand_figures(release: Release, filters: Filters) -> dict[str, BrandFigures]:
    """Every brand of the panel, those nobody named with zeros, in the panel's order."""
    sql, values = counted(filters)
    return dict(release.remembered(("figures", sql, *values), lambda: _brand_figures(release, sql, values)))


def _brand_figures(release: Release, sql: str, values: list[object]) -> dict[str, BrandFigures]:
    totals = release.dicts(
        f"SELECT {_TOTALS} FROM ({sql}) GROUP BY brand_id",  # noqa: S608
        values,
    )
    found = {row["brand_id"]: row for row in totals}
    votes = _votes(release, sql, values)
    panel = sum(row["mention_count"] for row in totals if row["brand_id"] in release.facts.brand_ids)
    shares = {b: found[b]["mention_count"] / panel if b in found and panel else 0.0 for b in release.facts.brand_ids}
    company = {b: certainty.company(v.others, v.units) for b, v in votes.items()}
    named_with = sum(shares[b] * company.get(b, 0.0) for b in shares)
    kish = _kish(sum(v.weight for b, v in votes.items() if b in shares), sum(v.square for v in votes.values()))
    empty = dict.fromkeys(totals[0], 0) if totals else _EMPTY
    result = {}
    for brand, share in shares.items():
        row, vote = found.get(brand, empty | {"brand_id": brand}), votes.get(brand, _Votes(0, 0, 0, 0))
        effective = certainty.effective_votes(share, kish, company.get(brand, 0.0), named_with) if panel else 0.0
        low, high = certainty.wilson(share, effective)
        result[brand] = BrandFigures(
            **row,
            panel_mention_count=panel,
            syndication_ratio=1 - vote.units / vote.weight if vote.weight else None,
            effective_count=effective,
            own_effective_count=_kish(vote.weight, vote.square),
            share_of_voice_ratio=share if panel else None,
            share_of_voice_low_ratio=low if panel else None,
            share_of_voice_high_ratio=high if panel else None,
        )
    return result


_EMPTY = dict.fromkeys(
    (
        *("mention_count", "distinct_author_count", "positive_count", "neutral_count", "negative_count"),
        *("unscored_count", "question_count", "complaint_count", "asked_count", "purchase_intent_count"),
    ),
    0,
)


@dataclass(frozen=True)
class _Votes:
    units: int
    weight: int
    square: int
    others: int


def _votes(release: Release, sql: str, values: list[object]) -> dict[str, _Votes]:
    """Per brand: clusters, mentions, sum of squared cluster sizes, other brands its clusters name."""
    found = release.rows(
        f"""WITH chosen AS ({sql}),
        v AS (SELECT cluster_key, brand_id, count(*) AS w FROM chosen WHERE NOT is_alone GROUP BY ALL),
        crowd AS (SELECT cluster_key, count(*) - 1 AS others FROM v GROUP BY 1 HAVING count(*) > 1),
        parts AS (
          SELECT brand_id, count(*) AS units, sum(w) AS weight, sum(w * w) AS square, coalesce(sum(others), 0) AS others
          FROM v LEFT JOIN crowd USING (cluster_key) GROUP BY brand_id
          UNION ALL
          SELECT brand_id, count(*), count(*), count(*), sum(named_count - 1) FROM chosen WHERE is_alone
          GROUP BY brand_id
        )
        SELECT brand_id::VARCHAR, sum(units)::BIGINT, sum(weight)::BIGINT, sum(square)::BIGINT, sum(others)::BIGINT
        FROM parts GROUP BY brand_id""",  # noqa: S608
        values,
    )
    return {brand: _Votes(*rest) for brand, *rest in found if brand in release.facts.brand_ids}


def _kish(total: int, square: int) -> float:
    return total * total / square if square else 0.0


def daily(release: Release, filters: Filters) -> pl.DataFrame:
    """One row per day of the period and brand: `mention_date`, `brand_id`, the label counts, `mention_count`.

    Days the exports do not cover have null counts; covered days without mentions have zeros.
    """
    sql, values = counted(filters)
    found = release.remembered(("daily", sql, *values), lambda: _counts_of_days(release, sql, values))
    facts = release.facts
    days = pl.DataFrame({"mention_date": [filters.start + timedelta(days=n) for n in range(filters.days)]})
    calendar = days.join(pl.DataFrame({"brand_id": list(facts.brand_ids)}), how="cross")
    joined = calendar.join(found, on=["mention_date", "brand_id"], how="left")
    is_covered_day = pl.col("mention_date").is_in(list(facts.covered_dates))
    return joined.with_columns(
        pl.when(is_covered_day).then(pl.col(name).fill_null(0)) for name in joined.columns if name.endswith("_count")
    ).sort("mention_date", "brand_id")


def _counts_of_days(release: Release, sql: str, values: list[object]) -> pl.DataFrame:
    return release.frame(
        f"""SELECT mention_date, brand_id::VARCHAR AS brand_id, count(*) AS mention_count,
          count(*) FILTER (sentiment_label = 'positive') AS positive_count,
          count(*) FILTER (sentiment_label = 'neutral') AS neutral_count,
          count(*) FILTER (sentiment_label = 'negative') AS negative_count,
          count(*) FILTER (sentiment_label = 'unscored') AS unscored_count
        FROM ({sql}) GROUP BY ALL""",  # noqa: S608
        values,
    )


def comparison(release: Release, filters: Filters) -> Filters | None:
    """The period before, if one was asked for and both are covered to the last day; else None."""
    if filters.compare == "none":
        return None
    before = filters.before()
    return before if is_covered(before, release.facts) and is_covered(filters, release.facts) else None


def changes(now: BrandFigures, before: BrandFigures, days_now: pl.DataFrame, days_before: pl.DataFrame) -> Changes:
    """What changed between two periods of equal length."""
    votes = now.effective_count, before.effective_count
    share = certainty.share_change(now.share, before.share, votes) if now.share and before.share else None
    own = now.own_effective_count, before.own_effective_count
    return Changes(
        volume=certainty.volume_change(_counts(days_now, now.brand_id), _counts(days_before, before.brand_id)),
        share=share,
        net=certainty.net_change(now.net, before.net, own),
    )


def _counts(days: pl.DataFrame, brand_id: str) -> list[int]:
    return [count or 0 for count in days.filter(pl.col("brand_id") == brand_id)["mention_count"].to_list()]


def as_frame(figures: dict[str, BrandFigures]) -> pl.DataFrame:
    """One row per brand: every figure, for tables and exports."""
    rows = []
    for brand in figures.values():
        net = brand.net or (None, None, None)
        rows.append(
            asdict(brand)
            | {"scored_ratio": brand.scored_ratio, "net_sentiment_all_ratio": net[0]}
            | {"net_sentiment_low_ratio": net[1], "net_sentiment_high_ratio": net[2]}
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def partial_days(release: Release, filters: Filters) -> list[date]:
    """Days of the period that an export ends in: their numbers will still grow."""
    return sorted(day for day in release.facts.partial_dates if filters.start <= day <= filters.end)
