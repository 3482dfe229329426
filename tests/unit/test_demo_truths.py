"""The planted truths are true: recomputed from texts and times, they say what the demo was told to plant."""

import json
import re
import unicodedata
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import mean, median, variance

import pytest

from pipelines.demo import PlantedTruths, demo_workspace, generate
from pipelines.demo.truths import PlantedPost

DAYS = [str(date(2026, 1, 5) + timedelta(days=index)) for index in range(56)]


@pytest.fixture(scope="module")
def truths(tmp_path_factory: pytest.TempPathFactory) -> PlantedTruths:
    return generate(tmp_path_factory.mktemp("demo"))


def fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def brands_named(text: str) -> set[str]:
    """Match aliases on word boundaries, after taking the excluded phrases out."""
    named = set()
    for brand in demo_workspace()["brands"]:
        rest = fold(text)
        for phrase in brand["exclusions"]:
            rest = re.sub(rf"(?<!\w){re.escape(fold(phrase))}(?!\w)", " ", rest)
        if any(re.search(rf"(?<!\w){re.escape(fold(alias))}(?!\w)", rest) for alias in brand["aliases"]):
            named.add(brand["id"])
    return named


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def closest(posts: list[PlantedPost]) -> dict[str, float]:
    """Return each post's largest Jaccard similarity of word triples with any other."""
    sets = {post.key: shingles(post.text) for post in posts}
    holders: dict[tuple[str, ...], list[str]] = {}
    largest = dict.fromkeys(sets, 0.0)
    for key, triples in sets.items():
        common = Counter(other for triple in triples for other in holders.get(triple, ()))
        for other, count in common.items():
            similarity = count / (len(triples) + len(sets[other]) - count)
            largest[key], largest[other] = max(largest[key], similarity), max(largest[other], similarity)
        for triple in triples:
            holders.setdefault(triple, []).append(key)
    return largest


def test_brand_names_in_the_texts_are_the_planted_brands(truths: PlantedTruths) -> None:
    wrong = [(post.key, post.text) for post in truths.posts if brands_named(post.text) != set(post.brands)]
    assert wrong == []


def test_decoys_hold_the_common_word_and_only_exclusions_keep_them_out(truths: PlantedTruths) -> None:
    decoys = [post for post in truths.posts if post.kind == "decoy"]
    assert len(decoys) > 40
    assert all(re.search(r"\bpestle\b", post.text, re.IGNORECASE) and not post.brands for post in decoys)


def test_the_size_and_mix_are_those_of_a_small_market(truths: PlantedTruths) -> None:
    assert 6_000 <= len(truths.posts) <= 9_000
    languages = Counter(post.language_code for post in truths.posts)
    shares = {code: count / len(truths.posts) for code, count in languages.items()}
    assert 0.55 < shares["en"] < 0.67 and 0.30 < shares["fr"] < 0.40 and 0.02 < shares["es"] + shares["de"] < 0.08
    voice = truths.share_of_voice()
    assert sum(voice.values()) == pytest.approx(1)
    assert len(voice) == 5 and max(voice, key=lambda brand: voice[brand]) == "norvique"


def test_the_spike_is_one_day_of_week_six_with_one_hashtag_and_many_authors(truths: PlantedTruths) -> None:
    spike = truths.spike
    counts = {day: truths.mention_counts().get(("norvique", day), 0) for day in DAYS}
    assert max(counts, key=lambda day: counts[day]) == spike.mention_date == DAYS[37]
    assert counts[spike.mention_date] == spike.mention_count
    assert spike.usual_count == median(count for day, count in counts.items() if day != spike.mention_date)
    assert 8 <= spike.ratio <= 10
    assert 0.57 <= spike.tagged_ratio <= 0.63
    assert spike.author_count > 0.8 * spike.mention_count
    assert spike.negative_count > 0.8 * spike.mention_count
    tagged_days = {post.mention_date for post in truths.posts if f"#{spike.hashtag}" in post.text}
    assert min(tagged_days) == spike.mention_date


def test_the_story_is_sixty_near_copies_on_sixty_outlets(truths: PlantedTruths) -> None:
    copies = [post for post in truths.posts if post.key in truths.story.post_keys]
    assert len(copies) == truths.story.copy_count == 60
    assert len({post.url for post in copies}) == len({post.text for post in copies}) == 60
    assert all(post.brands == ("tavorel",) for post in copies)
    assert min(closest(copies).values()) > 0.7


def test_ordinary_posts_are_genuinely_different(truths: PlantedTruths) -> None:
    kinds = ("ordinary", "decoy", "spike", "ambassador", "brand_reply")
    posts = [post for post in truths.posts if post.kind in kinds]
    similarity = closest(posts)
    assert sum(value >= 0.6 for value in similarity.values()) <= 0.002 * len(posts)


def test_duplicates_across_vendors_differ_in_their_counters_and_overlaps_do_not(truths: PlantedTruths) -> None:
    by_key = {post.key: post for post in truths.posts}
    duplicates = truths.duplicates
    assert duplicates.cross_vendor_post_count == len(duplicates.cross_vendor_keys) > 500
    popular = [by_key[key] for key in duplicates.cross_vendor_keys if max(likes for _, likes in by_key[key].rows) > 10]
    assert popular and all(len({likes for _, likes in post.rows}) > 1 for post in popular)
    assert duplicates.repeated_row_count == len(duplicates.repeated_keys) > 100
    for key in duplicates.repeated_keys:
        rows = [row for row in by_key[key].rows if row[0] in duplicates.repeated_files]
        assert len(rows) == 2 and rows[0][1] == rows[1][1]
    kept = sum(file.kept_count for file in truths.files if file.grain == "mention")
    assert kept == len(truths.posts) + duplicates.cross_vendor_extra_rows + duplicates.repeated_row_count


def test_late_posts_come_only_with_the_second_delivery_and_change_earlier_days(truths: PlantedTruths) -> None:
    late = [post for post in truths.posts if post.key in truths.late.post_keys]
    second = {file.name for file in truths.files_in((2,))}
    assert len(late) == truths.late.row_count == 45 and truths.late.file in second
    assert all(post.batch == 2 and post.mention_date < DAYS[49] for post in late)
    before, after = truths.mention_counts((1,)), truths.mention_counts()
    assert sum(after[key] - before[key] for key in before) == sum(len(post.brands) for post in late)


def test_the_week_and_the_day_have_a_rhythm(truths: PlantedTruths) -> None:
    ordinary = [post for post in truths.posts if post.kind == "ordinary"]
    weekdays = Counter(date.fromisoformat(post.mention_date).weekday() for post in ordinary)
    assert mean(weekdays[day] for day in range(5)) > 1.15 * mean(weekdays[day] for day in (5, 6))
    hours = Counter(post.hour_of_day for post in ordinary)
    assert min(hours[hour] for hour in (8, 19, 20)) > 5 * max(hours[hour] for hour in (1, 2, 3, 4))


def test_daily_counts_vary_more_than_chance(truths: PlantedTruths) -> None:
    for brand in ("norvique", "tavorel", "ecumelle", "copper_wren"):
        counts = Counter(post.mention_date for post in truths.posts if post.kind == "ordinary" and brand in post.brands)
        per_day = [counts[day] for day in DAYS if date.fromisoformat(day).weekday() < 5]
        assert variance(per_day) > 1.5 * mean(per_day), brand


def test_few_authors_write_much_and_most_write_once(truths: PlantedTruths) -> None:
    posts = [post for post in truths.posts if post.platform_code == "x" and not post.is_official]
    counts = sorted(Counter(post.author_handle for post in posts).values(), reverse=True)
    assert median(counts) <= 2
    assert sum(counts[: len(counts) // 10]) > 0.3 * sum(counts)
    assert counts[0] < 0.05 * sum(counts)


def test_replies_answer_real_posts_later_and_ambassadors_stand_up_under_negative_ones(truths: PlantedTruths) -> None:
    by_id = {post.native_id: post for post in truths.posts}
    replies = [post for post in truths.posts if post.kind in ("brand_reply", "ambassador")]
    parents = [by_id[post.parent_native_id] for post in replies if post.parent_native_id]
    assert len(parents) == len(replies)
    assert all(parent.published_at < reply.published_at for parent, reply in zip(parents, replies, strict=True))
    assert all(parent.tone == "negative" for parent, r in zip(parents, replies, strict=True) if r.kind == "ambassador")
    assert truths.care.answered_count == sum(post.is_official for post in replies)
    inbound = [
        post
        for post in truths.posts
        if post.platform_code == "x" and not post.is_repost and "norvique" in post.brands
        and post.intent in ("question", "complaint", "leak")
    ]  # fmt: skip
    assert truths.care.inbound_count == len(inbound) > truths.care.answered_count > 50
    assert len(truths.care.ambassador_handles) == 12


def test_hostile_texts_cover_what_strangers_send(truths: PlantedTruths) -> None:
    texts = "".join(hostile.text for hostile in truths.hostile)
    for part in (
        "<script>",
        "=HYPERLINK(",
        "+cmd|",
        "@SUM(",
        "\t=1+1",
        "\u202e",
        "\u200f",
        "\u200b",
        "\u2028",
        "\ufe0f",
    ):
        assert part in texts
    assert any(hostile.text.startswith("\t") for hostile in truths.hostile)
    assert max(len(word) for word in texts.split()) > 2_000
    assert "\x00" not in texts and "\x1b" in texts and "\r\n" in texts and "DROP TABLE" in texts


def test_the_campaign_week_and_the_follower_jump_stand_out(truths: PlantedTruths) -> None:
    campaign = truths.campaign
    inside = [
        post for post in truths.competitor_posts
        if post.brand == campaign.brand and campaign.first_date <= post.posted_date <= campaign.last_date
    ]  # fmt: skip
    assert len(inside) == campaign.post_count > 2.5 * campaign.usual_weekly_post_count
    jumped = [audience for audience in truths.audiences if audience.jump_date]
    assert [(audience.brand, audience.platform_code) for audience in jumped] == [("copper_wren", "instagram")]
    assert jumped[0].jump_followers > 0.15 * jumped[0].first_followers
    late_start = {audience.brand for audience in truths.audiences if audience.first_snapshot_date > truths.first_date}
    assert late_start == {"pestle"}


def test_two_tools_saw_some_of_the_same_competitor_posts(truths: PlantedTruths) -> None:
    kept = sum(file.kept_count for file in truths.files if file.grain == "competitor_post")
    assert kept == sum(len(post.files) for post in truths.competitor_posts)
    assert 50 < sum(len(post.files) == 2 for post in truths.competitor_posts) < len(truths.competitor_posts)


def test_truths_are_plain_json_and_times_agree_with_days(truths: PlantedTruths) -> None:
    document = json.loads(truths.to_json())
    assert len(document["posts"]) == len(truths.posts)
    assert {post.mention_date for post in truths.posts} == set(DAYS)
    assert all(datetime.fromisoformat(post.published_at).tzinfo for post in truths.posts[:50])


def test_the_workspace_names_one_own_brand_and_four_competitors() -> None:
    workspace = demo_workspace()
    roles = Counter(brand["role"] for brand in workspace["brands"])
    assert roles == {"own": 1, "competitor": 4}
    assert json.loads(json.dumps(workspace)) == workspace
    known = {brand["id"] for brand in workspace["brands"]}
    assert {target["brand"] for target in workspace["targets"]} <= known


def test_a_demo_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must end on a Sunday; 2026-03-02 is a Monday"):
        generate(tmp_path, end=date(2026, 3, 2))
    with pytest.raises(ValueError, match="above zero"):
        generate(tmp_path, scale=0)
