"""`listening calibrate`: a sentiment model from the user's own labels, kept only where it beats stock VADER."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
import typer
from rich.table import Table
from rich.text import Text

from pipelines.cli.exits import Exit, out, print_json, print_wide, stop
from pipelines.cli.options import AsJson, WorkspaceFolder, workspace_at
from pipelines.cli.score import read_csv
from warehouse.configuration import Configuration, ConfigurationError
from warehouse.workspace import Workspace

if TYPE_CHECKING:
    from transforms.text.calibration import Calibration

CLASSES = ("negative", "neutral", "positive")

_SHOWN = {
    "accuracy_ratio": "accuracy",
    "macro_recall_ratio": "macro-recall",
    "macro_f1_ratio": "macro-F1",
    "net_sentiment_error": "net sentiment error",
}


def calibrate(
    labels: Annotated[Path, typer.Argument(help="CSV file, UTF-8: text, label and, if you like, brand and language.")],
    folder: WorkspaceFolder = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only, keep nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fit a sentiment model to labelled mentions; keep it only if it beats stock VADER in cross-validation.

    A few hundred rows whose label is negative, neutral or positive; rows without a label are left out. Where a model is
    kept, every run writes its score and label beside the stock ones, never in their place.
    """
    from assets.parameters import sentiment_params
    from transforms.text.calibration import calibrate as fit_and_judge

    workspace = workspace_at(folder)
    try:
        configuration = workspace.configuration()
        labelled, unlabelled = labelled_mentions(labels, configuration, as_json=as_json)
        calibration = fit_and_judge(labelled, sentiment_params(configuration))
        before = workspace.calibration_file.exists()
    except ConfigurationError as error:
        stop(str(error), Exit.USAGE, as_json=as_json)
    except ValueError as error:
        stop(f"{labels}: {error}", Exit.USAGE, as_json=as_json)
    is_kept = calibration.chosen == "model" and not dry_run
    if is_kept:
        keep(workspace, calibration)
    verdict = _verdict(calibration, workspace, is_kept=is_kept, dry_run=dry_run, before=before)
    left_out = {"without_label": unlabelled, "in_a_language_without_lexicon": calibration.left_out_count}
    if as_json:
        print_json({"ok": True, **_as_json(calibration), "left_out": left_out, "is_kept": is_kept, "verdict": verdict})
    else:
        _show(calibration, left_out, verdict)


def labelled_mentions(file: Path, configuration: Configuration, *, as_json: bool) -> tuple[pl.DataFrame, int]:
    """The labelled rows as calibration wants them, and how many have no label; ends the command at the first mistake.

    A language that is not told is detected, among those of the workspace.
    """
    from transforms.text.language import LanguageParams, detect_languages

    rows = read_csv(file, "text", as_json=as_json, is_fixed=True)
    if "label" not in rows.columns:
        known = ", ".join(rows.columns[:20])
        told = f"no column 'label' (there are: {known}); it holds negative, neutral or positive"
        stop(f"{file}: {told}", Exit.USAGE, as_json=as_json)
    optional = [name for name in ("label", "brand", "language") if name in rows.columns]
    rows = rows.with_columns(pl.col(optional).str.strip_chars().replace("", None)).with_row_index("row", offset=2)
    labelled = rows.with_columns(pl.col("label").str.to_lowercase()).drop_nulls("label")
    mistake = first_mistake(labelled)
    if mistake:
        stop(f"{file}, {mistake} (row 1 is the header)", Exit.USAGE, as_json=as_json)
    languages = LanguageParams(language_codes=tuple(configuration.workspace.languages))
    codes = detect_languages(labelled["text"], None, languages)["language_code"]
    if "language" in labelled.columns:
        codes = labelled["language"].zip_with(labelled["language"].is_not_null(), codes)
    brands = {"brand_id": pl.col("brand")} if "brand" in labelled.columns else {}
    mentions = labelled.select("text", language_code=codes, sentiment_label="label", **brands)
    return mentions, rows.height - labelled.height


def first_mistake(labelled: pl.DataFrame) -> str | None:
    """Row and column of the first cell that cannot be used, and the remedy; None if there is none."""
    checks = (
        ("label", ~pl.col("label").is_in(CLASSES), "is no label: use negative, neutral or positive"),
        (
            "text",
            pl.col("text").fill_null("").str.strip_chars() == "",
            "is empty: write the text or take out the label",
        ),
        ("language", ~pl.col("language").str.contains("^[A-Za-z]{2,3}([-_].*)?$"), "is no language code such as en"),
    )
    found = [
        (row, column, f"row {row}, column {column}: {value or ''!r:.60} {told}")
        for column, is_wrong, told in checks
        if column in labelled.columns
        for row, value in labelled.filter(is_wrong).head(1).select("row", column).iter_rows()
    ]
    return min(found)[2] if found else None


def keep(workspace: Workspace, calibration: "Calibration") -> None:
    """Put the model in the workspace, in one step: a reader sees the old one or the new one."""
    from transforms.text.calibration_file import kept_text

    path = workspace.calibration_file
    beside = path.with_suffix(".tmp")
    beside.write_text(kept_text(calibration), encoding="utf-8")
    beside.replace(path)


def _verdict(calibration: "Calibration", workspace: Workspace, *, is_kept: bool, dry_run: bool, before: bool) -> str:
    file = workspace.calibration_file.name
    if is_kept:
        return (
            f"The model beats stock VADER and is kept in {file} ({calibration.model.model_id}); the next `listening "
            "run` scores every post with it, beside the stock score"
        )
    if calibration.chosen == "model":
        return "The model beats stock VADER; run without --dry-run to keep it" if dry_run else ""
    stays = f"; {file} of an earlier calibration stays (remove it to use none)" if before else ""
    if calibration.chosen == "thresholds":
        low, high = calibration.thresholds
        return (
            "Other thresholds beat stock VADER, and the model: in listening.yaml, under sentiment, set "
            f"negative_threshold: {low} and positive_threshold: {high}. No model is kept{stays}"
        )
    return f"Nothing beats stock VADER on these labels beyond chance: no model is kept{stays}. More labels may help"


def _as_json(calibration: "Calibration") -> dict[str, Any]:
    return {
        "chosen": calibration.chosen,
        "model_id": calibration.model.model_id,
        "thresholds": {"negative": calibration.thresholds[0], "positive": calibration.thresholds[1]},
        "candidates": calibration.candidates.to_dicts(),
        "confusion": calibration.confusion.to_dicts(),
        "brands": calibration.brands.to_dicts(),
    }


def _show(calibration: "Calibration", left_out: dict[str, int], verdict: str) -> None:
    count = calibration.candidates["mention_count"][0]
    rest = ", ".join(f"{number:,} {what.replace('_', ' ')}" for what, number in left_out.items() if number)
    judged = f"{count:,} labelled mentions, each judged by what was fitted without it"
    out.print(Text(judged + (f" (left out: {rest})" if rest else "")), soft_wrap=True)
    table = Table("", *_SHOWN.values(), "gain in macro-recall over stock, 95 %")
    for row in calibration.candidates.iter_rows(named=True):
        gain = "" if row["candidate"] == "stock" else f"{row['gain_low_ratio']:+.3f} to {row['gain_high_ratio']:+.3f}"
        name = row["candidate"] + (" ←" if row["is_chosen"] else "")
        table.add_row(name, *("" if row[key] is None else f"{row[key]:.3f}" for key in _SHOWN), gain)
    print_wide(table, 120)
    for name in ("stock", "model"):
        print_wide(_confusion(calibration, name), 80)
    print_wide(_net_sentiment(calibration), 80)
    out.print(Text(verdict), soft_wrap=True)


def _confusion(calibration: "Calibration", candidate: str) -> Table:
    cells = calibration.confusion.filter(pl.col("candidate") == candidate)
    counts = {(actual, said): count for actual, said, count in cells.drop("candidate").iter_rows()}
    table = Table(f"{candidate}: labelled ↓ said →", *CLASSES)
    for actual in CLASSES:
        table.add_row(actual, *(f"{counts[actual, said]:,}" for said in CLASSES))
    return table


def _net_sentiment(calibration: "Calibration") -> Table:
    table = Table("net sentiment", "mentions", "labelled", "stock", "model")
    by_brand = calibration.brands.filter(pl.col("candidate").is_in(["stock", "model"])).pivot(
        "candidate",
        index=["brand_id", "mention_count", "labelled_net_sentiment_ratio"],
        values="predicted_net_sentiment_ratio",
    )
    for brand, mentions, *nets in by_brand.iter_rows():
        table.add_row(Text(brand), f"{mentions:,}", *(f"{value:+.3f}" for value in nets))
    return table
