"""Cleaning what people type before it is stored, and words that the whole product shares."""

from __future__ import annotations

import unicodedata

MESSAGE_MAX = 1000
#: line breaks, and the joiners that emoji and some scripts need; other invisible signs go
_KEPT = frozenset("\n\u200d\u200c")
_GONE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
#: letters and a symbol that show nothing
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def in_credits(amount: int) -> str:
    """1 credit, 2 credits."""
    return f"{amount} credit" if amount == 1 else f"{amount} credits"


def clean(text: str) -> str:
    """``text`` without invisible signs and outer blanks, line ends as ``\\n``, in NFC.

    Empty when nothing of it could be seen: such a message would be paid for, or count as an answer.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c in _KEPT or unicodedata.category(c) not in _GONE)
    kept = unicodedata.normalize("NFC", kept).strip()
    return kept if any(_is_seen(c) for c in kept) else ""


def _is_seen(character: str) -> bool:
    """Whether it shows something by itself: no blank, no joiner, no mark on another one."""
    return character not in _BLANKS and unicodedata.category(character)[0] not in "ZCM"
