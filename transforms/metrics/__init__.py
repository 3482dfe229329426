"""What each number means: the registry of definitions, and the formulas that more than one table uses."""
