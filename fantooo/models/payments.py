"""Buying: packages, what was wished once, the provider's webhooks, receipts, points, exceptions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, counter, created_at, new_id, updated_at


class CreditPackage(Base):
    """Credits for a price. A purchase keeps a snapshot, so that a change touches no old one."""

    __tablename__ = "credit_packages"
    __table_args__ = (
        CheckConstraint("credits > 0", name="credits"),
        CheckConstraint("bonus_credits >= 0", name="bonus_credits"),
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("discount_percentage BETWEEN 1 AND 99", name="discount_percentage"),
        CheckConstraint("valid_until > valid_from", name="validity"),
        CheckConstraint(
            "(discount_percentage IS NULL) = (discount_until IS NULL)", name="discount_has_end"
        ),
        CheckConstraint("variant IN ('a', 'b')", name="variant"),
        Index(
            "ix_credit_packages_offered", "currency", "price", postgresql_where=text("is_active")
        ),
    )

    id: Mapped[UUID] = new_id()
    name: Mapped[str]
    credits: Mapped[int]
    price: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(server_default=text("'KES'"))
    is_featured: Mapped[bool] = mapped_column(server_default=text("false"))
    badge_text: Mapped[str | None]
    #: off a price that was asked at most 30 days before ``discount_until``
    discount_percentage: Mapped[int | None]
    discount_until: Mapped[datetime | None]
    bonus_credits: Mapped[int] = mapped_column(server_default=text("0"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    valid_from: Mapped[datetime] = created_at()
    valid_until: Mapped[datetime | None]
    #: shown to one half of new buyers only; None: to everybody
    variant: Mapped[str | None]
    #: bought of a hundred that were shown; by job
    conversion_rate: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = updated_at()


class PackageView(Base):
    """That a package was shown to somebody, once: what its conversion rate is counted from."""

    __tablename__ = "package_views"
    __table_args__ = (Index("ix_package_views_package_id", "package_id"),)

    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"), primary_key=True)
    package_id: Mapped[UUID] = mapped_column(ForeignKey("credit_packages.id"), primary_key=True)
    viewed_at: Mapped[datetime] = created_at()


class IdempotencyKey(Base):
    """One wish of one account: the same key again is answered with the same transaction."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_transaction_id", "transaction_id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("transactions.id"))
    created_at: Mapped[datetime] = created_at()


class WebhookEvent(Base):
    """What the provider announced, as it came. One row for each piece of news, however often told."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        CheckConstraint("status IN ('stored', 'processed', 'ignored', 'failed')", name="status"),
        CheckConstraint("received_count > 0", name="received_count"),
        Index("uq_webhook_events_event_key", "provider", "event_key", unique=True),
        Index("ix_webhook_events_reference", "reference"),
        Index(
            "ix_webhook_events_open",
            "received_at",
            postgresql_where=text("status IN ('stored', 'failed')"),
        ),
    )

    id: Mapped[UUID] = new_id()
    provider: Mapped[str]
    event_key: Mapped[str]
    event: Mapped[str]
    #: our reference of the payment it is about, where it names one
    reference: Mapped[str | None]
    raw: Mapped[bytes]
    received_count: Mapped[int] = mapped_column(server_default=text("1"))
    status: Mapped[str] = mapped_column(server_default=text("'stored'"))
    error: Mapped[str | None]
    received_at: Mapped[datetime] = created_at()
    last_received_at: Mapped[datetime] = created_at()
    processed_at: Mapped[datetime | None]


class Receipt(Base):
    """The numbered proof of a purchase. Numbers of a year have no gaps."""

    __tablename__ = "receipts"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        Index("uq_receipts_number", "year", "number", unique=True),
        Index("uq_receipts_transaction_id", "transaction_id", unique=True),
        Index("ix_receipts_real_user_id", "real_user_id"),
    )

    id: Mapped[UUID] = new_id()
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("transactions.id"))
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    year: Mapped[int]
    number: Mapped[int]
    issued_at: Mapped[datetime] = created_at()


class LoyaltyEntry(Base):
    """Points that were changed otherwise than by spending: swapped for credits, or taken back.

    Points earned are not written twice: one for each credit of a ``message_charge``.
    """

    __tablename__ = "loyalty_entries"
    __table_args__ = (
        CheckConstraint("points < 0", name="points"),
        CheckConstraint("kind IN ('swapped', 'taken_back')", name="kind"),
        Index("uq_loyalty_entries_cause", "kind", "cause_id", unique=True),
        Index("ix_loyalty_entries_real_user_id", "real_user_id", "id"),
    )

    id: Mapped[UUID] = new_id()
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    points: Mapped[int]
    kind: Mapped[str]
    #: the transaction that gave the credits, or the message whose charge went back
    cause_id: Mapped[UUID]
    created_at: Mapped[datetime] = created_at()


class ReconciliationRun(Base):
    """One comparison of our payments with the provider's list, in both directions."""

    __tablename__ = "reconciliation_runs"
    __table_args__ = (
        CheckConstraint("until > since", name="stretch"),
        Index("ix_reconciliation_runs_newest", text("started_at DESC")),
    )

    id: Mapped[UUID] = new_id()
    since: Mapped[datetime]
    until: Mapped[datetime]
    started_at: Mapped[datetime] = created_at()
    finished_at: Mapped[datetime | None]
    payments_seen: Mapped[int] = counter()
    credited: Mapped[int] = counter()
    exceptions: Mapped[int] = counter()


class ReconciliationException(Base):
    """Something between us and the provider that does not fit, until somebody has settled it."""

    __tablename__ = "reconciliation_exceptions"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('paid_not_credited', 'credited_not_paid', 'differs', 'unknown_reference',"
            " 'unknown_refund', 'not_sent_back', 'unreadable_announcement')",
            name="kind",
        ),
        CheckConstraint(
            "(resolved_at IS NULL) = (resolution IS NULL)", name="resolved_has_resolution"
        ),
        Index(
            "uq_reconciliation_exceptions_open",
            "kind",
            "reference",
            unique=True,
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index("ix_reconciliation_exceptions_transaction_id", "transaction_id"),
        Index("ix_reconciliation_exceptions_resolved_by", "resolved_by"),
    )

    id: Mapped[UUID] = new_id()
    kind: Mapped[str]
    reference: Mapped[str]
    transaction_id: Mapped[UUID | None] = mapped_column(ForeignKey("transactions.id"))
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    found_at: Mapped[datetime] = created_at()
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("admins.id"))
    resolution: Mapped[str | None]
