"""The demo's files follow their vendors' formats, hold what the truths say, and come out the same every time."""

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from pipelines.demo import PlantedTruths, generate
from pipelines.demo.truths import PlantedFile

PARIS = ZoneInfo("Europe/Paris")
HEADER_WIDTHS = {
    "brandwatch": 186,
    "meltwater_legacy": 52,
    "canonical": 23,
    "sprout_competitor_posts": 13,
    "sprout_competitor_performance": 18,
    "crowdtangle_facebook": 40,
}
ENCODINGS = {"brandwatch": "utf-8-sig", "meltwater_legacy": "utf-16"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PlantedTruths]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, generate(folder)


def records_of(folder: Path, file: PlantedFile) -> tuple[list[str], list[list[str]]]:
    """Read a delimited file as naively as the csv module can: no casting, no repair."""
    text = (folder / file.name).read_bytes().decode(ENCODINGS.get(file.source_format, "utf-8"))
    if file.source_format == "brandwatch":
        text = text.split("\n", 6)[6]
    delimiter = "\t" if file.source_format == "meltwater_legacy" else ","
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return header, rows


def rows_of(folder: Path, file: PlantedFile) -> list[dict[str, str]]:
    header, rows = records_of(folder, file)
    rejected = {row.row_number for row in file.rejected}
    return [dict(zip(header, row, strict=True)) for at, row in enumerate(rows, start=1) if at not in rejected]


def tweets_of(folder: Path, file: PlantedFile) -> list[dict[str, object]]:
    tweets: list[dict[str, object]] = []
    for line in (folder / file.name).read_text(encoding="utf-8").split("\n"):
        try:
            tweets += json.loads(line).get("data", []) if line else []
        except json.JSONDecodeError:
            tweets.append({})
    return tweets


def test_each_delimited_file_has_the_header_width_of_its_format(demo: tuple[Path, PlantedTruths]) -> None:
    folder, truths = demo
    seen = {file.source_format: len(records_of(folder, file)[0]) for file in truths.files if file.name.endswith(".csv")}
    assert seen == HEADER_WIDTHS


def test_the_folder_holds_the_listed_files_and_nothing_else(demo: tuple[Path, PlantedTruths]) -> None:
    folder, truths = demo
    assert sorted(path.name for path in folder.iterdir()) == sorted(file.name for file in truths.files)
    assert {file.batch for file in truths.files} == {1, 2}


def test_row_counts_agree_with_a_naive_reading(demo: tuple[Path, PlantedTruths]) -> None:
    folder, truths = demo
    for file in truths.files:
        rows = tweets_of(folder, file) if file.name.endswith(".jsonl") else records_of(folder, file)[1]
        assert len(rows) == file.row_count == file.kept_count + len(file.rejected), file.name


def test_broken_rows_stand_where_the_ledger_says_and_every_other_row_is_sound(demo: tuple[Path, PlantedTruths]) -> None:
    folder, truths = demo
    for file in (file for file in truths.files if file.name.endswith(".csv")):
        header, rows = records_of(folder, file)
        rejected = {row.row_number: row for row in file.rejected}
        for row_number, cells in enumerate(rows, start=1):
            fault = rejected.get(row_number)
            if fault is None or fault.reason != "wrong_field_count":
                assert len(cells) == len(header), (file.name, row_number)
            else:
                assert len(cells) == int(fault.value) != len(header)
            if fault is not None and fault.column:
                assert cells[header.index(fault.column)] == fault.value


def test_rejected_line_numbers_point_at_the_row_in_the_file(demo: tuple[Path, PlantedTruths]) -> None:
    folder, truths = demo
    for file in (file for file in truths.files if file.name.endswith(".csv") and file.rejected):
        lines = (folder / file.name).read_bytes().decode(ENCODINGS.get(file.source_format, "utf-8")).split("\n")
        delimiter = "\t" if file.source_format == "meltwater_legacy" else ","
        rows = records_of(folder, file)[1]
        for fault in file.rejected:
            start = io.StringIO("\n".join(lines[fault.line_number - 1 : fault.line_number + 8]), newline="")
            assert next(csv.reader(start, delimiter=delimiter)) == rows[fault.row_number - 1], (file.name, fault)


def test_each_mention_and_post_format_meets_every_kind_of_broken_row(demo: tuple[Path, PlantedTruths]) -> None:
    reasons: dict[str, set[str]] = {}
    for file in demo[1].files:
        reasons.setdefault(file.source_format, set()).update(row.reason for row in file.rejected)
    common = {"unparseable_date", "missing_date", "bad_number"}
    for source_format, found in reasons.items():
        identity = "missing_account" if source_format == "sprout_competitor_performance" else "missing_text_and_id"
        shape = "unreadable_json" if source_format == "x_api_v2" else "wrong_field_count"
        assert found == common | {identity, shape}, source_format


def test_kept_rows_tell_exactly_the_planted_posts_with_their_likes(demo: tuple[Path, PlantedTruths]) -> None:
    folder, truths = demo
    found: dict[str, list[tuple[str, int]]] = {}
    for file in (file for file in truths.files if file.grain == "mention"):
        for native_id, likes in native_ids_and_likes(folder, file):
            found.setdefault(native_id, []).append((file.name, likes))
    assert {key: sorted(rows) for key, rows in found.items()} == {
        post.native_id: sorted(post.rows) for post in truths.posts
    }


def native_ids_and_likes(folder: Path, file: PlantedFile) -> list[tuple[str, int]]:
    if file.source_format == "x_api_v2":
        rejected = {row.row_number for row in file.rejected}
        tweets = enumerate(tweets_of(folder, file), start=1)
        return [(t["id"], t["public_metrics"]["like_count"]) for at, t in tweets if at not in rejected]  # type: ignore
    pairs = []
    for row in rows_of(folder, file):
        url = row.get("Url") or row.get("URL") or row.get("url") or ""
        native_id = re.split(r"/statuses/|/status/|/comments/|/p/|lc=|/", url.rstrip("/"))[-1]
        likes = next((row[name] for name in ("X Likes", "Likes", "likes") if row.get(name, "0") not in ("0", "")), "0")
        pairs.append((native_id, int(likes)))
    return pairs


def test_texts_come_back_from_every_format_as_they_were_written(demo: tuple[Path, PlantedTruths]) -> None:
    folder, truths = demo
    by_id = {post.native_id: post for post in truths.posts}
    columns = {"brandwatch": "Full Text", "meltwater_legacy": "Hit Sentence", "canonical": "text"}
    seen = set()
    for file in (file for file in truths.files if file.grain == "mention"):
        if file.source_format == "x_api_v2":
            texts = [(tweet.get("id"), tweet.get("text")) for tweet in tweets_of(folder, file)]
        else:
            ids = [native_id for native_id, _ in native_ids_and_likes(folder, file)]
            texts = list(zip(ids, [row[columns[file.source_format]] for row in rows_of(folder, file)], strict=True))
        for native_id, text in texts:
            post = by_id.get(str(native_id))
            is_cut = post is not None and post.is_repost and file.source_format == "x_api_v2" and len(post.text) > 140
            if post is not None and not is_cut:
                assert text == post.text, (file.name, post.key)
                seen.add(post.key)
    assert {hostile.post_key for hostile in truths.hostile} <= seen


def test_written_times_are_the_true_times_in_the_zone_of_the_file(demo: tuple[Path, PlantedTruths]) -> None:
    folder, truths = demo
    truth = {post.native_id: datetime.fromisoformat(post.published_at) for post in truths.posts}
    for file in (file for file in truths.files if file.source_format in ("brandwatch", "meltwater_legacy")):
        pattern = "%Y-%m-%d %H:%M:%S.0" if file.source_format == "brandwatch" else "%d-%b-%Y %I:%M%p"
        rows = zip(native_ids_and_likes(folder, file), rows_of(folder, file), strict=True)
        for (native_id, _), row in rows:
            local = datetime.strptime(row["Date"], pattern).replace(tzinfo=ZoneInfo(file.zone))
            assert 0 <= (truth[native_id] - local).total_seconds() < 60
            if "Document ID" in row:
                prefix = int(row["Document ID"].strip('"').split("_")[0])
                assert datetime.fromtimestamp(prefix / 1000, UTC) == truth[native_id]


def test_ids_of_x_and_instagram_prove_the_times(demo: tuple[Path, PlantedTruths]) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for post in demo[1].posts:
        if post.platform_code == "x":
            milliseconds = (int(post.native_id) >> 22) + 1_288_834_974_657
        elif post.platform_code == "instagram":
            media_id = sum(alphabet.index(letter) << 6 * (10 - at) for at, letter in enumerate(post.native_id))
            milliseconds = (media_id >> 23) + 1_314_220_021_721
        else:
            continue
        assert milliseconds // 1000 == datetime.fromisoformat(post.published_at).timestamp()


def test_sprout_and_crowdtangle_write_the_posting_time_in_the_account_zone(demo: tuple[Path, PlantedTruths]) -> None:
    folder, truths = demo
    truth = {post.post_id: datetime.fromisoformat(post.posted_at) for post in truths.competitor_posts}
    for file in (file for file in truths.files if file.grain == "competitor_post"):
        for row in rows_of(folder, file):
            url = row.get("Link") if file.source_format.startswith("sprout") else row["URL"]
            if file.source_format.startswith("sprout"):
                local = datetime.strptime(row["Date"].upper(), "%m/%d/%Y %I:%M %p").replace(tzinfo=PARIS)
            else:
                stamp, zone = row["Post Created"].rsplit(" ", 1)
                local = datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=PARIS)
                assert zone == local.tzname()
            assert local == truth[str(url).rstrip("/").rsplit("/", 1)[-1]]


def test_daily_totals_equal_the_sums_of_the_posts_and_followers_add_up(demo: tuple[Path, PlantedTruths]) -> None:
    folder, truths = demo
    totals: dict[tuple[str, str, str], list[int]] = {}
    for post in truths.competitor_posts:
        day = f"{date.fromisoformat(post.posted_date):%m-%d-%Y}"
        key = (day, post.platform_code.capitalize(), f"'@{post.account_handle}")
        totals.setdefault(key, []).append(post.engagement_total)
    last: dict[tuple[str, str], int] = {}
    for file in (file for file in truths.files if file.grain == "audience_snapshot"):
        for row in rows_of(folder, file):
            published = totals.get((row["Date"], row["Network"], row["Profile"]), [])
            assert int(row["Published Posts"]) == len(published)
            assert int(row["Public Engagements"].replace(",", "")) == sum(published)
            if row["Audience"]:
                account, audience = (row["Network"], row["Profile"]), int(row["Audience"].replace(",", ""))
                if account in last:
                    assert audience - last[account] == int(row["Net Audience Growth"].replace(",", ""))
                last[account] = audience
    ends = {(a.platform_code.capitalize(), f"'@{a.account_handle}"): a.last_followers for a in truths.audiences}
    assert last == ends


def test_same_seed_gives_the_same_bytes_whatever_the_hash_seed_locale_and_zone(tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from pipelines.demo import generate; "
    script += "print(generate(Path(sys.argv[1]), seed=3, scale=0.1).to_json())"
    prints = []
    for name, changes in {
        "a": {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
        "b": {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"},
    }.items():
        command = [sys.executable, "-X", "utf8", "-c", script, str(tmp_path / name)]
        done = subprocess.run(
            command, env=os.environ | changes, cwd=Path(__file__).parents[2], capture_output=True, check=True
        )
        files = sorted((tmp_path / name).iterdir())
        digests = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
        prints.append((digests, hashlib.sha256(done.stdout).hexdigest()))
    assert prints[0] == prints[1]


def test_another_seed_gives_other_posts(tmp_path: Path) -> None:
    texts = [{post.text for post in generate(tmp_path / str(seed), seed=seed, scale=0.1).posts} for seed in (1, 2)]
    assert len(texts[0] & texts[1]) < 0.1 * len(texts[0])


def test_nothing_points_at_real_sites_accounts_or_people(demo: tuple[Path, PlantedTruths]) -> None:
    platforms = {"x.com", "www.reddit.com", "www.instagram.com", "www.youtube.com"}
    for post in demo[1].posts:
        for link in re.findall(r"https?://[^\s\"')<>]+", post.text):
            host = urlsplit(link).hostname or ""
            assert host == "example.org" or host.endswith((".example.org", ".example")), link
        host = urlsplit(post.url).hostname or ""
        assert host in platforms or host.endswith(".example"), post.url
        for handle in re.findall(r"@(\w+)", post.text if post.kind != "hostile" else ""):
            assert len(handle) > 15, handle
        assert len(post.author_handle) > 15 or post.platform_code != "x"
        assert not re.search(r"[\w.]+@[\w-]+\.\w+|\+?\d[\d ()-]{8,}\d", post.text if post.kind != "hostile" else "")
