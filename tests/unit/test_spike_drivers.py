"""Why a spike happened: contributions that add up, and a sentence that says it."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from transforms.trend.drivers import DIMENSIONS, spike_drivers, spike_mentions
from transforms.trend.summary import spike_summaries
from transforms.trend.terms import stop_words, terms

START = datetime(2025, 10, 14, 9, tzinfo=UTC)
SCHEMA = {
    "mention_id": pl.String,
    "brand_id": pl.String,
    "platform_code": pl.String,
    "published_at": pl.Datetime("us", "UTC"),
    "author_id": pl.String,
    "mention_text": pl.String,
    "country_code": pl.String,
    "language_code": pl.String,
    "sentiment_label": pl.String,
    "cluster_id": pl.String,
    "hashtags": pl.List(pl.String),
    "links": pl.List(pl.String),
    "like_count": pl.Int64,
    "share_count": pl.Int64,
    "comment_count": pl.Int64,
}


def mention(number: int, at: datetime, text: str, **rest: object) -> dict[str, object]:
    row: dict[str, object] = {
        "mention_id": f"m{number}",
        "brand_id": "nordwind",
        "platform_code": "x",
        "published_at": at,
        "author_id": f"a{number}",
        "mention_text": text,
        "language_code": "en",
        "sentiment_label": "neutral",
        "cluster_id": f"c{number}",
        "hashtags": [],
        "links": [],
    }
    return row | rest


def boycott() -> pl.DataFrame:
    """Two quiet weeks of two mentions in these hours, then twenty: twelve with #boycott, of them five copies."""
    rows = []
    for day in range(1, 15):
        for k in range(2):
            at = START - timedelta(days=day) + timedelta(minutes=20 * k)
            rows.append(mention(len(rows), at, "Nordwind heaters and radiators", sentiment_label="positive"))
    for k in range(20):
        angry = k < 12
        rows.append(
            mention(
                len(rows),
                START + timedelta(minutes=5 * k),
                "The Nordwind boiler leaks! #Boycott" if angry else "Nordwind radiators",
                sentiment_label="negative" if angry else "positive",
                hashtags=["Boycott"] if angry else [],
                cluster_id="copies" if k < 5 else f"c{len(rows)}",
                platform_code="x" if k < 15 else "reddit",
                like_count=k,
                country_code="FR" if k % 2 else None,
            )
        )
    return pl.DataFrame(rows, schema=SCHEMA)


def spike(**rest: object) -> pl.DataFrame:
    row: dict[str, object] = {
        "spike_id": "s1",
        "brand_id": "nordwind",
        "platform_code": "all",
        "started_at": START,
        "peak_at": START,
        "ended_at": START + timedelta(hours=3),
        "observed_count": 20,
        "expected_count": 2.0,
        "excess_count": 18.0,
        "spike_ratio": 10.0,
    }
    return pl.DataFrame([row | rest], schema_overrides={"ended_at": pl.Datetime("us", "UTC")})


def driver(drivers: pl.DataFrame, dimension: str, text: str | None) -> dict[str, object]:
    return drivers.filter(
        (pl.col("dimension_code") == dimension) & pl.col("driver_text").eq_missing(text)
    ).row(0, named=True)  # fmt: skip


def test_contributions_add_up_to_the_excess_in_every_dimension() -> None:
    drivers = spike_drivers(boycott(), spike())
    sums = drivers.group_by("dimension_code").agg(
        pl.col("contribution_count", "contribution_ratio", "expected_count").sum()
    )
    assert sorted(sums["dimension_code"]) == sorted(DIMENSIONS)
    assert sums["contribution_count"].to_list() == pytest.approx([18.0] * 7)
    assert sums["contribution_ratio"].to_list() == pytest.approx([1.0] * 7)
    assert sums["expected_count"].to_list() == pytest.approx([2.0] * 7)


def test_the_hashtag_of_the_spike_comes_first_with_the_mentions_that_carry_it() -> None:
    row = driver(spike_drivers(boycott(), spike()), "hashtag", "boycott")
    assert (row["driver_rank"], row["mention_count"], row["mention_ratio"]) == (1, 12, 0.6)
    assert row["contribution_count"] == pytest.approx(12.0)
    assert row["representative_mention_ids"] == ["m39", "m38", "m37"]


def test_words_as_usual_explain_nothing_and_new_words_share_the_vote() -> None:
    drivers = spike_drivers(boycott(), spike())
    terms_found = drivers.filter((pl.col("dimension_code") == "term") & ~pl.col("is_other"))
    assert terms_found["driver_text"].to_list() == ["boiler", "leaks"]
    assert terms_found["contribution_count"].to_list() == pytest.approx([6.0, 6.0])
    assert driver(drivers, "term", None)["mention_count"] == 8


def test_representatives_come_from_different_clusters() -> None:
    row = driver(spike_drivers(boycott(), spike()), "cluster", "copies")
    assert row["mention_count"] == 5
    assert row["representative_mention_ids"] == ["m32"]


def test_a_platform_that_was_always_there_contributes_its_rise_only() -> None:
    drivers = spike_drivers(boycott(), spike())
    assert driver(drivers, "platform", "x")["contribution_count"] == pytest.approx(15 - 2)
    assert driver(drivers, "platform", "reddit")["contribution_count"] == pytest.approx(5)


def test_what_has_no_value_in_a_dimension_goes_to_the_rest() -> None:
    rest = driver(spike_drivers(boycott(), spike()), "country", None)
    assert rest["is_other"]
    assert rest["mention_count"] == 10


def test_a_spike_on_one_platform_and_an_open_one_take_their_own_mentions() -> None:
    row = spike(platform_code="reddit", ended_at=None, observed_count=5, expected_count=0.0, excess_count=5.0)
    members = spike_mentions(boycott(), row.row(0, named=True))
    assert members["mention_id"].to_list() == [f"m{n}" for n in range(43, 48)]
    drivers = spike_drivers(boycott(), row)
    assert drivers.group_by("dimension_code").agg(pl.col("contribution_count").sum())[
        "contribution_count"
    ].to_list() == pytest.approx([5.0] * 7)


def test_mentions_that_the_count_knows_and_the_table_lacks_go_to_the_rest() -> None:
    drivers = spike_drivers(boycott(), spike(observed_count=30, excess_count=28.0))
    assert drivers.filter(dimension_code="platform")["contribution_count"].sum() == pytest.approx(28.0)
    assert driver(drivers, "platform", None)["contribution_count"] == pytest.approx(10.0)


def test_no_spikes_give_no_drivers_and_the_same_columns() -> None:
    drivers = spike_drivers(boycott(), spike())
    assert spike_drivers(boycott(), spike().clear()).schema == drivers.schema
    empty = spike_drivers(boycott().clear(), spike())
    assert empty["contribution_count"].to_list() == pytest.approx([18.0] * 7)
    assert spike_summaries(boycott().clear(), spike(), empty).height == 1


def test_one_sentence_says_how_big_how_angry_about_what_and_whose_voice() -> None:
    mentions = boycott()
    summary = spike_summaries(mentions, spike(), spike_drivers(mentions, spike()), zone="Europe/Paris").row(
        0, named=True
    )
    assert summary["sentence_en_text"] == (
        "14 Oct: 10× the usual (20 mentions), 60 % negative, 60 % carry #boycott, 75 % on X, "
        "25 % are copies of one text first seen 14 Oct 11:00; many different people."
    )
    assert summary["sentence_fr_text"] == (
        "14 oct. : 10× l’habituel (20 mentions), 60\u00a0% négatives, 60\u00a0% portent #boycott, 75\u00a0% sur X, "
        "25\u00a0% copient un même texte vu d’abord le 14 oct. à 11:00 ; beaucoup de personnes différentes."
    )
    assert summary["distinct_author_count"] == 20
    assert summary["origin_mention_id"] == "m28"


@pytest.mark.parametrize(
    ("change", "voice"),
    [
        ({"author_id": pl.lit("a1")}, "automated"),
        (
            {"author_id": pl.lit("a") + (pl.col("mention_id").str.slice(1).cast(pl.Int64) % 4).cast(pl.String)},
            "few_accounts",
        ),
        ({"cluster_id": pl.lit("one")}, "copies"),
        ({"sentiment_label": pl.lit("unscored")}, "organic"),
    ],
)
def test_robots_loud_accounts_and_copies_are_told_from_people(change: dict[str, pl.Expr], voice: str) -> None:
    during = pl.col("published_at") >= START
    mentions = boycott().with_columns(
        [pl.when(during).then(expression).otherwise(name).alias(name) for name, expression in change.items()]
    )
    summary = spike_summaries(mentions, spike(), spike_drivers(mentions, spike())).row(0, named=True)
    assert summary["voice_code"] == voice
    if "sentiment_label" in change:
        assert summary["negative_ratio"] is None
        assert "negative" not in summary["sentence_en_text"]


def test_a_hostile_hashtag_never_reaches_the_sentence() -> None:
    mentions = boycott().with_columns(
        hashtags=pl.when(pl.col("hashtags").list.len() > 0).then(pl.lit(["<img src=x>"])).otherwise("hashtags")
    )
    summary = spike_summaries(mentions, spike(), spike_drivers(mentions, spike())).row(0, named=True)
    assert "<" not in summary["sentence_en_text"]
    assert "“boiler” or “leaks”" in summary["sentence_en_text"]


def test_the_brands_own_name_is_not_what_a_spike_is_about() -> None:
    named = pl.col("hashtags").list.concat(pl.lit(["NordWind"]))
    mentions = boycott().with_columns(
        hashtags=pl.when(pl.col("published_at") >= START).then(named).otherwise("hashtags"),
        mention_text=pl.when(pl.col("published_at") >= START).then(pl.lit("Nordwind!")).otherwise(pl.lit("heaters")),
    )
    summary = spike_summaries(mentions, spike(), spike_drivers(mentions, spike())).row(0, named=True)
    assert "nordwind" not in summary["sentence_en_text"].lower()
    assert "#boycott" in summary["sentence_en_text"]


def test_terms_are_words_that_name_something() -> None:
    texts = pl.Series(
        [
            "The boiler LEAKS, the boiler!! https://t.co/abc @nordwind #fail 2025",
            "J'adore l'appli, c'est génial",
            "",
            None,
            "ﬁre 4K",
        ]
    )
    read = pl.select(terms(pl.lit(texts))).to_series().to_list()
    assert read == [["boiler", "leaks"], ["adore", "appli", "génial"], [], [], ["fire", "4k"]]


def test_stop_words_are_lower_case_words_of_two_languages() -> None:
    words = stop_words()
    assert {"the", "pour", "très", "because"} <= words
    assert all(word == word.lower() and word.isalpha() for word in words)
    assert not {"boycott", "service", "panne", "price"} & words


def test_engagement_that_one_post_brings_has_its_author_as_driver_and_a_few_accounts_as_voice() -> None:
    mentions = boycott().with_columns(
        engagement_count=pl.when(pl.col("mention_id") == boycott()["mention_id"][-1]).then(5000).otherwise(1),
        topic_ids=pl.lit([], dtype=pl.List(pl.String)),
    )
    told = spike().with_columns(metric_code=pl.lit("engagement_count"))
    during = spike_mentions(mentions, told.row(0, named=True)).filter("is_during")
    viral = during.filter(pl.col("vote") == 5000)
    assert viral.height == 1
    observed = int(during["vote"].sum())
    told = told.with_columns(observed_count=observed, expected_count=50.0, excess_count=observed - 50.0)
    drivers = spike_drivers(mentions, told)
    first = drivers.filter(dimension_code="author", driver_rank=1).row(0, named=True)
    assert (first["driver_text"], first["mention_count"]) == (viral["author_id"][0], 1)
    assert spike_summaries(mentions, told, drivers)["voice_code"][0] == "few_accounts"
