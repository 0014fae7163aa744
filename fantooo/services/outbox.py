"""What must happen after a commit, kept in the same transaction until it did.

Live pushes do not belong here: they are fire and forget, and catch-up heals them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from fantooo.gateways import mail
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import AdminNotification, OutboxEntry
from fantooo.services import letters

log = structlog.get_logger(__name__)

_BATCH = 100
#: each may take as long as a server that does not answer
_ERRANDS_AT_ONCE = 20
_LONGEST_WAIT_SECONDS = 3600
#: how long one process may take over an errand before another tries it
_LEASE_SECONDS = 300
#: what nobody has taken for so long is not tried again
_GIVE_UP = timedelta(days=3)


def add(work: UnitOfWork, topic: str, payload: dict[str, Any]) -> None:
    """Keeps something to be done in the caller's transaction. ``payload`` is plain JSON."""
    if topic not in _HANDLERS and topic not in _ERRANDS:
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
    """Does what is ours to write, each in one transaction with its mark; returns how many were done.

    One that fails is tried again later, after twice the time each round, up to an hour.
    """
    return sum(_deliver_one(entry_id) for entry_id in _due(_HANDLERS, _BATCH))


def run_errands() -> int:
    """Does what is to be done at somebody else's server; returns how many were done.

    Each between two transactions, under a lease: no connection waits for it, and a crash between the
    errand and its mark runs it twice. At the first one that cannot be done now the others are left
    for later too. It is given up when it is refused for good, or after three days.
    """
    done = 0
    for entry_id in _due(_ERRANDS, _ERRANDS_AT_ONCE):
        outcome = _run_errand(entry_id)
        if outcome is None:
            break
        done += outcome
    return done


def _due(topics: Iterable[str], most: int) -> list[UUID]:
    with unit_of_work(as_system=True) as work:
        return list(
            work.session.scalars(
                select(OutboxEntry.id)
                .where(
                    OutboxEntry.done_at.is_(None),
                    OutboxEntry.next_attempt_at <= func.now(),
                    OutboxEntry.topic.in_(topics),
                )
                .order_by(OutboxEntry.next_attempt_at)
                .limit(most)
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
    _note_failure(entry_id, failure)
    return False


def _run_errand(entry_id: UUID) -> bool | None:
    """Whether it was done; None when the other server cannot do any now."""
    with unit_of_work(as_system=True) as work:
        entry = _lock(work, entry_id)
        if entry is None or entry.next_attempt_at > work.session.scalars(select(func.now())).one():
            return False
        entry.next_attempt_at = func.now() + timedelta(seconds=_LEASE_SECONDS)
        topic, payload = entry.topic, dict(entry.payload)
    refused = ""
    try:
        _ERRANDS[topic](entry_id, payload)
    except mail.MailRefused as error:
        refused = str(error)
        log.warning("letter_refused", entry_id=str(entry_id), letter=payload.get("letter"))
    except mail.MailError as error:
        log.warning("letter_waits", entry_id=str(entry_id), why=str(error))
        _note_failure(entry_id, str(error), give_up_after=_GIVE_UP)
        return None
    except Exception as error:
        _note_failure(entry_id, repr(error)[:1000], give_up_after=_GIVE_UP)
        # A fault of ours, or the end of the job's time: the job has failed, and says so.
        raise
    with unit_of_work(as_system=True) as work:
        entry = _lock(work, entry_id)
        if entry is not None:
            entry.done_at, entry.last_error = func.now(), refused or None
    return not refused


def _note_failure(entry_id: UUID, failure: str, *, give_up_after: timedelta | None = None) -> None:
    with unit_of_work(as_system=True) as work:
        entry = _lock(work, entry_id)
        if entry is None:
            return
        entry.attempts += 1
        entry.last_error = failure
        wait = min(_LONGEST_WAIT_SECONDS, 5 * 2**entry.attempts)
        entry.next_attempt_at = func.now() + timedelta(seconds=wait)
        if give_up_after is not None and datetime.now(UTC) - entry.created_at > give_up_after:
            entry.done_at = func.now()
            log.error("outbox_given_up", entry_id=str(entry_id), topic=entry.topic)


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
#: outside any transaction; the entry's id is the same with every try
_ERRANDS: dict[str, Callable[[UUID, Mapping[str, Any]], None]] = {"letter": letters.send}
