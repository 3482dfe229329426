"""Laws of the demo for any seed, size and season: nothing disappears, every post is somewhere, in its weeks."""

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.demo import generate

SUNDAYS = st.integers(0, 150).map(lambda weeks: date(2024, 1, 7) + timedelta(weeks=weeks))


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), end=SUNDAYS, scale=st.sampled_from([0.01, 0.05, 0.15]))
def test_any_demo_accounts_for_all_its_rows_and_stays_in_its_weeks(seed: int, end: date, scale: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        truths = generate(Path(folder), seed=seed, end=end, scale=scale)
        names = {path.name for path in Path(folder).iterdir()}
    assert names == {file.name for file in truths.files}
    kept = sum(file.kept_count for file in truths.files if file.grain == "mention")
    assert kept == sum(len(post.rows) for post in truths.posts)
    assert all(file.row_count == file.kept_count + len(file.rejected) for file in truths.files)
    assert len({post.native_id for post in truths.posts}) == len(truths.posts)
    first = end - timedelta(days=55)
    for post in truths.posts:
        local = datetime.fromisoformat(post.published_at).astimezone(ZoneInfo("Europe/Paris"))
        assert first <= local.date() <= end and str(local.date()) == post.mention_date
        assert post.rows and {name for name, _ in post.rows} <= names
    assert truths.spike.mention_date == str(first + timedelta(days=37))
    assert sum(truths.mention_counts().values()) == sum(len(post.brands) for post in truths.posts)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_same_seed_gives_the_same_truths_and_bytes(seed: int) -> None:
    outcomes = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            truths = generate(Path(folder), seed=seed, scale=0.02)
            outcomes.append((truths, [path.read_bytes() for path in sorted(Path(folder).iterdir())]))
    assert outcomes[0] == outcomes[1]
