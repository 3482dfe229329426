"""How property tests search: anew on a person's machine, the same examples each time where CI is set."""

import os

from hypothesis import settings

# Machines are noisy: how long an example takes is no behaviour.
settings.register_profile("search", deadline=None)
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable" if os.environ.get("CI") else "search")
