"""Why cells of two releases differ: the causes of each changed post first, then of every number made from them.

A cell of a post is explained by what changed of that post. A number is explained by the posts of its own day (week,
month), platform and brand; a share also by those of the other brands; a number that looks back by any post. What no
post, file, query, definition, configuration or code explains is 'unexplained', and that is a fault to be reported.
"""

from collections.abc import Sequence

import polars as pl

from warehouse.differences import Differences
from warehouse.tables import BY_NAME

LATE_ROWS, COUNTERS, QUERY, DUPLICATES = "late_rows", "counters_refreshed", "query_edited", "duplicates_merged"
ERASURE, READ_AGAIN, DEFINITION = "erasure", "files_read_again", "definition_changed"
CONFIGURATION, PANEL, CODE, UNEXPLAINED = "configuration_changed", "panel_changed", "code_changed", "unexplained"

CAUSES = {
    LATE_ROWS: "late rows: new files brought posts, posts of accounts or counts",
    COUNTERS: "counters refreshed: a newer export of the same posts",
    QUERY: "query edited: other posts match, or match otherwise",
    DUPLICATES: "duplicates merged: a post's cluster of near-identical texts changed",
    ERASURE: "erasure: somebody or something was forgotten, or its retention ended",
    READ_AGAIN: "files read again by another declaration, or no longer there",
    DEFINITION: "definition changed: another version of the metric",
    CONFIGURATION: "configuration changed",
    PANEL: "panel changed: shares are shares of other brands or queries",
    CODE: "code or a library changed (where other causes are named too, it cannot be excluded)",
    UNEXPLAINED: "UNEXPLAINED: nothing that is recorded explains it; please report it",
}

POSTS, ACCOUNT_POSTS = ("mention", "mention_brand", "mention_topic"), "competitor_post"
# What a number may come from besides its own posts. Tables that are not named look back over all posts.
OWN_POSTS = {
    "sentiment_daily",
    "sentiment_weekly",
    "mention_volume_hourly",
    "top_mention_daily",
    "participation_monthly",
    "audience_country_monthly",
    "engagement_ladder_monthly",
}
POSTS_OF_THE_PANEL = {"share_of_voice_daily", "share_of_voice_weekly"}
ACCOUNT_TABLES = {
    "competitor_benchmark_weekly",
    "competitor_standing_monthly",
    "content_mix_monthly",
    "posting_rhythm_hourly",
    "audience_growth_daily",
    "account_reconciliation_daily",
}
FILE_TABLES = {"export_file", "source_reconciliation", "data_health_daily"}

_COUNTERS = {
    *("like_count", "share_count", "comment_count", "view_count", "impression_count", "reach_count"),
    *("engagement_count", "save_count", "author_follower_count", "account_follower_count", "follower_as_of_date"),
    *("er_followers_ratio", "er_impressions_ratio", "er_reach_ratio"),
}
_CLUSTER = {"cluster_id", "cluster_mention_count", "original_mention_id", "duplicate_kind_code"}
_MATCH = {"query_version", "clause_text", "match_text", "match_start", "match_end", "match_count", "brand_ids"}
# Key of listening.yaml → beginnings of the columns it decides; an empty text is all of them.
_DECIDED_BY = {
    "workspace.reporting_zone": ("",),
    "workspace.languages": ("language", "sentiment", "is_", "has_"),
    "workspace.show_author_names": ("author",),
    "workspace.retention_days": ("",),
    "sentiment.": ("sentiment",),
    "brands": ("",),
    "topics": ("topic",),
    "sources.": ("",),
}


def explained(cells: pl.DataFrame, told: Differences) -> pl.DataFrame:
    """The cells with `cause_codes` (never empty) and `basis_code`: the post itself, its own posts, posts of the panel,
    other posts, files, settings, or none."""
    numbered = cells.with_row_index("cell")
    of_posts = _posts_explained(numbered.filter(pl.col("table_name").is_in([*POSTS, ACCOUNT_POSTS])), told)
    evidence = _evidence(of_posts)
    others = numbered.filter(~pl.col("table_name").is_in([*POSTS, ACCOUNT_POSTS]))
    parts = [of_posts.select("cell", "cause_codes", "basis_code"), _numbers_explained(others, evidence, told)]
    causes = pl.concat(parts)
    joined = numbered.join(causes, on="cell", how="left", maintain_order="left").drop("cell")
    return joined.with_columns(_with_settings(told)).with_columns(
        pl.when(pl.col("cause_codes").list.len() == 0)
        .then(pl.lit([UNEXPLAINED]))
        .otherwise(pl.col("cause_codes").list.unique().list.sort())
        .alias("cause_codes"),
        pl.when(pl.col("cause_codes").list.len() == 0)
        .then(pl.lit("none"))
        .otherwise(pl.col("basis_code"))
        .alias("basis_code"),
    )


def _posts_explained(cells: pl.DataFrame, told: Differences) -> pl.DataFrame:
    """Cells of posts with their causes, from what changed of that very post."""
    came = _formats(told, "new_files")
    gone = _formats(told, "gone_files")
    again = _formats(told, "files_read_again")
    column, change = pl.col("column_name").fill_null(""), pl.col("change_code")
    post = pl.coalesce("mention_id", "post_id")
    touched = _posts_where(cells, column.is_in(["source_row_count", "source_codes"]) | (change != "changed"))
    merged = _posts_where(cells, column.is_in(["mention_text", "title"]))
    is_account = pl.col("table_name") == ACCOUNT_POSTS
    is_touched = post.is_in(touched) | (is_account & pl.lit(bool(came)))
    edited = (pl.col("brand_id").is_in(told.brands) | pl.col("topic_id").is_in(told.topics)).fill_null(False)
    brands_differ = pl.lit(bool(told.brands)) & (column == "brand_ids")
    is_match = pl.col("table_name").is_in(["mention_brand", "mention_topic"]) | column.is_in(_MATCH)
    is_row = change != "changed"
    fed = pl.lit(bool(came)) & is_touched
    causes = [
        _cause(ERASURE, pl.lit(told.erasures is not None) & ((change == "row_removed") | (fed & ~is_row))),
        _cause(QUERY, (is_match & edited) | brands_differ),
        _cause(LATE_ROWS, fed & is_row & (change == "row_added") & ~(is_match & edited)),
        _cause(COUNTERS, fed & column.is_in(_COUNTERS)),
        _cause(LATE_ROWS, fed & ~is_row & ~column.is_in(_COUNTERS | _CLUSTER) & ~(is_match & edited)),
        _cause(DUPLICATES, column.is_in(_CLUSTER) & pl.lit(bool(came or gone or again or told.erasures))),
        _cause(READ_AGAIN, pl.lit(bool(gone or again) and told.erasures is None) & (is_touched | post.is_in(merged))),
        _cause(PANEL, is_match & ~edited & pl.lit(told.panel_changed) & is_row & ~is_touched),
    ]
    return cells.with_columns(
        pl.concat_list(causes).list.drop_nulls().alias("cause_codes"), pl.lit("the post itself").alias("basis_code")
    )


def _posts_where(cells: pl.DataFrame, condition: pl.Expr) -> list[str]:
    chosen = cells.filter((pl.col("table_name").is_in(["mention", ACCOUNT_POSTS])) & condition)
    return chosen.select(pl.coalesce("mention_id", "post_id").unique().drop_nulls()).to_series().to_list()


def _evidence(of_posts: pl.DataFrame) -> pl.DataFrame:
    """Causes by where they are felt: cause_code, period_date (start of the day, week and month), platform_code (also
    'all'), brand_id (also '*'), account_handle."""
    brands = pl.when(pl.col("table_name") == "mention").then(pl.col("brand_ids")).otherwise(pl.concat_list("brand_id"))
    day = pl.coalesce("mention_date", "post_date")
    felt = of_posts.select(
        pl.col("cause_codes").alias("cause_code"),
        pl.concat_list(
            _period("d", day), _period("w", day.dt.truncate("1w")), _period("m", day.dt.truncate("1mo"))
        ).alias("period"),
        pl.coalesce("platform_code", pl.lit("?")).alias("platform_code"),
        pl.concat_list(brands.fill_null([]), pl.lit("*")).alias("brand_id"),
        "account_handle",
        pl.coalesce("mention_id", "post_id").alias("post"),
    )
    # Rows of matches do not say their platform; the post does.
    known = of_posts.filter(pl.col("platform_code").is_not_null())
    platforms = known.select(pl.coalesce("mention_id", "post_id").alias("post"), pl.col("platform_code").alias("on"))
    felt = felt.join(platforms.unique("post"), on="post", how="left")
    felt = felt.with_columns(pl.coalesce("on", "platform_code").alias("platform_code")).drop("on", "post")
    for name in ("cause_code", "period", "brand_id"):
        felt = felt.explode(name)
    both = pl.concat([felt, felt.with_columns(pl.lit("all").alias("platform_code"))])
    return both.filter(pl.col("cause_code").is_not_null()).unique()


def _numbers_explained(cells: pl.DataFrame, evidence: pl.DataFrame, told: Differences) -> pl.DataFrame:
    """cell, cause_codes, basis_code of every cell of a number: the nearest evidence there is."""
    table = pl.col("table_name")
    is_near = table.is_in(OWN_POSTS | POSTS_OF_THE_PANEL)
    placed = cells.with_columns(
        pl.coalesce(
            _period("d", pl.col("mention_date")), _period("w", pl.col("week_date")), _period("m", pl.col("month_date"))
        ).alias("period"),
        pl.coalesce("platform_code", pl.lit("all")).alias("platform_code"),
        pl.coalesce("brand_id", pl.lit("*")).alias("brand_id"),
    )
    any_brand = pl.lit("*").alias("brand_id")
    steps = [
        ("own posts", ["period", "platform_code", "brand_id"], ~table.is_in(ACCOUNT_TABLES), placed),
        ("posts of the panel", ["period", "platform_code", "brand_id"], ~table.is_in(ACCOUNT_TABLES | OWN_POSTS),
         placed.with_columns(any_brand)),
        ("own posts", ["account_handle"], table.is_in(ACCOUNT_TABLES), placed),
        ("other posts", [], ~is_near, placed),
    ]  # fmt: skip
    found = [pl.DataFrame(schema={"cell": pl.UInt32, "cause_codes": pl.List(pl.String), "basis_code": pl.String})]
    left = placed
    for basis, on, applies, seen in steps:
        wanted = seen.filter(applies).join(left.select("cell"), on="cell", how="semi")
        matched = _matched(wanted, evidence, on).with_columns(pl.lit(basis).alias("basis_code"))
        found.append(matched)
        left = left.join(matched, on="cell", how="anti")
    found.append(_by_files(left, told))
    return pl.concat(found)


def _matched(cells: pl.DataFrame, evidence: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """cell and cause_codes of the cells for which there is evidence in the same place."""
    if not on:
        causes = sorted(evidence["cause_code"].unique())
        chosen = cells.select("cell") if causes else cells.select("cell").clear()
        return chosen.with_columns(pl.lit(causes, dtype=pl.List(pl.String)).alias("cause_codes"))
    gathered = evidence.drop_nulls(list(on)).group_by(on).agg(pl.col("cause_code").unique().sort().alias("cause_codes"))
    return cells.select("cell", *on).join(gathered, on=list(on), how="inner").select("cell", "cause_codes")


def _by_files(cells: pl.DataFrame, told: Differences) -> pl.DataFrame:
    """What no post explains: tables about files and accounts, and rows that a longer calendar or panel brings."""
    table, is_row = pl.col("table_name"), pl.col("change_code") != "changed"
    about_files = table.is_in(FILE_TABLES | ACCOUNT_TABLES)
    causes = [
        _cause(LATE_ROWS, pl.lit(bool(told.new_files)) & (about_files | is_row)),
        _cause(READ_AGAIN, pl.lit(bool(told.gone_files or told.files_read_again)) & (about_files | is_row)),
        _cause(ERASURE, pl.lit(told.erasures is not None) & (about_files | is_row)),
        _cause(PANEL, pl.lit(told.panel_changed) & is_row),
    ]
    return cells.select(
        "cell", pl.concat_list(causes).list.drop_nulls().alias("cause_codes"), pl.lit("files").alias("basis_code")
    )


def _with_settings(told: Differences) -> list[pl.Expr]:
    """Add what holds for whole columns: definitions, configuration, panel, code."""
    table, column = pl.col("table_name"), pl.col("column_name")
    whole = column.is_null()
    decided = pl.lit(False)
    for key in told.configuration:
        for declared, beginnings in _DECIDED_BY.items():
            if key.startswith(declared):
                for beginning in beginnings:
                    decided = decided | whole | column.str.starts_with(beginning)
        if key.startswith("targets"):
            decided = decided | (table == "kpi_attainment")
    needs_one = pl.col("cause_codes").list.len() == 0
    metric_columns = _columns_of(told.metrics)
    causes = [
        pl.col("cause_codes"),
        pl.concat_list(_cause(DEFINITION, pl.concat_str("table_name", pl.lit("."), column).is_in(metric_columns))),
        pl.concat_list(_cause(PANEL, pl.lit(told.panel_changed) & ((column == "panel_id") | needs_one))),
        pl.concat_list(_cause(CONFIGURATION, decided & needs_one)),
        pl.concat_list(_cause(CODE, pl.lit(bool(told.code or told.libraries)))),
    ]
    settled = pl.concat_list(causes).list.drop_nulls()
    basis = pl.when(needs_one).then(pl.lit("settings")).otherwise(pl.col("basis_code"))
    return [settled.alias("cause_codes"), basis.alias("basis_code")]


def _period(kind: str, start: pl.Expr) -> pl.Expr:
    return pl.lit(kind) + start.cast(pl.String)


def _columns_of(metrics: Sequence[str]) -> list[str]:
    """`table.column` of every published column that a metric of these ids defines."""
    return [
        f"{contract.table}.{column.name}"
        for contract in BY_NAME.values()
        if contract.layer == "mart"
        for column in contract.columns
        if column.metric_id in metrics
    ]


def _formats(told: Differences, which: str) -> set[str]:
    return {str(file.source_code) for file in getattr(told, which) if file.kept_count or file.source_code is None}


def _cause(code: str, condition: pl.Expr) -> pl.Expr:
    return pl.when(condition.fill_null(False)).then(pl.lit(code)).otherwise(pl.lit(None, pl.String))
