"""Credits and money: the ledger of credit movements and the transactions that cause some of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, created_at, new_id


class CreditTransfer(Base):
    """One immutable movement of credits between a user's wallet and a system account.

    Both sides stand in one row, so each movement sums to zero by construction. System accounts
    are names, not rows: a shared row would be a lock that all chats wait for. Corrections are
    new rows; no role may update or delete one.
    """

    __tablename__ = "credit_transfers"
    __table_args__ = (
        CheckConstraint(
            "debit_account IN ('wallet', 'sales', 'usage', 'bonus', 'refunds', 'forfeited')",
            name="debit_account",
        ),
        CheckConstraint(
            "credit_account IN ('wallet', 'sales', 'usage', 'bonus', 'refunds', 'forfeited')",
            name="credit_account",
        ),
        CheckConstraint(
            "(debit_account = 'wallet') <> (credit_account = 'wallet')", name="one_side_is_a_wallet"
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("bonus_amount BETWEEN 0 AND amount", name="bonus_within_amount"),
        CheckConstraint(
            "(kind = 'message_charge' AND debit_account = 'wallet' AND credit_account = 'usage')"
            " OR (kind = 'message_refund' AND debit_account = 'refunds')"
            " OR (kind IN ('welcome_bonus', 'bonus') AND debit_account = 'bonus'"
            " AND bonus_amount = amount)"
            " OR (kind = 'purchase' AND debit_account = 'sales' AND bonus_amount = 0)"
            " OR (kind IN ('purchase_bonus', 'points') AND debit_account = 'bonus'"
            " AND bonus_amount = amount)"
            " OR (kind = 'deduction' AND credit_account = 'forfeited')"
            " OR (kind IN ('purchase_refund', 'owed_paid') AND credit_account = 'sales'"
            " AND bonus_amount = 0)"
            " OR (kind = 'purchase_bonus_refund' AND credit_account = 'bonus'"
            " AND bonus_amount = amount)"
            " OR (kind = 'refund_failed' AND debit_account = 'sales' AND bonus_amount = 0)"
            " OR (kind = 'bonus_refund_failed' AND debit_account = 'bonus'"
            " AND bonus_amount = amount)",
            name="kind_fits_accounts",
        ),
        CheckConstraint(
            "(kind = 'message_charge') = (price_factors IS NOT NULL)", name="charges_keep_factors"
        ),
        Index("uq_credit_transfers_cause", "kind", "cause_id", unique=True),
        Index("ix_credit_transfers_real_user_id", "real_user_id", "id"),
        # Rows come in the order of time: small, and enough for the days of the books.
        Index("ix_credit_transfers_created_at", "created_at", postgresql_using="brin"),
        Index(
            "ix_credit_transfers_chat_id", "chat_id", postgresql_where=text("chat_id IS NOT NULL")
        ),
    )

    id: Mapped[UUID] = new_id()
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    debit_account: Mapped[str]
    credit_account: Mapped[str]
    amount: Mapped[int]
    #: how much of ``amount`` was given, not bought
    bonus_amount: Mapped[int] = mapped_column(server_default=text("0"))
    kind: Mapped[str]
    #: the message or transaction that caused it; one movement for each cause and kind
    cause_id: Mapped[UUID]
    chat_id: Mapped[UUID | None] = mapped_column(ForeignKey("chats.id"))
    price_factors: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = created_at()


class Transaction(Base):
    """A purchase, money refund, bonus or deduction; message charges live in the ledger only.

    ``provider_reference`` is our own reference, which the provider knows the payment by.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        CheckConstraint("type IN ('purchase', 'refund', 'bonus', 'deduction')", name="type"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint(
            "credits_amount > 0 OR (type = 'refund' AND credits_amount = 0)", name="credits_amount"
        ),
        CheckConstraint("bonus_credits >= 0", name="bonus_credits"),
        CheckConstraint("discount_amount >= 0", name="discount_amount"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint(
            "status IN ('pending', 'processing', 'success', 'failed', 'refunded')", name="status"
        ),
        CheckConstraint(
            "(payment_provider IS NULL) = (provider_reference IS NULL)",
            name="provider_has_reference",
        ),
        CheckConstraint(
            "type <> 'purchase' OR (amount > 0 AND package_snapshot IS NOT NULL"
            " AND provider_reference IS NOT NULL)",
            name="purchase_has_package",
        ),
        CheckConstraint(
            "(status = 'failed') >= (failure_reason IS NOT NULL)", name="only_failures_have_reasons"
        ),
        CheckConstraint(
            "needs_manual_review = (review_reason IS NOT NULL AND reviewed_at IS NULL)",
            name="review_has_reason",
        ),
        CheckConstraint("channel IN ('checkout', 'mpesa')", name="channel"),
        CheckConstraint(
            "(type = 'refund') = (refunds_id IS NOT NULL)", name="refund_of_a_purchase"
        ),
        CheckConstraint("type <> 'refund' OR amount > 0", name="refund_amount"),
        Index(
            "uq_transactions_provider_reference",
            "payment_provider",
            "provider_reference",
            unique=True,
        ),
        Index("ix_transactions_real_user_id", "real_user_id", text("created_at DESC")),
        Index("ix_transactions_status", "status"),
        Index("ix_transactions_package_id", "package_id"),
        Index(
            "ix_transactions_refunds_id",
            "refunds_id",
            postgresql_where=text("refunds_id IS NOT NULL"),
        ),
        Index("ix_transactions_reviewed_by", "reviewed_by"),
        Index(
            "ix_transactions_failed_at",
            "failed_at",
            postgresql_where=text("failed_at IS NOT NULL"),
        ),
        Index(
            "ix_transactions_review",
            "created_at",
            postgresql_where=text("needs_manual_review"),
        ),
    )

    id: Mapped[UUID] = new_id()
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    type: Mapped[str]
    #: the purchase that a refund gives back, or a part of it
    refunds_id: Mapped[UUID | None] = mapped_column(ForeignKey("transactions.id"))
    amount: Mapped[Decimal] = mapped_column(server_default=text("0"))
    currency: Mapped[str] = mapped_column(server_default=text("'KES'"))
    credits_amount: Mapped[int]
    #: given on top of ``credits_amount`` by package and tier; spent first
    bonus_credits: Mapped[int] = mapped_column(server_default=text("0"))
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    payment_provider: Mapped[str | None]
    provider_reference: Mapped[str | None]
    #: what the provider last said of the payment, without anything personal
    provider_response: Mapped[dict[str, Any] | None]
    channel: Mapped[str | None]
    #: the provider's page, while somebody may still pay there
    checkout_url: Mapped[str | None]
    #: a path of ours to lead back to, for example the chat one came from
    return_to: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=text("'pending'"))
    failure_reason: Mapped[str | None]
    webhook_received_count: Mapped[int] = mapped_column(server_default=text("0"))
    last_webhook_at: Mapped[datetime | None]
    package_id: Mapped[UUID | None] = mapped_column(ForeignKey("credit_packages.id"))
    #: the package as it was shown when it was bought; credits come from here, never from elsewhere
    package_snapshot: Mapped[dict[str, Any] | None]
    promo_code: Mapped[str | None]
    discount_amount: Mapped[Decimal] = mapped_column(server_default=text("0"))
    needs_manual_review: Mapped[bool] = mapped_column(server_default=text("false"))
    review_reason: Mapped[str | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("admins.id"))
    reviewed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()
    completed_at: Mapped[datetime | None]
    #: of a purchase that did not come about, as long as it has not all the same
    failed_at: Mapped[datetime | None]
    refunded_at: Mapped[datetime | None]
