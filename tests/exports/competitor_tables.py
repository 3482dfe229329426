"""Look-alikes of tables about the posts and audiences of accounts: Sprout Social and CrowdTangle."""

# Spread literals keep several columns on a line, as a header does.
# ruff: noqa: PIE800
from collections.abc import Mapping

from tests.exports.world import (
    FIRST,
    TEXTS,
    LookAlike,
    delimited,
    instagram_code,
    table,
    x_id,
)
from transforms.sources.headers import known_header

_FACEBOOK = "https://www.facebook.com/brewolo/posts/1035057923259100"


def _sprout_time(hour: int = 11) -> str:
    return f"7/24/2025 {hour}:44 am"


def sprout_competitor_posts() -> LookAlike:
    base = {"Date": _sprout_time(), "Network": "Instagram", "Profile": "'@brewolo", "Post Type": "Post"}
    rows: list[Mapping[str, object]] = [
        {
            **base,
            **{
                "Post ID": "555",
                "Content Type": "Carousel",
                "Link": f"https://www.instagram.com/p/{instagram_code(FIRST)}/",
            },
            **{
                "Post": "'@friends, look",
                "Public Engagements": "1,972,048",
                "Reactions": "1,970,000",
                "Comments": "2,048",
            },
        },
        {
            **base,
            "Post Type": "Reel",
            "Content Type": "Video",
            "Network": "Facebook",
            "Link": _FACEBOOK,
            "Post": TEXTS[0],
        },
    ]
    content = delimited(table(known_header("sprout_competitor_posts"), rows), quote_all=True, line_end="\r\n")
    return LookAlike(
        "sprout_competitor_posts", "Competitor Posts (x) 2025-07-01 - 2025-07-31.csv", content, "America/New_York"
    )


def sprout_posts() -> LookAlike:
    row = {
        **{
            "Date": _sprout_time(),
            "Post ID": "555",
            "Network": "Instagram",
            "Post Type": "Story",
            "Content Type": "Photo",
        },
        **{"Profile": "brewolo", "Sent by": "Staff Person", "Impressions": "1,200", "Reach": "900", "Reactions": "10"},
        **{
            "Link": f"https://www.instagram.com/stories/brewolo/{3_684_000_000_000_000_000}/",
            "Comments": "1",
            "Saves": "4",
        },
        **{"Engagements": "15", "Engagement Rate (per Impression)": "1.25%", "Story Replies": "2"},
    }
    content = delimited(table(known_header("sprout_posts"), [row]), quote_all=True, line_end="\r\n")
    return LookAlike("sprout_posts", "posts.csv", content, "America/New_York")


def _daily(code: str, row: Mapping[str, object]) -> LookAlike:
    content = delimited(table(known_header(code), [{"Date": "02-01-2025", **row}]), quote_all=True, line_end="\r\n")
    return LookAlike(code, f"{code}.csv", content, "America/New_York")


def sprout_competitors_daily() -> LookAlike:
    row = {"Network": "Facebook", "Profile": "'@brewolo", "Audience": "239,484", "Net Audience Growth": "-12"}
    return _daily("sprout_competitors_daily", {**row, "% Audience Growth": "0.0144%", "Published Posts": "3"})


def sprout_profiles_daily() -> LookAlike:
    row = {
        "Network": "X",
        "Profile": "brewolo",
        "Audience": "1,000",
        "Net Audience Growth": "5",
        "Audience Gained": "7",
    }
    return _daily("sprout_profiles_daily", row)


def sprout_instagram_competitors_daily() -> LookAlike:
    row = {"Instagram Profile": "brewolo", "Followers": "10,482", "Net Follower Growth": "3"}
    return _daily("sprout_instagram_competitors_daily", row)


def sprout_instagram_daily() -> LookAlike:
    row = {"Instagram Profile": "brewolo", "Followers": "482", "Net Follower Growth": "", "Followers Gained": "4"}
    return _daily("sprout_instagram_daily", row)


def sprout_tiktok_daily() -> LookAlike:
    return _daily("sprout_tiktok_daily", {"TikTok Profiles": "brewolo", "Followers": "82", "Net Follower Growth": "1"})


def crowdtangle_facebook() -> LookAlike:
    names = [n.replace("*", " (weighted  —  Likes 1x Shares 1x )") for n in known_header("crowdtangle_facebook")]
    row = {
        **{"Page Name": "Brewolo", "User Name": "brewolo", "Facebook Id": "777", "Followers at Posting": "5000"},
        **{
            "Post Created": "2025-07-24 12:44:07 BRT",
            "Type": "Native Video",
            "Total Interactions": "2,903",
            "Likes": "2,000",
        },
        **{"Comments": "3", "Shares": "700", "Love": "150", "Haha": "50", "Post Views": "90000", "Video Length": "N/A"},
        **{"URL": _FACEBOOK, "Message": TEXTS[0], "Page Description": "call us", "Is Video Owner?": "-"},
    }
    unknown = {**row, "Post Created": "2025-07-24 12:44:07 QRST", "URL": f"{_FACEBOOK}1"}
    content = delimited(table(names, [row, unknown]))
    return LookAlike("crowdtangle_facebook", "report.csv", content, rejected=("zone_unknown",))


def crowdtangle_instagram() -> LookAlike:
    names = [n.replace("*", " (weighted  —  Likes 1x Comments 1x )") for n in known_header("crowdtangle_instagram")]
    row = {
        **{"Account": "Brewolo", "User Name": "brewolo", "Post Created": "2025-07-24 17:44:07 CEST", "Type": "Photo"},
        **{
            "Total Interactions": "9",
            "Likes": "0",
            "Comments": "9",
            "Views": "0",
            "Like and View Counts Disabled": "true",
        },
        **{"URL": f"https://www.instagram.com/p/{instagram_code(FIRST)}/", "Description": TEXTS[1]},
    }
    return LookAlike("crowdtangle_instagram", "ig.csv", delimited(table(names, [row])))


def crowdtangle_x() -> LookAlike:
    row = {
        **{
            "Account": "Brewolo",
            "User Name": "brewolo",
            "Followers at Posting": "120",
            "Created": "2025-07-24 11:44:07 EDT",
        },
        **{"Type": "Link", "Likes": "12", "Retweets": "3", "URL": f"https://twitter.com/brewolo/status/{x_id(FIRST)}"},
        **{"Message": TEXTS[1], "Screen Name": "brewolo"},
    }
    return LookAlike(
        "crowdtangle_x", "x.csv", delimited(table(known_header("crowdtangle_x"), [row]), encoding="utf-8-sig")
    )


def crowdtangle_api_csv() -> LookAlike:
    account = "{'id': 7, 'name': 'Brewolo', 'handle': 'brewolo', 'platform': 'Facebook'}"
    actual = "{'likeCount': 20, 'loveCount': 5, 'shareCount': 3, 'commentCount': 2}"
    statistics = "{'actual': " + actual + ", 'expected': {'likeCount': 1}}"
    row = {
        **{
            "platformId": "777_1035057923259100",
            "platform": "Facebook",
            "date": "2025-07-24 15:44:07",
            "type": "photo",
        },
        **{"message": TEXTS[1], "postUrl": _FACEBOOK, "subscriberCount": "5000", "statistics": statistics},
        **{"account": account, "updated": "2025-07-30 10:00:00"},
    }
    broken = {**row, "account": "__import__('os').system('true')", "statistics": "[" * 90_000}
    content = delimited(table(known_header("crowdtangle_api_csv"), [row, broken]))
    return LookAlike("crowdtangle_api_csv", "api.csv", content, rejected=("missing_account",))


def crowdtangle_links() -> LookAlike:
    block = (
        "Link: https://daily.example/kettle\nTotal Interactions,Facebook,Instagram\n12,12,0\n\n"
        "Source,Followers,Date,Interactions,Post Type,Link\n"
        f'Brewolo,"5,000",Thu Jul 24 2025 15:44:07 GMT+0000,12,Link,{_FACEBOOK}\n'
    )
    return LookAlike("crowdtangle_links", "links.csv", block.encode())


LOOK_ALIKES = (
    sprout_competitor_posts,
    sprout_posts,
    sprout_competitors_daily,
    sprout_profiles_daily,
    sprout_instagram_competitors_daily,
    sprout_instagram_daily,
    sprout_tiktok_daily,
    crowdtangle_facebook,
    crowdtangle_instagram,
    crowdtangle_x,
    crowdtangle_api_csv,
    crowdtangle_links,
)
