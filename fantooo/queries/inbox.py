"""A user's chats, newest first, with what is unread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, bindparam, case, cast, func, select

from fantooo.extensions import db
from fantooo.models import Chat, FictionalUser, Message
from fantooo.queries import pictures
from fantooo.queries.pictures import Picture

PAGE_SIZE = 50


@dataclass(frozen=True)
class InboxRow:
    """One chat in the list."""

    chat_id: UUID
    character_name: str
    #: the first one that is ready
    picture: Picture | None
    last_text: str
    last_sender: str
    last_at: datetime | None
    unread: int
    waiting: bool
    status: str


def unread_chats(user_id: UUID | None) -> int:
    """How many of the user's chats hold an unread reply."""
    return db.session.scalar(_COUNT_UNREAD, {"user_id": user_id}) or 0


def count_unread(user_id: UUID | ColumnElement[UUID] | None) -> Select[int]:
    """The statement behind ``unread_chats``, for pages that ask for more at once."""
    return (
        select(func.count())
        .select_from(Chat)
        .where(Chat.real_user_id == user_id, Chat.last_fictional_seq > Chat.user_read_seq)
    )


_COUNT_UNREAD = count_unread(bindparam("user_id", type_=Uuid()))


def rows(user_id: UUID) -> list[InboxRow]:
    """The user's newest chats in one query: the last message is found by its id, unread by seq."""
    unread = (
        select(func.count())
        .where(
            Message.chat_id == Chat.id,
            Message.sender_type == "fictional",
            Message.seq > Chat.user_read_seq,
            Message.deleted_at.is_(None),
        )
        .correlate(Chat)
        .scalar_subquery()
    )
    last = (
        select(Message.content, Message.sender_type, Message.deleted_at)
        .where(Message.id == Chat.last_message_id)
        .correlate(Chat)
        .lateral("last")
    )
    found = db.session.execute(
        select(
            Chat.id,
            FictionalUser.name,
            pictures.of_character(1).label("pictures"),
            func.left(cast(last.c.content, Text), 140).label("last_text"),
            last.c.sender_type.label("last_sender"),
            last.c.deleted_at.label("last_deleted"),
            Chat.last_message_at,
            Chat.waiting_since,
            Chat.status,
            # Counting opens messages only for the few chats that have something unread.
            case((Chat.last_fictional_seq > Chat.user_read_seq, unread), else_=0).label("unread"),
        )
        .join(FictionalUser, FictionalUser.id == Chat.fictional_user_id)
        .outerjoin(last, last.c.content.is_not(None))
        .where(Chat.real_user_id == user_id)
        .order_by(Chat.last_message_at.desc().nulls_last(), Chat.id.desc())
        .limit(PAGE_SIZE)
    ).all()
    return [
        InboxRow(
            chat_id=row.id,
            character_name=row.name,
            picture=pictures.first(row.pictures),
            last_text="Message deleted" if row.last_deleted else row.last_text or "",
            last_sender=row.last_sender or "",
            last_at=row.last_message_at,
            unread=row.unread,
            waiting=row.waiting_since is not None,
            status=row.status,
        )
        for row in found
    ]
