"""What the integration tests share: a superuser's connection and the cast of a route."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from flask import Flask

from fantooo.extensions import db
from fantooo.services import credits
from tests.conftest import _end, _make_app
from tests.integration.cast import Cast, assemble
from tests.support.cluster import Place
from tests.support.paystack import PaystackSimulator


@pytest.fixture
def superuser(app: Flask, place: Place) -> Iterator[psycopg.Connection]:
    """Sees and plants whatever it likes in the app's database."""
    name = db.engine.url.database
    assert name
    with place.connect(name) as connection:
        yield connection


@pytest.fixture
def shop(make_app: Callable[..., Flask], paystack: PaystackSimulator) -> Iterator[Flask]:
    """An application that pays at the simulator. Its ledger must add up when the test ends."""
    app = make_app(**paystack.settings)
    with app.app_context():
        yield app
        db.session.remove()
        assert credits.verify_ledger() == []
        db.session.remove()


@pytest.fixture
def cast(app: Flask, superuser: psycopg.Connection) -> Cast:
    """Every actor at a browser, over one world of rows."""
    return assemble(app, superuser)


@pytest.fixture(scope="module")
def still_cast(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """One cast for all tests of a module that change nothing."""
    database = place.clone()
    app = _make_app(place, database, tmp_path_factory.mktemp("home"))
    with app.app_context(), place.connect(database) as connection:
        yield assemble(app, connection)
    _end(app)
    place.drop(database)
