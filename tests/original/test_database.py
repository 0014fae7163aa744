"""Transaction safety."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from fantooo.domain.errors import InsufficientCredits
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import RealUser, Transaction
from fantooo.services import credits, messages, orders, webhooks
from tests.conftest import Clock
from tests.support import factories, race
from tests.support.paystack import PaystackSimulator
from tests.support.race import of


@pytest.mark.fresh_db
def test_should_prevent_concurrent_message_sending_with_insufficient_credits(
    app: Flask, clock: Clock
) -> None:
    clock.set(datetime(2024, 1, 15, 11, tzinfo=UTC))
    user = factories.user()
    chat_id = factories.open_chat(user)
    for _ in range(3):
        factories.send(user, chat_id)
    assert user.account_id
    factories.set_credits(user.account_id, 5)
    results = race.race(
        app, [(user, lambda: factories.send(user, chat_id, "Test message", uuid.uuid4()))] * 10
    )
    assert len(of(results, messages.Sent)) == 5
    assert len(of(results, InsufficientCredits)) == 5
    with unit_of_work(as_system=True) as work:
        assert work.session.get_one(RealUser, user.account_id).credits == 0
    assert credits.verify_ledger() == []


def test_should_process_webhook_only_once(
    make_app: Callable[..., Flask], paystack: PaystackSimulator
) -> None:
    """The original calls the handler twice; here a signed event comes twice and a job handles it."""
    with make_app(**paystack.settings).app_context():
        user = factories.user(0)
        assert user.account_id
        bought = orders.buy(
            account_id=user.account_id,
            package_id=factories.package(),
            key=uuid.uuid4(),
            channel="checkout",
            phone="",
            return_to="",
            callback_url="http://127.0.0.1:9/credits/return",
        )
        with unit_of_work(as_system=True) as work:
            reference = str(work.session.get_one(Transaction, bought).provider_reference)
        paystack.finish(reference)
        event = next(each for each in paystack.webhooks() if reference in each["body"])
        raw = event["body"].encode()
        signature = hmac.new(paystack.secret_key.encode(), raw, hashlib.sha512).hexdigest()
        for _ in range(2):
            webhooks.receive(raw, signature)
            webhooks.process_stored(datetime.now(UTC) + timedelta(minutes=5))
        with unit_of_work(as_system=True) as work:
            assert work.session.get_one(Transaction, bought).webhook_received_count == 2
            assert work.session.get_one(RealUser, user.account_id).credits == 50
        assert credits.verify_ledger() == []
