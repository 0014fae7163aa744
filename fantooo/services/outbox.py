"""What must happen after a commit, kept in the same transaction until it did.

Live pushes do not belong here: they are fire and forget, and catch-up heals them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import AdminNotification, OutboxEntry

log = structlog.get_logger(__name__)

_BATCH = 100
_LONGEST_WAIT_SECONDS = 3600


def add(work: UnitOfWork, topic: str, payload: dict[str, Any]) -> None:
    """Keeps something to be done in the caller's transaction. ``payload`` is plain JSON."""
    if topic not in _HANDLERS:
        raise KeyError(topic)
    work.session.add(OutboxEntry(topic=topic, payload=payload))


def tell_admins(
    work: UnitOfWork,
    kind: str,
    subject_id: UUID,
    message: str,
    details: dict[str, Any],
    priority: str = "high",
) -> None:
    """Keeps a notification for admins in the caller's transaction: one, while it is open.

    ``kind`` is one of the design's six types of notification.
    """
    payload = {
        "type": kind,
        "subject_id": str(subject_id),
        "message": message,
        "details": details,
        "priority": priority,
    }
    add(work, "admin_notification", payload)


def deliver() -> int:
    """Does what is due, each entry in its own transaction with its mark; returns how many were done.

    One that fails is tried again later, after twice the time each round, up to an hour.
    """
    done = 0
    for entry_id in _due():
        done += _deliver_one(entry_id)
    return done


def _due() -> list[UUID]:
    with unit_of_work(as_system=True) as work:
        return list(
            work.session.scalars(
                select(OutboxEntry.id)
                .where(OutboxEntry.done_at.is_(None), OutboxEntry.next_attempt_at <= func.now())
                .order_by(OutboxEntry.next_attempt_at)
                .limit(_BATCH)
            )
        )


def _deliver_one(entry_id: UUID) -> bool:
    failure = ""
    try:
        with unit_of_work(as_system=True) as work:
            entry = _lock(work, entry_id)
            if entry is None:
                return False
            _HANDLERS[entry.topic](work, entry.payload)
            entry.done_at = func.now()
            return True
    except Exception as error:
        failure = repr(error)[:1000]
        log.exception("outbox_failed", entry_id=str(entry_id))
    with unit_of_work(as_system=True) as work:
        entry = _lock(work, entry_id)
        if entry is not None:
            entry.attempts += 1
            entry.last_error = failure
            wait = min(_LONGEST_WAIT_SECONDS, 5 * 2**entry.attempts)
            entry.next_attempt_at = func.now() + timedelta(seconds=wait)
    return False


def _lock(work: UnitOfWork, entry_id: UUID) -> OutboxEntry | None:
    return work.session.scalar(
        select(OutboxEntry)
        .where(OutboxEntry.id == entry_id, OutboxEntry.done_at.is_(None))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _notify_admins(work: UnitOfWork, payload: Mapping[str, Any]) -> None:
    subject = payload.get("subject_id")
    work.session.execute(
        insert(AdminNotification)
        .values(
            type=payload["type"],
            subject_id=UUID(subject) if subject else None,
            message=payload["message"],
            details=payload.get("details", {}),
            priority=payload.get("priority", "normal"),
        )
        .on_conflict_do_nothing()
    )


_HANDLERS: dict[str, Callable[[UnitOfWork, Mapping[str, Any]], None]] = {
    "admin_notification": _notify_admins,
}
