"""Links as the address they lead to, without parameters that only say where a reader came from.

Belongs here: rules about addresses. They are cut up as text, never opened.
"""

from typing import Final
from urllib.parse import unquote

import polars as pl

LINK_PATTERN: Final = r"(?i)https?://[^\s<>\"`“”«»\\^{}|]+"

_TRACKING_NAMES: Final = (
    r"utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|twclid|ttclid|yclid|li_fat_id|igsh|igshid|mc_cid|mc_eid|"
    r"mkt_tok|_hsenc|_hsmi|vero_id|oly_anon_id|oly_enc_id|ref_src|ref_url|cmpid|s_cid|wt_mc|mibextid|rdid|"
    r"__twitter_impression|__tn__|__cft__(?:\[\d+\]|%5B\d+%5D)"
)
_TRACKING_PATTERN: Final = rf"(?i)([?&])(?:{_TRACKING_NAMES})=[^&#]*"
# These names carry meaning elsewhere: what they are is known on these hosts only.
_HOST_TRACKING: Final = (
    (r"^https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/", r"([?&])(?:s|t)=[^&#]*"),
    (
        r"^https?://(?:(?:www\.|m\.|music\.)?youtube\.com|youtu\.be|open\.spotify\.com)/",
        r"([?&])(?:si|feature|pp)=[^&#]*",
    ),
)
# Pages that only pass the reader on, with the parameter that holds the address.
_WRAPPER_PATTERN: Final = (
    r"^https?://(?:lm?\.facebook\.com/l\.php|l\.instagram\.com/|l\.threads\.(?:net|com)/|(?:www\.)?google\.[a-z.]+/url|"
    r"(?:www\.)?youtube\.com/redirect|out\.reddit\.com/[^?]*|(?:www\.)?linkedin\.com/(?:redir/redirect|safety/go)|"
    r"[a-z0-9]+\.safelinks\.protection\.outlook\.com/|vk\.com/away\.php|steamcommunity\.com/linkfilter/)"
    r"\?(?:[^#]*&)?(?:u|q|url|to)=(https?(?::|%3[Aa])[^&#\s]+)"
)
_TRAILING_PUNCTUATION_PATTERN: Final = r"[.,;:!?&'’\]*~_]+$"


def clean_links(links: pl.Series) -> pl.Series:
    """Each link of a text as the address it leads to; null for a link cut by an ellipsis or without a host.

    Closing punctuation of the sentence, `&amp;`, wrappers (two deep), tracking parameters and upper case of scheme
    and host go; path, other parameters and fragment stay as they are.
    """
    found = links.str.replace_all("&amp;", "&", literal=True)
    is_cut = found.str.contains(r"(?:…|\.\.\.)$")
    found = _lower_host(_without_closing_punctuation(found))
    for _ in range(2):
        found = _lower_host(_unwrapped(found))
    found = found.str.replace_all(_TRACKING_PATTERN, "${1}")
    for host_pattern, names in _HOST_TRACKING:
        on_host = found.str.contains(host_pattern)
        found = found.zip_with(~on_host.fill_null(False), found.str.replace_all(names, "${1}"))
    found = found.str.replace_all(r"([?&])&+", "${1}").str.replace(r"[?&]+(#|$)", "${1}")
    # What stood before a parameter that went may be punctuation, too: a cleaned link is clean.
    found = _lower_host(_without_closing_punctuation(found))
    return found.set(is_cut.fill_null(False), None)


def _without_closing_punctuation(links: pl.Series) -> pl.Series:
    """The links without the sentence's punctuation; a closing bracket stays where the link itself opened one."""
    shorter = links.str.replace(_TRAILING_PUNCTUATION_PATTERN, "")
    for _ in range(2):
        is_unopened = shorter.str.ends_with(")") & (
            shorter.str.count_matches(")", literal=True) > shorter.str.count_matches("(", literal=True)
        )
        stripped = shorter.str.strip_suffix(")").str.replace(_TRAILING_PUNCTUATION_PATTERN, "")
        shorter = stripped.zip_with(is_unopened, shorter)
    return shorter


def _lower_host(links: pl.Series) -> pl.Series:
    """The links with scheme and host in lower case; null without a host."""
    host = links.str.extract(r"^((?i:https?)://[^/?#\s]*[\p{L}\p{N}][^/?#\s]*)")
    return host.str.to_lowercase() + links.str.replace(r"^(?i:https?)://[^/?#\s]*", "")


def _unwrapped(links: pl.Series) -> pl.Series:
    """The links with a wrapping page replaced by the address in it."""
    target = links.str.extract(_WRAPPER_PATTERN)
    rows = target.is_not_null().arg_true()
    if rows.is_empty():
        return links
    decoded = pl.Series([unquote(address) for address in target.gather(rows)], dtype=pl.String)
    whole = decoded.str.extract(rf"^({LINK_PATTERN})$")
    return links.clone().scatter(rows, whole.fill_null(links.gather(rows)))
