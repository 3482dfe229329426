"""A release of any size, made by SQL from a fixed seed: what the dashboard's benchmark reads. Nothing in it is real."""

import json
from pathlib import Path

import duckdb

from warehouse.tables import PUBLISHED

RELEASE_ID = "20260401T060000-benchmark"
BRANDS = ("alder", "birch", "cedar", "elder", "hazel")
DAYS = 90

_MENTIONS = """
CREATE TEMP TABLE seed AS
SELECT i, hash(i || 'a') AS a, hash(i || 'b') AS b, hash(i || 'c') AS c, hash(i || 'd') AS d FROM range({count}) t(i);
INSERT INTO mention BY NAME
WITH base AS (
  SELECT i, a, b, c, d, (a % {days})::INT AS day, (b % 86400)::INT AS second,
    CASE WHEN c % 12 = 0 THEN (c >> 8) % greatest({count} // 60, 1) ELSE 1000000000 + i END AS cluster
  FROM seed
)
SELECT 'x:' || i AS mention_id, DATE '2026-01-01' + day AS mention_date,
  TIMESTAMP '2026-01-01' + to_days(day) + to_seconds(second) AS published_at, 'explicit' AS tz_basis_code,
  ['x','reddit','instagram','youtube','news','blog','forum'][1 + (d % 7)::INT] AS platform_code, 'post' AS kind_code,
  CASE WHEN c % 17 = 0 THEN [{brands}[1 + (a % 5)::INT], {brands}[1 + ((a + 1) % 5)::INT]]
    ELSE [{brands}[1 + least(a % 5, b % 5)::INT]] END AS brand_ids,
  'https://posts.example/' || i AS url, md5((b % 300000)::VARCHAR)[:24] AS author_id, NULL AS author_label,
  (d % 5000)::BIGINT AS author_follower_count, c % 50 = 1 AS is_owned,
  'The machine number ' || i || ' arrived and the crema is ' || ['fine','odd','bad','great'][1 + (c % 4)::INT]
    || ' today' AS mention_text,
  NULL AS title, false AS is_text_withheld, NULL AS claimed_language_code,
  ['en','en','en','fr','de'][1 + (b % 5)::INT] AS language_code, 'FR' AS country_code,
  ((c % 200)::DOUBLE / 100 - 1) AS sentiment_score,
  ['positive','neutral','negative','unscored'][1 + least(c % 4, d % 5)::INT] AS sentiment_label,
  NULL AS vendor_sentiment_label, (d % 90)::BIGINT AS like_count, (c % 9)::BIGINT AS share_count,
  (b % 7)::BIGINT AS comment_count, NULL AS view_count, NULL AS impression_count, NULL AS reach_count,
  (d % 90 + c % 9 + b % 7)::BIGINT AS engagement_count,
  CASE WHEN d % 4 = 0 THEN ['tag' || (c % 40)] ELSE []::VARCHAR[] END AS hashtags, a % 9 = 0 AS is_question,
  c % 21 = 0 AS is_complaint, d % 40 = 0 AS has_purchase_intent, 'c' || cluster AS cluster_id,
  CASE WHEN c % 12 = 0 THEN 5 ELSE 1 END AS cluster_mention_count, 'x:' || i AS original_mention_id,
  'unique' AS duplicate_kind_code,
  ['canonical_mentions'] AS source_codes, 1 AS source_row_count
FROM base ORDER BY mention_date, mention_id
"""

_VOLUME = """
INSERT INTO mention_volume_hourly BY NAME
WITH hours AS (SELECT TIMESTAMP '2026-01-01' + to_hours(h) AS hour_at FROM range({days} * 24) t(h)),
named AS (SELECT date_trunc('hour', published_at) AS hour_at, unnest(brand_ids) AS brand_id, sentiment_label
  FROM mention WHERE NOT is_owned),
counted AS (SELECT hour_at, brand_id, count(*) AS n, count(*) FILTER (sentiment_label = 'negative') AS bad
  FROM named GROUP BY ALL)
SELECT hour_at::DATE AS mention_date, hour_at AS mention_hour_at, 'all' AS platform_code, b.brand_id,
  coalesce(n, 0) AS mention_count, coalesce(n, 0) AS deduplicated_count, coalesce(bad, 0) AS negative_count,
  0 AS unscored_count, coalesce(n, 0) AS distinct_author_count
FROM hours CROSS JOIN (SELECT unnest({brands}) AS brand_id) b LEFT JOIN counted USING (hour_at, brand_id)
"""

_SHARE = """
INSERT INTO share_of_voice_daily BY NAME
SELECT mention_date, platform_code, brand_id, if(brand_id = '{own}', 'own', 'competitor') AS brand_role_code,
  'panel' AS panel_id, sum(mention_count)::BIGINT AS mention_count, sum(mention_count)::BIGINT AS deduplicated_count,
  sum(mention_count)::BIGINT AS distinct_author_count, 0 AS panel_mention_count
FROM mention_volume_hourly GROUP BY mention_date, platform_code, brand_id
"""

_TOWARDS = """
INSERT INTO mention_brand BY NAME
SELECT mention_id, mention_date, brand_id, 'q1' AS query_version, brand_id AS clause_text, 1 AS match_count,
  if(c % 9 = 0, 'negative', sentiment_label) AS sentiment_label,
  if(c % 9 = 0, -0.5, sentiment_score) AS sentiment_score,
  if(c % 9 = 0, 'clause', 'whole_text') AS sentiment_basis_code
FROM (SELECT mention_id, mention_date, unnest(brand_ids) AS brand_id, sentiment_label, sentiment_score,
  if(len(brand_ids) > 1, hash(mention_id) % 9, 1) AS c FROM mention);
INSERT INTO mention_topic BY NAME
SELECT mention_id, mention_date, ['service','price','taste','leaks'][1 + (hash(mention_id) % 4)::INT] AS topic_id,
  'q1' AS query_version, 'x' AS clause_text, 1 AS match_count
FROM mention WHERE hash(mention_id || 't') % 5 = 0;
"""

_REST = """
INSERT INTO data_health_daily BY NAME SELECT DISTINCT mention_date, 'canonical_mentions' AS source_code, 0 AS row_count,
  0 AS mention_count, 0 AS duplicate_row_count, 0 AS matched_count, 0 AS unscored_count, 0 AS withheld_count,
  0 AS zone_assumed_count, false AS is_last_day_partial, []::VARCHAR[] AS warning_texts FROM mention_volume_hourly;
INSERT INTO release BY NAME SELECT '{release}' AS release_id, TIMESTAMP '2026-04-01 06:00:00' AS created_at,
  'x' AS content_id, 'benchmark' AS code_version, 'x' AS configuration_id, 'panel' AS panel_id,
  'UTC' AS reporting_zone_name, min(mention_date) AS first_mention_date, max(mention_date) AS last_mention_date,
  []::VARCHAR[] AS input_file_ids, count(*) AS mention_count, 0 AS check_count, 0 AS failed_check_count,
  []::VARCHAR[] AS warning_texts FROM mention;
"""


def build(workspace: Path, count: int) -> Path:
    """A workspace folder whose published release has `count` mentions over 90 days; returns the release's path."""
    releases = workspace / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    path = releases / f"listening-{RELEASE_ID}.duckdb"
    path.unlink(missing_ok=True)
    connection = duckdb.connect(str(path))
    for contract in PUBLISHED:
        connection.execute(contract.create_sql(f'"{contract.table}"'))
    brands = "[" + ", ".join(f"'{brand}'" for brand in BRANDS) + "]"
    for script in (_MENTIONS, _TOWARDS, _VOLUME, _SHARE, _REST):
        connection.execute(
            script.format(count=count, days=DAYS, brands=brands, own=BRANDS[0], release=RELEASE_ID)
        ).fetchall()
    connection.close()
    path.with_suffix(".json").write_text(json.dumps({"release_id": RELEASE_ID}), encoding="utf-8")
    link = workspace / "listening.duckdb"
    link.unlink(missing_ok=True)
    link.symlink_to(path.relative_to(workspace))
    return path
