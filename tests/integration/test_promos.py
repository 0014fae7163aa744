"""Promo codes from the page to the ledger: each kind, each refusal, and what comes back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from fantooo.domain import promos as rules
from fantooo.domain.errors import PaymentFailed, PriceChanged, ValidationError
from fantooo.domain.viewer import Viewer
from fantooo.extensions import db
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import CreditPackage, PromoCode, PromoRedemption, Transaction
from fantooo.queries import payments as reads
from fantooo.services import payment_review, payments, promos, receipts
from tests.integration.test_buying import account_of, age, buy, wallet
from tests.support import factories
from tests.support.paystack import PaystackSimulator

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
NOW = datetime.now(UTC)


def redemptions() -> list[tuple[str, Decimal, int]]:
    """Status, discount and bonus of every use, in order."""
    with unit_of_work(as_system=True) as work:
        rows = work.session.scalars(select(PromoRedemption).order_by(PromoRedemption.id)).all()
        return [(each.status, each.discount_amount, each.bonus_credits) for each in rows]


def orders() -> int:
    with unit_of_work(as_system=True) as work:
        return len(
            work.session.scalars(select(Transaction.id).where(Transaction.type == "purchase")).all()
        )


def change(model: Any, key: UUID, **values: object) -> None:
    with unit_of_work(as_system=True) as work:
        work.session.execute(update(model).where(model.id == key).values(**values))


def pay(paystack: PaystackSimulator, bought: Transaction) -> None:
    assert bought.provider_reference
    paystack.finish(bought.provider_reference, announce=False)
    assert payments.settle(bought.provider_reference) == "success"


@pytest.mark.parametrize(
    ("code", "to_pay", "bonus"),
    [
        ({"kind": "percent", "value": 25}, 637, 10),
        ({"kind": "fixed", "value": 100}, 750, 10),
        ({"kind": "fixed", "value": 5000}, 3, 10),
        ({"kind": "bonus", "value": 15}, 850, 25),
    ],
)
def test_a_code_of_each_kind_is_paid_as_shown(
    shop: Flask, paystack: PaystackSimulator, code: dict[str, Any], to_pay: int, bonus: int
) -> None:
    anna = factories.user()
    package = factories.package(credits=120, bonus_credits=10, price=850)
    factories.promo(code="KARIBU", **code)
    with acting_as(anna):
        offers = promos.offers(account_of(anna), "karibu", reads.packages(account_of(anna), "free"))
    shown = next(offer for offer in offers if offer.package.id == package)
    assert (shown.to_pay, shown.bonus) == (to_pay, bonus)
    bought = buy(anna, package, promo_code="karibu", shown=shown.shown)
    assert (bought.amount, bought.discount_amount) == (to_pay, 850 - to_pay)
    assert (bought.promo_code, bought.bonus_credits) == ("KARIBU", bonus)
    assert paystack.transaction(bought.provider_reference)["amount"] == to_pay * 100  # type: ignore[arg-type]
    assert [each[0] for each in redemptions()] == ["reserved"]
    pay(paystack, bought)
    assert redemptions() == [("used", Decimal(850 - to_pay), bonus - 10)]
    purse = wallet(anna)
    assert (purse.credits, purse.bonus_credits) == (10 + 120 + bonus, 10 + bonus)
    assert purse.total_spent == to_pay, "spend and tier follow what was paid"
    with acting_as(anna):
        seen = reads.purchase(bought.id)
        assert seen.receipt_id
        lines = dict(receipts.lines(reads.receipt(seen.receipt_id)))
    took = "" if to_pay == 850 else f": {850 - to_pay} KES off 850 KES"
    assert lines["Promo code"] == f"KARIBU{took}"
    admin = shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]
    assert f"KARIBU{took}" in admin.get(f"/admin/payments/{bought.id}").text
    assert lines["Paid"] == f"{to_pay} KES"


@pytest.mark.parametrize(
    ("code", "typed", "said"),
    [
        ({}, "NOSUCH", rules.INVALID),
        ({}, "%", rules.INVALID),
        ({"is_active": False}, "KARIBU", rules.INVALID),
        ({"valid_from": NOW + timedelta(days=1)}, "KARIBU", rules.INVALID),
        ({"valid_from": NOW - timedelta(days=2), "valid_until": NOW - timedelta(days=1)}, "KARIBU", rules.ENDED),
        ({"min_price": 500}, "KARIBU", "Valid on packages of 500 KES or more."),
        ({"budget_amount": 79}, "KARIBU", "What is left of this code is too little for this package."),
    ],
)  # fmt: skip
def test_a_code_that_cannot_be_used_takes_nothing(
    shop: Flask, paystack: PaystackSimulator, code: dict[str, Any], typed: str, said: str
) -> None:
    anna, package = factories.user(), factories.package()
    factories.promo(code="KARIBU", **code)
    with pytest.raises(ValidationError) as caught:
        buy(anna, package, promo_code=typed)
    assert caught.value.fields == {"promo_code": said}
    assert (orders(), redemptions(), paystack.state()["transactions"]) == (0, [], [])


def test_what_is_used_up_is_used_up(shop: Flask, paystack: PaystackSimulator) -> None:
    package = factories.package()
    factories.promo(code="TWO", max_uses=2)
    factories.promo(code="SUM", budget_amount=150)
    first, second, third = (factories.user() for _ in range(3))
    pay(paystack, buy(first, package, promo_code="TWO"))
    buy(second, package, promo_code="TWO")
    with pytest.raises(ValidationError, match=rules.USED_UP):
        buy(third, package, promo_code="TWO")
    buy(third, package, promo_code="SUM")
    with pytest.raises(ValidationError, match="too little"):
        buy(second, package, promo_code="SUM")


def test_once_for_each_person(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, package = factories.user(), factories.package()
    factories.promo(code="ONCE")
    factories.promo(code="TWICE", per_user_limit=2)
    bought = buy(anna, package, promo_code="ONCE")
    with pytest.raises(ValidationError, match=rules.WAITING):
        buy(anna, package, promo_code="ONCE")
    pay(paystack, bought)
    with pytest.raises(ValidationError, match=rules.ONCE):
        buy(anna, package, promo_code="ONCE")
    buy(factories.user(), package, promo_code="ONCE")
    for _ in range(2):
        pay(paystack, buy(anna, package, promo_code="TWICE"))
    with pytest.raises(ValidationError, match=rules.OFTEN):
        buy(anna, package, promo_code="TWICE")


def test_a_first_purchase_is_one(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, package = factories.user(), factories.package()
    factories.promo(code="FIRST", first_purchase_only=True)
    factories.promo(code="FIRST-TOO", first_purchase_only=True)
    bought = buy(anna, package, promo_code="FIRST")
    with pytest.raises(ValidationError, match=rules.WAITING):
        buy(anna, package, promo_code="FIRST-TOO")
    pay(paystack, bought)
    with pytest.raises(ValidationError, match=rules.FIRST):
        buy(anna, package, promo_code="FIRST-TOO")


def test_a_payment_that_fails_gives_the_code_back(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, package = factories.user(), factories.package()
    factories.promo(code="LAST", max_uses=1)
    bought = buy(anna, package, promo_code="LAST")
    assert bought.provider_reference
    paystack.finish(bought.provider_reference, status="failed")
    assert payments.settle(bought.provider_reference) == "failed"
    assert redemptions() == [("released", Decimal(80), 0)]
    # Also when no payment could be begun, or nobody came to pay.
    paystack.next_call("error", only="POST /transaction/initialize")
    with pytest.raises(PaymentFailed):
        buy(anna, package, promo_code="LAST")
    left = buy(anna, package, promo_code="LAST")
    assert left.provider_reference
    age(left, minutes=31)
    assert payments.settle(left.provider_reference) == "failed"
    assert [each[0] for each in redemptions()] == ["released"] * 3
    pay(paystack, buy(anna, package, promo_code="LAST"))


def test_money_that_comes_late_is_credited_and_counts(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, package = factories.user(), factories.package()
    factories.promo(code="LAST", max_uses=1)
    late = buy(anna, package, promo_code="LAST")
    assert late.provider_reference
    age(late, minutes=31)
    assert payments.settle(late.provider_reference) == "failed"
    pay(paystack, late)
    assert [each[0] for each in redemptions()] == ["used"]
    assert (wallet(anna).credits, wallet(anna).total_spent) == (60, 320)
    with pytest.raises(ValidationError, match=rules.USED_UP):
        buy(factories.user(), package, promo_code="LAST")


def test_a_review_settles_the_code_too(shop: Flask, paystack: PaystackSimulator) -> None:
    factories.promo(code="TWO", per_user_limit=2)
    admin = account_of(factories.admin())
    package = factories.package()
    for paid, status in ((40_000, "released"), (32_000, "used")):
        odd = buy(factories.user(), package, promo_code="TWO")
        assert odd.provider_reference
        # The normal price is not what was ordered either.
        change(Transaction, odd.id, needs_manual_review=True, review_reason="odd")
        paystack.finish(odd.provider_reference, amount=paid)
        assert redemptions()[-1][0] == "reserved"
        payment_review.turn_down(odd.id, admin, "because")
        assert redemptions()[-1][0] == status


def test_nobody_is_charged_what_was_not_shown(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, package = factories.user(), factories.package()
    account = account_of(anna)
    with acting_as(anna):
        shown = rules.Offer(reads.package(package, account, "free")).shown
        db.session.rollback()
    change(CreditPackage, package, price=500)
    with pytest.raises(PriceChanged):
        buy(anna, package, shown=shown)
    change(CreditPackage, package, price=400, credits=40)
    with pytest.raises(PriceChanged):
        buy(anna, package, shown=shown)
    assert orders() == 0
    change(CreditPackage, package, credits=50)
    key = uuid4()
    bought = buy(anna, package, shown=shown, key=key)
    # The same wish again is the same purchase, whatever changed meanwhile.
    change(CreditPackage, package, price=500)
    assert buy(anna, package, shown=shown, key=key).id == bought.id


def test_the_same_wish_reserves_once(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, package, key = factories.user(), factories.package(), uuid4()
    factories.promo(code="LAST", max_uses=1)
    first = buy(anna, package, promo_code="LAST", key=key)
    assert buy(anna, package, promo_code="LAST", key=key).id == first.id
    assert len(redemptions()) == 1


# The page


def form_of(page: str) -> dict[str, str]:
    """The hidden and typed fields of the buying form as a browser would send them."""
    section = page.split('id="buy-title"')[1].split("</form>")[0]
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", section):
        kind, field = (re.search(rf'{name}="([^"]*)"', tag) for name in ("type", "name"))
        value = re.search(r'value="([^"]*)"', tag)
        assert kind and field
        if kind[1] != "radio" or " checked" in tag:
            found[field[1]] = value[1] if value else ""
    return found


def test_the_page_shows_the_price_before_it_is_paid(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    small, chosen = factories.package(credits=20, price=180), factories.package()
    factories.promo(code="KARIBU20", min_price=200)
    browser = shop.test_client().become(anna)  # type: ignore[attr-defined]
    given = form_of(browser.get("/credits?next=/chats").text)
    given |= {
        "package_id": str(chosen),
        "promo_code": " karibu20 ",
        "channel": "mpesa",
        "phone": "1",
    }
    for headers in ({}, PARTIAL):
        answer = browser.post("/credits/promo", data=given, headers=headers)
        assert answer.status_code == 200
        assert "50 Credits - 320 KES" in answer.text and "400 KES</del>" in answer.text
        assert "20 Credits - 180 KES" in answer.text
        assert "Valid on packages of 200 KES or more." in answer.text
        assert ("<html" in answer.text) == (headers == {})
    kept = form_of(answer.text)
    assert (kept["package_id"], kept["channel"], kept["phone"]) == (str(chosen), "mpesa", "1")
    assert (kept["next"], kept["promo_code"], kept["promo_shown"]) == (
        "/chats", "KARIBU20", "KARIBU20",
    )  # fmt: skip
    # For the small package the code is no use; nothing is charged, and it stays for the others.
    refused = browser.post(
        "/credits/buy", data=kept | {"package_id": str(small), "channel": "checkout"}
    )
    assert refused.status_code == 400 and "You were not charged: choose another" in refused.text
    assert form_of(refused.text)["promo_shown"] == "KARIBU20"
    assert orders() == 0
    paid = browser.post("/credits/buy", data=kept | {"channel": "checkout"})
    assert paid.status_code == 303
    page = browser.get(paid.headers["Location"]).text
    assert "50 Credits - 320 KES" in page and "KARIBU20" in page and "80 KES less" in page
    assert paystack.state()["transactions"][0]["amount"] == 32_000
    # Once more: the page leads to the payment that holds the code.
    again = browser.post("/credits/promo", data=kept, headers=PARTIAL)
    assert rules.WAITING in again.text and paid.headers["Location"] in again.text
    assert 'value="KARIBU20"' in again.text, "what was typed can be corrected"


def test_pay_with_a_code_that_was_only_typed_shows_its_price_first(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    package = factories.package()
    factories.promo(code="KARIBU20")
    browser = shop.test_client().become(factories.user())  # type: ignore[attr-defined]
    given = form_of(browser.get("/credits").text) | {"package_id": str(package)}
    answer = browser.post("/credits/buy", data=given | {"promo_code": "karibu20"})
    assert answer.status_code == 200
    assert "Nothing was charged yet. It is now: 50 Credits - 320 KES." in answer.text
    # And back: the field was emptied, so the price with the code is not what they want.
    kept = form_of(answer.text)
    answer = browser.post("/credits/buy", data=kept | {"promo_code": ""})
    assert "Nothing was charged yet" in answer.text and "50 Credits - 400 KES" in answer.text
    assert orders() == 0
    removed = browser.post("/credits/promo", data=kept | {"remove": "1"}, headers=PARTIAL)
    assert "50 Credits - 400 KES" in removed.text and form_of(removed.text)["promo_code"] == ""
    wrong = browser.post("/credits/buy", data=given | {"promo_code": "<b>"})
    assert (wrong.status_code, rules.INVALID in wrong.text, '<b>"' in wrong.text) == (
        400, True, False,
    )  # fmt: skip
    assert orders() == 0


def test_a_code_that_ended_meanwhile_charges_nothing(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    package = factories.package()
    code = factories.promo(code="KARIBU20", valid_from=NOW - timedelta(days=2))
    browser = shop.test_client().become(factories.user())  # type: ignore[attr-defined]
    given = form_of(browser.get("/credits").text)
    given |= {"package_id": str(package), "promo_code": "KARIBU20"}
    shown = form_of(browser.post("/credits/promo", data=given, headers=PARTIAL).text)
    superseded = NOW - timedelta(days=1)
    _end(code, superseded)
    answer = browser.post("/credits/buy", data=shown)
    assert answer.status_code == 400
    assert (
        "This code has ended. You were not charged. These are the prices without KARIBU20."
        in answer.text
    )
    assert "50 Credits - 400 KES" in answer.text
    assert (orders(), paystack.state()["transactions"]) == (0, [])
    # The next press pays what is shown now.
    kept = form_of(answer.text)
    assert (kept["promo_code"], kept["promo_shown"]) == ("", "")
    assert browser.post("/credits/buy", data=kept).status_code == 303
    assert paystack.state()["transactions"][0]["amount"] == 40_000


def _end(code: UUID, at: datetime) -> None:
    from tests.integration.test_buying import _superuser

    _superuser("UPDATE promo_codes SET valid_until = %s WHERE id = %s", at, code)


def test_trying_again_keeps_the_code(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, package = factories.user(), factories.package()
    code = factories.promo(code="KARIBU20")
    bought = buy(anna, package, promo_code="KARIBU20")
    assert bought.provider_reference
    paystack.finish(bought.provider_reference, status="failed")
    payments.settle(bought.provider_reference)
    browser = shop.test_client().become(anna)  # type: ignore[attr-defined]
    page = browser.get(f"/credits/payments/{bought.id}").text
    given = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    change(PromoCode, code, is_active=False)
    refused = browser.post("/credits/buy", data=given)
    assert (refused.status_code, "prices without KARIBU20" in refused.text) == (400, True)
    change(PromoCode, code, is_active=True)
    assert browser.post("/credits/buy", data=given).status_code == 303
    assert [each["amount"] for each in paystack.state()["transactions"]] == [32_000, 32_000]


def test_codes_cannot_be_read_by_users(shop: Flask) -> None:
    from sqlalchemy.exc import ProgrammingError

    factories.promo()
    for viewer in (factories.user(), Viewer(), factories.operator()):
        with acting_as(viewer), pytest.raises(ProgrammingError, match="permission denied"):
            db.session.rollback()
            db.session.scalars(select(PromoCode.code)).all()
        db.session.rollback()
