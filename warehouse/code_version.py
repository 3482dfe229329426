"""Which code computed a number: the package's version and a hash of everything that shapes a table."""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

_PACKAGES = ("transforms", "warehouse", "assets")
_LIBRARIES = ("duckdb", "numba", "numpy", "polars", "py3langid", "vaderSentiment")
_SUFFIXES = (".py", ".lark", ".csv", ".tsv", ".txt", ".json")


@cache
def code_version() -> str:
    """`<version>+<hash>`: tables made by another version of the transforms are made again."""
    try:
        number = version("listening-pipeline")
    except PackageNotFoundError:
        number = "0"
    return f"{number}+{_hash_of(_PACKAGES)}"


@cache
def checks_version() -> str:
    """Hash of the gate's checks and of the library that answers them: what one version passed, another may not."""
    return f"{version('great-expectations')}+{_hash_of(['quality'])}"


def _hash_of(packages: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for package in packages:
        for name, content in sorted(_contents(files(package), package)):
            digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:10]


@cache
def library_versions() -> dict[str, str]:
    """Version of each library that computes or stores numbers."""
    return {name: version(name) for name in _LIBRARIES}


def _contents(folder: Traversable, name: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.name.startswith(("_", ".")):
            found += _contents(entry, f"{name}/{entry.name}")
        elif entry.is_file() and entry.name.endswith(_SUFFIXES):
            found.append((f"{name}/{entry.name}", entry.read_bytes()))
    return found
