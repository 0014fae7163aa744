"""What admins are told of and have not dealt with yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select, true

from fantooo.extensions import db
from fantooo.models import AdminNotification as N, Dispute, ReconciliationException, Transaction

PAGE = 100
#: what only those are told who look after payments
OF_PAYMENTS = ("payment_failed", "high_refund_rate")


@dataclass(frozen=True)
class Alert:
    """One thing to know, and the payment or dispute it is about, if it is about one."""

    id: UUID
    at: datetime
    type: str
    priority: str
    message: str
    details: dict[str, Any]
    payment_id: UUID | None
    dispute_id: UUID | None


def visible(*, payments: bool) -> ColumnElement[bool]:
    """The condition of alerts that are open and meant for this admin."""
    mine = true() if payments else N.type.not_in(OF_PAYMENTS)
    return and_(N.resolved_at.is_(None), mine)


def unsettled(*, payments: bool) -> list[Alert]:
    """Open alerts, the newest first."""
    about = case((Transaction.type == "refund", Transaction.refunds_id), else_=Transaction.id)
    rows = db.session.execute(
        select(
            N.id,
            N.created_at,
            N.type,
            N.priority,
            N.message,
            N.details,
            func.coalesce(about, ReconciliationException.transaction_id).label("payment_id"),
            Dispute.id.label("dispute_id"),
        )
        .outerjoin(Transaction, Transaction.id == N.subject_id)
        .outerjoin(ReconciliationException, ReconciliationException.id == N.subject_id)
        .outerjoin(Dispute, Dispute.id == N.subject_id)
        .where(visible(payments=payments))
        .order_by(N.created_at.desc(), N.id)
        .limit(PAGE)
    )
    return [
        Alert(
            row.id, row.created_at, row.type, row.priority, row.message, row.details,
            row.payment_id if payments else None,
            row.dispute_id if payments else None,
        )
        for row in rows
    ]  # fmt: skip
