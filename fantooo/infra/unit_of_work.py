"""One service call, one transaction, and what may only happen after its commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from fantooo.domain.viewer import SYSTEM, Viewer
from fantooo.extensions import db
from fantooo.infra import bus
from fantooo.infra.database import current_viewer, identity

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fantooo.domain.events import Event


class NestedUnitOfWork(RuntimeError):
    """A service called another service's public function inside its own transaction."""


class UnitOfWork:
    """The open transaction: its session, its viewer, and the events that wait for the commit."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self.session = session
        self.viewer = viewer
        self._events: list[Event] = []

    def emit(self, event: Event) -> None:
        """Tells listeners about ``event`` once the transaction is committed."""
        self._events.append(event)

    def publish(self) -> None:
        """Tells the events in order, after the commit; never called when it was rolled back."""
        for event in self._events:
            bus.publish(event)


_open: ContextVar[UnitOfWork | None] = ContextVar("unit_of_work", default=None)


@contextmanager
def unit_of_work(*, as_system: bool = False) -> Iterator[UnitOfWork]:
    """Opens the transaction of one service call under the current viewer's database role.

    ``as_system`` takes ``fantooo_system`` instead; only the services that the architecture test
    lists may. Commits at the end, rolls back on any exception, raises ``NestedUnitOfWork`` when
    one is open already.
    """
    if _open.get() is not None:
        raise NestedUnitOfWork
    viewer = current_viewer.get()
    # A read before may have begun a transaction under another role: end it, nothing was written.
    db.session.rollback()
    with identity(SYSTEM if as_system else viewer):
        work = UnitOfWork(db.session(), viewer)
        token = _open.set(work)
        try:
            yield work
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            _open.reset(token)
    work.publish()
