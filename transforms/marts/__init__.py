"""The listening tables, one module per question; every function returns rows that conform to a `mart` contract."""
