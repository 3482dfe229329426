"""WHEN and HOW it runs: definitions, settings, jobs, schedules, sensors, and the `listening` command."""
