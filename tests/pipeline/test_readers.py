"""A dashboard, SQL clients and the pipeline at the same time. The full proof: tests/benchmarks/prove_readers.py."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "benchmarks" / "prove_readers.py"


def test_readers_and_releases_are_never_in_each_others_way() -> None:
    command = [sys.executable, str(SCRIPT), "6", "--clients", "3"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stdout, ended.stderr
    told = json.loads(ended.stdout)
    assert told["wrong"] == []
    assert (told["published"], told["removed"]) == (6, 5), "old releases have to go while they are being read"
    assert told["sql_clients"] == 3
    assert told["sql_opens"] >= 3 and told["dashboard_rounds"] >= 2
    assert told["releases_seen"] >= 2
