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
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from transforms.query.clause_rules import ClauseRules, Comparison, clause_rules

_MAX_COMPARISON = 100  # characters between two brands beyond which nothing is read as a comparison of them
_BARRIERS = ("contrast", "comparison")


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
    start: int
    end: int
    sentence: int
    opener: str  # the kind of separator before it
    spans: list[BrandSpan] = field(default_factory=list)
    verdicts: list[Evidence] = field(default_factory=list)


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
    clauses = _cut_up(text, ordered, _cuts(text, ordered, rules))
    clauses = _joined_names(clauses, text, rules)
    clauses, is_all_kept = _joined_brandless(clauses)
    if len(clauses) == 1 and is_all_kept and not clauses[0].verdicts:
        return None
    evidence: dict[str, list[Evidence]] = {}
    for brand_id in dict.fromkeys(span.brand_id for span in ordered):
        own = [clause for clause in clauses if any(span.brand_id == brand_id for span in clause.spans)]
        texts = [text[clause.start : clause.end].strip() for clause in own]
        evidence[brand_id] = [Evidence(". ".join(texts)), *(verdict for clause in own for verdict in clause.verdicts)]
    return evidence


def _cuts(text: str, spans: list[BrandSpan], rules: ClauseRules) -> list[_Cut]:
    """All separators outside brand names and links, in order, comparisons among them."""
    cuts = []
    for found in rules.separators.finditer(text):
        kind = found.lastgroup or ""
        start, end = (found.end(), found.end()) if kind == "picture" else found.span()
        is_inside = any(span.start < end and start < span.end for span in spans)
        if kind == "link" or is_inside or (kind == "coordination" and _joins_names(text, spans, start, end, rules)):
            continue
        cuts.append(_Cut(start, end, kind))
    return sorted(cuts + _comparison_cuts(text, spans, cuts, rules), key=lambda cut: (cut.start, cut.end))


def _joins_names(text: str, spans: list[BrandSpan], start: int, end: int, rules: ClauseRules) -> bool:
    """Whether this "and" stands between two names: a brand right before it, a brand or the start of a name after."""
    if not any(span.end <= start and not re.search(r"\w", text[span.end : start]) for span in spans):
        return False
    word = re.compile(r"\W*(\w+)").match(text, end)
    if word is None or word[1].lower() in rules.determiners:
        return True
    return any(span.start <= word.start(1) < span.end for span in spans)


def _comparison_cuts(text: str, spans: list[BrandSpan], cuts: list[_Cut], rules: ClauseRules) -> list[_Cut]:
    """A cut for every two brands in a row that a comparison stands between, in a sentence that is not a question."""
    found = []
    for first, second in pairwise(spans):
        between = text[first.end : second.start]
        if first.brand_id == second.brand_id or not 0 < len(between) <= _MAX_COMPARISON:
            continue
        if any(cut.kind == "sentence" and first.end <= cut.start < second.start for cut in cuts):
            continue
        ending = next((cut for cut in cuts if cut.kind == "sentence" and cut.start >= second.end), None)
        if ending is not None and "?" in text[ending.start : ending.end]:
            continue
        for comparison in rules.comparisons:
            cut = _compare(text, first, second, comparison, cuts, rules)
            if cut is not None:
                found.append(cut)
                break
    return found


def _compare(
    text: str, first: BrandSpan, second: BrandSpan, comparison: Comparison, cuts: list[_Cut], rules: ClauseRules
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
        begin = max((cut.end for cut in cuts if cut.end <= start), default=0)
        scored = text[begin:end]
    elif comparison.verdict == "quality":
        scored = connector["quality"]
    elif rules.negators is not None and rules.negators.search(connector["lead"]):
        sign = -sign
    return _Cut(start, end, "comparison", (Evidence(scored, sign), Evidence(scored, -sign)))


def _cut_up(text: str, spans: list[BrandSpan], cuts: list[_Cut]) -> list[_Clause]:
    """The clauses between the cuts; empty ones are dropped unless they carry a verdict."""
    clauses: list[_Clause] = []
    start, sentence, opener = 0, 0, "sentence"
    verdict: Evidence | None = None
    for cut in [*cuts, _Cut(len(text), len(text), "end")]:
        if cut.start < start:
            continue  # inside a longer separator
        clause = _Clause(start, cut.start, sentence, opener)
        clause.spans = [span for span in spans if clause.start <= span.start < clause.end]
        clause.verdicts = [verdict] if verdict is not None else []
        verdict = None
        if cut.verdicts is not None:
            clause.verdicts.append(cut.verdicts[0])
            verdict = cut.verdicts[1]
        if re.search(r"[^\W_]", text[clause.start : clause.end]) or clause.verdicts or cut.kind == "picture":
            clauses.append(clause)
            opener = cut.kind
        elif cut.kind in _BARRIERS:
            opener = cut.kind
        start = cut.end
        sentence += cut.kind == "sentence"
    return clauses


def _merge(clause: _Clause, other: _Clause) -> _Clause:
    return _Clause(
        min(clause.start, other.start),
        max(clause.end, other.end),
        min(clause.sentence, other.sentence),
        clause.opener if clause.start <= other.start else other.opener,
        clause.spans + other.spans,
        clause.verdicts + other.verdicts,
    )


def _joined_names(clauses: list[_Clause], text: str, rules: ClauseRules) -> list[_Clause]:
    """Clauses that only name brands, joined to the clause of the list they belong to."""
    joined: list[_Clause] = []
    for clause, following in zip(clauses, [*clauses[1:], None], strict=True):
        previous = joined[-1] if joined else None
        if previous is None or previous.sentence != clause.sentence or clause.opener in _BARRIERS:
            joined.append(clause)
            continue
        is_last = following is None or following.sentence != clause.sentence or following.opener in _BARRIERS
        continues_list = bool(previous.spans) and not re.search(r"\w", text[previous.spans[-1].end : previous.end])
        says_also = bool(_other_words(clause, text))
        is_bare = _is_bare(clause, text, rules)
        if _is_bare(previous, text, rules) or (is_bare and (continues_list or says_also or is_last)):
            joined[-1] = _merge(previous, clause)
        else:
            joined.append(clause)
    return joined


def _is_bare(clause: _Clause, text: str, rules: ClauseRules) -> bool:
    """Whether a clause names brands and says nothing about them."""
    if not clause.spans or clause.verdicts:
        return False
    return all(word in rules.also_words or word in rules.determiners for word in _other_words(clause, text))


def _other_words(clause: _Clause, text: str) -> list[str]:
    """The words and pictures of a clause outside brand names, in lower case."""
    rest, at = "", clause.start
    for span in clause.spans:
        rest += text[at : span.start] + " "
        at = max(at, span.end)
    return [word.lower() for word in re.findall(r"\w+|[\u231a-\U0001faff]", rest + text[at : clause.end])]


def _joined_brandless(clauses: list[_Clause]) -> tuple[list[_Clause], bool]:
    """Clauses without a brand joined to the brand they speak about, and whether every clause found one."""
    naming = {clause.sentence for clause in clauses if clause.spans}
    joined: list[_Clause] = []
    waiting: _Clause | None = None  # the start of a sentence, before its first brand
    is_all_kept = True
    for clause in clauses:
        previous = joined[-1] if joined else None
        if clause.spans:
            joined.append(clause if waiting is None else _merge(waiting, clause))
            waiting = None
        elif previous is not None and previous.sentence == clause.sentence:
            joined[-1] = _merge(previous, clause)
        elif clause.sentence in naming:
            waiting = clause if waiting is None else _merge(waiting, clause)
        elif previous is not None and len(_brands(joined, previous.sentence)) == 1:
            joined[-1] = _merge(previous, clause)
        else:
            is_all_kept = False
    return joined, is_all_kept


def _brands(clauses: list[_Clause], sentence: int) -> set[str]:
    return {span.brand_id for clause in clauses if clause.sentence == sentence for span in clause.spans}
