"""Look-alikes of media monitors' tables, of reviews and of customer care threads."""

# Spread literals keep several columns on a line, as a header does.
# ruff: noqa: PIE800
from tests.exports.world import FIRST, LOCAL, SECOND, TEXTS, ZONE, LookAlike, delimited, table


def determ() -> LookAlike:
    header = ["title", "mention_snippet", "date", "time", "reach", "engagement_rate", "author", "url", "sentiment"]
    local = FIRST.astimezone(LOCAL)
    row = {
        **{"title": "Kettles that hum", "mention_snippet": TEXTS[1], "date": f"{local:%Y-%m-%d}"},
        **{"time": f"{local:%H:%M}", "reach": "1,200", "engagement_rate": "0.02", "author": "Nora Lind"},
        **{"url": "https://news.example/kettles", "sentiment": "positive"},
    }
    return LookAlike("determ", "mentions.csv", delimited(table(header, [row])), ZONE)


def tubular() -> LookAlike:
    header = [
        *("Creator", "Video_Title", "Published_Date", "Video_URL", "Views", "Total_Engagements"),
        *("Creator_Country", "Platform"),
    ]
    row = {
        **{"Creator": "Brewolo", "Video_Title": "How a kettle hums", "Published_Date": "2025-07-24"},
        **{"Video_URL": "https://www.youtube.com/watch?v=aB3dE6gH9jK", "Views": "12,400", "Total_Engagements": "310"},
        **{"Creator_Country": "France", "Platform": "youtube"},
    }
    broken = {**row, "Views": "many"}
    return LookAlike("tubular", "videos.csv", delimited(table(header, [row, broken])), ZONE, rejected=("bad_number",))


def newswhip() -> LookAlike:
    header = ["Headline", "Link", "Domain", "Country", "Published", "Facebook Engagements"]
    local = SECOND.astimezone(LOCAL)
    row = {
        **{"Headline": "Kettles & quiet", "Link": "https://news.example/quiet", "Domain": "news.example"},
        **{
            "Country": "FR",
            "Published": f"{local:%m/%d/%y} {local.hour}:{local:%M:%S} AM",
            "Facebook Engagements": "12",
        },
    }
    return LookAlike("newswhip", "newswhip.csv", delimited(table(header, [row])), ZONE)


def product_reviews() -> LookAlike:
    header = ["rating", "date", "variation", "verified_reviews", "feedback"]
    rows = [
        {"rating": 5, "date": "31-Jul-18", "variation": "Tavorel Black", "verified_reviews": TEXTS[0], "feedback": 1},
        {"rating": 1, "date": "30-Jul-18", "variation": "Tavorel White", "verified_reviews": "", "feedback": 0},
    ]
    content = delimited(table(header, rows), delimiter="\t", line_end="\r\n", encoding="utf-8-sig")
    return LookAlike("product_reviews", "reviews.tsv", content, ZONE, rejected=("no_content",))


def customer_care_threads() -> LookAlike:
    names = ("tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id", "in_response_to_tweet_id")
    at = "%a %b %d %H:%M:%S +0000 %Y"
    rows = [
        ["0", "119237", "105834", "True", f"{FIRST:{at}}", "@brewolo my kettle hums", "119236", ""],
        ["1", "119236", "brewolo", "False", f"{SECOND:{at}}", "@105834 Please write to us ^NL", "", "119237.0"],
    ]
    content = delimited([["", *names], *rows])[:-1] + b"\n2,119238,1058"
    return LookAlike("customer_care_threads", "care.csv", content, rejected=("wrong_field_count",))


LOOK_ALIKES = (determ, tubular, newswhip, product_reviews, customer_care_threads)
