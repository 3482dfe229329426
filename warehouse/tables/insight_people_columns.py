"""Columns of the insight tables about people that no other table has, and the calendar month."""

from warehouse.tables.insight_columns import count, day, flag, ratio, text

LADDER_STEPS = (
    *("mass", "inactive", "passive", "clicker", "sharer", "commenter"),
    *("contributor", "facilitator", "ambassador"),
)
month_date = day("month_date", "First day of the month, in the reporting zone.")
creator_count = count("creator_count", "Authors with a post or article of their own.")
participant_count = count("participant_count", "Authors who only repost, quote, reply or comment.")
creator_ratio = ratio(
    "creator_ratio",
    "Creators / authors. The rule 90-9-1 lets expect 0.1; the 90 who only read cannot be seen in exports.",
    metric_id="participation",
)
single_mention_author_ratio = ratio(
    "single_mention_author_ratio", "Share of the authors with one mention only.", metric_id="participation"
)
top_1_percent_ratio = ratio(
    "top_1_percent_ratio",
    "Share of the mentions by the most active 1 % of authors (at least one author).",
    metric_id="participation",
)
top_10_percent_ratio = ratio(
    "top_10_percent_ratio",
    "Share of the mentions by the most active 10 % of authors; 90-9-1 lets expect 0.9.",
    metric_id="participation",
)
gini_ratio = ratio(
    "gini_ratio", "Gini coefficient of mentions per author: 0 all alike, 1 one author only.", metric_id="participation"
)
country_or_other_code = text(
    "country_or_other_code",
    "Country as exported, ISO 3166-1 alpha-2; 'other' for countries with too few authors.",
    "code",
)
author_ratio = ratio("author_ratio", "Authors of the country / authors whose country is given.")
country_coverage_ratio = ratio("country_coverage_ratio", "Share of the authors whose country the exports give.")
step_count = count("step_count", "Number of the step, 1 (mass) to 9 (ambassador).", minimum=1, maximum=9)
ladder_step_code = text("ladder_step_code", "Step of the engagement ladder.", "code", allowed=LADDER_STEPS)
is_observable = flag("is_observable", "Exports show people on this step.")
step_text = text("step_text", "Who is counted on the step, or why nobody can be.")
author_count = count(
    "author_count", "Authors whose highest step of the month it is; null where exports cannot show it."
)
author_role_code = text(
    "author_role_code", "Stands by the brand, or against it.", "code", allowed=("ambassador", "detractor")
)
as_of_date = day("as_of_date", "Last day that was looked at.")
author_mention_count = count("author_mention_count", "Mentions of the brand, replies under such mentions included.")
active_week_count = count("active_week_count", "Weeks with such a mention.")
defence_count = count("defence_count", "Positive answers to negative posts of others.")
