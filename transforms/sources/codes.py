"""Vendors' words for platforms, languages and countries, and the codes this project uses for them.

Sources: ISO 3166-1 (countries.csv: short names as in the time-zone database plus the spellings vendors use), ISO 639-1.
"""

import csv
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

import polars as pl

HOST_PLATFORMS: Mapping[str, str] = {
    "twitter.com": "x",
    "x.com": "x",
    "t.co": "x",
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "fb.watch": "facebook",
    "instagram.com": "instagram",
    "linkedin.com": "linkedin",
    "lnkd.in": "linkedin",
    "youtube.com": "youtube",
    "youtu.be": "youtube",
    "tiktok.com": "tiktok",
    "reddit.com": "reddit",
    "redd.it": "reddit",
    "bsky.app": "bluesky",
    "threads.net": "threads",
    "threads.com": "threads",
    "t.me": "telegram",
    "telegram.me": "telegram",
    "pinterest.com": "pinterest",
    "pin.it": "pinterest",
    "news.ycombinator.com": "hackernews",
    "weibo.com": "weibo",
    "weibo.cn": "weibo",
    "xiaohongshu.com": "xiaohongshu",
    "mp.weixin.qq.com": "wechat",
    "mastodon.social": "mastodon",
    "quora.com": "qa",
    "stackoverflow.com": "qa",
    "trustpilot.com": "review",
    "tripadvisor.com": "review",
    "podcasts.apple.com": "podcast",
}

COMMON_PLATFORMS: Mapping[str, str] = {
    "x": "x",
    "twitter": "x",
    "x (twitter)": "x",
    "socialmedia_twitter": "x",
    "facebook": "facebook",
    "fb": "facebook",
    "facebook public": "facebook",
    "socialmedia_facebook": "facebook",
    "instagram": "instagram",
    "instagram public": "instagram",
    "socialmedia_instagram": "instagram",
    "linkedin": "linkedin",
    "socialmedia_linkedin": "linkedin",
    "youtube": "youtube",
    "socialmedia_youtube": "youtube",
    "tiktok": "tiktok",
    "tik tok": "tiktok",
    "socialmedia_tiktok": "tiktok",
    "reddit": "reddit",
    "mastodon": "mastodon",
    "bluesky": "bluesky",
    "threads": "threads",
    "telegram": "telegram",
    "pinterest": "pinterest",
    "hackernews": "hackernews",
    "hacker news": "hackernews",
    "wechat": "wechat",
    "weibo": "weibo",
    "sina weibo": "weibo",
    "little_red_book": "xiaohongshu",
    "xiaohongshu": "xiaohongshu",
    "rednote": "xiaohongshu",
    "news": "news",
    "online news": "news",
    "onlinenews": "news",
    "online_news": "news",
    "newspaper": "news",
    "magazine": "news",
    "press": "news",
    "print": "news",
    "lexisnexis": "news",
    "blog": "blog",
    "blogs": "blog",
    "tumblr": "blog",
    "forum": "forum",
    "forums": "forum",
    "board": "forum",
    "boards": "forum",
    "messageboard": "forum",
    "message boards": "forum",
    "review": "review",
    "reviews": "review",
    "podcast": "podcast",
    "podcasts": "podcast",
    "broadcast": "broadcast",
    "tv": "broadcast",
    "radio": "broadcast",
    "qq": "other",
    "qa": "qa",
    "q&a": "qa",
    "quora": "qa",
    "other": "other",
    "comments": "other",
    "comment": "other",
}

SENTIMENTS: Mapping[str, str] = {
    **dict.fromkeys(("positive", "positives", "positivo", "pos", "basic positive"), "positive"),
    **dict.fromkeys(("neutral", "neutrals", "neutro", "neu", "basic neutral"), "neutral"),
    **dict.fromkeys(("negative", "negatives", "negativo", "neg", "basic negative"), "negative"),
}

POST_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("photo", "photos", "image", "picture", "sidecar_photo", "status_photo", "graphimage"), "photo"),
    **dict.fromkeys(("video", "videos", "native video", "native_video", "igtv", "tv", "youtube", "vine"), "video"),
    **dict.fromkeys(("carousel", "carousels", "sidecar", "carousel_album", "document"), "carousel"),
    **dict.fromkeys(("album", "photo album", "albums", "multi photo"), "album"),
    **dict.fromkeys(("link", "links", "article", "share", "shared link", "external"), "link"),
    **dict.fromkeys(("text", "status", "post", "tweet", "regular", "note"), "text"),
    **dict.fromkeys(("story", "stories"), "story"),
    **dict.fromkeys(("reel", "reels", "clips", "short", "shorts"), "reel"),
    **dict.fromkeys(("live", "live video", "live_video_complete", "live_video", "live video complete"), "live"),
    **dict.fromkeys(("live video scheduled", "live_video_scheduled"), "live"),
    **dict.fromkeys(("poll", "polls"), "poll"),
    **dict.fromkeys(("event", "events"), "event"),
}

_LANGUAGE_NAMES = (
    "af Afrikaans|ar Arabic|az Azerbaijani|be Belarusian|bg Bulgarian|bn Bengali|bs Bosnian|ca Catalan|cs Czech|"
    "cy Welsh|da Danish|de German|el Greek|en English|eo Esperanto|es Spanish|et Estonian|eu Basque|fa Persian|"
    "fa Farsi|fi Finnish|tl Tagalog|tl Filipino|fr French|ga Irish|gl Galician|gu Gujarati|he Hebrew|hi Hindi|"
    "hr Croatian|hu Hungarian|hy Armenian|id Indonesian|is Icelandic|it Italian|ja Japanese|ka Georgian|"
    "kk Kazakh|km Khmer|kn Kannada|ko Korean|ku Kurdish|la Latin|lo Lao|lt Lithuanian|lv Latvian|mk Macedonian|"
    "ml Malayalam|mn Mongolian|mr Marathi|ms Malay|my Burmese|nb Norwegian Bokmål|nl Dutch|no Norwegian|"
    "pa Punjabi|pl Polish|ps Pashto|pt Portuguese|ro Romanian|ru Russian|si Sinhala|sk Slovak|sl Slovenian|"
    "so Somali|sq Albanian|sr Serbian|sv Swedish|sw Swahili|ta Tamil|te Telugu|th Thai|tr Turkish|uk Ukrainian|"
    "ur Urdu|uz Uzbek|vi Vietnamese|zh Chinese|zh Chinese (Simplified)|zh Chinese (Traditional)|zh Mandarin|"
    "zu Zulu|es español|en inglés|fr français|de Deutsch|pt português"
)
_OLD_LANGUAGES = {"in": "id", "iw": "he", "ji": "yi", "fil": "tl", "cmn": "zh", "yue": "zh", "jp": "ja", "cz": "cs"}
_NO_LANGUAGE = frozenset(("und", "zxx", "qme", "qht", "qam", "qst", "qct", "art", "mul", "xx", "un"))


@cache
def country_codes() -> dict[str, str]:
    """Folded alpha-2, alpha-3 and names to ISO 3166-1 alpha-2; `uk` is what some vendors write for GB."""
    text = (files("transforms.sources") / "countries.csv").read_text(encoding="utf-8")
    codes: dict[str, str] = {}
    for row in csv.DictReader(text.splitlines()):
        for word in (row["alpha_2"], row["alpha_3"], *row["names"].split("|")):
            codes[word.casefold()] = row["alpha_2"]
    return codes


@cache
def language_codes() -> dict[str, str]:
    """Folded English (and some native) language names to ISO 639-1."""
    pairs = (pair.split(" ", 1) for pair in _LANGUAGE_NAMES.split("|"))
    return {name.casefold(): code for code, name in pairs}


def language_code(word: str) -> str | None:
    """ISO 639-1 code for a code, tag (`zh-Hans`) or name; None for `und` and for what is unknown."""
    folded = word.strip().casefold()
    if folded in language_codes():
        return language_codes()[folded]
    stem = folded.replace("_", "-").split("-")[0]
    stem = _OLD_LANGUAGES.get(stem, stem)
    if stem in _NO_LANGUAGE or len(stem) != 2 or not stem.isascii() or not stem.isalpha():
        return None
    return stem


def country_code(word: str) -> str | None:
    """ISO 3166-1 alpha-2 for a code or a name; None for what is unknown."""
    return country_codes().get(word.strip().casefold())


def mapped_words(values: pl.Series, mapping: Mapping[str, str]) -> pl.Series:
    """Each value's folded form looked up in the mapping; null where it does not stand there."""
    words = values.drop_nulls().unique().to_list()
    found = {word: mapping[word.strip().casefold()] for word in words if word.strip().casefold() in mapping}
    return values.replace_strict(found, default=None, return_dtype=pl.String)


def converted_words(values: pl.Series, convert: Callable[[str], str | None]) -> pl.Series:
    """Each distinct value passed once through `convert`, a function from text to text or None."""
    words = values.drop_nulls().unique().to_list()
    found = {word: convert(word) for word in words}
    return values.replace_strict(found, default=None, return_dtype=pl.String)


def platform_of_host(host: str) -> str | None:
    """The platform a host belongs to, by its name or a parent domain's."""
    parts = host.split(".")
    for start in range(len(parts) - 1):
        code = HOST_PLATFORMS.get(".".join(parts[start:]))
        if code is not None:
            return code
    return None
