"""The test bed: one cluster a run, one database a worker, cleaned after each test that wrote."""

from __future__ import annotations

import contextvars
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import redis as redis_client
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf

from fantooo import create_app
from fantooo.domain.viewer import Viewer
from fantooo.extensions import db
from fantooo.infra import clock as infra_clock
from tests.support import factories
from tests.support.cluster import Cluster, Place
from tests.support.mail import MailCatcher
from tests.support.paystack import PaystackSimulator

_PLACE = ("FANTOOO_TEST_SOCKETS", "FANTOOO_TEST_REDIS")
_cluster: Cluster | None = None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="the long variants of races and crashes")


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts the servers; workers of xdist inherit where they are."""
    global _cluster
    if not config.option.full:
        # What judges a change judges it alike each time; the long run looks for new examples.
        hypothesis.settings.register_profile("alike", derandomize=True)
        hypothesis.settings.load_profile("alike")
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    _cluster = Cluster()
    place = _cluster.start()
    os.environ[_PLACE[0]], os.environ[_PLACE[1]] = place.sockets, place.redis_url


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long variants run under --full only; `./dev test` says so by not counting them."""
    if config.option.full:
        return
    long = [item for item in items if item.get_closest_marker("full")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def pytest_unconfigure(config: pytest.Config) -> None:
    global _cluster
    if _cluster is not None:
        _cluster.stop()
        _cluster = None


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--full"))


@pytest.fixture(scope="session")
def rounds(full: bool) -> int:
    """How often a race is run."""
    return 200 if full else 20


@pytest.fixture(scope="session")
def few_rounds(full: bool) -> int:
    """How often a race is run that is like another one: often enough to see that it still stands."""
    return 200 if full else 6


@pytest.fixture(scope="session")
def place() -> Place:
    """Where the servers of this run are; each worker of xdist has a Redis database of its own."""
    url = os.environ[_PLACE[1]]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return Place(os.environ[_PLACE[0]], url.removesuffix("/0") + f"/{int(worker[2:]) + 1}")


@pytest.fixture(scope="session")
def _worker_database(place: Place) -> Iterator[str]:
    name = place.clone()
    yield name
    place.drop(name)


@pytest.fixture(scope="session")
def _worker_app(place: Place, _worker_database: str, tmp_path_factory: Any) -> Iterator[Flask]:
    app = _make_app(place, _worker_database, tmp_path_factory.mktemp("home"))
    yield app
    _end(app)


@pytest.fixture
def fresh_database(place: Place) -> Iterator[str]:
    """A database of its own, dropped afterwards."""
    name = place.clone()
    yield name
    place.drop(name)


@pytest.fixture
def app(request: pytest.FixtureRequest, place: Place, tmp_path: Path) -> Iterator[Flask]:
    """The application with an app context, on an empty database.

    With the marker ``fresh_db`` on a database of its own, for tests with many threads.
    """
    redis_client.Redis.from_url(place.redis_url).flushdb()
    if request.node.get_closest_marker("fresh_db"):
        name = request.getfixturevalue("fresh_database")
        made = _make_app(place, name, tmp_path)
        with made.app_context():
            yield made
        _end(made)
        return
    made = request.getfixturevalue("_worker_app")
    with made.app_context():
        yield made
        db.session.remove()
    for kept in ("settings", "team", "choices", "health"):
        made.extensions.pop(f"fantooo_{kept}", None)
    place.empty(request.getfixturevalue("_worker_database"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Clock:
    """The clock of business rules, for a test to set and to move."""

    def __init__(self) -> None:
        self.moment: datetime | None = None

    def now(self) -> datetime:
        return self.moment or datetime.now(UTC)

    def set(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)

    def forward(self, **by: float) -> None:
        self.moment = self.now() + timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What ``fantooo.infra.clock.now`` answers. It runs until it is set."""
    made = Clock()
    monkeypatch.setattr(infra_clock, "now", made.now)
    return made


@pytest.fixture(scope="session")
def _paystack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaystackSimulator]:
    made = PaystackSimulator(tmp_path_factory.mktemp("paystack"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def paystack(_paystack: PaystackSimulator) -> Iterator[PaystackSimulator]:
    """The Paystack simulator, which knows nothing yet."""
    _paystack.reset()
    yield _paystack
    # What is still to be sent must not reach another test.
    _paystack.reset()


@pytest.fixture(scope="session")
def _mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailCatcher]:
    made = MailCatcher(tmp_path_factory.mktemp("mail"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def mail(_mail: MailCatcher) -> MailCatcher:
    """The mail catcher, to which nothing has come yet."""
    _mail.reset()
    return _mail


@pytest.fixture
def make_app(place: Place, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes applications with other settings, each on a fresh database unless one is named."""
    made: list[tuple[Flask, str]] = []

    def make(database: str | None = None, **changes: object) -> Flask:
        name = database or place.clone()
        app = _make_app(place, name, tmp_path, **changes)
        made.append((app, "" if database else name))
        return app

    yield make
    for app, name in made:
        _end(app)
        if name:
            place.drop(name)


def _make_app(place: Place, database: str, home: Path, **changes: object) -> Flask:
    app = create_app(place.settings(database, home, **changes))
    from jobs.schedule import SCHEDULE

    app.extensions["fantooo_schedule"] = SCHEDULE
    app.test_client_class = _Client
    return app


class _Client(FlaskClient):
    """A browser that loads a page first: every unsafe request carries the CSRF token."""

    csrf = True

    def open(self, *args: Any, **kwargs: Any) -> Any:
        method = str(kwargs.get("method", "GET")).upper()
        if self.csrf and method not in ("GET", "HEAD", "OPTIONS"):
            kwargs["headers"] = {**dict(kwargs.get("headers") or {}), "X-CSRFToken": self.token()}
        # In an empty context: the test's own app context would share its ``g`` with each request.
        return contextvars.Context().run(super().open, *args, **kwargs)

    def token(self) -> str:
        """The token of this browser's session, as a page would carry it."""
        return contextvars.Context().run(self._token)

    def _token(self) -> str:
        with self.session_transaction() as mine:
            if "csrf_token" not in mine:
                mine["csrf_token"] = uuid.uuid4().hex
            raw = mine["csrf_token"]
        with self.application.test_request_context():
            session["csrf_token"] = raw
            return str(generate_csrf())

    def become(self, viewer: Viewer) -> _Client:
        """Signs in as somebody a factory made, without walking through the login page."""
        opened = factories.sign_in(viewer)
        with self.session_transaction() as mine:
            mine["_user_id"] = opened.token
        return self

    def sign_in(self, login: str, password: str, path: str = "/login") -> Any:
        field = "username" if path == "/login" else "email"
        answer = self.post(path, data={field: login, "password": password})
        assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
        return answer


def _end(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


if sys.platform != "linux":
    raise RuntimeError("The test bed needs Linux")
