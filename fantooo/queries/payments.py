"""Packages on offer, one's own purchases and movements, receipts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, Select, case, func, or_, select

from fantooo.domain import buying, promos
from fantooo.domain.buying import Package
from fantooo.domain.errors import NotFound
from fantooo.domain.pricing import EAT
from fantooo.extensions import db
from fantooo.infra import clock
from fantooo.models import (
    Chat,
    CreditPackage,
    CreditTransfer,
    FictionalUser,
    RealUser,
    Receipt,
    Transaction,
)
from fantooo.queries import refunds, settings
from fantooo.queries.refunds import MoneyRefund

HISTORY_PAGE = 30
_WORDS = {
    "welcome_bonus": "Welcome to Fantooo",
    "bonus": "Bonus",
    "points": "Points swapped",
    "purchase": "Bought",
    "purchase_bonus": "Bonus of a purchase",
    "message_charge": "Message",
    "message_refund": "Refunded message",
    "purchase_refund": "Refunded purchase",
    "purchase_bonus_refund": "Bonus of a refunded purchase",
    "refund_failed": "Refund failed, credits returned",
    "bonus_refund_failed": "Refund failed, bonus returned",
    "owed_paid": "Paid what was owed",
    "deduction": "Taken back",
}


@dataclass(frozen=True)
class Wallet:
    """What one has: balance, spend, tier and points, and what comes next."""

    credits: int
    bonus_credits: int
    total_spent: Decimal
    spent_this_month: Decimal
    tier: str
    tier_bonus_percent: int
    next_tier: str
    missing_to_next: Decimal
    points: int


@dataclass(frozen=True)
class Purchase:
    """One purchase, as its page shows it."""

    id: UUID
    reference: str
    status: str
    channel: str
    amount: Decimal
    currency: str
    credits: int
    bonus: int
    name: str
    checkout_url: str
    display_text: str
    failure_reason: str
    needs_review: bool
    return_to: str
    package_id: UUID | None
    promo_code: str
    discount: Decimal
    receipt_id: UUID | None
    created_at: datetime
    completed_at: datetime | None
    #: why all of it is on its way back, though it was credited; empty when it is not
    going_back: str

    @property
    def is_open(self) -> bool:
        """Whether its end is still to come."""
        return self.status in refunds.OPEN and not self.needs_review

    @property
    def shown(self) -> str:
        """Price and credits as the page says them, to be asked for again."""
        return promos.shown(self.amount, self.credits, self.bonus)


@dataclass(frozen=True)
class Movement:
    """One line of a wallet's history."""

    id: UUID
    at: datetime
    words: str
    about: str
    change: int
    bonus: int
    balance: int
    #: of the purchase that brought it
    receipt_id: UUID | None


@dataclass(frozen=True)
class UnderWay:
    """A payment whose end is still to come."""

    id: UUID
    at: datetime
    amount: Decimal
    currency: str
    name: str
    needs_review: bool


@dataclass(frozen=True)
class ReceiptView:
    """A receipt with all it must name."""

    id: UUID
    number: str
    issued_at: datetime
    username: str
    name: str
    credits: int
    bonus: int
    amount: Decimal
    currency: str
    channel: str
    reference: str
    status: str
    promo_code: str
    discount: Decimal
    refunds: list[MoneyRefund]


def packages(account_id: UUID, for_tier: str) -> list[Package]:
    """What is on offer now to somebody of that tier, the cheapest first."""
    rows = db.session.scalars(_offered(account_id).order_by(CreditPackage.price))
    return [_package(row, for_tier) for row in rows]


def package(package_id: UUID, account_id: UUID, for_tier: str) -> Package:
    """One package on offer to somebody of that tier. Raises ``NotFound``."""
    row = db.session.scalar(_offered(account_id).where(CreditPackage.id == package_id))
    if row is None:
        raise NotFound
    return _package(row, for_tier)


def wallet(account_id: UUID) -> Wallet:
    """A user's own wallet."""
    row = db.session.execute(
        select(
            RealUser.credits,
            RealUser.bonus_credits,
            RealUser.total_spent,
            RealUser.user_tier,
            RealUser.loyalty_points,
        ).where(RealUser.id == account_id)
    ).one()
    month = clock.now().astimezone(EAT).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = db.session.scalar(
        select(
            func.coalesce(
                func.sum(
                    case(
                        (Transaction.type == "purchase", Transaction.amount),
                        else_=-Transaction.amount,
                    )
                ),
                0,
            )
        ).where(
            Transaction.real_user_id == account_id,
            or_(
                # Paid this month, less what went back of it or of earlier payments.
                (Transaction.type == "purchase")
                & Transaction.status.in_(("success", "refunded"))
                & (Transaction.completed_at >= month),
                (Transaction.type == "refund")
                & (Transaction.status != "failed")
                & refunds.of_credited()
                & (Transaction.created_at >= month),
            ),
        )
    )
    current = settings.current()
    above = [t for t in buying.PAID_TIERS if getattr(current, f"tier_{t}_kes") > row.total_spent]
    following = above[-1] if above else ""
    missing = (
        Decimal(getattr(current, f"tier_{following}_kes")) - row.total_spent
        if following
        else Decimal(0)
    )
    return Wallet(
        credits=row.credits,
        bonus_credits=row.bonus_credits,
        total_spent=row.total_spent,
        spent_this_month=max(Decimal(spent or 0), Decimal(0)),
        tier=row.user_tier,
        tier_bonus_percent=int(getattr(current, f"tier_bonus_{row.user_tier}", 0)),
        next_tier=following,
        missing_to_next=missing,
        points=row.loyalty_points,
    )


def tier(account_id: UUID) -> str:
    """A user's own tier."""
    return db.session.scalars(select(RealUser.user_tier).where(RealUser.id == account_id)).one()


def purchase(transaction_id: UUID) -> Purchase:
    """One of the viewer's own purchases. Raises ``NotFound``."""
    return _purchase(Transaction.id == transaction_id)


def purchase_by_reference(reference: str) -> Purchase:
    """The viewer's own purchase of that reference. Raises ``NotFound``."""
    return _purchase(Transaction.provider_reference == reference)


def has_bought(account_id: UUID) -> bool:
    """Whether a user ever paid."""
    return bool(
        db.session.scalar(
            select(
                select(Transaction.id)
                .where(
                    Transaction.real_user_id == account_id,
                    Transaction.type == "purchase",
                    Transaction.status.in_(("success", "refunded")),
                )
                .exists()
            )
        )
    )


def unfinished(account_id: UUID) -> UUID | None:
    """A user's newest purchase with a promo code that is neither paid nor given up."""
    return db.session.scalar(
        select(Transaction.id)
        .where(
            Transaction.real_user_id == account_id,
            Transaction.promo_code.is_not(None),
            Transaction.status.in_(refunds.OPEN),
        )
        .order_by(Transaction.created_at.desc())
        .limit(1)
    )


def under_way(account_id: UUID) -> list[UnderWay]:
    """A user's payments that are open, or that a person looks at, the newest first."""
    rows = db.session.execute(
        select(
            Transaction.id,
            Transaction.created_at,
            Transaction.amount,
            Transaction.currency,
            Transaction.reason,
            Transaction.needs_manual_review,
        )
        .where(
            Transaction.real_user_id == account_id,
            Transaction.type == "purchase",
            Transaction.status.in_(refunds.OPEN) | Transaction.needs_manual_review,
        )
        .order_by(Transaction.created_at.desc())
        .limit(10)
    )
    return [UnderWay(*row) for row in rows]


def history(
    account_id: UUID, before: UUID | None = None, limit: int = HISTORY_PAGE
) -> list[Movement]:
    """Movements of a wallet, newest first, each with the balance after it."""
    balance = db.session.scalar(select(RealUser.credits).where(RealUser.id == account_id)) or 0
    if before is not None:
        later = db.session.scalar(
            select(func.coalesce(func.sum(_signed()), 0)).where(
                CreditTransfer.real_user_id == account_id, CreditTransfer.id >= before
            )
        )
        balance -= int(later or 0)
    query = _movements(account_id).order_by(CreditTransfer.id.desc()).limit(limit)
    if before is not None:
        query = query.where(CreditTransfer.id < before)
    found = []
    for row in db.session.execute(query):
        found.append(_movement(row, balance))
        balance -= row.change
    return found


def whole_history(account_id: UUID) -> Iterator[Movement]:
    """Every movement, oldest first."""
    balance = 0
    rows = db.session.execute(
        _movements(account_id).order_by(CreditTransfer.id),
        execution_options={"yield_per": 500},
    )
    for row in rows:
        balance += row.change
        yield _movement(row, balance)


def receipt(receipt_id: UUID) -> ReceiptView:
    """One of the viewer's own receipts. Raises ``NotFound``."""
    row = db.session.execute(
        select(
            Receipt.id,
            Receipt.year,
            Receipt.number,
            Receipt.issued_at,
            RealUser.username,
            Transaction.reason,
            Transaction.credits_amount,
            Transaction.bonus_credits,
            Transaction.amount,
            Transaction.currency,
            Transaction.channel,
            Transaction.provider_reference,
            Transaction.status,
            Transaction.promo_code,
            Transaction.discount_amount,
            Transaction.id.label("purchase_id"),
        )
        .join(Transaction, Transaction.id == Receipt.transaction_id)
        .join(RealUser, RealUser.id == Receipt.real_user_id)
        .where(Receipt.id == receipt_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return ReceiptView(
        id=row.id,
        number=buying.receipt_number(row.year, row.number),
        issued_at=row.issued_at,
        username=row.username,
        name=row.reason,
        credits=row.credits_amount,
        bonus=row.bonus_credits,
        amount=row.amount,
        currency=row.currency,
        channel=row.channel or "",
        reference=row.provider_reference or "",
        status=row.status,
        promo_code=row.promo_code or "",
        discount=row.discount_amount,
        refunds=refunds.of_purchase(row.purchase_id),
    )


def _offered(account_id: UUID) -> Select[CreditPackage]:
    """What is on offer to one person; variants are for one half of those who never bought."""
    shown: ColumnElement[bool] = CreditPackage.variant.is_(None)
    if not has_bought(account_id):
        shown = or_(shown, CreditPackage.variant == buying.half_of(account_id))
    return select(CreditPackage).where(
        CreditPackage.is_active,
        # Limits and spend are counted in the currency of the house alone.
        CreditPackage.currency == current_app.config["SETTINGS"].currency,
        CreditPackage.valid_from <= func.now(),
        or_(CreditPackage.valid_until.is_(None), CreditPackage.valid_until > func.now()),
        shown,
    )


def _package(row: CreditPackage, for_tier: str) -> Package:
    return Package(
        id=row.id,
        name=row.name,
        credits=row.credits,
        bonus_credits=row.bonus_credits,
        tier_bonus=buying.tier_bonus(row.credits, for_tier, settings.current()),
        price=row.price,
        currency=row.currency,
        badge_text=row.badge_text or "",
        discount_percentage=_discount(row),
        is_featured=row.is_featured,
        valid_until=row.valid_until,
    )


def _discount(row: CreditPackage) -> int:
    """The discount as long as it may be shown."""
    if row.discount_until is None or row.discount_until <= datetime.now(UTC):
        return 0
    return row.discount_percentage or 0


def _purchase(condition: Any) -> Purchase:
    row = db.session.execute(
        select(Transaction, Receipt.id.label("receipt_id"))
        .outerjoin(Receipt, Receipt.transaction_id == Transaction.id)
        .where(Transaction.type == "purchase", condition)
    ).one_or_none()
    if row is None:
        raise NotFound
    made: Transaction = row.Transaction
    return Purchase(
        id=made.id,
        reference=made.provider_reference or "",
        status=made.status,
        channel=made.channel or "",
        amount=made.amount,
        currency=made.currency,
        credits=made.credits_amount,
        bonus=made.bonus_credits,
        name=made.reason,
        checkout_url=made.checkout_url or "",
        display_text=str((made.provider_response or {}).get("display_text", "")),
        failure_reason=made.failure_reason or "",
        needs_review=made.needs_manual_review,
        return_to=made.return_to or "",
        package_id=made.package_id,
        promo_code=made.promo_code or "",
        discount=made.discount_amount,
        receipt_id=row.receipt_id,
        created_at=made.created_at,
        completed_at=made.completed_at,
        going_back=_going_back(made),
    )


def _going_back(bought: Transaction) -> str:
    if bought.status != "success":
        return ""
    under_way = [each for each in refunds.of_purchase(bought.id) if each.status != "failed"]
    if sum((each.amount for each in under_way), Decimal(0)) < bought.amount:
        return ""
    return under_way[-1].reason


def _signed() -> Any:
    return case(
        (CreditTransfer.credit_account == "wallet", CreditTransfer.amount),
        else_=-CreditTransfer.amount,
    )


def _movements(account_id: UUID) -> Select[Any]:
    return (
        select(
            CreditTransfer.id,
            CreditTransfer.created_at,
            CreditTransfer.kind,
            CreditTransfer.bonus_amount,
            _signed().label("change"),
            FictionalUser.name.label("about"),
            Receipt.id.label("receipt_id"),
        )
        .outerjoin(Chat, Chat.id == CreditTransfer.chat_id)
        .outerjoin(FictionalUser, FictionalUser.id == Chat.fictional_user_id)
        .outerjoin(
            Receipt,
            (Receipt.transaction_id == CreditTransfer.cause_id)
            & (CreditTransfer.kind == "purchase"),
        )
        .where(CreditTransfer.real_user_id == account_id)
    )


def _movement(row: Any, balance: int) -> Movement:
    return Movement(
        id=row.id,
        at=row.created_at,
        words=_WORDS.get(row.kind, row.kind),
        about=row.about or "",
        change=row.change,
        bonus=row.bonus_amount,
        balance=balance,
        receipt_id=row.receipt_id,
    )
