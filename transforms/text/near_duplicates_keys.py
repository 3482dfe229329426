"""What is kept of a mention between runs, so that new mentions need not be compared with all others again.

Belongs here: which mentions could be linked (never which are). The keys hold no text, but come from it: those of an
erased post must go with it.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.minhash import BAND_COUNT, ROW_COUNT, Known, text_hashes
from transforms.text.near_duplicates_clusters import post_key
from transforms.text.normalise import Bytes

KEY_COLUMNS: Final[dict[str, Any]] = {
    "mention_id": pl.String,
    "content_key": pl.Int64,
    "post_hash_id": pl.Int64,
    "reposted_post_hash_id": pl.Int64,
    "text_signature": pl.List(pl.Int64),
}
_NUMBER: Final = np.dtype("<i8")


def keys_of_mentions(members: pl.DataFrame) -> pl.DataFrame:
    """One row per member, in order: `content_key`, `post_hash_id`, `reposted_post_hash_id`.

    `content_key` stands for everything of the mention that clusters depend on: while it stays, the mention need not
    be clustered again. `post_hash_id` stands for the post, `reposted_post_hash_id` for the one it reposts; each is null
    where there is none. All are the same in every version and on every machine.
    """
    content = pl.concat_str(
        [
            pl.col(name).cast(pl.String).fill_null("\x1e")
            for name in ("platform_code", "native_id", "parent_id", "is_repost", "canonical_text")
        ]
        + [pl.col("published_at").dt.epoch("us").cast(pl.String).fill_null("\x1e")],
        separator="\x1f",
    )
    posts = members.select(
        content_key=content,
        post_hash_id=post_key("native_id"),
        reposted_post_hash_id=pl.when("is_repost").then(post_key("parent_id")),
    )
    return pl.DataFrame([text_hashes(keys).alias(keys.name) for keys in posts])


def signatures_of(texts: pl.Series, signatures: Bytes) -> pl.Series:
    """The `text_signature` of texts given by number, null for null: as many numbers of eight bytes as it takes."""
    numbers = signatures.view(_NUMBER)
    chosen = np.zeros((len(texts), numbers.shape[1]), dtype=_NUMBER)
    if len(numbers):
        np.take(numbers, texts.fill_null(0).to_numpy(), axis=0, out=chosen)
    return pl.Series("text_signature", chosen).arr.to_list().set(texts.is_null(), None)


class KeysOfNew:
    """The keys of new mentions, to be asked which of the others could be linked to one of them."""

    def __init__(self, keys: pl.DataFrame, similarity_threshold: float) -> None:
        """`keys` with KEY_COLUMNS; two texts are alike from the threshold on."""
        self._reposted = keys["reposted_post_hash_id"].drop_nulls()
        self._posts = pl.concat([keys["post_hash_id"].drop_nulls(), self._reposted])
        self._texts = Known(_signature_bytes(keys["text_signature"].drop_nulls()), similarity_threshold)

    def may_be_linked(self, keys: pl.DataFrame) -> pl.Series:
        """Whether each mention could be linked to a new one. Reads the columns behind `content_key` of its keys.

        A link that exists is never missed: reposts and posts by their keys, texts by what `minhash.Known` says.
        """
        has_text = keys["text_signature"].is_not_null().to_numpy()
        is_linked: npt.NDArray[np.bool_] = np.zeros(keys.height, dtype=np.bool_)
        is_linked[has_text] = self._texts.may_be_alike(_signature_bytes(keys["text_signature"].drop_nulls()))
        # A post and those that repost it, not two rows of one post: nothing but a repost links by its key.
        for column, posts in (("reposted_post_hash_id", self._posts), ("post_hash_id", self._reposted)):
            if len(posts):
                is_linked |= keys[column].is_in(posts.implode()).fill_null(False).to_numpy()
        return pl.Series("may_be_linked", is_linked)


def _signature_bytes(signatures: pl.Series) -> npt.NDArray[np.uint8]:
    numbers = np.ascontiguousarray(signatures.explode(empty_as_null=False).to_numpy(), dtype=_NUMBER)
    return numbers.view(np.uint8).reshape(-1, BAND_COUNT * ROW_COUNT)
