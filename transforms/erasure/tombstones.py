"""Whom and what was forgotten, as keyed hashes: enough to keep a re-import out, nothing that says who it was.

A tombstone is a hash, keyed by the workspace, of one of:

    author   platform (or any) and the handle, platform id or, without both, name of an author
    post     platform and the platform's own id of a post
    address  the canonical address of a post
    id       an id alone, as it stands in JSON that does not say its platform
    word     a handle alone, as others' texts and addresses write it
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from transforms.core.identity import canonical_address
from transforms.sources.codes import HOST_PLATFORMS
from transforms.sources.identity import native_id_from_url

ANY = "*"
REDACTED = "forgotten"
# Where a word is somebody's handle: after @, after u/ as Reddit writes it, first in the path of a platform's address.
_HOSTS = "|".join(re.escape(host) for host in sorted(HOST_PLATFORMS, key=len, reverse=True))
_PAGE = rf"(?<![\w\-])(?:{_HOSTS})/(?:@|u/|user/|users/|c/|in/|profile/)?"
_NAMED = re.compile(rf"(?:@|(?<![\w/])u/|{_PAGE})(\w[\w.\-]{{0,80}})", re.IGNORECASE)
# Short ids (of Hacker News, say) are too easily equal to some other number.
_SHORTEST_ID = 6
# An author in a column that no canonical one took.
_AUTHOR_FIELD = r'"[^"]*(?i:author|user|handle|screen.?name|account|acct|login)[^"]*": ?"[^"]{1,80}"'
_OF_ANOTHER = re.compile(r"repl|mention|retweet|repost|quoted|parent|thread", re.IGNORECASE)
_AUTHOR_COLUMNS = ("author_handle", "author_native_id", "account_handle", "account_name", "author_name")


@dataclass(frozen=True)
class Tombstones:
    """The hashes, the workspace's key, and until when posts of a platform may be kept (`cutoffs`, UTC).

    Raises nothing: a value that was never forgotten simply has no tombstone.
    """

    keys: frozenset[str]
    secret: bytes = field(repr=False)
    cutoffs: tuple[tuple[str, datetime], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.keys or self.cutoffs)

    def has(self, kind: str, *parts: str) -> bool:
        """Whether this was forgotten."""
        return tombstone(self.secret, kind, *parts) in self.keys

    def forgets_author(self, platform: str | None, value: str) -> bool:
        """Whether an author with this handle, id or name was forgotten, on this platform or on all."""
        name = author_value(value)
        return self.has("author", ANY, name) or (platform is not None and self.has("author", platform, name))

    def matching(self, rows: pl.DataFrame) -> pl.Series:
        """One Boolean per canonical row (raw.mention, raw.competitor_post, raw.audience_snapshot), in order."""
        if rows.is_empty() or not self:
            return pl.Series([False] * rows.height, dtype=pl.Boolean)
        by_author = _any([self._author_mask(rows, name) for name in self._author_columns(rows)], rows.height)
        by_author |= self._field_mask(rows)
        masks = (self._post_mask(rows), self._parent_mask(rows), self._address_mask(rows), self._expired(rows))
        return by_author | _any([mask for mask in masks if mask is not None], rows.height)

    def redacted(self, text: str) -> str:
        """The text with every forgotten handle replaced where it stands as a handle."""
        known: dict[str, str] = {}

        def without(found: re.Match[str]) -> str:
            word = found[1]
            if word not in known:
                known[word] = self._replaced(word)
            return found[0].removesuffix(word) + known[word]

        return _NAMED.sub(without, text)

    def _replaced(self, word: str) -> str:
        """The word, or what stands for it; a full stop behind a handle stays."""
        bare = word if self.has("word", word.lower()) else word.rstrip(".-")
        return REDACTED + word[len(bare) :] if self.is_word(word) else word

    def is_word(self, word: str) -> bool:
        """Whether a word, perhaps with a full stop behind it, is a forgotten handle."""
        lower = word.lower()
        return self.has("word", lower) or self.has("word", lower.rstrip(".-"))

    def _forgets_post(self, platform: str, native_id: str) -> bool:
        return self.has("post", platform, native_id)

    def _author_columns(self, rows: pl.DataFrame) -> list[str]:
        return [name for name in _AUTHOR_COLUMNS if name in rows.columns]

    def _author_mask(self, rows: pl.DataFrame, column: str) -> pl.Series:
        values = rows.select("platform_code", pl.col(column).alias("value"))
        if column == "author_name":
            # A name is nobody's own: it stands for an author only where the export gives nothing better.
            bare = rows["author_handle"].is_null() & rows["author_native_id"].is_null()
            values = values.with_columns(pl.when(bare).then("value").alias("value"))
        return self._looked_up(values, self.forgets_author)

    def _field_mask(self, rows: pl.DataFrame) -> pl.Series:
        if "raw_json" not in rows.columns:
            return _any([], rows.height)
        fields = rows.select(pl.col("raw_json").str.extract_all(_AUTHOR_FIELD).alias("fields"))
        forgotten = [
            field for field in fields["fields"].explode().drop_nulls().unique() if self._is_author_field(field)
        ]
        return fields["fields"].list.set_intersection(forgotten).list.len().fill_null(0) > 0

    def _is_author_field(self, field: str) -> bool:
        key, value = field.split('":', 1)
        return not _OF_ANOTHER.search(key) and self.is_word(author_value(value.strip().strip('"')))

    def _post_mask(self, rows: pl.DataFrame) -> pl.Series | None:
        if "native_id" not in rows.columns:
            return None
        values = rows.select("platform_code", pl.col("native_id").alias("value"))
        return self._looked_up(values, self._forgets_post)

    def _parent_mask(self, rows: pl.DataFrame) -> pl.Series | None:
        """A repost repeats the words of its original: it goes with it. A quote or an answer is somebody else's."""
        if "parent_native_id" not in rows.columns:
            return None
        values = rows.select("platform_code", pl.when("is_repost").then("parent_native_id").alias("value"))
        return self._looked_up(values, self._forgets_post)

    def _address_mask(self, rows: pl.DataFrame) -> pl.Series | None:
        if "url" not in rows.columns:
            return None
        values = rows.select(pl.lit(ANY).alias("platform_code"), canonical_address(pl.col("url")).alias("value"))
        return self._looked_up(values, lambda _, value: self.has("address", value))

    def _expired(self, rows: pl.DataFrame) -> pl.Series | None:
        moment = next((name for name in ("published_at", "posted_at") if name in rows.columns), None)
        if moment is None or not self.cutoffs:
            return None
        limits = dict(self.cutoffs)
        instant = pl.Datetime("us", "UTC")
        limit = pl.col("platform_code").replace_strict(limits, default=limits.get(ANY), return_dtype=instant)
        return rows.select((pl.col(moment) < limit).fill_null(False).alias("expired"))["expired"]

    def _looked_up(self, values: pl.DataFrame, is_forgotten: Callable[[str, str], bool]) -> pl.Series:
        distinct = values.drop_nulls().unique()
        found = [bool(is_forgotten(platform, value)) for platform, value in distinct.rows()]
        if not any(found):
            return pl.Series([False] * values.height, dtype=pl.Boolean)
        known = distinct.with_columns(pl.Series("is_forgotten", found)).filter("is_forgotten")
        joined = values.join(known, on=["platform_code", "value"], how="left", maintain_order="left")
        return joined["is_forgotten"].fill_null(False)


def tombstone(secret: bytes, kind: str, *parts: str) -> str:
    """The keyed hash that stands for a forgotten value."""
    message = "\x1f".join((kind, *parts)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(message, key=secret, digest_size=16).hexdigest()


def author_value(value: str) -> str:
    """One spelling of a handle, id or name: lower case, no @ before it."""
    return value.strip().lstrip("@").lower()


def author_tombstones(secret: bytes, platform: str | None, values: Iterable[str], words: Iterable[str]) -> set[str]:
    """Tombstones of an author known by these handles, ids or names; `words` are those that others write (@handle)."""
    keys = {tombstone(secret, "author", platform or ANY, author_value(value)) for value in values}
    keys |= {tombstone(secret, "id", value) for value in values if value.isalnum() and len(value) >= _SHORTEST_ID}
    return keys | {tombstone(secret, "word", author_value(word)) for word in words}


def post_tombstones(secret: bytes, posts: pl.DataFrame) -> set[str]:
    """Tombstones of posts: platform_code, native_id, url (either may be null), one row per post."""
    keys: set[str] = set()
    known = posts.select(
        "platform_code",
        pl.coalesce("native_id", native_id_from_url(pl.col("platform_code"), pl.col("url"))).alias("native_id"),
        canonical_address(pl.col("url")).alias("address"),
    ).unique()
    for platform, native_id, address in known.rows():
        if native_id is not None:
            # Not the address as well: answers in a thread often bear the address of the post that began it.
            keys.add(tombstone(secret, "post", platform, native_id))
            bare = native_id.rsplit("/", 1)[-1].removeprefix("t3_").removeprefix("t1_")
            if len(bare) >= _SHORTEST_ID:
                keys.add(tombstone(secret, "id", bare))
        elif address:
            keys.add(tombstone(secret, "address", address))
    return keys


def _any(masks: Collection[pl.Series], height: int) -> pl.Series:
    found = pl.Series([False] * height, dtype=pl.Boolean)
    for mask in masks:
        found = found | mask
    return found
