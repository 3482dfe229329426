"""Look-alikes of tables that platforms, dashboards of own accounts, and scrapers export."""

# Spread literals keep several columns on a line, as a header does.
# ruff: noqa: PIE800
from collections.abc import Mapping

from tests.exports.world import (
    FIRST,
    SECOND,
    TEXTS,
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


LOOK_ALIKES = (
    meta_facebook,
    meta_instagram,
    facebook_insights,
    linkedin_updates,
    x_analytics,
    twarc_csv,
    apify_tiktok,
    youtube_data_tools,
)
