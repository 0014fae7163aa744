"""The tests of the original design, under their own names, against the real application."""
