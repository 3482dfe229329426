"""The gate on a release of a million mentions: time and peak memory, beside one whole-table Great Expectations run.

usage: python tests/benchmarks/bench_gate.py [MENTIONS]

`gate` audits every table of the release with every rule. `plain` is what one would write first, and does less: the
contract checks of the mention table alone, on the whole table in pandas at once. Each runs in a fresh process, turn
about, so that a busy machine slows both; import of Great Expectations is included in both. Processor time is given
beside the clock's, for the clock of a shared machine says little.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[2]))

from quality.runner import AuditContext, Expectations, audit
from quality.suites import suite_for
from transforms.marts.brand_mention import brand_mentions
from transforms.marts.health import data_health_daily
from transforms.marts.mention import mentions_published, top_mention_daily
from transforms.marts.origins import post_origins
from transforms.marts.panel import Panel, PanelBrand
from transforms.marts.sentiment import sentiment_daily
from transforms.marts.share_of_voice import share_of_voice_daily
from transforms.marts.volume import mention_volume_hourly
from warehouse.release import reading
from warehouse.tables import TableContract, core, mart, raw

ROUNDS = 2
DAYS = 365
ZONE = "Europe/Paris"


def main() -> None:
    if sys.argv[1:2] == ["build"]:
        build(Path(sys.argv[2]), int(sys.argv[3]))
        return
    if len(sys.argv) > 2:
        print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    packages = ("great-expectations", "pandas", "polars", "duckdb")
    print(", ".join(f"{name} {version(name)}" for name in packages), f"{os.cpu_count()} cores, {count:,} mentions")
    with tempfile.TemporaryDirectory() as folder:
        release = Path(folder) / "release.duckdb"
        built = time.perf_counter()
        subprocess.run([sys.executable, __file__, "build", str(release), str(count)], check=True)
        print(f"release of {release.stat().st_size / 2**20:.0f} MiB made in {time.perf_counter() - built:.0f} s")
        rounds: dict[str, list[dict[str, float]]] = {"gate": [], "plain": []}
        for _ in range(ROUNDS):
            for way, results in rounds.items():
                done = subprocess.run([sys.executable, __file__, way, str(release)], check=True, capture_output=True)
                results.append(json.loads(done.stdout.splitlines()[-1]))
        for way, results in rounds.items():
            seconds, cpu = (min(r[clock] for r in results) for clock in ("seconds", "cpu"))
            peak = max(r["peak_mib"] for r in results)
            print(
                f"{way}: {results[0]['checks']:.0f} checks, best {seconds:.1f} s, {cpu:.1f} s of processor, "
                f"peak {peak:.0f} MiB resident"
            )
        ratios = [g["cpu"] / p["cpu"] for g, p in zip(rounds["gate"], rounds["plain"], strict=True)]
        print("processor time gate / plain, by round:", ", ".join(f"{ratio:.2f}" for ratio in ratios))


def measured(way: str, release: Path) -> dict[str, float]:
    start = time.perf_counter()
    with reading(release) as read:
        if way == "gate":
            context = AuditContext(datetime(2024, 12, 31, tzinfo=UTC), ("acme", "bolt", "coil"), ZONE)
            report = audit(read, [t for t in mart.TABLES if t not in (mart.RELEASE, mart.CHECK_RESULT)], context)
            if not report.may_publish:
                print("\n".join(report.summary_lines()), file=sys.stderr)
            checks = len(report.results)
        else:
            suite = [c for c in suite_for(mart.MENTION) if c.expectation and c.expectation.sees in ("rows", "values")]
            checks = len(Expectations().answer(read(mart.MENTION, None), suite))
    seconds, cpu = time.perf_counter() - start, time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "cpu": cpu, "peak_mib": peak, "checks": checks}


def build(release: Path, count: int) -> None:
    """Write a release of `count` invented mentions in a year, made by the project's transforms."""
    connection = duckdb.connect(str(release))
    try:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        for contract in mart.TABLES:
            connection.execute(contract.create_sql(f'"{contract.table}"')).fetchall()
        for contract, rows in tables(count).items():
            conformed = contract.conform(rows)
            instants = [n for n, d in conformed.schema.items() if isinstance(d, pl.Datetime)]
            connection.register("rows", conformed.with_columns(pl.col(instants).dt.replace_time_zone(None)).to_arrow())
            connection.execute(f'INSERT INTO "{contract.table}" SELECT * FROM rows').fetchall()
            connection.unregister("rows")
    finally:
        connection.close()


def tables(count: int) -> dict[TableContract, pl.DataFrame]:
    """Contract → rows of the tables of mentions; the other tables stay empty."""
    panel = Panel("p", (PanelBrand("acme", "own"), PanelBrand("bolt", "competitor"), PanelBrand("coil", "competitor")))
    mentions = _mentions(count)
    brands = _filled(
        core.MENTION_BRAND,
        mentions.select("mention_id", brand_id=pl.col("mention_id").hash(2) % 4)
        .filter(pl.col("brand_id") < 3)
        .with_columns(pl.col("brand_id").replace_strict([0, 1, 2], ["acme", "bolt", "coil"], return_dtype=pl.String)),
    )
    clusters = core.DUPLICATE_CLUSTER.empty()
    files = _filled(
        raw.EXPORT_FILE,
        mentions.select(
            pl.lit("f").alias("file_id"),
            pl.lit("plain_csv").alias("source_code"),
            pl.lit("mention").alias("record_kind_code"),
            pl.lit("ingested").alias("file_state_code"),
            pl.len().cast(pl.Int64).alias("row_count"),
            pl.len().cast(pl.Int64).alias("kept_count"),
            pl.lit(0).alias("rejected_count"),
            pl.col("published_at").max().alias("last_published_at"),
        ),
    )
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(DAYS)]
    earned = brand_mentions(mentions, brands, clusters)
    volume = mention_volume_hourly(earned, panel, days, ZONE, mentions["platform_code"].unique().to_list())
    signals = volume.with_columns(
        topic_id=pl.lit("all"),
        metric_code=pl.lit("mention_count"),
        is_deduplicated=pl.lit(False),
        watched_count=pl.col("mention_count"),
        is_alert=pl.lit(False),
        signal_status_code=pl.lit("not_enough_data"),
    )
    records = mentions.select("file_id", "published_at", source_code=pl.lit("plain_csv"), row_count=1)
    origins = post_origins(mentions, mentions.select("mention_id", "file_id"), brands, zone=ZONE)
    return {
        mart.SHARE_OF_VOICE_DAILY: share_of_voice_daily(earned, panel, days),
        mart.SENTIMENT_DAILY: sentiment_daily(earned),
        mart.MENTION_VOLUME_HOURLY: volume,
        mart.TREND_SIGNAL_HOURLY: _filled(mart.TREND_SIGNAL_HOURLY, signals),
        mart.MENTION: mentions_published(mentions, brands, clusters, show_author_names=False),
        mart.TOP_MENTION_DAILY: top_mention_daily(earned),
        mart.DATA_HEALTH_DAILY: data_health_daily(records, origins, files, zone=ZONE),
        mart.EXPORT_FILE: _filled(mart.EXPORT_FILE, files),
    }


def _mentions(count: int) -> pl.DataFrame:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    number = pl.int_range(count)
    draw = number.hash(7)
    at = (pl.lit(start) + pl.duration(seconds=draw % (DAYS * 86_400 - 7_200))).cast(pl.Datetime("us", "UTC"))
    label = (draw // 1_000 % 4).replace_strict(
        [0, 1, 2, 3], ["positive", "neutral", "negative", "unscored"], return_dtype=pl.String
    )
    posts = pl.select(number=number).select(
        mention_id=pl.format("{}{}", number.hash(1), number.hash(3)).str.slice(0, 32),
        published_at=at,
        mention_date=at.dt.convert_time_zone(ZONE).dt.date(),
        platform_code=(draw // 7 % 3).replace_strict([0, 1, 2], ["x", "news", "reddit"], return_dtype=pl.String),
        sentiment_label=label,
        sentiment_score=label.replace_strict(
            ["positive", "neutral", "negative"], [0.5, 0.0, -0.5], default=None, return_dtype=pl.Float64
        ),
        author_id=pl.format("author-{}", draw % (count // 4 + 1)),
        url=pl.format("https://example.org/a/rather/long/address/of/a/post/{}", number),
        mention_text=pl.format("{} invented words about a product that arrived late and was not what we ordered", draw)
        + " and more of the same, so that a row is about as long as a post usually is",
        engagement_count=(draw % 50).cast(pl.Int64),
        like_count=(draw % 50).cast(pl.Int64),
        source_codes=pl.lit(["plain_csv"], dtype=pl.List(pl.String)),
        file_id=pl.lit("f"),
        tz_basis_code=pl.lit("explicit"),
        kind_code=pl.lit("post"),
        identity_basis_code=pl.lit("native_id"),
    )
    return _filled(core.MENTION, posts)


def _filled(contract: TableContract, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with every column of the contract: null, or the emptiest value a required column takes."""
    empty = {pl.String: "-", pl.Int64: 1, pl.Boolean: False, pl.Float64: 0.0, pl.List(pl.String): []}
    instants = pl.lit(datetime(2024, 12, 31, tzinfo=UTC))
    absent = [column for column in contract.columns if column.name not in rows.columns]
    return rows.with_columns(
        (
            pl.lit(None, dtype=column.dtype)
            if column.nullable
            else instants
            if column.unit == "utc"
            else pl.lit(empty[column.dtype], dtype=column.dtype)
        ).alias(column.name)
        for column in absent
    ).select(contract.schema.names())


if __name__ == "__main__":
    main()
