"""Giving back: refunds of messages, what a second admin decides, disputed payments."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, created_at, new_id


class CreditRefund(Base):
    """Credits of a message that came back, or that somebody asks to have back.

    The movement itself is in the ledger; this row says why, and who decided.
    """

    __tablename__ = "credit_refunds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "reason IN ('accidental_send', 'inappropriate_content', 'system_error',"
            " 'admin_discretion', 'account_deletion', 'unanswered')",
            name="reason",
        ),
        CheckConstraint("status IN ('pending', 'completed', 'rejected')", name="status"),
        CheckConstraint(
            "(message_id IS NULL) = (reason = 'account_deletion')", name="is_of_a_message"
        ),
        CheckConstraint("(message_id IS NULL) = (chat_id IS NULL)", name="message_has_chat"),
        CheckConstraint("(status = 'pending') = (processed_at IS NULL)", name="ended_has_time"),
        CheckConstraint(
            "reason IN ('unanswered', 'account_deletion')"
            " OR (status = 'pending') = (processed_by IS NULL)",
            name="ended_by_somebody",
        ),
        CheckConstraint("char_length(words) <= 500", name="words_length"),
        CheckConstraint("char_length(notes) <= 500", name="notes_length"),
        # Messages are partitioned by month and outlived by this: no foreign key.
        Index(
            "uq_credit_refunds_message_id",
            "message_id",
            unique=True,
            postgresql_where=text("status <> 'rejected'"),
        ),
        Index("ix_credit_refunds_user_id", "user_id", text("created_at DESC")),
        Index("ix_credit_refunds_processed_by", "processed_by"),
        Index("ix_credit_refunds_chat_id", "chat_id"),
        Index("ix_credit_refunds_open", "created_at", postgresql_where=text("status = 'pending'")),
    )

    id: Mapped[UUID] = new_id()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    amount: Mapped[int]
    reason: Mapped[str]
    message_id: Mapped[UUID | None]
    chat_id: Mapped[UUID | None] = mapped_column(ForeignKey("chats.id"))
    #: None while it waits, and when nobody had to decide
    processed_by: Mapped[UUID | None] = mapped_column(ForeignKey("admins.id"))
    #: what the user said when asking
    words: Mapped[str] = mapped_column(server_default=text("''"))
    #: what the admin said when deciding; the user reads it
    notes: Mapped[str] = mapped_column(server_default=text("''"))
    status: Mapped[str] = mapped_column(server_default=text("'completed'"))
    requested_by_user: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = created_at()
    processed_at: Mapped[datetime | None]


class Approval(Base):
    """Something above a set amount that one wants done and another has to agree to."""

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('message_refund', 'credit_grant', 'money_refund', 'withdrawal')", name="kind"
        ),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("unit = 'credits' OR unit ~ '^[A-Z]{3}$'", name="unit"),
        CheckConstraint("status IN ('pending', 'done', 'rejected')", name="status"),
        CheckConstraint("decided_by <> requested_by", name="four_eyes"),
        CheckConstraint(
            "(status = 'pending') = (decided_by IS NULL)"
            " AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="decided_by_somebody",
        ),
        Index(
            "uq_approvals_open",
            "kind",
            "subject_id",
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_approvals_user_id", "user_id"),
        Index("ix_approvals_requested_by", "requested_by"),
        Index("ix_approvals_decided_by", "decided_by"),
    )

    id: Mapped[UUID] = new_id()
    kind: Mapped[str]
    #: the refund, the purchase, or the user that is to get credits
    subject_id: Mapped[UUID]
    #: whose wallet it is about
    user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    amount: Mapped[Decimal]
    #: ``credits``, or a currency
    unit: Mapped[str]
    #: what the action needs beside subject and amount
    payload: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    status: Mapped[str] = mapped_column(server_default=text("'pending'"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("admins.id"))
    decision_reason: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[datetime] = created_at()
    decided_at: Mapped[datetime | None]


class Dispute(Base):
    """A payment that the payer's bank wants back, followed to its end."""

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'won', 'lost')", name="status"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("owed_credits >= 0", name="owed_credits"),
        CheckConstraint("(status = 'open') = (resolved_at IS NULL)", name="ended_has_time"),
        Index("uq_disputes_provider_id", "provider_id", unique=True),
        Index("ix_disputes_transaction_id", "transaction_id"),
        Index("ix_disputes_refund_id", "refund_id"),
        Index("ix_disputes_open", "due_at", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = new_id()
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("transactions.id"))
    provider_id: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(server_default=text("'open'"))
    #: the provider's own word for where it stands
    provider_status: Mapped[str]
    due_at: Mapped[datetime | None]
    amount: Mapped[Decimal]
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    #: the provider's word for how it ended
    resolution: Mapped[str | None]
    #: the refund that a lost one is booked as; None when there was nothing left to book
    refund_id: Mapped[UUID | None] = mapped_column(ForeignKey("transactions.id"))
    #: credits of a lost one that had been spent
    owed_credits: Mapped[int] = mapped_column(server_default=text("0"))
    evidence_sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()
    resolved_at: Mapped[datetime | None]
