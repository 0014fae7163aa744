"""Who waits for an operator, and who held which chat when."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, created_at, new_id


class ChatQueueEntry(Base):
    """A chat that waits for an operator; one entry a chat.

    The rank is ``priority_score`` plus a point for each 20 seconds of waiting (a setting). Because
    that grows alike for all, the order is ``entered_queue_at`` less what the score is worth.
    The table is small (who waits now), so that order needs no index.
    """

    __tablename__ = "chat_queue"
    __table_args__ = (
        CheckConstraint("priority IN ('urgent', 'high', 'normal', 'low')", name="priority"),
        CheckConstraint("priority_score >= 0", name="priority_score"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("uq_chat_queue_chat_id", "chat_id", unique=True),
        Index("ix_chat_queue_preferred_operator_id", "preferred_operator_id"),
    )

    id: Mapped[UUID] = new_id()
    chat_id: Mapped[UUID] = mapped_column(ForeignKey("chats.id"))
    priority: Mapped[str]
    priority_score: Mapped[int]
    #: the points by name, so that the reason can be shown
    score_parts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    user_tier: Mapped[str]
    user_lifetime_value: Mapped[Decimal] = mapped_column(server_default=text("0"))
    required_specializations: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    language: Mapped[str] = mapped_column(server_default=text("'en'"))
    preferred_operator_id: Mapped[UUID | None] = mapped_column(ForeignKey("operators.id"))
    excluded_operator_ids: Mapped[list[UUID]] = mapped_column(server_default=text("'{}'"))
    #: its character speaks in as many waiting chats as one voice should; kept by the sweep
    held_back: Mapped[bool] = mapped_column(server_default=text("false"))
    entered_queue_at: Mapped[datetime] = created_at()
    #: assignments that ended without an answer
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    escalated_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()


class ChatAssignment(Base):
    """One operator's turn with a chat: who held it, under which fencing number, how it ended."""

    __tablename__ = "chat_assignments"
    __table_args__ = (
        CheckConstraint(
            "end_reason IN ('handed_back', 'silence', 'heartbeat_lost', 'offline', 'closed',"
            " 'suspended', 'reassigned')",
            name="end_reason",
        ),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended_with_reason"),
        CheckConstraint("number > 0", name="number"),
        Index("uq_chat_assignments_chat_id_number", "chat_id", "number", unique=True),
        Index(
            "uq_chat_assignments_one_holder",
            "chat_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_chat_assignments_operator_id", "operator_id", text("assigned_at DESC")),
    )

    id: Mapped[UUID] = new_id()
    chat_id: Mapped[UUID] = mapped_column(ForeignKey("chats.id"))
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("operators.id"))
    number: Mapped[int]
    #: why this operator was chosen
    routing_reason: Mapped[str] = mapped_column(server_default=text("''"))
    assigned_at: Mapped[datetime] = created_at()
    first_reply_at: Mapped[datetime | None]
    #: seconds from the user's waiting message to the first reply of this turn
    first_reply_seconds: Mapped[int | None]
    replies: Mapped[int] = mapped_column(server_default=text("0"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    end_note: Mapped[str | None]
