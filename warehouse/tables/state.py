"""What the pipeline remembers between runs, so that only what changed is done again. Private."""

import polars as pl

from warehouse.tables import columns as c
from warehouse.tables import insight_account_columns as a
from warehouse.tables import insight_columns as i
from warehouse.tables.contract import Column, TableContract

table_name = Column("table_name", pl.String, "Table of the warehouse the remembered state belongs to.", "code")
state_key = Column("state_key", pl.String, "What is remembered: a day, a brand, or 'all'.", "id")
fingerprint_id = Column(
    "fingerprint_id", pl.String, "Hash of everything that part of the table was computed from.", "id"
)

FINGERPRINT = TableContract(
    name="state.fingerprint",
    question="What was each part of each table computed from?",
    grain="one row per table and part (a day, a brand, or 'all')",
    key=("table_name", "state_key"),
    owner="team:data-platform",
    columns=(table_name.required(), state_key.required(), fingerprint_id.required()),
)

TOUCHED_POST = TableContract(
    name="state.touched_post",
    question="Which posts lost export rows since they were last merged?",
    grain="one row per post",
    key=("mention_id",),
    owner="team:data-platform",
    columns=(c.mention_id.required(),),
)

PART_SUM = TableContract(
    name="state.part_sum",
    question="What do the rows of each part of a published table add up to, as they were last written?",
    grain="one row per table and part (the day, week or month by which its rows are replaced)",
    key=("table_name", "part_date"),
    owner="team:data-platform",
    columns=(
        table_name.required(),
        Column("part_date", pl.Date, "First day of the part.", "day").required(),
        Column("part_row_count", pl.Int64, "Rows of the part.", "count").required(),
        Column(
            "hash_sum_text", pl.String, "Sum of the hashes of its rows, a whole number of any size.", "text"
        ).required(),
    ),
)

_of_the_day = "Hash of the day's posts with all that tables of this kind may read of them."

POST_DAY = TableContract(
    name="state.post_day",
    question="What does each reporting day hold, in one line?",
    grain="one row per reporting day with posts",
    key=("mention_date",),
    owner="team:data-platform",
    columns=(
        c.mention_date.required(),
        Column("held_count", pl.Int64, "Posts held of the day, brands or not.", "count").required(),
        *(
            Column(f"{aspect}_fingerprint_id", pl.String, f"{_of_the_day} Here: {what}.", "id").required()
            for aspect, what in (
                ("posts", "the posts, their brands and clusters"),
                ("topics", "the topics they touch"),
                ("threads", "the posts they answer"),
                ("sources", "the export rows they were read from"),
            )
        ),
    ),
)

FILE_DAY = TableContract(
    name="state.file_day",
    question="Which files hold posts of which day?",
    grain="one row per file and reporting day",
    key=("file_id", "mention_date"),
    owner="team:data-platform",
    columns=(c.file_id.required(), c.mention_date.required()),
)

CHANGED_DAY = TableContract(
    name="state.changed_day",
    question="On which reporting days did posts change since the days were last described?",
    grain="one row per such reporting day",
    key=("mention_date",),
    owner="team:data-platform",
    columns=(c.mention_date.required(),),
)

POST_ORIGIN_DAY = TableContract(
    name="state.post_origin_day",
    question="Which files and formats hold the posts of each reporting day, and what is to be said of these posts?",
    grain="one row per reporting day, set of files and set of formats",
    key=("mention_date", "file_ids", "source_codes"),
    owner="team:data-platform",
    partition="mention_date",
    columns=(
        c.mention_date.required(),
        Column("file_ids", pl.List(pl.String), "The files that hold the posts, sorted.", "list").required(),
        c.source_codes.required(),
        c.mention_count.required(),
        c.matched_count.required(),
        a.official_post_count.required(),
        c.unscored_count.required(),
        c.withheld_count.required(),
        a.moved_day_post_count.required(),
        c.zone_assumed_count.required(),
    ),
)

TERM_DAY = TableContract(
    name="state.term_day",
    question="Which terms did the texts about each brand use on each day, and how many texts each?",
    grain="one row per reporting day, brand with texts and kind of term",
    key=("mention_date", "brand_id", "term_kind_code"),
    owner="team:data-platform",
    partition="mention_date",
    columns=(
        c.mention_date.required(),
        c.brand_id.required(),
        i.term_kind_code.required(),
        i.day_post_count.required(),
        Column("term_texts", pl.List(pl.String), "The terms that are used.", "list").required(),
        Column("term_post_counts", pl.List(pl.Int64), "How many distinct texts use each of them.", "list").required(),
    ),
)

CHANGED_POST = TableContract(
    name="state.changed_post",
    question="Which posts changed, came or went since near-duplicates were last looked for?",
    grain="one row per post",
    key=("mention_id",),
    owner="team:data-platform",
    columns=(c.mention_id.required(),),
)

CLUSTER_KEY = TableContract(
    name="state.cluster_key",
    question="What do posts that may repeat one another have in common?",
    grain="one row per post",
    key=("mention_id",),
    owner="team:data-platform",
    columns=(
        c.mention_id.required(),
        Column("content_key", pl.Int64, "Another if anything changed that clusters depend on.", "id").required(),
        Column("post_hash_id", pl.Int64, "The same for the same post on its platform.", "id"),
        Column("reposted_post_hash_id", pl.Int64, "That of the post that this one reposts.", "id"),
        Column("text_signature", pl.List(pl.Int64), "Texts that are alike have bytes of it in common.", "list"),
    ),
)

TABLES = (
    *(FINGERPRINT, PART_SUM, TOUCHED_POST, POST_DAY, FILE_DAY, CHANGED_DAY, POST_ORIGIN_DAY, TERM_DAY, CHANGED_POST),
    CLUSTER_KEY,
)
