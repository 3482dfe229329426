"""Boolean brand and topic queries: the language analysts write, and its matcher."""
