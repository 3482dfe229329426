"""HOW numbers come about: pure functions, frames in, frames out. No Dagster, no DuckDB, no clock, no I/O."""
