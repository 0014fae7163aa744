"""What the races about money share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from fantooo.extensions import db
from fantooo.services import credits
from tests.support.paystack import PaystackSimulator
from tests.support.server import today_at


@pytest.fixture
def shop(make_app: Callable[..., Flask], paystack: PaystackSimulator) -> Iterator[Flask]:
    """An application for many threads that pays at the simulator. Its ledger adds up at the end."""
    app = make_app(database_pool_size=24, fantooo_clock=today_at(14), **paystack.settings)
    with app.app_context():
        yield app
        db.session.remove()
        assert credits.verify_ledger() == []
        db.session.remove()


@pytest.fixture
def money_rounds(full: bool) -> int:
    """How often the races are run in which two ways of giving money back meet."""
    return 200 if full else 50
