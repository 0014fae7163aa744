"""What admins see of packages and promo codes: the lists with their use, and one to be changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from fantooo.domain import buying, promos as rules
from fantooo.domain.errors import NotFound
from fantooo.extensions import db
from fantooo.models import Admin, CreditPackage, PromoCode, PromoRedemption, Transaction


@dataclass(frozen=True)
class PackageLine:
    """One package with how it sells."""

    id: UUID
    name: str
    label: str
    credits: int
    price: Decimal
    currency: str
    bonus_credits: int
    badge_text: str
    is_featured: bool
    discount_percentage: int
    discount_until: datetime | None
    variant: str
    valid_from: datetime
    valid_until: datetime | None
    is_active: bool
    bought: int
    revenue: Decimal
    #: bought of a hundred people who saw it; None: nobody has yet, or the night has not counted
    conversion_rate: Decimal | None

    @property
    def state(self) -> str:
        """``on offer``, ``off``, ``ended`` or ``to come``."""
        return _state(self.is_active, self.valid_from, self.valid_until, "on offer")


@dataclass(frozen=True)
class PromoLine:
    """One promo code with how far it is used."""

    id: UUID
    code: str
    gives: str
    min_price: Decimal | None
    currency: str
    max_uses: int | None
    budget_amount: Decimal | None
    per_user_limit: int
    first_purchase_only: bool
    valid_from: datetime
    valid_until: datetime | None
    is_active: bool
    made_by: str
    used: int
    reserved: int
    discounts: Decimal
    bonus: int

    @property
    def state(self) -> str:
        """``on``, ``off``, ``ended``, ``to come`` or ``used up``."""
        state = _state(self.is_active, self.valid_from, self.valid_until, "on")
        counted = self.used + self.reserved
        is_spent = (self.max_uses is not None and counted >= self.max_uses) or (
            self.budget_amount is not None and self.discounts >= self.budget_amount
        )
        return "used up" if state == "on" and is_spent else state


def packages() -> list[PackageLine]:
    """All packages, those on offer first, the cheapest first."""
    sold = (
        select(
            Transaction.package_id,
            func.count().label("bought"),
            func.sum(Transaction.amount).label("revenue"),
        )
        .where(
            Transaction.type == "purchase",
            Transaction.status.in_(("success", "refunded")),
            Transaction.package_id.is_not(None),
        )
        .group_by(Transaction.package_id)
        .subquery()
    )
    rows = db.session.execute(
        select(CreditPackage, sold.c.bought, sold.c.revenue)
        .outerjoin(sold, sold.c.package_id == CreditPackage.id)
        .order_by(CreditPackage.is_active.desc(), CreditPackage.price, CreditPackage.id)
    )
    return [_package(row.CreditPackage, row.bought or 0, row.revenue) for row in rows]


def package(package_id: UUID) -> PackageLine:
    """One package to be changed. Raises ``NotFound``."""
    row = db.session.get(CreditPackage, package_id)
    if row is None:
        raise NotFound
    bought = db.session.scalar(
        select(func.count()).where(
            Transaction.package_id == package_id,
            Transaction.status.in_(("success", "refunded")),
        )
    )
    return _package(row, bought or 0, None)


def promo_codes() -> list[PromoLine]:
    """All promo codes with their use, newest first."""
    counts = PromoRedemption.status.in_(("reserved", "used"))
    use = (
        select(
            PromoRedemption.promo_code_id,
            func.count().filter(PromoRedemption.status == "used").label("used"),
            func.count().filter(PromoRedemption.status == "reserved").label("reserved"),
            func.sum(PromoRedemption.discount_amount).filter(counts).label("discounts"),
            func.sum(PromoRedemption.bonus_credits).filter(counts).label("bonus"),
        )
        .group_by(PromoRedemption.promo_code_id)
        .subquery()
    )
    rows = db.session.execute(
        select(PromoCode, Admin.name, use.c.used, use.c.reserved, use.c.discounts, use.c.bonus)
        .join(Admin, Admin.id == PromoCode.created_by)
        .outerjoin(use, use.c.promo_code_id == PromoCode.id)
        .order_by(PromoCode.id.desc())
    )
    return [
        PromoLine(
            id=row.PromoCode.id,
            code=row.PromoCode.code,
            gives=rules.words(row.PromoCode.kind, row.PromoCode.value, row.PromoCode.currency),
            min_price=row.PromoCode.min_price,
            currency=row.PromoCode.currency,
            max_uses=row.PromoCode.max_uses,
            budget_amount=row.PromoCode.budget_amount,
            per_user_limit=row.PromoCode.per_user_limit,
            first_purchase_only=row.PromoCode.first_purchase_only,
            valid_from=row.PromoCode.valid_from,
            valid_until=row.PromoCode.valid_until,
            is_active=row.PromoCode.is_active,
            made_by=row.name,
            used=row.used or 0,
            reserved=row.reserved or 0,
            discounts=row.discounts or Decimal(0),
            bonus=row.bonus or 0,
        )
        for row in rows
    ]


def _package(row: CreditPackage, bought: int, revenue: Decimal | None) -> PackageLine:
    return PackageLine(
        id=row.id,
        name=row.name,
        label=buying.label(row.credits, row.price, row.currency),
        credits=row.credits,
        price=row.price,
        currency=row.currency,
        bonus_credits=row.bonus_credits,
        badge_text=row.badge_text or "",
        is_featured=row.is_featured,
        discount_percentage=row.discount_percentage or 0,
        discount_until=row.discount_until,
        variant=row.variant or "",
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        is_active=row.is_active,
        bought=bought,
        revenue=revenue or Decimal(0),
        conversion_rate=row.conversion_rate,
    )


def _state(
    is_active: bool, valid_from: datetime, valid_until: datetime | None, present: str
) -> str:
    now = datetime.now(UTC)
    if valid_until is not None and valid_until <= now:
        return "ended"
    if not is_active:
        return "off"
    return present if valid_from <= now else "to come"
