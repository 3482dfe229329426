"""The `listening` command: one module a command, all with --help, --json and the exit codes of `exits.py`."""
