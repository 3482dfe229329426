"""JSON to records: one object per line, or one document that holds a list. Bounded in size and depth.

A record becomes one row of text cells, one column per path the declaration names; whatever else it holds goes to the
column `RAW` as JSON, without the paths the declaration drops.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from transforms.sources.declaration import SourceDeclaration
from transforms.sources.decode import DecodedText
from transforms.sources.json_shape import JsonShape
from transforms.sources.json_texts import JS_PREFIX, decoded_texts, is_document
from transforms.sources.reading import ReadLimits, RecordBatch, RefusedFile, Rejection
from transforms.sources.records import ROW
from transforms.sources.rejects import is_dropped, shown

RAW = "\x00raw"
_DEEPEST = 64
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
    # Decoded JSON has no other mappings, and the abstract one takes four times as long to ask for.
    if isinstance(item, dict) and path in item:
        return item[path]
    for part in path.split("."):
        if isinstance(item, dict):
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
    if isinstance(item, dict):
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
        for text, item, _ in decoded_texts(self.text, self.limits):
            if text is None:
                raise RefusedFile("a line is too long to be held: split the file")
            found = JS_PREFIX.match(text)
            yield text, found.group() if found else "", item

    def records_in(self, item: Any) -> list[Mapping[str, Any] | Rejection]:
        """The records an object of `pieces` holds: those that `batches` numbers."""
        held = [item] if isinstance(item, Rejection) else self._records(item)
        return [record for record in held if not isinstance(record, NotARecord)]

    def _objects(self) -> Iterator[tuple[Any, int]]:
        for _, item, length in decoded_texts(self.text, self.limits):
            yield item, length

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
