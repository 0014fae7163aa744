"""What waits for a second admin: above a set amount, one person alone gives nothing back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select

from fantooo.domain.errors import ValidationError
from fantooo.infra.unit_of_work import UnitOfWork
from fantooo.models import Approval, CreditRefund, IdempotencyKey, Transaction
from fantooo.queries import settings

CREDITS = "credits"
#: what one person gets within this time is one sum
TOGETHER = timedelta(hours=24)


@dataclass(frozen=True)
class Wish:
    """What somebody wants done. ``unit`` is ``credits`` or a currency."""

    kind: str
    subject_id: UUID
    user_id: UUID
    amount: Decimal
    unit: str
    requested_by: UUID
    reason: str
    payload: dict[str, Any]


def needed(amount: Decimal | int, unit: str, *, before: Decimal | int = 0) -> bool:
    """Whether so much needs a second admin, with what the same person got ``before`` it.

    A sum that is divided is one sum: callers say what was given within ``TOGETHER``.
    """
    if unit not in (CREDITS, current_app.config["SETTINGS"].currency):
        return True  # nobody has said what is much in another currency
    current = settings.current(fresh=True)
    most = current.approval_credits if unit == CREDITS else current.approval_amount
    return before + amount > most


def given_lately(work: UnitOfWork, user_id: UUID) -> int:
    """Credits that admins gave somebody within ``TOGETHER``: as bonus, and of messages."""
    lately = func.now() - TOGETHER
    granted = (
        select(func.coalesce(func.sum(Transaction.credits_amount), 0))
        .join(IdempotencyKey, IdempotencyKey.transaction_id == Transaction.id)
        .where(
            Transaction.real_user_id == user_id,
            Transaction.type == "bonus",
            Transaction.created_at > lately,
            # What a person gets by itself has no key of an admin.
            IdempotencyKey.account_id != user_id,
        )
    )
    of_messages = select(func.coalesce(func.sum(CreditRefund.amount), 0)).where(
        CreditRefund.user_id == user_id,
        CreditRefund.status == "completed",
        CreditRefund.processed_by.is_not(None),
        CreditRefund.processed_at > lately,
    )
    return sum(int(work.session.scalar(each) or 0) for each in (granted, of_messages))


def answers(work: UnitOfWork, kind: str, subject_id: UUID) -> set[str]:
    """How wishes of a kind about something stand: pending, done, rejected; empty when nobody asked."""
    return set(
        work.session.scalars(
            select(Approval.status).where(Approval.kind == kind, Approval.subject_id == subject_id)
        )
    )


def is_asked(work: UnitOfWork, requested_by: UUID, key: UUID) -> bool:
    """Whether a form of somebody that carries ``key`` was pressed before, and what it wished waits."""
    return bool(
        work.session.scalar(
            select(
                select(Approval.id)
                .where(
                    Approval.requested_by == requested_by,
                    Approval.status == "pending",
                    Approval.payload["key"].astext == str(key),
                )
                .exists()
            )
        )
    )


def ask(work: UnitOfWork, wish: Wish) -> UUID:
    """Keeps a wish in the caller's transaction, which holds the wallet's lock; returns its id.

    Raises ``ValidationError`` when the same thing waits already.
    """
    earlier = work.session.scalar(
        select(Approval.id).where(
            Approval.kind == wish.kind,
            Approval.subject_id == wish.subject_id,
            Approval.status == "pending",
        )
    )
    if earlier is not None:
        raise ValidationError(message="This waits for a second admin already")
    made = Approval(
        kind=wish.kind,
        subject_id=wish.subject_id,
        user_id=wish.user_id,
        amount=wish.amount,
        unit=wish.unit,
        payload=wish.payload,
        requested_by=wish.requested_by,
        reason=wish.reason,
    )
    work.session.add(made)
    work.session.flush()
    return made.id
