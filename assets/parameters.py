"""What listening.yaml means to the transforms: their frozen parameters, and the versions that numbers depend on."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

import polars as pl

from transforms.core.brands import BrandQuery, mention_matches
from transforms.core.mentions import CoreParams
from transforms.marts.kpi import KpiTarget
from transforms.marts.panel import Panel, PanelBrand
from transforms.query.named import NamedQuery, named_query, query_from_aliases
from transforms.sources.custom import custom_source
from transforms.sources.reading import ReadContext
from transforms.sources.registry import DECLARATIONS
from transforms.text.calibration_model import SentimentModel
from transforms.text.language import LanguageParams
from transforms.text.lexicons import Lexicon, shipped_lexicon
from transforms.text.lexicons_own import is_whole_lexicon, own_lexicon, own_words
from transforms.text.sentiment import SentimentParams
from warehouse.code_version import code_version
from warehouse.configuration import Configuration, digest
from warehouse.posts import Matcher, Matching
from warehouse.tables import core


def read_context(configuration: Configuration) -> ReadContext:
    """How exports are read: built-in formats after the workspace's own sources."""
    sources = configuration.sources
    return ReadContext(
        declarations=(*(custom_source(spec) for spec in sources.custom), *DECLARATIONS),
        account_zones=sources.zone_by_format(),
        default_account_zone=sources.account_zone,
    )


def declarations_id(configuration: Configuration) -> str:
    """Version of everything that decides how a file is read."""
    return digest([configuration.sources.model_dump(mode="json"), code_version()])


def brand_queries(configuration: Configuration) -> list[BrandQuery]:
    """One query per brand, from its aliases and exclusions or its Boolean query, and its vendor searches."""
    return [
        BrandQuery(
            named_query(brand.id, brand.query, "brand")
            if brand.query is not None
            else query_from_aliases(brand.id, brand.aliases, brand.exclusions),
            brand.vendor_queries,
        )
        for brand in configuration.brands
    ]


def topic_queries(configuration: Configuration) -> list[NamedQuery]:
    """One query per topic."""
    return [named_query(topic.id, topic.query, "topic") for topic in configuration.topics]


def matchings(configuration: Configuration) -> tuple[Matching, Matching]:
    """The tables that say which posts match brands and which topics."""
    brands = {brand.id: brand.version for brand in brand_queries(configuration)}
    topics = {topic.query_id: topic.version for topic in topic_queries(configuration)}
    return (
        Matching(core.MENTION_BRAND, "brand_id", brands),
        Matching(core.MENTION_TOPIC, "topic_id", topics),
    )


def matcher(configuration: Configuration) -> Matcher:
    """How the rows of these two tables come about."""
    brands, topics = brand_queries(configuration), topic_queries(configuration)
    sentiment = sentiment_params(configuration)

    def match(posts: pl.DataFrame, wanted: Sequence[Collection[str]]) -> Sequence[pl.DataFrame]:
        brand_ids, topic_ids = wanted
        # How a post speaks of a brand depends on the other brands it names: all are looked for.
        asked = [topic for topic in topics if topic.query_id in topic_ids]
        named, touched = mention_matches(posts, brands if brand_ids else [], asked, sentiment)
        return named.filter(pl.col("brand_id").is_in(list(brand_ids))), touched

    return match


def panel(configuration: Configuration) -> Panel:
    """The brands compared; its id changes with any brand, role or query: another panel is another number."""
    brands = tuple(PanelBrand(brand.id, brand.role) for brand in configuration.brands)
    versions = sorted((query.id, query.version) for query in brand_queries(configuration))
    return Panel(digest([[asdict(brand) for brand in brands], versions]), brands)


def kpi_targets(configuration: Configuration) -> list[KpiTarget]:
    """The numbers to reach."""
    return [KpiTarget(t.metric, t.brand, t.value, t.deadline) for t in configuration.targets]


def official_accounts(configuration: Configuration) -> dict[tuple[str, str], str]:
    """(platform, handle in lower case) → brand, for every declared account."""
    return {
        (str(account.platform), account.handle.lstrip("@").lower()): brand.id
        for brand in configuration.brands
        for account in brand.official_accounts
    }


def brand_accounts(configuration: Configuration) -> pl.DataFrame:
    """platform_code, account_handle (lower case), brand_id of every declared account."""
    return pl.DataFrame(
        [(platform, handle, brand) for (platform, handle), brand in official_accounts(configuration).items()],
        schema={"platform_code": pl.String, "account_handle": pl.String, "brand_id": pl.String},
        orient="row",
    )


def account_zones(configuration: Configuration) -> dict[tuple[str, str], str]:
    """(platform, handle in lower case) → zone, for accounts that declare their own."""
    return {
        (str(account.platform), account.handle.lstrip("@").lower()): account.zone
        for brand in configuration.brands
        for account in brand.official_accounts
        if account.zone
    }


def sentiment_params(configuration: Configuration) -> SentimentParams:
    """Thresholds, own words and own lexicons; a brand's one-word names are taken out unless that is switched off.

    A plain list of words for a language that has a lexicon is laid over it, under the words of listening.yaml itself.
    """
    declared = configuration.sentiment
    words: dict[str, dict[str, float]] = {}
    lexicons: dict[str, Lexicon] = {}
    for own in declared.lexicons:
        if shipped_lexicon(own.language) is None or is_whole_lexicon(own.text):
            lexicons[own.language] = own_lexicon(own.text, own.language, own.file)
        else:
            words[own.language] = own_words(own.text, own.file)
    for language, valences in declared.words.items():
        words[language] = words.get(language, {}) | dict(valences)
    if declared.brand_names_are_neutral:
        aliases = (alias.lstrip("@#$").casefold() for brand in configuration.brands for alias in brand.aliases)
        neutral = {alias: 0.0 for alias in aliases if alias and " " not in alias}
        words["*"] = neutral | words.get("*", {})
    return SentimentParams(declared.positive_threshold, declared.negative_threshold, lexicons, words)


def core_params(
    configuration: Configuration, pseudonym_key: bytes, calibrated: SentimentModel | None = None
) -> CoreParams:
    """What the columns of a post depend on besides its export rows."""
    return CoreParams(
        zone=configuration.workspace.reporting_zone,
        languages=LanguageParams(language_codes=tuple(configuration.workspace.languages)),
        pseudonym_key=pseudonym_key,
        official_accounts=tuple(official_accounts(configuration)),
        sentiment=sentiment_params(configuration),
        calibrated=calibrated,
    )


def core_version(configuration: Configuration, calibrated: SentimentModel | None = None) -> str:
    """Version of everything a post's columns depend on besides its rows: a change computes all posts again."""
    workspace = configuration.workspace
    accounts = sorted([*key, brand] for key, brand in official_accounts(configuration).items())
    sentiment = sentiment_params(configuration)
    lexicons = sorted(lexicon.reference for lexicon in sentiment.lexicons.values())
    words = [sentiment.positive_threshold, sentiment.negative_threshold, sentiment.own_words, lexicons]
    model = calibrated.model_id if calibrated else None
    return digest([workspace.reporting_zone, list(workspace.languages), accounts, words, model, code_version()])


def mart_version(configuration: Configuration) -> str:
    """Version of everything a listening table depends on besides core rows."""
    workspace = configuration.workspace
    return digest(
        [panel(configuration).panel_id, workspace.reporting_zone, workspace.show_author_names, code_version()]
    )
