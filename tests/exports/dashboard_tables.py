"""Look-alikes of what dashboards known from parsers and documentation export."""

# Spread literals keep several columns on a line, as a header does.
# ruff: noqa: PIE800
from datetime import datetime

from tests.exports.world import FIRST, LOCAL, SECOND, TEXTS, ZONE, LookAlike, delimited, table, workbook, x_id
from transforms.sources.headers import known_header


def _local(at: datetime, form: str) -> str:
    return at.astimezone(LOCAL).strftime(form)


def _naive_local(at: datetime) -> datetime:
    return at.astimezone(LOCAL).replace(tzinfo=None)


def crimson_hexagon_table() -> LookAlike:
    row = {
        **{
            "assignedCategoryId": "11",
            "category": "Basic Positive",
            "author": "nora_lind (Nora Lind)",
            "type": "Twitter",
        },
        **{
            "contents": TEXTS[0],
            "date": _local(FIRST, "%Y-%m-%dT%H:%M:%S"),
            "language": "en",
            "authorsFollowers": "120",
        },
        **{"url": f"http://twitter.com/nora_lind/status/{x_id(FIRST)}", "location": "Lyon", "authorGender": "F"},
    }
    return LookAlike("crimson_hexagon_table", "ch.csv", delimited(table(known_header("crimson_hexagon"), [row])), ZONE)


def sprinklr_listening() -> LookAlike:
    header = (
        *(
            "From User",
            "Conversation Stream",
            "Sender Profile Image Url",
            "Created Time",
            "Created Time",
            "snTypeColumn",
        ),
        *(
            "Sentiment",
            "Country",
            "Reach (SUM)",
            "Earned Engagements (Recalibrated) (SUM)",
            "Mentions (SUM)",
            "Permalink",
        ),
    )
    when = _naive_local(FIRST)
    url = f"https://x.com/nora_lind/status/{x_id(FIRST)}"
    row = [
        "nora_lind",
        TEXTS[0],
        "https://pic.example/a.png",
        when,
        when,
        "TWITTER",
        "POSITIVE",
        "France",
        450,
        17,
        1,
        url,
    ]
    return LookAlike("sprinklr_listening", "dash.xlsx", workbook({"Sheet1": [["Dashboard"], [], header, row]}), ZONE)


def sprinklr_posts() -> LookAlike:
    header = (
        "Outbound Post ( Unified Analytics )",
        "PV_Titles (Outbound Message)",
        "Permalink",
        "Account",
        "Created Time",
    )
    row = (
        "post 1",
        TEXTS[1],
        "https://www.facebook.com/brewolo/posts/1035057923259100",
        "brewolo",
        _naive_local(FIRST),
    )
    return LookAlike("sprinklr_posts", "outbound.xlsx", workbook({"Sheet1": [["Report"], [], header, row]}), ZONE)


def youscan() -> LookAlike:
    header = (
        *("Fecha", "Hora", "Título", "Texto", "URL", "Sentimiento", "Autor", "Apodo", "Perfil", "Fuente"),
        *(
            "Tipo de recurso",
            "Engagement",
            "Me gusta",
            "Comentarios",
            "Republicaciones",
            "Visualizaciones",
            "País",
            "Marca [x]",
        ),
    )
    url = f"https://twitter.com/nora_lind/status/{x_id(FIRST)}"
    row = (
        *(_local(FIRST, "%d.%m.%Y"), _local(FIRST, "%H:%M"), "", TEXTS[0], url, "Positivo", "Nora Lind", "nora_lind"),
        *("https://twitter.com/nora_lind", "twitter.com", "red social", "17", "12", "2", "3", "1900", "Francia", "1"),
    )
    return LookAlike("youscan", "youscan.xlsx", workbook({"Menciones": [header, row]}), ZONE)


def netbase() -> LookAlike:
    header = ("Post ID", "Title", "Sound Bite Text", "Source Type", "Domain", "URL", "Sentiment")
    header = (*header, "Author Location - Country 1", "Published Date (GMT-04:00) New York", "", "")
    row = (
        "p1",
        "",
        TEXTS[0],
        "Microblogs",
        "twitter.com",
        f"https://twitter.com/nora_lind/status/{x_id(FIRST)}",
        "Positives",
    )
    row = (*row, "France", "2025-07-24 11:44:07", "", "")
    return LookAlike("netbase", "netbase.csv", delimited([list(header), list(row)]))


def pulsar() -> LookAlike:
    header = (
        "ID",
        "Search",
        "Source",
        "Application",
        "Title",
        "Content",
        "Date",
        "Parent",
        "Language",
        "URL",
        "Domain",
    )
    first = (x_id(FIRST), "kettles", "TWITTER", "app", "", TEXTS[0], _local(FIRST, "%Y-%m-%d %H:%M:%S"), "0", "en")
    again = (
        x_id(SECOND),
        "kettles",
        "TWITTER",
        "app",
        "",
        TEXTS[0],
        _local(SECOND, "%Y-%m-%d %H:%M:%S"),
        x_id(FIRST),
        "en",
    )
    rows = [[*row, f"https://twitter.com/nora_lind/status/{row[0]}", "twitter.com"] for row in (first, again)]
    return LookAlike("pulsar", "pulsar.xlsx", workbook({"Sheet1": [header, *rows]}), ZONE)


def fanpage_karma() -> LookAlike:
    header = ("Date", "network", "Network", "Profile", "Message", "Link", "Number of Likes", "Number of Comments")
    row = (
        _naive_local(FIRST),
        "1",
        "Instagram",
        "brewolo",
        TEXTS[1],
        "https://www.instagram.com/p/DMfHq0WsAAA/",
        40,
        4,
    )
    metadata = [["Fanpage Karma"], ["Posts"], ["2025-07-01 - 2025-07-31"], ["Brewolo"]]
    return LookAlike("fanpage_karma", "karma.xlsx", workbook({"Posts": [*metadata, header, row]}), ZONE)


def export_comments() -> LookAlike:
    header = ("", "", "Name (click to view profile)", "Profile ID", "Date", "Likes", "Comment", "(view source)")
    above: list[list[object]] = [
        ["ExportComments.com"],
        ["Source URL", "https://www.facebook.com/brewolo/posts/1"],
        [],
        [],
        [],
    ]
    row = (1, "", "Nora Lind", "ID: 9001", _naive_local(FIRST), 2, TEXTS[1], "view comment")
    return LookAlike("export_comments", "comments.xlsx", workbook({"ExportComments.com": [*above, header, row]}), ZONE)


LOOK_ALIKES = (
    crimson_hexagon_table,
    sprinklr_listening,
    sprinklr_posts,
    youscan,
    netbase,
    pulsar,
    fanpage_karma,
    export_comments,
)
