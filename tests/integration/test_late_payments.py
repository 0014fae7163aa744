"""Money that arrives when its payment was over: the provider's page of an order stays payable.

A buyer who was declined tries again, in another way, the next day, or with the code that was free
again; and then the first page is paid on as well. It is kept once and within every limit.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from fantooo.domain import promos as promo_rules
from fantooo.domain.errors import SpendingPaused
from fantooo.models import Approval, Receipt, ReconciliationException, Transaction
from fantooo.services import limits, payment_review, payments, refund_progress
from tests.conftest import Clock
from tests.integration.test_buying import (
    _all,
    _superuser,
    account_of,
    age,
    buy,
    decline,
    row,
    sent_back,
    wallet,
)
from tests.support import factories
from tests.support.paystack import PaystackSimulator


def pay(paystack: PaystackSimulator, *orders: Transaction, amount: int | None = None) -> None:
    """Each order is paid on its page, one after the other, and asked about."""
    for each in orders:
        reference = each.provider_reference or ""
        more = {} if amount is None else {"amount": amount}
        paystack.finish(reference, announce=False, **more)
        payments.settle(reference)


def give_up(how: str, bought: Transaction, paystack: PaystackSimulator) -> None:
    if how == "declined":
        decline(bought, paystack)
    else:
        age(bought, hours=25)
        assert payments.settle(bought.provider_reference or "") == "failed"


@pytest.mark.parametrize("how", ["declined", "expired"])
def test_another_amount_for_what_was_given_up_goes_back_when_it_is_turned_down(
    shop: Flask, paystack: PaystackSimulator, how: str
) -> None:
    anna, admin = factories.user(), account_of(factories.admin("admin"))
    bought = buy(anna)
    give_up(how, bought, paystack)
    pay(paystack, bought, amount=30_000)
    assert row(bought.id).needs_manual_review
    said = payment_review.turn_down(bought.id, admin, "It was too little")
    assert said == "Decided. What was paid goes back."
    (back,) = sent_back(bought)
    assert (back.amount, back.credits_amount, back.status) == (300, 0, "pending")
    assert _all(select(ReconciliationException)) == []
    page = shop.test_client().become(anna).get(f"/credits/payments/{bought.id}").text  # type: ignore[attr-defined]
    assert "Money that was taken is refunded" in page and "Nothing was charged" not in page
    refund_progress.compare_lists()
    assert len(sent_back(bought)) == 1
    assert wallet(anna).credits == 10


def test_much_of_what_was_given_up_waits_for_a_second_admin(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    bought = buy(factories.user(), factories.package(credits=190, price=4000))
    decline(bought, paystack)
    pay(paystack, bought, amount=500_000)
    admin = account_of(factories.admin("admin"))
    said = payment_review.turn_down(bought.id, admin, "It was too much")
    assert said == "Decided. What was paid goes back when a second admin agrees."
    (wish,) = _all(select(Approval))
    assert (wish.kind, wish.amount, wish.status) == ("money_refund", 5000, "pending")
    assert sent_back(bought) == []


def test_nothing_paid_is_nothing_to_send_back(shop: Flask, paystack: PaystackSimulator) -> None:
    bought = buy(factories.user())
    _superuser(
        "UPDATE transactions SET needs_manual_review = true, review_reason = 'The provider says odd'"
        " WHERE id = %s",
        bought.id,
    )
    admin = account_of(factories.admin("admin"))
    assert payment_review.turn_down(bought.id, admin, "Nobody paid").endswith("nothing goes back.")


def test_the_first_page_counts_though_a_second_is_open(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    """Two of it would pass the limit, one does not: what is paid first is kept, the other ends."""
    anna, package = factories.user(), factories.package()
    limits.set_limit(account_of(anna), "day", "500")
    first = buy(anna, package)
    decline(first, paystack)
    second = buy(anna, package)
    pay(paystack, first)
    assert sent_back(first) == []
    assert row(second.id).failure_reason == "replaced"
    assert wallet(anna).credits == 60
    pay(paystack, second)
    assert [back.amount for back in sent_back(second)] == [400]
    assert (wallet(anna).credits, wallet(anna).total_spent) == (60, 400)


def test_what_goes_back_ends_nothing_and_was_not_bought(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    """The limit has room for neither the late one nor both; the one that was begun in time counts."""
    anna, package = factories.user(), factories.package()
    first = buy(anna, package)
    decline(first, paystack)
    second = buy(anna, package)
    limits.set_limit(account_of(anna), "day", "300")
    pay(paystack, first)
    assert [back.amount for back in sent_back(first)] == [400]
    assert row(second.id).status == "pending", "its buyer may still pay it"
    pay(paystack, second)
    assert (sent_back(second), wallet(anna).credits) == ([], 60)


def test_a_phone_may_be_asked_again_within_a_limit(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, package = factories.user(), factories.package()
    limits.set_limit(account_of(anna), "day", "500")
    wishes = [
        buy(anna, package, channel="mpesa", phone=phone) for phone in ("0712345678", "0798765432")
    ]
    assert [row(each.id).failure_reason for each in wishes] == ["replaced", None]
    with pytest.raises(SpendingPaused):
        buy(anna, factories.package(credits=20, price=180))


@pytest.mark.parametrize(
    ("period", "ago"), [("day", "1 day"), ("week", "7 days"), ("month", "1 month")]
)
def test_late_money_counts_on_the_day_it_comes(
    shop: Flask, paystack: PaystackSimulator, period: str, ago: str
) -> None:
    """Ordered in an earlier period, given up, and all paid in this one."""
    anna = factories.user()
    limits.set_limit(account_of(anna), period, "500")
    orders = []
    for _ in range(3):
        orders.append(buy(anna, factories.package()))
        decline(orders[-1], paystack)
    _superuser(f"UPDATE transactions SET created_at = created_at - interval '{ago}'")
    pay(paystack, *orders)
    assert [len(sent_back(each)) for each in orders] == [0, 1, 1]
    assert (wallet(anna).credits, wallet(anna).total_spent) == (60, 400)
    with pytest.raises(SpendingPaused):
        buy(anna, factories.package(credits=20, price=180))


def test_what_is_open_counts_whenever_it_was_begun(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    limits.set_limit(account_of(anna), "day", "500")
    buy(anna, factories.package())
    _superuser("UPDATE transactions SET created_at = created_at - interval '1 day'")
    with pytest.raises(SpendingPaused):
        buy(anna, factories.package(credits=20, price=180))


def test_a_code_pays_for_no_more_pages_than_it_may(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    """Each order gives the code back when it is declined, and its page keeps the lower price."""
    anna = factories.user()
    factories.promo(code="FIRST20", first_purchase_only=True, per_user_limit=1, max_uses=1)
    orders = []
    for _ in range(3):
        orders.append(buy(anna, factories.package(), promo_code="FIRST20"))
        decline(orders[-1], paystack)
    pay(paystack, *orders)
    assert [len(sent_back(each)) for each in orders] == [0, 1, 1]
    assert (wallet(anna).credits, wallet(anna).total_spent) == (60, 320)
    (back,) = sent_back(orders[1])
    assert back.reason.endswith(f"Its price was with the code FIRST20. {promo_rules.FIRST}")


def test_two_codes_for_a_first_purchase_pay_for_one(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    """The second was ordered while nothing was bought; the first page is paid while that is open."""
    anna = factories.user()
    for code in ("FIRST-A", "FIRST-B"):
        factories.promo(code=code, first_purchase_only=True)
    first = buy(anna, factories.package(), promo_code="FIRST-A")
    decline(first, paystack)
    second = buy(anna, factories.package(), promo_code="FIRST-B")
    pay(paystack, first, second)
    assert [len(sent_back(each)) for each in (first, second)] == [1, 0]
    assert sent_back(first)[0].reason.endswith(promo_rules.WAITING)
    assert (wallet(anna).credits, wallet(anna).total_spent) == (60, 320)


@pytest.mark.parametrize(
    ("made", "others_pay"),
    [
        ({"max_uses": 1}, True),
        ({"budget_amount": Decimal(100)}, True),
        ({"per_user_limit": 1}, False),
    ],
)
def test_a_code_that_others_used_up_meanwhile(
    shop: Flask, paystack: PaystackSimulator, made: dict[str, object], others_pay: bool
) -> None:
    anna, ben, package = factories.user(), factories.user(), factories.package()
    factories.promo(code="LAST", **made)
    late = buy(anna, package, promo_code="LAST")
    give_up("expired", late, paystack)
    pay(paystack, buy(ben, package, promo_code="LAST"))
    pay(paystack, late)
    assert bool(sent_back(late)) is others_pay
    assert wallet(anna).credits == (10 if others_pay else 60)


def test_a_code_of_the_twin_that_ends_is_free(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, package = factories.user(), factories.package()
    factories.promo(code="ONCE", per_user_limit=1)
    first = buy(anna, package, promo_code="ONCE")
    decline(first, paystack)
    second = buy(anna, package, promo_code="ONCE")
    pay(paystack, first)
    assert (sent_back(first), row(second.id).failure_reason) == ([], "replaced")


def test_payments_and_receipts_are_found_again(shop: Flask, paystack: PaystackSimulator) -> None:
    """With every tab closed: an open one, one that a person looks at, and a receipt."""
    anna = factories.user()
    kept, odd, open_one = (buy(anna, factories.package()) for _ in range(3))
    pay(paystack, kept)
    pay(paystack, odd, amount=30_000)
    page = shop.test_client().become(anna).get("/credits").text  # type: ignore[attr-defined]
    for each, words in ((odd, "being checked"), (open_one, "not finished")):
        assert f"/credits/payments/{each.id}" in page
        assert words in page
    assert page.count("/credits/receipts/") == 1


def test_a_prompt_that_was_declined_is_found_by_looking(
    shop: Flask, paystack: PaystackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody announces it. The page looks every four seconds; the provider is asked every ten."""
    asked: list[str] = []
    monkeypatch.setattr(payments, "ask_soon", asked.append)
    anna = factories.user()
    bought = buy(anna, channel="mpesa", phone="0712345678")
    browser = shop.test_client().become(anna)  # type: ignore[attr-defined]
    here = f"/credits/payments/{bought.id}"
    for _ in range(3):
        assert "Other ways to pay" in browser.get(here, headers={"HX-Request-Type": "partial"}).text
    assert asked == [bought.provider_reference]
    on_page = buy(anna)
    browser.get(f"/credits/payments/{on_page.id}", headers={"HX-Request-Type": "partial"})
    assert len(asked) == 1, "who pays on a page comes back by themselves"


def test_the_year_of_a_receipt_is_nairobis(
    shop: Flask, paystack: PaystackSimulator, clock: Clock
) -> None:
    years = []
    for hour in (20, 21):
        clock.set(datetime(2026, 12, 31, hour, 30, tzinfo=UTC))
        bought = buy(factories.user())
        pay(paystack, bought)
        years += _all(select(Receipt.year).where(Receipt.transaction_id == bought.id))
    assert years == [2026, 2027]
