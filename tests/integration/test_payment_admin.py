"""What admins see of payments and decide about them; who may not."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from fantooo.domain.pricing import EAT
from fantooo.extensions import db
from fantooo.gateways import paystack as gateway
from fantooo.gateways.paystack_answers import Event
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import (
    AdminNotification,
    AuditEntry,
    Receipt,
    ReconciliationException,
    WebhookEvent,
)
from fantooo.queries import payments as payment_reads
from fantooo.services import (
    outbox,
    payment_review,
    payments,
    receipts,
    reconciliation,
    webhooks,
)
from tests.integration.test_buying import _superuser, account_of, buy, row, wallet
from tests.support import factories
from tests.support.paystack import PaystackSimulator


def rows(query: Any) -> list[Any]:
    with unit_of_work(as_system=True) as work:
        found = list(work.session.scalars(query))
        work.session.expunge_all()
    return found


def odd_payment(paystack: PaystackSimulator, viewer: Any) -> Any:
    """A purchase that was paid with too little."""
    bought = buy(viewer)
    paystack.finish(bought.provider_reference, amount=100)
    payments.settle(bought.provider_reference)
    return row(bought.id)


def test_a_review_is_told_shown_and_decided_once(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought = odd_payment(paystack, anna)
    outbox.deliver()
    assert [n.subject_id for n in rows(select(AdminNotification))] == [bought.id]
    admin = factories.admin("admin")
    browser = shop.test_client().become(admin)  # type: ignore[attr-defined]
    assert bought.provider_reference in browser.get("/admin/payments?review=1").text
    here = f"/admin/payments/{bought.id}"
    page = browser.get(here).text
    assert "amount" in page and "Needs a decision" in page
    assert "Paid 1 KES (test), ordered 400 KES: amount differs" in page
    assert browser.post(f"{here}/decide", data={"reason": " "}).status_code == 400
    assert wallet(anna).credits == 10
    form = {"reason": "Given back"}
    assert browser.post(f"{here}/decide", data=form).status_code == 303
    after = row(bought.id)
    assert (after.status, after.needs_manual_review, after.reviewed_by) == (
        "failed", False, admin.account_id,
    )  # fmt: skip
    assert "Given back" in browser.get(here).text
    assert browser.post(f"{here}/decide", data=form).status_code == 400
    # The night does not ask again about what a person has decided.
    assert reconciliation.reconcile() == 0
    audit = rows(select(AuditEntry).where(AuditEntry.subject_id == bought.id))
    assert {(a.actor_id, a.action) for a in audit} == {
        (admin.account_id, "payment_verified"), (admin.account_id, "payment_review_rejected"),
    }  # fmt: skip


def test_what_fits_by_now_is_credited_instead(shop: Flask, paystack: PaystackSimulator) -> None:
    """Nobody turns down a payment of which the provider says now that it is right."""
    anna = factories.user()
    bought = buy(anna)
    _superuser(
        "UPDATE transactions SET needs_manual_review = true, review_reason = 'The provider says odd'"
        " WHERE id = %s",
        bought.id,
    )
    paystack.finish(bought.provider_reference or "", announce=False)
    browser = shop.test_client().become(factories.admin())  # type: ignore[attr-defined]
    browser.post(f"/admin/payments/{bought.id}/decide", data={"reason": "Odd"})
    assert (row(bought.id).status, wallet(anna).credits) == ("success", 60)


def test_what_was_refused_stays_refused(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought = odd_payment(paystack, anna)
    browser = shop.test_client().become(factories.admin())  # type: ignore[attr-defined]
    form = {"reason": "Given back at the provider"}
    browser.post(f"/admin/payments/{bought.id}/decide", data=form)
    after = row(bought.id)
    assert (after.status, after.failure_reason) == ("failed", "not what was ordered")
    assert payments.settle(bought.provider_reference) == "failed"
    assert not row(bought.id).needs_manual_review
    assert wallet(anna).credits == 10


def test_asking_the_provider_books_what_it_says(shop: Flask, paystack: PaystackSimulator) -> None:
    anna = factories.user()
    bought = buy(anna)
    assert bought.provider_reference
    paystack.finish(bought.provider_reference, announce=False)
    browser = shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]
    answer = browser.post(f"/admin/payments/{bought.id}/verify")
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    assert "The payment is now: paid" in page
    for told in ("Credits added", "payment verified", "Ordered", "FAN-"):
        assert told in page
    paystack.next_call("error", times=3)
    away = browser.post(f"/admin/payments/{bought.id}/verify")
    assert (away.status_code, "does not answer right now" in away.text) == (503, True)


def test_what_does_not_fit_is_dealt_with_by_a_person(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    paystack.unknown_payment(announce=False)
    assert reconciliation.reconcile() == 1
    found = rows(select(ReconciliationException))[0]
    browser = shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]
    assert found.reference in browser.get("/admin/payments").text
    here = f"/admin/payments/exceptions/{found.id}"
    assert browser.post(here, data={"reason": " "}).status_code == 400
    assert browser.post(here, data={"reason": "Given back there"}).status_code == 303
    page = browser.get("/admin/payments").text
    assert "odd-title" not in page
    assert "Given back there" in page
    assert browser.post(here, data={"reason": "again"}).status_code == 404


def test_the_list_is_searched_and_paged(shop: Flask) -> None:
    package = factories.package()
    anna, ben = factories.user(username="Anna_1"), factories.user(username="Ben_2")
    for _ in range(52):
        factories.purchase(account_of(anna), package, paid=False)
    paid = row(factories.purchase(account_of(ben), package))
    browser = shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]

    def shown(query: str) -> int:
        return int(browser.get(f"/admin/payments?{query}").text.count('href="/admin/payments/0'))

    assert (shown("text=ben"), shown("text=anna&status=pending"), shown("status=success")) == (
        1, 50, 1,
    )  # fmt: skip
    assert (shown(f"text={paid.provider_reference}"), shown("text=%25"), shown("review=1")) == (
        1, 0, 0,
    )  # fmt: skip
    today = datetime.now(EAT).date()
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
    for query, expected in {
        "channel=mpesa": 0, "channel=checkout&text=ben": 1, "amount=400&text=ben": 1, "amount=401": 0,
        f"since={today}&until={today}&text=ben": 1, f"since={tomorrow}": 0, f"until={yesterday}": 0,
        # What cannot be read is not asked for, and the page says so.
        "since=soon&amount=much&text=ben": 1, "amount=1e99999&text=ben": 1, "status=gone&text=ben": 1,
    }.items():  # fmt: skip
        assert shown(query) == expected, query
    said = "Not understood, so not asked for"
    assert said not in browser.get(f"/admin/payments?since={today}&amount=400").text
    unread = browser.get("/admin/payments?since=soon&until=2&amount=much&status=x&channel=y").text
    assert f"{said}: From, To, Amount, State, Method." in unread
    refused = browser.post("/admin/payments.csv", data={"amount": "much"})
    assert (refused.status_code, "Not understood: Amount" in refused.text) == (400, True)
    page = browser.get("/admin/payments").text
    older = page.split("before=")[1].split('"')[0]
    assert shown(f"before={older}") == 3
    assert "400 KES" in page and "1 purchase today" in page


def test_permission_is_asked_for(shop: Flask) -> None:
    browser = shop.test_client().become(factories.admin("moderator"))  # type: ignore[attr-defined]
    assert browser.get("/admin/payments").status_code == 403
    assert 'href="/admin/payments"' not in browser.get("/admin/dashboard").text


def test_alerts_are_read_and_dealt_with(shop: Flask, paystack: PaystackSimulator) -> None:
    """The tile leads to them; each is for those who may act on it, and says which payment."""
    bought = odd_payment(paystack, factories.user())
    outbox.deliver()
    (alert,) = rows(select(AdminNotification))
    admin = shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]
    moderator = shop.test_client().become(factories.admin("moderator"))  # type: ignore[attr-defined]
    assert 'href="/admin/alerts"' in admin.get("/admin/dashboard").text
    page = admin.get("/admin/alerts").text
    assert "A payment does not match its order" in page and f"/admin/payments/{bought.id}" in page
    assert "No unresolved alerts" in moderator.get("/admin/alerts").text
    assert moderator.post(f"/admin/alerts/{alert.id}").status_code == 404
    assert admin.post(f"/admin/alerts/{alert.id}").status_code == 303
    assert admin.post(f"/admin/alerts/{alert.id}").status_code == 404
    assert "No unresolved alerts" in admin.get("/admin/alerts").text
    assert rows(select(AuditEntry.action).where(AuditEntry.subject_id == alert.id)) == [
        "alert_settled"
    ]


def test_what_is_dealt_with_is_no_alert_any_more(shop: Flask, paystack: PaystackSimulator) -> None:
    """Neither the payment that was turned down nor what did not fit has to be dealt with twice."""
    bought = odd_payment(paystack, factories.user())
    paystack.unknown_payment(announce=False)
    assert reconciliation.reconcile() == 2
    outbox.deliver()
    assert len(rows(select(AdminNotification).where(AdminNotification.resolved_at.is_(None)))) == 3
    admin = account_of(factories.admin("admin"))
    payment_review.turn_down(bought.id, admin, "Too little")
    for odd in rows(
        select(ReconciliationException).where(ReconciliationException.resolved_at.is_(None))
    ):
        payment_review.settle_exception(odd.id, admin, "Given back there")
    assert rows(select(AdminNotification).where(AdminNotification.resolved_at.is_(None))) == []


def test_an_announcement_that_cannot_be_read_is_for_people(
    shop: Flask, paystack: PaystackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stored, shown and told once; read again when a newer version of ours understands it."""
    bought = buy(factories.user())
    paystack.finish(bought.provider_reference or "", announce=False)
    known = json.dumps(
        {
            "event": "charge.success",
            "data": {"id": "a word", "reference": bought.provider_reference},
        }
    ).encode()

    def receive(raw: bytes) -> None:
        webhooks.receive(
            raw, hmac.new(paystack.secret_key.encode(), raw, hashlib.sha512).hexdigest()
        )

    for raw in (known, known, b"[]"):
        receive(raw)
    outbox.deliver()
    odd = rows(select(ReconciliationException).order_by(ReconciliationException.found_at))
    assert [each.kind for each in odd] == ["unreadable_announcement"] * 2
    assert len(rows(select(AdminNotification))) == 2
    browser = shop.test_client().become(factories.admin("admin"))  # type: ignore[attr-defined]
    page = browser.get("/admin/payments").text
    assert page.count("Unreadable webhook") == 2 and page.count("Read it again") == 2
    for each in odd:
        answer = browser.post(f"/admin/payments/exceptions/{each.id}/fix")
        assert (answer.status_code, "still cannot be read" in answer.text) == (400, True)
    client = paystack.client()
    view = client.verify(bought.provider_reference or "")
    client.close()
    event = Event("charge.success", "another key", view)
    monkeypatch.setattr(gateway, "read_event", lambda _raw: event)
    paystack.next_call("error", only="GET /transaction/verify", times=4)
    assert browser.post(f"/admin/payments/exceptions/{odd[0].id}/fix").status_code == 503
    assert browser.post(f"/admin/payments/exceptions/{odd[0].id}/fix").status_code == 303
    assert row(bought.id).status == "success", "what it asked for is done"
    page = browser.get("/admin/payments").text
    assert "Read, and done" in page and page.count("Read it again") == 1


def test_an_announcement_that_the_provider_will_not_explain_comes_to_people(
    shop: Flask, paystack: PaystackSimulator
) -> None:
    """It may be early, or our key wrong for a while; after an hour it is shown, and read by a press."""
    raw = json.dumps(
        {
            "event": "charge.dispute.create",
            "data": {"id": 77, "status": "pending", "transaction": {"id": 5, "reference": "a"}},
        }
    ).encode()
    webhooks.receive(raw, hmac.new(paystack.secret_key.encode(), raw, hashlib.sha512).hexdigest())
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert webhooks.process_stored(later) == 0
    assert (rows(select(WebhookEvent))[0].status, rows(select(ReconciliationException))) == (
        "stored",
        [],
    )
    _superuser("UPDATE webhook_events SET received_at = now() - interval '61 minutes'")
    webhooks.process_stored(later)
    assert rows(select(WebhookEvent))[0].status == "failed"
    assert [each.kind for each in rows(select(ReconciliationException))] == [
        "unreadable_announcement"
    ]


def test_halves_of_signs_are_stored_as_unreadable(shop: Flask, paystack: PaystackSimulator) -> None:
    raw = b'{"event":"charge.success","data":{"id":1,"reference":"\\ud800","status":"success","amount":1,"currency":"KES","domain":"test"}}'
    signature = hmac.new(paystack.secret_key.encode(), raw, hashlib.sha512).hexdigest()
    client = shop.test_client()
    client.csrf = False  # type: ignore[attr-defined]
    answer = client.post(
        "/webhooks/paystack", data=raw, headers={"x-paystack-signature": signature}
    )
    assert answer.status_code == 200
    assert rows(select(WebhookEvent))[0].status == "failed"


def test_a_long_name_stays_on_the_paper(shop: Flask) -> None:
    """A value that is wider than its column goes on in the next line."""
    lines = {}
    for name in ("Short", "The very best package of the year, big!!"):
        anna = factories.user()
        factories.purchase(anna.account_id, factories.package(name=name, credits=700, price=4000))
        with acting_as(anna):
            (receipt,) = db.session.scalars(select(Receipt.id))
            drawn = receipts.pdf(payment_reads.receipt(receipt))
        streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", drawn, re.DOTALL)
        lines[name] = max(
            zlib.decompress(each).count(b" Td ") for each in streams if each[:1] == b"x"
        )
    short, long = lines.values()
    assert long == short + 1


def test_the_page_of_a_review_says_what_was_paid(shop: Flask, paystack: PaystackSimulator) -> None:
    bought = odd_payment(paystack, factories.user())
    page = (
        shop.test_client().become(factories.admin("admin")).get(f"/admin/payments/{bought.id}").text
    )  # type: ignore[attr-defined]
    paid = re.search(r"<dt>Paid</dt><dd class=\"num\">([^<]+)</dd>", page)
    assert paid and paid[1].endswith(" KES") and paid[1] != "400 KES"
    assert "Rejecting it refunds the payment." in page and "Nothing can be refunded" not in page
