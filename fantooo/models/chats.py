"""A conversation: the chat, its messages, send requests, drafts and staff notes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, counter, created_at, new_id, updated_at


class Chat(Base):
    """One conversation of one user with one character.

    ``event_seq`` rises under the row's lock with every change; read and delivered marks are
    pointers into it. ``waiting_since`` is set while a user's message waits for an answer.
    """

    __tablename__ = "chats"
    __table_args__ = (
        UniqueConstraint("real_user_id", "fictional_user_id"),
        CheckConstraint(
            "status IN ('active', 'idle', 'closed', 'archived', 'escalated')", name="status"
        ),
        CheckConstraint(
            "close_reason IN ('inactivity', 'user', 'operator', 'admin', 'ban',"
            " 'character_withdrawn')",
            name="close_reason",
        ),
        CheckConstraint(
            "(status IN ('closed', 'archived')) = (closed_at IS NOT NULL)", name="closed_has_time"
        ),
        CheckConstraint(
            "NOT (status IN ('idle', 'closed', 'archived') AND waiting_since IS NOT NULL)",
            name="waiting_chats_stay_open",
        ),
        CheckConstraint(
            "NOT (status IN ('closed', 'archived') AND assigned_operator_id IS NOT NULL)",
            name="nobody_holds_closed_chats",
        ),
        CheckConstraint("language IN ('en', 'sw')", name="language"),
        CheckConstraint("free_messages_used >= 0", name="free_messages_used"),
        CheckConstraint("total_credits_spent >= 0", name="total_credits_spent"),
        CheckConstraint(
            "user_read_seq <= event_seq AND operator_read_seq <= event_seq"
            " AND user_delivered_seq <= event_seq AND operator_delivered_seq <= event_seq",
            name="pointers_within_events",
        ),
        CheckConstraint(
            "(assigned_operator_id IS NULL) = (assignment_time IS NULL)", name="assignment_complete"
        ),
        Index("ix_chats_fictional_user_id", "fictional_user_id"),
        Index("ix_chats_inbox", "real_user_id", text("last_message_at DESC NULLS LAST")),
        Index(
            "ix_chats_assigned",
            "assigned_operator_id",
            "waiting_since",
            postgresql_where=text("assigned_operator_id IS NOT NULL"),
        ),
        Index("ix_chats_status_last_message", "status", "last_message_at"),
        Index(
            "ix_chats_waiting", "waiting_since", postgresql_where=text("waiting_since IS NOT NULL")
        ),
    )

    id: Mapped[UUID] = new_id()
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    fictional_user_id: Mapped[UUID] = mapped_column(ForeignKey("fictional_users.id"))
    status: Mapped[str] = mapped_column(server_default=text("'active'"))
    close_reason: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    assigned_operator_id: Mapped[UUID | None] = mapped_column(ForeignKey("operators.id"))
    assignment_time: Mapped[datetime | None]
    #: the fencing number: raised by each assignment, a reply under an older one is refused
    assignment_count: Mapped[int] = mapped_column(server_default=text("0"))
    #: who answered last; preferred when the chat needs somebody again
    last_operator_id: Mapped[UUID | None] = mapped_column(ForeignKey("operators.id"))
    event_seq: Mapped[int] = counter()
    user_read_seq: Mapped[int] = counter()
    user_delivered_seq: Mapped[int] = counter()
    operator_read_seq: Mapped[int] = counter()
    operator_delivered_seq: Mapped[int] = counter()
    message_count: Mapped[int] = counter()
    free_messages_used: Mapped[int] = mapped_column(server_default=text("0"))
    paid_messages_count: Mapped[int] = counter()
    total_credits_spent: Mapped[int] = counter()
    #: the character's messages since the user's last one; three at most
    replies_in_row: Mapped[int] = mapped_column(server_default=text("0"))
    #: what to answer in, when an operator chose it; else what the person asked for on /me
    language: Mapped[str | None]
    is_frozen: Mapped[bool] = mapped_column(server_default=text("false"))
    waiting_since: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    first_message_at: Mapped[datetime | None]
    last_message_at: Mapped[datetime | None]
    last_message_id: Mapped[UUID | None]
    last_user_message_at: Mapped[datetime | None]
    last_fictional_message_at: Mapped[datetime | None]
    #: seq of each side's newest message, so that unread and `seen` need no look at messages
    last_user_seq: Mapped[int] = counter()
    last_fictional_seq: Mapped[int] = counter()
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = updated_at()


class Message(Base):
    """One message. Partitioned by month of its UUIDv7; ``seq`` is its place in the chat."""

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("sender_type IN ('real', 'fictional')", name="sender_type"),
        CheckConstraint(
            "content_type IN ('text', 'image', 'voice', 'video', 'gif')", name="content_type"
        ),
        CheckConstraint("char_length(content) BETWEEN 1 AND 1000", name="content_length"),
        CheckConstraint("status IN ('sent', 'failed')", name="status"),
        CheckConstraint("credits_charged >= 0", name="credits_charged"),
        CheckConstraint("NOT (is_free_message AND credits_charged > 0)", name="free_costs_nothing"),
        CheckConstraint(
            "(sender_type = 'fictional') = (handled_by_operator_id IS NOT NULL)",
            name="replies_have_an_operator",
        ),
        CheckConstraint("sender_type = 'real' OR credits_charged = 0", name="receiving_is_free"),
        CheckConstraint("changed_seq >= seq AND seq > 0", name="seq_order"),
        Index("ix_messages_chat_id_id", "chat_id", "id"),
        Index("ix_messages_chat_id_changed_seq", "chat_id", "changed_seq"),
        Index("ix_messages_handled_by_operator_id", "handled_by_operator_id", "id"),
        {"postgresql_partition_by": "RANGE (id)"},
    )

    id: Mapped[UUID] = new_id()
    chat_id: Mapped[UUID] = mapped_column(ForeignKey("chats.id"))
    seq: Mapped[int]
    changed_seq: Mapped[int]
    sender_type: Mapped[str]
    content: Mapped[str]
    content_type: Mapped[str] = mapped_column(server_default=text("'text'"))
    client_id: Mapped[UUID | None]
    handled_by_operator_id: Mapped[UUID | None] = mapped_column(ForeignKey("operators.id"))
    is_free_message: Mapped[bool] = mapped_column(server_default=text("false"))
    credits_charged: Mapped[int] = mapped_column(server_default=text("0"))
    is_edited: Mapped[bool] = mapped_column(server_default=text("false"))
    edited_by_staff: Mapped[bool] = mapped_column(server_default=text("false"))
    status: Mapped[str] = mapped_column(server_default=text("'sent'"))
    created_at: Mapped[datetime] = created_at()
    deleted_at: Mapped[datetime | None]


class SendRequest(Base):
    """The answer given to one client id, so that a repeat gets the same one and pays nothing."""

    __tablename__ = "send_requests"
    __table_args__ = (
        CheckConstraint("seq > 0", name="seq"),
        Index("ix_send_requests_created_at", "created_at", postgresql_using="brin"),
    )

    chat_id: Mapped[UUID] = mapped_column(ForeignKey("chats.id"), primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    #: in the key, so that one side's id never stands in the other's way
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID]
    seq: Mapped[int]
    price: Mapped[int]
    balance: Mapped[int]
    free_messages_used: Mapped[int]
    created_at: Mapped[datetime] = created_at()


class MessageDraft(Base):
    """What somebody has typed in a chat and not sent yet."""

    __tablename__ = "message_drafts"
    __table_args__ = (
        CheckConstraint("char_length(content) BETWEEN 1 AND 1000", name="content_length"),
        Index("ix_message_drafts_account_id", "account_id"),
    )

    chat_id: Mapped[UUID] = mapped_column(ForeignKey("chats.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[str]
    updated_at: Mapped[datetime] = updated_at()


class ProfileNote(Base):
    """What the team knows about a user, or has settled about a character. Never shown to users."""

    __tablename__ = "profile_notes"
    __table_args__ = (
        CheckConstraint(
            "(real_user_id IS NULL) <> (fictional_user_id IS NULL)", name="one_subject"
        ),
        CheckConstraint("char_length(content) <= 4000", name="content_length"),
        CheckConstraint("version > 0", name="version"),
        Index("uq_profile_notes_real_user_id", "real_user_id", unique=True),
        Index("uq_profile_notes_fictional_user_id", "fictional_user_id", unique=True),
        Index("ix_profile_notes_updated_by", "updated_by"),
    )

    id: Mapped[UUID] = new_id()
    real_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("real_users.id"))
    fictional_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("fictional_users.id"))
    content: Mapped[str] = mapped_column(server_default=text("''"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    updated_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    updated_at: Mapped[datetime] = updated_at()


class ProfileNoteHistory(Base):
    """Earlier texts of a note, one row for each author's turn."""

    __tablename__ = "profile_note_history"
    __table_args__ = (
        Index("ix_profile_note_history_note_id", "note_id"),
        Index("ix_profile_note_history_written_by", "written_by"),
    )

    id: Mapped[UUID] = new_id()
    note_id: Mapped[UUID] = mapped_column(ForeignKey("profile_notes.id"))
    content: Mapped[str]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    written_at: Mapped[datetime]
