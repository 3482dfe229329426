"""The mutation table, first part: share of voice and sentiment."""

import polars as pl

from tests.unit.quality_corruptions import Corruption, at, case, dropping, in_order, more, put, putting
from tests.unit.quality_tables import DAYS, Tables
from warehouse.tables import mart

VOICE, SENTIMENT, MENTION, HEALTH = (
    mart.SHARE_OF_VOICE_DAILY,
    mart.SENTIMENT_DAILY,
    mart.MENTION,
    mart.DATA_HEALTH_DAILY,
)
CELL = at(mention_date=DAYS[4], platform_code="x")
ACME_X, COIL_X = CELL & at(brand_id="acme"), CELL & at(brand_id="coil")
ACME_ALL = at(mention_date=DAYS[4], platform_code="all", brand_id="acme")
ACME = ACME_X | ACME_ALL
ANY_INTERVAL = {"share_of_voice_low_ratio": 0.0, "share_of_voice_high_ratio": 1.0}
OTHER_SHARES = tuple(f"share_of_voice_{what}_ratio" for what in ("deduplicated", "authors", "engagement"))


def _reshared(tables: Tables) -> Tables:
    """Share of voice by mentions made to follow from its counts again, in an interval that holds anything."""
    panel = pl.col("mention_count").sum().over("mention_date", "platform_code")
    share = pl.col("mention_count") / panel
    return put(tables, VOICE, pl.lit(True), panel_mention_count=panel, share_of_voice_ratio=share, **ANY_INTERVAL)


def _rescored(tables: Tables) -> Tables:
    """Net sentiments and coverage made to follow from their counts again."""
    positive, negative, neutral = pl.col("positive_count"), pl.col("negative_count"), pl.col("neutral_count")
    polar, scored = positive + negative, positive + negative + neutral
    return put(
        tables,
        SENTIMENT,
        pl.lit(True),
        net_sentiment_polar_ratio=pl.when(polar > 0).then((positive - negative) / polar),
        net_sentiment_all_ratio=pl.when(scored > 0).then((positive - negative) / scored),
        scored_ratio=scored / (scored + pl.col("unscored_count")),
    )


def _swapped_shares(tables: Tables) -> Tables:
    shares = dict(tables[VOICE.name].filter(CELL).select("brand_id", "share_of_voice_ratio").iter_rows())
    swapped = put(tables, VOICE, ACME_X, share_of_voice_ratio=shares["bolt"], **ANY_INTERVAL)
    return put(swapped, VOICE, CELL & at(brand_id="bolt"), share_of_voice_ratio=shares["acme"], **ANY_INTERVAL)


_diluted_panel = in_order(
    putting(VOICE, CELL, panel_mention_count=more("panel_mention_count"), **ANY_INTERVAL),
    putting(VOICE, CELL, share_of_voice_ratio=pl.col("mention_count") / pl.col("panel_mention_count")),
)
_matched_late = in_order(
    putting(MENTION, (pl.col("brand_ids").list.len() == 0) & at(mention_date=DAYS[4]), brand_ids=["coil"]),
    putting(HEALTH, at(mention_date=DAYS[4]), matched_count=more("matched_count")),
)
_one_more_neutral = putting(SENTIMENT, ACME, neutral_count=more("neutral_count"), mention_count=more("mention_count"))
_negative_called_positive = putting(
    SENTIMENT, ACME_ALL, positive_count=more("positive_count"), negative_count=more("negative_count", -1)
)

CORRUPTIONS: tuple[Corruption, ...] = (
    case(VOICE, "share_of_voice_ratio.sums_to_one", "the panel counts a mention no brand has", _diluted_panel),
    *(
        case(VOICE, f"{s}.sums_to_one", "a brand's share is lost", putting(VOICE, ACME_X, **{s: None}))
        for s in OTHER_SHARES
    ),
    case(VOICE, "share_is_its_formula", "two brands' shares are swapped", _swapped_shares),
    case(
        VOICE,
        "interval_holds_estimate",
        "an interval lies above its share",
        putting(VOICE, ACME_X, share_of_voice_low_ratio=0.9, share_of_voice_high_ratio=0.95),
    ),
    case(
        VOICE,
        "interval_holds_estimate",
        "an interval has one end",
        putting(VOICE, ACME_X, share_of_voice_high_ratio=None),
    ),
    case(VOICE, "panel_is_complete", "a brand nobody named has no row", dropping(VOICE, COIL_X)),
    case(VOICE, "panel_is_complete", "a row is given to a stranger", putting(VOICE, COIL_X, brand_id="dyno")),
    case(
        VOICE,
        "parts_within_mentions",
        "more clusters than mentions",
        putting(VOICE, COIL_X, deduplicated_count=1),
    ),
    case(
        VOICE,
        "parts_within_mentions",
        "more authors than mentions",
        putting(VOICE, COIL_X, distinct_author_count=1),
    ),
    case(VOICE, "effective_count_is_known", "n_eff is lost", putting(VOICE, ACME_X, effective_count=None)),
    case(
        VOICE,
        "all_is_sum_of_platforms",
        "the total has a mention that no platform has",
        in_order(putting(VOICE, ACME_ALL, mention_count=more("mention_count")), _reshared),
    ),
    case(VOICE, "meets_mention", "a mention is matched after the counts were made", _matched_late),
    case(
        SENTIMENT,
        "meets_share_of_voice",
        "sentiment knows a mention more",
        in_order(_one_more_neutral, _rescored),
    ),
    case(
        SENTIMENT,
        "labels_add_up",
        "an unscored mention is counted twice",
        in_order(putting(SENTIMENT, ACME, unscored_count=more("unscored_count")), _rescored),
    ),
    case(
        SENTIMENT,
        "all_is_sum_of_platforms",
        "the total calls a negative mention positive",
        in_order(_negative_called_positive, _rescored),
    ),
    *(
        case(
            SENTIMENT,
            "formulas_hold",
            f"{ratio} does not follow from the counts",
            putting(SENTIMENT, ACME_ALL, **{ratio: more(ratio, 0.05)}),
        )
        for ratio in ("net_sentiment_polar_ratio", "net_sentiment_all_ratio", "scored_ratio")
    ),
    case(
        SENTIMENT,
        "formulas_hold",
        "net sentiment is given where nothing was scored",
        putting(SENTIMENT, at(platform_code="news", brand_id="acme"), net_sentiment_all_ratio=0.0),
    ),
    case(
        SENTIMENT,
        "vendor_within_mentions",
        "agreement over no mention",
        putting(SENTIMENT, ACME, vendor_labelled_count=0),
    ),
    case(
        SENTIMENT,
        "vendor_within_mentions",
        "more labels of the vendor than mentions",
        putting(SENTIMENT, ACME, vendor_labelled_count=more("vendor_labelled_count", 9)),
    ),
)
