"""Look-alikes of tables that platforms, dashboards of own accounts, and scrapers export."""

# Spread literals keep several columns on a line, as a header does.
# ruff: noqa: PIE800
from collections.abc import Mapping

from tests.exports.world import (
    FIRST,
    LOCAL,
    SECOND,
    TEXTS,
    THIRD,
    ZONE,
    LookAlike,
    delimited,
    instagram_code,
    linkedin_id,
    table,
    tiktok_id,
    workbook,
    x_id,
)
from transforms.sources.headers import known_header

_FACEBOOK = "https://www.facebook.com/brewolo/posts/1035057923259100"


def meta_facebook() -> LookAlike:
    header = (
        *("Post ID", "Page ID", "Page name", "Title", "Description", "Duration (sec)", "Publish time", "Caption type"),
        *(
            "Permalink",
            "Post type",
            "Date",
            "Views",
            "Reach",
            "Reactions, Comments and Shares",
            "Reactions",
            "Comments",
        ),
        *("Shares", "Total clicks"),
    )
    row = {
        **{
            "Post ID": "1035057923259100",
            "Page ID": "777",
            "Page name": "Brewolo",
            "Title": "Kettle",
            "Description": TEXTS[0],
        },
        **{
            "Publish time": "07/24/2025 17:44",
            "Permalink": "https://www.facebook.com/777/posts/pfbid02abcXYZ",
            "Views": "900",
        },
        **{
            "Post type": "Photos",
            "Date": "Lifetime",
            "Reach": "800",
            "Reactions": "20",
            "Comments": "2",
            "Shares": "1",
        },
    }
    content = delimited(table(header, [row]), encoding="utf-8-sig")
    return LookAlike("meta_facebook", "Jul-01-2025_Jul-31-2025_1.csv", content, ZONE)


def meta_instagram() -> LookAlike:
    header = (
        *("Post ID", "Account ID", "Account username", "Account name", "Description", "Duration (sec)", "Publish time"),
        *(
            "Permalink",
            "Post type",
            "Data comment",
            "Date",
            "Views",
            "Reach",
            "Likes",
            "Shares",
            "Follows",
            "Comments",
            "Saves",
        ),
    )
    row = {
        **{"Post ID": "17999", "Account ID": "88", "Account username": "brewolo", "Publish time": "07/24/2025 17:44"},
        **{
            "Permalink": f"https://www.instagram.com/reel/{instagram_code(FIRST)}/",
            "Post type": "IG reel",
            "Likes": "12",
        },
        **{"Description": TEXTS[1], "Date": "Lifetime", "Views": "900", "Reach": "800", "Saves": "4", "Comments": "2"},
    }
    content = delimited(table(header, [row]), encoding="utf-8-sig")
    return LookAlike("meta_instagram", "instagram.csv", content, ZONE)


def facebook_insights() -> LookAlike:
    names = [*known_header("facebook_insights_2020")]
    values = {
        **{"Post ID": "777_1035057923259100", "Permalink": _FACEBOOK, "Post Message": TEXTS[1], "Type": "Photo"},
        **{
            "Posted": "2025-07-24T17:44:07.000",
            "Lifetime Post Total Reach": "800",
            "Lifetime Post Total Impressions": "900",
        },
    }
    rows = [names, [f"what {name} means" for name in names], [values.get(name, "") for name in names]]
    actions = [["Description", "Post ID", "share", "like", "comment"], ["what", "", "", "", ""]]
    actions += [["", "777_1035057923259100", "3", "20", ""]]
    sheets = {
        "Key Metrics": rows,
        "Lifetime Talking About This(...": actions,
        "Lifetime Post Stories by act...": actions,
    }
    return LookAlike("facebook_insights", "insights.xls", _spreadsheet_ml(sheets), ZONE)


def _spreadsheet_ml(sheets: Mapping[str, list[list[str]]]) -> bytes:
    """SpreadsheetML 2003, with empty cells left out, a bare ampersand and a byte no XML allows, as seen."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"']
    parts.append(' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">')
    for name, rows in sheets.items():
        parts.append(f'<Worksheet ss:Name="{name}"><Table>')
        for row in rows:
            cells = [(place, text) for place, text in enumerate(row, start=1) if text]
            parts.append("<Row>")
            for place, text in cells:
                safe = text.replace("<", "&lt;").replace("&amp;", "& \x07")
                parts.append(f'<Cell ss:Index="{place}"><Data ss:Type="String">{safe}</Data></Cell>')
            parts.append("</Row>")
        parts.append("</Table></Worksheet>")
    return "".join([*parts, "</Workbook>"]).encode()


def linkedin_updates() -> LookAlike:
    header = known_header("linkedin_updates")
    link = f"https://www.linkedin.com/feed/update/urn:li:activity:{linkedin_id(FIRST)}"
    values: dict[str, object] = {
        **{"Update title": TEXTS[1], "Update link": link, "Created date": 45862, "Posted by": "Staff Person"},
        **{
            "Impressions": 900,
            "Video views": 10,
            "Click through rate (CTR)": 0.02,
            "Likes": 12,
            "Comments": 2,
            "Shares": 1,
        },
    }
    rows = [["How your updates performed"], list(header), [values.get(name, "") for name in header]]
    return LookAlike(
        "linkedin_updates", "brewolo_updates_1753400000000.xlsx", workbook({"Update Engagement": rows}), ZONE
    )


def x_analytics() -> LookAlike:
    header = known_header("x_analytics_pt")
    first = [x_id(FIRST), f"https://twitter.com/brewolo/status/{x_id(FIRST)}", TEXTS[1], "2025-07-24 15:44 +0000"]
    figures = ["900.0", "31.0", "0.034", "3.0", "2.0", "12.0", *["-"] * 30]
    return LookAlike("x_analytics", "tweet_activity.csv", delimited([list(header), [*first, *figures]]))


def twarc_csv() -> LookAlike:
    row = {
        **{"id": x_id(SECOND), "referenced_tweets.retweeted.id": x_id(FIRST), "author_id": "9002", "lang": "en"},
        **{
            "created_at": "2025-07-25T08:05:00.000Z",
            "text": TEXTS[0].replace("\n", "\\n"),
            "author.username": "tavo_fan",
        },
        **{"public_metrics.like_count": "0", "public_metrics.retweet_count": "3", "author.description": "bio"},
        **{"author.public_metrics.followers_count": "103978.0", "__twarc.retrieved_at": "2025-07-30T10:00:00+00:00"},
    }
    return LookAlike("twarc_csv", "twarc.csv", delimited(table(known_header("twarc"), [row])))


def apify_tiktok() -> LookAlike:
    header = (
        *(
            "authorMeta/avatar",
            "authorMeta/fans",
            "authorMeta/id",
            "authorMeta/name",
            "authorMeta/nickName",
            "collectCount",
        ),
        *("authorMeta/signature", "commentCount", "createTime", "createTimeISO", "diggCount", "hashtags/0/name", "id"),
        *("playCount", "searchQuery", "shareCount", "text", "textLanguage", "webVideoUrl"),
    )
    row = {
        **{
            "authorMeta/name": "nora_lind",
            "authorMeta/nickName": "Nora",
            "authorMeta/fans": "120",
            "authorMeta/id": "1.66E+15",
        },
        **{
            "createTimeISO": "2025-07-24T15:44:07.000Z",
            "createTime": "1753371847",
            "diggCount": "12",
            "shareCount": "3",
        },
        **{"commentCount": "2", "playCount": "900", "id": tiktok_id(FIRST), "text": TEXTS[1], "textLanguage": "en"},
        **{"webVideoUrl": f"https://www.tiktok.com/@nora_lind/video/{tiktok_id(FIRST)}", "hashtags/0/name": "kettle"},
    }
    cells = table(header, [row])
    return LookAlike("apify_tiktok", "tiktok.csv", delimited([*cells, [""] * len(header)], line_end="\r\n"))


def youtube_data_tools() -> LookAlike:
    row = {
        **{
            "position": "1",
            "channelId": "UCinvented0000000000000a",
            "channelTitle": "Brewolo",
            "videoId": "abcDEF12345",
        },
        **{"publishedAt": "2025-07-24T15:44:07Z", "publishedAtSQL": "2025-07-24 15:44:07", "videoTitle": "Kettle"},
        **{
            "videoDescription": TEXTS[0],
            "duration": "PT4M59S",
            "viewCount": "900",
            "likeCount": "12",
            "commentCount": "2",
        },
    }
    content = delimited(table(known_header("youtube_data_tools"), [row]), line_end="\r\n")
    return LookAlike("youtube_data_tools", "videolist.csv", content)


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
    canonical_posts,
    canonical_audience,
    meta_facebook,
    meta_instagram,
    facebook_insights,
    linkedin_updates,
    x_analytics,
    twarc_csv,
    apify_tiktok,
    youtube_data_tools,
    mediacloud,
    google_alerts,
    gdelt,
    hacker_news,
    open_measures,
    open_measures_kibana,
    canonical_mentions,
)
