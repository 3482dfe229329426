"""Which words of a post speak about which brand, for posts that name several.

Belongs here: cutting a text into clauses around brand names and saying what each brand is to be scored on. Rules of
languages are in `clause_rules`; scoring is not done here.

1. The text is cut at sentence ends, commas, contrasts ("but", "tandis que"), "and" between clauses (not between names),
emoji,
   and where a comparison sets one brand against the next.
2. A clause that only names a brand joins the list it stands in ("I love A, B and C"), a clause without a brand joins
the brand
   before it ("A is fast but expensive"), a sentence without a brand the sentence before if that names one brand.
3. A comparison adds evidence: for the winner and, with the sign turned, for the loser.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from transforms.query.clause_rules import ClauseRules, Comparison, clause_rules

_MAX_COMPARISON = 100  # characters between two brands beyond which nothing is read as a comparison of them
_BARRIERS = ("contrast", "comparison")
_WORD_CHARACTER = re.compile(r"\w")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_NEXT_WORD = re.compile(r"\W*(\w+)")
_WORD_OR_PICTURE = re.compile(r"\w+|[\u231a-\U0001faff]")


@dataclass(frozen=True, slots=True)
class BrandSpan:
    """Where a brand is named: characters of the text."""

    brand_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A text to score for a brand; `sign` -1 turns the score round."""

    text: str
    sign: int = 1


@dataclass(slots=True)
class _Clause:
    """A stretch of text between separators. `is_bare`: it names brands and says nothing about them; `ends_with_name`:
    no word follows its last brand; `says_also`: what it says is "too".
    """

    start: int
    end: int
    sentence: int
    opener: str  # the kind of separator before it
    brand_ids: list[str]
    verdicts: list[Evidence]
    is_bare: bool = False
    ends_with_name: bool = False
    says_also: bool = False


@dataclass(frozen=True, slots=True)
class _Cut:
    """A separator: the characters it takes, its kind, and for a comparison the verdict on the clauses before and
    after.
    """

    start: int
    end: int
    kind: str
    verdicts: tuple[Evidence, Evidence] | None = None


def brand_evidence(
    text: str, spans: Sequence[BrandSpan], language_code: str | None
) -> dict[str, list[Evidence]] | None:
    """What to score for each brand named in a text, or None where the whole text speaks about all of them, or of none.

    Each brand gets its clauses as one text and one piece per comparison it stands in.
    """
    if not spans:
        return None
    rules = clause_rules(language_code)
    ordered = sorted(spans, key=lambda span: (span.start, span.end, span.brand_id))
    clauses = _joined_names(_cut_up(text, ordered, _cuts(text, ordered, rules), rules))
    clauses, is_all_kept = _joined_brandless(clauses)
    if len(clauses) == 1 and is_all_kept and not clauses[0].verdicts:
        return None
    texts: dict[str, list[str]] = {}
    verdicts: dict[str, list[Evidence]] = {}
    for clause in clauses:
        for brand_id in clause.brand_ids:
            texts.setdefault(brand_id, []).append(text[clause.start : clause.end].strip())
            verdicts.setdefault(brand_id, []).extend(clause.verdicts)
    return {brand_id: [Evidence(". ".join(own)), *verdicts[brand_id]] for brand_id, own in texts.items()}


def _cuts(text: str, spans: list[BrandSpan], rules: ClauseRules) -> list[_Cut]:
    """All separators outside brand names and links, in order, comparisons among them."""
    starts = [span.start for span in spans]
    reach = list(accumulate((span.end for span in spans), max))
    cuts = []
    for found in rules.separators.finditer(text):
        kind = found.lastgroup or ""
        start, end = (found.end(), found.end()) if kind == "picture" else found.span()
        before = bisect_left(starts, end)  # brands that start before the separator ends
        if kind == "link" or (before and reach[before - 1] > start):
            continue
        follows_name = bool(before) and not _WORD_CHARACTER.search(text, reach[before - 1], start)
        if kind == "coordination" and follows_name and _begins_name(text, end, spans[before : before + 1], rules):
            continue
        cuts.append(_Cut(start, end, kind))
    return sorted(cuts + _comparison_cuts(text, spans, cuts, rules), key=lambda cut: (cut.start, cut.end))


def _begins_name(text: str, at: int, following: list[BrandSpan], rules: ClauseRules) -> bool:
    """Whether a brand or a determiner comes next: "A and B", "A and the B"."""
    word = _NEXT_WORD.match(text, at)
    if word is None or word[1].lower() in rules.determiners:
        return True
    return any(span.start <= word.start(1) for span in following)


def _comparison_cuts(text: str, spans: list[BrandSpan], cuts: list[_Cut], rules: ClauseRules) -> list[_Cut]:
    """A cut for every two brands in a row that a comparison stands between, in a sentence that is not a question."""
    found = []
    endings = [cut for cut in cuts if cut.kind == "sentence"]
    ending_starts = [cut.start for cut in endings]
    cut_ends = [cut.end for cut in cuts]
    for first, second in pairwise(spans):
        if first.brand_id == second.brand_id or not 0 < second.start - first.end <= _MAX_COMPARISON:
            continue
        ending = bisect_left(ending_starts, first.end)
        if ending < len(endings):
            ends = endings[ending]
            if ends.start < second.start or "?" in text[ends.start : ends.end]:
                continue
        begin = bisect_right(cut_ends, first.start)
        clause_start = cut_ends[begin - 1] if begin else 0
        candidates = (_compare(text, first, second, rule, clause_start, rules) for rule in rules.comparisons)
        cut = next((cut for cut in candidates if cut is not None), None)
        if cut is not None:
            found.append(cut)
    return found


def _compare(
    text: str, first: BrandSpan, second: BrandSpan, comparison: Comparison, clause_start: int, rules: ClauseRules
) -> _Cut | None:
    """The cut of one comparison between two brands, if it stands there."""
    connector = comparison.connector.match(text[first.end : second.start])
    if connector is None or rules.better_text is None:
        return None
    if comparison.before is not None and not comparison.before.search(text[max(0, first.start - 60) : first.start]):
        return None
    if comparison.after is not None and not comparison.after.match(text[second.end : second.end + 60]):
        return None
    start, end = (first.end + place for place in connector.span("connector"))
    sign = 1 if comparison.verdict in ("first", "clause") else -1
    scored = rules.better_text
    if comparison.verdict == "clause":
        scored = text[clause_start:end]
    elif comparison.verdict == "quality":
        scored = connector["quality"]
    elif rules.negators is not None and rules.negators.search(connector["lead"]):
        sign = -sign
    return _Cut(start, end, "comparison", (Evidence(scored, sign), Evidence(scored, -sign)))


def _cut_up(text: str, spans: list[BrandSpan], cuts: list[_Cut], rules: ClauseRules) -> list[_Clause]:
    """The clauses between the cuts; empty ones are dropped unless they carry a verdict."""
    clauses: list[_Clause] = []
    starts = [span.start for span in spans]
    start, sentence, opener = 0, 0, "sentence"
    verdicts: list[Evidence] = []
    for cut in [*cuts, _Cut(len(text), len(text), "end")]:
        if cut.start < start:
            continue  # inside a longer separator
        if cut.verdicts is not None:
            verdicts.append(cut.verdicts[0])
        has_words = _LETTER_OR_DIGIT.search(text, start, cut.start) is not None
        if has_words or verdicts or cut.kind == "picture":
            inside = spans[bisect_left(starts, start) : bisect_left(starts, cut.start)]
            clauses.append(_clause(text, _Cut(start, cut.start, opener), sentence, inside, verdicts, rules))
            opener = cut.kind
        elif cut.kind in _BARRIERS:
            opener = cut.kind
        verdicts = [cut.verdicts[1]] if cut.verdicts is not None else []
        start = cut.end
        sentence += cut.kind == "sentence"
    return clauses


def _clause(
    text: str, place: _Cut, sentence: int, spans: list[BrandSpan], verdicts: list[Evidence], rules: ClauseRules
) -> _Clause:
    """One clause with what it says beside the names; `place.kind` is the separator before it."""
    rest, at = "", place.start
    for span in spans:
        rest += text[at : span.start] + " "
        at = max(at, span.end)
    after = text[at : place.end]
    others = _WORD_OR_PICTURE.findall((rest + after).lower())
    is_bare = bool(spans) and not verdicts and all(word in rules.also_words | rules.determiners for word in others)
    return _Clause(
        place.start,
        place.end,
        sentence,
        place.kind,
        list(dict.fromkeys(span.brand_id for span in spans)),
        verdicts,
        is_bare=is_bare,
        ends_with_name=bool(spans) and not _WORD_CHARACTER.search(after),
        says_also=is_bare and bool(others),
    )


def _merge(first: _Clause, second: _Clause) -> _Clause:
    """The first clause grown by the one after it (in place: lists of thousands of names are merged one by one)."""
    first.end = second.end
    first.brand_ids = list(dict.fromkeys(first.brand_ids + second.brand_ids))
    first.verdicts.extend(second.verdicts)
    first.is_bare = first.is_bare and second.is_bare
    first.ends_with_name = second.ends_with_name
    first.says_also = first.says_also or second.says_also
    return first


def _joined_names(clauses: list[_Clause]) -> list[_Clause]:
    """Clauses that only name brands, joined to the clause of the list they belong to."""
    joined: list[_Clause] = []
    for number, clause in enumerate(clauses):
        previous = joined[-1] if joined else None
        if previous is None or previous.sentence != clause.sentence or clause.opener in _BARRIERS:
            joined.append(clause)
            continue
        following = clauses[number + 1] if number + 1 < len(clauses) else None
        is_last = following is None or following.sentence != clause.sentence or following.opener in _BARRIERS
        belongs = clause.is_bare and (previous.ends_with_name or clause.says_also or is_last)
        if previous.is_bare or belongs:
            joined[-1] = _merge(previous, clause)
        else:
            joined.append(clause)
    return joined


def _joined_brandless(clauses: list[_Clause]) -> tuple[list[_Clause], bool]:
    """Clauses without a brand joined to the brand they speak about, and whether every clause found one."""
    brands: dict[int, set[str]] = {}
    for clause in clauses:
        brands.setdefault(clause.sentence, set()).update(clause.brand_ids)
    joined: list[_Clause] = []
    waiting: _Clause | None = None  # the start of a sentence, before its first brand
    is_all_kept = True
    for clause in clauses:
        previous = joined[-1] if joined else None
        if clause.brand_ids:
            joined.append(clause if waiting is None else _merge(waiting, clause))
            waiting = None
        elif previous is not None and previous.sentence == clause.sentence:
            joined[-1] = _merge(previous, clause)
        elif brands[clause.sentence]:
            waiting = clause if waiting is None else _merge(waiting, clause)
        elif previous is not None and len(brands[previous.sentence]) == 1:
            joined[-1] = _merge(previous, clause)
        else:
            is_all_kept = False
    return joined, is_all_kept
