"""Queries with a name: versions that follow the meaning, and queries made of plain alias lists."""

import polars as pl
import pytest

from transforms.query.matcher import match_queries
from transforms.query.named import named_query, query_from_aliases
from transforms.query.parser import parse_query


def found_by(aliases: list[str], exclusions: list[str], text: str) -> list[str]:
    """The words that name the brand in a text."""
    mentions = pl.DataFrame({"mention_id": ["m"], "mention_text": [text]})
    matches = match_queries(mentions, [query_from_aliases("brand", aliases, exclusions)])
    spans = matches["match_spans"].explode().drop_nulls() if matches.height else []
    return [text[span["match_start"] : span["match_end"]] for span in spans]


@pytest.mark.parametrize(
    ("alias", "text", "found"),
    [
        ("Apple", "apple @Apple #APPLE apples pineapple", ["apple", "Apple", "APPLE"]),
        ("L'Oréal", "l’oréal and L'OREAL", ["l’oréal"]),
        ("Blue Wave", "Blue-Wave #BlueWave @blue_wave bluewave blue waves", ["Blue-Wave", "#BlueWave", "@blue_wave"]),
        ("H&M", "at H&M, #hm or h m", ["H&M", "h m"]),
        ("Canal+", "canal+ canal #canal", ["canal+"]),
        ("東京タワー", "新東京タワーへ #東京タワー", ["東京タワー", "東京タワー"]),
        ("@acme_help", "acme_help @ACME_help", ["@ACME_help"]),
        ("#acme", "acme #acme", ["#acme"]),
        ("$ACME", "ACME $acme", ["$acme"]),
        ("M*A*S*H", "watching m.a.s.h", ["m.a.s.h"]),
        ("Yahoo!", "yahoo", ["yahoo"]),
        ('Say "hi"', "say hi", ["say hi"]),
        ("AND", "and so on", ["and"]),
    ],
)
def test_an_alias_is_found_as_whole_words_and_as_a_tag(alias: str, text: str, found: list[str]) -> None:
    assert found_by([alias], [], text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("apple pie", []),
        ("Apple makes apple pie", ["Apple"]),
        ("Apple PIE by Apple", ["Apple"]),
        ("a pie from Apple", ["Apple"]),
        ("big apple pie", []),
        ("#applepie Apple", ["Apple"]),
    ],
)
def test_an_exclusion_blocks_only_the_occurrence_it_overlaps(text: str, found: list[str]) -> None:
    assert found_by(["Apple"], ["apple pie", "Big Apple"], text) == found


def test_an_alias_query_is_an_ordinary_query_that_reads_back() -> None:
    named = query_from_aliases("brand", ["Apple", "iPhone", "Apple"], ["apple pie"])
    assert named.query.text == '("Apple" OR "iPhone") EXCEPT "apple pie"'
    assert parse_query(named.query.text).root == named.query.root
    assert (named.query_id, named.kind) == ("brand", "brand")


def test_the_version_follows_the_meaning_not_the_spelling() -> None:
    version = named_query("q", "apple OR pear", "topic").version
    assert named_query("other", "((apple)  OR\npear)", "brand").version == version
    assert named_query("q", "apple AND pear", "topic").version != version
    assert len(version) == 12


@pytest.mark.parametrize(("aliases", "said"), [([], "no aliases"), (["ok", " !? "], '" !')])
def test_a_brand_without_anything_to_find_is_refused_by_name(aliases: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=f"brand 'acme'.*{said}"):
        query_from_aliases("acme", aliases)
