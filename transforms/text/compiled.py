"""How kernels are compiled. Importing it imports Numba: import kernels inside the functions that call them."""

from collections.abc import Callable
from typing import Any

from numba import njit
from numba.core.options import DefaultOptions

# A helper that allocates nothing need not count references to the arrays it is given; the counting takes several
# times as long as comparing two signatures. Numba uses the switch in its own library; without it helpers are only
# slower.
_WITHOUT_COUNTING: dict[str, Any] = {"_nrt": False} if hasattr(DefaultOptions, "_nrt") else {}


def compiled(function: Callable[..., Any]) -> Any:
    """The function compiled at its first call, without the interpreter lock.

    The machine code is kept on disk beside the source or in the user's cache folder; where neither can be written it
    lives as long as the process.
    """
    try:
        return njit(nogil=True, cache=True)(function)
    except (RuntimeError, OSError):
        return njit(nogil=True)(function)


def helper(function: Callable[..., Any]) -> Any:
    """A function that allocates nothing, called from compiled functions only."""
    return njit(**_WITHOUT_COUNTING)(function)
