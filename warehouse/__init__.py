"""WHERE it lives: table contracts (`tables/`), the private store, and the release readers open."""
