"""Whether the tables can be trusted: checks derived from the contracts, business rules, the audit and its report."""
