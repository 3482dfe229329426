"""Proof that a killed pipeline harms nothing: `python tests/benchmarks/prove_kills.py 200 [--seed 1] [--full-gate]`.

Kills the process (SIGKILL) at random moments of runs and of releases. After each kill a reader must see the complete
old or new release, and the next undisturbed run must come to the very tables of a run that was never disturbed. Moments
are drawn from all at which a file is touched or a statement sent, half of them uniformly, half by step, and up to 20 ms
later, so that libraries are also killed in the middle of writing. Whole runs are killed up to three times in a row.
Prints what was killed where and what readers saw; exits with 1 if anything was wrong.
"""

import argparse
import itertools
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Run as a script, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.killing import Job, copied, dismiss_spares, done, left_over, looked_at
from tests.pipeline.small_world import second_delivery, small_workspace
from warehouse.workspace import Workspace

LATEST_SECONDS = 0.02
# What is killed, and how often in a row before it is left alone. A release is short, cheap and delicate; whole
# runs are killed again while they recover from the kill before.
EPISODES = (*[("release", 1)] * 5, ("next run", 3), *[("release", 1)] * 5, ("first run", 3), *[("release", 1)] * 4)
QUICK = (("release", 3), ("next run", 3), ("release", 3), ("release", 3))
Episodes = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Scene:
    """A workspace to start from, what is killed in it, what readers see before, and what an undisturbed end is."""

    start: Path
    task: str
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
    undisturbed: int = 0
    converged: int = 0
    episodes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def prepared(root: Path, *, is_short: bool) -> dict[str, Scene]:
    """The three scenes, each with its undisturbed outcome."""
    scenes = {}
    fresh = small_workspace(root / "fresh").root
    scenes["first run"] = _scene(root, fresh, "a_run", is_short)
    published = copied(root / "undisturbed", root / "published")
    second_delivery(Workspace(published))
    ready = copied(published, root / "ready")
    stopped = done(Job("without_release", ready))
    assert stopped["ok"], stopped
    release = _scene(root, ready, "a_release", is_short)
    # A whole run is the one up to the release, and the release.
    scenes["next run"] = Scene(published, "a_run", release.before, release.content, stopped["steps"] + release.steps)
    scenes["release"] = release
    return scenes


def _scene(root: Path, start: Path, task: str, is_short: bool) -> Scene:
    before = looked_at(start)["content"]
    end = copied(start, root / "undisturbed")
    outcome = done(Job(task, end, is_short))
    assert outcome["ok"], outcome
    after = looked_at(end)
    assert not after["wrong"] and after["content"] != before, after
    return Scene(start, task, before, after["content"], outcome["steps"])


def tried(scene: Scene, root: Path, chance: random.Random, tally: Tally, kills: int, *, is_short: bool) -> None:
    """Some kills, a look after each, and one undisturbed run."""
    place = copied(scene.start, root / "trial")
    known = {scene.before: "old" if scene.before else "none yet", scene.content: "new"}
    told = ""
    for _ in range(kills):
        at, later = scene.moment(chance), chance.uniform(0, LATEST_SECONDS)
        outcome, step = done(Job(scene.task, place, is_short, at), later)
        if outcome != "killed":
            tally.ended += 1
            break
        tally.killed[step] += 1
        told += f"moment {at} of {len(scene.steps)} + {later * 1000:.0f} ms ({step}); "
        seen = looked_at(place)
        tally.seen[known.get(seen["content"], "neither")] += 1
        tally.wrong += [f"{told}{fault}" for fault in seen["wrong"]]
        if seen["content"] not in known:
            tally.wrong.append(f"{told}readers see neither the old nor the new release")
    outcome = done(Job(scene.task, place, is_short))
    end = looked_at(place)
    faults = [*end["wrong"], *left_over(place)]
    if not outcome["ok"]:
        faults.append(f"the next run failed: {outcome['problem']}")
    if end["content"] != scene.content:
        faults.append("the next run came to other tables")
    tally.wrong += [f"{told}afterwards: {fault}" for fault in faults]
    tally.undisturbed += 1
    tally.converged += not faults


def worked(root: Path, scenes: dict[str, Scene], kills: int, seed: int, episodes: Episodes, is_short: bool) -> Tally:
    """Episodes until so many processes were killed."""
    chance, tally, began = random.Random(seed), Tally(), time.monotonic()
    root.mkdir()
    for name, in_a_row in itertools.cycle(episodes):
        count = sum(tally.killed.values())
        if count >= kills:
            break
        tally.episodes[name] += 1
        tried(scenes[name], root, chance, tally, min(in_a_row, kills - count), is_short=is_short)
        print(f"{sum(tally.killed.values())} of {kills}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return tally


def _in_memory() -> Path | None:
    """A folder that costs no disk, where there is one: what a killed process wrote is there either way."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 2e9 else None


def main() -> int:
    """Kill as often as asked, tell, and say whether all was well."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("kills", type=int, nargs="?", default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=1, help="Processes that kill at the same time.")
    options.add_argument("--full-gate", action="store_true", help="With Great Expectations, which takes longer.")
    options.add_argument("--quick", action="store_true", help="More kills in a row and no first run.")
    options.add_argument("--keep", type=Path, help="Leave the workspaces in this new folder.")
    asked = options.parse_args()
    began, is_short = time.monotonic(), not asked.full_gate
    episodes = QUICK if asked.quick else EPISODES
    with tempfile.TemporaryDirectory(prefix="kills-", dir=_in_memory()) as folder:
        root = asked.keep or Path(folder)
        scenes = prepared(root, is_short=is_short)
        shares = [asked.kills // asked.workers + (n < asked.kills % asked.workers) for n in range(asked.workers)]

        def work(number: int) -> dict[str, Any]:
            seed = asked.seed * 100 + number
            return vars(worked(root / f"w{number}", scenes, shares[number], seed, episodes, is_short))

        with ThreadPoolExecutor(asked.workers) as workers:
            tallies = list(workers.map(work, range(asked.workers)))
    dismiss_spares()
    told = {
        name: dict(sum((Counter(tally[name]) for tally in tallies), Counter()))
        for name in ("killed", "seen", "episodes")
    }
    counts = {name: sum(tally[name] for tally in tallies) for name in ("ended", "undisturbed", "converged")}
    wrong = [fault for tally in tallies for fault in tally["wrong"]]
    about = {"moments": {name: len(scene.steps) for name, scene in scenes.items()}}
    print(
        json.dumps(
            {"kills": sum(told["killed"].values()), **told, **counts, **about, "wrong": wrong}
            | {"seconds": round(time.monotonic() - began)},
            indent=1,
        )
    )
    return 1 if wrong or counts["converged"] < counts["undisturbed"] else 0


if __name__ == "__main__":
    sys.exit(main())
