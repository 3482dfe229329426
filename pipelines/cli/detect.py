"""`listening detect`: spikes in any series of counts."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from pipelines.cli.exits import Exit, out, print_json, stop
from pipelines.cli.options import AsJson
from pipelines.cli.score import read_csv


def detect(
    file: Annotated[Path, typer.Argument(help="CSV file with the columns timestamp and value.")],
    to: Annotated[
        Path, typer.Option("--out", help="CSV file to write: timestamp, score, is_alert; one row per row of FILE.")
    ],
    as_json: AsJson = False,
) -> None:
    """Say of every row of a series whether it is unusual, looking back only: row t is judged by rows up to t."""
    rows = read_csv(file, "timestamp", as_json=as_json, is_fixed=True)
    if "value" not in rows.columns:
        stop(f"{file}: no column 'value'; a series has the columns timestamp,value", Exit.USAGE, as_json=as_json)
    times = rows["timestamp"].str.strip_chars().str.to_datetime(strict=False, time_unit="us")
    values = rows["value"].str.strip_chars().cast(pl.Float64, strict=False)
    for name, read, column in (("time", times, "timestamp"), ("number", values, "value")):
        bad = [i for i, (got, cell) in enumerate(zip(read, rows[column], strict=True)) if got is None and cell]
        if bad:
            place, cell = bad[0] + 2, str(rows[column][bad[0]])[:40]
            stop(f"{file}:{place}: {column}: '{cell}' is not a {name}", Exit.USAGE, as_json=as_json)
    judged = signals(times, values)
    judged.with_columns(rows["timestamp"], pl.col("is_alert").cast(pl.Int8)).write_csv(to)
    alerts = int(judged["is_alert"].sum())
    if as_json:
        print_json({"ok": True, "rows": judged.height, "alerts": alerts, "out": str(to)})
    else:
        out.print(f"Wrote {judged.height:,} rows to {to}: {alerts} alerts", soft_wrap=True)


def signals(times: pl.Series, values: pl.Series) -> pl.DataFrame:
    """timestamp, score, is_alert per row, in order."""
    from transforms.trend.detect import detect as detect_series

    series = pl.DataFrame({"timestamp": times, "value": values})
    return detect_series(series).select("timestamp", "score", "is_alert")
