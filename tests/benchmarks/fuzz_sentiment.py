"""Compares the sentiment kernel with vaderSentiment on a great many texts and prints the number of mismatches.

Usage: python tests/benchmarks/fuzz_sentiment.py [--count 500000] [--seed 1] [LABELLED.csv ...]
The generated texts are made of what VADER has rules for (its words, negations, boosters, idioms, emoji, punctuation,
capitals) and of what breaks readers of text (white space of every kind, case without equal, halves of emoji, other
scripts). Texts of the files' column `text` are compared too. Exit code 1 if anything differs.
"""

import argparse
import random
import struct
import sys
import time
from collections.abc import Iterator

import polars as pl
from vaderSentiment import vaderSentiment as vader

from transforms.text.lexicons import english_vader
from transforms.text.sentiment import vader_scores

SPACES = [*[" "] * 40, "  ", *"\t\n\u00a0\u2003\u3000\x1c\x1f\x85\u2028\u200b\x00"]
RULE_WORDS = "no or nor but kind of never so this without doubt least at very n't isn't don't the a I just enough sort"
ODD_CASE = "İ ı ß ẞ ŉ ǅ Σ ς σ \u212a Å ſ ﬁ Ⓐ 🅰 𝐀 ª ʰ Ⅷ Ա ა Ა Ꭰ ꭰ"
MARKS = "! ? . , ; : ' \" ( ) [ ] { } * # @ _ - / \\ & % $ ^ ~ ` | < > = + !!! ??? ... ’ … — !? :) :-( <3 n't"
FILLER = "phone train acme news it was today x 12 2024 café naïve straße łódź"


class Texts:
    """An endless supply of texts for one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        lexicon = english_vader()
        self.rated = list(lexicon.words)
        self.emoji = list(lexicon.emojis)
        self.modifiers = [*vader.NEGATE, *vader.BOOSTER_DICT, *RULE_WORDS.split(" ")]
        self.phrases = [
            *vader.SPECIAL_CASES,
            *(word for word in vader.BOOSTER_DICT if " " in word),
            *vader.SENTIMENT_LADEN_IDIOMS,
        ]
        self.odd_case, self.marks, self.filler = ODD_CASE.split(" "), MARKS.split(" "), FILLER.split(" ")

    def word(self) -> str:
        kind = self.random.random()
        if kind < 0.38:
            word = self.random.choice(self.rated)
        elif kind < 0.66:
            word = self.random.choice(self.modifiers)
        elif kind < 0.72:
            word = self.random.choice(self.phrases)
        elif kind < 0.86:
            word = self.random.choice(self.filler)
        elif kind < 0.92:
            word = self.random.choice(self.emoji) * self.random.choice([1, 1, 2])
        elif kind < 0.95:
            word = self.random.choice(self.odd_case) + self.random.choice(["", *self.filler, *self.odd_case])
        elif kind < 0.97:
            word = "".join(self.character() for _ in range(self.random.randint(1, 5)))
        else:
            word = self.random.choice(self.marks)
        return self.dressed(word)

    def character(self) -> str:
        code = self.random.choice([0x100, 0x3000, 0x10000, 0x20000, 0x110000])
        return chr(
            self.random.choice([c for c in (self.random.randrange(code),) if not 0xD800 <= c < 0xE000] or [0x41])
        )

    def dressed(self, word: str) -> str:
        kind = self.random.random()
        if kind < 0.15:
            word = word.upper()
        elif kind < 0.22:
            word = word.capitalize()
        elif kind < 0.24:
            word = "".join(self.random.choice((char.upper(), char.lower())) for char in word)
        elif kind < 0.26:
            word = word.replace("k", "K").replace("i", "İ")
        if self.random.random() < 0.18:
            word += self.random.choice(self.marks)
        if self.random.random() < 0.06:
            word = self.random.choice(self.marks) + word
        if self.random.random() < 0.03:
            word += self.random.choice(["\ufe0f", "\u200d", "😂", "'s"])
        return word

    def __iter__(self) -> Iterator[str]:
        while True:
            length = self.random.choice([0, 1, 2, 3, 4, 4, 5, 5, 6, 7, 8, 10, 14])
            pool = [self.word() for _ in range(length)]
            if length > 4 and self.random.random() < 0.3:
                pool = self.random.choices(pool, k=length)
            spaces = (self.random.choice(SPACES) if self.random.random() < 0.97 else "" for _ in pool)
            text = "".join(part for pair in zip(pool, spaces, strict=True) for part in pair)
            # the kernel reads plain ASCII in a way of its own
            yield text.encode("ascii", "ignore").decode() if self.random.random() < 0.4 else text


def bits(scores: tuple[float, ...]) -> bytes:
    """Equal only for the same doubles, the sign of zero included."""
    return struct.pack("<4d", *scores)


def mismatches(
    texts: list[str], analyzer: vader.SentimentIntensityAnalyzer
) -> list[tuple[str, dict[str, float], tuple[float, ...]]]:
    found = []
    for text, scores in zip(texts, vader_scores(pl.Series(texts, dtype=pl.String)).iter_rows(), strict=True):
        expected = analyzer.polarity_scores(text)
        if bits(scores) != bits((expected["compound"], expected["pos"], expected["neu"], expected["neg"])):
            found.append((text, expected, scores))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    analyzer = vader.SentimentIntensityAnalyzer()
    real = [text for path in arguments.files for text in pl.read_csv(path)["text"].drop_nulls().to_list()]
    wrong = mismatches(real, analyzer)
    supply, compared, start = iter(Texts(arguments.seed)), len(real), time.perf_counter()
    while compared - len(real) < arguments.count:
        texts = [next(supply) for _ in range(min(20_000, arguments.count - compared + len(real)))]
        wrong += mismatches(texts, analyzer)
        compared += len(texts)
    for text, expected, got in wrong[:10]:
        print(f"{text!r}\n  vaderSentiment {expected}\n  kernel         {got}")
    took = time.perf_counter() - start
    print(f"seed {arguments.seed}: {compared:,} texts ({len(real):,} real), {len(wrong)} mismatches, {took:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
