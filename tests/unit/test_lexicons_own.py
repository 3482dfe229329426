"""A workspace's own lexicon files: what they change in the scores, and how their mistakes are told."""

from pathlib import Path

import polars as pl
import pytest

from assets.parameters import core_version, sentiment_params
from transforms.text.improved import score_improved
from transforms.text.lexicons_own import own_lexicon, own_words
from transforms.text.sentiment import score_mentions
from warehouse.configuration import Configuration, ConfigurationError, load_configuration

WHOLE = (
    "#lexicon_id: dutch\n#version: 3\n#language_code: nl\n#licence: own\n#source: us\nword\t2\tgoed\nnegator\t\tniet\n"
)


def configured(folder: Path, content: str, language: str = "nl", file: str = "words.tsv") -> Configuration:
    (folder / "words.tsv").write_text(content, encoding="utf-8")
    declaration = folder / "listening.yaml"
    declaration.write_text(
        "workspace: {name: w, reporting_zone: UTC, languages: [en, fr, nl]}\n"
        "brands: [{id: acme, name: Acme, role: own, aliases: [acme]}]\n"
        f"sentiment:\n  lexicons:\n    - {{language: {language}, file: {file}}}\n",
        encoding="utf-8",
    )
    return load_configuration(declaration)


def scored(configuration: Configuration, *texts: str, language: str = "nl") -> list[float | None]:
    codes = pl.Series([language] * len(texts))
    return score_mentions(pl.Series(texts), codes, sentiment_params(configuration))["sentiment_score"].to_list()


def test_a_list_of_words_scores_a_language_that_has_no_lexicon(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "# our words\nGOED\t2.5\n\nslecht\t-2\n")
    good, bad, neither, emoji = scored(configuration, "heel goed!", "slecht, acme", "een fiets", "een fiets 🔥")
    assert good is not None and bad is not None and emoji is not None
    assert good > 0.4 and bad < -0.4 and neither == 0.0 and emoji > 0
    reference = score_mentions(pl.Series(["goed"]), pl.Series(["nl"]), sentiment_params(configuration))
    assert reference["sentiment_lexicon_id"][0].startswith("own-nl@")


def test_a_list_of_words_is_laid_over_a_shipped_lexicon(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "leaky\t-2\nmeh\t0.5\ngreat\t0\n", language="en")
    assert scored(configuration, "a great one", language="en") == [0.0]
    (leaky,) = scored(configuration, "a leaky one", language="en")
    assert leaky is not None and leaky < -0.4
    improved = score_improved(pl.Series(["meh"]), pl.Series(["en"]), sentiment_params(configuration))
    assert improved["sentiment_improved_score"][0] > 0  # the layer takes weak praise out, but not the user's


def test_a_whole_lexicon_brings_rules_of_its_own(tmp_path: Path) -> None:
    good, negated = scored(configured(tmp_path, WHOLE), "goed", "niet goed")
    assert good is not None and negated is not None and good > 0 > negated


def test_another_content_is_another_version_of_the_posts(tmp_path: Path) -> None:
    first = configured(tmp_path, "goed\t2\n")
    assert core_version(first) == core_version(configured(tmp_path, "goed\t2\n"))
    second = configured(tmp_path, "goed\t2.5\n")
    assert core_version(second) != core_version(first)
    assert second.configuration_id != first.configuration_id
    assert core_version(configured(tmp_path, WHOLE)) != core_version(configured(tmp_path, WHOLE + "word\t1\tfijn\n"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("goed 2\n", "words.tsv, line 1: expected term<TAB>score, found 'goed 2'"),
        ("goed\t2\nslecht\tbad\n", "words.tsv, line 2: 'bad' is not a number such as -1.5"),
        ("goed\t7\n", "words.tsv, line 1: 7 is not between -4 and 4"),
        ("goed\tnan\n", "words.tsv, line 1: nan is not between"),
        ("heel goed\t2\n", "words.tsv, line 1: 'heel goed' is not one word"),
        ("\t2\n", "words.tsv, line 1: '' is not one word"),
        ("goed\t2\nGoed\t1\n", "words.tsv, line 2: 'goed' has another score in a line above"),
        ("# nothing\n", "words.tsv: no words in it"),
        (WHOLE.replace("nl", "de"), "words.tsv: is for 'de', but declared for 'nl'"),
        (WHOLE + "mot\t1\tx\n", "words.tsv, line 8: expected 'kind<TAB>value<TAB>words'"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line_and_where_it_is_declared(
    tmp_path: Path, content: str, told: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        configured(tmp_path, content)
    (problem,) = caught.value.problems
    assert told in problem and "listening.yaml:5:" in problem and "sentiment.lexicons[0]" in problem


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"file": "none.tsv"}, "not found"),
        ({"file": "../words.tsv"}, "has to be inside the workspace"),
        ({"file": "/etc/passwd"}, "has to be inside the workspace"),
        ({"language": "dutch"}, "should match pattern"),
        ({"language": "de"}, "'de' is not among workspace.languages"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, changed: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        configured(tmp_path, "goed\t2\n", **changed)


def test_two_files_for_one_language_are_refused(tmp_path: Path) -> None:
    configured(tmp_path, "goed\t2\n")
    text = (tmp_path / "listening.yaml").read_text(encoding="utf-8")
    (tmp_path / "listening.yaml").write_text(text + "    - {language: nl, file: words.tsv}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="two files for 'nl'"):
        load_configuration(tmp_path / "listening.yaml")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert own_words("\ufeffgoed\t2\r\nslecht\t-1\r\n", "f") == {"goed": 2.0, "slecht": -1.0}
    assert own_lexicon("goed\t2\n", "nl", "f").language_code == "nl"
