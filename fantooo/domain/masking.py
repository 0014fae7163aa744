"""Hides a user's own contact and card data from operators (product.md 2.4)."""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
#: a day (24.11.2026, 2026-11-24) or a span of years; digits that go on after it make it a number
DATE = (
    rf"(?<!\d)(?:{_DAY}[./-]{_MONTH}[./-]{_YEAR}|{_MONTH}[./-]{_DAY}[./-]{_YEAR}"
    rf"|{_YEAR}[./-]{_MONTH}[./-]{_DAY}|{_YEAR}\s?[-/]\s?{_YEAR})(?!\d|[\s().\-/]{{0,3}}\d{{3}})"
)
#: eight digits and more, however they are grouped: phone and card numbers
_NUMBER = re.compile(rf"(?P<date>{DATE})|(?:\+|\b)\d(?:[\s().\-/]{{0,3}}\d){{7,18}}\b")


def mask(text: str) -> str:
    """``text`` with e-mail addresses, phone and card numbers replaced by what they were."""
    hidden = _EMAIL.sub("[e-mail hidden]", text)
    return _NUMBER.sub(lambda m: m["date"] or "[number hidden]", hidden)
