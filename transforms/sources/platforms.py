"""On which platform a record stands: a constant, the vendor's word for it, or the host of its address."""

import re
from dataclasses import dataclass, field

import polars as pl

from transforms.sources import codes
from transforms.sources.cells import HeaderMap, cell, evaluated, picked
from transforms.sources.declaration import SourceDeclaration
from transforms.sources.values import nothing

_URL = re.compile(r"https?://([^/?#:\s]+)")


@dataclass
class PlatformReader:
    """Finds the platform of each record; `unknown` counts the words that no rule and no address explains."""

    declaration: SourceDeclaration
    preamble_text: str = ""
    unknown: dict[str, int] = field(default_factory=dict)

    def read(self, records: pl.DataFrame, names: HeaderMap) -> pl.Series:
        """One platform code per record, never null."""
        rule = self.declaration.platform
        if rule.constant is not None:
            return pl.repeat(rule.constant, records.height, dtype=pl.String, eager=True)
        words = {**codes.COMMON_PLATFORMS, **{key.casefold(): value for key, value in rule.values.items()}}
        found = nothing(records.height)
        said = [evaluated(records, cell(name, self.declaration)) for name in names.found(rule.columns)]
        for cells in said:
            found = pl.select(pl.coalesce(found, codes.mapped_words(cells, words))).to_series()
        if found.null_count() and "url" in self.declaration.columns:
            url = evaluated(records, picked(self.declaration.columns["url"], names, self.declaration, False))
            host = url.str.extract(r"(?i)^(?:https?://)?([^/?#:]+)", 1).str.to_lowercase()
            found = pl.select(pl.coalesce(found, codes.converted_words(host, codes.platform_of_host))).to_series()
        above = _URL.search(self.preamble_text) if rule.is_in_preamble else None
        if above is not None:
            found = found.fill_null(codes.platform_of_host(above.group(1).lower()) or "other")
        if found.null_count() and rule.otherwise is None:
            for word in (word for cells in said[:1] for word in cells.filter(found.is_null()).drop_nulls()):
                self.unknown[word] = self.unknown.get(word, 0) + 1
        return found.fill_null(rule.otherwise or "other")

    @property
    def warning(self) -> str | None:
        """What to say about unknown words, the most frequent first."""
        if not self.unknown:
            return None
        names = sorted(self.unknown, key=lambda name: (-self.unknown[name], name))[:5]
        return f"platforms no rule knows, read as 'other': {', '.join(name[:40] for name in names)}"
