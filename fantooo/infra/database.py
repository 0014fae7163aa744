"""The connection pool, the identity of each transaction, and calls of SQL functions in autocommit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.rows import namedtuple_row
from sqlalchemy import event, exc

from fantooo import extensions
from fantooo.domain.viewer import ANONYMOUS, Viewer

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

#: who acts here and now; a request, socket or job sets it, greenlets do not share it
current_viewer: ContextVar[Viewer] = ContextVar("current_viewer", default=ANONYMOUS)

#: one command, so that taking a role costs no round trip of its own
_BEGIN = sql.SQL("BEGIN; SET LOCAL ROLE {role}; SET LOCAL app.account_id = {account}")
#: a connection that rested longer is tried before use, so that a restarted server costs no error
_PING_AFTER_SECONDS = 1.0
#: the server ended the transaction for its age; the driver files these under internal errors
_ENDED_BY_THE_SERVER = frozenset({"25P03", "25P04"})
#: SQLAlchemy's "the connection was lost earlier in this transaction"
_LOST_BEFORE = "8s2b"


class _Line(psycopg.Connection[Any]):
    """A connection whose loss is no second error: what was open on it is rolled back already."""

    def rollback(self) -> None:
        try:
            super().rollback()
        except psycopg.OperationalError:
            if not self.closed:
                raise


def is_away(error: BaseException | None) -> bool:
    """Whether ``error`` says that the database cannot be reached or cannot do it now.

    Lost and refused connections, a full pool, time-outs of statements and locks, deadlocks: the
    same request may succeed in a moment, and what it began was rolled back.
    """
    while isinstance(error, (exc.SQLAlchemyError, psycopg.Error)):
        if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
            return True
        if isinstance(error, (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)):
            return True
        if isinstance(error, psycopg.Error) and error.sqlstate in _ENDED_BY_THE_SERVER:
            return True
        if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
            return True
        if getattr(error, "code", None) == _LOST_BEFORE:
            return True
        # A closed result or transaction says nothing itself; what closed it does.
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
    return False


def install(engine: Engine) -> None:
    """Makes every transaction of ``engine`` take the current viewer's role as it begins."""

    @event.listens_for(engine, "do_connect")
    def _connect(dialect: Any, record: Any, cargs: Any, cparams: Any) -> _Line:
        # The driver begins nothing by itself: we do, under a role.
        return _Line.connect(*cargs, autocommit=True, **cparams)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        viewer = current_viewer.get()
        command = _BEGIN.format(
            role=sql.Identifier(viewer.database_role),
            account=sql.Literal(str(viewer.account_id or "")),
        )
        try:
            connection.connection.driver_connection.execute(command, prepare=False)
        except psycopg.OperationalError as error:
            raise exc.OperationalError("BEGIN", None, error) from error

    @event.listens_for(engine, "checkin")
    def _rested(dbapi_connection: Any, record: Any) -> None:
        record.info["rested_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ping(dbapi_connection: Any, record: Any, proxy: Any) -> None:
        if dbapi_connection.closed:
            raise exc.DisconnectionError
        # Whoever asked for another isolation level has left it otherwise: a function's work would
        # then wait for a commit that never comes.
        dbapi_connection.autocommit = True
        rested_at = record.info.get("rested_at")
        if rested_at is None or time.monotonic() - rested_at < _PING_AFTER_SECONDS:
            return
        try:
            dbapi_connection.execute("SELECT 1")
        except psycopg.Error as error:
            raise exc.DisconnectionError from error


@contextmanager
def acting_as(viewer: Viewer) -> Iterator[None]:
    """Runs a block under ``viewer``'s identity and database role, outside a unit of work.

    A transaction keeps the role it began with: one that reads have left open ends here, before
    and after.
    """
    extensions.db.session.rollback()
    with identity(viewer):
        yield
    extensions.db.session.rollback()


@contextmanager
def identity(viewer: Viewer) -> Iterator[None]:
    """Sets who acts, for transactions that begin in the block; units of work use this."""
    token = current_viewer.set(viewer)
    try:
        yield
    finally:
        current_viewer.reset(token)


def call_function(engine: Engine, statement: str, parameters: Any) -> Any:
    """Runs one statement in autocommit, one round trip, outside every unit of work.

    For SECURITY DEFINER functions, which set their identity themselves. Returns the first row as
    a named tuple or None. Raises ``sqlalchemy.exc.OperationalError`` when the server is away.
    """
    try:
        connection = engine.raw_connection()
    except psycopg.Error as error:
        raise exc.OperationalError(statement, None, error) from error
    driver: Any = connection.driver_connection
    try:
        with driver.cursor(row_factory=namedtuple_row) as cursor:
            return cursor.execute(statement, parameters).fetchone()
    except psycopg.OperationalError as error:
        raise exc.OperationalError(statement, None, error) from error
    finally:
        if driver.info.transaction_status != TransactionStatus.IDLE:
            # Lost, or broken off in the middle: the pool opens another.
            connection.invalidate()
        connection.close()
