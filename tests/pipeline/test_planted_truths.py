"""The demo's planted truths, recovered from the published tables."""

from datetime import date

import polars as pl

from tests.pipeline.conftest import Demo
from warehouse.store import open_warehouse
from warehouse.tables import core, mart, raw


def test_every_record_of_every_file_is_kept_or_rejected_as_planted(demo: Demo) -> None:
    files = {row["file_name"]: row for row in demo.table(mart.EXPORT_FILE).to_dicts()}
    assert set(files) == {file.name for file in demo.truths.files}
    for planted in demo.truths.files:
        found = files[planted.name]
        told = (found["row_count"], found["kept_count"], found["rejected_count"])
        assert told == (planted.row_count, planted.kept_count, len(planted.rejected)), planted.name


def test_the_rejected_rows_are_the_broken_ones_at_their_places(demo: Demo) -> None:
    with open_warehouse(demo.workspace.warehouse_file) as warehouse:
        rejected = warehouse.select(raw.REJECTED_ROW).join(
            warehouse.select(raw.EXPORT_FILE, columns=["file_id", "file_name"]), on="file_id"
        )
    found = {(row["file_name"], row["row_number"]) for row in rejected.to_dicts()}
    assert found == {(file.name, row.row_number) for file in demo.truths.files for row in file.rejected}


def test_every_real_post_is_there_once(demo: Demo) -> None:
    assert demo.table(mart.MENTION).height == len(demo.truths.posts)


def test_each_brand_has_its_posts_of_each_day(demo: Demo) -> None:
    posts = demo.table(mart.MENTION).explode("brand_ids", empty_as_null=False).rename({"brand_ids": "brand_id"})
    counts = posts.group_by("brand_id", "mention_date").len()
    found = {(brand, day.isoformat()): n for brand, day, n in counts.iter_rows()}
    assert found == demo.truths.mention_counts()


def test_share_of_voice_is_the_planted_one_over_earned_posts(demo: Demo) -> None:
    earned = [post for post in demo.truths.posts if not post.is_official]
    planted = {brand: sum(brand in post.brands for post in earned) for brand in {b for p in earned for b in p.brands}}
    totals = (
        demo.table(mart.SHARE_OF_VOICE_DAILY)
        .filter(pl.col("platform_code") == "all")
        .group_by("brand_id")
        .agg(pl.col("mention_count").sum())
    )
    assert dict(totals.iter_rows()) == planted


def test_the_spike_is_found_on_its_day_and_is_the_largest(demo: Demo) -> None:
    planted = demo.truths.spike
    spikes = demo.table(mart.SPIKE).filter(platform_code="all", topic_id="all", metric_code="mention_count")
    largest = spikes.sort("excess_count", descending=True).row(0, named=True)
    assert largest["brand_id"] == planted.brand
    day = date.fromisoformat(planted.mention_date)
    assert abs((largest["peak_at"].date() - day).days) <= 1
    assert largest["spike_ratio"] > 3


def test_the_syndicated_story_is_one_cluster(demo: Demo) -> None:
    story = demo.truths.story
    texts = {post.text for post in demo.truths.posts if post.key in set(story.post_keys)}
    copies = demo.table(mart.MENTION).filter(pl.col("mention_text").is_in(list(texts)))
    assert copies.height == story.copy_count
    assert copies["cluster_id"].n_unique() == 1
    assert copies["cluster_mention_count"].unique().to_list() == [story.copy_count]


def test_rows_repeated_across_exports_are_linked_not_dropped(demo: Demo) -> None:
    duplicates = demo.truths.duplicates
    with open_warehouse(demo.workspace.warehouse_file) as warehouse:
        rows, posts = warehouse.count(core.MENTION_SOURCE), warehouse.count(core.MENTION)
    assert rows == sum(file.kept_count for file in demo.truths.files if file.grain == "mention")
    assert rows - posts == duplicates.cross_vendor_extra_rows + duplicates.repeated_row_count
    several = demo.table(mart.MENTION).filter(pl.col("source_codes").list.len() > 1)
    assert several.height == duplicates.cross_vendor_post_count


def test_hostile_texts_are_stored_exactly_as_written(demo: Demo) -> None:
    stored = set(demo.table(mart.MENTION)["mention_text"].drop_nulls())
    for hostile in demo.truths.hostile:
        assert hostile.text in stored, hostile.kind


def test_planted_languages_are_detected_and_what_has_no_lexicon_is_unscored(demo: Demo) -> None:
    planted = pl.DataFrame(
        [(post.text, post.language_code) for post in demo.truths.posts if post.kind == "ordinary"],
        schema=["mention_text", "planted_code"],
        orient="row",
    ).unique("mention_text")
    found = demo.table(mart.MENTION).select("mention_text", "language_code", "sentiment_label").unique("mention_text")
    joined = planted.join(found, on="mention_text")
    assert (joined["planted_code"] == joined["language_code"]).mean() > 0.97
    unknown = joined.filter(pl.col("language_code").is_null())
    assert unknown["sentiment_label"].unique().to_list() in ([], ["unscored"])


def test_followers_grow_as_planted(demo: Demo) -> None:
    growth = demo.table(mart.AUDIENCE_GROWTH_DAILY)
    for planted in demo.truths.audiences:
        account = growth.filter(
            (pl.col("account_handle") == planted.account_handle) & (pl.col("platform_code") == planted.platform_code)
        ).sort("snapshot_date")
        ends = (account["follower_count"][0], account["follower_count"][-1])
        assert ends == (planted.first_followers, planted.last_followers), planted.account_handle


def test_the_campaign_week_has_the_planted_number_of_posts(demo: Demo) -> None:
    planted = demo.truths.campaign
    posts = demo.table(mart.COMPETITOR_POST).filter(
        (pl.col("brand_id") == planted.brand)
        & pl.col("post_date").is_between(date.fromisoformat(planted.first_date), date.fromisoformat(planted.last_date))
    )
    assert posts.height == planted.post_count


def test_competitor_posts_seen_by_two_tools_are_one_post(demo: Demo) -> None:
    assert demo.table(mart.COMPETITOR_POST).height == len({post.post_id for post in demo.truths.competitor_posts})


def test_official_accounts_are_not_earned_conversation(demo: Demo) -> None:
    owned = demo.table(mart.MENTION).filter(pl.col("is_owned")).height
    assert owned == sum(post.is_official for post in demo.truths.posts)


def test_no_private_author_is_named_and_no_bio_or_picture_is_published(demo: Demo) -> None:
    posts = demo.table(mart.MENTION)
    assert posts.filter(~pl.col("is_owned"))["author_label"].drop_nulls().is_empty()
    handles = {post.author_handle for post in demo.truths.posts if not post.is_official}
    assert not handles & set(posts["author_id"].drop_nulls())
