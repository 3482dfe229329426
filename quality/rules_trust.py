"""Rules for trust: files and their records, daily health, the release row. Comparisons in time are `rules_history`."""

import polars as pl

from quality.context import AuditContext
from quality.rule import (
    Finding,
    Frames,
    Rule,
    difference_detail,
    differing,
    found,
    rule,
)
from warehouse.tables import mart

FILE, HEALTH, RELEASE = mart.EXPORT_FILE, mart.DATA_HEALTH_DAILY, mart.RELEASE
MENTION, VOICE = mart.MENTION, mart.SHARE_OF_VOICE_DAILY
HEALTH_KEY = ("mention_date", "source_code")


def _highest(formats: pl.DataFrame) -> float:
    return float(max(formats["share"]))


def _records_reconcile(frames: Frames, _: AuditContext) -> Finding:
    files = frames[FILE.name]
    wrong = files.filter(pl.col("row_count") != pl.col("kept_count") + pl.col("rejected_count"))
    return found(wrong, files.height, "files whose records are not kept + rejected")


def _files_were_read(frames: Frames, _: AuditContext) -> Finding:
    files = frames[FILE.name]
    wrong = files.filter(pl.col("file_state_code").is_in(["refused", "crashed"]))
    return found(wrong, files.height, "files could not be read")


def _files_are_whole(frames: Frames, _: AuditContext) -> Finding:
    files = frames[FILE.name]
    wrong = files.filter(pl.col("warning_texts").list.len() > 0)
    return found(wrong, files.height, "files show signs of a cap, a sample, a gap or cut texts")


def _few_rejects_per_file(frames: Frames, context: AuditContext) -> Finding:
    limit = context.thresholds.file_reject_warning_ratio
    files = frames[FILE.name].filter(pl.col("row_count") > 0)
    wrong = files.filter(pl.col("rejected_count") / pl.col("row_count") > limit)
    worst = wrong.select((pl.col("rejected_count") / pl.col("row_count")).max()).item() if wrong.height else 0.0
    return found(wrong, files.height, f"files lost more than {limit:.1%} of their records", f"at worst {worst:.1%}")


def _few_rejects_in_all(frames: Frames, context: AuditContext) -> Finding:
    limit = context.thresholds.total_reject_error_ratio
    files = frames[FILE.name].filter(pl.col("file_state_code") == "ingested")
    rejected, rows = int(files["rejected_count"].sum()), int(files["row_count"].sum())
    is_violated = rows > 0 and rejected / rows > limit
    wrong = files.filter(pl.col("rejected_count") > 0) if is_violated else files.clear()
    share = f"{rejected / rows:.1%}" if rows else "none"
    return Finding(wrong, f"{rejected:,} of {rows:,} records rejected ({share}; limit {limit:.0%})")


def _health_meets_files(frames: Frames, _: AuditContext) -> Finding:
    files = frames[FILE.name].filter((pl.col("record_kind_code") == "mention") & pl.col("source_code").is_not_null())
    kept = files.group_by("source_code").agg(pl.col("kept_count").sum())
    rows = frames[HEALTH.name].group_by("source_code").agg(pl.col("row_count").sum())
    wrong = differing(rows, kept, ("source_code",), "row_count", "kept_count")
    return found(wrong, rows.height, "formats whose days miss the records kept from files", difference_detail(wrong))


def _health_meets_mentions(frames: Frames, _: AuditContext) -> Finding:
    health = frames[HEALTH.name]
    seen = (
        frames[MENTION.name]
        .select(
            *("mention_date", "source_codes", "is_text_withheld"),
            is_matched=pl.col("brand_ids").list.len() > 0,
            is_unscored=pl.col("sentiment_label") == "unscored",
        )
        .explode("source_codes")
        .group_by("mention_date", source_code="source_codes")
        .agg(
            mention_count=pl.len().cast(pl.Int64),
            matched_count=pl.col("is_matched").sum().cast(pl.Int64),
            unscored_count=pl.col("is_unscored").sum().cast(pl.Int64),
            withheld_count=pl.col("is_text_withheld").sum().cast(pl.Int64),
        )
    )
    counts = ("mention_count", "matched_count", "unscored_count", "withheld_count")
    differences = pl.concat([differing(health, seen, HEALTH_KEY, count) for count in counts])
    return found(differences, health.height * len(counts), "counts that miss mention", difference_detail(differences))


def _health_parts(frames: Frames, _: AuditContext) -> Finding:
    health = frames[HEALTH.name]
    parts = ("matched_count", "unscored_count", "withheld_count", "zone_assumed_count")
    too_many = pl.any_horizontal(pl.col(part) > pl.col("mention_count") for part in parts)
    wrong = health.filter(too_many | (pl.col("duplicate_row_count") > pl.col("row_count")))
    return found(wrong, health.height, "days with more parts than mentions or records")


def _share_of_health(part: str, whole: str, name: str, limit_name: str, says: str, do: str) -> Rule:
    """A warning for every format whose share of `part` in `whole`, over all days, passes its threshold."""

    def find(frames: Frames, context: AuditContext) -> Finding:
        limit: float = getattr(context.thresholds, limit_name)
        formats = frames[HEALTH.name].group_by("source_code").agg(pl.col(part).sum(), pl.col(whole).sum())
        formats = formats.with_columns(share=pl.col(part) / pl.col(whole))
        wrong = formats.filter((pl.col(whole) > 0) & (pl.col("share") > limit)).sort("source_code")
        worst = f"at worst {_highest(wrong):.1%}" if wrong.height else ""
        return found(wrong, formats.height, f"formats pass the limit of {limit:.0%}", worst)

    return rule(HEALTH, name, "warning", says, do, {HEALTH: ("source_code", part, whole)}, find)


def _unmatched_ratio(frames: Frames, context: AuditContext) -> Finding:
    limit = context.thresholds.unmatched_warning_ratio
    formats = frames[HEALTH.name].group_by("source_code").agg(pl.col("mention_count", "matched_count").sum())
    formats = formats.with_columns(share=1 - pl.col("matched_count") / pl.col("mention_count"))
    wrong = formats.filter((pl.col("mention_count") > 0) & (pl.col("share") > limit)).sort("source_code")
    worst = f"at worst {_highest(wrong):.1%}" if wrong.height else ""
    return found(wrong, formats.height, f"formats name a brand too seldom (limit {limit:.0%} without)", worst)


def _release_names_its_files(frames: Frames, _: AuditContext) -> Finding:
    named = frames[RELEASE.name].select(file_id="input_file_ids").explode("file_id").drop_nulls()
    files = frames[FILE.name].select("file_id")
    unknown, unnamed = named.join(files, on="file_id", how="anti"), files.join(named, on="file_id", how="anti")
    wrong = frames[RELEASE.name].select("release_id") if unknown.height or unnamed.height else pl.DataFrame()
    return Finding(
        wrong, f"{unknown.height:,} inputs not in export_file, {unnamed.height:,} files not among the inputs"
    )


def _release_meets_tables(frames: Frames, _: AuditContext) -> Finding:
    release, mentions = frames[RELEASE.name], frames[MENTION.name]
    panels = frames[VOICE.name]["panel_id"].unique().to_list()
    first, last = mentions["mention_date"].min(), mentions["mention_date"].max()
    wrong = release.filter(
        (pl.col("mention_count") != mentions.height)
        | pl.col("first_mention_date").ne_missing(pl.lit(first, dtype=pl.Date))
        | pl.col("last_mention_date").ne_missing(pl.lit(last, dtype=pl.Date))
        | pl.lit(panels, dtype=pl.List(pl.String)).list.set_difference(pl.concat_list("panel_id")).list.len().gt(0)
    )
    if release.height != 1:
        wrong = release
    return Finding(wrong, f"{release.height} release rows; {mentions.height:,} mentions from {first!s} to {last!s}")


RULES: tuple[Rule, ...] = (
    rule(
        FILE,
        "records_reconcile",
        "error",
        "Records of a file = kept + rejected.",
        "Find the reader that drops records silently: every record is kept or rejected with a reason.",
        {FILE: ("file_id", "row_count", "kept_count", "rejected_count")},
        _records_reconcile,
    ),
    rule(
        FILE,
        "files_were_read",
        "warning",
        "No file was refused, and no reader crashed on one.",
        "Read problem_text of the sampled files in export_file; mend the files or declare their format.",
        {FILE: ("file_id", "file_state_code")},
        _files_were_read,
    ),
    rule(
        FILE,
        "files_are_whole",
        "warning",
        "No file was read with a warning: capped, sampled, with a gap, or with cut texts.",
        "Read warning_texts of the sampled files in export_file; export again in smaller periods where a cap was hit.",
        {FILE: ("file_id", "warning_texts")},
        _files_are_whole,
    ),
    rule(
        FILE,
        "few_rejects_per_file",
        "warning",
        "No file loses more than a small share of its records.",
        "See reject_reason_texts of the sampled files in export_file; a new date format or header is the usual cause.",
        {FILE: ("file_id", "row_count", "rejected_count")},
        _few_rejects_per_file,
    ),
    rule(
        FILE,
        "few_rejects_in_all",
        "error",
        "Rejected records stay a small share of all records.",
        "See reject_reason_texts in export_file; correct the source's declaration and read the files again.",
        {FILE: ("file_id", "file_state_code", "row_count", "rejected_count")},
        _few_rejects_in_all,
    ),
    rule(
        HEALTH,
        "meets_files",
        "error",
        "The days of a format hold exactly the records kept from its files.",
        "Rebuild: data_health_daily was made before a file was read, or a file's records never reached its days.",
        {
            HEALTH: ("source_code", "row_count"),
            FILE: ("record_kind_code", "source_code", "kept_count"),
        },
        _health_meets_files,
    ),
    rule(
        HEALTH,
        "meets_mention",
        "error",
        "Posts of a day and format, and those matched, unscored or withheld, are counted as in mention.",
        "Rebuild the sampled days: data_health_daily and mention were made from different core rows.",
        {
            HEALTH: (*HEALTH_KEY, "mention_count", "matched_count", "unscored_count", "withheld_count"),
            MENTION: ("mention_date", "source_codes", "brand_ids", "sentiment_label", "is_text_withheld"),
        },
        _health_meets_mentions,
        is_daily=True,
    ),
    rule(
        HEALTH,
        "parts_within_whole",
        "error",
        "No part of a day's posts or records is larger than the whole.",
        "Look for a join that multiplies rows before they are counted in data_health_daily.",
        {
            HEALTH: (
                *(*HEALTH_KEY, "row_count", "mention_count", "duplicate_row_count", "matched_count"),
                *("unscored_count", "withheld_count", "zone_assumed_count"),
            )
        },
        _health_parts,
    ),
    _share_of_health(
        "unscored_count",
        "mention_count",
        "few_unscored",
        "unscored_warning_ratio",
        "Most posts of a format are in a language that can be scored.",
        "Read sentiment beside scored_ratio only; add a lexicon for the languages that prevail.",
    ),
    _share_of_health(
        "duplicate_row_count",
        "row_count",
        "few_duplicates",
        "duplicate_warning_ratio",
        "Exports of a format repeat few posts that are already held.",
        "Check whether overlapping exports are dropped into the inbox on purpose.",
    ),
    _share_of_health(
        "withheld_count",
        "mention_count",
        "few_withheld",
        "withheld_warning_ratio",
        "Most posts of a format come with their text.",
        "Ask the vendor for an export with texts, or fetch them: without a text nothing can be matched or scored.",
    ),
    rule(
        HEALTH,
        "few_unmatched",
        "warning",
        "Most posts of a format name a brand of the panel.",
        "Compare the vendor's query with the brands' aliases and queries in listening.yaml.",
        {HEALTH: ("source_code", "mention_count", "matched_count")},
        _unmatched_ratio,
    ),
    rule(
        RELEASE,
        "names_its_files",
        "error",
        "The release's inputs are exactly the files of export_file.",
        "Write the release row from the files of this release.",
        {RELEASE: ("release_id", "input_file_ids"), FILE: ("file_id",)},
        _release_names_its_files,
    ),
    rule(
        RELEASE,
        "meets_its_tables",
        "error",
        "One row, whose mention count, first and last day and panel are those of the tables.",
        "Write the release row from the tables of this release.",
        {
            RELEASE: ("release_id", "mention_count", "first_mention_date", "last_mention_date", "panel_id"),
            MENTION: ("mention_date",),
            VOICE: ("panel_id",),
        },
        _release_meets_tables,
    ),
)
