"""JSON texts: where one object ends and the next begins, decoded and bounded; what is broken costs itself only."""

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from transforms.sources.decode import DecodedText
from transforms.sources.reading import ReadLimits, RefusedFile, Rejection

JS_PREFIX = re.compile(r"^\s*window\.YTD\.[\w.]+\s*=\s*")
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def loads_bounded(text: str) -> Any:
    """Decoded JSON; ValueError for broken, too deep or absurdly numeric text."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def decoded_texts(text: DecodedText, limits: ReadLimits) -> Iterator[tuple[str | None, Any, int]]:
    """Each object of the text as it stands, decoded (a Rejection where it is broken), and its length.

    Objects one after the other without a list around them, and a list that is cut off, are parted into their objects:
    only what is broken is lost. A line that is too long to hold has no text.
    """
    for piece, length in _json_texts(text, limits):
        if piece is None:
            yield None, Rejection(0, "too_large", None, f"the line is {length:,} bytes long: split the file", None), 0
            continue
        bare = JS_PREFIX.sub("", piece, count=1)
        try:
            item = loads_bounded(bare)
        except ValueError as error:
            yield from _parted(bare, str(error))
        else:
            yield piece, item, length


def _parted(text: str, problem: str) -> Iterator[tuple[str, Any, int]]:
    """The sound objects at the start of a text that is no JSON as a whole, and a rejection of what follows them."""
    place = _BETWEEN.match(text).end()  # type: ignore[union-attr]
    is_list = text[place : place + 1] == "["
    place = _BETWEEN.match(text, place + is_list).end()  # type: ignore[union-attr]
    while place < len(text):
        try:
            item, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            problem = str(error) if isinstance(error, ValueError) else "nested too deeply"
            break
        if not isinstance(item, dict | list):
            break
        yield text[place:end], item, end - place
        place = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]
        if is_list and text[place : place + 1] == "]":
            is_list, place = False, _BETWEEN.match(text, place + 1).end()  # type: ignore[union-attr]
    if place < len(text) or is_list:
        words = f"the line is not JSON ({problem[:80]}): is the file cut off? export it again"
        yield text[place:], Rejection(0, "bad_json", None, words, None), 0


def first_objects(text: DecodedText, limits: ReadLimits, most: int = 20) -> list[Any]:
    """The first objects of the text that decode, for recognising the format; a list counts by its items."""
    objects: list[Any] = []
    for _, item, _ in decoded_texts(text, limits):
        if not isinstance(item, Rejection):
            objects += item[:most] if isinstance(item, list) else [item]
        if len(objects) >= most:
            break
    return objects[:most]


def is_document(text: DecodedText) -> bool:
    """Whether the text is one JSON document over several lines rather than an object per line."""
    head = JS_PREFIX.sub("", text.text(0, 65_536), count=1).lstrip()
    if head.startswith("["):
        return True
    first_line = head.split("\n", 1)[0]
    if first_line.rstrip() in ("{", ""):
        return True
    try:
        loads_bounded(first_line)
    except ValueError:
        return len(first_line) < len(head) and not _looks_like_lines(head)
    return False


def _looks_like_lines(head: str) -> bool:
    lines = head.split("\n")
    return sum(1 for line in lines[1:4] if line.startswith("{")) * 2 >= len(lines[1:4])


def _json_texts(text: DecodedText, limits: ReadLimits) -> Iterator[tuple[str | None, int]]:
    size = len(text.buffer)
    if is_document(text):
        if size > limits.max_json_bytes:
            raise RefusedFile(f"a JSON document of {size:,} bytes is read whole: export it as one object per line")
        yield text.text(0, size), size
        return
    start = 0
    while start < size:
        piece = text.buffer[start : start + (64 << 20)]
        ends = np.flatnonzero(piece == 10)
        stop = start + (int(ends[-1]) + 1 if len(ends) else len(piece))
        if not len(ends) and start + len(piece) < size:
            after = np.flatnonzero(text.buffer[stop:] == 10)
            stop = stop + int(after[0]) + 1 if len(after) else size
        begin = start
        for end in (
            (*(start + ends + 1), stop) if not len(ends) or stop != start + int(ends[-1]) + 1 else (start + ends + 1)
        ):
            length = int(end) - begin
            if length > limits.max_record_bytes:
                yield None, length
            elif line := text.text(begin, int(end)).strip():
                yield line, length
            begin = int(end)
        start = stop
