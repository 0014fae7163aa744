"""Money back through the provider, against its real simulator: asked for once, followed to its end."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from fantooo.domain.errors import NotFound, ServiceUnavailable, ValidationError
from fantooo.domain.viewer import Viewer
from fantooo.gateways.paystack import Paystack, ProviderError, ProviderRefused, ProviderUnavailable
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import (
    AdminNotification,
    Approval,
    AuditEntry,
    Receipt,
    ReconciliationException,
    Transaction,
)
from fantooo.queries import payments as payment_reads
from fantooo.services import (
    approving,
    disputes,
    exceptions_inbox,
    grants,
    money_refunds,
    outbox,
    payment_review,
    payments,
    reconciliation,
    refund_progress,
    webhooks,
)
from tests.integration.test_buying import _superuser, account_of, announce, buy, row, wallet
from tests.support import factories
from tests.support.paystack import PaystackSimulator


def rows(query: Any) -> list[Any]:
    with unit_of_work(as_system=True) as work:
        found = list(work.session.scalars(query))
        work.session.expunge_all()
    return found


def paid(paystack: PaystackSimulator, viewer: Viewer, package: UUID | None = None) -> Transaction:
    """A purchase that was paid at the provider and credited."""
    bought = buy(viewer, package)
    assert bought.provider_reference
    paystack.finish(bought.provider_reference, announce=False)
    assert payments.settle(bought.provider_reference) == "success"
    return row(bought.id)


def refund(bought: Transaction, amount: object, admin: Viewer | None = None, **more: Any) -> str:
    given = {
        "purchase_id": bought.id,
        "admin_id": account_of(admin or factories.admin("admin")),
        "amount": Decimal(str(amount)),
        "reason": "As agreed",
        "goodwill": False,
        "key": uuid4(),
        **more,
    }
    return money_refunds.refund(**given)


def refunds_of(bought: Transaction) -> list[Transaction]:
    query = select(Transaction).where(Transaction.refunds_id == bought.id)
    return rows(query.order_by(Transaction.id))


def the_refund(bought: Transaction) -> Transaction:
    (found,) = refunds_of(bought)
    return found


def at_provider(paystack: PaystackSimulator) -> list[dict[str, Any]]:
    return list(paystack.state()["refunds"])


def forget_the_lease(refund_id: UUID) -> None:
    """As if it had been asked for long ago."""
    _superuser(
        "UPDATE transactions SET provider_response = jsonb_set(provider_response, '{asked_at}',"
        " to_jsonb((now() - interval '6 minutes')::text)) WHERE id = %s",
        refund_id,
    )


def receipt_of(bought: Transaction) -> UUID:
    (found,) = rows(select(Receipt.id).where(Receipt.transaction_id == bought.id))
    assert isinstance(found, UUID)
    return found


def spend(viewer: Viewer, messages: int) -> None:
    chat = factories.open_chat(viewer)
    for _ in range(3 + messages):
        factories.send(viewer, chat)


def test_all_of_a_payment_by_its_announcements(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought = paid(paystack, anna, factories.package(credits=120, bonus_credits=10, price=1000))
    assert (wallet(anna).credits, wallet(anna).user_tier) == (140, "bronze")
    assert refund(bought, 1000) == "begun"
    after, made = wallet(anna), the_refund(bought)
    assert (after.credits, after.bonus_credits, after.total_spent, after.user_tier) == (
        10, 10, 0, "free",
    )  # fmt: skip
    assert (made.status, made.credits_amount, made.bonus_credits) == ("pending", 120, 10)
    assert at_provider(paystack) == [], "asked for after the commit, by a job"
    assert refund_progress.settle(made.id) == "processing"
    (theirs,) = at_provider(paystack)
    assert (theirs["amount"], theirs["merchant_note"]) == (100_000, made.provider_reference)
    for step in ("processing", "processed"):
        paystack.move_refund(theirs["id"], step)
    assert set(announce(shop, paystack, times=2)) == {200}
    done, purchase = row(made.id), row(bought.id)
    assert (done.status, purchase.status) == ("success", "refunded")
    assert done.completed_at and purchase.refunded_at
    assert payments.settle(bought.provider_reference or "") == "refunded"
    assert reconciliation.reconcile() == 0
    with acting_as(anna):
        view = payment_reads.receipt(receipt_of(bought))
    assert [(each.amount, each.status) for each in view.refunds] == [(1000, "success")]
    browser = shop.test_client().become(anna)  # type: ignore[attr-defined]
    page = browser.get(f"/credits/receipts/{view.id}").text
    assert "This purchase was refunded" in page and "sent back" in page
    assert browser.get(f"/credits/receipts/{view.id}.pdf").data[:4] == b"%PDF"
    assert "Refunded" in browser.get(f"/credits/payments/{bought.id}").text
    assert "Refunded purchase" in browser.get("/credits").text


def test_parts_never_add_up_to_more_than_was_paid(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought = paid(paystack, anna)
    refund(bought, 150)
    refund(bought, "99.50")
    for wrong in (151, "150.51", 0, "0.001", "-5"):
        with pytest.raises(ValidationError):
            refund(bought, wrong)
    refund(bought, "150.50")
    with pytest.raises(ValidationError):
        refund(bought, "0.01")
    assert wallet(anna).credits == 10
    assert [(r.amount, r.credits_amount) for r in refunds_of(bought)] == [
        (150, 19), (Decimal("99.50"), 13), (Decimal("150.50"), 18),
    ]  # fmt: skip
    assert refund_progress.settle_open() == 0
    for theirs in at_provider(paystack):
        paystack.move_refund(theirs["id"], "processed")
        assert row(bought.id).status == "success"
    assert refund_progress.settle_open() == 3
    assert row(bought.id).status == "refunded"


def test_spent_credits_go_back_by_goodwill_only(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user(credits=2)
    bought = paid(paystack, anna)
    spend(anna, 12)
    left = wallet(anna).credits
    assert 0 < left < 50
    with pytest.raises(ValidationError, match="50 bought credits would have to come back"):
        refund(bought, 400)
    assert refund(bought, 400, goodwill=True) == "begun"
    after = wallet(anna)
    assert (after.credits, after.total_spent) == (0, 0)
    assert the_refund(bought).credits_amount == left


def test_one_form_is_one_refund(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, admin = factories.user(), factories.admin("admin")
    bought = paid(paystack, anna)
    browser = shop.test_client().become(admin)  # type: ignore[attr-defined]
    here = f"/admin/payments/{bought.id}"
    page = browser.get(here).text
    assert "takes back 50 bought and 0 bonus credits" in page
    key = page.split('name="key" value="')[1].split('"')[0]
    form = {"amount": "1e999", "reason": "As agreed", "key": key}
    for wrong in ("x", "NaN", "1e999", "Infinity", "", "1,00.00", "100,00"):
        assert browser.post(f"{here}/refund", data={**form, "amount": wrong}).status_code == 400
    assert browser.post(f"{here}/refund", data={**form, "reason": ""}).status_code == 400
    for _ in range(2):
        answer = browser.post(f"{here}/refund", data={**form, "amount": " 100.00"})
        assert answer.status_code == 303
    assert the_refund(bought).amount == 100
    page = browser.get(here).text
    for told in ("Not sent yet", "refund begun", "Credits taken back", "300"):
        assert told in page
    assert "Refunded" in browser.get("/admin/payments").text
    nobody = browser.post(f"/admin/payments/{uuid4()}/refund", data={**form, "amount": "1"})
    assert nobody.status_code == 404


def test_a_refund_is_never_taken_for_a_payment(shop: Flask, paystack: PaystackSimulator) -> None:
    """It has a reference as well: asked about as a payment it would run out and keep its credits."""
    bought = paid(paystack, factories.user())
    assert refund(bought, 100) == "begun"
    with pytest.raises(NotFound):
        payments.settle(the_refund(bought).provider_reference or "")


def test_what_was_not_paid_here_cannot_go_back(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    unpaid = buy(anna)
    with pytest.raises(ValidationError, match="not credited"):
        refund(unpaid, 1)
    demo = paid(paystack, anna)
    _superuser("UPDATE transactions SET payment_provider = 'demo' WHERE id = %s", demo.id)
    with pytest.raises(ValidationError, match="not made through the payment service"):
        refund(demo, 1)
    with pytest.raises(NotFound):
        money_refunds.refund(
            purchase_id=uuid4(), admin_id=account_of(factories.admin()), amount=Decimal(1),
            reason="x", goodwill=False, key=uuid4(),
        )  # fmt: skip


def test_a_refund_that_fails_returns_its_credits(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought = paid(paystack, anna, factories.package(bonus_credits=3))
    refund(bought, 400)
    made = the_refund(bought)
    assert refund_progress.settle(made.id) == "processing"
    paystack.move_refund(at_provider(paystack)[0]["id"], "failed")
    announce(shop, paystack, times=2)
    after = wallet(anna)
    assert (row(made.id).status, row(bought.id).status) == ("failed", "success")
    assert (after.credits, after.bonus_credits, after.total_spent) == (63, 13, 400)
    outbox.deliver()
    assert [n.subject_id for n in rows(select(AdminNotification))] == [made.id]
    # What failed took nothing: all of it may be tried again.
    assert refund(bought, 400) == "begun"
    assert wallet(anna).credits == 10


def test_attention_is_told_and_goes_on(shop: Flask, paystack: PaystackSimulator) -> None:
    bought = paid(paystack, factories.user())
    refund(bought, 100)
    made = the_refund(bought)
    refund_progress.settle(made.id)
    number = at_provider(paystack)[0]["id"]
    paystack.move_refund(number, "needs-attention")
    for _ in range(2):
        assert refund_progress.settle(made.id) == "processing"
    outbox.deliver()
    assert len(rows(select(AdminNotification))) == 1
    paystack.move_refund(number, "processed")
    assert refund_progress.settle(made.id) == "success"
    assert refund_progress.settle(made.id) == "success"


@pytest.mark.parametrize("how", ["error", "timeout", "garbage"])
def test_an_answer_that_is_lost_never_sends_money_twice(
    shop: Flask, paystack: PaystackSimulator, how: str
) -> None:
    """The provider has done it and we do not know: before asking again, we look."""
    bought = paid(paystack, factories.user())
    refund(bought, 100)
    made = the_refund(bought)
    more = {"seconds": 0.1} if how == "timeout" else {}
    paystack.next_call(how, only="POST /refund", after=True, **more)
    with pytest.raises(ProviderError):
        refund_progress.settle(made.id)
    assert refund_progress.settle(made.id) == "pending", "somebody may be asking right now"
    forget_the_lease(made.id)
    assert refund_progress.settle(made.id) == "processing"
    assert len(at_provider(paystack)) == 1


def test_a_lost_answer_is_found_by_the_announcement(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    bought = paid(paystack, factories.user())
    refund(bought, 100)
    made = the_refund(bought)
    paystack.next_call("error", only="POST /refund", after=True)
    with pytest.raises(ProviderUnavailable):
        refund_progress.settle(made.id)
    paystack.move_refund(at_provider(paystack)[0]["id"], "processed")
    announce(shop, paystack)
    assert row(made.id).status == "success"


def test_a_question_that_never_arrived_is_asked_again(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    bought = paid(paystack, factories.user())
    refund(bought, 100)
    made = the_refund(bought)
    paystack.next_call("error", only="POST /refund")
    with pytest.raises(ProviderUnavailable):
        refund_progress.settle(made.id)
    assert at_provider(paystack) == []
    forget_the_lease(made.id)
    assert refund_progress.settle_open() == 0
    assert len(at_provider(paystack)) == 1


def test_what_the_provider_refuses_has_failed(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought = paid(paystack, anna)
    refund(bought, 100)
    made = the_refund(bought)
    paystack.next_call("refuse", only="POST /refund", status=400, message="Not possible")
    assert refund_progress.settle(made.id) == "failed"
    assert (row(made.id).failure_reason, wallet(anna).credits) == ("Not possible", 60)
    # A key that is not taken says nothing of the refund.
    refund(bought, 100)
    second = refunds_of(bought)[1]
    paystack.next_call("refuse", only="POST /refund", status=401, message="Invalid key")
    with pytest.raises(ProviderRefused):
        refund_progress.settle(second.id)
    assert refund_progress.settle(second.id) == "processing"


def test_a_refusal_because_it_is_done_counts_as_done(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    bought = paid(paystack, factories.user())
    refund(bought, 400)
    made = the_refund(bought)
    paystack.next_call(
        "refuse", only="POST /refund", status=400, message="Fully reversed", after=True
    )
    assert refund_progress.settle(made.id) == "processing"


def test_what_was_given_back_without_us_waits_for_a_person(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    bought = paid(paystack, factories.user())
    paystack.client().refund(reference=bought.provider_reference or "", amount=5000)
    for _ in range(2):
        announce(shop, paystack)
    (odd,) = rows(select(ReconciliationException))
    assert (odd.kind, odd.transaction_id, odd.details["amount"]) == (
        "unknown_refund", bought.id, 5000,
    )  # fmt: skip
    assert refunds_of(bought) == []
    stranger = paystack.unknown_payment(announce=False)["reference"]
    paystack.client().refund(reference=stranger)
    announce(shop, paystack)
    assert {each.kind for each in rows(select(ReconciliationException))} == {
        "unknown_refund", "unknown_reference",
    }  # fmt: skip


def test_a_payment_that_was_reversed_without_us_is_found(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    bought, ours = paid(paystack, anna), paid(paystack, anna)
    for each in (bought, ours):
        paystack.finish(each.provider_reference or "", status="reversed", announce=False)
    refund(ours, 400)
    _superuser("UPDATE transactions SET created_at = created_at - interval '1 hour'")
    assert reconciliation.reconcile() == 1
    (odd,) = rows(select(ReconciliationException))
    assert (odd.kind, odd.reference) == ("credited_not_paid", bought.provider_reference)
    assert odd.details == {"the provider says": "reversed"}


def test_one_press_takes_credits_back_that_were_never_paid(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, admin = factories.user(), factories.admin("admin")
    bought = paid(paystack, anna)
    paystack.finish(bought.provider_reference or "", status="reversed", announce=False)
    _superuser("UPDATE transactions SET created_at = created_at - interval '1 hour'")
    reconciliation.reconcile()
    (odd,) = rows(select(ReconciliationException))
    browser = shop.test_client().become(admin)  # type: ignore[attr-defined]
    assert "Take back the credits" in browser.get("/admin/payments").text
    assert browser.post(f"/admin/payments/exceptions/{odd.id}/fix").status_code == 303
    assert browser.post(f"/admin/payments/exceptions/{odd.id}/fix").status_code == 404
    assert (row(bought.id).status, wallet(anna).credits, wallet(anna).total_spent) == (
        "refunded", 10, 0,
    )  # fmt: skip
    assert at_provider(paystack) == [], "nobody is asked for money that went already"
    assert reconciliation.reconcile() == 0
    actions = rows(select(AuditEntry.action).where(AuditEntry.subject_id == bought.id))
    assert set(actions) == {"credited_not_paid_fix_pressed", "payment_exception_settled"}


def test_a_refund_made_without_us_is_found_at_night(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, admin = factories.user(), account_of(factories.admin("admin"))
    bought = paid(paystack, anna)
    paystack.client().refund(reference=bought.provider_reference or "", amount=20_000)
    assert refund_progress.find_unknown(timedelta(days=3)) == 1
    assert refund_progress.find_unknown(timedelta(days=3)) == 1
    (odd,) = rows(select(ReconciliationException))
    assert odd.kind == "unknown_refund"
    payment_review.fix(odd.id, admin)
    assert (wallet(anna).credits, the_refund(bought).amount) == (35, 200)
    assert refund_progress.find_unknown(timedelta(days=3)) == 1
    assert len(rows(select(ReconciliationException))) == 1


def test_one_press_credits_what_was_paid(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, admin = factories.user(), account_of(factories.admin("admin"))
    bought = buy(anna)
    reference = bought.provider_reference or ""
    with unit_of_work(as_system=True) as work:
        exceptions_inbox.note(
            work, kind="paid_not_credited", reference=reference, details={},
            transaction_id=bought.id,
        )  # fmt: skip
    (odd,) = rows(select(ReconciliationException))
    with pytest.raises(ValidationError, match="could not be credited"):
        payment_review.fix(odd.id, admin)
    paystack.finish(reference, announce=False)
    payment_review.fix(odd.id, admin)
    assert (row(bought.id).status, wallet(anna).credits) == ("success", 60)
    assert rows(select(ReconciliationException))[0].resolution == "Credited"


def test_above_the_set_amount_nothing_moves_before_a_second_admin_agreed(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, first = factories.user(), factories.admin("admin")
    bought = paid(paystack, anna, factories.package(credits=300, price=1001))
    assert refund(bought, 1001, first) == "waiting"
    with pytest.raises(ValidationError, match="already"):
        refund(bought, 1001)
    assert (wallet(anna).credits, refunds_of(bought)) == (310, [])
    (wish,) = rows(select(Approval))
    assert (wish.kind, wish.amount, wish.unit) == ("money_refund", 1001, "KES")
    with pytest.raises(ValidationError, match="another admin must decide"):
        approving.approve(wish.id, account_of(first), "me")
    approving.approve(wish.id, account_of(factories.admin()), "All right")
    assert (wallet(anna).credits, the_refund(bought).amount) == (10, 1001)
    actions = rows(select(AuditEntry.action).where(AuditEntry.subject_id == bought.id))
    assert actions == ["refund_proposed", "refund_begun"]


def test_what_was_spent_while_it_waited_cannot_be_agreed_to(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    bought = paid(paystack, anna, factories.package(credits=300, price=1001))
    refund(bought, 1001)
    spend(anna, 15)
    (wish,) = rows(select(Approval))
    second = account_of(factories.admin())
    with pytest.raises(ValidationError, match="would have to come back"):
        approving.approve(wish.id, second, "All right")
    assert (rows(select(Approval))[0].status, refunds_of(bought)) == ("pending", [])
    approving.reject(wish.id, second, "They went on writing")


# Withdrawing


def test_withdrawing_from_a_purchase(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user(credits=0)
    bought = paid(paystack, anna)
    spend(anna, 12)
    unused = wallet(anna).credits
    receipt = receipt_of(bought)
    browser = shop.test_client().become(anna)  # type: ignore[attr-defined]
    here = f"/credits/receipts/{receipt}/withdraw"
    assert here in browser.get(f"/credits/receipts/{receipt}").text
    page = browser.get(here).text
    assert f"Get {unused * 8} KES back" in page
    form = {"key": page.split('name="key" value="')[1].split('"')[0]}
    stranger = shop.test_client().become(factories.user())  # type: ignore[attr-defined]
    assert stranger.get(here).status_code == 404
    assert stranger.post(here, data=form).status_code == 404
    for _ in range(2):
        assert browser.post(here, data=form).status_code == 303
    made = the_refund(bought)
    assert (made.amount, made.credits_amount, wallet(anna).credits) == (unused * 8, unused, 0)
    assert refund_progress.settle(made.id) == "processing"
    assert "on its way" in browser.get(f"/credits/receipts/{receipt}").text
    again = browser.post(here, data={"key": str(uuid4())})
    assert (again.status_code, "unused" in again.text) == (400, True)


def test_spent_bonus_is_no_gift(shop: Flask, paystack: PaystackSimulator) -> None:
    """Buying, using up what was given with it, and withdrawing: what was used is paid for."""
    anna = factories.user(credits=0)
    bought = paid(paystack, anna, factories.package(credits=120, bonus_credits=10, price=850))
    spend(anna, 10)
    left = wallet(anna)
    assert left.bonus_credits == 0
    with acting_as(anna):
        money_refunds.withdraw(
            account_id=account_of(anna), receipt_id=receipt_of(bought), key=uuid4()
        )
    made = the_refund(bought)
    assert made.amount == (Decimal(850) * left.credits / 130).quantize(
        Decimal("0.01"), "ROUND_DOWN"
    )
    assert made.amount <= Decimal("784.61")


def test_a_divided_sum_needs_a_second_admin_too(shop: Flask, paystack: PaystackSimulator) -> None:
    anna, admin = factories.user(), factories.admin("admin")
    bought = paid(paystack, anna, factories.package(credits=300, price=1900))
    other = paid(paystack, anna)
    assert refund(bought, 950, admin) == "begun"
    key = uuid4()
    assert refund(bought, 950, admin, key=key) == "waiting"
    assert refund(bought, 950, admin, key=key) == "waiting", "pressed twice"
    with pytest.raises(ValidationError, match="waits for a second admin already"):
        refund(bought, 950, admin)
    assert refund(other, 51, admin) == "waiting", "another payment of the same person"
    assert refund(other, 50, factories.admin("admin")) == "begun"
    _superuser("UPDATE transactions SET created_at = created_at - interval '25 hours'")
    assert refund(other, 350, admin) == "begun", "a day later, of another payment"


def test_a_divided_gift_needs_a_second_admin_too(shop: Flask) -> None:
    anna, admin = factories.user(), account_of(factories.admin("admin"))

    def give(amount: int) -> str:
        return grants.grant(
            user_id=account_of(anna), admin_id=admin, amount=amount, reason="Sorry", key=uuid4()
        )

    assert (give(150), give(50), give(1)) == ("given", "given", "waiting")
    assert wallet(anna).credits == 210


def test_too_late_to_withdraw(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought = paid(paystack, anna)
    almost, late = timedelta(days=14, minutes=-1), timedelta(days=14, minutes=1)
    receipt = receipt_of(bought)
    browser = shop.test_client().become(anna)  # type: ignore[attr-defined]
    here = f"/credits/receipts/{receipt}/withdraw"
    for ago, status in ((late, 400), (almost, 303)):
        _superuser(
            "UPDATE transactions SET completed_at = %s WHERE id = %s",
            datetime.now(UTC) - ago,
            bought.id,
        )
        assert ("Comes back to you" in browser.get(here).text) == (status == 303)
        assert browser.post(here, data={"key": str(uuid4())}).status_code == status


def test_newest_purchases_count_first(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user(credits=0)
    first = paid(paystack, anna)
    second = paid(paystack, anna, factories.package(credits=20, price=180))
    spend(anna, 12)
    left = wallet(anna).credits
    assert 20 < left < 70
    account = account_of(anna)
    with acting_as(anna):
        money_refunds.withdraw(account_id=account, receipt_id=receipt_of(second), key=uuid4())
    with acting_as(anna):
        money_refunds.withdraw(account_id=account, receipt_id=receipt_of(first), key=uuid4())
    assert (the_refund(second).amount, the_refund(second).credits_amount) == (180, 20)
    assert (the_refund(first).amount, the_refund(first).credits_amount) == (
        (left - 20) * 8, left - 20,
    )  # fmt: skip
    assert wallet(anna).credits == 0


def test_a_large_withdrawal_is_looked_at_by_a_person(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    bought = paid(paystack, anna, factories.package(credits=300, price=2400))
    receipt = receipt_of(bought)
    browser = shop.test_client().become(anna)  # type: ignore[attr-defined]
    here = f"/credits/receipts/{receipt}/withdraw"
    assert browser.post(here, data={"key": str(uuid4())}).status_code == 303
    assert wallet(anna).credits == 310
    assert "You have withdrawn" in browser.get(f"/credits/receipts/{receipt}").text
    assert "a person checks it first" in browser.get(here).text
    assert browser.post(here, data={"key": str(uuid4())}).status_code == 400
    (wish,) = rows(select(Approval))
    admin = shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]
    assert "Withdrawal by the payer" in admin.get("/admin/approvals").text
    form = {"decision": "approve", "reason": "In time"}
    assert admin.post(f"/admin/approvals/{wish.id}", data=form).status_code == 303
    assert (the_refund(bought).amount, wallet(anna).credits) == (2400, 10)


def test_a_refused_withdrawal_is_told(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought = paid(paystack, anna, factories.package(credits=300, price=2400))
    with acting_as(anna):
        account = account_of(anna)
        money_refunds.withdraw(account_id=account, receipt_id=receipt_of(bought), key=uuid4())
    (wish,) = rows(select(Approval))
    approving.reject(wish.id, account_of(factories.admin()), "Used by somebody else")
    assert (refunds_of(bought), wallet(anna).credits) == ([], 310)


def test_no_role_can_write_a_refund_past_the_services(shop: Flask) -> None:
    """Amounts and credits of a row are never changed, not even by the platform."""
    with pytest.raises(Exception, match="permission denied"), unit_of_work(as_system=True) as work:
        work.session.execute(text("UPDATE transactions SET credits_amount = 1"))


def test_a_payment_of_nobody_here_goes_back_by_one_press(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    """Reconciliation finds it, one press sends it back, and it is not found anew."""
    theirs = paystack.unknown_payment(18_000, announce=False)["reference"]
    assert reconciliation.reconcile() == 1
    (odd,) = rows(select(ReconciliationException))
    browser = shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]
    assert "Refund payment" in browser.get("/admin/payments").text
    fix = f"/admin/payments/exceptions/{odd.id}/fix"
    assert browser.post(fix).status_code == 303
    assert browser.post(fix).status_code == 404
    (back,) = at_provider(paystack)
    assert (back["amount"], back["merchant_note"]) == (18_000, f"unknown-{odd.id}")
    paystack.move_refund(back["id"], "processed")
    body = next(w["body"] for w in paystack.webhooks("refund.") if theirs in w["body"])
    signature = hmac.new(paystack.secret_key.encode(), body.encode(), hashlib.sha512).hexdigest()
    webhooks.receive(body.encode(), signature)
    webhooks.process_stored(datetime.now(UTC) + timedelta(minutes=5))
    assert reconciliation.reconcile() == 0
    page = browser.get("/admin/payments").text
    assert "Recently resolved (1)" in page
    assert "Sent back to whoever paid: 180 KES" in page


def test_a_lost_answer_sends_nothing_back_twice(shop: Flask, paystack: PaystackSimulator) -> None:
    admin = account_of(factories.admin("admin"))
    paystack.unknown_payment(18_000, announce=False)
    reconciliation.reconcile()
    (odd,) = rows(select(ReconciliationException))
    paystack.next_call("timeout", after=True, only="POST /refund")
    with pytest.raises(ServiceUnavailable):
        payment_review.fix(odd.id, admin)
    payment_review.fix(odd.id, admin)
    assert len(at_provider(paystack)) == 1


@pytest.mark.parametrize(
    ("amount", "ended", "said"),
    [
        (100_100, "success", "second admin"),
        (18_000, "reversed", "says reversed"),
        (18_000, "disputed", "is disputed"),
    ],
)
def test_what_one_press_does_not_send_back(
    shop: Flask, paystack: PaystackSimulator, amount: int, ended: str, said: str
) -> None:
    admin = account_of(factories.admin("admin"))
    theirs = paystack.unknown_payment(amount, announce=False)["reference"]
    reconciliation.reconcile()
    (odd,) = rows(select(ReconciliationException))
    if ended == "disputed":
        paystack.open_dispute(theirs)
    elif ended != "success":
        paystack.finish(theirs, status=ended, announce=False)
    with pytest.raises(ValidationError, match=said):
        payment_review.fix(odd.id, admin)
    assert at_provider(paystack) == []
    payment_review.settle_exception(odd.id, admin, "Sent back in the dashboard")
    assert reconciliation.reconcile() == 0, "what was dealt with is not noted again"


def test_after_an_outage_all_days_since_the_last_run_are_looked_at(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    now = datetime.now(UTC)
    assert reconciliation.since_last(now) == timedelta(days=30)
    refund_progress.compare_lists()
    assert reconciliation.since_last(now) == timedelta(days=30)
    _superuser("UPDATE reconciliation_runs SET since = since - interval '40 days',"
               " until = until - interval '40 days'")  # fmt: skip
    late = now - timedelta(days=38)
    paystack.unknown_payment(18_000, announce=False, created_at=late.timestamp())
    assert timedelta(days=40) < reconciliation.since_last(now) < timedelta(days=42)
    assert refund_progress.compare_lists() == 1


def test_a_refund_that_is_not_done_yet_is_followed_to_its_end(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    """Booked by one press while it is under way, and then it fails: the credits come back."""
    anna, admin = factories.user(), account_of(factories.admin("admin"))
    bought = paid(paystack, anna)
    paystack.client().refund(reference=bought.provider_reference or "", amount=20_000)
    refund_progress.find_unknown(timedelta(days=3))
    (odd,) = rows(select(ReconciliationException))
    payment_review.fix(odd.id, admin)
    assert (wallet(anna).credits, the_refund(bought).status) == (35, "processing")
    paystack.move_refund(at_provider(paystack)[0]["id"], "failed")
    refund_progress.settle_open()
    assert (wallet(anna).credits, the_refund(bought).status) == (60, "failed")
    assert len(at_provider(paystack)) == 1, "nobody asks for it once more"


def test_a_refund_that_failed_by_now_takes_nothing(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, admin = factories.user(), account_of(factories.admin("admin"))
    bought = paid(paystack, anna)
    paystack.client().refund(reference=bought.provider_reference or "", amount=20_000)
    refund_progress.find_unknown(timedelta(days=3))
    paystack.move_refund(at_provider(paystack)[0]["id"], "failed")
    (odd,) = rows(select(ReconciliationException))
    assert "nothing to book" in payment_review.fix(odd.id, admin)
    assert wallet(anna).credits == 60


def test_credits_are_not_taken_when_the_provider_has_the_money_after_all(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, admin = factories.user(), account_of(factories.admin("admin"))
    bought = paid(paystack, anna)
    with unit_of_work(as_system=True) as work:
        exceptions_inbox.note(
            work,
            kind="credited_not_paid",
            reference=bought.provider_reference or "",
            transaction_id=bought.id,
            details={"the provider says": "reversed"},
        )
    (odd,) = rows(select(ReconciliationException))
    assert "nothing was taken" in payment_review.fix(odd.id, admin)
    assert (wallet(anna).credits, row(bought.id).status) == (60, "success")


def test_divided_withdrawals_are_looked_at_by_a_person(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    first, second = (
        paid(paystack, anna, factories.package(credits=100, price=600)) for _ in range(2)
    )

    def take_back(bought: Transaction) -> str:
        with acting_as(anna):
            return money_refunds.withdraw(
                account_id=account_of(anna), receipt_id=receipt_of(bought), key=uuid4()
            )

    assert (take_back(second), take_back(first)) == ("begun", "waiting")


def test_another_currency_always_needs_a_second_admin(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    bought = paid(paystack, factories.user())
    _superuser("UPDATE transactions SET currency = 'USD' WHERE id = %s", bought.id)
    assert refund(bought, 1) == "waiting"


@pytest.mark.parametrize("said", [{"amount": 39_000}, {"currency": "NGN"}])
def test_another_amount_that_went_back_is_for_people(
    shop: Flask,
    paystack: PaystackSimulator,
    monkeypatch: pytest.MonkeyPatch,
    said: dict[str, Any],
) -> None:
    bought = paid(paystack, factories.user())
    refund(bought, 400)
    made = the_refund(bought)
    refund_progress.settle(made.id)
    paystack.move_refund(at_provider(paystack)[0]["id"], "processed")
    real = Paystack.fetch_refund
    monkeypatch.setattr(Paystack, "fetch_refund", lambda own, i: replace(real(own, i), **said))
    assert refund_progress.settle(made.id) == "success"
    (odd,) = rows(select(ReconciliationException))
    assert (odd.kind, odd.reference) == ("differs", made.provider_reference)


@pytest.mark.parametrize(("ended", "theirs"), [("failed", "processed"), ("processed", "failed")])
def test_another_end_of_a_refund_there_is_for_people(
    shop: Flask,
    paystack: PaystackSimulator,
    monkeypatch: pytest.MonkeyPatch,
    ended: str,
    theirs: str,
) -> None:
    """The money went and the credits are back, or the other way round: seen at night, moved by people."""
    anna = factories.user()
    bought = paid(paystack, anna)
    refund(bought, 400)
    made = the_refund(bought)
    refund_progress.settle(made.id)
    paystack.move_refund(at_provider(paystack)[0]["id"], ended)
    announce(shop, paystack)
    before = wallet(anna).credits
    refund_progress.compare_lists()
    assert rows(select(ReconciliationException)) == []
    real = Paystack.refunds
    monkeypatch.setattr(
        Paystack,
        "refunds",
        lambda own, **asked: (replace(each, status=theirs) for each in real(own, **asked)),
    )
    refund_progress.compare_lists()
    (odd,) = rows(select(ReconciliationException))
    assert (odd.kind, odd.transaction_id) == ("differs", bought.id)
    assert odd.details["ended here"] == row(made.id).status
    assert wallet(anna).credits == before


def test_one_row_that_cannot_be_read_keeps_no_night_from_comparing(
    shop: Flask, paystack: PaystackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought, credited = buy(factories.user()), paid(paystack, factories.user())
    refund(credited, 100)
    refund_progress.settle(the_refund(credited).id)
    _superuser("UPDATE transactions SET created_at = created_at - interval '1 hour'")
    paystack.finish(bought.provider_reference or "", announce=False)
    real = Paystack._ask

    def ask(own: Paystack, call: str, *given: Any, **more: Any) -> Any:
        found = real(own, call, *given, **more)
        odd = {"id": 99, "reference": "odd", "status": "success", "amount": None}
        if call == "verify" and found["reference"] == credited.provider_reference:
            return odd
        if call == "transactions":
            return [
                odd,
                *(each for each in found if each["reference"] != credited.provider_reference),
            ]
        return [odd, *found] if call == "refunds" else found

    monkeypatch.setattr(Paystack, "_ask", ask)
    for _ in range(2):
        refund_progress.compare_lists()
    assert row(bought.id).status == "success", "what can be read is compared"
    outbox.deliver()
    told = rows(select(AdminNotification.message))
    assert [each.split(" that ")[0] for each in told] == [
        "The provider lists refunds",
        "The provider lists payments",
    ]


def test_a_dispute_keeps_nobody_from_withdrawing_from_another_purchase(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    disputed_one, other = paid(paystack, anna), paid(paystack, anna)
    disputes.heard(paystack.open_dispute(disputed_one.provider_reference or "")["id"])
    browser = shop.test_client().become(anna)  # type: ignore[attr-defined]
    answers = {}
    for bought in (disputed_one, other):
        here = f"/credits/receipts/{receipt_of(bought)}/withdraw"
        assert "Comes back to you" in browser.get(here).text
        answers[bought.id] = browser.post(here, data={"key": str(uuid4())})
    assert answers[disputed_one.id].status_code == 400
    assert "the bank decides" in answers[disputed_one.id].text
    assert answers[other.id].status_code == 303
