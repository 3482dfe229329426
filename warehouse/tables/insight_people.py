"""The insight tables about people: participation, countries, the engagement ladder, ambassadors."""

from warehouse.tables import columns as c
from warehouse.tables import insight_people_columns as i
from warehouse.tables.contract import TableContract

PARTICIPATION_MONTHLY = TableContract(
    name="mart.participation_monthly",
    question="How many people make the conversation, and how unequally?",
    grain="one row per month, platform (and 'all') and brand with known authors",
    key=("month_date", "platform_code", "brand_id"),
    partition="month_date",
    columns=(
        i.month_date.required(),
        c.is_complete_period.required(),
        c.platform_or_all_code.required(),
        c.brand_id.required(),
        c.distinct_author_count.required(),
        c.mention_count.saying("Here: of known authors.").required(),
        i.creator_count.required(),
        i.participant_count.required(),
        i.creator_ratio,
        i.single_mention_author_ratio,
        i.top_1_percent_ratio,
        i.top_10_percent_ratio,
        i.gini_ratio,
    ),
)

AUDIENCE_COUNTRY_MONTHLY = TableContract(
    name="mart.audience_country_monthly",
    question="Where do the authors come from, as far as exports say?",
    grain="one row per month, brand and country (or 'other') with enough authors",
    key=("month_date", "brand_id", "country_or_other_code"),
    partition="month_date",
    columns=(
        i.month_date.required(),
        c.brand_id.required(),
        i.country_or_other_code.required(),
        c.distinct_author_count.required(),
        i.author_ratio,
        i.country_coverage_ratio,
    ),
)

ENGAGEMENT_LADDER_MONTHLY = TableContract(
    name="mart.engagement_ladder_monthly",
    question="How far do people go, from passive to ambassador, and what of it can be seen?",
    grain="one row per month, brand with known authors and step of the ladder",
    key=("month_date", "brand_id", "ladder_step_code"),
    partition="month_date",
    columns=(
        i.month_date.required(),
        c.is_complete_period.required(),
        c.brand_id.required(),
        i.step_count.required(),
        i.ladder_step_code.required(),
        i.is_observable.required(),
        i.author_count,
        i.step_text.required(),
    ),
)

AMBASSADOR = TableContract(
    name="mart.ambassador",
    question="Who stands by a brand under negative posts, and who keeps speaking against it?",
    grain="one row per brand and author who came back over the last thirteen weeks and leans to one side",
    key=("brand_id", "author_id"),
    columns=(
        c.brand_id.required(),
        c.author_id.required(),
        i.author_role_code.required(),
        i.as_of_date.required(),
        i.author_mention_count.required(),
        i.active_week_count.required(),
        c.positive_count.required(),
        c.negative_count.required(),
        i.defence_count.required(),
        c.last_mention_date.saying("Here: of the author.").required(),
    ),
)

TABLES = (PARTICIPATION_MONTHLY, AUDIENCE_COUNTRY_MONTHLY, ENGAGEMENT_LADDER_MONTHLY, AMBASSADOR)
