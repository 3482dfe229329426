"""JSON to records: one object per line, or one document that holds a list. Bounded in size and depth.

A record becomes one row of text cells, one column per path the declaration names; whatever else it holds goes to the
column `RAW` as JSON, without the paths the declaration drops.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from transforms.sources.declaration import SourceDeclaration
from transforms.sources.decode import DecodedText
from transforms.sources.json_shape import JsonShape
from transforms.sources.reading import ReadLimits, RecordBatch, RefusedFile, Rejection
from transforms.sources.records import ROW
from transforms.sources.rejects import is_dropped, shown

RAW = "\x00raw"
_DEEPEST = 64
_JS_PREFIX = re.compile(r"^\s*window\.YTD\.[\w.]+\s*=\s*")
_RAW_LENGTH = 64_000


@dataclass(frozen=True)
class NotARecord:
    """An object that is no record of the format (an error, a channel among videos), or not one that can be read.

    What a format mixes with its records as a matter of course (likes in a stream, cursors among items) is `expected`:
    it is passed over and counted in the file's warnings by `text`, while anything else is a rejection.
    """

    text: str
    code: str = "not_a_post"
    is_expected: bool = False


def converted(items: Iterable[Any], convert: Callable[[Any], dict[str, Any] | NotARecord]) -> Iterator[Any]:
    """Each item through `convert`; one not built as expected is a rejection of its own only."""
    for item in items:
        try:
            yield convert(item)
        except (AttributeError, TypeError, KeyError, IndexError, ValueError) as error:
            words = f"the record is not built as this format builds them ({type(error).__name__}: {str(error)[:80]})"
            yield NotARecord(words, "bad_json")


def path_value(item: Any, path: str) -> Any:
    """The value at a dotted path; list places are numbers; None where there is nothing."""
    if isinstance(item, Mapping) and path in item:
        return item[path]
    for part in path.split("."):
        if isinstance(item, Mapping):
            item = item.get(part)
        elif isinstance(item, list) and part.isdigit():
            item = item[int(part)] if int(part) < len(item) else None
        else:
            return None
        if item is None:
            return None
    return item


def cell_text(value: Any) -> str | None:
    """A JSON value as a text cell."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1 << 53 else repr(value)
    return json.dumps(value, ensure_ascii=False) if value else None


def pruned(item: Any, taken: frozenset[str], dropped: tuple[str, ...], path: str = "", depth: int = 0) -> Any:
    """The item without taken and personal paths and without empty values; lists keep their parent's path."""
    if depth > _DEEPEST:
        return None
    if isinstance(item, Mapping):
        kept = {}
        for key, value in item.items():
            inner = f"{path}.{key}" if path else str(key)
            if inner in taken or is_dropped(inner, dropped):
                continue
            rest = pruned(value, taken, dropped, inner, depth + 1)
            if rest is not None:
                kept[key] = rest
        return kept or None
    if isinstance(item, list):
        items = [rest for rest in (pruned(one, taken, dropped, path, depth + 1) for one in item) if rest is not None]
        return items or None
    return None if item == "" else item


def loads_bounded(text: str) -> Any:
    """Decoded JSON; ValueError for broken, too deep or absurdly numeric text."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


@dataclass
class JsonRecords:
    """The records of one JSON text by one declaration. `record_count` is final after the last batch."""

    text: DecodedText
    declaration: SourceDeclaration
    envelope: str
    limits: ReadLimits
    record_count: int = 0
    header: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.header = tuple(sorted(self.declaration.export_columns()))
        self._taken = frozenset(self.header)
        self._passed_over = Counter[str]()
        self.shape = self._empty_shape()

    def _empty_shape(self) -> JsonShape:
        return JsonShape(self.envelope, self.declaration.total_paths, self.declaration.is_total_of_page)

    def batches(self) -> Iterator[RecordBatch]:
        """All records in order."""
        self.record_count = 0
        self._passed_over = Counter[str]()
        self._withdrawn = self._withdrawn_ids()
        self.shape = self._empty_shape()
        items: list[tuple[int, Mapping[str, Any]]] = []
        rejections: list[Rejection] = []
        size = 0
        for item, length in self._objects():
            self.shape.add(item)
            for record in [item] if isinstance(item, Rejection) else self._records(item):
                if isinstance(record, NotARecord):
                    self._passed_over[record.text] += 1
                    continue
                self.record_count += 1
                if isinstance(record, Rejection):
                    rejections.append(
                        Rejection(self.record_count, record.reason_code, None, record.reason_text, record.raw_content)
                    )
                else:
                    items.append((self.record_count, record))
                if len(items) + len(rejections) >= self.limits.batch_rows:
                    yield self._batch(items, rejections)
                    items, rejections, size = [], [], 0
            size += length
            if size > self.limits.batch_bytes:
                yield self._batch(items, rejections)
                items, rejections, size = [], [], 0
        if items or rejections:
            yield self._batch(items, rejections)

    @property
    def notes(self) -> tuple[str, ...]:
        """Warnings about the whole text."""
        if not self._passed_over:
            return ()
        most = ", ".join(f"{count} {text}" for text, count in self._passed_over.most_common(4))
        return (f"{self._passed_over.total()} objects that are no posts were passed over ({most})",)

    def _withdrawn_ids(self) -> frozenset[str]:
        """Ids of posts that objects of the same file take back; read ahead, as they stand after the posts."""
        find = self.declaration.withdrawn_id
        if find is None:
            return frozenset()
        found = (find(item) for item, _ in self._objects() if isinstance(item, Mapping))
        return frozenset(id_ for id_ in found if id_ is not None)

    @property
    def is_lines(self) -> bool:
        """Whether the text is an object per line rather than one document."""
        return not is_document(self.text)

    def pieces(self) -> Iterator[tuple[str, str, Any]]:
        """Every line (or the whole document) as it stands, what stands before its JSON, and the JSON decoded.

        The last is a Rejection where it cannot be decoded. Raises RefusedFile for a line that is too long to hold.
        """
        self._withdrawn = self._withdrawn_ids()
        for text, length in _json_texts(self.text, self.limits):
            if text is None:
                raise RefusedFile(f"a line is {length:,} bytes long: split the file")
            prefix = found.group() if (found := _JS_PREFIX.match(text)) else ""
            try:
                yield text, prefix, loads_bounded(text[len(prefix) :])
            except ValueError:
                yield text, prefix, Rejection(0, "bad_json", None, "", None)

    def records_in(self, item: Any) -> list[Mapping[str, Any] | Rejection]:
        """The records an object of `pieces` holds: those that `batches` numbers."""
        held = [item] if isinstance(item, Rejection) else self._records(item)
        return [record for record in held if not isinstance(record, NotARecord)]

    def _objects(self) -> Iterator[tuple[Any, int]]:
        for text, length in _json_texts(self.text, self.limits):
            if text is None:
                yield Rejection(0, "too_large", None, f"the line is {length:,} bytes long: split the file", None), 0
                continue
            try:
                yield loads_bounded(_JS_PREFIX.sub("", text, count=1)), length
            except ValueError as error:
                words = f"the line is not JSON ({str(error)[:80]}): is the file cut off? export it again"
                yield Rejection(0, "bad_json", None, words, None), 0

    def _records(self, item: Any) -> Iterator[Mapping[str, Any] | Rejection | NotARecord]:
        if isinstance(item, list):
            for one in item:
                yield from self._records(one) if isinstance(one, Mapping) else [_no_object(one)]
            return
        hook = self.declaration.hook
        try:
            found: Iterable[Any] = hook(item) if hook is not None else _listed(item, self.envelope)
            for record in found:
                if isinstance(record, NotARecord) and record.is_expected:
                    yield record
                elif isinstance(record, NotARecord):
                    yield Rejection(0, record.code, None, record.text, None)
                elif isinstance(record, Mapping):
                    is_withdrawn = bool(self._withdrawn) and record.get("_id") in self._withdrawn
                    taken_back = "the author deleted the post later in this file"
                    yield Rejection(0, "deleted", None, taken_back, None) if is_withdrawn else record
                else:
                    yield _no_object(record)
        except (AttributeError, TypeError, KeyError, IndexError, ValueError) as error:
            words = f"the record is not built as this format builds them ({type(error).__name__}: {str(error)[:80]})"
            yield Rejection(0, "bad_json", None, words, None)

    def _batch(self, items: list[tuple[int, Mapping[str, Any]]], rejections: list[Rejection]) -> RecordBatch:
        columns: dict[str, list[str | None]] = {name: [] for name in self.header}
        raws: list[str | None] = []
        for _, item in items:
            for name, cells in columns.items():
                cells.append(cell_text(path_value(item, name)))
            rest = pruned(item, self._taken, self.declaration.dropped)
            text = None if rest is None else json.dumps(rest, ensure_ascii=False)
            raws.append(text if text is None or len(text) <= _RAW_LENGTH else None)
        frame = pl.DataFrame(columns, schema=dict.fromkeys(self.header, pl.String))
        numbers = [number for number, _ in items]
        return RecordBatch(
            frame.with_columns(pl.Series(RAW, raws, dtype=pl.String), pl.Series(ROW, numbers, dtype=pl.Int64)),
            rejections,
        )


def _no_object(record: Any) -> Rejection:
    return Rejection(0, "bad_json", None, f"a record is {shown(str(record))}, not an object", None)


def _listed(item: Any, envelope: str) -> Iterable[Any]:
    found = path_value(item, envelope) if envelope else item
    return found if isinstance(found, list) else [found]


def is_document(text: DecodedText) -> bool:
    """Whether the text is one JSON document over several lines rather than an object per line."""
    head = _JS_PREFIX.sub("", text.text(0, 65_536), count=1).lstrip()
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


def first_objects(text: DecodedText, limits: ReadLimits, most: int = 20) -> list[Any]:
    """The first objects of the text that decode, for recognising the format; a list counts by its items."""
    objects: list[Any] = []
    for piece, _ in _json_texts(text, limits):
        if piece is None:
            continue
        try:
            item = loads_bounded(_JS_PREFIX.sub("", piece, count=1))
        except ValueError:
            item = None
        objects += item[:most] if isinstance(item, list) else [item] if item is not None else []
        if len(objects) >= most:
            break
    return objects[:most]
