"""Leaving: what somebody asked to be done with their data, and what is kept of who has left."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, created_at, new_id


class DataRequest(Base):
    """That somebody wants their account deleted: until ``due_at`` they may change their mind."""

    __tablename__ = "data_requests"
    __table_args__ = (
        CheckConstraint("kind = 'deletion'", name="kind"),
        CheckConstraint("unused IN ('refund', 'forfeit')", name="unused"),
        CheckConstraint(
            "status IN ('pending', 'settling', 'completed', 'cancelled')", name="status"
        ),
        CheckConstraint(
            "(status IN ('completed', 'cancelled')) = (ended_at IS NOT NULL)", name="ended_has_time"
        ),
        CheckConstraint(
            "(status IN ('settling', 'completed')) = (deleted_user_id IS NOT NULL)",
            name="done_leaves_a_record",
        ),
        Index(
            "uq_data_requests_open",
            "real_user_id",
            unique=True,
            postgresql_where=text("status IN ('pending', 'settling')"),
        ),
        Index("ix_data_requests_real_user_id", "real_user_id"),
        Index("ix_data_requests_deleted_user_id", "deleted_user_id"),
        Index(
            "ix_data_requests_due",
            "due_at",
            postgresql_where=text("status IN ('pending', 'settling')"),
        ),
    )

    id: Mapped[UUID] = new_id()
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    kind: Mapped[str] = mapped_column(server_default=text("'deletion'"))
    #: what becomes of bought credits that are left
    unused: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    status: Mapped[str] = mapped_column(server_default=text("'pending'"))
    deleted_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("deleted_users.id"))
    created_at: Mapped[datetime] = created_at()
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class DeletedUser(Base):
    """What is kept of somebody who has left: figures, and no word that leads to a person."""

    __tablename__ = "deleted_users"
    __table_args__ = (
        CheckConstraint("unused_credits >= 0", name="unused_credits"),
        CheckConstraint("refund_amount >= 0", name="refund_amount"),
        Index("ix_deleted_users_date", text("deletion_completed_at DESC")),
    )

    id: Mapped[UUID] = new_id()
    deletion_reason: Mapped[str] = mapped_column(server_default=text("''"))
    deletion_requested_at: Mapped[datetime]
    deletion_completed_at: Mapped[datetime] = created_at()
    account_age_days: Mapped[int]
    total_spent: Mapped[Decimal]
    total_messages_sent: Mapped[int]
    #: in the wallet at the end, before anything went back
    unused_credits: Mapped[int]
    refund_amount: Mapped[Decimal] = mapped_column(server_default=text("0"))
    refund_processed: Mapped[bool] = mapped_column(server_default=text("false"))
    #: true once a job has looked and found nothing left
    data_anonymized: Mapped[bool] = mapped_column(server_default=text("false"))
    messages_anonymized: Mapped[bool] = mapped_column(server_default=text("false"))
