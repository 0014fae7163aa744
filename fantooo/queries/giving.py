"""What admins see of giving back: what waits, what was decided, one person's credits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from fantooo.domain import refunding
from fantooo.domain.errors import NotFound
from fantooo.extensions import db
from fantooo.models import (
    Admin,
    Approval,
    Chat,
    CreditRefund,
    CreditTransfer,
    Dispute,
    FictionalUser,
    Message,
    RealUser,
)

PAGE = 50
_CHARGES = 30
_KINDS = {
    "message_refund": "Message refund",
    "credit_grant": "Bonus credits",
    "money_refund": "Payment refund",
    "withdrawal": "Withdrawal by the payer",
}


@dataclass(frozen=True)
class Waiting:
    """How many of each wait for an admin."""

    refunds: int
    approvals: int
    disputes: int


@dataclass(frozen=True)
class MessageRefund:
    """One request or return of a message's credits."""

    id: UUID
    at: datetime
    user_id: UUID
    username: str
    character: str
    message_at: datetime | None
    amount: int
    reason: str
    words: str
    notes: str
    status: str
    by: str
    ended_at: datetime | None
    #: proposed by one admin, for a second to decide
    waits_for_second: bool


@dataclass(frozen=True)
class Wish:
    """One thing that needs a second admin, or had one."""

    id: UUID
    at: datetime
    what: str
    kind: str
    subject_id: UUID
    user_id: UUID
    username: str
    amount: Decimal
    unit: str
    reason: str
    goodwill: bool
    asked_by: UUID
    asked_by_name: str
    status: str
    decided_by: str
    decided_at: datetime | None
    decision: str


@dataclass(frozen=True)
class Charge:
    """A message that cost something, without its words."""

    message_id: UUID
    at: datetime
    character: str
    amount: int
    bonus: int
    status: str


@dataclass(frozen=True)
class Account:
    """One person's wallet, and what they paid for lately."""

    user_id: UUID
    username: str
    credits: int
    bonus: int
    owed: int
    frozen: str
    total_spent: Decimal
    tier: str
    charges: list[Charge]


def waiting() -> Waiting:
    """What waits now."""
    row = db.session.execute(
        select(
            _count(CreditRefund.id, CreditRefund.status == "pending").label("refunds"),
            _count(Approval.id, Approval.status == "pending").label("approvals"),
            _count(Dispute.id, Dispute.status == "open").label("disputes"),
        )
    ).one()
    return Waiting(row.refunds, row.approvals, row.disputes)


def asked() -> list[MessageRefund]:
    """Requests that wait, the oldest first."""
    query = _refunds().where(CreditRefund.status == "pending").order_by(CreditRefund.created_at)
    return [_refund(row) for row in db.session.execute(query.limit(PAGE))]


def refund(refund_id: UUID) -> MessageRefund:
    """One of them. Raises ``NotFound``."""
    row = db.session.execute(_refunds().where(CreditRefund.id == refund_id)).one_or_none()
    if row is None:
        raise NotFound
    return _refund(row)


def ended(before: UUID | None = None) -> list[MessageRefund]:
    """What came back or was refused, newest first."""
    query = _refunds().where(CreditRefund.status != "pending").order_by(CreditRefund.id.desc())
    if before is not None:
        query = query.where(CreditRefund.id < before)
    return [_refund(row) for row in db.session.execute(query.limit(PAGE))]


def wishes(*, open_only: bool) -> list[Wish]:
    """What waits for a second admin, the oldest first; or what was decided, newest first."""
    asker, decider = Admin.__table__.alias("asker"), Admin.__table__.alias("decider")
    query = (
        select(
            Approval,
            RealUser.username,
            asker.c.name.label("asker"),
            decider.c.name.label("decider"),
        )
        .join(RealUser, RealUser.id == Approval.user_id)
        .outerjoin(asker, asker.c.id == Approval.requested_by)
        .outerjoin(decider, decider.c.id == Approval.decided_by)
    )
    query = (
        query.where(Approval.status == "pending").order_by(Approval.created_at)
        if open_only
        else query.where(Approval.status != "pending").order_by(Approval.decided_at.desc())
    )
    return [_wish(row) for row in db.session.execute(query.limit(PAGE))]


def account(user_id: UUID) -> Account:
    """One person's credits. Raises ``NotFound``."""
    user = db.session.get(RealUser, user_id)
    if user is None:
        raise NotFound
    state = (
        select(CreditRefund.status)
        .where(CreditRefund.message_id == CreditTransfer.cause_id)
        .order_by(CreditRefund.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            CreditTransfer.cause_id,
            CreditTransfer.created_at,
            CreditTransfer.amount,
            CreditTransfer.bonus_amount,
            FictionalUser.name,
            state.label("status"),
        )
        .join(Chat, Chat.id == CreditTransfer.chat_id)
        .join(FictionalUser, FictionalUser.id == Chat.fictional_user_id)
        .where(CreditTransfer.real_user_id == user_id, CreditTransfer.kind == "message_charge")
        .order_by(CreditTransfer.id.desc())
        .limit(_CHARGES)
    )
    return Account(
        user_id=user.id,
        username=user.username,
        credits=user.credits,
        bonus=user.bonus_credits,
        owed=user.owed_credits,
        frozen=user.spending_frozen_reason or "",
        total_spent=user.total_spent,
        tier=user.user_tier,
        charges=[
            Charge(
                message_id=row.cause_id,
                at=row.created_at,
                character=row.name,
                amount=row.amount,
                bonus=row.bonus_amount,
                status=row.status or "",
            )
            for row in rows
        ],
    )


def _count(column: Any, condition: Any) -> Any:
    return select(func.count(column)).where(condition).scalar_subquery()


def _refunds() -> Select[*tuple[Any, ...]]:
    proposed = (
        select(Approval.id)
        .where(
            Approval.kind == "message_refund",
            Approval.subject_id == CreditRefund.id,
            Approval.status == "pending",
        )
        .exists()
    )
    return (
        select(
            CreditRefund,
            RealUser.username,
            FictionalUser.name.label("character"),
            Message.created_at.label("message_at"),
            Admin.name.label("by"),
            proposed.label("proposed"),
        )
        .join(RealUser, RealUser.id == CreditRefund.user_id)
        .outerjoin(Chat, Chat.id == CreditRefund.chat_id)
        .outerjoin(FictionalUser, FictionalUser.id == Chat.fictional_user_id)
        .outerjoin(Message, Message.id == CreditRefund.message_id)
        .outerjoin(Admin, Admin.id == CreditRefund.processed_by)
    )


def _refund(row: Any) -> MessageRefund:
    made: CreditRefund = row.CreditRefund
    return MessageRefund(
        id=made.id,
        at=made.created_at,
        user_id=made.user_id,
        username=row.username,
        character=row.character or "",
        message_at=row.message_at,
        amount=made.amount,
        reason=refunding.REASONS[made.reason],
        words=made.words,
        notes=made.notes,
        status=made.status,
        by=row.by or "",
        ended_at=made.processed_at,
        waits_for_second=row.proposed,
    )


def _wish(row: Any) -> Wish:
    made: Approval = row.Approval
    return Wish(
        id=made.id,
        at=made.created_at,
        what=_KINDS[made.kind],
        kind=made.kind,
        subject_id=made.subject_id,
        user_id=made.user_id,
        username=row.username,
        amount=made.amount,
        unit=made.unit,
        reason=made.reason,
        goodwill=bool(made.payload.get("goodwill")),
        asked_by=made.requested_by,
        asked_by_name=row.asker or row.username,
        status=made.status,
        decided_by=row.decider or "",
        decided_at=made.decided_at,
        decision=made.decision_reason,
    )
