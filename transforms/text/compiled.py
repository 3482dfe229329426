"""How kernels that allocate are compiled. Importing it imports Numba: import kernels where they are called."""

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Any:
    """The function compiled at its first call, without the interpreter lock.

    The machine code is kept on disk beside the source or in the user's cache folder; where neither can be written it
    lives as long as the process.
    """
    try:
        return njit(nogil=True, cache=True)(function)
    except (RuntimeError, OSError):
        return njit(nogil=True)(function)
