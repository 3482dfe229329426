"""How long a reader waits: first charts in a browser, a new filter, a drill-down, and pages for twenty at once.

    python tests/benchmarks/bench_dashboard.py [mentions] [folder]

An invented release of a million mentions (or as many as asked) is made first; nothing of it is timed. Times are medians
over views nobody has asked for before, so that no page comes from the cache, except where it says so.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import duckdb
import polars

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.synthetic_release import BRANDS, build  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CALLERS, PAGES = 20, 400


def main() -> None:
    """Build, serve in a process of its own, measure, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp())
    if not (folder / "listening.duckdb").exists():
        build(folder, count)
    print(f"{count:,} mentions; duckdb {duckdb.__version__}, polars {polars.__version__}, {os.cpu_count()} cores")
    print(f"load before: {os.getloadavg()[0]:.1f} (above 0 other work runs beside this one)")
    started = time.perf_counter()
    server, base = serve(folder)
    try:
        tell("port open after start", time.perf_counter() - started)
        get(base)
        tell("first page after start (release opened)", time.perf_counter() - started)
        if CHROMIUM:
            tell("first charts in the browser, cold browser cache", *first_charts(base))
        hashtags = [partial(get, f"{base}hashtags/tag{n}?period=28") for n in range(12)]
        brand_pages = [partial(get, f"{base}brands/{name}?period=90") for name in BRANDS[1:]]
        for what, calls in (
            ("overview, page from the cache", [partial(get, base)] * 30),
            ("overview, filter never asked before", filters(base)),
            ("overview, texts counted once", filters(base, "&count=deduplicated")),
            ("overview, texts of one topic", filters(base, "&topic=taste")),
            ("mentions behind a mark", drills(base)),
            ("brand page, never asked before", brand_pages),
            ("hashtag page", hashtags),
        ):
            tell_timed(server, what, calls)
        print(f"{'pages per second, 20 callers, cached':<52}{throughput([base]):8.0f} /s")
        fresh = [f"{base}mentions?brand={b}&page={n}" for n in range(1, 81) for b in BRANDS]
        print(f"{'pages per second, 20 callers, none cached':<52}{throughput(fresh):8.0f} /s")
        memory = Path(f"/proc/{server.pid}/status")
        if memory.exists():
            line = next(row for row in memory.read_text(encoding="utf-8").splitlines() if row.startswith("VmRSS"))
            print(f"{'memory of the server':<52}{int(line.split()[1]) / 1024:8.0f} MB")
    finally:
        server.terminate()
        server.wait()


def serve(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The dashboard in its own process; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "dashboard", "serve", "--workspace", str(folder), "--port", str(port)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return server, f"http://127.0.0.1:{port}/"
        except OSError:
            time.sleep(0.01)


def get(address: str) -> int:
    """One page; its size."""
    with urllib.request.urlopen(address, timeout=60) as answer:
        return len(answer.read())


def first_charts(base: str) -> list[float]:
    """Seconds from the request to the last chart drawn, in new browser contexts."""
    from playwright.sync_api import sync_playwright

    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for place in range(6):
            context = browser.new_context()
            page = context.new_page()
            begin = time.perf_counter()
            # Another length of time each: nothing that was counted for one is of use to the next.
            days = f"from=2026-0{1 + place % 2}-{5 + place:02d}&to=2026-03-{20 + place}"
            page.goto(f"{base}?brand={BRANDS[place % len(BRANDS)]}&{days}", wait_until="commit")
            page.wait_for_selector("html[data-ready='1']", state="attached")
            found.append(time.perf_counter() - begin)
            context.close()
        browser.close()
    return found


def filters(base: str, more: str = "") -> Sequence[Callable[[], int]]:
    """Overviews with filters of every kind, each a new one."""
    chosen = [
        f"?brand={brand}&period={period}{part}{more}"
        for brand in BRANDS[1:3]
        for period in ("28", "90")
        for part in (
            "&platform=reddit",
            "&language=fr",
            "&sentiment=negative",
            "&platform=x&language=en",
            "&topic=price",
        )
    ]
    return [partial(get, base + query) for query in chosen]


def drills(base: str) -> Sequence[Callable[[], int]]:
    """Mention lists of days, labels and orders."""
    return [
        partial(get, f"{base}mentions?{brand}&from=2026-02-{day}&to=2026-02-{day}{part}")
        for day in ("03", "09", "14", "21", "27")
        for brand in (f"brand={name}" for name in BRANDS[:3])
        for part in ("", "&sentiment=negative", "&sort=engagement")
    ]  # fmt: skip


def cpu_seconds(process: int) -> float:
    """Processor time a process has used so far, all its threads together; 0 where nobody tells."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tell_timed(server: subprocess.Popen[bytes], what: str, calls: Sequence[Callable[[], int]]) -> None:
    """One line: how long the calls took, and the processor time of the server for each, which other work on the
    machine hardly changes."""
    before = cpu_seconds(server.pid)
    seconds = timed(calls)
    used = (cpu_seconds(server.pid) - before) / len(calls)
    print(f"{what:<44}{statistics.median(seconds):8.3f} s   slowest {max(seconds):.3f} s of {len(seconds)}", end="")
    print(f"   processor {used:.3f} s", flush=True)


def timed(calls: Sequence[Callable[[], int]]) -> list[float]:
    """Seconds of each call."""
    found = []
    for call in calls:
        begin = time.perf_counter()
        call()
        found.append(time.perf_counter() - begin)
    return found


def throughput(addresses: list[str]) -> float:
    """Pages per second with twenty callers taking turns through the addresses."""
    left = [addresses[n % len(addresses)] for n in range(PAGES)]
    lock = threading.Lock()

    def caller() -> None:
        while True:
            with lock:
                if not left:
                    return
                address = left.pop()
            get(address)

    threads = [threading.Thread(target=caller) for _ in range(CALLERS)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return PAGES / (time.perf_counter() - begin)


def tell(what: str, *seconds: float) -> None:
    """One line: median, and the slowest where there are several."""
    slowest = f"   slowest {max(seconds):.3f} s of {len(seconds)}" if len(seconds) > 1 else ""
    print(f"{what:<52}{statistics.median(seconds):8.3f} s{slowest}", flush=True)


if __name__ == "__main__":
    main()
