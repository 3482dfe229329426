"""WHAT exists: thin Dagster assets that read, call one transform, write and report. No logic."""
