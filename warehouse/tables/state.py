"""What the pipeline remembers between runs, so that only what changed is done again. Private."""

import polars as pl

from warehouse.tables import columns as c
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

TABLES = (FINGERPRINT, TOUCHED_POST)
