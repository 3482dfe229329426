"""Invented Brandwatch exports of any size: six brands, four languages, copies, reposts, links, hashtags, emoji.

Belongs here: what the benchmarks of whole runs read. Everything is drawn from one seed, so two files of one call are
the same bytes; brands, people and words are made up, apart from those of the sentiment lexicons.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from transforms.sources.headers import known_header

BRANDS = {
    "brewolo": ["Brewolo"],
    "tavorel": ["Tavorel"],
    "norvique": ["Norvique", "Norvique Home"],
    "kestrano": ["Kestrano"],
    "ploomi": ["Ploomi"],
    "dunvarra": ["Dunvarra"],
}
TOPICS = {
    "price": ["price", "expensive", "cheap", "prix", "cher"],
    "service": ["service", "support", "waiting", "attente"],
}
CONFIGURATION = (
    "workspace:\n  name: Bench\n  reporting_zone: Europe/Paris\n  languages: [en, fr]\nbrands:\n"
    + "".join(
        f"  - {{id: {name}, name: {aliases[0]}, role: {'own' if name == 'brewolo' else 'competitor'}, "
        f"aliases: [{', '.join(aliases)}]}}\n"
        for name, aliases in BRANDS.items()
    )
    + "topics:\n"
    + "".join(
        f"  - {{id: {name}, name: {name.title()}, query: {' OR '.join(words)}}}\n" for name, words in TOPICS.items()
    )
)
_PREAMBLE = (
    '\ufeff"Report:","Bulk Mentions Download"\n"Brand:","kettles"\n"From:","Thu Jan 01 00:00:00 UTC 2025"\n'
    '"To:","Sat Feb 07 00:00:00 UTC 2026"\n"Label:",""\n\n'
)
_COMMON = {
    "en": "their would about there which when what your can said time people into year some could them other than then "
    "now look only come over think also back after use two how our work first well way even new want because any these "
    "give day most us find here thing tell long down still should call world again never last another "
    "the a to and of in is it for my on with this that was at have not so but be are you we just they from all "
    "coffee machine kettle service support price delivery store morning kitchen cup water button screen week phone",
    "fr": "le la les un une de des et est pas pour dans ce que qui sur avec mon ma je tu nous vous mais très plus "
    "café machine bouilloire service prix attente livraison magasin matin cuisine tasse eau bouton écran semaine",
    "de": "der die das und ist nicht mit ein eine zu von auf für ich wir sie aber sehr mehr kaffee maschine preis",
    "es": "el la los una de y es no para en que con por mi muy pero más café máquina precio servicio tienda agua",
}
_FEELING = {
    "en": "great love terrible broken awful amazing happy bad worst good nice hate disappointed excellent poor fine",
    "fr": "super génial nul mauvais adore déteste horrible excellent déçu content triste bien parfait cassé",
    "de": "gut schlecht toll kaputt",
    "es": "bueno malo genial roto",
}
_PAGES = np.array(["twitter", "reddit", "news", "instagram", "forum"])
_ROWS_AT_ONCE = 50_000


def write_export(path: Path, rows: int, first_day: date, days: int, *, first_number: int = 0, seed: int = 1) -> None:
    """A Brandwatch file of `rows` mentions spread over `days` days from `first_day` on.

    `first_number` numbers the posts: files of one workspace must not share numbers unless posts should repeat.
    """
    header, random = known_header("brandwatch"), np.random.default_rng(seed)
    invented = _invented_words(np.random.default_rng(0))
    start = datetime.combine(first_day, datetime.min.time(), UTC)
    with path.open("wb") as file:
        file.write((_PREAMBLE + ",".join(f'"{name}"' for name in header) + "\n").encode())
        for begin in range(0, rows, _ROWS_AT_ONCE):
            count = min(_ROWS_AT_ONCE, rows - begin)
            seconds = (np.arange(begin, begin + count) * (days * 86_400 / rows)).astype(np.int64)
            values = _columns(count, first_number + begin, start, seconds, invented, random)
            frame = values.select(pl.col(name) if name in values.columns else pl.lit("").alias(name) for name in header)
            frame.write_csv(file, include_header=False, quote_style="always")


def _columns(
    count: int, first: int, start: datetime, seconds: np.ndarray, invented: np.ndarray, random: np.random.Generator
) -> pl.DataFrame:
    """The columns of a file that are filled, one row per mention."""
    numbers = np.arange(first, first + count)
    people = np.minimum((random.pareto(0.9, count) * 40).astype(np.int64), 400_000)
    language = random.choice(["en", "fr", "de", "es"], count, p=[0.72, 0.18, 0.05, 0.05])
    text = _texts(count, language, invented, random)
    rng = random.random(count)
    at = pl.Series(seconds) * 1_000 + int(start.timestamp() * 1000)
    milliseconds = at.to_numpy() - 1_288_834_974_657
    page = _PAGES[random.choice(len(_PAGES), count, p=[0.74, 0.1, 0.06, 0.06, 0.04])]
    return pl.DataFrame(
        {
            "number": numbers,
            "person": people,
            "status": (milliseconds << 22) | (numbers % 4_194_304),
            "at": at.cast(pl.Datetime("ms")),
            "Page Type": page,
            "Full Text": text,
            "Language": language,
            "Thread Entry Type": np.where(rng < 0.12, "share", np.where(rng < 0.3, "reply", "post")),
            "likes": random.poisson(3, count) + (random.pareto(1.4, count) * 2).astype(np.int64),
            "followers": people * 37 % 25_000,
            "country": np.array(["FRA", "USA", "GBR", "DEU", "ESP", ""])[random.integers(0, 6, count)],
            "feeling": np.array(["neutral", "positive", "negative"])[random.integers(0, 3, count)],
        }
    ).with_columns(_derived())


def _derived() -> list[pl.Expr]:
    user = pl.format("u{}", "person")
    address = (
        pl.when(pl.col("Page Type") == "twitter")
        .then(pl.format("http://twitter.com/u{}/statuses/{}", "person", "status"))
        .when(pl.col("Page Type") == "reddit")
        .then(pl.format("https://www.reddit.com/r/coffee/comments/t{}/comment/c{}", "number", "number"))
        .otherwise(pl.format("https://{}.example/{}", "Page Type", "number"))
    )
    return [
        pl.lit("77").alias("Query Id"),
        pl.lit("kettles").alias("Query Name"),
        (pl.col("at").dt.strftime("%Y-%m-%d %H:%M:%S") + ".0").alias("Date"),
        address.alias("Url"),
        user.alias("Author"),
        pl.format("{} (User {})", user, "person").alias("Full Name"),
        pl.col("Full Text").str.slice(0, 40).alias("Title"),
        pl.col("country").alias("Country Code"),
        pl.col("feeling").alias("Sentiment"),
        pl.col("followers").cast(pl.String).alias("X Followers"),
        pl.col("likes").cast(pl.String).alias("X Likes"),
        (pl.col("likes") // 4).cast(pl.String).alias("X Reposts"),
        (pl.col("likes") * 40).cast(pl.String).alias("Impressions"),
        (pl.col("followers") * 2).cast(pl.String).alias("Reach (new)"),
        pl.format("res-{}", "number").alias("Resource Id"),
        pl.lit("2026-03-01T12:49:30.426+0000").alias("Updated"),
        pl.lit("0").alias("Thread Id"),
    ]


def _invented_words(random: np.random.Generator, size: int = 30_000) -> np.ndarray:
    # As many sounds as a language has: with fewer, all texts would look alike to whoever compares their letters.
    syllables = np.array(
        [a + b + c for a in "bcdfghklmnprstvw" for b in "aeiouy" for c in ("", "n", "r", "s", "l", "ck")]
    )
    parts = random.integers(0, len(syllables), (size, 3))
    return np.array(["".join(syllables[part]) for part in parts])


def _texts(count: int, language: np.ndarray, invented: np.ndarray, random: np.random.Generator) -> list[str]:
    """One text per row: about one in seven a copy of an earlier one, most naming a brand, some with links and emoji."""
    lengths = random.integers(9, 32, count)
    rare = np.minimum((random.pareto(0.6, (count, 32)) * 150).astype(np.int64), len(invented) - 1)
    kinds = random.random((count, 32))
    common = {code: np.array(words.split()) for code, words in _COMMON.items()}
    feeling = {code: np.array(words.split()) for code, words in _FEELING.items()}
    names = np.array([alias for aliases in BRANDS.values() for alias in aliases])
    brand = names[np.minimum(random.geometric(0.3, count) - 1, len(names) - 1)]
    extra = random.random((count, 5))
    texts: list[str] = []
    for row in range(count):
        if texts and extra[row, 0] < 0.14:
            texts.append(texts[int(extra[row, 1] ** 3 * len(texts))])
            continue
        code = language[row]
        length, kind = lengths[row], kinds[row]
        everyday, felt = common[code], feeling[code]
        words = [
            everyday[int(k / 0.4 * len(everyday))]
            if k < 0.4
            else felt[int((k - 0.4) / 0.08 * len(felt)) % len(felt)]
            if k < 0.48
            else invented[w]
            for k, w in zip(kind[:length], rare[row, :length], strict=True)
        ]
        if extra[row, 2] < 0.85:
            words[int(extra[row, 3] * length)] = brand[row]
        text = " ".join(words)
        ending = extra[row, 4]
        if ending < 0.15:
            text += f" https://t.example/{row}"
        elif ending < 0.35:
            text += f" #{words[0]} #{brand[row].replace(' ', '')}"
        elif ending < 0.42:
            text += " 😀☕"
        elif ending < 0.47:
            text += "\nhow long is the waiting?"
        texts.append(text)
    return texts


def make_workspace(root: Path) -> Path:
    """A workspace that listens to the six brands; returns its inbox."""
    (root / "inbox").mkdir(parents=True)
    (root / "listening.yaml").write_text(CONFIGURATION, encoding="utf-8")
    return root / "inbox"


def next_day(first_day: date, days: int) -> date:
    """The day after the last one of an export."""
    return first_day + timedelta(days=days)
