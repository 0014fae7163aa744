"""Removing what is past its use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute

from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import OutboxEntry, SendRequest, WebhookEvent
from fantooo.services import accounts, exclusion, schedule

#: longer than any session lives, so that no page can retry after it
_SEND_REQUESTS_KEPT = timedelta(days=31)
_OUTBOX_KEPT = timedelta(days=30)
#: announcements name phones, cards and addresses of payers; nobody replays one as old as this
_WEBHOOK_BODIES_KEPT = timedelta(days=90)
#: rows a statement, so that none runs into its time-out however many there are
_BATCH = 5_000


@dataclass(frozen=True)
class Cleaned:
    """How many rows went."""

    sessions: int
    job_runs: int
    send_requests: int
    outbox: int
    exclusion_marks: int
    webhook_bodies: int


def clean() -> Cleaned:
    """Removes expired sessions, old job runs, send requests and outbox entries, and marks past their time."""
    now = datetime.now(UTC)
    return Cleaned(
        sessions=accounts.delete_expired_sessions(),
        job_runs=schedule.forget_old_runs(now),
        send_requests=_forget(
            SendRequest.message_id, SendRequest.created_at < now - _SEND_REQUESTS_KEPT
        ),
        outbox=_forget(OutboxEntry.id, OutboxEntry.done_at < now - _OUTBOX_KEPT),
        exclusion_marks=exclusion.forget_old_marks(),
        webhook_bodies=_empty_old_webhooks(now),
    )


def _empty_old_webhooks(now: datetime) -> int:
    """Takes the bodies of old announcements that are done with; that they came stays known."""
    with unit_of_work(as_system=True) as work:
        return len(
            work.session.scalars(
                update(WebhookEvent)
                .where(
                    WebhookEvent.status.in_(("processed", "ignored")),
                    WebhookEvent.received_at < now - _WEBHOOK_BODIES_KEPT,
                    WebhookEvent.raw != b"",
                )
                .values(raw=b"")
                .returning(WebhookEvent.id)
            ).all()
        )


def _forget(key: InstrumentedAttribute[UUID], old: ColumnElement[bool]) -> int:
    """Deletes the rows of ``key``'s table that are ``old``, some thousand a transaction."""
    gone = 0
    while True:
        with unit_of_work(as_system=True) as work:
            batch = select(key).where(old).limit(_BATCH)
            rows = work.session.scalars(
                delete(key.class_).where(key.in_(batch)).returning(key)
            ).all()
        gone += len(rows)
        if len(rows) < _BATCH:
            return gone
