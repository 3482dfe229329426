"""The compiled word splitter gives the words of the spelled-out one, on any text."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.query.characters import TABLE_SIZE, character_tables
from transforms.query.word_kernel import split_texts
from transforms.query.words import Word, split_words

PIECES = [
    *(
        "apple",
        "Pie",
        "ÉTÉ",
        "e\u0301",
        "o\u0323\u0302",
        "o\u0302\u0323",
        "ß",
        "İ",
        "œuvre",
        "l'",
        "l’",
        "-",
        "_",
        "+",
        " ",
    ),
    *(
        "#",
        "@",
        "$",
        "＃",
        "＠",
        ".",
        "https://x.co/a?b=(c)",
        "www.",
        "HTTP://É",
        "http:/",
        "東京",
        "タワー",
        "か\u3099",
    ),
    *(
        "삼성",
        "\u1112\u1161\u11ab",
        "\u1161",
        "กิน",
        "हिन्दी",
        "\u200d",
        "\u200b",
        "\ufe0f",
        "\u20e3",
        "\u00ad",
        "❤",
        "🔥",
    ),
    *(
        "👍🏽",
        "🏽",
        "👩\u200d💻",
        "🇫🇷",
        "🇫",
        "🏴\U000e0067\U000e007f",
        "1",
        "\U00020000",
        "\ue000",
        "*",
        "?",
        "\u2066",
        "ǅ",
        "\x00",
    ),
]
TEXTS = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


def compiled_words(texts: list[str], *, fold_accents: bool) -> list[list[Word]]:
    encoded = [text.encode() for text in texts]
    data = np.frombuffer(b"".join(encoded), np.uint8)
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    columns = split_texts(data, offsets, character_tables(fold_accents=fold_accents))
    found = []
    for number, text in enumerate(texts):
        words: list[Word] = []
        for at in range(columns.text_starts[number], columns.text_starts[number + 1]):
            points = columns.points[columns.point_starts[at] : columns.point_starts[at + 1]].tolist()
            start, end = int(columns.char_starts[at]), int(columns.char_ends[at])
            sigil = chr(columns.sigils[at]) if columns.sigils[at] else ""
            gap = text[words[-1].end : start] if words else text[:start]
            words.append(Word(tuple(points), start, end, sigil, gap, int(columns.kinds[at])))
            spelled = text.encode()[columns.byte_starts[at] - offsets[number] : columns.byte_ends[at] - offsets[number]]
            assert spelled.decode() == text[start:end]
        found.append(words)
    return found


@pytest.mark.parametrize("fold_accents", [False, True])
@settings(max_examples=120, deadline=None)
@given(texts=st.lists(TEXTS, max_size=5))
def test_compiled_words_are_the_spelled_out_words(texts: list[str], fold_accents: bool) -> None:
    expected = [split_words(text, fold_accents=fold_accents) for text in texts]
    assert compiled_words(texts, fold_accents=fold_accents) == expected


@given(text=TEXTS)
def test_words_follow_one_another_without_overlap(text: str) -> None:
    words = split_words(text, fold_accents=False)
    assert all(word.start < word.end for word in words)
    assert all(left.end <= right.start for left, right in itertools.pairwise(words))


def test_folding_never_takes_more_room_than_the_kernel_reserves() -> None:
    for fold_accents in (False, True):
        tables = character_tables(fold_accents=fold_accents)
        lengths = np.diff(tables.fold_starts)
        byte_lengths = np.array([1] * 0x80 + [2] * 0x780 + [3] * 0xF800 + [4] * (TABLE_SIZE - 0x10000))
        assert (lengths <= 2 * byte_lengths).all()
