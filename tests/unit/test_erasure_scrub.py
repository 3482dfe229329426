"""Taking somebody out of an export, whatever its format: nothing of theirs is left, nobody else is touched."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.exports.write_goldens import LOOK_ALIKES
from transforms.erasure.scrub import NotScrubbable, Scrubbed, checked_scrub
from transforms.erasure.tombstones import ANY, Tombstones, author_tombstones, post_tombstones
from transforms.sources.reader import read_export
from transforms.sources.reading import ReadContext
from transforms.sources.registry import DECLARATIONS

SECRET = bytes(range(32))


def rows_of(path: Path, context: ReadContext) -> pl.DataFrame:
    return pl.concat([batch.rows for batch in read_export(path, context).batches()])


def scrubbed(tmp_path: Path, text: str, tombstones: Tombstones, name: str = "posts.csv") -> tuple[Scrubbed, str]:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_text(text, encoding="utf-8")
    done = checked_scrub(source, ReadContext(DECLARATIONS, file_name=name), tombstones, target)
    return done, target.read_text(encoding="utf-8")


def of_author(value: str, platform: str | None = None) -> Tombstones:
    return Tombstones(frozenset(author_tombstones(SECRET, platform, [value], [value])), SECRET)


# The look-alike is one thread; without its first comment no one can tell what the file is.
NOT_ONE_BY_ONE = "youtube_comments"
# Neither author nor address nor id: nobody can be found in it, nor asked for.
OF_NOBODY = "product_reviews"


def of_the_first(rows: pl.DataFrame) -> Tombstones:
    """Tombstones of the first post that has an id or address, else of the first author or account."""
    if "native_id" in rows.columns:
        posts = rows.filter(pl.col("native_id").is_not_null() | pl.col("url").is_not_null()).head(1)
        if keys := post_tombstones(SECRET, posts):
            return Tombstones(frozenset(keys), SECRET)
    names = [name for name in ("author_handle", "author_name", "account_handle") if name in rows.columns]
    author = next(value for name in names for value in rows[name].drop_nulls())
    return of_author(author)


@pytest.mark.parametrize("name", sorted(LOOK_ALIKES.keys() - {NOT_ONE_BY_ONE, OF_NOBODY}))
def test_one_post_or_author_is_taken_out_of_every_format_and_the_others_stay(name: str, tmp_path: Path) -> None:
    look_alike = LOOK_ALIKES[name]()
    context, path = look_alike.context(), look_alike.write(tmp_path)
    rows = rows_of(path, context)
    tombstones = of_the_first(rows)
    done = checked_scrub(path, context, tombstones, tmp_path / "target")
    expected = rows.filter(~tombstones.matching(rows))
    assert done.removed_count >= rows.height - expected.height > 0
    if expected.is_empty():
        reading = read_export(tmp_path / "target", replace(context, member_number=None))
        assert done.is_emptied or not [batch for batch in reading.batches() if batch.rows.height]
        return
    left = rows_of(tmp_path / "target", replace(context, member_number=None))
    compared = [name for name in rows.columns if name not in ("row_number", "raw_json")]
    assert left.select(compared).equals(expected.select(compared))


def test_a_file_that_cannot_be_cleaned_is_refused_with_what_to_do(tmp_path: Path) -> None:
    look_alike = LOOK_ALIKES[NOT_ONE_BY_ONE]()
    context, path = look_alike.context(), look_alike.write(tmp_path)
    tombstones = Tombstones(frozenset(post_tombstones(SECRET, rows_of(path, context).head(1))), SECRET)
    with pytest.raises(NotScrubbable, match="--drop-files"):
        checked_scrub(path, context, tombstones, tmp_path / "target")


HEADER = "mention_id,source,platform,url,published_at,author_handle,text\n"


def test_a_handle_in_others_words_is_replaced_where_it_stands_as_a_handle(tmp_path: Path) -> None:
    text = (
        HEADER
        + "1,own,x,,2026-02-03T10:00:00Z,bob,thanks @Jane_Doe. and @jane_doet see x.com/jane_doe/status/1\n"
        + "2,own,x,,2026-02-03T11:00:00Z,eve,jane_doe without a sign is a word and shop.example/jane_doe a page\n"
        + "3,own,reddit,,2026-02-03T11:00:00Z,eve,ask u/jane_doe or box.com/jane_doe\n"
    )
    done, left = scrubbed(tmp_path, text, of_author("jane_doe"))
    assert (done.removed_count, done.is_redacted) == (0, True)
    assert "thanks @forgotten. and @jane_doet see x.com/forgotten/status/1" in left
    assert "jane_doe without a sign is a word and shop.example/jane_doe a page" in left
    assert "ask u/forgotten or box.com/jane_doe" in left


def test_an_author_in_a_column_no_rule_knows_is_found_too(tmp_path: Path) -> None:
    header = "mention_id,source,platform,url,published_at,Posted by user,Reply to user,text\n"
    text = header + "1,own,x,,2026-02-03T10:00:00Z,jane_doe,,Norvique\n2,own,x,,2026-02-03T11:00:00Z,eve,jane_doe,no\n"
    done, left = scrubbed(tmp_path, text, of_author("jane_doe"))
    assert done.removed_count == 1
    assert left == header + "2,own,x,,2026-02-03T11:00:00Z,eve,forgotten,no\n"


def test_a_repost_goes_with_its_original_and_an_answer_stays(tmp_path: Path) -> None:
    head = (
        '{"data":[%s],"includes":{"users":[{"id":"1111111","username":"jane_doe"},{"id":"2222222","username":"bob"}]}}'
    )
    posts = [
        '{"id":"1950000000000000001","author_id":"1111111","created_at":"2026-02-03T10:00:00.000Z","text":"mine"}',
        '{"id":"1950000000000000002","author_id":"2222222","created_at":"2026-02-03T11:00:00.000Z",'
        '"text":"RT @jane_doe: mine","referenced_tweets":[{"type":"retweeted","id":"1950000000000000001"}]}',
        '{"id":"1950000000000000003","author_id":"2222222","created_at":"2026-02-03T12:00:00.000Z",'
        '"text":"@jane_doe no","in_reply_to_user_id":"1111111","referenced_tweets":'
        '[{"type":"replied_to","id":"1950000000000000001"}]}',
    ]
    post = pl.DataFrame(
        {"platform_code": ["x"], "native_id": ["1950000000000000001"], "url": [None]},
        schema_overrides={"url": pl.String},
    )
    keys = author_tombstones(SECRET, "x", ["jane_doe", "1111111"], ["jane_doe"]) | post_tombstones(SECRET, post)
    done, left = scrubbed(tmp_path, head % ",".join(posts), Tombstones(frozenset(keys), SECRET), "page.json")
    assert done.removed_count == 2
    assert "jane_doe" not in left
    assert "1111111" not in left.replace('"in_reply_to_user_id":"1111111"', "")
    assert "@forgotten no" in left


def test_a_file_no_format_reads_is_emptied_only_when_it_names_the_forgotten(tmp_path: Path) -> None:
    unknown = "a;b\nnothing;jane_doe\n"
    assert scrubbed(tmp_path, unknown, of_author("jane_doe"))[0].is_emptied
    assert not scrubbed(tmp_path, unknown, of_author("somebody_else"))[0]


def test_posts_past_their_platforms_retention_go(tmp_path: Path) -> None:
    text = HEADER + "".join(
        f"{number},own,{platform},,{day}T10:00:00Z,bob{number},Norvique\n"
        for number, (platform, day) in enumerate(
            [("x", "2026-01-01"), ("x", "2026-03-01"), ("reddit", "2026-01-01"), ("reddit", "2025-01-01")]
        )
    )
    cutoffs = (("x", datetime(2026, 2, 1, tzinfo=UTC)), (ANY, datetime(2025, 6, 1, tzinfo=UTC)))
    done, left = scrubbed(tmp_path, text, Tombstones(frozenset(), SECRET, cutoffs))
    assert done.removed_count == 2
    assert [line.split(",")[0] for line in left.splitlines()[1:]] == ["1", "2"]


def test_an_author_is_forgotten_on_the_platform_named_and_on_all_when_none_is() -> None:
    rows = pl.DataFrame(
        {
            "platform_code": ["x", "reddit", "x", "x"],
            "author_handle": ["Jane", "jane", "janet", None],
            "author_native_id": [None, None, None, None],
            "author_name": ["Jane", "Jane", "Jane", "Jane"],
        },
        schema_overrides={"author_native_id": pl.String},
    )
    assert of_author("@JANE", "x").matching(rows).to_list() == [True, False, False, True]
    assert of_author("jane").matching(rows).to_list() == [True, True, False, True]


def test_tombstones_say_nothing_without_the_workspaces_key() -> None:
    ours, other = of_author("jane_doe"), author_tombstones(bytes(32), None, ["jane_doe"], ["jane_doe"])
    assert not ours.keys & other
    assert all("jane" not in key for key in ours.keys)


def test_a_post_without_an_id_is_known_by_its_address(tmp_path: Path) -> None:
    posts = pl.DataFrame(
        {"platform_code": ["news"], "native_id": [None], "url": ["https://www.paper.example/a?utm_source=x"]},
        schema_overrides={"native_id": pl.String},
    )
    tombstones = Tombstones(frozenset(post_tombstones(SECRET, posts)), SECRET)
    text = (
        HEADER
        + "1,own,news,http://paper.example/a,2026-02-03T10:00:00Z,,Norvique\n"
        + "2,own,news,http://paper.example/b,2026-02-03T10:00:00Z,,Norvique\n"
    )
    assert scrubbed(tmp_path, text, tombstones)[0].removed_count == 1
