"""Limits people set themselves: spending, breaks, marks that recognise self-exclusion, time of use."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, created_at, new_id, updated_at

_PERIOD = "period IN ('day', 'week', 'month')"


class SpendingLimit(Base):
    """How many KES somebody wants to spend a period at most; no row, or no amount: no limit."""

    __tablename__ = "spending_limits"
    __table_args__ = (
        CheckConstraint(_PERIOD, name="period"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("pending_amount > amount", name="pending_is_more"),
        CheckConstraint(
            "(pending_since IS NOT NULL) = (pending_amount IS NOT NULL OR pending_removal)",
            name="pending_has_time",
        ),
        CheckConstraint("pending_amount IS NULL OR NOT pending_removal", name="one_wish"),
        CheckConstraint("pending_since IS NULL OR amount IS NOT NULL", name="wish_needs_limit"),
    )

    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal | None]
    #: what was asked for and waits for its time and a confirmation
    pending_amount: Mapped[Decimal | None]
    pending_removal: Mapped[bool] = mapped_column(server_default=text("false"))
    pending_since: Mapped[datetime | None]
    updated_at: Mapped[datetime] = updated_at()


class LimitChange(Base):
    """What somebody did about their limits and breaks. Append-only."""

    __tablename__ = "limit_changes"
    __table_args__ = (
        CheckConstraint(
            "what IN ('set', 'lowered', 'cancelled', 'raise_asked', 'removal_asked', 'raised',"
            " 'removed', 'offer_declined', 'time_out', 'self_exclusion', 'came_back')",
            name="what",
        ),
        CheckConstraint(_PERIOD, name="period"),
        Index("ix_limit_changes_real_user_id", "real_user_id", "id"),
    )

    id: Mapped[UUID] = new_id()
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    what: Mapped[str]
    period: Mapped[str | None]
    #: the limit before, and the one that holds or was asked for; None: no limit
    old_amount: Mapped[Decimal | None]
    new_amount: Mapped[Decimal | None]
    created_at: Mapped[datetime] = created_at()


class AccountPause(Base):
    """A break somebody took. ``real_users`` has its end too, for those who hold the wallet's lock."""

    __tablename__ = "account_pauses"
    __table_args__ = (
        CheckConstraint("kind IN ('time_out', 'self_exclusion')", name="kind"),
        CheckConstraint("ends_at > starts_at", name="stretch"),
        CheckConstraint(
            "ended_on_request_at IS NULL OR (kind = 'self_exclusion'"
            " AND ended_on_request_at >= ends_at)",
            name="never_ended_early",
        ),
        Index("ix_account_pauses_real_user_id", "real_user_id", "id"),
    )

    id: Mapped[UUID] = new_id()
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    kind: Mapped[str]
    starts_at: Mapped[datetime] = created_at()
    ends_at: Mapped[datetime]
    ended_on_request_at: Mapped[datetime | None]


class ExclusionMark(Base):
    """A keyed hash by which somebody who excluded themselves is recognised at another account."""

    __tablename__ = "exclusion_marks"
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'phone', 'card', 'device')", name="kind"),
        Index("uq_exclusion_marks_mark", "kind", "mark", "real_user_id", unique=True),
        Index("ix_exclusion_marks_real_user_id", "real_user_id"),
    )

    id: Mapped[UUID] = new_id()
    kind: Mapped[str]
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    until: Mapped[datetime]
    created_at: Mapped[datetime] = created_at()


class PayerMark(Base):
    """A keyed hash of the phone or card that one purchase was paid with."""

    __tablename__ = "payer_marks"
    __table_args__ = (
        CheckConstraint("kind IN ('phone', 'card')", name="kind"),
        Index("uq_payer_marks_transaction", "transaction_id", "kind", "mark", unique=True),
        Index("ix_payer_marks_real_user_id", "real_user_id"),
    )

    id: Mapped[UUID] = new_id()
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("transactions.id"))
    kind: Mapped[str]
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = created_at()


class ActiveStretch(Base):
    """How long somebody has been here since they were last told: the present stretch of use."""

    __tablename__ = "active_stretches"
    __table_args__ = (
        CheckConstraint("active_seconds >= 0", name="active_seconds"),
        CheckConstraint("last_at >= began_at", name="stretch"),
    )

    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"), primary_key=True)
    began_at: Mapped[datetime] = created_at()
    last_at: Mapped[datetime] = created_at()
    active_seconds: Mapped[int] = mapped_column(server_default=text("0"))
