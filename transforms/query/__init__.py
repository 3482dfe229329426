"""Boolean brand and topic queries: the language analysts write, its matcher, and sentiment per brand.

Where to look: `parser.parse_query` reads a query, `named.NamedQuery` gives it an id and a version,
`matcher.match_queries` finds it in mentions, `brand_sentiment.brand_sentiment` scores posts that name several brands.
`QUERIES.md` is the language on one page.
"""
