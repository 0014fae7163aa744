"""Measures Fantooo: ``./dev bench``. What is measured, and how, stands in docs/performance.md."""
