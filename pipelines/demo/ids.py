"""Ids as the platforms make them, so that ids can prove times: X snowflakes, Instagram short codes, and others."""

import random
from datetime import UTC, datetime

X_EPOCH_MS = 1_288_834_974_657
INSTAGRAM_EPOCH_MS = 1_314_220_021_721
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_SECOND = 1_000


def epoch_ms(at: datetime) -> int:
    """Return the milliseconds since 1970 of an aware instant, exactly."""
    whole = at.astimezone(UTC).replace(microsecond=0)
    return int(whole.timestamp()) * _SECOND + at.microsecond // _SECOND


def snowflake(rng: random.Random, at: datetime) -> str:
    """Return an X status id made inside the second of `at`."""
    return str(((epoch_ms(at) + rng.randrange(_SECOND) - X_EPOCH_MS) << 22) | rng.getrandbits(22))


def short_code(rng: random.Random, at: datetime) -> str:
    """Return the short code of an Instagram media id made inside the second of `at`."""
    media_id = ((epoch_ms(at) + rng.randrange(_SECOND) - INSTAGRAM_EPOCH_MS) << 23) | rng.getrandbits(23)
    return "".join(_BASE64[(media_id >> shift) & 63] for shift in range(60, -1, -6))


def base36(rng: random.Random, length: int) -> str:
    """Return a random lower-case id of digits and letters, as Reddit makes them."""
    return "".join(rng.choice(_BASE36) for _ in range(length))


def digits(rng: random.Random, length: int) -> str:
    """Return a random decimal id that does not start with a zero."""
    return str(rng.randrange(10 ** (length - 1), 10**length))


def hex_id(rng: random.Random, length: int) -> str:
    """Return a random lower-case hexadecimal id."""
    return f"{rng.getrandbits(4 * length):0{length}x}"
