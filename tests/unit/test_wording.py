"""What stored words are called on a screen."""

from __future__ import annotations

import pytest

from fantooo.domain import people, wording
from fantooo.queries.payment_admin import STATUSES


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("success", "Paid"),
        ("checkout", "Payment page"),
        ("mpesa", "M-Pesa"),
        ("amount_differs", "Amount differs"),
        ("credited_not_paid", "Credited but not paid"),
        ("payment_failed", "Payment problem"),
        ("awaiting-merchant-feedback", "Awaiting merchant feedback"),
        ("Declined", "Declined"),
        ("", ""),
    ],
)
def test_stored_words(stored: str, said: str) -> None:
    assert wording.in_words(stored) == said


def test_what_moved_credits_has_its_words() -> None:
    assert wording.movement("purchase_refund") == "Credits taken back"
    assert wording.movement("some_day_new") == "Some day new"


def test_a_capital_changes_nothing_else() -> None:
    assert wording.capital("given to Amani by M-Pesa") == "Given to Amani by M-Pesa"


def test_every_state_and_language_has_its_word() -> None:
    assert len({wording.in_words(each) for each in STATUSES}) == len(STATUSES)
    assert set(wording.LANGUAGES) == set(people.LANGUAGES)
