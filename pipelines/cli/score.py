"""`listening score`: language and sentiment for any CSV with texts."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from pipelines.cli.exits import Exit, out, print_json, stop
from pipelines.cli.options import AsJson

ADDED = (
    "language_code",
    "sentiment_score",
    "sentiment_label",
    "sentiment_improved_score",
    "sentiment_improved_label",
)


def score(
    file: Annotated[Path, typer.Argument(help="CSV file, UTF-8.")],
    to: Annotated[
        Path, typer.Option("--out", help="CSV file to write: every column of FILE, in row order, and five more.")
    ],
    column: Annotated[str, typer.Option("--column", help="Column that holds the texts.")] = "text",
    languages: Annotated[
        str, typer.Option("--languages", help="Languages to expect, ISO 639-1, comma separated.")
    ] = "en,fr",
    as_json: AsJson = False,
) -> None:
    """Add language_code, sentiment_score and sentiment_label to the rows of a CSV file, and the improved two."""
    rows = read_csv(file, column, as_json=as_json)
    scored = score_rows(rows, column, tuple(code.strip() for code in languages.split(",") if code.strip()))
    scored.write_csv(to)
    labels = dict(sorted(scored["sentiment_label"].value_counts().iter_rows()))
    if as_json:
        print_json({"ok": True, "rows": scored.height, "labels": labels, "out": str(to)})
    else:
        told = ", ".join(f"{count:,} {label}" for label, count in labels.items())
        out.print(f"Wrote {scored.height:,} rows to {to}: {told or 'no rows'}", soft_wrap=True)


def read_csv(file: Path, column: str, *, as_json: bool, is_fixed: bool = False) -> pl.DataFrame:
    """All cells as text; ends the command with a clear line when the file or the column is not there.

    `is_fixed`: the column has to have this name, there is no option for another.
    """
    try:
        rows = pl.read_csv(file, infer_schema=False, truncate_ragged_lines=False)
    except FileNotFoundError:
        stop(f"{file}: not found", Exit.USAGE, as_json=as_json)
    except pl.exceptions.NoDataError:
        stop(f"{file}: is empty", Exit.USAGE, as_json=as_json)
    except (pl.exceptions.PolarsError, OSError) as error:
        stop(f"{file}: not readable as a UTF-8 CSV file: {str(error).splitlines()[0]}", Exit.USAGE, as_json=as_json)
    if column not in rows.columns:
        known = ", ".join(rows.columns[:20])
        remedy = "give it that name" if is_fixed else "name it with --column"
        stop(f"{file}: no column '{column}' (there are: {known}); {remedy}", Exit.USAGE, as_json=as_json)
    return rows


def score_rows(rows: pl.DataFrame, column: str, languages: tuple[str, ...]) -> pl.DataFrame:
    """The rows with ADDED in the place of columns of these names; same order, other columns as they were."""
    from transforms.text.improved import score_improved
    from transforms.text.language import LanguageParams, detect_languages
    from transforms.text.sentiment import SentimentParams, score_mentions

    texts = rows[column]
    codes = detect_languages(texts, None, LanguageParams(language_codes=languages))["language_code"]
    scores = score_mentions(texts, codes, SentimentParams())
    improved = score_improved(texts, codes, SentimentParams())
    added = pl.concat([codes.to_frame(), scores, improved], how="horizontal").select(ADDED)
    return pl.concat([rows.drop(ADDED, strict=False), added], how="horizontal")
