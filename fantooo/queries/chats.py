"""A chat as its two sides see it: its newest messages, older ones, and what changed since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Uuid, bindparam, func, select

from fantooo.domain.asking import asks_if_real
from fantooo.domain.errors import ChatNotFound, NotFound
from fantooo.domain.events import MessageDeleted, MessageSent, Pointers
from fantooo.extensions import db
from fantooo.models import Chat, CreditTransfer, FictionalUser, Message, MessageDraft
from fantooo.queries import inbox, settings

WINDOW = 50
#: a page that missed more reloads its window instead
MAX_CHANGES = 200


# Made once: putting these together takes as long as asking for them.
_CHAT: ColumnElement[UUID] = bindparam("chat_id", type_=Uuid())
_USER: ColumnElement[UUID] = bindparam("user_id", type_=Uuid())
_UNREAD = inbox.count_unread(_USER).scalar_subquery().label("unread")
_BESIDE = select(
    select(MessageDraft.content)
    .where(MessageDraft.chat_id == _CHAT, MessageDraft.account_id == _USER)
    .scalar_subquery()
    .label("draft"),
    select(func.coalesce(func.sum(CreditTransfer.amount), 0))
    .where(CreditTransfer.chat_id == _CHAT, CreditTransfer.kind == "message_refund")
    .scalar_subquery()
    .label("returned"),
    _UNREAD,
)
_GET_CHAT = (
    select(
        Chat.id,
        Chat.status,
        Chat.real_user_id,
        Chat.fictional_user_id,
        FictionalUser.name,
        Chat.assigned_operator_id,
        Chat.assignment_count,
        Chat.event_seq,
        Chat.free_messages_used,
        Chat.waiting_since,
        Chat.assignment_time,
        Chat.user_read_seq,
        Chat.operator_read_seq,
        Chat.user_delivered_seq,
        Chat.operator_delivered_seq,
        Chat.message_count,
        Chat.last_fictional_seq,
    )
    .join(FictionalUser, FictionalUser.id == Chat.fictional_user_id)
    .where(Chat.id == _CHAT)
)
_CHAT_WITH = select(Chat.id).where(
    Chat.real_user_id == _USER,
    Chat.fictional_user_id == bindparam("character_id", type_=Uuid()),
)
_BESIDE_PROFILE = select(_CHAT_WITH.where(Chat.message_count > 0).exists().label("begun"), _UNREAD)


@dataclass(frozen=True)
class MessageView:
    """One bubble."""

    id: UUID
    seq: int
    changed_seq: int
    sender_type: str
    content: str | None
    created_at: datetime
    is_edited: bool
    edited_by_staff: bool
    is_deleted: bool
    is_free_message: bool
    credits_charged: int
    status: str
    client_id: str
    #: the character's name when the text asks whether it is real: below it stands that it is not
    asks_about: str = ""


@dataclass(frozen=True)
class ChatView:
    """The chat around the bubbles, for one side of it."""

    id: UUID
    status: str
    real_user_id: UUID
    character_id: UUID
    character_name: str
    assigned_operator_id: UUID | None
    assignment_number: int
    event_seq: int
    free_used: int
    waiting: bool
    waiting_since: datetime | None
    assignment_time: datetime | None
    pointers: Pointers
    message_count: int
    #: whether the character has answered at least once
    has_reply: bool


@dataclass(frozen=True)
class Conversation:
    """A window of messages, oldest first."""

    messages: list[MessageView]
    has_older: bool

    @property
    def oldest(self) -> str:
        """Id of the first message, empty when there is none."""
        return str(self.messages[0].id) if self.messages else ""


@dataclass(frozen=True)
class Beside:
    """What the user has typed and not sent, what came back unanswered, and unread chats in all."""

    draft: str
    returned: int
    unread_chats: int


@dataclass(frozen=True)
class Changes:
    """What happened in a chat after an event number, in order. ``reload``: too much to list."""

    chat: ChatView
    messages: list[MessageView]
    reload: bool


def get_chat(chat_id: UUID) -> ChatView:
    """The viewer's own chat. Raises ``ChatNotFound`` for all others: row security answers."""
    row = db.session.execute(_GET_CHAT, {"chat_id": chat_id}).one_or_none()
    if row is None:
        raise ChatNotFound
    return ChatView(
        id=row.id,
        status=row.status,
        real_user_id=row.real_user_id,
        character_id=row.fictional_user_id,
        character_name=row.name,
        assigned_operator_id=row.assigned_operator_id,
        assignment_number=row.assignment_count,
        event_seq=row.event_seq,
        free_used=row.free_messages_used,
        waiting=row.waiting_since is not None,
        waiting_since=row.waiting_since,
        assignment_time=row.assignment_time,
        pointers=pointers(row),
        message_count=row.message_count,
        has_reply=row.last_fictional_seq > 0,
    )


POINTERS = (
    Chat.user_read_seq,
    Chat.operator_read_seq,
    Chat.user_delivered_seq,
    Chat.operator_delivered_seq,
)


def pointers(row: Any) -> Pointers:
    """How far both sides have come, of a row that has ``POINTERS``."""
    return Pointers(
        row.user_read_seq, row.operator_read_seq, row.user_delivered_seq, row.operator_delivered_seq
    )


def window(chat: ChatView, *, before: UUID | None = None) -> Conversation:
    """The newest messages of a chat, or those before one; pages by id, newest partition first."""
    statement = _messages().where(Message.chat_id == chat.id)
    if before is not None:
        statement = statement.where(Message.id < before)
    rows = db.session.execute(statement.order_by(Message.id.desc()).limit(WINDOW + 1)).all()
    shown = rows[:WINDOW]
    return Conversation([_view(row, chat) for row in reversed(shown)], len(rows) > WINDOW)


def changes(chat_id: UUID, *, seen: int, oldest: UUID | None) -> Changes:
    """Messages sent, edited or deleted after event ``seen``, on a page that begins at ``oldest``.

    Complete and in commit order, and opens only the months on the page. The chat is read before
    the messages, so that a message which comes between is in the next answer, never lost.
    """
    chat = get_chat(chat_id)
    if seen >= chat.event_seq:
        return Changes(chat, [], reload=False)
    statement = _messages().where(
        Message.chat_id == chat_id,
        Message.changed_seq > seen,
        Message.changed_seq <= chat.event_seq,
    )
    if oldest is not None:
        statement = statement.where(Message.id >= oldest)
    rows = db.session.execute(statement.order_by(Message.changed_seq).limit(MAX_CHANGES + 1)).all()
    return Changes(
        chat,
        [_view(row, chat) for row in rows[:MAX_CHANGES]],
        reload=len(rows) > MAX_CHANGES,
    )


def stored_content(message_id: UUID) -> str:
    """The text of one of the viewer's messages; empty when it was deleted since."""
    return (
        db.session.scalar(
            select(Message.content).where(Message.id == message_id, Message.deleted_at.is_(None))
        )
        or ""
    )


def own_message(chat_id: UUID, message_id: UUID) -> MessageView:
    """A message that the viewer wrote as a user. Raises ``ChatNotFound`` or ``NotFound``."""
    chat = get_chat(chat_id)
    row = db.session.execute(
        _messages().where(
            Message.chat_id == chat_id, Message.id == message_id, Message.sender_type == "real"
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return _view(row, chat)


def asked_about(chat_id: UUID, content: str) -> str:
    """The name of the viewer's character if ``content`` asks whether it is real, else nothing."""
    if not asks_if_real(content):
        return ""
    return get_chat(chat_id).character_name


def answer_left(chat: ChatView) -> int | None:
    """Seconds until the silence rule takes a held chat away, below zero when it is late.

    None when the chat does not wait.
    """
    if chat.waiting_since is None or chat.assignment_time is None:
        return None
    since = max(chat.waiting_since, chat.assignment_time)
    left = settings.current().return_after - (datetime.now(UTC) - since).total_seconds()
    return int(left)


def beside(chat_id: UUID, user_id: UUID) -> Beside:
    """What the user's page of a chat shows beside the messages, in one read."""
    row = db.session.execute(_BESIDE, {"chat_id": chat_id, "user_id": user_id}).one()
    return Beside(row.draft or "", int(row.returned), row.unread)


def beside_profile(character_id: UUID, user_id: UUID) -> tuple[bool, int]:
    """Whether something was written with a character, and how many chats hold something unread."""
    row = db.session.execute(
        _BESIDE_PROFILE, {"character_id": character_id, "user_id": user_id}
    ).one()
    return row.begun, row.unread


def chat_with(character_id: UUID, user_id: UUID) -> UUID | None:
    """The id of the user's chat with a character, if there is one."""
    return db.session.scalar(_CHAT_WITH, {"character_id": character_id, "user_id": user_id})


def view_of(event: MessageSent) -> MessageView:
    """The bubble of a message that was just sent, without reading it again."""
    return MessageView(
        id=event.message_id,
        seq=event.seq,
        changed_seq=event.seq,
        sender_type=event.sender_type,
        content=event.content or None,
        created_at=event.created_at,
        is_edited=False,
        edited_by_staff=False,
        # Nobody sends an empty text: without one, this is what a repeat finds of a deleted message.
        is_deleted=not event.content,
        is_free_message=event.is_free,
        credits_charged=event.price,
        status="sent",
        client_id=str(event.client_id),
        asks_about=event.asks_about,
    )


def tombstone_of(event: MessageDeleted) -> MessageView:
    """What stands in the place of a message that was just deleted, without reading it again."""
    return MessageView(
        id=event.message_id,
        seq=event.message_seq,
        changed_seq=event.seq,
        sender_type="real",
        content=None,
        created_at=event.created_at,
        is_edited=False,
        edited_by_staff=False,
        is_deleted=True,
        is_free_message=event.is_free,
        credits_charged=event.price,
        status=_status("real", event.message_seq, event.pointers),
        client_id=str(event.client_id or ""),
    )


def _messages() -> Select[tuple[object, ...]]:
    return select(  # type: ignore[return-value]
        Message.id,
        Message.seq,
        Message.changed_seq,
        Message.sender_type,
        Message.content,
        Message.created_at,
        Message.is_edited,
        Message.edited_by_staff,
        Message.deleted_at,
        Message.is_free_message,
        Message.credits_charged,
        Message.client_id,
    )


def _view(row: Row[tuple[object, ...]], chat: ChatView) -> MessageView:
    values = row._mapping  # noqa: SLF001 (SQLAlchemy's public name)
    shown = None if values["deleted_at"] else values["content"]
    asks = shown and values["sender_type"] == "real" and asks_if_real(shown)
    return MessageView(
        id=values["id"],
        seq=values["seq"],
        changed_seq=values["changed_seq"],
        sender_type=values["sender_type"],
        content=shown,
        created_at=values["created_at"],
        is_edited=values["is_edited"],
        edited_by_staff=values["edited_by_staff"],
        is_deleted=values["deleted_at"] is not None,
        is_free_message=values["is_free_message"],
        credits_charged=values["credits_charged"],
        status=_status(values["sender_type"], values["seq"], chat.pointers),
        client_id=str(values["client_id"] or ""),
        asks_about=chat.character_name if asks else "",
    )


def _status(sender_type: str, seq: int, pointers: Pointers) -> str:
    """How far a message has come, by the other side's marks."""
    read, delivered = (
        (pointers.operator, pointers.delivered_operator)
        if sender_type == "real"
        else (pointers.user, pointers.delivered_user)
    )
    if seq <= read:
        return "read"
    return "delivered" if seq <= delivered else "sent"
