"""Timed work: one line into a service each. `schedule` is the one table of what runs when."""
