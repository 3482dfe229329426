"""How the kernels are compiled: the one place that decides on Numba's options. Importing it imports Numba.

The kernels allocate nothing, so the counting of references to arrays is switched off: it cost four fifths of the time.
Numba uses the same switch in its own library; a version that does not know it compiles the same kernels, only slower.
"""

from collections.abc import Callable
from typing import Any

from numba import njit
from numba.core.options import DefaultOptions

from transforms.text.compiled import kept_with_sources

WITHOUT_COUNTING: dict[str, Any] = {"_nrt": False} if hasattr(DefaultOptions, "_nrt") else {}


def inlined(function: Callable[..., Any]) -> Any:
    """A helper that is compiled into its callers."""
    return njit(forceinline=True, **WITHOUT_COUNTING)(function)


def entry(function: Callable[..., Any]) -> Any:
    """A function that Python calls: releases the interpreter lock, compiled at its first call.

    The compiled code is kept on disk beside the source or in the user's cache folder; where neither can be written, it
    lives as long as the process.
    """
    try:
        return kept_with_sources(njit(nogil=True, cache=True, **WITHOUT_COUNTING)(function))
    except (RuntimeError, OSError):
        return njit(nogil=True, **WITHOUT_COUNTING)(function)
