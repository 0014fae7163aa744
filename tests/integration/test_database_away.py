"""A database that is lost, refuses or takes too long: an honest 503 everywhere, and work goes on after."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg import errors as driver
from sqlalchemy import exc, text

from fantooo.extensions import db
from fantooo.infra import database
from fantooo.infra.database import call_function
from fantooo.queries import finding
from tests.support import factories
from tests.support.cluster import Place

SHAPES: dict[str, dict[str, str]] = {
    "page": {"Accept": "text/html"},
    "fragment": {"Accept": "text/html", "HX-Request-Type": "partial"},
    "json": {"Accept": "application/json"},
}


def _wrapped(cause: psycopg.Error, kind: type[exc.DBAPIError], *, lost: bool = False) -> Exception:
    return kind("SELECT 1", {}, cause, connection_invalidated=lost)


def _closed_after(cause: Exception) -> Exception:
    made = exc.ResourceClosedError("This Connection is closed")
    made.__context__ = cause
    return made


AWAY: list[Exception] = [
    psycopg.OperationalError("connection failed"),
    psycopg.InterfaceError("the connection is lost"),
    driver.AdminShutdown(),
    driver.CrashShutdown(),
    driver.CannotConnectNow(),
    driver.TooManyConnections(),
    driver.QueryCanceled(),
    driver.LockNotAvailable(),
    driver.DeadlockDetected(),
    driver.SerializationFailure(),
    driver.IdleInTransactionSessionTimeout(),
    driver.TransactionTimeout(),
    _wrapped(driver.AdminShutdown(), exc.OperationalError),
    _wrapped(psycopg.InterfaceError(), exc.InterfaceError),
    _wrapped(driver.IdleInTransactionSessionTimeout(), exc.InternalError),
    _wrapped(psycopg.DatabaseError(), exc.DatabaseError, lost=True),
    exc.TimeoutError("QueuePool limit reached"),
    exc.PendingRollbackError("Can't reconnect until invalid transaction is rolled back", code="8s2b"),
    _closed_after(_wrapped(driver.CrashShutdown(), exc.OperationalError)),
]  # fmt: skip
OUR_FAULT: list[Exception] = [
    exc.PendingRollbackError("This Session's transaction has been rolled back", code="7s2a"),
    exc.ResourceClosedError("This result object does not return rows"),
    exc.NoResultFound(),
    _wrapped(driver.UniqueViolation(), exc.IntegrityError),
    _wrapped(driver.UndefinedTable(), exc.ProgrammingError),
    _wrapped(driver.InsufficientPrivilege(), exc.ProgrammingError),
    driver.CheckViolation(),
    ValueError("not the database's"),
]


@pytest.mark.parametrize(
    "error", AWAY, ids=lambda e: f"{type(e).__name__}-{getattr(e, 'code', '')}"
)
def test_what_passes_by_itself(error: Exception) -> None:
    assert database.is_away(error)


@pytest.mark.parametrize("error", OUR_FAULT, ids=lambda e: type(e).__name__)
def test_what_is_our_own_fault(error: Exception) -> None:
    assert not database.is_away(error)


@pytest.mark.parametrize("shape", SHAPES)
def test_each_has_its_answer(app: Flask, monkeypatch: pytest.MonkeyPatch, shape: str) -> None:
    client = app.test_client()
    for error in [*AWAY, *OUR_FAULT]:

        def fail(*_wishes: object, error: Exception = error, **_filters: object) -> None:
            raise error

        monkeypatch.setattr(finding, "find", fail)
        answer = client.get("/discover", headers=SHAPES[shape])
        assert answer.status_code == (503 if error in AWAY else 500), repr(error)
        assert "Traceback" not in answer.text
        assert ("Nothing was lost; please try again." in answer.text) is (error in AWAY)


@pytest.mark.parametrize("shape", SHAPES)
def test_nobody_is_at_home(
    app: Flask, make_app: Callable[..., Flask], place: Place, shape: str
) -> None:
    """No connection can be made: also for the session's look-up, and for the page that says so."""
    opened = factories.sign_up()
    away = make_app("none", database_url=place.url("fantooo_app", "no_such_database"))
    client = away.test_client()
    with client.session_transaction() as mine:
        mine["_user_id"], mine["_fresh"] = opened.token, True
    asked = 0
    for rule in away.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or ()) or rule.endpoint == "socket.live":
            continue
        answer = client.get(rule.rule, headers=SHAPES[shape])
        asked += 1
        if rule.endpoint in ("health.alive", "health.metrics"):
            assert answer.status_code == 200
        else:
            assert answer.status_code == 503, (rule.endpoint, answer.text[:300])
    assert asked > 15
    sent = client.post(
        f"/chat/{uuid.uuid4()}/messages", data={"content": "x"}, headers=SHAPES[shape]
    )
    assert sent.status_code == 503


def _lose(place: Place, app: Flask) -> None:
    """Ends all connections of the application, as a restart of the server would."""
    name = app.config["SETTINGS"].database_url.split("@/")[1].split("?")[0]
    with place.connect() as connection:
        ended = connection.execute(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = 'fantooo_app'",
            (name,),
        ).fetchone()
    assert ended and ended[0] > 0


@pytest.mark.fresh_db
@pytest.mark.parametrize(("again", "status"), [(True, 503), (False, 200)])
def test_a_connection_lost_within_a_request(
    app: Flask, place: Place, monkeypatch: pytest.MonkeyPatch, again: bool, status: int
) -> None:
    """Lost after the last query it costs nothing: closing the session is no second error."""
    factories.character()
    find = finding.find

    def find_and_lose(*wishes: Any, **filters: Any) -> object:
        found = find(*wishes, **filters)
        _lose(place, app)
        return find(*wishes, **filters) if again else found

    client = app.test_client()
    # What is kept for some seconds is read by then: the search is the last query.
    client.get("/discover")
    with monkeypatch.context() as patched:
        patched.setattr(finding, "find", find_and_lose)
        assert client.get("/discover").status_code == status
    assert client.get("/discover").status_code == 200


@pytest.mark.fresh_db
def test_what_was_open_on_a_lost_connection_is_over(app: Flask, place: Place) -> None:
    with app.app_context():
        assert db.session.scalar(text("SELECT 1")) == 1
        _lose(place, app)
        db.session.rollback()
        assert db.session.scalar(text("SELECT 2")) == 2


@pytest.mark.fresh_db
def test_a_function_call_that_takes_too_long_keeps_its_connection(app: Flask) -> None:
    pid = call_function(db.engine, "SELECT pg_backend_pid() AS pid", ()).pid
    call_function(db.engine, "SELECT set_config('statement_timeout', '50', false)", ())
    with pytest.raises(exc.OperationalError) as caught:
        call_function(db.engine, "SELECT pg_sleep(5)", ())
    assert database.is_away(caught.value)
    assert call_function(db.engine, "SELECT pg_backend_pid() AS pid", ()).pid == pid


@pytest.mark.fresh_db
def test_a_function_call_on_a_lost_connection_gives_it_up(app: Flask, place: Place) -> None:
    pid = call_function(db.engine, "SELECT pg_backend_pid() AS pid", ()).pid
    _lose(place, app)
    with pytest.raises(exc.OperationalError):
        call_function(db.engine, "SELECT 1", ())
    assert call_function(db.engine, "SELECT pg_backend_pid() AS pid", ()).pid != pid


@pytest.mark.fresh_db
def test_a_function_call_is_kept_whatever_its_connection_did_before(app: Flask) -> None:
    """SQLAlchemy ends autocommit with the isolation level it takes back; what is sent must stay."""
    for level in ("REPEATABLE READ", "SERIALIZABLE"):
        with db.engine.connect().execution_options(isolation_level=level) as connection:
            assert connection.scalar(text("SHOW transaction_isolation")) == level.lower()
        call_function(db.engine, "SELECT set_config('app.kept', %s, false)", (level,))
        kept = call_function(db.engine, "SELECT current_setting('app.kept') AS level", ())
        assert kept.level == level
