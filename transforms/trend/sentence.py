"""A spike in one plain sentence, English or French: how big, how angry, about what, and whose voice it is."""

from dataclasses import dataclass
from datetime import datetime

LOUD_ACCOUNTS = 5
_MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sentence is made of."""

    day: datetime
    observed: int
    ratio: float | None
    negative: float | None
    subject: tuple[str, ...]
    subject_ratio: float
    platform: str | None
    platform_ratio: float
    origin_at: datetime | None
    origin_ratio: float
    voice: str
    metric: str = "mention_count"
    is_deduplicated: bool = False
    topic: str | None = None


def _times(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 9.5 else f"{ratio:.1f}".removesuffix(".0")


def _size_en(facts: Facts) -> str:
    """How many times the usual of what is watched, and how many of it."""
    ratio, count = facts.ratio, f"{facts.observed:,}"
    usual = f"{_times(ratio)}× the usual" if ratio else ""
    match facts.metric:
        case "negative_ratio":
            size = f"{_times(ratio)}× as many negative mentions as usual for its volume" if ratio else "a negative turn"
            return f"{size} ({count})"
        case "engagement_count":
            return f"{usual or 'unheard-of'} engagement ({count})"
        case "distinct_author_count":
            return f"{usual or 'unheard-of'} number of people ({count}, counted each hour)"
    noun = "distinct text" if facts.is_deduplicated else "mention"
    return f"{usual or 'talk where there was none'} ({count} {noun}{'' if facts.observed == 1 else 's'})"


def english(facts: Facts) -> str:
    """The English sentence."""
    parts = [_size_en(facts)]
    if facts.negative is not None:
        parts.append(f"{facts.negative:.0%} negative".replace("%", " %"))
    if facts.subject:
        verb = "carry" if facts.subject[0].startswith("#") else "say"
        words = " or ".join(word if word.startswith("#") else f"“{word}”" for word in facts.subject)
        most = "up to " if len(facts.subject) > 1 else ""
        parts.append(f"{most}{facts.subject_ratio:.0%} {verb} {words}".replace("%", " %"))
    if facts.platform:
        parts.append(f"{facts.platform_ratio:.0%} on {facts.platform}".replace("%", " %"))
    if facts.origin_at:
        at = f"{facts.origin_at.day} {_MONTHS['en'][facts.origin_at.month - 1]} {facts.origin_at:%H:%M}"
        parts.append(f"{facts.origin_ratio:.0%} are copies of one text first seen {at}".replace("%", " %"))
    voices = {
        "organic": "many different people",
        "few_accounts": f"half or more of it by {LOUD_ACCOUNTS} accounts",
        "automated": "half or more of it by accounts that post like machines",
        "copies": "half or more of it copied",
    }
    topic = f", on {facts.topic}" if facts.topic else ""
    return f"{facts.day.day} {_MONTHS['en'][facts.day.month - 1]}{topic}: {', '.join(parts)}; {voices[facts.voice]}."


def _size_fr(facts: Facts) -> str:
    ratio, count = facts.ratio, f"{facts.observed:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    times = f"{_times(ratio).replace('.', ',')}×" if ratio else ""
    plural = "" if facts.observed < 2 else "s"
    match facts.metric:
        case "negative_ratio":
            size = f"{times} plus de mentions négatives qu’à l’ordinaire à ce volume" if ratio else "un ton qui vire"
            return f"{size} ({count})"
        case "engagement_count":
            return f"{f'{times} l’engagement habituel' if ratio else 'un engagement inédit'} ({count})"
        case "distinct_author_count":
            size = f"{times} le nombre habituel de personnes" if ratio else "des personnes là où il n’y en avait pas"
            return f"{size} ({count}, comptées chaque heure)"
    noun = f"texte{plural} distinct{plural}" if facts.is_deduplicated else f"mention{plural}"
    size = f"{times} l’habituel" if ratio else "des mentions là où il n’y en avait pas"
    return f"{size} ({count} {noun})"


def french(facts: Facts) -> str:
    """The French sentence."""
    percent = "\N{NO-BREAK SPACE}%"
    parts = [_size_fr(facts)]
    if facts.negative is not None:
        parts.append(f"{100 * facts.negative:.0f}{percent} négatives")
    if facts.subject:
        verb = "portent" if facts.subject[0].startswith("#") else "disent"
        words = " ou ".join(
            word if word.startswith("#") else f"«\N{NO-BREAK SPACE}{word}\N{NO-BREAK SPACE}»" for word in facts.subject
        )
        most = "jusqu’à " if len(facts.subject) > 1 else ""
        parts.append(f"{most}{100 * facts.subject_ratio:.0f}{percent} {verb} {words}")
    if facts.platform:
        parts.append(f"{100 * facts.platform_ratio:.0f}{percent} sur {facts.platform}")
    if facts.origin_at:
        at = f"{facts.origin_at.day} {_MONTHS['fr'][facts.origin_at.month - 1]} à {facts.origin_at:%H:%M}"
        parts.append(f"{100 * facts.origin_ratio:.0f}{percent} copient un même texte vu d’abord le {at}")
    voices = {
        "organic": "beaucoup de personnes différentes",
        "few_accounts": f"pour moitié au moins par {LOUD_ACCOUNTS} comptes",
        "automated": "pour moitié au moins par des comptes qui publient comme des machines",
        "copies": "pour moitié au moins recopié",
    }
    topic = f", sur {facts.topic}" if facts.topic else ""
    return f"{facts.day.day} {_MONTHS['fr'][facts.day.month - 1]}{topic} : {', '.join(parts)} ; {voices[facts.voice]}."
