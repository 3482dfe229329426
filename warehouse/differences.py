"""What differs between the records (manifests) of two releases: files, queries, definitions, configuration, code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Sections and keys of listening.yaml that decide no number.
SILENT = {"schedule", "alerts", "digest"}
SILENT_KEYS = {"name", "keep_releases", "keep_days", "keep_months"}


@dataclass(frozen=True)
class InputFile:
    """One export file as a manifest names it."""

    file_id: str
    file_name: str
    source_code: str | None
    record_kind_code: str
    declaration_version: str | None
    kept_count: int


@dataclass(frozen=True)
class Differences:
    """What of the inputs of two releases differs, older to newer. Ids and names are sorted."""

    new_files: tuple[InputFile, ...] = ()
    gone_files: tuple[InputFile, ...] = ()
    files_read_again: tuple[InputFile, ...] = ()
    brands: tuple[str, ...] = ()  # with another query, new or gone
    topics: tuple[str, ...] = ()
    panel_changed: bool = False
    configuration: tuple[str, ...] = ()  # keys of listening.yaml with another value, e.g. workspace.languages
    metrics: tuple[str, ...] = ()  # with another version
    code: tuple[str, str] | None = None
    libraries: tuple[str, ...] = ()
    erasures: tuple[int, int] | None = None  # how many tombstones there were and are

    def lines(self) -> list[str]:
        """One sentence per difference, for people."""
        told = [
            _files("new file", self.new_files),
            _files("file gone", self.gone_files),
            _files("file read again by another declaration", self.files_read_again),
            _named("query edited: brand", self.brands),
            _named("query edited: topic", self.topics),
            "panel changed" if self.panel_changed else "",
            _named("configuration changed:", self.configuration),
            _named("definition changed: metric", self.metrics),
            f"code changed: {self.code[0]} → {self.code[1]}" if self.code else "",
            _named("library changed:", self.libraries),
            f"erasures: {self.erasures[0]} → {self.erasures[1]} tombstones" if self.erasures else "",
        ]
        return [line for line in told if line]


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Differences:
    """What differs between two manifests. What an old manifest does not record counts as unchanged, except files."""
    before, after = _inputs(old), _inputs(new)
    both = before.keys() & after.keys()
    return Differences(
        new_files=tuple(after[name] for name in sorted(after.keys() - before.keys())),
        gone_files=tuple(before[name] for name in sorted(before.keys() - after.keys())),
        files_read_again=tuple(
            after[name]
            for name in sorted(both)
            if (before[name].declaration_version, before[name].kept_count)
            != (after[name].declaration_version, after[name].kept_count)
        ),
        brands=_changed(old, new, "query_versions", "brand"),
        topics=_changed(old, new, "query_versions", "topic"),
        panel_changed=old["panel_id"] != new["panel_id"],
        configuration=_configuration(old.get("configuration"), new.get("configuration")),
        metrics=_changed(old, new, "metric_versions"),
        code=(old["code_version"], new["code_version"]) if old["code_version"] != new["code_version"] else None,
        libraries=_changed(old, new, "library_versions"),
        erasures=_erasures(old, new),
    )


def _inputs(manifest: Mapping[str, Any]) -> dict[str, InputFile]:
    recorded = manifest.get("inputs")
    if recorded is None:
        return {name: InputFile(name, name[:12], None, "mention", None, 0) for name in manifest["input_file_ids"]}
    names = InputFile.__dataclass_fields__
    return {entry["file_id"]: InputFile(**{name: entry[name] for name in names}) for entry in recorded}


def _changed(old: Mapping[str, Any], new: Mapping[str, Any], *path: str) -> tuple[str, ...]:
    """Ids with another value under `path`, where both manifests record it."""
    before: Any = old
    after: Any = new
    for key in path:
        before, after = before.get(key), after.get(key)
        if before is None or after is None:
            return ()
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


def _configuration(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> tuple[str, ...]:
    if old is None or new is None:
        return ()
    changed = []
    for section in sorted((old.keys() | new.keys()) - SILENT):
        before, after = old.get(section), new.get(section)
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            keys = sorted(before.keys() | after.keys())
            changed += [f"{section}.{k}" for k in keys if k not in SILENT_KEYS and before.get(k) != after.get(k)]
        else:
            changed.append(section)
    return tuple(changed)


def _erasures(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[int, int] | None:
    before, after = old.get("tombstone_count", 0), new.get("tombstone_count", 0)
    return (before, after) if before != after else None


def _files(what: str, files: tuple[InputFile, ...]) -> str:
    return _named(f"{what}:", tuple(file.file_name for file in files))


def _named(what: str, names: tuple[str, ...]) -> str:
    if not names:
        return ""
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    return f"{what} {shown}"
