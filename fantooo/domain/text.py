"""Cleaning what people type before it is stored, and words that the whole product shares."""

from __future__ import annotations

import unicodedata

MESSAGE_MAX = 1000
#: the joiner that emoji need stays, as do line breaks; other invisible controls go
_KEPT = {"\n", "\u200d", "\u200c"}


def in_credits(amount: int) -> str:
    """1 credit, 2 credits."""
    return f"{amount} credit" if amount == 1 else f"{amount} credits"


def clean(text: str) -> str:
    """``text`` without control characters and outer blanks, line ends as ``\\n``, in NFC."""
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (
        c for c in unified if c in _KEPT or unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"}
    )
    return "".join(kept).strip()
