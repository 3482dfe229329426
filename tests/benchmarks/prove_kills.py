"""Proof that a killed pipeline harms nothing: `python tests/benchmarks/prove_kills.py 200 [--seed 1] [--full-gate]`.

Kills the process (SIGKILL) at random moments of runs and of releases. After each kill a reader must see the complete
old or new release, and the next undisturbed run must come to the very tables of a run that was never disturbed.
Moments are drawn from all at which a file is touched or a statement sent, half of them uniformly, half by step, plus up
to 20 ms, so that the libraries are also killed in the middle of writing. Prints what was killed where; exits with 1 if anything was wrong.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Run as a script, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.killing import (
    a_release,
    a_run,
    copied,
    in_child,
    left_over,
    looked_at,
    warm,
    without_release,
)
from tests.pipeline.small_world import second_delivery, small_workspace
from warehouse.workspace import Workspace

LATEST_SECONDS = 0.02
# Of ten kills, so many each. A release alone is the shortest and the most delicate part.
MIX = (
    "release",
    "next run",
    "release",
    "release",
    "next run",
    "release",
    "release",
    "first run",
    "release",
    "next run",
)


@dataclass(frozen=True)
class Scene:
    """A workspace to start from, what is killed in it, what readers see before, and what an undisturbed end is."""

    start: Path
    task: Callable[..., Any]
    before: str | None
    content: str
    steps: list[str]

    def moment(self, chance: random.Random) -> int:
        """Every other one is drawn from all moments, the others from a step of their own: steps may be short."""
        if chance.random() < 0.5:
            return chance.randint(1, len(self.steps))
        step = chance.choice(sorted(set(self.steps)))
        return chance.choice([number for number, name in enumerate(self.steps, 1) if name == step])


@dataclass
class Tally:
    """What was seen."""

    killed: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    ended: int = 0
    converged: int = 0
    wrong: list[str] = field(default_factory=list)


def prepared(root: Path, *, is_short: bool) -> dict[str, Scene]:
    """The three scenes, each with its undisturbed outcome."""
    scenes = {}
    fresh = small_workspace(root / "fresh").root
    scenes["first run"] = _scene(root, fresh, a_run, is_short)
    published = copied(root / "undisturbed", root / "published")
    second_delivery(Workspace(published))
    ready = copied(published, root / "ready")
    stopped = in_child(without_release(ready), ready)
    assert stopped["ok"], stopped
    release = _scene(root, ready, a_release, is_short)
    # A whole run is the one up to the release, and the release.
    scenes["next run"] = Scene(published, a_run, release.before, release.content, stopped["steps"] + release.steps)
    scenes["release"] = release
    return scenes


def _scene(root: Path, start: Path, task: Callable[..., Any], is_short: bool) -> Scene:
    before = in_child(looked_at(start), start)["content"]
    end = copied(start, root / "undisturbed")
    done = in_child(task(end, is_short=is_short), end)
    assert done["ok"], done
    after = in_child(looked_at(end), end)
    assert not after["wrong"] and after["content"] != before, after
    return Scene(start, task, before, after["content"], done["steps"])


def tried(scene: Scene, root: Path, chance: random.Random, tally: Tally, *, is_short: bool) -> None:
    """One kill, one look, one undisturbed run."""
    at, later = scene.moment(chance), chance.uniform(0, LATEST_SECONDS)
    place = copied(scene.start, root / "trial")
    told, step = in_child(scene.task(place, is_short=is_short), place, kill_at=at, later=later)
    if told == "killed":
        tally.killed[step] += 1
    else:
        tally.ended += 1
    where = f"moment {at} of {len(scene.steps)} + {later * 1000:.0f} ms ({step if told == 'killed' else 'had ended'})"
    seen = in_child(looked_at(place), place)
    known = {scene.before: "old" if scene.before else "none yet", scene.content: "new"}
    tally.seen[known.get(seen["content"], "neither")] += 1
    tally.wrong += [f"{where}: {fault}" for fault in seen["wrong"]]
    if seen["content"] not in known:
        tally.wrong.append(f"{where}: readers see neither the old nor the new release")
    done = in_child(scene.task(place, is_short=is_short), place)
    end = in_child(looked_at(place), place)
    faults = [*end["wrong"], *left_over(place)]
    if not done["ok"]:
        faults.append(f"the next run failed: {done['problem']}")
    if end["content"] != scene.content:
        faults.append("the next run came to other tables")
    tally.wrong += [f"{where}, afterwards: {fault}" for fault in faults]
    tally.converged += not faults


def main() -> int:
    """Kill as often as asked, tell, and say whether all was well."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("kills", type=int, nargs="?", default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--full-gate", action="store_true", help="With Great Expectations, which takes longer.")
    options.add_argument("--json", action="store_true")
    options.add_argument("--keep", type=Path, help="Leave the workspaces in this new folder.")
    asked = options.parse_args()
    chance, tally, began = random.Random(asked.seed), Tally(), time.monotonic()
    warm()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        root = asked.keep or Path(folder)
        scenes = prepared(root, is_short=not asked.full_gate)
        drawn = [MIX[number % len(MIX)] for number in range(asked.kills)]
        for number, name in enumerate(drawn, 1):
            tried(scenes[name], root, chance, tally, is_short=not asked.full_gate)
            if number % 20 == 0 and not asked.json:
                print(f"{number} of {asked.kills}, {time.monotonic() - began:.0f} s", flush=True)
    told = {
        "kills": sum(tally.killed.values()),
        "had_ended": tally.ended,
        "seen": dict(tally.seen),
        "converged": tally.converged,
        "killed_in": dict(tally.killed.most_common()),
        "of": dict(Counter(drawn)),
        "moments": {name: len(scene.steps) for name, scene in scenes.items()},
        "wrong": tally.wrong,
        "seconds": round(time.monotonic() - began),
    }
    print(json.dumps(told, indent=None if asked.json else 1))
    return 1 if tally.wrong or tally.converged < asked.kills else 0


if __name__ == "__main__":
    sys.exit(main())
