"""Transaction safety."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from flask import Flask

from fantooo.domain.errors import InsufficientCredits
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import RealUser
from fantooo.services import credits, messages
from tests.conftest import Clock
from tests.support import factories, race
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
