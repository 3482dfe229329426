"""Which language a mention is written in, and when the answer is that nobody can tell."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from transforms.text.language import LanguageParams, detect_languages, language_code_of_claim
from transforms.text.normalise import text_for_language

ENGLISH_AND_FRENCH = LanguageParams(language_codes=("en", "fr"))


def codes(texts: Sequence[str | None], claimed: Sequence[str | None] | None = None, **params: Any) -> list[str | None]:
    claims = None if claimed is None else pl.Series(claimed, dtype=pl.String)
    found = detect_languages(pl.Series(texts, dtype=pl.String), claims, LanguageParams(("en", "fr"), **params))
    return found["language_code"].to_list()


def test_english_and_french_posts_are_told_apart() -> None:
    texts = [
        "My parcel never arrived and nobody answers the phone",
        "Mon colis n'est jamais arrivé, personne ne répond",
    ]
    assert codes(texts) == ["en", "fr"]


def test_a_post_in_a_language_outside_the_workspace_keeps_its_own_language() -> None:
    texts = ["¿Dónde está mi pedido? Llevo tres semanas esperando", "Wo bleibt mein Paket? Ich warte seit drei Wochen"]
    assert codes(texts) == ["es", "de"]


def test_without_other_languages_every_post_is_forced_into_the_workspace() -> None:
    assert codes(["Wo bleibt mein Paket? Ich warte seit drei Wochen"], other_language_codes=()) == ["en"]


def test_links_handles_and_emoji_say_nothing_about_the_language() -> None:
    texts = ["@where_is_my_order https://shop.example/this-is-all-english 😡 où est mon colis ?"]
    assert codes(texts) == ["fr"]


@pytest.mark.parametrize("text", [None, "", "   ", "👍👍", "123 !!!", "@handle https://t.co/abc", "❤️"])
def test_a_text_without_letters_is_undecidable(text: str | None) -> None:
    found = detect_languages(pl.Series([text], dtype=pl.String), pl.Series(["en"]), ENGLISH_AND_FRENCH)
    assert found.rows() == [(None, None)]


def test_a_word_that_fits_many_languages_is_no_answer() -> None:
    assert codes(["sent"]) == [None]


def test_the_claimed_language_decides_a_word_that_fits_many_languages() -> None:
    assert codes(["sent", "sent"], ["en-US", None]) == ["en", None]


def test_the_claimed_language_does_not_beat_a_text_that_is_clearly_something_else() -> None:
    assert codes(["merci beaucoup pour tout", "これは素晴らしい"], ["en", "en"]) == ["fr", "ja"]


def test_the_claimed_language_has_no_say_in_a_long_text() -> None:
    text = "lo siento pero the service was muy malo and I want my money back ahora"
    unclaimed, claimed = codes([text]), codes([text], ["es"], claimed_odds=1.0000001)
    assert codes([text], ["es"], claimed_odds=1e9) == unclaimed == claimed


def test_a_claim_that_is_no_candidate_language_changes_nothing() -> None:
    assert codes(["great service"] * 3, ["und", "zxx", "eo"]) == codes(["great service"] * 3)


def test_claims_are_read_as_platforms_write_them() -> None:
    claims = pl.Series(["pt-BR", "EN", " fr ", "in", "iw", "zh_Hans", "nb", "und", "qme", "", None, "English"])
    expected = ["pt", "en", "fr", "id", "he", "zh", "no", None, None, None, None, None]
    assert language_code_of_claim(claims).to_list() == expected


def test_a_language_that_the_model_does_not_know_is_named() -> None:
    with pytest.raises(ValueError, match="tlh"):
        detect_languages(pl.Series(["qapla"]), None, LanguageParams(("en", "tlh")))


def test_a_megabyte_of_text_is_one_more_row() -> None:
    assert codes(["the quick brown fox and the lazy dog. " * 27_000, "bonjour à tous les amis"]) == ["en", "fr"]


def test_no_rows_give_an_empty_frame_of_the_same_columns() -> None:
    empty = detect_languages(pl.Series([], dtype=pl.String), None, ENGLISH_AND_FRENCH)
    assert empty.schema == {"language_code": pl.String, "language_confidence_ratio": pl.Float64}
    assert empty.is_empty()


def test_two_threads_answer_as_one() -> None:
    texts = pl.Series(["good morning everyone", "bonne journée à tous", None, "guten Morgen zusammen", "ok", "😀"] * 7)
    one, two = (detect_languages(texts, None, LanguageParams(("en",), thread_count=n)) for n in (1, 2))
    assert one.equals(two)


def test_the_kernel_compiles_where_no_cache_folder_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    from numba.core import caching

    from transforms.text.compiled import compiled

    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])

    def doubled(number: int) -> int:
        return 2 * number

    assert compiled(doubled)(21) == 42


def test_kept_machine_code_belongs_to_the_sources_of_all_kernels() -> None:
    from transforms.text.compiled import sources_checksum
    from transforms.text.language_kernel import score_languages
    from transforms.text.vader_kernel import score_rows

    for kernel in (score_languages, score_rows):
        assert kernel._cache._cache_file._source_stamp[1] == sources_checksum()


def test_answers_and_confidences_are_those_of_the_package_on_labelled_tweets() -> None:
    if "LISTENING_REAL_EXPORTS" not in os.environ:
        pytest.skip("set LISTENING_REAL_EXPORTS to the exports folder to compare on the labelled tweets beside it")
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    path = Path(os.environ["LISTENING_REAL_EXPORTS"]).parent / "evals" / "sentiment" / "umsab_val.csv"
    tweets = pl.read_csv(path)
    params = LanguageParams(("en", "fr"), min_confidence_ratio=0.0)
    found = detect_languages(tweets["text"], None, params)
    package = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    package.set_languages(params.candidate_codes())
    cleaned = text_for_language(tweets["text"])
    for text, code, ratio in zip(cleaned, found["language_code"], found["language_confidence_ratio"], strict=True):
        expected_code, expected_ratio = package.classify(text)
        if code is None:  # no letter, or none of the model's features: the package then answers with its first language
            assert expected_ratio < 0.05 or not any(character.isalpha() for character in text)
        else:
            assert (code, ratio) == (expected_code, pytest.approx(expected_ratio, abs=1e-4)), text
    assert (found["language_code"] == tweets["lang"]).sum() >= 0.977 * len(tweets)
