"""Disputed payments as admins see them, with everything that speaks for us; never a message's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select

from fantooo.domain import buying, wording
from fantooo.domain.errors import NotFound
from fantooo.extensions import db
from fantooo.infra import clock
from fantooo.models import (
    Account,
    Chat,
    Consent,
    CreditTransfer,
    Dispute,
    Message,
    RealUser,
    Receipt,
    Transaction,
)
from fantooo.queries import refunds

_MOST = 100
_SOON = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """One dispute in the list."""

    id: UUID
    opened_at: datetime
    due_at: datetime | None
    user_id: UUID
    username: str
    transaction_id: UUID
    reference: str
    amount: Decimal
    currency: str
    status: str
    provider_status: str
    reason: str
    resolution: str
    owed: int
    evidence_sent_at: datetime | None

    @property
    def waits_for_people(self) -> bool:
        """Whether the provider has told its end in a word that we do not know."""
        return self.status == "open" and bool(self.resolution)

    @property
    def is_urgent(self) -> bool:
        """Whether evidence is still to be sent, and due within a day or overdue."""
        waits = self.status == "open" and self.evidence_sent_at is None
        return waits and self.due_at is not None and self.due_at - clock.now() < _SOON


@dataclass(frozen=True)
class Agreed:
    """One text that the person agreed to."""

    text: str
    version: str
    at: datetime


@dataclass(frozen=True)
class Movement:
    """One movement of credits that the purchase caused."""

    at: datetime
    what: str
    credits: int


@dataclass(frozen=True)
class Delivered:
    """One day after the purchase: messages the person sent, what they cost, and our answers."""

    day: date
    sent: int
    credits: int
    answered: int


@dataclass(frozen=True)
class Evidence:
    """A dispute with all that we can say about the payment."""

    line: Line
    name: str
    credits: int
    bonus: int
    paid: Decimal
    channel: str
    ordered_at: datetime
    credited_at: datetime | None
    receipt: str
    joined_at: datetime
    last_login_at: datetime | None
    consents: list[Agreed]
    movements: list[Movement]
    days: list[Delivered]
    refunds: list[refunds.MoneyRefund]


def lines(limit: int = _MOST) -> list[Line]:
    """Disputes: open ones by when evidence is due, then those that ended, newest first."""
    query = _lines().order_by(
        case((Dispute.status == "open", 0), else_=1),
        case((Dispute.status == "open", Dispute.due_at)).asc().nulls_last(),
        Dispute.resolved_at.desc(),
        Dispute.id.desc(),
    )
    return [_line(row) for row in db.session.execute(query.limit(limit))]


def of_purchase(transaction_id: UUID) -> list[Line]:
    """Disputes of one payment."""
    query = _lines().where(Dispute.transaction_id == transaction_id).order_by(Dispute.id)
    return [_line(row) for row in db.session.execute(query)]


def evidence(dispute_id: UUID) -> Evidence:
    """One dispute with its evidence. Raises ``NotFound``."""
    row = db.session.execute(
        _lines()
        .add_columns(
            Transaction.reason.label("name"),
            Transaction.credits_amount,
            Transaction.bonus_credits,
            Transaction.amount.label("paid"),
            Transaction.channel,
            Transaction.created_at.label("ordered_at"),
            Transaction.completed_at,
            RealUser.created_at.label("joined_at"),
            Account.last_login_at,
            Receipt.year,
            Receipt.number,
        )
        .join(Account, Account.id == RealUser.id)
        .outerjoin(Receipt, Receipt.transaction_id == Transaction.id)
        .where(Dispute.id == dispute_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    line = _line(row)
    since = row.completed_at or row.ordered_at
    return Evidence(
        line=line,
        name=row.name,
        credits=row.credits_amount,
        bonus=row.bonus_credits,
        paid=row.paid,
        channel=row.channel or "",
        ordered_at=row.ordered_at,
        credited_at=row.completed_at,
        receipt=buying.receipt_number(row.year, row.number) if row.number else "",
        joined_at=row.joined_at,
        last_login_at=row.last_login_at,
        consents=_consents(line.user_id),
        movements=_movements(line.transaction_id),
        days=_days(line.user_id, since),
        refunds=refunds.of_purchase(line.transaction_id),
    )


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Dispute,
            RealUser.id.label("user_id"),
            RealUser.username,
            Transaction.provider_reference,
            Transaction.currency,
        )
        .join(Transaction, Transaction.id == Dispute.transaction_id)
        .join(RealUser, RealUser.id == Transaction.real_user_id)
    )


def _line(row: Any) -> Line:
    found: Dispute = row.Dispute
    return Line(
        id=found.id,
        opened_at=found.created_at,
        due_at=found.due_at,
        user_id=row.user_id,
        username=row.username,
        transaction_id=found.transaction_id,
        reference=row.provider_reference or "",
        amount=found.amount,
        currency=row.currency,
        status=found.status,
        provider_status=found.provider_status,
        reason=found.reason,
        resolution=found.resolution or "",
        owed=found.owed_credits,
        evidence_sent_at=found.evidence_sent_at,
    )


def _consents(user_id: UUID) -> list[Agreed]:
    rows = db.session.scalars(
        select(Consent).where(Consent.account_id == user_id).order_by(Consent.given_at, Consent.id)
    )
    return [Agreed(row.text_name.replace("_", " "), row.text_version, row.given_at) for row in rows]


def _movements(transaction_id: UUID) -> list[Movement]:
    """Of the purchase and of its refunds."""
    causes = select(Transaction.id).where(
        (Transaction.id == transaction_id) | (Transaction.refunds_id == transaction_id)
    )
    rows = db.session.scalars(
        select(CreditTransfer)
        .where(CreditTransfer.cause_id.in_(causes))
        .order_by(CreditTransfer.created_at, CreditTransfer.id)
    )
    return [
        Movement(
            at=row.created_at,
            what=wording.movement(row.kind),
            credits=row.amount if row.credit_account == "wallet" else -row.amount,
        )
        for row in rows
    ]


def _days(user_id: UUID, since: datetime) -> list[Delivered]:
    day = func.date(func.timezone("Africa/Nairobi", Message.created_at)).label("day")
    is_theirs = Message.sender_type == "real"
    rows = db.session.execute(
        select(
            day,
            func.count().filter(is_theirs).label("sent"),
            func.coalesce(func.sum(Message.credits_charged), 0).label("credits"),
            func.count().filter(~is_theirs).label("answered"),
        )
        .join(Chat, Chat.id == Message.chat_id)
        .where(Chat.real_user_id == user_id, Message.created_at >= since)
        .group_by(day)
        .order_by(day)
    )
    return [Delivered(row.day, row.sent, int(row.credits), row.answered) for row in rows]
