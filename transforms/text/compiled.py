"""How kernels are compiled, and where their machine code is kept: the one place that decides on Numba's options.

Importing it imports Numba: import kernels inside the functions that call them.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from numba import njit
from numba.core.options import DefaultOptions

# A function that allocates nothing need not count references to the arrays it is given; the counting takes several
# times as long as comparing two signatures, and four fifths of the time of scoring a text. Numba uses the switch in its
# own library; without it the same code is only slower.
_WITHOUT_COUNTING: dict[str, Any] = {"_nrt": False} if hasattr(DefaultOptions, "_nrt") else {}


def compiled(function: Callable[..., Any]) -> Any:
    """The function compiled at its first call, without the interpreter lock. It may allocate.

    The machine code is kept on disk beside the source or in the user's cache folder; where neither can be written it
    lives as long as the process.
    """
    return _kept(function)


def entry(function: Callable[..., Any]) -> Any:
    """The same for a function that allocates nothing."""
    return _kept(function, **_WITHOUT_COUNTING)


def helper(function: Callable[..., Any]) -> Any:
    """A function that allocates nothing, called from compiled functions only."""
    return njit(**_WITHOUT_COUNTING)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """A helper that becomes a part of its callers."""
    return njit(forceinline=True, **_WITHOUT_COUNTING)(function)


def _kept(function: Callable[..., Any], **options: Any) -> Any:
    try:
        dispatcher = njit(nogil=True, cache=True, **options)(function)
    except (RuntimeError, OSError):
        return njit(nogil=True, **options)(function)
    return kept_with_sources(dispatcher)


def kept_with_sources(dispatcher: Any) -> Any:
    """The same dispatcher, whose machine code on disk is used only as long as no kernel source has changed."""
    with suppress(AttributeError):
        kept = dispatcher._cache._cache_file
        kept._source_stamp = (kept._source_stamp, sources_checksum())
    return dispatcher


@cache
def sources_checksum() -> int:
    """A checksum of the sources that kernels of texts and queries are compiled from.

    Numba keeps compiled code until the file of the function itself changes, and would go on running old helpers and
    constants out of another file that has changed: with other arguments than they expect, down to a crash.
    """
    text, query = Path(__file__).parent, Path(__file__).parents[1] / "query"
    checksum = 0
    for path in sorted([*text.glob("*_kernel.py"), *text.glob("vader_*.py"), *query.glob("*.py"), Path(__file__)]):
        checksum = crc32(path.read_bytes(), checksum)
    return checksum
