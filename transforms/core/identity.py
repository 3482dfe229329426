"""Which real post an export row is: the id its platform gave it, else its address, else author, time and text."""

import hashlib

import polars as pl

# An article's address is the article; a thread's or page's address is shared by every reply in it.
ADDRESSED_PLATFORMS = ("news", "blog", "podcast", "broadcast")
_SEPARATOR = "\x1f"
_TRACKING = r"(?i)(^|&)(utm_[^=&]*|fbclid|gclid|igshid|mc_cid|mc_eid|cmpid|ref_src)=[^&]*"


def canonical_address(url: pl.Expr) -> pl.Expr:
    """An address as identity: no scheme, www., fragment, tracking parameters or last slash; host in lower case."""
    bare = url.str.replace(r"(?i)^https?://(www\.)?", "").str.replace(r"#.*$", "")
    host = bare.str.extract(r"^([^/?]+)").str.to_lowercase()
    path = bare.str.extract(r"^[^/?]+([^?]*)").str.strip_chars_end("/")
    query = bare.str.extract(r"\?(.*)$").str.replace_all(_TRACKING, "").str.strip_chars("&")
    return pl.concat_str(
        host, path.fill_null(""), pl.when(query.str.len_chars() > 0).then(pl.lit("?") + query).otherwise(pl.lit(""))
    )


def site_name(url: pl.Expr) -> pl.Expr:
    """Domain of an address without www., lower case; null without an address."""
    return url.str.extract(r"(?i)^https?://(?:www\.)?([^/?#:]+)").str.to_lowercase()


def identify(rows: pl.DataFrame, *, account: str, time: str, text: str) -> pl.DataFrame:
    """One row per export row, in its order: `identity_id`, `identity_basis_code` (native_id, url, content).

    `rows` has platform_code, native_id, url, kind_code (may be absent) and the columns named by `account` (handle or
    other name of the author), `time` (UTC) and `text`. The id reads `<platform>:<native id>` where the platform gave
    one, so that the same post from two vendors is one post; otherwise it is a hash.
    """
    is_article = pl.col("platform_code").is_in(ADDRESSED_PLATFORMS)
    if "kind_code" in rows.columns:
        is_article |= pl.col("kind_code") == "article"
    content = [
        pl.col("platform_code"),
        pl.col(account).str.to_lowercase(),
        pl.col(time).dt.epoch("us"),
        pl.col(text),
        pl.col("url"),
    ]
    marked = rows.select(
        pl.col("platform_code"),
        pl.col("native_id"),
        pl.when(pl.col("native_id").is_not_null())
        .then(pl.lit("native_id"))
        .when(is_article & pl.col("url").is_not_null())
        .then(pl.lit("url"))
        .otherwise(pl.lit("content"))
        .alias("identity_basis_code"),
        pl.when(is_article & pl.col("url").is_not_null())
        .then(canonical_address(pl.col("url")))
        .otherwise(pl.concat_str([part.cast(pl.String).fill_null("") for part in content], separator=_SEPARATOR))
        .alias("hashed"),
    )
    hashed = marked.filter(pl.col("identity_basis_code") != "native_id").select("hashed").unique()
    ids = hashed.with_columns(pl.Series("hash", [_hash(value) for value in hashed["hashed"]], dtype=pl.String))
    return marked.join(ids, on="hashed", how="left", maintain_order="left").select(
        pl.concat_str(
            "platform_code",
            pl.when(pl.col("native_id").is_not_null()).then("native_id").otherwise("hash"),
            separator=":",
        ).alias("identity_id"),
        "identity_basis_code",
    )


def _hash(value: str) -> str:
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def pseudonyms(rows: pl.DataFrame, key: bytes) -> pl.Series:
    """`author_id` per row, in order: hash, keyed per workspace, of platform and account; null without an account.

    The handle goes before the platform's id because most vendors export the handle: one person, one pseudonym.
    """
    accounts = rows.select(
        pl.concat_str(
            "platform_code",
            pl.coalesce(
                pl.col("author_handle").str.to_lowercase(), "author_native_id", pl.col("author_name").str.to_lowercase()
            ),
            separator=_SEPARATOR,
        ).alias("account")
    )
    distinct = accounts.drop_nulls().unique()
    keyed = [
        hashlib.blake2b(account.encode("utf-8", "surrogatepass"), key=key, digest_size=12).hexdigest()
        for account in distinct["account"]
    ]
    return accounts.join(
        distinct.with_columns(pl.Series("author_id", keyed, dtype=pl.String)),
        on="account",
        how="left",
        maintain_order="left",
    )["author_id"]
