"""What admins are told when figures, not single rows, look wrong (details.md, "Admins")."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import func, select

from fantooo.domain.pricing import day_begins
from fantooo.infra import clock
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import AdminNotification, CreditTransfer, Transaction
from fantooo.queries import settings
from fantooo.services import outbox

_SPAN = timedelta(minutes=10)
#: a purchase that nobody finished says nothing of the payment service
_NOBODY_FINISHED = ("abandoned", "expired")


def watch() -> int:
    """Looks at failed purchases and at credits given back; returns how many alarms it raised.

    One alarm of a kind for each stretch of ten minutes, and for each day, however often this runs.
    """
    now = clock.now()
    with unit_of_work(as_system=True) as work:
        return _failed_payments(work, now) + _refund_rate(work, now)


def _failed_payments(work: UnitOfWork, now: datetime) -> int:
    failed = (
        work.session.scalar(
            select(func.count()).where(
                Transaction.type == "purchase",
                Transaction.failed_at > now - _SPAN,
                Transaction.failed_at <= now,
                Transaction.failure_reason.not_in(_NOBODY_FINISHED),
            )
        )
        or 0
    )
    if failed < settings.current(fresh=True).alarm_failed_payments:
        return 0
    stretch = int(now.timestamp() // _SPAN.total_seconds())
    subject = _subject(f"failed-payments/{stretch}")
    words = f"{failed} purchases failed within ten minutes."
    return _tell_once(work, "payment_failed", subject, words, {"failed": failed})


def _refund_rate(work: UnitOfWork, now: datetime) -> int:
    begins = day_begins(now)
    day = begins.date()
    charged, back = (
        work.session.scalar(
            select(func.coalesce(func.sum(CreditTransfer.amount), 0)).where(
                CreditTransfer.kind == kind,
                CreditTransfer.created_at >= begins,
                CreditTransfer.created_at < begins + timedelta(days=1),
            )
        )
        or 0
        for kind in ("message_charge", "message_refund")
    )
    current = settings.current(fresh=True)
    is_much = back * 100 > charged * current.alarm_refund_percent
    if charged < current.alarm_refund_least_charged or not is_much:
        return 0
    subject = _subject(f"refund-rate/{day.isoformat()}")
    words = f"{back:,} of the {charged:,} credits charged today went back."
    details = {"day": day.isoformat(), "charged": int(charged), "given_back": int(back)}
    return _tell_once(work, "high_refund_rate", subject, words, details)


def _tell_once(
    work: UnitOfWork, kind: str, subject: UUID, words: str, details: dict[str, Any]
) -> int:
    """Tells admins, unless they were told of it already, also if they have dealt with it."""
    known = select(AdminNotification.id).where(
        AdminNotification.type == kind, AdminNotification.subject_id == subject
    )
    if work.session.scalar(select(known.exists())):
        return 0
    outbox.tell_admins(work, kind, subject, words, details)
    return 1


def _subject(name: str) -> UUID:
    """What an alarm is about, which is no row: the same id for the same stretch or day."""
    return uuid5(NAMESPACE_URL, f"fantooo:alarms/{name}")
