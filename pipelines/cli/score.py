"""`listening score`: language and sentiment for any CSV with texts."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from pipelines.cli.exits import Exit, out, print_json, stop
from pipelines.cli.options import AsJson

ADDED = ("language_code", "sentiment_score", "sentiment_label")


def score(
    file: Annotated[Path, typer.Argument(help="CSV file, UTF-8.")],
    to: Annotated[
        Path, typer.Option("--out", help="CSV file to write: every column of FILE, in row order, and three more.")
    ],
    column: Annotated[str, typer.Option("--column", help="Column that holds the texts.")] = "text",
    languages: Annotated[
        str, typer.Option("--languages", help="Languages to expect, ISO 639-1, comma separated.")
    ] = "en,fr",
    as_json: AsJson = False,
) -> None:
    """Add language_code, sentiment_score and sentiment_label to the rows of a CSV file."""
    rows = read_csv(file, column, as_json=as_json)
    scored = score_rows(rows, column, tuple(code.strip() for code in languages.split(",") if code.strip()))
    scored.write_csv(to)
    labels = dict(sorted(scored["sentiment_label"].value_counts().iter_rows()))
    if as_json:
        print_json({"ok": True, "rows": scored.height, "labels": labels, "out": str(to)})
    else:
        told = ", ".join(f"{count:,} {label}" for label, count in labels.items())
        out.print(f"Wrote {scored.height:,} rows to {to}: {told or 'no rows'}", soft_wrap=True)


def read_csv(file: Path, column: str, *, as_json: bool) -> pl.DataFrame:
    """All cells as text; ends the command with a clear line when the file or the column is not there."""
    try:
        rows = pl.read_csv(file, infer_schema=False, truncate_ragged_lines=False)
    except FileNotFoundError:
        stop(f"{file}: not found", Exit.USAGE, as_json=as_json)
    except (pl.exceptions.PolarsError, OSError) as error:
        stop(f"{file}: not readable as a UTF-8 CSV file: {str(error).splitlines()[0]}", Exit.USAGE, as_json=as_json)
    if column not in rows.columns:
        known = ", ".join(rows.columns[:20])
        stop(f"{file}: no column '{column}' (there are: {known}); name it with --column", Exit.USAGE, as_json=as_json)
    return rows


def score_rows(rows: pl.DataFrame, column: str, languages: tuple[str, ...]) -> pl.DataFrame:
    """The rows with language_code, sentiment_score and sentiment_label; same order, other columns as they were."""
    from transforms.text.language import LanguageParams, detect_languages
    from transforms.text.sentiment import SentimentParams, score_mentions

    texts = rows[column]
    codes = detect_languages(texts, None, LanguageParams(language_codes=languages))["language_code"]
    scores = score_mentions(texts, codes, SentimentParams())
    return rows.drop(ADDED, strict=False).with_columns(codes, scores["sentiment_score"], scores["sentiment_label"])
