"""Intervals for shares and the arithmetic they share. Expressions in, expressions out."""

import polars as pl

# 97.5 % point of the standard normal distribution: two-sided 95 %.
Z_95 = 1.959963984540054


def wilson_low(ratio: pl.Expr, count: pl.Expr, z: float = Z_95) -> pl.Expr:
    """Lower end of Wilson's score interval (1927) for a share of `count` independent votes; null where count is 0."""
    return _wilson(ratio, count, z, -1.0)


def wilson_high(ratio: pl.Expr, count: pl.Expr, z: float = Z_95) -> pl.Expr:
    """Upper end of Wilson's score interval (1927) for a share of `count` independent votes; null where count is 0."""
    return _wilson(ratio, count, z, 1.0)


def _wilson(ratio: pl.Expr, count: pl.Expr, z: float, side: float) -> pl.Expr:
    centre = ratio + z * z / (2 * count)
    half = z * (ratio * (1 - ratio) / count + z * z / (4 * count * count)).sqrt()
    end = (centre + side * half) / (1 + z * z / count)
    # At 0 and 1 the end is exact on paper and off by a rounding error in floats.
    if side < 0:
        end = pl.when(ratio == 0).then(0.0).otherwise(end.clip(0.0, 1.0))
    else:
        end = pl.when(ratio == 1).then(1.0).otherwise(end.clip(0.0, 1.0))
    return pl.when(count > 0).then(end)


def ratio(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """numerator / denominator, null where the denominator is 0 or unknown."""
    return pl.when(denominator > 0).then(numerator / denominator)
