"""Dashboards whose exports are known from public parsers or documentation: Sprinklr, YouScan, NetBase, Pulsar,
Fanpage Karma, and comments saved by ExportComments.com. Those of media monitoring are in `monitoring.py`."""

from transforms.sources.declaration import (
    ACCOUNT,
    HEADER,
    ISO,
    KindRule,
    PlatformRule,
    Signature,
    SourceDeclaration,
    TimeRule,
)

_CELL_FORMATS = (ISO, "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%b %d, %Y %I:%M:%S %p", "%Y-%m-%d")

SPRINKLR_LISTENING = SourceDeclaration(
    code="sprinklr_listening",
    title="Sprinklr listening dashboard",
    record_kind="mention",
    confidence="from public parser code",
    signatures=(Signature(header=("Conversation Stream", "Created Time")),),
    columns={
        "url": ("Permalink", "Post Url"),
        "author_handle": ("From User",),
        "mention_text": ("Conversation Stream",),
        "country_code": ("Country",),
        "reach_count": ("Reach (SUM)", "Reach"),
        "vendor_sentiment_label": ("Sentiment",),
        "claimed_language_code": ("Language",),
    },
    time=TimeRule(columns=("Created Time", "Created Time.1"), formats=_CELL_FORMATS, zone=ACCOUNT),
    platform=PlatformRule(columns=("snTypeColumn",), values={"twitter": "x", "wordpress": "blog", "news": "news"}),
    dropped=("Sender Profile Image Url", "From User"),
)

SPRINKLR_POSTS = SourceDeclaration(
    code="sprinklr_posts",
    title="Sprinklr outbound posts",
    record_kind="competitor_post",
    confidence="from public parser code",
    signatures=(
        Signature(header=("Permalink", "Account"), header_prefix="Outbound Post"),
        Signature(header=("Permalink", "Account"), header_prefix="PV_Titles"),
    ),
    columns={
        "url": ("Permalink", "Post Url"),
        "account_handle": ("Account",),
        "account_name": ("Account",),
        "post_text": ("PV_Titles*", "Outbound Post*"),
        "post_type_code": ("Media Type", "Post Type"),
    },
    time=TimeRule(
        columns=("Published Time", "Published Date", "Created Time", "Date"), formats=_CELL_FORMATS, zone=ACCOUNT
    ),
    platform=PlatformRule(columns=("snTypeColumn", "Social Network")),
)

YOUSCAN = SourceDeclaration(
    code="youscan",
    title="YouScan mentions",
    record_kind="mention",
    confidence="from public parser code",
    signatures=(
        Signature(
            header=("Date", "Time", "URL", "Source"),
            any_header=("Text", "Text snippet"),
            sheets=("Mentions", "Menciones"),
        ),
        Signature(header=("Fecha", "Hora", "URL", "Fuente"), any_header=("Texto", "Fragmento de texto")),
        Signature(header=("Date", "Time", "Author", "URL", "Source", "Sentiment"), any_header=("Text", "Text snippet")),
    ),
    columns={
        "url": ("URL",),
        "author_handle": ("Nickname", "Apodo", "Author", "Autor"),
        "author_name": ("Author", "Autor"),
        "mention_text": ("Text", "Text snippet", "Texto", "Fragmento de texto"),
        "title": ("Title", "Título"),
        "country_code": ("Country", "País"),
        "like_count": ("Likes", "Me gusta"),
        "share_count": ("Reposts", "Republicaciones"),
        "comment_count": ("Comments", "Comentarios"),
        "view_count": ("Views", "Visualizaciones"),
        "reach_count": ("Potential reach", "Alcance potencial"),
        "vendor_sentiment_label": ("Sentiment", "Sentimiento"),
        "claimed_language_code": ("Language", "Idioma"),
    },
    time=TimeRule(
        columns=("Date", "Fecha"),
        formats=("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", ISO),
        zone=ACCOUNT,
        second_columns=("Time", "Hora"),
    ),
    platform=PlatformRule(columns=("Source", "Fuente"), values={}),
    dropped=(
        "Profile",
        "Perfil",
        "Author",
        "Autor",
        "Nickname",
        "Apodo",
        "Gender",
        "Age",
        "City",
        "Ciudad",
        "Sexo",
        "Edad",
    ),
)

NETBASE = SourceDeclaration(
    code="netbase",
    title="NetBase (Quid) sound bites",
    record_kind="mention",
    confidence="from public parser code",
    signatures=(Signature(header=("Sound Bite Text",), header_prefix="Published"),),
    columns={
        "url": ("URL",),
        "mention_text": ("Sound Bite Text",),
        "title": ("Title",),
        "country_code": ("Author Location - Country 1",),
        "vendor_sentiment_label": ("Sentiment",),
        "author_handle": ("Author Name", "Author"),
        "claimed_language_code": ("Language",),
    },
    time=TimeRule(
        columns=("Published Date (GMT*", "Published_Date_(GMT*", "Published Date*"),
        formats=(ISO, "%b %d, %Y %I:%M:%S %p", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p"),
        zone=HEADER,
    ),
    platform=PlatformRule(
        columns=("Source Type", "Domain"),
        values={
            "microblogs": "x",
            "social networks": "facebook",
            "professional reviews": "review",
            "consumer reviews": "review",
        },
    ),
    dropped=(
        "Author Location - City*",
        "Author Location - State*",
        "Author Gender",
        "Author Age*",
        "Author Interests*",
    ),
)

PULSAR = SourceDeclaration(
    code="pulsar",
    title="Pulsar TRAC mentions",
    record_kind="mention",
    confidence="from vendor documentation",
    signatures=(Signature(header=("ID", "Search", "Source", "Title", "Content", "Date", "URL")),),
    columns={
        "native_id": ("ID",),
        "url": ("URL",),
        "mention_text": ("Content",),
        "title": ("Title",),
        "claimed_language_code": ("Language",),
        "parent_native_id": ("Parent",),
        "query_name": ("Search",),
        "author_handle": ("User Screen Name", "Author"),
        "vendor_sentiment_label": ("Sentiment",),
    },
    time=TimeRule(columns=("Date",), formats=(ISO, "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"), zone=ACCOUNT),
    platform=PlatformRule(columns=("Source", "Domain")),
    kinds=(KindRule("repost", "Parent"),),
    row_cap=200_000,
)

FANPAGE_KARMA = SourceDeclaration(
    code="fanpage_karma",
    title="Fanpage Karma posts",
    record_kind="competitor_post",
    confidence="from public parser code",
    signatures=(
        Signature(header=("Date", "network", "Network")),
        Signature(header=("Date", "Network", "Message", "Profile")),
    ),
    columns={
        "url": ("Link", "link", "URL"),
        "account_handle": ("Profile-ID", "Profile", "Page", "profile"),
        "account_name": ("Profile", "Page", "profile"),
        "post_text": ("Message", "message", "Text"),
        "post_type_code": ("Type", "Post type"),
        "like_count": ("Number of Reactions", "Number of Likes", "Reactions", "Likes"),
        "share_count": ("Number of Shares", "Shares"),
        "comment_count": ("Number of Comments", "Comments"),
        "engagement_total_count": ("Reactions, Comments & Shares",),
    },
    time=TimeRule(columns=("Date",), formats=(ISO, "%d.%m.%Y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%y %H:%M"), zone=ACCOUNT),
    platform=PlatformRule(columns=("Network", "network")),
)

EXPORT_COMMENTS = SourceDeclaration(
    code="export_comments",
    title="ExportComments.com comments",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(
        Signature(header=("Profile ID", "Date", "Comment", "Likes"), header_prefix="Name"),
        Signature(header=("Name (click to view profile)", "Date", "Comment")),
    ),
    columns={
        "author_native_id": ("Profile ID",),
        "author_handle": ("Name (click to view profile)", "Name", "Username"),
        "author_name": ("Name (click to view profile)", "Name"),
        "mention_text": ("Comment",),
        "like_count": ("Likes",),
    },
    time=TimeRule(columns=("Date",), formats=(ISO, "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S"), zone=ACCOUNT),
    platform=PlatformRule(is_in_preamble=True),
    kinds=(KindRule("comment", "Comment"),),
    dropped=("Profile ID", "Name*", "Username", "(unnamed*"),
)
