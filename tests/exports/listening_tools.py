"""Look-alikes of what listening tools export (tables)."""

# Spread literals keep several columns on a line, as a header does.
# ruff: noqa: PIE800
from datetime import datetime

from tests.exports.world import FIRST, LOCAL, SECOND, TEXTS, THIRD, ZONE, LookAlike, delimited, table, workbook, x_id
from transforms.sources.headers import known_header


def _local(at: datetime, form: str) -> str:
    return at.astimezone(LOCAL).strftime(form)


def _naive_local(at: datetime) -> datetime:
    return at.astimezone(LOCAL).replace(tzinfo=None)


def _epoch_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def brandwatch() -> LookAlike:
    post = f"http://twitter.com/nora_lind/statuses/{x_id(FIRST)}"
    rows: list[dict[str, object]] = [
        {
            **{"Query Id": "77", "Query Name": "kettles", "Date": f"{FIRST:%Y-%m-%d %H:%M:%S}.0", "Url": post},
            **{"Page Type": "twitter", "Content Source Name": "X", "Sentiment": "positive", "Language": "en"},
            **{
                "Country Code": "FRA",
                "Author": "nora_lind",
                "Full Name": "nora_lind (Nora Lind)",
                "X Author ID": "9001",
            },
            **{"Full Text": TEXTS[0], "Title": TEXTS[0][:20], "X Followers": "120", "X Likes": "12", "X Reposts": "3"},
            **{"X Replies": "0", "Impressions": "900", "Reach (new)": "450", "Thread Id": "0", "Likes": "0"},
            **{"Resource Id": "res-1", "Gender": "female", "City": "Lyon", "Avatar": "https://pic.example/a.png"},
            **{"Updated": "2025-07-30T12:49:30.426+0000", "Hashtags": "[coffee]", "Instagram Followers": "0"},
        },
        {
            **{"Query Id": "77", "Query Name": "kettles", "Date": f"{SECOND:%Y-%m-%d %H:%M:%S}.0"},
            **{
                "Url": f"http://twitter.com/tavo_fan/statuses/{x_id(SECOND)}",
                "Page Type": "twitter",
                "Author": "tavo_fan",
            },
            **{"Full Text": "RT @nora_lind " + TEXTS[0], "Thread Entry Type": "share", "X Repost of": post},
            **{"X Likes": "0", "X Reposts": "0", "X Replies": "0", "Reach (new)": "0"},
        },
        {
            **{"Query Id": "77", "Query Name": "kettles", "Date": f"{THIRD:%Y-%m-%d %H:%M:%S}.0", "Page Type": "news"},
            **{
                "Url": "https://daily.example/kettle",
                "Title": "Kettles of today",
                "Redacted": "true",
                "Author": "desk",
            },
            **{"Redaction Reason": "licence", "Likes": "0", "Shares": "0", "Comments": "0", "Country Code": "GBR"},
        },
    ]
    preamble = (
        '"Report:","Bulk Mentions Download"\n"Brand:","kettles"\n"From:","Thu Jul 24 00:00:00 UTC 2025"\n'
        '"To:","Sun Jul 27 00:00:00 UTC 2025"\n"Label:",""\n\n'
    )
    cells = table(known_header("brandwatch"), rows)
    content = delimited(cells, encoding="utf-8-sig", quote_all=True, preamble=preamble)
    return LookAlike("brandwatch", "mentions.csv", content)


def brandwatch_before_x() -> LookAlike:
    """The header of older files: Twitter's names, a snippet instead of the full text, a category at the end."""
    renamed = {"X Author ID": "Twitter Author ID", "X Followers": "Twitter Followers", "X Likes": "Twitter Likes"}
    header = [renamed.get(name, name) for name in known_header("brandwatch") if name != "Full Text"]
    header = [*header[:4], "Snippet", *header[4:], "My category"]
    row = {
        **{"Query Id": "77", "Query Name": "kettles", "Date": f"{FIRST:%Y-%m-%d %H:%M:%S}.0", "Page Type": "twitter"},
        **{"Url": f"http://twitter.com/nora_lind/statuses/{x_id(FIRST)}", "Snippet": TEXTS[1], "Twitter Likes": "7"},
        **{"Twitter Author ID": "9001", "Twitter Followers": "55", "Author": "nora_lind", "My category": "repair"},
    }
    return LookAlike("brandwatch", "old.csv", delimited(table(header, [row]), quote_all=True, encoding="utf-8-sig"))


def meltwater_legacy() -> LookAlike:
    rows: list[dict[str, object]] = [
        {
            **{
                "Date": _local(FIRST, "%d-%b-%Y %I:%M%p"),
                "Time": "5:44 PM",
                "URL": f"https://x.com/nora_lind/status/{x_id(FIRST)}",
            },
            **{
                "Hit Sentence": TEXTS[0],
                "Source": "X",
                "Influencer": "@nora_lind",
                "Country": "France",
                "Language": "English",
            },
            **{"Reach": "450", "Sentiment": "Positive", "Input Name": "kettles", "Tweet Id": f'"{x_id(FIRST)}"'},
            **{
                "Twitter Id": '"9001"',
                "Twitter Screen Name": "Nora Lind",
                "Twitter Bio": "call +33 600",
                "Likes": "12",
            },
            **{"Replies": "2", "Retweets": "3", "Views": "1,900", "AVE": "4.16", "Twitter Followers": "120"},
            **{"Document ID": f'"{_epoch_ms(FIRST)}_ab12"'},
        },
        {
            **{
                "Date": _local(SECOND, "%d-%b-%Y %I:%M%p"),
                "URL": "https://www.reddit.com/r/kettles/comments/1abcde/repair/",
            },
            **{"Source": "Reddit", "Opening Text": TEXTS[1], "Language": "English", "Sentiment": "Not Rated"},
            **{"Document ID": f'"{_epoch_ms(SECOND)}_cd34"', "Influencer": "tavo_fan", "Likes": ""},
        },
        {
            **{"Date": _local(THIRD, "%d-%b-%Y %I:%M%p"), "URL": "https://daily.example/kettle", "Headline": "Kettles"},
            **{"Source": "Daily Example", "Hit Sentence": TEXTS[2], "Language": "French", "Reach": "90000"},
        },
    ]
    content = delimited(table(known_header("meltwater_legacy"), rows), delimiter="\t", encoding="utf-16")
    return LookAlike("meltwater_legacy", "meltwater.csv", content, ZONE)


def meltwater() -> LookAlike:
    header = known_header("meltwater")
    rows = [
        {
            **{"Date": _naive_local(FIRST).replace(hour=0, minute=0, second=0), "Time": _local(FIRST, "%H:%M")},
            **{"Document ID": f'"{_epoch_ms(FIRST)}_ab12"', "URL": f"https://x.com/nora_lind/status/{x_id(FIRST)}"},
            **{"Input Name": "kettles", "Information Type": "Social", "Source Type": "X", "Source Domain": "x.com"},
            **{
                "Content Type": "Post",
                "Author Name": "Nora Lind",
                "Author Handle": "@nora_lind",
                "Hit Sentence": TEXTS[0],
            },
            **{"Language": "English", "Sentiment": "positive", "Likes": 12, "Replies": 2, "Reposts": 3, "Views": 1900},
            **{"AVE": 4.16, "Reach": 450, "Country": "France"},
        },
        {
            **{"Date": _naive_local(SECOND).replace(hour=0, minute=0, second=0), "Time": _local(SECOND, "%H:%M")},
            **{
                "Document ID": f'"{_epoch_ms(SECOND)}_cd34"',
                "Source Domain": "reddit.com",
                "Source Name": "reddit.com/r/kettles",
            },
            **{
                "URL": "https://www.reddit.com/r/kettles/comments/1abcde/repair/kod0bkd/",
                "Content Type": "Forum Post Reply",
            },
            **{"Source Type": "Forum", "Language": "English", "Brand Sentiment": "unknown", "Input Name": "kettles"},
        },
    ]
    cells = [list(header), *([row.get(name, "") for name in header] for row in rows)]
    return LookAlike("meltwater", "meltwater.xlsx", workbook({"Export": cells}), ZONE)


def meltwater_feed() -> LookAlike:
    header = known_header("meltwater_feed")
    rows = [
        {
            **{"id": "1", "document_id": "d1", "external_id": x_id(FIRST), "content": TEXTS[0], "media_type": "x"},
            **{
                "url": f"https://x.com/nora_lind/status/{x_id(FIRST)}",
                "published_at": f"{FIRST:%Y-%m-%dT%H:%M:%S}.000Z",
            },
            **{"author": "nora_lind", "author_name": "Nora Lind", "author_handle": "nora_lind", "sentiment": "P"},
            **{
                "language": "en",
                "country": "fr",
                "tw_followers": 120,
                "tw_retweets": 3,
                "tw_likes": 12,
                "tw_replies": 2,
            },
            **{"discussion_type": "og", "region": "Undef"},
        },
        {
            **{"id": "2", "document_id": "d2", "content": "水壶很好", "media_type": "little_red_book", "country": "zz"},
            **{"url": "https://www.xiaohongshu.com/explore/66a1", "published_at": f"{SECOND:%Y-%m-%dT%H:%M:%S}.000Z"},
            **{"language": "zh-Hans", "sentiment": "V", "discussion_type": "re"},
        },
    ]
    cells = [list(header), *([row.get(name, "") for name in header] for row in rows)]
    return LookAlike("meltwater_feed", "feed.xlsx", workbook({"Data": cells}))


def talkwalker() -> LookAlike:
    article, author, source = "article_extended_attributes.", "extra_author_attributes.", "source_extended_attributes."
    url = f"http://twitter.com/nora_lind/statuses/{x_id(FIRST)}"
    rows: list[dict[str, object]] = [
        {
            **{"url": url, "published": _local(FIRST, "%d/%m/%y %H:%M:%S"), "content": TEXTS[0], "lang": "en"},
            **{"parent_url": url, "source_type": "SOCIALMEDIA,SOCIALMEDIA_TWITTER", "sentiment": "5", "reach": "120"},
            **{f"{article}twitter_likes": "12", f"{article}twitter_retweets": "3", f"{article}facebook_likes": "0"},
            **{f"{author}id": "tw:9001", f"{author}short_name": "nora_lind", f"{author}name": "Nora Lind"},
            **{f"{author}gender": "FEMALE", f"{author}description": "bio", f"{source}twitter_followers": "120"},
            **{"extra_article_attributes.world_data.country_code": "uk", "matched_profile": "SEARCH /  / kettles"},
        },
        {
            **{"url": f"http://twitter.com/tavo_fan/statuses/{x_id(SECOND)}", "parent_url": url, "lang": "en"},
            **{"published": _local(SECOND, "%d/%m/%y %H:%M:%S"), "content": "RT @nora_lind " + TEXTS[0]},
            **{
                "source_type": "SOCIALMEDIA,SOCIALMEDIA_TWITTER",
                "tags_internal": "isRepost,isComment",
                "sentiment": "-5",
            },
            **{f"{article}twitter_likes": "0", f"{article}num_comments": "0", "reach": "0"},
        },
    ]
    content = workbook({"Sheet0": table(known_header("talkwalker"), rows)})
    return LookAlike("talkwalker", "talkwalker.xlsx", content, ZONE)


LOOK_ALIKES = (
    brandwatch,
    brandwatch_before_x,
    meltwater_legacy,
    meltwater,
    meltwater_feed,
    talkwalker,
)
