"""Buying credits from the order to the receipt, against the real simulator of the provider."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask, current_app
from sqlalchemy import select, text

from fantooo.domain.errors import NotFound, PaymentFailed, SpendingPaused, ValidationError
from fantooo.domain.viewer import Viewer
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import (
    Approval,
    CreditPackage,
    LoyaltyEntry,
    RealUser,
    Receipt,
    ReconciliationException,
    Transaction,
    WebhookEvent,
)
from fantooo.queries import daily_close, limits as limit_reads, payments as reads
from fantooo.services import (
    approving,
    credits,
    disputes,
    limits,
    orders,
    payment_review,
    payments,
    reconciliation,
    refund_progress,
    webhooks,
)
from tests.conftest import Clock
from tests.support import factories
from tests.support.paystack import PaystackSimulator
from tests.support.server import today_at

LATER = timedelta(minutes=5)


def buy(viewer: Viewer, package: UUID | None = None, **changes: Any) -> Transaction:
    assert viewer.account_id
    given = {
        "account_id": viewer.account_id,
        "package_id": package or factories.package(),
        "key": uuid4(),
        "channel": "checkout",
        "phone": "",
        "return_to": "",
        "callback_url": "http://127.0.0.1:9/credits/return",
        **changes,
    }
    return row(orders.buy(**given))


def row(transaction_id: UUID) -> Transaction:
    return _all(select(Transaction).where(Transaction.id == transaction_id))[0]


def wallet(viewer: Viewer) -> RealUser:
    return _all(select(RealUser).where(RealUser.id == viewer.account_id))[0]


def _all(query: Any) -> list[Any]:
    with unit_of_work(as_system=True) as work:
        found = list(work.session.scalars(query))
        work.session.expunge_all()
    return found


def announce(shop: Flask, paystack: PaystackSimulator, times: int = 1) -> list[int]:
    """Delivers what the simulator would announce; then the inbox is gone through."""
    client = shop.test_client()
    client.csrf = False  # type: ignore[attr-defined]
    statuses = []
    for webhook in paystack.webhooks():
        raw = webhook["body"] if isinstance(webhook["body"], bytes) else webhook["body"].encode()
        signature = hmac.new(paystack.secret_key.encode(), raw, hashlib.sha512).hexdigest()
        for _ in range(times):
            answer = client.post(
                "/webhooks/paystack", data=raw, headers={"x-paystack-signature": signature}
            )
            statuses.append(answer.status_code)
    webhooks.process_stored(datetime.now(UTC) + LATER)
    return statuses


def age(transaction: Transaction, **by: float) -> None:
    """As if it had been begun earlier."""
    _superuser(
        "UPDATE transactions SET created_at = %s WHERE id = %s",
        datetime.now(UTC) - timedelta(**by),
        transaction.id,
    )


def _superuser(sql: str, *values: Any) -> None:
    url = current_app.config["SETTINGS"].database_bootstrap_url.replace("+psycopg", "")
    name = current_app.config["SETTINGS"].database_url.split("@/")[1].split("?")[0]
    with psycopg.connect(url.replace("/postgres?", f"/{name}?"), autocommit=True) as connection:
        connection.execute(sql, values)  # type: ignore[arg-type]


def test_a_paid_package_is_credited_from_its_snapshot(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    package = factories.package(credits=120, bonus_credits=10, price=850)
    bought = buy(anna, package, return_to="/chat/x")
    assert (bought.status, bought.amount, bought.credits_amount) == ("pending", 850, 120)
    assert bought.checkout_url and bought.checkout_url.startswith(paystack.url)
    with unit_of_work(as_system=True) as work:
        work.session.execute(text("UPDATE credit_packages SET credits = 5, price = 9"))
    assert wallet(anna).credits == 10
    assert bought.provider_reference
    paystack.finish(bought.provider_reference)
    assert announce(shop, paystack) == [200]
    after = row(bought.id)
    assert (after.status, after.webhook_received_count) == ("success", 1)
    assert after.completed_at and after.last_webhook_at
    purse = wallet(anna)
    assert (purse.credits, purse.bonus_credits, purse.total_spent) == (140, 20, Decimal(850))
    with acting_as(anna):
        seen = reads.purchase(bought.id)
        assert seen.receipt_id
        receipt = reads.receipt(seen.receipt_id)
        lines = [(m.change, m.balance) for m in reads.history(account_of(anna))]
    assert re.fullmatch(r"FAN-\d{4}-000001", receipt.number)
    assert lines == [(10, 140), (120, 130), (10, 10)]


def account_of(viewer: Viewer) -> UUID:
    assert viewer.account_id
    return viewer.account_id


def test_the_same_news_counts_each_time_and_credits_once(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    bought = buy(anna)
    assert bought.provider_reference
    paystack.finish(bought.provider_reference)
    assert announce(shop, paystack, times=4) == [200] * 4
    assert payments.settle(bought.provider_reference) == "success"
    assert webhooks.replay(bought.provider_reference) == 1
    assert row(bought.id).webhook_received_count == 4
    assert [each.received_count for each in _all(select(WebhookEvent))] == [4]
    assert wallet(anna).credits == 60
    assert len(_all(select(Receipt))) == 1


@pytest.mark.parametrize(
    "paid", [{"amount": 100}, {"currency": "NGN"}, {"amount": 40_001}], ids=str
)
def test_what_was_paid_must_be_what_was_ordered(
    shop: Flask, paystack: PaystackSimulator, paid: dict[str, Any]
) -> None:
    anna = factories.user()
    bought = buy(anna)
    assert bought.provider_reference
    paystack.finish(bought.provider_reference, **paid)
    announce(shop, paystack)
    after = row(bought.id)
    assert (after.status, after.needs_manual_review) == ("pending", True)
    assert after.review_reason and "differs" in after.review_reason
    assert wallet(anna).credits == 10
    with acting_as(anna):
        assert not reads.purchase(bought.id).is_open
    assert reconciliation.reconcile() == 1
    assert [each.kind for each in _all(select(ReconciliationException))] == ["differs"]


@pytest.mark.parametrize("signature", [None, "", "0" * 128, "é", "ü" * 128], ids=repr)
def test_what_the_provider_did_not_sign_is_refused(shop: Flask, signature: str | None) -> None:
    client = shop.test_client()
    client.csrf = False  # type: ignore[attr-defined]
    headers = {} if signature is None else {"x-paystack-signature": signature}
    answer = client.post(
        "/webhooks/paystack", data=b'{"event": "charge.success", "data": {}}', headers=headers
    )
    assert answer.status_code == 401
    assert "Invalid signature" in answer.text
    assert _all(select(WebhookEvent)) == []


def test_a_long_announcement_is_taken_and_an_endless_one_is_not(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    client = shop.test_client()
    client.csrf = False  # type: ignore[attr-defined]
    for size, status in ((100_000, 200), (300_000, 413)):
        raw = b'{"event": "charge.success", "data": {}, "log": "' + b"x" * size + b'"}'
        signature = hmac.new(paystack.secret_key.encode(), raw, hashlib.sha512).hexdigest()
        answer = client.post(
            "/webhooks/paystack",
            data=raw,
            headers={"x-paystack-signature": signature},
            content_type="application/json",
        )
        assert answer.status_code == status


def test_what_cannot_be_stored_is_sent_again(
    shop: Flask, paystack: PaystackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = buy(factories.user())
    assert bought.provider_reference
    paystack.finish(bought.provider_reference)

    def broken(*_arguments: object, **_named: object) -> object:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("fantooo.services.webhooks.unit_of_work", broken)
        client = shop.test_client()
        client.csrf = False  # type: ignore[attr-defined]
        raw = paystack.webhooks()[0]["body"].encode()
        signature = hmac.new(paystack.secret_key.encode(), raw, hashlib.sha512).hexdigest()
        answer = client.post(
            "/webhooks/paystack", data=raw, headers={"x-paystack-signature": signature}
        )
    assert answer.status_code == 500
    assert announce(shop, paystack) == [200]
    assert row(bought.id).status == "success"


def test_a_lost_announcement_is_found_by_asking(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought = buy(anna)
    assert bought.provider_reference
    paystack.finish(bought.provider_reference, announce=False)
    assert payments.settle_open() == 0, "too fresh to be asked about"
    assert payments.settle_open(datetime.now(UTC) + LATER) == 1
    assert row(bought.id).status == "success"
    assert wallet(anna).credits == 60


def test_who_leaves_the_checkout_may_come_back(shop: Flask, paystack: PaystackSimulator) -> None:
    """Until somebody has paid, the provider calls every checkout abandoned."""
    anna = factories.user()
    bought = buy(anna)
    assert bought.provider_reference
    assert payments.settle(bought.provider_reference) == "pending"
    age(bought, minutes=31)
    assert payments.settle(bought.provider_reference) == "failed"
    assert row(bought.id).failure_reason == "abandoned"
    # And the money that arrives all the same is theirs.
    paystack.finish(bought.provider_reference)
    announce(shop, paystack)
    after = row(bought.id)
    assert (after.status, after.failure_reason) == ("success", None)
    assert wallet(anna).credits == 60


def decline(bought: Transaction, paystack: PaystackSimulator) -> str:
    assert bought.provider_reference
    paystack.finish(bought.provider_reference, status="failed")
    assert payments.settle(bought.provider_reference) == "failed"
    return bought.provider_reference


def sent_back(bought: Transaction) -> list[Transaction]:
    return _all(select(Transaction).where(Transaction.refunds_id == bought.id))


def test_of_two_payments_for_one_wish_one_goes_back(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    """Declined, tried again and paid; then the first page is paid on as well."""
    anna, package = factories.user(), factories.package()
    first = buy(anna, package)
    reference = decline(first, paystack)
    again = buy(anna, package)
    paystack.finish(again.provider_reference or "")
    announce(shop, paystack)
    assert wallet(anna).credits == 60
    paystack.finish(reference)
    announce(shop, paystack)
    assert row(first.id).status == "success", "the books say that it was paid"
    (back,) = sent_back(first)
    assert (back.amount, back.credits_amount, back.reason) == (
        400,
        50,
        "It arrived after the payment had ended. You had bought the same by another payment since.",
    )
    assert (wallet(anna).credits, wallet(anna).total_spent) == (60, 400)
    browser = shop.test_client().become(anna)  # type: ignore[attr-defined]
    page = browser.get(f"/credits/payments/{first.id}").text
    assert (
        "Your money is on its way back" in page and "It arrived after the payment had ended" in page
    )
    assert sent_back(again) == []


def test_a_late_payment_passes_no_limit(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    limits.set_limit(account_of(anna), "day", "500")
    first = buy(anna, factories.package())
    reference = decline(first, paystack)
    other = buy(anna, factories.package(credits=20, price=180))
    paystack.finish(other.provider_reference or "")
    paystack.finish(reference)
    announce(shop, paystack)
    assert (row(first.id).status, row(other.id).status) == ("success", "success")
    assert [back.amount for back in sent_back(first)] == [400]
    assert (wallet(anna).credits, wallet(anna).total_spent) == (30, 180)


def test_limits_hold_in_the_currency_of_the_house(make_app: Callable[..., Flask]) -> None:
    with make_app(currency="NGN").app_context():
        anna = factories.user()
        limits.set_limit(account_of(anna), "day", "500")
        factories.package()
        with acting_as(anna):
            shown = reads.packages(account_of(anna), "free")
        assert shown == [], "what is sold in KES counts nowhere"
        _superuser("UPDATE credit_packages SET currency = 'NGN'")
        factories.purchase(account_of(anna), _all(select(CreditPackage.id))[0])
        spent = []
        for currency in ("NGN", "KES"):
            _superuser("UPDATE transactions SET currency = %s WHERE type = 'purchase'", currency)
            with acting_as(anna):
                spent.append(limit_reads.uses(account_of(anna))[0].spent)
        assert spent[0] > 0
        assert spent[1] == 0


def test_another_tab_leads_to_the_payment_that_is_open(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, package = factories.user(), factories.package()
    browser = shop.test_client().become(anna)  # type: ignore[attr-defined]

    def press(**changes: str) -> str:
        found = re.search(rf'name="shown-{package}" value="([^"]+)"', browser.get("/credits").text)
        assert found
        form = {"key": str(uuid4()), "package_id": str(package), "channel": "checkout"}
        form |= {f"shown-{package}": found[1], **changes}
        return str(browser.post("/credits/buy", data=form).headers["Location"])

    first = press()
    assert press() == first
    reference = paystack.state()["transactions"][0]["reference"]
    paystack.finish(reference)
    announce(shop, paystack)
    assert press() != first, "it is paid: this is another wish"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_one_wish_is_paid_once_in_whatever_ways(
    shop: Flask, paystack: PaystackSimulator, order: tuple[int, ...]
) -> None:
    """The page, then a phone, then another phone; and each is paid in the end."""
    anna, package = factories.user(), factories.package()
    wishes = [
        buy(anna, package),
        buy(anna, package, channel="mpesa", phone="0712345678"),
        buy(anna, package, channel="mpesa", phone="0798765432"),
    ]
    assert [row(each.id).failure_reason for each in wishes] == ["replaced", "replaced", None]
    for number in order:
        paystack.finish(wishes[number].provider_reference or "")
        payments.settle(wishes[number].provider_reference or "")
    kept = wishes[order[0]]
    assert (wallet(anna).credits, wallet(anna).total_spent) == (60, 400)
    assert [sent_back(each) == [] for each in wishes] == [each is kept for each in wishes]
    page = shop.test_client().become(anna).get(f"/credits/payments/{wishes[1].id}").text  # type: ignore[attr-defined]
    assert "replaced" not in page


def test_a_break_holds_for_a_page_that_was_open(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, package = factories.user(), factories.package()
    open_one = buy(anna, package)
    limits.take_time_out(account_of(anna), "24h")
    with pytest.raises(SpendingPaused):
        buy(anna, package)
    page = shop.test_client().become(anna).get(f"/credits/payments/{open_one.id}").text  # type: ignore[attr-defined]
    assert "Continue to payment" not in page and "on a break" in page


def test_money_that_a_person_decided_against_goes_back(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, admin = factories.user(), account_of(factories.admin("admin"))
    bought = buy(anna)
    reference = bought.provider_reference or ""
    paystack.finish(reference, amount=30_000)
    announce(shop, paystack)
    payment_review.turn_down(bought.id, admin, "It was too little")
    (back,) = sent_back(bought)
    assert (back.amount, back.credits_amount, back.status) == (300, 0, "pending")
    assert refund_progress.settle(back.id) == "processing"
    (theirs,) = paystack.state()["refunds"]
    paystack.move_refund(theirs["id"], "processed")
    announce(shop, paystack)
    assert sent_back(bought)[0].status == "success"
    assert payments.settle(reference) == "failed", "decided is decided"
    assert (wallet(anna).credits, wallet(anna).total_spent) == (10, 0)
    with acting_as(factories.admin("admin")):
        assert daily_close.month(daily_close.today())[0].given_back == 0, "it was no revenue"


def test_much_goes_back_when_a_second_admin_agrees(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, first, second = (
        factories.user(), account_of(factories.admin("admin")), account_of(factories.admin("admin")),
    )  # fmt: skip
    bought = buy(anna, factories.package(credits=190, price=4000))
    paystack.finish(bought.provider_reference or "", amount=399_900)
    announce(shop, paystack)
    payment_review.turn_down(bought.id, first, "It was too little")
    (wish,) = _all(select(Approval))
    with pytest.raises(ValidationError):
        approving.approve(wish.id, first, "Me again")
    payments.settle(bought.provider_reference or "")
    reconciliation.reconcile()
    assert sent_back(bought) == [], "nothing goes round the second admin"
    approving.reject(wish.id, second, "Ask the payer first")
    reconciliation.reconcile()
    (odd,) = _all(select(ReconciliationException))
    assert (odd.kind, odd.details["why"]) == ("not_sent_back", "Ask the payer first")
    assert payment_review.fix(odd.id, first) == "A second admin has to agree."
    assert sent_back(bought) == []
    (again,) = _all(select(Approval).where(Approval.status == "pending"))
    approving.approve(again.id, second, "Agreed")
    assert [back.amount for back in sent_back(bought)] == [3999]


def test_money_that_cannot_go_back_is_sent_again_by_one_press(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, admin = factories.user(), account_of(factories.admin("admin"))
    bought = buy(anna)
    paystack.finish(bought.provider_reference or "", amount=30_000)
    announce(shop, paystack)
    payment_review.turn_down(bought.id, admin, "It was too little")
    (back,) = sent_back(bought)
    refund_progress.settle(back.id)
    paystack.move_refund(paystack.state()["refunds"][0]["id"], "failed")
    announce(shop, paystack)
    assert (sent_back(bought)[0].status, wallet(anna).credits) == ("failed", 10)
    (odd,) = _all(select(ReconciliationException))
    assert odd.kind == "not_sent_back"
    browser = shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]
    assert "Refund payment again" in browser.get("/admin/payments").text
    assert payment_review.fix(odd.id, admin) == "Sent back again."
    again = sent_back(bought)[-1]
    assert (again.amount, again.status) == (300, "pending")
    assert refund_progress.settle(again.id) == "processing"


def test_what_was_paid_after_it_was_turned_down_goes_back(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, admin = factories.user(), account_of(factories.admin("admin"))
    bought = buy(anna)
    _superuser(
        "UPDATE transactions SET needs_manual_review = true, review_reason = 'The provider says odd'"
        " WHERE id = %s",
        bought.id,
    )
    payment_review.turn_down(bought.id, admin, "Nobody paid")
    assert sent_back(bought) == []
    paystack.finish(bought.provider_reference or "", announce=False)
    reconciliation.reconcile()
    assert [back.amount for back in sent_back(bought)] == [400]
    reconciliation.reconcile()
    assert (len(sent_back(bought)), wallet(anna).credits) == (1, 10)


@pytest.mark.parametrize(("taken", "returned"), [(20_000, [190]), (39_000, [])])
def test_a_dispute_of_what_was_not_credited_pays_nothing_twice(
    shop: Flask, paystack: PaystackSimulator, taken: int, returned: list[int]
) -> None:
    anna, admin = factories.user(), account_of(factories.admin("admin"))
    bought = buy(anna)
    reference = bought.provider_reference or ""
    paystack.finish(reference, amount=39_000)
    announce(shop, paystack)
    number = paystack.open_dispute(reference, amount=taken)["id"]
    disputes.heard(number)
    with pytest.raises(ValidationError, match="the bank decides"):
        payment_review.turn_down(bought.id, admin, "It was too little")
    paystack.resolve_dispute(number, "merchant-accepted")
    assert disputes.heard(number) == "lost"
    payment_review.turn_down(bought.id, admin, "It was too little")
    assert [back.amount for back in sent_back(bought)] == returned
    assert wallet(anna).credits == 10


def test_a_dispute_stops_a_refund_of_what_was_not_credited(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    """Turned down first, disputed before the refund was asked for, and lost."""
    anna, admin = factories.user(), account_of(factories.admin("admin"))
    bought = buy(anna)
    reference = bought.provider_reference or ""
    paystack.finish(reference, amount=39_000)
    announce(shop, paystack)
    payment_review.turn_down(bought.id, admin, "It was too little")
    number = paystack.open_dispute(reference, amount=20_000)["id"]
    disputes.heard(number)
    paystack.resolve_dispute(number, "merchant-accepted")
    disputes.heard(number)
    assert [back.status for back in sent_back(bought)] == ["failed"]
    (odd,) = _all(
        select(ReconciliationException).where(ReconciliationException.kind == "not_sent_back")
    )
    payment_review.fix(odd.id, admin)
    assert [back.amount for back in sent_back(bought)] == [390, 190]


def test_money_paid_weeks_later_on_an_old_page_is_found(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    bought = buy(anna)
    reference = decline(bought, paystack)
    _superuser("UPDATE transactions SET created_at = created_at - interval '5 days'")
    paystack.finish(reference, announce=False)
    assert refund_progress.compare_lists() == 0
    assert (row(bought.id).status, wallet(anna).credits) == ("success", 60)


def test_what_is_said_later_ends_a_review(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought = buy(anna)
    reference = bought.provider_reference or ""
    _superuser(
        "UPDATE transactions SET needs_manual_review = true, review_reason = 'The provider says odd'"
        " WHERE id = %s",
        bought.id,
    )
    paystack.finish(reference, announce=False)
    assert payments.settle(reference) == "success"
    assert not row(bought.id).needs_manual_review
    assert wallet(anna).credits == 60


def test_a_success_that_nobody_saw_is_told_on_the_next_page(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    """Every tab was closed when it came; it is said until its buyer has looked at it."""
    anna, ben = factories.user(), factories.user()
    bought = buy(anna)
    browser, other = (shop.test_client().become(each) for each in (anna, ben))  # type: ignore[attr-defined]
    words, here = "Your payment has arrived.", f"/credits/payments/{bought.id}"
    assert words not in browser.get("/discover").text
    paystack.finish(bought.provider_reference or "")
    payments.settle(bought.provider_reference or "")
    for path in ("/discover", "/chats", "/me"):
        page = browser.get(path).text
        assert words in page and f'href="{here}"' in page, path
        assert words not in other.get(path).text
    assert other.get(here).status_code == 404
    page = browser.get(here).text
    assert "Payment successful!" in page and words not in page
    assert words not in browser.get("/discover").text


def test_a_declined_card_says_so(shop: Flask, paystack: PaystackSimulator) -> None:
    bought = buy(factories.user())
    assert bought.provider_reference
    paystack.finish(bought.provider_reference, status="failed")
    assert payments.settle(bought.provider_reference) == "failed"
    assert row(bought.id).failure_reason


@pytest.mark.parametrize("how", ["error", "garbage"])
def test_a_provider_that_cannot_answer_takes_nothing(
    shop: Flask, paystack: PaystackSimulator, how: str
) -> None:
    anna, package, key = factories.user(), factories.package(), uuid4()
    paystack.next_call(how, only="POST /transaction/initialize")
    with pytest.raises(PaymentFailed, match="You were not charged"):
        buy(anna, package, key=key)
    assert [t.status for t in _all(select(Transaction).where(Transaction.type == "purchase"))] == [
        "failed"
    ]
    # A new wish has a new reference.
    again = buy(anna, package)
    assert (again.status, bool(again.checkout_url)) == ("pending", True)


def test_a_wish_is_one_purchase_however_often_it_is_sent(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, package, key = factories.user(), factories.package(), uuid4()
    first = buy(anna, package, key=key)
    assert buy(anna, package, key=key).id == first.id
    assert len(paystack.state()["transactions"]) == 1
    # The key is one person's own.
    assert buy(factories.user(), package, key=key).id != first.id


def test_m_pesa_asks_the_phone(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    for wrong in ("", "12345", "0812345678", "+44 7700 900123"):
        with pytest.raises(ValidationError):
            buy(anna, channel="mpesa", phone=wrong)
    bought = buy(anna, channel="mpesa", phone="0712 345 678")
    assert (bought.status, bought.checkout_url) == ("processing", None)
    assert bought.provider_reference
    paystack.finish(bought.provider_reference)
    announce(shop, paystack)
    assert row(bought.id).status == "success"
    assert "712345678" not in str(row(bought.id).provider_response)


def test_an_unknown_outcome_is_followed_up(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    paystack.next_call("error", only="POST /charge", after=True)
    bought = buy(anna, channel="mpesa", phone="254712345678")
    assert bought.status == "processing"
    assert bought.provider_reference
    paystack.finish(bought.provider_reference)
    assert payments.settle(bought.provider_reference) == "success"
    assert wallet(anna).credits == 60


def test_a_payment_open_for_too_long_is_given_up(shop: Flask, paystack: PaystackSimulator) -> None:
    paystack.next_call("error", only="POST /charge")
    bought = buy(factories.user(), channel="mpesa", phone="254712345678")
    age(bought, hours=25)
    payments.settle_open()
    after = row(bought.id)
    assert (after.status, after.failure_reason) == ("failed", "expired")


def test_only_what_is_on_offer_is_sold(shop: Flask) -> None:
    anna = factories.user()
    for changes in ({"is_active": False}, {"valid_from": datetime.now(UTC) + LATER},
                    {"valid_from": datetime.now(UTC) - 2 * LATER,
                     "valid_until": datetime.now(UTC) - LATER}):  # fmt: skip
        with pytest.raises(NotFound):
            buy(anna, factories.package(**changes))


def test_a_tier_comes_with_spend_and_brings_bonus(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, package = factories.user(), factories.package(credits=300, price=6000)
    for expected, bonus in (("silver", 0), ("silver", 15), ("silver", 15), ("gold", 15)):
        bought = buy(anna, package)
        assert bought.bonus_credits == bonus
        assert bought.provider_reference
        paystack.finish(bought.provider_reference, announce=False)
        payments.settle(bought.provider_reference)
        assert wallet(anna).user_tier == expected
    assert wallet(anna).total_spent == 24_000


def test_points_are_swapped_for_credits(shop: Flask, clock: Clock) -> None:
    clock.set(today_at(14))
    anna = factories.user()
    account = account_of(anna)
    with pytest.raises(ValidationError):
        credits.swap_points(account)
    chat = factories.open_chat(anna, factories.character())
    factories.set_credits(account, 200)
    for _ in range(103):
        factories.send(anna, chat)
    assert wallet(anna).loyalty_points == 100
    before = wallet(anna).credits
    assert credits.swap_points(account) == 5
    purse = wallet(anna)
    assert (purse.loyalty_points, purse.credits) == (0, before + 5)
    assert [each.points for each in _all(select(LoyaltyEntry))] == [-100]


def test_reconciliation_finds_what_does_not_fit(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    strange = paystack.unknown_payment(announce=False)
    lost = buy(anna)
    assert lost.provider_reference
    paystack.finish(lost.provider_reference, announce=False)
    made_up = row(factories.purchase(account_of(anna)))
    age(made_up, hours=2)
    assert reconciliation.reconcile() == 2
    found = {each.reference: each.kind for each in _all(select(ReconciliationException))}
    assert found == {
        strange["reference"]: "unknown_reference",
        made_up.provider_reference: "credited_not_paid",
    }
    assert row(lost.id).status == "success", "what was paid is credited at once"
    # The next night finds nothing new.
    assert reconciliation.reconcile() == 0


def test_pages_of_buying(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    package = factories.package(badge_text="Our suggestion")
    browser = shop.test_client().become(anna)  # type: ignore[attr-defined]
    page = browser.get("/credits?next=/chats").text
    assert "50 Credits - 400 KES" in page and "Pay now" in page
    assert "fictional and played by our team" in page
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    form = {"key": key[1], "package_id": str(package), "channel": "checkout", "next": "/chats"}
    answer = browser.post("/credits/buy", data=form)
    assert answer.status_code == 303
    here = answer.headers["Location"]
    assert browser.post("/credits/buy", data=form).headers["Location"] == here
    partial = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = browser.post("/credits/buy", data=form, headers=partial)
    assert answer.headers["HX-Redirect"].startswith(paystack.url)
    assert "Continue to payment" in browser.get(here).text
    reference = paystack.state()["transactions"][0]["reference"]
    answer = browser.get(f"/credits/return?reference={reference}&trxref={reference}")
    assert answer.status_code == 302
    assert "Waiting for Paystack" in browser.get(answer.headers["Location"]).text
    paystack.finish(reference)
    announce(shop, paystack)
    done = browser.get(here).text
    assert "Payment successful!" in done and 'href="/chats"' in done
    receipt = re.search(r"/credits/receipts/[0-9a-f-]+", done)
    assert receipt
    assert "FAN-" in browser.get(receipt[0]).text
    file = browser.get(f"{receipt[0]}.pdf")
    assert file.data.startswith(b"%PDF-") and "attachment" in file.headers["Content-Disposition"]
    lines = browser.get("/credits/history.csv").text.splitlines()
    assert len(lines) == 3 and lines[-1].endswith("Bought,,50,0,60")
    assert "fictional and played" not in browser.get("/credits").text.split('id="buy-title"')[0]


def test_a_wrong_form_says_what_is_wrong_and_keeps_the_rest(shop: Flask) -> None:
    package = factories.package()
    browser = shop.test_client().become(factories.user())  # type: ignore[attr-defined]
    form = {"key": str(uuid4()), "channel": "mpesa", "phone": "123", "next": "/chats"}
    answer = browser.post("/credits/buy", data=form)
    assert answer.status_code == 400 and "Choose a package first" in answer.text
    answer = browser.post("/credits/buy", data=form | {"package_id": str(package)})
    assert answer.status_code == 400 and "M-Pesa number" in answer.text
    assert 'value="123"' in answer.text and 'value="/chats"' in answer.text
    for bad in ({"key": "x"}, {"package_id": "x"}, {"channel": "cash"}):
        full = form | {"package_id": str(package), "phone": "0712345678"} | bad
        assert browser.post("/credits/buy", data=full).status_code == 400
    assert browser.post(
        "/credits/buy", data=form | {"package_id": str(uuid4()), "phone": "0712345678"}
    ).status_code == 404  # fmt: skip
