"""What lets a reader follow a number back: what earlier exports said of a post, and the warnings of each table."""

import polars as pl

from warehouse.tables import columns as c
from warehouse.tables.contract import UTC_MICROSECONDS, Column, TableContract

snapshot_at = Column(
    "snapshot_at",
    UTC_MICROSECONDS,
    "When the counters were read, as far as the export tells: see snapshot_basis_code. UTC.",
    "utc",
)
snapshot_basis_code = Column(
    "snapshot_basis_code",
    pl.String,
    "How snapshot_at is known: collected (the record says when it was read), last_record (the last record of the file: "
    "the export is no older).",
    "code",
    allowed=("collected", "last_record"),
)
warned_table_name = Column("warned_table_name", pl.String, "Listening table that the file's records went into.", "code")
warning_number = Column(
    "warning_number", pl.Int64, "Number of the warning within the file, from 1.", "count", minimum=1
)
warning_text = Column("warning_text", pl.String, "The warning: what limits the numbers made of the file.", "text")
first_record_date = Column(
    "first_record_date", pl.Date, "Day of the file's first record: the warning concerns the table from here on.", "day"
)
last_record_date = Column(
    "last_record_date", pl.Date, "Day of the file's last record: the warning concerns the table up to here.", "day"
)

_AS_TOLD = "As this export said; the post's own row holds the highest value of all exports."

MENTION_COUNTER_SNAPSHOT = TableContract(
    name="mart.mention_counter_snapshot",
    question="What did each export say of the counters of a post that several exports hold?",
    grain="one row per post and export file, of posts in more than one file",
    key=("mention_id", "file_id"),
    owner="team:data-platform",
    columns=(
        c.mention_id.required(),
        c.file_id.required(),
        c.source_code.required(),
        snapshot_at.required(),
        snapshot_basis_code.required(),
        c.like_count.saying(_AS_TOLD),
        c.share_count.saying(_AS_TOLD),
        c.comment_count.saying(_AS_TOLD),
        c.view_count.saying(_AS_TOLD),
        c.impression_count.saying(_AS_TOLD),
        c.reach_count.saying(_AS_TOLD),
        c.author_follower_count,
    ),
)

POST_COUNTER_SNAPSHOT = TableContract(
    name="mart.post_counter_snapshot",
    question="What did each export say of the counters of an account's post that several exports hold?",
    grain="one row per post and export file, of posts in more than one file",
    key=("post_id", "file_id"),
    owner="team:data-platform",
    columns=(
        c.post_id.required(),
        c.file_id.required(),
        c.source_code.required(),
        snapshot_at.required(),
        snapshot_basis_code.required(),
        c.like_count.saying(_AS_TOLD),
        c.share_count.saying(_AS_TOLD),
        c.comment_count.saying(_AS_TOLD),
        c.view_count.saying(_AS_TOLD),
        c.impression_count.saying(_AS_TOLD),
        c.reach_count.saying(_AS_TOLD),
        c.save_count.saying(_AS_TOLD),
        c.account_follower_count,
    ),
)

TABLE_WARNING = TableContract(
    name="mart.table_warning",
    question="Which warnings of which files go with each listening table?",
    grain="one row per listening table, file its records came from, and warning of that file",
    key=("warned_table_name", "file_id", "warning_number"),
    owner="team:data-platform",
    columns=(
        warned_table_name.required(),
        c.file_id.required(),
        warning_number.required(),
        c.file_name.required(),
        c.source_code.required(),
        first_record_date.required(),
        last_record_date.required(),
        warning_text.required(),
    ),
)

TABLES = (MENTION_COUNTER_SNAPSHOT, POST_COUNTER_SNAPSHOT, TABLE_WARNING)
