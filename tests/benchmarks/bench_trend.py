"""Trend detection measured: labelled series, simulated brands, shifts, speed. The tables of TREND.md come from here.

usage: python tests/benchmarks/bench_trend.py [labelled|simulated|shift|share|calibration|speed]... (none: all)
`labelled` needs LISTENING_REAL_EXPORTS (the labelled series lie beside it) and scores with the scorer that lies there.
"""

import importlib.util
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "2")

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[2]))

from transforms.trend import TrendParams, detect
from transforms.trend.discovery import daily_chance
from transforms.trend.params import DEFAULTS
from transforms.trend.share import share_signals
from transforms.trend.shift import trend_shift
from transforms.trend.signals import trend_signals, trend_signals_with_state
from transforms.trend.simulate import UPLIFTS, BrandProfile, simulate_counts, simulated_performance

MENTIONS_A_DAY = (8, 40, 400)
START = datetime(2025, 1, 6, tzinfo=UTC)
Detector = Callable[[pl.DataFrame], np.ndarray]


def z_score(series: pl.DataFrame, threshold: float = 4.0, rest_hours: float = 18.0) -> np.ndarray:
    """Comparator: z-score of the trailing hour against the fourteen days before, silent for a while after an alert."""
    step = (series["timestamp"][1] - series["timestamp"][0]) / timedelta(hours=1)
    hour, day = max(1, round(1 / step)), round(24 / step)
    sums = series["value"].cast(pl.Float64).rolling_sum(hour)
    past = sums.shift(1)
    mean = past.rolling_mean(14 * day, min_samples=day)
    sd = past.rolling_std(14 * day, min_samples=day)
    above = ((sums - mean) / sd > threshold).fill_null(False).to_numpy()
    alerts, last = np.zeros(above.size, dtype=bool), -(10**9)
    for i in np.flatnonzero(above):
        if i - last >= rest_hours / step:
            alerts[i], last = True, i
    return alerts


def mean_of_seven_days(series: pl.DataFrame) -> np.ndarray:
    """Comparator: a day above the mean of the seven days before by two standard deviations."""
    daily = series["value"].cast(pl.Float64)
    past = daily.shift(1)
    return (daily > past.rolling_mean(7) + 2 * past.rolling_std(7)).fill_null(False).to_numpy()


def ours(params: TrendParams = DEFAULTS) -> Detector:
    return lambda series: detect(series, params)["is_alert"].to_numpy()


def labelled() -> None:
    """Score by profile, per series, left one out, and with every setting moved by a quarter."""
    if "LISTENING_REAL_EXPORTS" not in os.environ:
        print("labelled: skipped, LISTENING_REAL_EXPORTS does not point at the real exports")
        return
    folder = Path(os.environ["LISTENING_REAL_EXPORTS"]).parent / "evals" / "trends"
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec and spec.loader
    scorer: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    windows = __import__("json").loads((folder / "windows.json").read_text())
    series = {name: pl.read_csv(folder / name, try_parse_dates=True) for name in sorted(windows)}

    def score(detector: Detector, names: Sequence[str]) -> tuple[float, float, float, int, int]:
        alerts = {name: detector(series[name]).tolist() for name in names}
        result: list[float] = []
        hits = alarms = 0
        for profile in ("standard", "reward_low_FP_rate", "reward_low_FN_rate"):
            raw = count = hits = alarms = 0
            for name in names:
                times = series[name]["timestamp"].to_list()
                s, h, f = scorer.score_series(alerts[name], times, windows[name], scorer.PROFILES[profile])
                raw, hits, alarms, count = raw + s, hits + h, alarms + f, count + len(windows[name])
            missed = scorer.PROFILES[profile][2]
            result.append(100 * (raw + missed * count) / (count * (1 + missed)))
        return result[0], result[1], result[2], hits, alarms

    def line(name: str, detector: Detector, names: Sequence[str] = tuple(series)) -> None:
        standard, low_fp, low_fn, hits, alarms = score(detector, names)
        print(f"| {name} | {standard:.1f} | {low_fp:.1f} | {low_fn:.1f} | {hits} | {alarms} |")

    print("| | standard | few false alarms | few misses | windows found | false alarms |\n|---|---|---|---|---|---|")
    line("**as shipped**", ours())
    line("z-score of the trailing hour, 4, 18 h rest", lambda s: z_score(s))
    for name in series:
        line(f"as shipped, {name.removesuffix('.csv').removeprefix('Twitter_volume_')} alone", ours(), [name])
    _left_out(series, score)
    for field in fields(TrendParams):
        shipped = getattr(DEFAULTS, field.name)
        if field.name in ("coverage_ratio", "false_discovery_ratio"):
            continue
        for factor in (0.75, 1.25):
            moved = (
                tuple(w * factor for w in shipped) if isinstance(shipped, tuple) else type(shipped)(shipped * factor)
            )
            line(f"{field.name} {moved}", ours(replace(DEFAULTS, **{field.name: moved})))


def _left_out(series: dict[str, pl.DataFrame], score: Callable[..., tuple[float, ...]]) -> None:
    """The alert score chosen on four series, judged on the fifth: best of a grid, and middle of the flat top."""
    grid = [1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.4]
    alone = {
        (name, level): score(ours(replace(DEFAULTS, alert_score=level)), [name]) for name in series for level in grid
    }
    pooled = {
        (name, level): np.mean(score(ours(replace(DEFAULTS, alert_score=level)), [n for n in series if n != name])[:3])
        for name in series
        for level in grid
    }
    for rule in ("best", "middle of the top within 2 points"):
        rows = []
        for name in series:
            top = max(pooled[name, level] for level in grid)
            flat = [level for level in grid if pooled[name, level] >= top - (0 if rule == "best" else 2)]
            chosen = flat[len(flat) // 2]
            rows.append((name, chosen, alone[name, chosen]))
        means = [np.mean([row[2][k] for row in rows]) for k in range(3)]
        levels = " ".join(f"{level:g}" for _, level, _ in rows)
        print(f"| left one out: {rule} ({levels}), mean of five | " + " | ".join(f"{m:.1f}" for m in means) + " | | |")


def simulated() -> None:
    """False alarms a year and power by size and step, beside two usual rules on the same simulated brands."""
    print(
        "| mentions a day | step | detector | false alarms a year | ×1.25 | ×1.5 | ×3 |\n|---|---|---|---|---|---|---|"
    )
    for hourly in (True, False):
        for mean in MENTIONS_A_DAY:
            shipped = simulated_performance(BrandProfile(mean), hourly=hourly, years=40, trials=400)
            rivals: list[tuple[str, dict[str, float]]] = [("**as shipped**", shipped)]
            rule: Detector = z_score if hourly else mean_of_seven_days
            name = "z-score of the hour, 4" if hourly else "mean of 7 days + 2 sd"
            rivals.append((name, _performance(rule, mean, hourly)))
            for rival, figures in rivals:
                powers = " | ".join(f"{figures[f'power_{round(u * 100)}_ratio']:.2f}" for u in UPLIFTS)
                step = "hour" if hourly else "day"
                print(f"| {mean} | {step} | {rival} | {figures['false_alarms_per_year']:.1f} | {powers} |")


def _performance(rule: Detector, mean: float, hourly: bool, years: int = 20, trials: int = 200) -> dict[str, float]:
    rng = np.random.default_rng(1)
    per_day, warm_up = (24, 16) if hourly else (1, 16)
    every = "1h" if hourly else "1d"

    def series(values: np.ndarray) -> pl.DataFrame:
        step = timedelta(days=1) / per_day
        times = pl.datetime_range(START, START + step * (values.size - 1), every, eager=True)
        return pl.DataFrame({"timestamp": times, "value": values})

    quiet = rule(series(simulate_counts(BrandProfile(mean), 364 * years + warm_up, rng, hourly=hourly)))
    result = {"false_alarms_per_year": float(quiet[warm_up * per_day :].sum()) * 365 / 364 / years}
    for uplift in UPLIFTS:
        seen = 0
        for trial in range(trials):
            values = simulate_counts(BrandProfile(mean), warm_up + 1 + trial % 7, rng, hourly=hourly, uplift=uplift)
            seen += bool(rule(series(values))[-per_day:].any())
        result[f"power_{round(uplift * 100)}_ratio"] = seen / trials
    return result


def shift() -> None:
    """How often slow change is seen, and called where there is none."""
    print(
        "| mentions a day | nothing | ×1.5 six weeks ago | ×0.7 three weeks ago | "
        "slide to half in 8 weeks | −20 % in 8 weeks |"
    )
    print("|---|---|---|---|---|---|")
    days = np.arange(84)
    slide = np.clip(days - 28, 0, None) / 56
    courses = (
        np.ones(84), np.where(days >= 42, 1.5, 1), np.where(days >= 63, 0.7, 1), 0.5**slide, 0.8**slide
    )  # fmt: skip
    first = date(2025, 1, 6)
    for mean in MENTIONS_A_DAY:
        cells = []
        for number, course in enumerate(courses):
            frames = []
            for seed in range(1000 if number == 0 else 200):
                rng = np.random.default_rng([number, seed])
                level = rng.gamma(25, 1 / 25, 84) * mean * np.resize(np.array(BrandProfile(1).week), 84) * course
                frames.append(
                    pl.DataFrame(
                        {
                            "brand_id": f"b{seed}",
                            "mention_date": [first + timedelta(days=d) for d in range(84)],
                            "mention_count": rng.poisson(level),
                        }
                    )
                )
            codes = trend_shift(pl.concat(frames), as_of=first + timedelta(days=83))["shift_code"]
            cells.append(f"{1 - (codes == 'stable').sum() / codes.len():.3f}".rstrip("0").rstrip("."))
        print(f"| {mean} | " + " | ".join(cells) + " |")


def share() -> None:
    """False alarms of a negative share of a quarter, and power to see it double for a day."""
    print(
        "| scored mentions a day | day-to-day sd of the share | false alarms a year | share doubles for a day |\n"
        "|---|---|---|---|"
    )
    for mean in (40, 240, 1000):
        for wander in (0.0, 0.05):
            quiet = sum(
                int(share_signals(_moods(24 * 364, mean, wander, s), as_of=None)["is_alert"].sum()) for s in range(8)
            )
            seen = 0
            for seed in range(100):
                moods = _moods(24 * 25, mean, wander, seed, doubled=slice(500, 524))
                seen += bool(share_signals(moods, as_of=None)["is_alert"][500:524].any())
            print(f"| {mean} | {wander} | {quiet / 8 * 365 / 364:.1f} | {seen / 100:.2f} |")


def _moods(hours: int, mean: float, wander: float, seed: int, doubled: slice | None = None) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    scored = simulate_counts(BrandProfile(mean), -(-hours // 24), rng)[:hours].astype(np.int64)
    shares = 0.25 + np.repeat(rng.normal(0, wander, -(-hours // 24)), 24)[:hours]
    if doubled is not None:
        shares[doubled] += 0.25
    return pl.DataFrame(
        {
            "mention_hour_at": pl.datetime_range(START, START + timedelta(hours=hours - 1), "1h", eager=True),
            "brand_id": "b",
            "negative_count": rng.binomial(scored, np.clip(shares, 0, 1)),
            "scored_count": scored,
        }
    )


def calibration() -> None:
    """Whether the chance of a score and the band hold what they say, on simulated ordinary brands."""
    print("| mentions a day | days that reach 1.8 | 2.5 | 3.5 | values inside the 90 % band, hours | days |")
    print("|---|---|---|---|---|---|")
    stated = [f"{pl.select(daily_chance(pl.lit(s))).item():.4f}" for s in (1.8, 2.5, 3.5)]
    print("| stated | " + " | ".join(stated) + " | 0.90 | 0.90 |")
    for mean in MENTIONS_A_DAY:
        held, reached = [], []
        for hourly in (True, False):
            values = simulate_counts(
                BrandProfile(mean), 364 * (40 if hourly else 200), np.random.default_rng(3), hourly=hourly
            )
            step = timedelta(hours=1) if hourly else timedelta(days=1)
            start = datetime(1800, 1, 6)
            times = pl.datetime_range(start, start + step * (values.size - 1), "1h" if hourly else "1d", eager=True)
            judged = detect(pl.DataFrame({"timestamp": times, "value": values})).drop_nulls("expected_low")
            inside = judged["value"].is_between(judged["expected_low"], judged["expected_high"])
            held.append(f"{inside.mean():.3f}")
            if hourly:
                peaks = judged.group_by(pl.col("timestamp").dt.date()).agg(pl.col("score").max())["score"]
                reached = [f"{(peaks >= s).sum() / peaks.len():.4f}" for s in (1.8, 2.5, 3.5)]
        print(f"| {mean} | " + " | ".join([*reached, *held]) + " |")


def speed(series: int = 10_000, days: int = 60) -> None:
    """All series at once, one more hour of them, and a rolling z-score in polars on the same rows, in one run."""
    rng = np.random.default_rng(0)
    levels = rng.lognormal(0, 1.5, series)
    counts = rng.poisson(rng.gamma(3, 1 / 3, (series, days * 24)) * levels[:, None])
    hours = pl.datetime_range(START, START + timedelta(hours=days * 24 - 1), "1h", eager=True)
    keys = pl.DataFrame(
        {
            "brand_id": [f"brand-{i // 20}" for i in range(series)],
            "platform_code": [f"p{i // 4 % 5}" for i in range(series)],
            "metric_code": [
                ("mention_count", "deduplicated_count", "author_count", "engagement_count")[i % 4]
                for i in range(series)
            ],
        }
    )
    hourly = keys.join(pl.DataFrame({"mention_hour_at": hours}), how="cross").with_columns(
        pl.Series("mention_count", counts.ravel())
    )
    trend_signals(hourly.head(days * 24 * 10), as_of=None)
    last = hours[-1]
    began, worked = time.perf_counter(), time.process_time()
    full = trend_signals(hourly, as_of=None)
    whole, cpu = time.perf_counter() - began, time.process_time() - worked
    _, state = trend_signals_with_state(hourly.filter(pl.col("mention_hour_at") < last), as_of=None)
    new = hourly.filter(pl.col("mention_hour_at") == last)
    began, worked = time.perf_counter(), time.process_time()
    hour, _ = trend_signals_with_state(new, as_of=None, state=state)
    step, step_cpu = time.perf_counter() - began, time.process_time() - worked
    same = hour.equals(full.filter(pl.col("mention_hour_at") == last))
    names = ["brand_id", "platform_code", "metric_code"]
    value = pl.col("mention_count").cast(pl.Float64)
    began, worked = time.perf_counter(), time.process_time()
    hourly.with_columns(
        z=(value - value.rolling_mean(336, min_samples=72).over(names))
        / value.rolling_std(336, min_samples=72).over(names)
    )
    rolling, rolling_cpu = time.perf_counter() - began, time.process_time() - worked
    print(f"{series:,} series × {days} days of hours = {hourly.height:,} rows, load {os.getloadavg()[0]:.1f}")
    print(f"all at once {whole:.2f} s ({cpu:.1f} s of processor)")
    print(f"one more hour from state {step:.2f} s ({step_cpu:.2f}); same answers as the full run: {same}")
    print(f"rolling z-score in polars {rolling:.2f} s ({rolling_cpu:.1f}); ratio of the latter {cpu / rolling_cpu:.1f}")


TOPICS = {
    "labelled": labelled,
    "simulated": simulated,
    "shift": shift,
    "share": share,
    "calibration": calibration,
    "speed": speed,
}


def main() -> None:
    print(", ".join(f"{name} {version(name)}" for name in ("polars", "numba", "numpy")), f"{os.cpu_count()} cores")
    for topic in sys.argv[1:] or list(TOPICS):
        print(f"\n## {topic}\n")
        TOPICS[topic]()


if __name__ == "__main__":
    main()
