"""A workspace's own lexicon files: words with scores in a declared language, checked, with errors that name the line.

Belongs here: reading the text of such a file. Which files there are is said in listening.yaml.
"""

import math
import re
import zlib
from dataclasses import replace

from transforms.text.lexicons import Lexicon, RuleWords, emoji_valences, parse_lexicon, with_emojis

LARGEST_SCORE = 4.0
_HEADER = re.compile(r"^#\s*lexicon_id\s*:", re.MULTILINE)


def is_whole_lexicon(text: str) -> bool:
    """Whether the file is a lexicon with rules of its own (`#lexicon_id: ...`), not a plain list of words."""
    return bool(_HEADER.search(text))


def own_words(text: str, name: str) -> dict[str, float]:
    """The words of a plain list, `term<TAB>score` a line; empty lines and lines that begin with # say nothing.

    Scores are -4 (worst) to 4 (best); 0 takes a word out of the shipped lexicon. Raises ValueError with the line and
    the remedy.
    """
    words: dict[str, float] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        place = f"{name}, line {number}"
        term, tab, told = line.partition("\t")
        if not tab:
            raise ValueError(f"{place}: expected term<TAB>score, found {line[:40]!r}")
        term = term.strip().lower()
        if len(term.split()) != 1:
            raise ValueError(f"{place}: {term!r} is not one word: give a score to single words only")
        score = _score(told.strip(), place)
        if words.setdefault(term, score) != score:
            raise ValueError(f"{place}: {term!r} has another score in a line above: keep one")
    if not words:
        raise ValueError(f"{name}: no words in it; write one a line, term<TAB>score")
    return words


def _score(told: str, place: str) -> float:
    try:
        score = float(told)
    except ValueError:
        raise ValueError(f"{place}: {told[:40]!r} is not a number such as -1.5") from None
    if not math.isfinite(score) or abs(score) > LARGEST_SCORE:
        raise ValueError(f"{place}: {told} is not between -{LARGEST_SCORE:g} and {LARGEST_SCORE:g}")
    return score


def own_lexicon(text: str, language_code: str, name: str) -> Lexicon:
    """A lexicon for a language out of a file: one with rules of its own, or a plain list of words with the emoji.

    Its version ends in a checksum of the text, so that another text is another version. Raises ValueError with the line
    and the remedy.
    """
    checksum = f"{zlib.crc32(text.encode()):08x}"
    if is_whole_lexicon(text):
        lexicon = parse_lexicon(text.removeprefix("\ufeff"), emojis=emoji_valences(), name=name)
        if lexicon.language_code != language_code:
            raise ValueError(f"{name}: is for {lexicon.language_code!r}, but declared for {language_code!r}")
        return replace(lexicon, version=f"{lexicon.version}+{checksum}")
    bare = Lexicon(f"own-{language_code}", checksum, language_code, "the workspace's own", name, own_words(text, name))
    return with_emojis(replace(bare, squeezes_letters=True, rule_words=RuleWords()), emoji_valences())
