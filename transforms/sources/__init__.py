"""Reading exports: one declaration per format, one engine that turns any of them into the canonical raw records."""
