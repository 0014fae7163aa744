"""What stored words are called on a screen: states, channels, languages, reasons."""

from __future__ import annotations

from collections.abc import Mapping

#: a language as people call it
LANGUAGES: Mapping[str, str] = {"en": "English", "sw": "Swahili"}

_WORDS: Mapping[str, str] = {
    # payments
    "pending": "Open",
    "processing": "On its way",
    "success": "Paid",
    "failed": "Failed",
    "refunded": "Refunded",
    # by which way
    "checkout": "Payment page",
    "mpesa": "M-Pesa",
    "mobile_money": "Mobile money",
    "bank_transfer": "Bank transfer",
    "ussd": "USSD",
    # what the provider says
    "abandoned": "Left before paying",
    "replaced": "Paid in another way",
    "expired": "Not paid in time",
    "reversed": "Taken back",
    "send_otp": "Waits for a code",
    "pay_offline": "Waits for the phone",
}


def in_words(stored: str) -> str:
    """A stored word as a person reads it; one that has no name of its own is just tidied."""
    return _WORDS.get(stored) or capital(stored.replace("_", " ").replace("-", " "))


def capital(words: str) -> str:
    """``words`` with a capital at the beginning, the rest as it is."""
    return words[:1].upper() + words[1:]
