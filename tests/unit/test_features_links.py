"""Links read off a text: what a second cleaning would still change, the first one missed."""

import polars as pl
import pytest

from transforms.text.features_links import clean_links


@pytest.mark.parametrize(
    "link", ["https://a.example/_&", "https://a.example/_?utm_source=mail", "https://a.example/b)."]
)
def test_a_cleaned_link_is_clean(link: str) -> None:
    once = clean_links(pl.Series([link]))
    assert clean_links(once).to_list() == once.to_list()
    assert once.to_list()[0] in ("https://a.example/", "https://a.example/b")
