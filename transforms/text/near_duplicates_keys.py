"""What is kept of a mention between runs, so that new mentions need not be compared with all others again.

Belongs here: which mentions could be linked (never which are). The keys hold no text, but come from it: those of an
erased post must go with it.
"""

from typing import Any, Final

import numpy as np
import polars as pl

from transforms.text.minhash import BAND_COUNT, Sketches, text_hashes
from transforms.text.near_duplicates_clusters import post_key

KEY_COLUMNS: Final[dict[str, Any]] = {
    "mention_id": pl.String,
    "content_key": pl.Int64,
    "link_keys": pl.List(pl.Int64),
}

_KEYS: Final = pl.Array(pl.Int64, BAND_COUNT)
# Their lists are built for so many members at once: a million of them take a gigabyte on the way.
_MEMBERS_AT_ONCE: Final = 100_000


def keys_of(members: pl.DataFrame, sketches: Sketches) -> pl.DataFrame:
    """One row per member, in order: `mention_id`, `content_key`, `link_keys`; `sketches` are of the members' texts.

    Two mentions can only be linked if their `link_keys` have one in common; most that have are not. A text has one per
    band, so has a post with a native id, and a repost shares that of its post. `content_key` stands for everything of
    the mention that clusters depend on: while it stays, the mention need not be clustered again. Both are the same in
    every version and on every machine; sizes are 37 and 64 bits.
    """
    texts = sketches.texts.rename("canonical_text").to_frame().with_row_index("text")
    numbered = members.join(texts, on="canonical_text", how="left", maintain_order="left")
    starts = range(0, max(numbered.height, 1), _MEMBERS_AT_ONCE)
    return pl.concat(_keys_of_part(numbered.slice(start, _MEMBERS_AT_ONCE), sketches) for start in starts)


def _keys_of_part(members: pl.DataFrame, sketches: Sketches) -> pl.DataFrame:
    content = pl.concat_str(
        [
            pl.col(name).cast(pl.String).fill_null("\x1e")
            for name in ("platform_code", "native_id", "parent_id", "is_repost", "canonical_text")
        ]
        + [pl.col("published_at").dt.epoch("us").cast(pl.String).fill_null("\x1e")],
        separator="\x1f",
    )
    posts = members.select(
        content=content,
        own=post_key("native_id"),
        reposted=pl.when("is_repost").then(post_key("parent_id")),
    )
    return members.select(
        "mention_id",
        content_key=text_hashes(posts["content"]),
        link_keys=_joined(
            _band_keys(members["text"], sketches), _post_keys(posts["own"]), _post_keys(posts["reposted"])
        ),
    )


def _post_keys(posts: pl.Series) -> pl.Series:
    """A key beyond those of all bands."""
    return (text_hashes(posts) & 0xFFFFFFFF) + (BAND_COUNT << 32)


def _band_keys(texts: pl.Series, sketches: Sketches) -> pl.Series:
    """The keys of texts given by number, number of the band and key in one; 16 nulls where there is no text."""
    bands = np.zeros((len(texts), BAND_COUNT), dtype=np.int64)
    if len(sketches.bands):
        bands += sketches.bands[texts.fill_null(0).to_numpy()]
    bands += np.arange(BAND_COUNT, dtype=np.int64) << 32
    keys = pl.Series(bands, dtype=_KEYS).set(texts.is_null(), None)
    return keys.fill_null(pl.Series([[None] * BAND_COUNT], dtype=_KEYS))


def _joined(bands: pl.Series, own: pl.Series, reposted: pl.Series) -> pl.Series:
    """The lists with the posts' keys behind, without nulls."""
    keys = pl.DataFrame({"bands": bands, "own": own, "reposted": reposted})
    return keys.select(pl.concat_arr("bands", "own", "reposted").arr.to_list().list.drop_nulls()).to_series()
