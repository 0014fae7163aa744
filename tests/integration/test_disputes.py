"""Payments that the payer's bank wants back, from the first announcement to the end, whoever wins."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from fantooo.domain.errors import SpendingPaused, ValidationError
from fantooo.domain.viewer import Viewer
from fantooo.gateways.paystack import Paystack
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import (
    AdminNotification,
    AuditEntry,
    CreditTransfer,
    Dispute,
    ReconciliationException,
    Transaction,
)
from fantooo.services import (
    credits,
    disputes,
    limits,
    outbox,
    payments,
    reconciliation,
    refund_progress,
)
from tests.integration.test_buying import account_of, announce, buy, row, wallet
from tests.integration.test_money_refunds import (
    at_provider,
    paid,
    refund,
    refunds_of,
    rows,
    spend,
    the_refund,
)
from tests.support import factories
from tests.support.paystack import PaystackSimulator


def the_dispute() -> Dispute:
    (found,) = rows(select(Dispute))
    assert isinstance(found, Dispute)
    return found


def frozen(viewer: Viewer) -> str | None:
    with unit_of_work(as_system=True) as work:
        query = text("SELECT spending_frozen_reason FROM real_users WHERE id = :i")
        found: str | None = work.session.scalar(query, {"i": viewer.account_id})
    return found


def disputed(paystack: PaystackSimulator, viewer: Viewer, **more: Any) -> tuple[Transaction, int]:
    """A credited purchase that the bank wants back, and the provider's number of the dispute."""
    bought = paid(paystack, viewer)
    number = paystack.open_dispute(bought.provider_reference or "", **more)["id"]
    return bought, int(number)


def test_a_dispute_stops_spending_and_is_told(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought, number = disputed(paystack, anna)
    announce(shop, paystack, times=2)
    paystack.remind_dispute(number)
    announce(shop, paystack)
    found = the_dispute()
    assert (found.status, found.amount, found.provider_id) == ("open", 400, number)
    assert found.due_at and timedelta(hours=47) < found.due_at - datetime.now(UTC)
    assert frozen(anna) == "dispute"
    with pytest.raises(SpendingPaused, match="being checked"):
        buy(anna)
    with pytest.raises(ValidationError, match="disputed"):
        refund(bought, 1)
    outbox.deliver()
    (told,) = rows(select(AdminNotification))
    assert (told.subject_id, told.priority) == (found.id, "critical")
    assert f"{found.due_at:%d %B %Y}" in told.message
    browser = shop.test_client().become(anna)  # type: ignore[attr-defined]
    receipt = browser.get("/credits").text
    assert receipt, "reading goes on"


def test_won(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought, number = disputed(paystack, anna)
    announce(shop, paystack)
    paystack.resolve_dispute(number, "declined")
    announce(shop, paystack, times=2)
    found = the_dispute()
    assert (found.status, found.resolution, found.refund_id) == ("won", "declined", None)
    assert (frozen(anna), wallet(anna).credits, row(bought.id).status) == (None, 60, "success")
    assert refunds_of(bought) == []
    buy(anna)


def test_lost_takes_what_is_there_and_the_rest_is_owed(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user(credits=0)
    bought, number = disputed(paystack, anna)
    spend(anna, 12)
    left = wallet(anna).credits
    announce(shop, paystack)
    paystack.resolve_dispute(number, "merchant-accepted")
    announce(shop, paystack, times=2)
    found, made = the_dispute(), the_refund(bought)
    assert (found.status, found.refund_id, found.owed_credits) == ("lost", made.id, 50 - left)
    assert (made.status, made.amount, made.credits_amount) == ("success", 400, left)
    after = wallet(anna)
    assert (after.credits, after.owed_credits, after.total_spent) == (0, 50 - left, 0)
    assert (row(bought.id).status, frozen(anna)) == ("refunded", None)
    assert reconciliation.reconcile() == 0
    # The next purchase pays it first, and says so.
    again = paid(paystack, anna)
    assert (wallet(anna).credits, wallet(anna).owed_credits) == (left, 0)
    kinds = rows(select(CreditTransfer.kind).where(CreditTransfer.cause_id == again.id))
    assert sorted(kinds) == ["owed_paid", "purchase"]
    paid(paystack, anna)
    assert wallet(anna).credits == left + 50
    admin = shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]
    assert f"{50 - left} owed" in admin.get("/admin/disputes").text


def test_the_end_may_come_first_or_alone(shop: Flask, paystack: PaystackSimulator) -> None:
    """Announcements in any order, or none at all: the provider is asked, and says where it stands."""
    anna, ben, cleo = factories.user(), factories.user(), factories.user()
    paystack.next_webhook("never", only="charge.dispute.create", times=3)
    bought, number = disputed(paystack, anna)
    paystack.resolve_dispute(number, "merchant-accepted")
    announce(shop, paystack)
    assert (the_dispute().status, row(bought.id).status) == ("lost", "refunded")
    # Never announced: found by the round.
    paystack.next_webhook("never", only="charge.dispute", times=9)
    silent, other = disputed(paystack, ben)
    won, third = disputed(paystack, cleo)
    assert disputes.settle_open() == 1
    assert (frozen(ben), frozen(cleo)) == ("dispute", "dispute")
    paystack.resolve_dispute(other, "merchant-accepted")
    paystack.resolve_dispute(third, "declined")
    assert disputes.settle_open() == 3
    assert (row(silent.id).status, row(won.id).status) == ("refunded", "success")
    assert (frozen(ben), frozen(cleo)) == (None, None)


def test_a_part_of_a_payment(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought, number = disputed(paystack, anna, amount=10_000)
    announce(shop, paystack)
    paystack.resolve_dispute(number, "merchant-accepted")
    announce(shop, paystack)
    made = the_refund(bought)
    assert (made.amount, made.credits_amount, row(bought.id).status) == (100, 13, "success")
    assert wallet(anna).credits == 47


def test_refunds_and_a_lost_dispute_never_exceed_the_payment(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    bought = paid(paystack, anna)
    refund(bought, 300)
    first = the_refund(bought)
    refund_progress.settle(first.id)
    number = paystack.open_dispute(bought.provider_reference or "")["id"]
    announce(shop, paystack)
    paystack.resolve_dispute(number, "merchant-accepted")
    announce(shop, paystack)
    amounts = [(each.amount, each.status) for each in refunds_of(bought)]
    assert amounts == [(300, "processing"), (100, "success")]
    outbox.deliver()
    told = [each.message for each in rows(select(AdminNotification))]
    assert any("Object at the provider" in each for each in told)
    paystack.move_refund(at_provider(paystack)[0]["id"], "processed")
    announce(shop, paystack)
    assert (row(first.id).status, row(bought.id).status) == ("success", "refunded")
    assert wallet(anna).credits == 10


def test_a_refund_waits_while_its_payment_is_disputed(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user()
    bought = paid(paystack, anna)
    refund(bought, 300)
    made = the_refund(bought)
    number = paystack.open_dispute(bought.provider_reference or "")["id"]
    announce(shop, paystack)
    assert refund_progress.settle(made.id) == "pending"
    assert at_provider(paystack) == []
    paystack.resolve_dispute(number, "merchant-accepted")
    announce(shop, paystack)
    # It was never asked for: the dispute has sent all of the money instead.
    assert sorted((each.amount, each.status) for each in refunds_of(bought)) == [
        (300, "failed"), (400, "success"),
    ]  # fmt: skip
    assert (refund_progress.settle_open(), at_provider(paystack)) == (0, [])
    assert (wallet(anna).credits, wallet(anna).owed_credits) == (10, 0)


def test_two_disputes_of_one_person(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    _first, one = disputed(paystack, anna)
    _second, two = disputed(paystack, anna)
    announce(shop, paystack)
    paystack.resolve_dispute(one, "declined")
    announce(shop, paystack)
    assert frozen(anna) == "dispute"
    paystack.resolve_dispute(two, "declined")
    announce(shop, paystack)
    assert frozen(anna) is None


def freeze(viewer: Viewer, reason: str) -> None:
    with unit_of_work(as_system=True) as work:
        limits.freeze_spending(work, credits.lock_wallet(work, account_of(viewer)), reason)


def test_a_stop_that_only_a_person_ends_outlives_a_dispute(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user(username="anna_k")
    _bought, number = disputed(paystack, anna)
    announce(shop, paystack)
    freeze(anna, "excluded_payer")
    paystack.resolve_dispute(number, "declined")
    announce(shop, paystack)
    assert (the_dispute().status, frozen(anna)) == ("won", "excluded_payer")
    limits.unfreeze_spending("anna_k", "Looked at")
    assert frozen(anna) is None


def test_nobody_ends_the_stop_of_a_dispute_by_hand(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna = factories.user(username="anna_k")
    _bought, number = disputed(paystack, anna)
    announce(shop, paystack)
    freeze(anna, "excluded_payer")
    limits.unfreeze_spending("anna_k", "Looked at")
    assert frozen(anna) == "dispute"
    with pytest.raises(ValidationError, match="by hand"):
        limits.unfreeze_spending("anna_k", "Once more")
    paystack.resolve_dispute(number, "declined")
    announce(shop, paystack)
    assert frozen(anna) is None


def test_a_payment_that_is_not_ours(shop: Flask, paystack: PaystackSimulator) -> None:
    stranger = paystack.unknown_payment(announce=False)["reference"]
    paystack.open_dispute(stranger)
    announce(shop, paystack)
    assert [each.kind for each in rows(select(ReconciliationException))] == ["unknown_reference"]
    # Asked about again within the hour, it is told once, and is no dispute of ours.
    assert disputes.settle_open() == 0
    assert len(rows(select(ReconciliationException))) == 1
    assert rows(select(Dispute)) == []


def test_the_evidence(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user(username="anna_k")
    bought, number = disputed(paystack, anna)
    chat = factories.open_chat(anna)
    for _ in range(5):
        factories.send(anna, chat, "A very private thing")
    announce(shop, paystack)
    found = the_dispute()
    admin = factories.admin("admin")
    browser = shop.test_client().become(admin)  # type: ignore[attr-defined]
    here = f"/admin/disputes/{found.id}"
    page = browser.get(here).text
    for told in ("anna_k", "FAN-", ">Terms <", ">How it works <", ">version 1", "+50", "Credits added",
                 bought.provider_reference or "", "Evidence due", "data-print"):  # fmt: skip
        assert told in page, told
    assert "private thing" not in page
    assert '<td class="num end">5</td>' in page
    assert here in browser.get("/admin/disputes").text
    assert "To be sent" in browser.get("/admin/disputes").text
    story = f"/admin/payments/{bought.id}"
    assert here in browser.get(story).text
    for _ in range(2):
        assert browser.post(f"{here}/evidence").status_code == 303
    assert the_dispute().evidence_sent_at
    actions = rows(select(AuditEntry.action).where(AuditEntry.subject_id == bought.id))
    assert actions == ["dispute_evidence_sent"]
    paystack.resolve_dispute(number, "declined")
    announce(shop, paystack)
    assert "dispute won" in browser.get(story).text
    assert payments.settle(bought.provider_reference or "") == "success"


@pytest.mark.parametrize(
    ("outcome", "status", "left"), [("won", "success", 60), ("lost", "refunded", 10)]
)
def test_an_end_in_a_word_we_do_not_know_is_for_people(
    shop: Flask, paystack: PaystackSimulator, outcome: str, status: str, left: int
) -> None:
    """Spending waits, admins are told once, and one of them says what it means."""
    anna, admin = factories.user(), factories.admin("admin")
    bought, number = disputed(paystack, anna)
    announce(shop, paystack)
    browser = shop.test_client().become(admin)  # type: ignore[attr-defined]
    page = f"/admin/disputes/{the_dispute().id}"
    assert "Outcome needed" not in browser.get(page).text
    answer = browser.post(f"{page}/decide", data={"outcome": "won", "reason": "Looks fine"})
    assert (answer.status_code, "has not decided" in answer.text) == (400, True)
    outbox.deliver()
    paystack.resolve_dispute(number, "partially-accepted")
    announce(shop, paystack, times=2)
    disputes.settle_open()
    outbox.deliver()
    found = the_dispute()
    assert (found.status, found.resolution, frozen(anna)) == (
        "open",
        "partially-accepted",
        "dispute",
    )
    told = rows(select(AdminNotification).where(AdminNotification.resolved_at.is_(None)))
    assert ["in a way we do not know" in each.message for each in told] == [True]
    assert f'href="{page}"' in browser.get("/admin/alerts").text
    shown = browser.get(page).text
    assert "Outcome needed" in shown and "partially-accepted" in shown
    for wrong in ({"outcome": "maybe", "reason": "so"}, {"outcome": outcome, "reason": " "}):
        assert browser.post(f"{page}/decide", data=wrong).status_code == 400
    assert the_dispute().status == "open"
    said = {"outcome": outcome, "reason": "Their dashboard says so"}
    assert browser.post(f"{page}/decide", data=said).status_code == 303
    assert browser.post(f"{page}/decide", data=said).status_code == 400, "once"
    ended = the_dispute()
    assert (ended.status, ended.resolution) == (outcome, "partially-accepted")
    assert (frozen(anna), row(bought.id).status, wallet(anna).credits) == (None, status, left)
    kept = rows(select(AuditEntry).where(AuditEntry.action == f"dispute_{outcome}"))
    assert [(each.actor_id, each.reason) for each in kept] == [
        (admin.account_id, "Their dashboard says so")
    ]
    assert "No unresolved alerts" in browser.get("/admin/alerts").text
    disputes.settle_open()
    assert the_dispute().status == outcome, "the round changes nothing any more"


def test_a_word_that_comes_to_be_known_ends_it_by_itself(
    shop: Flask, paystack: PaystackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The press asks the provider first: what it says plainly by now counts, not the admin."""
    anna, admin = factories.user(), factories.admin("admin")
    bought, number = disputed(paystack, anna)
    paystack.resolve_dispute(number, "partially-accepted")
    announce(shop, paystack)
    monkeypatch.setitem(disputes._RESOLUTIONS, "partially-accepted", "won")
    with pytest.raises(ValidationError, match="over already"):
        disputes.decide(the_dispute().id, account_of(admin), "lost", "I read it")
    assert (the_dispute().status, row(bought.id).status, frozen(anna)) == ("won", "success", None)


def test_a_dispute_that_goes_on_after_all_is_for_nobody_to_decide(
    shop: Flask, paystack: PaystackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, admin = factories.user(), factories.admin("admin")
    _bought, number = disputed(paystack, anna)
    paystack.resolve_dispute(number, "partially-accepted")
    announce(shop, paystack)
    assert the_dispute().resolution == "partially-accepted"
    read = Paystack.fetch_dispute
    monkeypatch.setattr(
        Paystack,
        "fetch_dispute",
        lambda self, number: replace(read(self, number), status="awaiting-bank-feedback"),
    )
    with pytest.raises(ValidationError, match="has not decided"):
        disputes.decide(the_dispute().id, account_of(admin), "lost", "I read it")
    assert (the_dispute().status, the_dispute().resolution) == ("open", None)


def test_all_disputes_as_a_file(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought, _number = disputed(paystack, anna)
    announce(shop, paystack)
    browser = shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]
    (line,) = csv.DictReader(io.StringIO(browser.post("/admin/disputes.csv").text))
    assert (line["payment"], line["amount"]) == (bought.provider_reference, "400.00")
    assert (line["state"], line["the provider's word"]) == ("open", the_dispute().provider_status)


def test_one_dispute_that_cannot_be_asked_about_stops_no_other(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    anna, ben = factories.user(), factories.user()
    numbers = [disputed(paystack, each)[1] for each in (anna, ben)]
    announce(shop, paystack)
    paystack.resolve_dispute(numbers[1], "declined")
    paystack.next_call(
        "refuse", only=f"GET /dispute/{numbers[0]}", times=9, status=404, message="Not found"
    )
    assert disputes.settle_open() == 1
    assert (frozen(anna), frozen(ben)) == ("dispute", None)


def test_another_end_at_the_provider_is_for_people(
    shop: Flask, paystack: PaystackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Won here; later it goes on there, and then is lost. Nothing moves by itself, people hear."""
    anna = factories.user()
    bought, number = disputed(paystack, anna)
    announce(shop, paystack)
    paystack.resolve_dispute(number, "declined")
    assert disputes.heard(number) == "won"
    assert rows(select(ReconciliationException)) == []
    real = Paystack.fetch_dispute
    for changed, noted in (({"status": "awaiting-merchant-feedback", "resolution": None}, 0),
                           ({"status": "resolved", "resolution": "merchant-accepted"}, 1)):  # fmt: skip
        monkeypatch.setattr(
            Paystack, "fetch_dispute", lambda own, i, c=changed: replace(real(own, i), **c)
        )
        assert disputes.heard(number) == "won"
        assert len(rows(select(ReconciliationException))) == noted
    (odd,) = rows(select(ReconciliationException))
    assert (odd.kind, odd.transaction_id) == ("differs", bought.id)
    assert odd.details["ended here"] == "won" and odd.details["the provider says"] == "lost"
    assert wallet(anna).credits == 60


def test_a_day_that_moved_is_followed(
    shop: Flask, paystack: PaystackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bought, number = disputed(paystack, factories.user())
    announce(shop, paystack)
    due, real = the_dispute().due_at, Paystack.fetch_dispute
    assert due
    later = due + timedelta(days=2)
    monkeypatch.setattr(
        Paystack, "fetch_dispute", lambda own, i: replace(real(own, i), due_at=later)
    )
    disputes.heard(number)
    assert the_dispute().due_at == later


def test_whoever_takes_disputes_out_of_the_house_is_kept(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    disputed(paystack, factories.user())
    browser = shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]
    browser.post("/admin/disputes.csv")
    assert rows(select(AuditEntry.action)).count("payments_exported") == 1
