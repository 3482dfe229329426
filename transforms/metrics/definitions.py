"""The definitions themselves, grouped by what they measure. Formulas and their sources only; no arithmetic."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from transforms.metrics.engagement import ALWAYS, DEFINITIONS

Unit = Literal["count", "ratio", "score", "interval", "label", "seconds", "currency", "posts per week"]


@dataclass(frozen=True)
class Metric:
    """One version of one metric.

    `valid_from` is the first day whose numbers follow it; `inputs` are the metrics it is made of, so that a change of
    theirs is a change of this one. `numerator` and `denominator` are empty where the metric is not a quotient.
    """

    id: str
    version: int
    valid_from: date
    name: str
    formula: str
    numerator: str
    denominator: str
    unit: Unit
    source: str
    decisions: str
    inputs: tuple[str, ...] = ()


PROJECT = "definition of this project"
_WILSON = "Wilson 1927; design effect: Kish 1965"


def _metric(
    id: str,
    name: str,
    unit: Unit,
    formula: str,
    decisions: str = "",
    *,
    of: tuple[str, str] = ("", ""),
    source: str = PROJECT,
    inputs: tuple[str, ...] = (),
    version: int = 1,
    valid_from: date = ALWAYS,
) -> Metric:
    return Metric(id, version, valid_from, name, formula, *of, unit, source, decisions, inputs)


VOLUME = (
    _metric(
        *("mention_count", "Mentions", "count", "posts that name the brand"),
        "posts of official accounts are not counted; a post that names k brands counts once for each",
    ),
    _metric(
        *("deduplicated_count", "De-duplicated mentions", "count", "distinct clusters of near-identical texts"),
        "one vote per cluster within the period and platform of the row; the total over platforms counts it once",
    ),
    _metric(
        *("syndication_ratio", "Syndication", "ratio", "(mentions - de-duplicated mentions) / mentions"),
        "null without mentions",
        of=("mentions that repeat another one's text", "mentions"),
        inputs=("mention_count", "deduplicated_count"),
    ),
    _metric(
        *("distinct_author_count", "Distinct authors", "count", "distinct known authors of the mentions"),
        "an account is one author per platform; mentions whose author the export withholds are not counted",
    ),
)

_SHARES_SUM = "shares sum to 1 over the panel; null when the panel has none"
SHARE_OF_VOICE = (
    _metric(
        *("sov_mentions", "Share of voice by mentions", "ratio", "m(b) / sum of m over the panel"),
        f"the panel (own brand and named competitors) is versioned; {_SHARES_SUM}",
        of=("mentions of the brand", "mentions of the panel"),
        inputs=("mention_count",),
    ),
    _metric(
        *("sov_authors", "Share of voice by authors", "ratio", "distinct authors(b) / sum of distinct authors"),
        f"people, not posts; {_SHARES_SUM}",
        of=("distinct authors of the brand", "distinct authors summed over the panel"),
        inputs=("distinct_author_count",),
    ),
    _metric(
        *("sov_engagement", "Share of voice by engagement", "ratio", "E(b) / sum of E, platform by platform"),
        "normalised inside a platform before platforms are added, each weighted by its panel mentions",
        of=("engagement of the brand on the platform", "engagement of the panel on the platform"),
        inputs=("engagement",),
    ),
    _metric(
        *("sov_reach", "Share of voice by potential reach", "ratio", "unique-author reach(b) / sum of it"),
        "unique-author reach, normalised inside a platform before platforms are added, weighted by panel mentions",
        of=("potential_reach_unique of the brand", "the same summed over the panel"),
        inputs=("potential_reach_unique",),
    ),
    _metric(
        *("sov_deduplicated", "Share of voice, de-duplicated", "ratio", "clusters(b) / sum of clusters"),
        f"each near-duplicate cluster votes once per brand; {_SHARES_SUM}",
        of=("de-duplicated mentions of the brand", "de-duplicated mentions of the panel"),
        inputs=("deduplicated_count",),
    ),
    _metric(
        *("sov_interval", "95 % interval of a share of voice", "interval", "Wilson on p with n_eff = n / deff"),
        "deff = sum of w^2 / sum of w, w the mentions of one brand in one cluster, times the part of the variance "
        "that is left where posts name several brands and their shares move together (n_eff may then exceed the votes, "
        "at most tenfold); for a sampled export n is what was retrieved, "
        "never the scaled total; n = 50 and 30 % give 19-44 %, n = 1,000 gives 27-33 %; on simulated "
        "days with and without copies and company the interval holds the truth in 93-97 of 100",
        source=_WILSON,
        inputs=("sov_mentions",),
    ),
)

TERMS = (
    _metric(
        *("term_trend", "Trend of a term", "score", "z of the log-odds ratio of its share of texts, with a prior"),
        "distinct texts, so copies do not make a trend; both sides start with 100 imagined posts that use the term as "
        "often as both together do, so rare words do not win; rising from 3.3, with five texts of three authors; the "
        "words of a brand's own names are no terms of its posts",
        source="Monroe, Colaresi and Quinn 2008",
    ),
)

CHANGE = (
    _metric(
        *("sov_change", "Change of a share of voice", "ratio", "share of the week - share of the week before"),
        "interval: hybrid score of the two Wilson intervals; different if it excludes 0, not different if it lies "
        "within five points, else nobody can tell; split exactly into the brand's own gain and its rivals' loss: "
        "((1 - p) dm - p dR) / M with p and M the means of the two weeks",
        source="Newcombe 1998, method 10",
        inputs=("sov_interval",),
    ),
)

SENTIMENT = (
    _metric(
        *("sentiment_label", "Sentiment label", "label", "score >= 0.05 positive, <= -0.05 negative, else neutral"),
        "a text in a language without a lexicon is unscored: a label of its own, never in a denominator",
        source="thresholds of VADER (Hutto and Gilbert 2014)",
    ),
    _metric(
        *("brand_sentiment", "Sentiment towards a brand", "score", "score of the clauses around the brand's match"),
        "in posts that name several brands; the score of the whole text otherwise",
    ),
    _metric(
        *("scored_ratio", "Sentiment coverage", "ratio", "(P + N + U) / mentions"),
        "stands beside every aggregate of sentiment",
        of=("scored mentions", "mentions"),
        inputs=("sentiment_label",),
    ),
    _metric(
        *("net_sentiment_polar", "Net sentiment (polar)", "ratio", "(P - N) / (P + N)"),
        "null when P + N = 0; 80 positive, 20 negative, 100 neutral give +0.60",
        of=("positive - negative", "positive + negative"),
        source="YouScan's definition",
        inputs=("sentiment_label",),
    ),
    _metric(
        *("net_sentiment_all", "Net sentiment (all scored)", "ratio", "(P - N) / (P + N + U)"),
        "null without scored mentions; 80 positive, 20 negative, 100 neutral give +0.30",
        of=("positive - negative", "positive + negative + neutral"),
        inputs=("sentiment_label",),
    ),
    _metric(
        *("mean_sentiment", "Mean sentiment score", "score", "sum of scores / scored mentions"),
        of=("sum of sentiment scores", "scored mentions"),
    ),
    _metric(
        *("vendor_agreement", "Agreement with the vendor's label", "ratio", "same label / labelled by both"),
        of=("mentions with the same label", "mentions that both sides labelled"),
        inputs=("sentiment_label",),
    ),
    _metric(
        *("vendor_kappa", "Agreement with the vendor beyond chance", "score", "(p_o - p_e) / (1 - p_e)"),
        "p_o agreement, p_e the agreement of two independent labellers with the same totals; null when p_e = 1",
        source="Cohen 1960",
        inputs=("sentiment_label",),
    ),
    _metric(
        *("sentiment_interval", "95 % interval of a sentiment number", "interval", "on n_eff = scored / deff"),
        "net polar: Wilson on P / (P + N); net of all scored: hybrid score interval of two dependent shares; mean: "
        "normal on n_eff, from ten votes",
        source="Wilson 1927; Zou and Donner 2008; Kish 1965",
        inputs=("sentiment_label",),
    ),
)

_ENGAGEMENT_VERSIONS = tuple(sorted({(definition.version, definition.valid_from) for definition in DEFINITIONS}))
_COUNTERS = {
    1: "X, Facebook, LinkedIn and others: likes or reactions + comments or replies + shares, reposts and quotes; "
    "Instagram and YouTube: likes + comments",
    2: "as version 1; on X bookmarks are added",
}
ENGAGEMENT = (
    *[
        _metric(
            *("engagement", "Engagement", "count", _COUNTERS[version]),
            "the sum of the counters that are known, null if none is; never compared raw across platforms",
            source="the platforms' own counters; X made bookmark counts public in spring 2023",
            version=version,
            valid_from=valid_from,
        )
        for version, valid_from in _ENGAGEMENT_VERSIONS
    ],
    _metric(
        *("er_followers", "Engagement rate on followers", "ratio", "E / followers at post time"),
        "ratio of sums and mean of ratios are two columns; posts that lack either number are left out",
        of=("engagement", "followers at post time"),
        inputs=("engagement",),
    ),
    _metric(
        *("er_impressions", "Engagement rate on impressions", "ratio", "E / impressions"),
        of=("engagement", "impressions"),
        inputs=("engagement",),
    ),
    _metric(
        *("er_reach", "Engagement rate on reach", "ratio", "E / reach"),
        of=("engagement", "reach"),
        inputs=("engagement",),
    ),
    _metric(*("amplification", "Amplification", "score", "shares / posts"), of=("shares", "posts with known shares")),
    _metric(*("applause", "Applause", "score", "likes / posts"), of=("likes or reactions", "posts with known likes")),
    _metric(
        *("conversation", "Conversation", "score", "comments / posts"), of=("comments", "posts with known comments")
    ),
    _metric(
        *("virality", "Virality", "ratio", "shares / impressions"),
        "impressions, not reach",
        of=("shares", "impressions"),
    ),
)

ACCOUNTS = (
    _metric(
        *("audience_growth", "Audience growth", "ratio", "(F_end - F_start) / F_start"),
        "against the snapshot before, however long ago; kinds of audience are never added",
        of=("audience - audience before", "audience before"),
    ),
    _metric(
        *("potential_reach_total", "Potential reach, total", "count", "followers of the author, summed over mentions"),
        "potential, never people reached",
    ),
    _metric(
        *("potential_reach_unique", "Potential reach, unique", "count", "followers, summed over distinct authors"),
        "potential, never people reached; an author counts with the largest follower count seen in the period",
    ),
    _metric(
        *("cadence", "Cadence", "posts per week", "posts / weeks"), "weeks without posts count", of=("posts", "weeks")
    ),
    _metric(
        *("regularity", "Regularity", "score", "standard deviation / mean of the gaps between posts"),
        "coefficient of variation; null under three posts; 0 is clockwork, about 1 is chance",
    ),
)

RHYTHM = (
    _metric(
        *("posting_rhythm", "Posting rhythm", "ratio", "exp(shrunk mean of log(1 + E) - the account's monthly mean)"),
        "per weekday and hour of the account's clock; shrunk towards as usual by the variance between slots beyond "
        "chance; judged from 60 posts of the account and 4 of the slot",
        source="empirical Bayes for one-way random effects: Efron and Morris 1975",
        inputs=("engagement",),
    ),
)

PEOPLE = (
    _metric(
        *("participation", "Participation inequality", "ratio", "authors by number of posts"),
        "compared with 90-9-1; Gini of posts per author and share of the top 1 % of authors; exports show authors, "
        "never the silent majority",
        source="Nielsen 2006; Gini 1912",
    ),
)

CARE = (
    _metric(
        *("reply_time", "Reply time", "seconds", "time of the brand's first answer - time of the question"),
        "only where replies are in the data",
    ),
    _metric(*("backlog", "Backlog", "count", "questions and complaints without an answer of the brand")),
    _metric(
        *("cpc", "Cost per click", "currency", "spend / clicks"),
        "only when the export gives both; never a guess",
        of=("spend", "clicks"),
    ),
    _metric(
        *("ctr", "Click-through rate", "ratio", "clicks / impressions"),
        "only when the export gives both; never a guess",
        of=("clicks", "impressions"),
    ),
)
