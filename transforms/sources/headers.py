"""The full headers of known formats, for drift reports; the lists are in headers.json."""

import json
from functools import cache
from importlib.resources import files


@cache
def _all_headers() -> dict[str, list[str]]:
    text = (files("transforms.sources") / "headers.json").read_text(encoding="utf-8")
    headers: dict[str, list[str]] = json.loads(text)
    return headers


def known_header(code: str) -> tuple[str, ...]:
    """The header of a format as last seen; raises KeyError for a code without one."""
    return tuple(_all_headers()[code])
