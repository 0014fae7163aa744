"""What went back, what may still go back, and what somebody asked for: for users and for services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from fantooo.domain import refunding
from fantooo.domain.errors import NotFound
from fantooo.domain.refunding import Part, Purse, Sold
from fantooo.extensions import db
from fantooo.infra import clock
from fantooo.models import (
    Approval,
    Chat,
    CreditRefund,
    CreditTransfer,
    Dispute,
    FictionalUser,
    Message,
    RealUser,
    Receipt,
    Transaction,
)
from fantooo.queries import settings

#: a purchase that was credited
CREDITED = ("success", "refunded")
#: a payment or refund whose end is still to come
OPEN = ("pending", "processing")


@dataclass(frozen=True)
class AskedMessage:
    """An own charged message, and what was asked or decided about its credits."""

    chat_id: UUID
    message_id: UUID
    character: str
    content: str
    sent_at: datetime
    price: int
    #: empty: nothing was asked yet
    status: str
    reason: str
    words: str
    notes: str
    #: the user took it back: nothing can be asked for it any more
    is_deleted: bool


@dataclass(frozen=True)
class MoneyRefund:
    """Money of a purchase that went back, or is on its way."""

    id: UUID
    at: datetime
    amount: Decimal
    currency: str
    credits: int
    bonus: int
    status: str
    reason: str


@dataclass(frozen=True)
class Withdrawal:
    """What withdrawing from a purchase would give back now, and whether one may."""

    purchase_id: UUID
    receipt_id: UUID
    name: str
    currency: str
    until: datetime
    part: Part
    is_late: bool
    #: asked for, and not decided by a person yet
    waits: bool

    @property
    def is_open(self) -> bool:
        """Whether there is something to take back, in time."""
        return self.part.amount > 0 and not (self.is_late or self.waits)


def is_disputed(purchase_id: UUID) -> bool:
    """Whether the payer's bank is deciding about a purchase."""
    open_one = select(Dispute.id).where(
        Dispute.transaction_id == purchase_id, Dispute.status == "open"
    )
    return bool(db.session.scalar(select(open_one.exists())))


def kept_uncredited(bought: Transaction) -> tuple[Decimal, str] | None:
    """What we still have of a payment that brought no credits, and in which currency; None: nothing.

    What the provider took, as it said last, less what went back and what a lost dispute took.
    """
    said = bought.provider_response or {}
    amount, currency = said.get("amount"), said.get("currency")
    if said.get("status") != "success" or not amount or not currency:
        return None
    gone = db.session.scalar(
        select(func.coalesce(func.sum(Transaction.amount), 0)).where(
            Transaction.refunds_id == bought.id, Transaction.status != "failed"
        )
    )
    lost = db.session.scalar(
        select(func.coalesce(func.sum(Dispute.amount), 0)).where(
            Dispute.transaction_id == bought.id, Dispute.status == "lost"
        )
    )
    left = Decimal(int(amount)) / 100 - Decimal(gone or 0) - Decimal(lost or 0)
    return (left, str(currency)) if left > 0 else None


def of_credited() -> ColumnElement[bool]:
    """The condition of refunds that take from what was earned.

    What was paid for a purchase that was never credited was no revenue, and is none that went back.
    """
    bought = aliased(Transaction)
    credited = select(bought.id).where(
        bought.id == Transaction.refunds_id, bought.status.in_(CREDITED)
    )
    return credited.exists()


def asked(chat_id: UUID, message_id: UUID) -> AskedMessage:
    """One of the viewer's own messages that cost something. Raises ``NotFound``."""
    row = db.session.execute(
        select(
            Message.content,
            Message.created_at,
            Message.deleted_at,
            CreditTransfer.amount,
            FictionalUser.name,
        )
        .join(
            CreditTransfer,
            (CreditTransfer.cause_id == Message.id) & (CreditTransfer.kind == "message_charge"),
        )
        .join(Chat, Chat.id == Message.chat_id)
        .join(FictionalUser, FictionalUser.id == Chat.fictional_user_id)
        .where(Message.id == message_id, Message.chat_id == chat_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    known = db.session.execute(
        select(CreditRefund.status, CreditRefund.reason, CreditRefund.words, CreditRefund.notes)
        .where(CreditRefund.message_id == message_id)
        .order_by(CreditRefund.id.desc())
        .limit(1)
    ).one_or_none()
    return AskedMessage(
        chat_id=chat_id,
        message_id=message_id,
        character=row.name,
        content="" if row.deleted_at else row.content,
        sent_at=row.created_at,
        price=row.amount,
        status=known.status if known else "",
        reason=known.reason if known else "",
        words=known.words if known else "",
        notes=known.notes if known else "",
        is_deleted=row.deleted_at is not None,
    )


def of_purchase(purchase_id: UUID) -> list[MoneyRefund]:
    """Refunds of a purchase, the oldest first."""
    rows = db.session.scalars(
        select(Transaction)
        .where(Transaction.refunds_id == purchase_id)
        .order_by(Transaction.created_at)
    )
    return [
        MoneyRefund(
            id=row.id,
            at=row.created_at,
            amount=row.amount,
            currency=row.currency,
            credits=row.credits_amount,
            bonus=row.bonus_credits,
            status=row.status,
            reason=row.reason,
        )
        for row in rows
    ]


def given_back(purchase_id: UUID) -> Part:
    """What of a purchase went back or is on its way; what failed is not counted."""
    row = db.session.execute(
        select(
            func.coalesce(func.sum(Transaction.amount), 0).label("amount"),
            func.coalesce(func.sum(Transaction.credits_amount), 0).label("credits"),
            func.coalesce(func.sum(Transaction.bonus_credits), 0).label("bonus"),
        ).where(Transaction.refunds_id == purchase_id, Transaction.status != "failed")
    ).one()
    return Part(Decimal(row.amount), int(row.credits), int(row.bonus))


def newer_bought(user_id: UUID, purchase_id: UUID, completed_at: datetime) -> int:
    """Bought credits of a user's later purchases that did not go back."""
    later = select(Transaction.id).where(
        Transaction.real_user_id == user_id,
        Transaction.type == "purchase",
        Transaction.status.in_(CREDITED),
        or_(
            Transaction.completed_at > completed_at,
            (Transaction.completed_at == completed_at) & (Transaction.id > purchase_id),
        ),
    )
    brought = select(func.coalesce(func.sum(Transaction.credits_amount), 0)).where(
        Transaction.id.in_(later)
    )
    returned = select(func.coalesce(func.sum(Transaction.credits_amount), 0)).where(
        Transaction.refunds_id.in_(later), Transaction.status != "failed"
    )
    return int(db.session.scalar(brought) or 0) - int(db.session.scalar(returned) or 0)


def withdrawable(bought: Transaction, wallet: RealUser) -> Part:
    """What withdrawing from a credited purchase gives back now, whatever the day."""
    if bought.completed_at is None:
        return Part()
    return refunding.withdrawal(
        Sold(bought.amount, bought.credits_amount, bought.bonus_credits),
        given_back(bought.id),
        Purse(wallet.credits, wallet.bonus_credits),
        newer_bought(wallet.id, bought.id, bought.completed_at),
    )


def unused_worth(user_id: UUID) -> Decimal:
    """What all bought credits of a user that are unused were paid with, in the currency of the house."""
    wallet = db.session.get_one(RealUser, user_id)
    purchases = db.session.scalars(
        select(Transaction).where(
            Transaction.real_user_id == user_id,
            Transaction.type == "purchase",
            Transaction.status.in_(CREDITED),
        )
    )
    return sum((withdrawable(each, wallet).amount for each in purchases), Decimal(0))


def deadline(bought: Transaction) -> datetime:
    """Until when somebody may withdraw from a credited purchase."""
    return refunding.withdrawable_until(
        bought.completed_at or bought.created_at, settings.current().withdrawal_days
    )


def withdrawal(receipt_id: UUID) -> Withdrawal:
    """The viewer's own purchase of a receipt, as withdrawing from it would go. Raises ``NotFound``."""
    row = db.session.execute(
        select(Transaction, RealUser)
        .join(Receipt, Receipt.transaction_id == Transaction.id)
        .join(RealUser, RealUser.id == Transaction.real_user_id)
        .where(Receipt.id == receipt_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    bought: Transaction = row.Transaction
    wallet: RealUser = row.RealUser
    waiting = select(Approval.id).where(
        Approval.kind == "withdrawal",
        Approval.subject_id == bought.id,
        Approval.status == "pending",
    )
    until = deadline(bought)
    return Withdrawal(
        purchase_id=bought.id,
        receipt_id=receipt_id,
        name=bought.reason,
        currency=bought.currency,
        until=until,
        part=withdrawable(bought, wallet),
        is_late=clock.now() > until,
        waits=db.session.scalar(waiting) is not None,
    )
