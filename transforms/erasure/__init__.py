"""Erasure: whom and what nobody may keep any more, and what an export is without them."""
