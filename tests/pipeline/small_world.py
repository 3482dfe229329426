"""A small but complete workspace: three brands, ten days, some three hundred mentions and forty account posts, from a
seed; in two deliveries of which the second brings late rows, refreshed counters and repeats."""

import csv
import io
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.cli.init import create
from warehouse.workspace import Workspace

FIRST = datetime(2026, 2, 2, tzinfo=UTC)
BRANDS = ("Norvique", "Tavorel", "Pestle")
CONFIGURATION = """\
workspace: {name: Small, reporting_zone: Europe/Paris, keep_releases: 5}
brands:
  - id: norvique
    name: Norvique
    role: own
    aliases: [Norvique]
    official_accounts: [{platform: instagram, handle: norvique}]
  - id: tavorel
    name: Tavorel
    role: competitor
    aliases: [Tavorel]
    official_accounts: [{platform: instagram, handle: tavorel}]
  - {id: pestle, name: Pestle, role: competitor, aliases: [Pestle]}
topics:
  - {id: price, name: Price, query: price OR cheap}
"""
SAYINGS = (
    "I love my {0}, it is great",
    "{0} leaks again, terrible service",
    "is {0} cheap or not? #coffee",
    "the price of {0} went up :(",
    "{0} and {1} side by side #espresso",
    "nice morning with {0}",
)


def mentions(days: Iterable[int], per_day: int, seed: int) -> list[dict[str, object]]:
    """Rows of a canonical export of mentions."""
    chance = random.Random(seed)
    rows: list[dict[str, object]] = []
    for day in days:
        for number in range(per_day):
            brands = chance.sample(BRANDS, 2)
            at = FIRST + timedelta(days=day, seconds=chance.randrange(86_400))
            name = f"{seed}{day:02d}{number:04d}"
            rows.append(
                {
                    "mention_id": name,
                    "platform": chance.choice(("x", "reddit", "forum")),
                    "url": f"https://social.example/{name}",
                    "published_at": at.isoformat(),
                    "author_handle": f"user{chance.randrange(60)}",
                    "text": f"{chance.choice(SAYINGS).format(*brands)} {chance.randrange(50)}",
                    "likes": chance.randrange(30),
                }
            )
    return rows


def refreshed(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """The same mentions, seen again with more likes."""
    return [row | {"likes": int(str(row["likes"])) + 5} for row in rows]


def account_posts(days: Iterable[int]) -> list[dict[str, object]]:
    """Rows of a canonical export of two accounts' posts."""
    return [
        {
            "post_id": f"{account}{day}",
            "platform": "instagram",
            "account_handle": account,
            "posted_at": (FIRST + timedelta(days=day, hours=8 + day % 9)).isoformat(),
            "account_followers": 1000 + day,
            "text": f"Our new machine {day}",
            "likes": 40 + day * 3,
            "comments": day,
            "post_type": "photo",
        }
        for day in days
        for account in ("norvique", "tavorel")
    ]


def audiences(days: Iterable[int]) -> list[dict[str, object]]:
    """Rows of a canonical export of follower counts."""
    return [
        {
            "platform": "instagram",
            "account_handle": account,
            "day": f"{FIRST + timedelta(days=day):%Y-%m-%d}",
            "audience_kind": "followers",
            "followers": 1000 + day * 7,
        }
        for day in days
        for account in ("norvique", "tavorel")
    ]


def csv_text(rows: Sequence[dict[str, object]]) -> str:
    """The rows as a CSV with a header."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def small_workspace(root: Path) -> Workspace:
    """A workspace whose inbox holds the first delivery; its pseudonym key is always the same."""
    workspace = Workspace(root)
    create(workspace, CONFIGURATION)
    (workspace.private / "pseudonym.key").write_text("5e" * 32)
    deliver(workspace, {"mentions_1.csv": mentions(range(6), 30, 1), "posts_1.csv": account_posts(range(6))})
    deliver(workspace, {"audience_1.csv": audiences(range(6))})
    return workspace


def deliver(workspace: Workspace, files: dict[str, Sequence[dict[str, object]]]) -> None:
    """Put files into the inbox."""
    for name, rows in files.items():
        (workspace.inbox / name).write_text(csv_text(rows), encoding="utf-8")


def second_delivery(workspace: Workspace) -> None:
    """Late rows of day 4, days 6 to 9, a day's counters seen again, new posts and counts."""
    again = refreshed(mentions(range(6), 30, 1)[90:120])
    deliver(workspace, {"mentions_2.csv": [*mentions([4, 6, 7, 8, 9], 25, 2), *again]})
    deliver(workspace, {"posts_2.csv": account_posts(range(6, 10)), "audience_2.csv": audiences(range(6, 10))})
