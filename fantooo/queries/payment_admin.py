"""What admins see of payments: the list, one payment's whole story, what does not fit, the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from fantooo.domain import buying, promos, refunding, wording
from fantooo.domain.errors import NotFound
from fantooo.domain.pricing import day_begins, midnight
from fantooo.domain.refunding import Part, Purse, Sold
from fantooo.extensions import db
from fantooo.infra import clock
from fantooo.models import (
    Admin,
    AuditEntry,
    CreditTransfer,
    RealUser,
    Receipt,
    ReconciliationException,
    Transaction,
    WebhookEvent,
)
from fantooo.queries import refunds

PAGE = 50
_IN_CENTS = frozenset({"amount", "refunded"})
#: what is stored under one name and called another
_NOTED = {"the provider says": "Paystack status", "why": "reason"}
STATUSES = ("pending", "processing", "success", "failed", "refunded")
CHANNELS = ("checkout", "mpesa")
#: how many of the last exceptions that were dealt with are shown
_LAST = 20


@dataclass(frozen=True)
class Wish:
    """Which purchases to list. ``text`` is a reference or the beginning of a user name.

    ``since`` and ``until`` are whole days in Nairobi.
    """

    status: str = ""
    channel: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None
    amount: Decimal | None = None
    review: bool = False

    def as_arguments(self) -> dict[str, str]:
        """What stands in the page's address, without what is not wished."""
        return {
            name: "1" if value is True else str(value)
            for name, value in vars(self).items()
            if value
        }


@dataclass(frozen=True)
class Line:
    """One purchase in the list."""

    id: UUID
    at: datetime
    username: str
    name: str
    credits: int
    bonus: int
    amount: Decimal
    currency: str
    status: str
    channel: str
    reference: str
    failure_reason: str
    needs_review: bool


@dataclass(frozen=True)
class Happened:
    """One thing in a payment's story."""

    at: datetime
    what: str
    detail: str


@dataclass(frozen=True)
class Story:
    """One payment with everything that happened to it."""

    line: Line
    user_id: UUID
    #: what is in the wallet; what of the payment can still go back, and the credits of all of that
    purse: Purse
    left: Decimal
    whole: Part
    review_reason: str
    receipt: str
    #: the code with what it took off
    promo: str
    provider: dict[str, Any]
    snapshot: dict[str, Any]
    happened: list[Happened]

    @property
    def paid(self) -> str:
        """What the provider took, as it said last; empty when it took nothing."""
        amount = self.provider.get("amount")
        if self.provider.get("status") != "success" or not amount:
            return ""
        return f"{buying.money(Decimal(int(amount)) / 100)} {self.provider.get('currency') or ''}"


@dataclass(frozen=True)
class Odd:
    """Something between us and the provider that does not fit."""

    id: UUID
    kind: str
    reference: str
    transaction_id: UUID | None
    details: dict[str, str]
    found_at: datetime
    #: when, by whom and how it was dealt with
    settled_at: datetime | None = None
    settled_by: str = ""
    resolution: str = ""


@dataclass(frozen=True)
class Day:
    """The daily close, of a day in Nairobi: what was earned, and what we owe."""

    revenue: Decimal
    given_back: Decimal
    purchases: int
    credits_sold: int
    bonus_given: int
    outstanding: int
    outstanding_bought: int
    to_review: int
    odd: int


def found(wish: Wish, *, before: UUID | None = None, limit: int = PAGE) -> list[Line]:
    """Purchases, newest first."""
    query = _lines().order_by(Transaction.id.desc()).limit(limit)
    if wish.status in STATUSES:
        query = query.where(Transaction.status == wish.status)
    if wish.channel in CHANNELS:
        query = query.where(Transaction.channel == wish.channel)
    if wish.review:
        query = query.where(Transaction.needs_manual_review)
    if wish.since is not None:
        query = query.where(Transaction.created_at >= midnight(wish.since))
    if wish.until is not None:
        query = query.where(Transaction.created_at < midnight(wish.until) + timedelta(days=1))
    if wish.amount is not None:
        query = query.where(Transaction.amount == wish.amount)
    if wish.text:
        query = query.where(
            or_(
                Transaction.provider_reference == wish.text,
                func.lower(RealUser.username).startswith(wish.text.lower(), autoescape=True),
            )
        )
    if before is not None:
        query = query.where(Transaction.id < before)
    return [_line(row) for row in db.session.execute(query)]


def story(transaction_id: UUID) -> Story:
    """One purchase with its announcements, movements and who did what. Raises ``NotFound``."""
    row = db.session.execute(
        _lines()
        .add_columns(
            Transaction.review_reason,
            Transaction.provider_response,
            Transaction.package_snapshot,
            Transaction.completed_at,
            Transaction.promo_code,
            Transaction.discount_amount,
            RealUser.id.label("user_id"),
            RealUser.credits.label("in_wallet"),
            RealUser.bonus_credits.label("given"),
            Receipt.year,
            Receipt.number,
        )
        .outerjoin(Receipt, Receipt.transaction_id == Transaction.id)
        .where(Transaction.id == transaction_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    line = _line(row)
    happened = [Happened(line.at, "Ordered", line.name)]
    happened += _announcements(line.reference) + _movements(transaction_id)
    happened += _deeds(transaction_id)
    sold = Sold(line.amount, line.credits, line.bonus)
    before = refunds.given_back(transaction_id)
    is_credited = line.status in refunds.CREDITED
    left = refunding.left(sold, before) if is_credited else Decimal(0)
    return Story(
        line=line,
        user_id=row.user_id,
        purse=Purse(row.in_wallet, row.given),
        left=left,
        whole=refunding.due(sold, before, left) if left > 0 else Part(),
        review_reason=row.review_reason or "",
        receipt=buying.receipt_number(row.year, row.number) if row.number else "",
        promo=promos.note(row.promo_code or "", row.discount_amount, line.amount, line.currency),
        provider=row.provider_response or {},
        snapshot=row.package_snapshot or {},
        happened=sorted(happened, key=lambda each: each.at),
    )


def odd() -> list[Odd]:
    """What does not fit and is not settled, the oldest first."""
    return _odd(
        ReconciliationException.resolved_at.is_(None), ReconciliationException.found_at, PAGE
    )


def settled() -> list[Odd]:
    """What did not fit and was dealt with last."""
    return _odd(
        ReconciliationException.resolved_at.is_not(None),
        ReconciliationException.resolved_at.desc(),
        _LAST,
    )


def _odd(which: ColumnElement[bool], order: Any, limit: int) -> list[Odd]:
    rows = db.session.execute(
        select(ReconciliationException, Admin.name)
        .outerjoin(Admin, Admin.id == ReconciliationException.resolved_by)
        .where(which)
        .order_by(order)
        .limit(limit)
    )
    return [
        Odd(
            row.id, row.kind, row.reference, row.transaction_id, _facts(row.details), row.found_at,
            row.resolved_at, name or "", row.resolution or "",
        )
        for row, name in rows
    ]  # fmt: skip


def _facts(details: dict[str, Any]) -> dict[str, str]:
    """What was noted, as people read it: the provider counts in cents."""
    currency = details.get("currency") or ""
    return {
        _NOTED.get(name)
        or name.replace("_", " "): f"{buying.money(Decimal(value) / 100)} {currency}".strip()
        if name in _IN_CENTS
        else ", ".join(map(str, value))
        if isinstance(value, list)
        else str(value)
        for name, value in details.items()
        if name != "currency" or not _IN_CENTS & details.keys()
    }


def day() -> Day:
    """Today's figures."""
    begins = day_begins(clock.now())
    sold = db.session.execute(
        select(
            func.coalesce(func.sum(Transaction.amount), 0).label("revenue"),
            func.count().label("purchases"),
            func.coalesce(func.sum(Transaction.credits_amount), 0).label("credits"),
            func.coalesce(func.sum(Transaction.bonus_credits), 0).label("bonus"),
        ).where(
            Transaction.type == "purchase",
            Transaction.status.in_(refunds.CREDITED),
            Transaction.completed_at >= begins,
            Transaction.completed_at < begins + timedelta(days=1),
        )
    ).one()
    given_back = db.session.scalar(
        select(func.coalesce(func.sum(Transaction.amount), 0)).where(
            Transaction.type == "refund",
            Transaction.status != "failed",
            refunds.of_credited(),
            Transaction.created_at >= begins,
            Transaction.created_at < begins + timedelta(days=1),
        )
    )
    owed = db.session.execute(
        select(
            func.coalesce(func.sum(RealUser.credits), 0).label("all"),
            func.coalesce(func.sum(RealUser.credits - RealUser.bonus_credits), 0).label("bought"),
        )
    ).one()
    review = db.session.scalar(select(func.count()).where(Transaction.needs_manual_review)) or 0
    unsettled = (
        db.session.scalar(select(func.count()).where(ReconciliationException.resolved_at.is_(None)))
        or 0
    )
    return Day(
        revenue=Decimal(sold.revenue),
        given_back=Decimal(given_back or 0),
        purchases=sold.purchases,
        credits_sold=int(sold.credits),
        bonus_given=int(sold.bonus),
        outstanding=int(owed.all),
        outstanding_bought=int(owed.bought),
        to_review=review,
        odd=unsettled,
    )


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Transaction.id,
            Transaction.created_at,
            RealUser.username,
            Transaction.reason,
            Transaction.credits_amount,
            Transaction.bonus_credits,
            Transaction.amount,
            Transaction.currency,
            Transaction.status,
            Transaction.channel,
            Transaction.provider_reference,
            Transaction.failure_reason,
            Transaction.needs_manual_review,
        )
        .join(RealUser, RealUser.id == Transaction.real_user_id)
        .where(Transaction.type == "purchase")
    )


def _line(row: Any) -> Line:
    return Line(
        id=row.id,
        at=row.created_at,
        username=row.username,
        name=row.reason,
        credits=row.credits_amount,
        bonus=row.bonus_credits,
        amount=row.amount,
        currency=row.currency,
        status=row.status,
        channel=row.channel or "",
        reference=row.provider_reference or "",
        failure_reason=row.failure_reason or "",
        needs_review=row.needs_manual_review,
    )


def _announcements(reference: str) -> list[Happened]:
    rows = db.session.execute(
        select(
            WebhookEvent.event,
            WebhookEvent.status,
            WebhookEvent.received_count,
            WebhookEvent.received_at,
            WebhookEvent.error,
        ).where(WebhookEvent.reference == reference)
    )
    return [
        Happened(
            row.received_at,
            f"Webhook: {row.event}",
            f"{row.status}, received {row.received_count} times"
            if row.received_count > 1
            else row.error or row.status,
        )
        for row in rows
    ]


def _movements(transaction_id: UUID) -> list[Happened]:
    causes = select(Transaction.id).where(
        or_(Transaction.id == transaction_id, Transaction.refunds_id == transaction_id)
    )
    signed = case(
        (CreditTransfer.credit_account == "wallet", CreditTransfer.amount),
        else_=-CreditTransfer.amount,
    )
    rows = db.session.execute(
        select(CreditTransfer.kind, signed.label("amount"), CreditTransfer.created_at).where(
            CreditTransfer.cause_id.in_(causes)
        )
    )
    return [
        Happened(row.created_at, wording.movement(row.kind), f"{row.amount:+d}") for row in rows
    ]


def _deeds(transaction_id: UUID) -> list[Happened]:
    rows = db.session.execute(
        select(AuditEntry.created_at, AuditEntry.action, AuditEntry.reason, Admin.name)
        .outerjoin(Admin, Admin.id == AuditEntry.actor_id)
        .where(AuditEntry.subject_type == "transaction", AuditEntry.subject_id == transaction_id)
    )
    return [
        Happened(
            row.created_at,
            f"{row.name or 'By itself'}: {row.action.replace('_', ' ')}",
            row.reason,
        )
        for row in rows
    ]
