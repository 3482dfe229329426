"""Look-alikes of tables of news and channels, and of the project's own canonical files."""

# Spread literals keep several columns on a line, as a header does.
# ruff: noqa: PIE800

from tests.exports.world import (
    FIRST,
    LOCAL,
    TEXTS,
    THIRD,
    ZONE,
    LookAlike,
    delimited,
    instagram_code,
    table,
    x_id,
)
from transforms.sources.headers import known_header

_FACEBOOK = "https://www.facebook.com/brewolo/posts/1035057923259100"


def mediacloud() -> LookAlike:
    row = {
        **{"stories_id": "1", "publish_date": "2025-07-24 15:44:07", "title": "Kettles &amp; more", "language": "en"},
        **{
            "url": "https://daily.example/kettle",
            "media_id": "5",
            "media_name": "Daily",
            "media_url": "http://daily.example",
        },
    }
    return LookAlike("mediacloud", "stories.csv", delimited(table(known_header("mediacloud"), [row])))


def google_alerts() -> LookAlike:
    wrapped = "https://www.google.com/url?rct=j&url=https://daily.example/kettle%3Fa%3D1&ct=ga"
    row = {"daily_update": "July 24, 2025", "snippet": TEXTS[1], "source": "Daily", "title": "Kettles", "url": wrapped}
    content = delimited(table(known_header("google_alerts"), [row]), line_end="\r\n")
    return LookAlike("google_alerts", "alerts.csv", content, ZONE)


def gdelt() -> LookAlike:
    row = {
        **{"globaleventid": "1", "eventtimedate": "20250724154500", "mentiontimedate": "20250724154500"},
        **{
            "mentionsourcename": "daily.example",
            "mentionidentifier": "https://daily.example/kettle",
            "mentiondoctone": "1.5",
        },
    }
    return LookAlike("gdelt_mentions", "gdelt.csv", delimited(table(known_header("gdelt"), [row])))


def hacker_news() -> LookAlike:
    row = {"id": "11964716", "title": "Show HN: a kettle", "url": "https://daily.example/k", "num_points": "386"}
    rows = [{**row, "num_comments": "52", "author": "nora_lind", "created_at": "7/24/2025 17:44"}]
    return LookAlike(
        "hacker_news", "hn.csv", delimited(table(known_header("hacker_news"), rows), line_end="\r\n"), ZONE
    )


def open_measures() -> LookAlike:
    row = {
        **{
            "id": "kettles/77",
            "created_at": "2025-07-24T15:44:07+00:00",
            "text": TEXTS[0],
            "url": "https://t.me/kettles/77",
        },
        **{
            "engagement_views": "900",
            "engagement_reshares": "3",
            "context_name": "Kettles",
            "actor_username": "kettles",
        },
    }
    return LookAlike("open_measures", "om.csv", delimited(table(known_header("open_measures"), [row])))


def open_measures_kibana() -> LookAlike:
    row = {
        **{
            "date": "Jul 24, 2025 @ 17:44:07.000",
            "message": TEXTS[1],
            "channelusername": "kettles",
            "url": "t.me/kettles/77",
        },
        **{"channeltitle": "Kettles", "views": "7,038", "forwards": "-", "postauthor": "Someone"},
    }
    content = delimited(table(known_header("open_measures_kibana"), [row]))
    return LookAlike("open_measures_kibana", "kibana.csv", content, ZONE)


def canonical_mentions() -> LookAlike:
    header = (
        "mention_id",
        "platform",
        "url",
        "published_at",
        "author_handle",
        "text",
        "language",
        "likes",
        "is_repost",
    )
    first = (x_id(FIRST), "x", "", f"{FIRST:%Y-%m-%dT%H:%M:%SZ}", "@nora_lind", TEXTS[2], "en", "12", "false")
    late = THIRD.astimezone(LOCAL).isoformat()
    other = ("", "forum", "https://forum.example/t/1", late, "tavo_fan", TEXTS[1], "en", "", "")
    unzoned = ("", "forum", "https://forum.example/t/2", "2025-07-24 15:44:07", "tavo_fan", TEXTS[1], "en", "", "")
    content = delimited([list(header), list(first), list(other), list(unzoned)])
    return LookAlike("canonical_mentions", "canonical.csv", content, rejected=("zone_unknown",))


def canonical_posts() -> LookAlike:
    header = ("post_id", "platform", "url", "posted_at", "account_handle", "text", "post_type", "likes", "saves")
    row = ("1", "instagram", f"https://www.instagram.com/p/{instagram_code(FIRST)}/", f"{FIRST:%Y-%m-%dT%H:%M:%SZ}")
    content = delimited([list(header), [*row, "@brewolo", TEXTS[1], "photo", "12", "4"]])
    return LookAlike("canonical_posts", "posts.csv", content)


def canonical_audience() -> LookAlike:
    header = ("account_handle", "platform", "day", "followers", "net_growth", "audience_kind")
    content = delimited([list(header), ["brewolo", "youtube", "2025-07-24", "5000", "-3", "subscribers"]])
    return LookAlike("canonical_audience", "audience.csv", content)


LOOK_ALIKES = (
    mediacloud,
    google_alerts,
    gdelt,
    hacker_news,
    open_measures,
    open_measures_kibana,
    canonical_mentions,
    canonical_posts,
    canonical_audience,
)
