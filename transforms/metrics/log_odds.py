"""How much more a term is used in one set of posts than in another, with a prior so that rare words do not win."""

import polars as pl

# Half a post more on each side (Haldane 1940, Anscombe 1956): without it a term that was never used before has so small
# a prior that its variance drowns any rise.
_HALF = 0.5


def log_odds_score(
    used: pl.Expr, posts: pl.Expr, used_elsewhere: pl.Expr, posts_elsewhere: pl.Expr, share: pl.Expr, prior: float
) -> pl.Expr:
    """z-score of the log-odds ratio of a term, posts in place of words.

    `used` of `posts` carry the term here, `used_elsewhere` of `posts_elsewhere` there; `share` is the part of all
    posts that carry it, and `prior` how many imagined posts of that share each side starts with (the informative
    Dirichlet prior of Monroe, Colaresi and Quinn 2008), plus half a post. Null where either side has no posts.
    """
    start = prior * share + _HALF
    here, there = used + start, used_elsewhere + start
    size = prior + 2 * _HALF
    without, without_there = posts + size - here, posts_elsewhere + size - there
    odds = (here / without).log() - (there / without_there).log()
    spread = (1 / here + 1 / without + 1 / there + 1 / without_there).sqrt()
    return pl.when((posts > 0) & (posts_elsewhere > 0)).then(odds / spread)
