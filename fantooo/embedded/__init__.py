"""The servers of a development machine: PostgreSQL, Redis, assets, and who watches them."""
