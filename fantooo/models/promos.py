"""Promo codes and who used them for which purchase."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, created_at, new_id


class PromoCode(Base):
    """A word that takes something off a price or adds credits. What it gives is never changed."""

    __tablename__ = "promo_codes"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z0-9-]{3,20}$'", name="code"),
        CheckConstraint("kind IN ('percent', 'fixed', 'bonus')", name="kind"),
        CheckConstraint("value > 0 AND (kind <> 'percent' OR value <= 90)", name="value"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("min_price > 0", name="min_price"),
        CheckConstraint("max_uses > 0", name="max_uses"),
        CheckConstraint(
            "budget_amount IS NULL OR (budget_amount > 0 AND kind <> 'bonus')", name="budget_amount"
        ),
        CheckConstraint("per_user_limit > 0", name="per_user_limit"),
        CheckConstraint("valid_until > valid_from", name="validity"),
        Index("uq_promo_codes_code", "code", unique=True),
        Index("ix_promo_codes_created_by", "created_by"),
        Index("ix_promo_codes_ending", "valid_until", postgresql_where=text("is_active")),
    )

    id: Mapped[UUID] = new_id()
    code: Mapped[str]
    kind: Mapped[str]
    #: percent, units of ``currency`` or bonus credits
    value: Mapped[int]
    currency: Mapped[str] = mapped_column(server_default=text("'KES'"))
    #: of the package, before anything is taken off
    min_price: Mapped[Decimal | None]
    #: None: without a limit; reserved uses count until they are given up
    max_uses: Mapped[int | None]
    #: all discounts together stay within it
    budget_amount: Mapped[Decimal | None]
    per_user_limit: Mapped[int] = mapped_column(server_default=text("1"))
    first_purchase_only: Mapped[bool] = mapped_column(server_default=text("false"))
    valid_from: Mapped[datetime] = created_at()
    valid_until: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("admins.id"))
    created_at: Mapped[datetime] = created_at()


class PromoRedemption(Base):
    """One code in one purchase: reserved with the order, used when it is paid, or released."""

    __tablename__ = "promo_redemptions"
    __table_args__ = (
        CheckConstraint("status IN ('reserved', 'used', 'released')", name="status"),
        CheckConstraint("(status = 'reserved') = (settled_at IS NULL)", name="settled_has_time"),
        CheckConstraint("discount_amount >= 0", name="discount_amount"),
        CheckConstraint("bonus_credits >= 0", name="bonus_credits"),
        CheckConstraint("discount_amount > 0 OR bonus_credits > 0", name="gives_something"),
        Index("uq_promo_redemptions_transaction_id", "transaction_id", unique=True),
        Index("ix_promo_redemptions_promo_code_id", "promo_code_id", "status"),
        Index("ix_promo_redemptions_real_user_id", "real_user_id", "promo_code_id"),
    )

    id: Mapped[UUID] = new_id()
    promo_code_id: Mapped[UUID] = mapped_column(ForeignKey("promo_codes.id"))
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("transactions.id"))
    discount_amount: Mapped[Decimal] = mapped_column(server_default=text("0"))
    bonus_credits: Mapped[int] = mapped_column(server_default=text("0"))
    status: Mapped[str] = mapped_column(server_default=text("'reserved'"))
    created_at: Mapped[datetime] = created_at()
    settled_at: Mapped[datetime | None]
