"""Whatever the provider does wrong, after a reconciliation what was paid is credited, and only that.

The simulator's own requests reach the application over HTTP here, as they would in the world.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from fantooo.embedded import process
from fantooo.extensions import db
from fantooo.gateways.paystack import ProviderError
from fantooo.models import ReconciliationException, WebhookEvent
from fantooo.services import credits, payments, reconciliation, refund_progress, webhooks
from tests.integration.test_buying import _all, buy, row, wallet
from tests.integration.test_money_refunds import paid, refund, the_refund
from tests.support import factories
from tests.support.paystack import PaystackSimulator

LATER = timedelta(minutes=5)
#: each way an announcement can be wrong
ANNOUNCED: dict[str, dict[str, Any]] = {
    "late": {"seconds": 0.2},
    "twice": {"copies": 16},
    "swapped": {},
    "amount": {"value": 1},
    "currency": {"value": "NGN"},
    "signature": {},
    "unsigned": {},
    "never": {},
}
REFUSED = ("signature", "unsigned")


@pytest.fixture
def shop(make_app: Callable[..., Flask], paystack: PaystackSimulator) -> Iterator[Flask]:
    """An application that listens; the simulator announces there."""
    app = make_app(**paystack.settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    paystack.set(webhook_url=f"http://127.0.0.1:{server.server_port}/webhooks/paystack")
    with app.app_context():
        yield app
        db.session.remove()
        assert credits.verify_ledger() == []
        db.session.remove()
    server.shutdown()
    thread.join()


def tried(paystack: PaystackSimulator, announcements: int) -> bool:
    """Whether each of so many announcements has been sent once at least, or never will be."""
    made = paystack.webhooks()
    done = [each for each in made if each["attempts"] or each["state"] == "dropped"]
    return len(made) == len(done) >= announcements


@pytest.mark.parametrize("how", ANNOUNCED)
def test_a_wrong_announcement(shop: Flask, paystack: PaystackSimulator, how: str) -> None:
    anna = factories.user()
    bought = [buy(anna) for _ in range(2)]
    paystack.next_webhook(how, **ANNOUNCED[how])
    for each in bought:
        paystack.finish(each.provider_reference or "")
    assert process.wait_until(lambda: tried(paystack, 2), seconds=20), paystack.webhooks()
    webhooks.process_stored(datetime.now(UTC) + LATER)
    stored = {each.reference for each in _all(select(WebhookEvent))}
    believed = {each.provider_reference for each in bought if row(each.id).status == "success"}
    assert believed == stored, "what is stored is asked about, and what was paid is credited"
    assert len(stored) == (1 if how in (*REFUSED, "never") else 2)
    reconciliation.reconcile()
    assert [row(each.id).status for each in bought] == ["success"] * 2
    assert (wallet(anna).credits, wallet(anna).total_spent) == (110, 800)
    assert _all(select(ReconciliationException)) == []


@pytest.mark.parametrize(("how", "times"), [("error", 3), ("garbage", 1), ("refuse", 1)])
def test_a_wrong_answer(shop: Flask, paystack: PaystackSimulator, how: str, times: int) -> None:
    """Asked about a payment it cannot say anything of, as often as that is tried."""
    anna = factories.user()
    bought = buy(anna)
    more = {"status": 400, "message": "Busy"} if how == "refuse" else {}
    paystack.next_call(how, only="GET /transaction/verify", times=times, **more)
    paystack.finish(bought.provider_reference or "", announce=False)
    with pytest.raises(ProviderError):
        payments.settle(bought.provider_reference or "")
    assert (row(bought.id).status, wallet(anna).credits) == ("pending", 10)
    reconciliation.reconcile()
    assert (row(bought.id).status, wallet(anna).credits) == ("success", 60)
    assert _all(select(ReconciliationException)) == []


@pytest.mark.parametrize("wrong", [{"amount": 100}, {"currency": "NGN"}], ids=str)
def test_what_was_paid_wrongly_is_never_credited_by_itself(
    shop: Flask, paystack: PaystackSimulator, wrong: dict[str, Any]
) -> None:
    anna = factories.user()
    bought = buy(anna)
    paystack.finish(bought.provider_reference or "", **wrong)
    assert process.wait_until(lambda: tried(paystack, 1), seconds=20)
    webhooks.process_stored(datetime.now(UTC) + LATER)
    assert reconciliation.reconcile() == 1
    assert (row(bought.id).needs_manual_review, wallet(anna).credits) == (True, 10)
    assert [each.kind for each in _all(select(ReconciliationException))] == ["differs"]


@pytest.mark.parametrize("end", ["processed", "failed"])
def test_a_refund_whose_announcement_is_lost(
    shop: Flask, paystack: PaystackSimulator, end: str
) -> None:
    anna = factories.user()
    bought = paid(paystack, anna)
    refund(bought, 400)
    made = the_refund(bought)
    refund_progress.settle(made.id)
    (theirs,) = paystack.state()["refunds"]
    paystack.next_webhook("never", times=9)
    paystack.move_refund(theirs["id"], end)
    refund_progress.compare_lists()
    expected = ("success", 10) if end == "processed" else ("failed", 60)
    assert (row(made.id).status, wallet(anna).credits) == expected
    assert _all(select(ReconciliationException)) == []
