"""LinkedIn page analytics: the sheet of updates; sheets of totals and visitors are no posts."""

from transforms.sources.declaration import (
    ACCOUNT,
    EXCEL_SERIAL,
    ISO,
    PlatformRule,
    Signature,
    SourceDeclaration,
    TimeRule,
)
from transforms.sources.headers import known_header

_LINKEDIN = PlatformRule(constant="linkedin")

LINKEDIN_UPDATES = SourceDeclaration(
    code="linkedin_updates",
    title="LinkedIn page updates",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(
        Signature(header=("Update title", "Update link", "Created date"), sheets=("Update Engagement",)),
        Signature(header=("Update title", "Update link", "Created date", "Impressions")),
        Signature(header=("Post title", "Post link", "Created date", "Impressions")),
    ),
    known_header=known_header("linkedin_updates"),
    columns={
        "url": ("Update link", "Post link"),
        "post_text": ("Update title", "Post title"),
        "post_type_code": ("Update type", "Content Type"),
        "like_count": ("Likes",),
        "share_count": ("Shares", "Reposts"),
        "comment_count": ("Comments",),
        "view_count": ("Video views", "Views"),
        "impression_count": ("Impressions",),
    },
    # The day is a serial or a date cell; the exact time is in the activity's id.
    time=TimeRule(
        columns=("Created date",), formats=(ISO, "%m/%d/%Y", "%Y-%m-%d", EXCEL_SERIAL), zone=ACCOUNT, is_day_only=True
    ),
    platform=_LINKEDIN,
    # The page's name stands nowhere in the sheet, only in the name LinkedIn gives the file.
    account_in_name=r"(?i)^([a-z0-9&.'-]{2,80}(?:_[a-z0-9&.'-]+)*?)_(?:updates|content|posts)_\d+",
    dropped=("Posted by",),
)

LINKEDIN_TOTALS = SourceDeclaration(
    code="linkedin_totals",
    title="LinkedIn page figures by day",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(
        Signature(header=("Date", "Impressions (organic)", "Clicks (organic)")),
        Signature(header=("Date", "Overview page views (desktop)")),
        Signature(header=("Date", "Organic followers", "Total followers")),
    ),
    columns={},
    time=TimeRule(columns=("Date",), formats=("%m/%d/%Y",)),
    platform=_LINKEDIN,
    refused_because="it holds totals by day, no posts; export Updates instead",
)
