"""What a text's bytes hold: multi-byte characters of UTF-8, places that are no UTF-8, NUL bytes. Nothing is decoded.

A character is what RFC 3629 allows: no overlong forms, no surrogates, nothing beyond U+10FFFF.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit  # type: ignore[import-untyped,unused-ignore]

_PIECE = 16 << 20
_BLOCK = 64


@dataclass(frozen=True)
class Survey:
    """Multi-byte characters, places (runs of bytes) that are no UTF-8, and NUL bytes."""

    valid: int = 0
    invalid: int = 0
    nul: int = 0


def survey_of(buffer: np.ndarray, release: Callable[[int], None] = lambda end: None) -> Survey:
    """The survey of a whole text; `release` is told up to where its bytes were seen, to give memory back."""
    position, is_stray = 0, False
    valid = invalid = nul = 0
    while position < len(buffer):
        position, is_stray, *found = _counted(buffer, position, position + _PIECE, is_stray)
        valid, invalid, nul = valid + found[0], invalid + found[1], nul + found[2]
        release(position)
    return Survey(valid, invalid, nul)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator,unused-ignore]
def _counted(buffer, position, stop, is_stray):  # type: ignore[no-untyped-def]
    """Counts from a character's start up to the first one at or after `stop`; `is_stray`: whether a run goes on."""
    size = buffer.shape[0]
    stop = min(stop, size)
    valid = invalid = nul = 0
    while position < stop:
        end = min(position + _BLOCK, size)
        if end == position + _BLOCK:
            # Most blocks are plain ASCII: the machine compares all their bytes at once.
            bits = 0
            for place in range(position, position + _BLOCK):
                bits |= buffer[place]
            if bits < 128:
                for place in range(position, position + _BLOCK):
                    nul += buffer[place] == 0
                position, is_stray = end, False
                continue
        while position < end:
            width = _width(buffer, position)
            if width <= 0:
                # A single cut at the end of a sound text is rather a cut than another encoding.
                valid += width < 0 and invalid == 0
                invalid += not is_stray
                is_stray = True
                position += 1
                continue
            valid += width > 1
            nul += buffer[position] == 0
            is_stray = False
            position += width
    return position, is_stray, valid, invalid, nul


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator,unused-ignore]
def _width(buffer, position):  # type: ignore[no-untyped-def]
    """How many bytes the character that starts here has; 0 where none does, -1 where the text's end cuts it."""
    first = buffer[position]
    if first < 0x80:
        return 1
    width = 4 if first >= 0xF0 else 3 if first >= 0xE0 else 2
    if first < 0xC2 or first > 0xF4:
        return 0
    # After these four lead bytes not every continuation byte may follow (RFC 3629, section 4).
    least = 0xA0 if first == 0xE0 else 0x90 if first == 0xF0 else 0x80
    most = 0x9F if first == 0xED else 0x8F if first == 0xF4 else 0xBF
    for place in range(position + 1, min(position + width, buffer.shape[0])):
        if buffer[place] < least or buffer[place] > most:
            return 0
        least, most = 0x80, 0xBF
    return width if position + width <= buffer.shape[0] else -1
