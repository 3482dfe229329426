"""Laws of language detection: the package's own answers, whatever the text, the batch or the order."""

import re
import unicodedata
from functools import cache
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier, visit_counts

from transforms.text import normalise
from transforms.text.language import LanguageParams, detect_languages
from transforms.text.normalise import nfc, text_for_language

PARAMS = LanguageParams(language_codes=("en", "fr", "de"), min_confidence_ratio=0.0)

_WORDS = (
    "the and is not worst service je suis très déçu de la livraison Straße nicht gut el pedido señor ciao perché não "
    "НЕТ спасибо привет ありがとう 最高 감사합니다 شكرا שלום ขอบคุณ धन्यवाद ĐƯỢC CẢM ƠN café cafe\u0301 İSTANBUL ΣΑΣ"
)
tweets = st.lists(
    st.one_of(
        st.sampled_from(_WORDS.split()),
        st.sampled_from(
            ["@user", "https://x.example/a?b=c", "#Fail", "RT", "😀", "👩‍👩‍👧", "❤️", "1️⃣", "!!!", "\n", "www.a.fr"]
        ),
        st.text(max_size=12),
    ),
    max_size=12,
).map(" ".join)


@cache
def package() -> Any:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(PARAMS.candidate_codes())
    return identifier


@settings(max_examples=300, deadline=None)
@given(st.lists(tweets, min_size=1, max_size=8))
def test_every_answer_is_the_packages_answer_on_the_cleaned_text(texts: list[str]) -> None:
    series = pl.Series(texts)
    found = detect_languages(series, None, PARAMS)
    for text, code, ratio in zip(text_for_language(series), *found.get_columns(), strict=True):
        (first, first_ratio), (second, second_ratio), *_ = package().rank(text)
        features = visit_counts(package().tk_nextmove, package()._rowbase, package().tk_output, text.encode())
        if code is None:  # no letter, or none of the model's features
            assert not any(unicodedata.category(character).startswith("L") for character in text) or not features
        else:
            assert code == first or (code == second and first_ratio - second_ratio < 1e-5)
            assert abs(ratio - first_ratio) < 1e-4


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.none(), tweets), max_size=9), st.integers(1, 5), st.randoms(use_true_random=False))
def test_batches_order_and_neighbours_do_not_matter(texts: list[str | None], size: int, random: Any) -> None:
    series = pl.Series(texts, dtype=pl.String)
    whole = detect_languages(series, None, PARAMS)
    batches = [detect_languages(series[i : i + size], None, PARAMS) for i in range(0, len(texts), size)]
    assert not texts or pl.concat(batches).equals(whole)
    order = list(range(len(texts)))
    random.shuffle(order)
    assert detect_languages(series.gather(order), None, PARAMS).equals(whole[order])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=20), max_size=8))
def test_nfc_is_unicodes_nfc(texts: list[str]) -> None:
    assert nfc(pl.Series(texts, dtype=pl.String)).to_list() == [unicodedata.normalize("NFC", text) for text in texts]


def test_no_code_point_that_nfc_can_change_or_combine_is_skipped() -> None:
    suspect = re.compile(
        re.sub(r"\\x\{([0-9A-F]+)\}", lambda m: f"\\U{int(m[1], 16):08x}", normalise._MAYBE_NOT_NFC_PATTERN)
    )
    decompositions = [unicodedata.decomposition(chr(point)).split() for point in range(0x110000)]
    combine_with_the_one_before = {int(d[1], 16) for d in decompositions if len(d) == 2 and not d[0].startswith("<")}
    skipped = [chr(p) for p in range(0x110000) if not 0xD800 <= p < 0xE000 and not suspect.match(chr(p))]
    assert len(skipped) > 40_000
    for character in skipped:
        assert unicodedata.combining(character) == 0
        assert unicodedata.is_normalized("NFC", character)
        assert ord(character) not in combine_with_the_one_before
