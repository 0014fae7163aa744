"""The rules of promo codes: who can use one, for what, and what it takes off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given, strategies as st

from fantooo.domain import buying, promos
from fantooo.domain.buying import LEAST_PAYMENT, Package
from fantooo.domain.errors import ValidationError
from fantooo.domain.promos import Offer, Promo, Usage
from fantooo.domain.shop import discount_error, discount_until, read_package, read_promo

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PROMO = Promo(
    id=uuid4(), code="KARIBU20", kind="percent", value=20, currency="KES", min_price=None,
    max_uses=None, budget_amount=None, per_user_limit=1, first_purchase_only=False,
    valid_from=NOW - timedelta(days=1), valid_until=None, is_active=True,
)  # fmt: skip


def package(price: str = "400", credits: int = 50, bonus: int = 0) -> Package:
    return Package(uuid4(), "Evening", credits, bonus, 0, Decimal(price), "KES")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("karibu20", "KARIBU20"), ("  Karibu 20 ", "KARIBU20"), ("a-b", "A-B"), ("AB", ""),
        ("", ""), ("A" * 21, ""), ("KARIBU_20", ""), ("KÄRIBU", ""), ("ABC%", ""), ("\u0410BC", ""),
    ],
)  # fmt: skip
def test_a_code_is_kept_in_one_way(typed: str, kept: str) -> None:
    assert promos.fold(typed) == kept


@pytest.mark.parametrize(
    ("changes", "usage", "reason"),
    [
        ({}, Usage(), ""),
        ({"is_active": False}, Usage(), promos.INVALID),
        # What is yet to come sounds like what does not exist.
        ({"valid_from": NOW + timedelta(seconds=1)}, Usage(), promos.INVALID),
        ({"valid_from": NOW}, Usage(), ""),
        ({"valid_until": NOW}, Usage(), promos.ENDED),
        # The job has ended it: the reason stays the same.
        ({"valid_until": NOW, "is_active": False}, Usage(), promos.ENDED),
        ({"valid_until": NOW + timedelta(seconds=1)}, Usage(), ""),
        ({"max_uses": 2}, Usage(uses=1), ""),
        ({"max_uses": 2}, Usage(uses=2), promos.USED_UP),
        ({"budget_amount": Decimal(100)}, Usage(discounts=Decimal(100)), promos.USED_UP),
        ({"budget_amount": Decimal(100)}, Usage(discounts=Decimal(99)), ""),
        ({}, Usage(own=1), promos.ONCE),
        ({}, Usage(own=1, own_open=1, own_waiting=1), promos.WAITING),
        ({"per_user_limit": 2}, Usage(own=1), ""),
        ({"per_user_limit": 2}, Usage(own=2), promos.OFTEN),
        ({"first_purchase_only": True}, Usage(), ""),
        ({"first_purchase_only": True}, Usage(has_bought=True), promos.FIRST),
        # Two first purchases at once would be one too many.
        ({"first_purchase_only": True, "per_user_limit": 9}, Usage(own_open=1), promos.WAITING),
        ({"first_purchase_only": True}, Usage(own=1, has_bought=True, uses=9), promos.FIRST),
    ],
)
def test_who_can_use_a_code(changes: dict[str, object], usage: Usage, reason: str) -> None:
    assert promos.refusal(replace(PROMO, **changes), usage, NOW) == reason  # type: ignore[arg-type]


def test_an_unknown_code_says_no_more_than_one_switched_off() -> None:
    assert promos.refusal(None, Usage(), NOW) == promos.INVALID == "This code is not valid."


@pytest.mark.parametrize(
    ("changes", "price", "usage", "said"),
    [
        ({}, "400", Usage(), ""),
        ({"min_price": Decimal(500)}, "499.99", Usage(), "of 500 KES or more"),
        ({"min_price": Decimal(500)}, "500", Usage(), ""),
        ({"currency": "USD"}, "400", Usage(), "not for this package"),
        ({}, "3", Usage(), "not for this package"),
        ({"kind": "bonus"}, "3", Usage(), ""),
        ({"budget_amount": Decimal(100)}, "400", Usage(discounts=Decimal(20)), ""),
        ({"budget_amount": Decimal(100)}, "400", Usage(discounts=Decimal(21)), "too little"),
    ],
)
def test_what_a_code_is_for(
    changes: dict[str, object], price: str, usage: Usage, said: str
) -> None:
    found = promos.misfit(replace(PROMO, **changes), usage, package(price))  # type: ignore[arg-type]
    assert (said in found) if said else found == ""


@pytest.mark.parametrize(
    ("kind", "value", "price", "to_pay", "bonus"),
    [
        ("percent", 20, "400", "320", 0),
        # Whole shillings, rounded for the buyer: M-Pesa knows no cents.
        ("percent", 33, "850", "569", 0),
        ("percent", 1, "180", "178", 0),
        ("percent", 90, "180", "18", 0),
        ("percent", 10, "99.50", "89.50", 0),
        # The provider takes nothing below 3.
        ("percent", 90, "20", "3", 0),
        ("fixed", 100, "400", "300", 0),
        ("fixed", 500, "400", "3", 0),
        ("bonus", 15, "400", "400", 15),
    ],
)
def test_what_a_code_gives(kind: str, value: int, price: str, to_pay: str, bonus: int) -> None:
    bought = package(price, bonus=10)
    offer = Offer(bought, promos.deal(replace(PROMO, kind=kind, value=value), bought))
    assert (offer.to_pay, offer.promo_bonus, offer.bonus) == (Decimal(to_pay), bonus, 10 + bonus)
    assert offer.label == f"50 Credits - {buying.money(Decimal(to_pay))} KES"


@given(
    kind=st.sampled_from(sorted(promos.KINDS)),
    value=st.integers(1, 90),
    cents=st.integers(300, 10_000_000),
)
def test_nobody_pays_less_than_the_provider_takes(kind: str, value: int, cents: int) -> None:
    bought = package(str(Decimal(cents) / 100))
    deal = promos.deal(replace(PROMO, kind=kind, value=value), bought)
    offer = Offer(bought, deal)
    assert LEAST_PAYMENT <= offer.to_pay <= bought.price
    assert offer.to_pay + deal.discount == bought.price
    assert buying.cents(offer.to_pay) > 0


def test_what_was_shown_is_told_apart() -> None:
    plain = Offer(package())
    with_code = Offer(package(), promos.deal(PROMO, package()))
    with_bonus = Offer(package(), promos.deal(replace(PROMO, kind="bonus"), package()))
    assert len({plain.shown, with_code.shown, with_bonus.shown, Offer(package("401")).shown}) == 4
    assert plain.shown == Offer(package("400.00")).shown


def test_halves_are_halves() -> None:
    people = [buying.half_of(UUID(int=number)) for number in range(2000)]
    assert 900 < people.count("a") < 1100 and set(people) == {"a", "b"}
    assert buying.half_of(UUID(int=7)) == buying.half_of(UUID(int=7))


# What admins type

PACKAGE = {"name": " Evening ", "credits": "50", "price": "400"}
CODE = {"code": "karibu20", "kind": "percent", "value": "20", "per_user_limit": "1"}


def test_a_package_as_typed() -> None:
    wish = read_package({**PACKAGE, "valid_until": "2026-12-01T10:00", "variant": "a"}, NOW)
    assert (wish.name, wish.bonus_credits, wish.valid_from, wish.variant) == (
        "Evening",
        0,
        NOW,
        "a",
    )
    assert wish.valid_until == datetime(2026, 12, 1, 7, tzinfo=UTC), "Nairobi's time"
    assert wish.badge_text is wish.discount_percentage is None and not wish.is_featured


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", " "), ("name", "x" * 41), ("credits", "0"), ("credits", "1.5"), ("credits", "٣"),
        ("credits", "-1"), ("price", "2.99"), ("price", "1.005"), ("price", "NaN"), ("price", "1e9"),
        ("price", "Infinity"), ("bonus_credits", "-1"), ("discount_percentage", "100"),
        ("badge_text", "x" * 31), ("variant", "c"), ("valid_from", "soon"),
        ("valid_until", "2026-11-24T12:00"),
    ],
)  # fmt: skip
def test_a_package_that_cannot_be(field: str, typed: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read_package({**PACKAGE, field: typed}, NOW)
    assert list(caught.value.fields) == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "ab"}, "code"), ({"code": "a_b_c"}, "code"), ({"kind": "free"}, "kind"),
        ({"value": "91"}, "value"), ({"value": "0"}, "value"), ({"max_uses": "0"}, "max_uses"),
        ({"per_user_limit": "0"}, "per_user_limit"), ({"min_price": "x"}, "min_price"),
        ({"kind": "bonus", "budget_amount": "100"}, "budget_amount"),
        ({"valid_until": "2026-11-24T12:00"}, "valid_until"),
    ],
)  # fmt: skip
def test_a_code_that_cannot_be(changes: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read_promo({**CODE, **changes}, NOW)
    assert list(caught.value.fields) == [field]
    assert read_promo({**CODE, "kind": "fixed", "value": "500"}, NOW).value == 500
    assert read_promo(CODE, NOW).code == "KARIBU20"


def test_a_discount_is_against_a_price_really_asked() -> None:
    asked = [(Decimal(400), NOW - timedelta(days=3)), (Decimal(500), NOW - timedelta(days=20))]
    assert discount_until(Decimal(360), 10, asked) == NOW + timedelta(days=27)
    assert discount_until(Decimal(400), 20, asked) == NOW + timedelta(days=10)
    assert discount_until(Decimal(400), 21, asked) is None
    assert "the highest was 500, so at most 20 %" in discount_error(Decimal(400), asked)
    assert discount_until(Decimal(400), 1, []) is None
    assert "there was none" in discount_error(Decimal(400), [])
