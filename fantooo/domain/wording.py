"""What stored words are called on a screen: states, channels, languages, reasons."""

from __future__ import annotations

from collections.abc import Mapping

#: a language as people call it
LANGUAGES: Mapping[str, str] = {"en": "English", "sw": "Swahili"}

_WORDS: Mapping[str, str] = {
    # payments
    "pending": "Open",
    "processing": "Pending",
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
    # what does not fit between us and the provider
    "credited_not_paid": "Credited but not paid",
    "differs": "Does not match",
    "not_sent_back": "Not refunded",
    "paid_not_credited": "Paid but not credited",
    "unreadable_announcement": "Unreadable webhook",
    # what admins are told of: anything about a payment, not only one that failed
    "payment_failed": "Payment problem",
    # packages and promo codes
    "on": "Active",
    "off": "Inactive",
    "to come": "Scheduled",
}
_MOVEMENTS: Mapping[str, str] = {
    "purchase": "Credits added",
    "purchase_bonus": "Bonus credits added",
    "purchase_refund": "Credits taken back",
    "purchase_bonus_refund": "Bonus credits taken back",
    "refund_failed": "Credits returned",
    "bonus_refund_failed": "Bonus credits returned",
    "owed_paid": "Owed credits paid",
}


def in_words(stored: str) -> str:
    """A stored word as a person reads it; one that has no name of its own is just tidied."""
    return _WORDS.get(stored) or capital(stored.replace("_", " ").replace("-", " "))


def movement(kind: str) -> str:
    """What a movement of credits that a purchase caused is called."""
    return _MOVEMENTS.get(kind) or in_words(kind)


def capital(words: str) -> str:
    """``words`` with a capital at the beginning, the rest as it is."""
    return words[:1].upper() + words[1:]
