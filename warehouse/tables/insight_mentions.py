"""The tables that say why a mention is about a brand or a topic: which clause matched, where, and the mood there."""

from warehouse.tables import columns as c
from warehouse.tables.contract import TableContract

_WHERE = (
    c.query_version.required().saying("Of the brand's or the topic's query."),
    c.clause_text.required(),
    c.match_text.saying("Null where metadata alone made the query match."),
    c.match_start.saying("Null where the title or metadata matched."),
    c.match_end.saying("Null where the title or metadata matched."),
    c.match_count.required(),
)

MENTION_BRAND = TableContract(
    name="mart.mention_brand",
    question="Why does a mention count for a brand, and how does it speak of that brand?",
    grain="one row per mention and brand of the panel it names, posts of official accounts included",
    key=("mention_id", "brand_id"),
    partition="mention_date",
    columns=(
        c.mention_id.required(),
        c.brand_id.required(),
        c.mention_date.required(),
        *_WHERE,
        c.sentiment_score.saying("Towards the brand."),
        c.sentiment_label.required().saying("Towards the brand."),
        c.sentiment_basis_code.required(),
    ),
)

MENTION_TOPIC = TableContract(
    name="mart.mention_topic",
    question="Why does a mention count for a topic?",
    grain="one row per mention and topic of listening.yaml it touches, brands named or not, official posts included",
    key=("mention_id", "topic_id"),
    partition="mention_date",
    columns=(c.mention_id.required(), c.topic_id.required(), c.mention_date.required(), *_WHERE),
)

TABLES = (MENTION_BRAND, MENTION_TOPIC)
