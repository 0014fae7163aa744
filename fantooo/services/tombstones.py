"""A user takes an own message back: its words are shown to nobody any more, a tombstone stays.

Nothing else changes. What the message cost stays spent; a chat that waits for an answer goes on
waiting, and credits of a message that nobody answers come back as they would have.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from fantooo.domain.errors import ChatNotFound, NotFound
from fantooo.domain.events import MessageDeleted
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import Chat, Message
from fantooo.queries import chats


def delete_message(chat_id: UUID, message_id: UUID) -> MessageDeleted:
    """Deletes a message that the viewer wrote as a user, for both sides; the row keeps its words.

    Asks nothing of who one is or how the chat stands: suspended people, frozen chats and breaks
    are no reason to keep somebody's words. Again is harmless and answers with the same event
    number. Raises ``ChatNotFound``, and ``NotFound`` for what is not the viewer's own message.
    """
    with unit_of_work() as work:
        # First, as in sending: the event number is drawn under this lock.
        chat = work.session.execute(
            select(*_CHAT).where(Chat.id == chat_id).with_for_update()
        ).one_or_none()
        if chat is None:
            raise ChatNotFound
        message = work.session.execute(
            select(
                Message.id,
                Message.seq,
                Message.changed_seq,
                Message.created_at,
                Message.client_id,
                Message.credits_charged,
                Message.is_free_message,
                Message.deleted_at,
            ).where(
                Message.id == message_id, Message.chat_id == chat_id, Message.sender_type == "real"
            )
        ).one_or_none()
        if message is None:
            raise NotFound
        if message.deleted_at is not None:
            return _event(chat_id, chat, message, message.changed_seq)
        seq = chat.event_seq + 1
        work.session.execute(update(Chat).where(Chat.id == chat_id).values(event_seq=seq))
        work.session.execute(
            update(Message)
            .where(Message.id == message_id, Message.chat_id == chat_id)
            .values(deleted_at=func.now(), changed_seq=seq)
        )
        deleted = _event(chat_id, chat, message, seq)
        work.emit(deleted)
        return deleted


_CHAT = (
    Chat.event_seq,
    Chat.real_user_id,
    Chat.assigned_operator_id,
    *chats.POINTERS,
)


def _event(chat_id: UUID, chat: Any, message: Any, seq: int) -> MessageDeleted:
    return MessageDeleted(
        chat_id=chat_id,
        user_id=chat.real_user_id,
        operator_id=chat.assigned_operator_id,
        seq=seq,
        message_id=message.id,
        message_seq=message.seq,
        created_at=message.created_at,
        client_id=message.client_id,
        price=message.credits_charged,
        is_free=message.is_free_message,
        pointers=chats.pointers(chat),
    )
