"""A chat's life: opening, read marks, drafts, idling and closing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from fantooo.domain import people, states, text
from fantooo.domain.errors import ChatNotFound, NotFound, ValidationError
from fantooo.domain.events import ChatRead
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import Chat, FictionalUser, MessageDraft
from fantooo.queries import chats, settings
from fantooo.services import assignment

Side = Literal["user", "operator"]


def open_chat(character_id: UUID, user_id: UUID) -> UUID:
    """The user's chat with a character, made if there is none yet (the original's DuplicateChat).

    Raises ``NotFound`` for a character that is not published.
    """
    with unit_of_work() as work:
        existing = chats.chat_with(character_id, user_id)
        if existing:
            return existing
        published = work.session.scalar(
            select(FictionalUser.id).where(
                FictionalUser.id == character_id,
                FictionalUser.is_active,
                FictionalUser.deleted_at.is_(None),
            )
        )
        if published is None:
            raise NotFound
        work.session.execute(
            insert(Chat)
            .values(real_user_id=user_id, fictional_user_id=character_id)
            .on_conflict_do_nothing(index_elements=["real_user_id", "fictional_user_id"])
        )
        made = chats.chat_with(character_id, user_id)
        if made is None:
            raise ChatNotFound
        return made


def mark(chat_id: UUID, *, side: Side, read: int, delivered: int) -> bool:
    """Moves one side's read and delivered marks forward, never back, never past the last event.

    Returns whether something moved; then it is one event of the chat. Raises ``ChatNotFound``.
    """
    read_column, delivered_column = (
        (Chat.user_read_seq, Chat.user_delivered_seq)
        if side == "user"
        else (Chat.operator_read_seq, Chat.operator_delivered_seq)
    )
    with unit_of_work() as work:
        row = work.session.execute(
            select(
                Chat.event_seq,
                Chat.last_user_seq,
                Chat.last_fictional_seq,
                read_column.label("read"),
                delivered_column.label("delivered"),
            )
            .where(Chat.id == chat_id)
            .with_for_update()
        ).one_or_none()
        if row is None:
            raise ChatNotFound
        # Beyond the other side's newest message there is nothing to read: two open pages must
        # not answer each other's marks with marks for ever.
        newest = row.last_fictional_seq if side == "user" else row.last_user_seq
        new_read = max(row.read, min(read, newest))
        new_delivered = max(row.delivered, new_read, min(delivered, newest))
        if (new_read, new_delivered) == (row.read, row.delivered):
            return False
        moved = work.session.execute(
            update(Chat)
            .where(Chat.id == chat_id)
            .values(
                {
                    Chat.event_seq: Chat.event_seq + 1,
                    read_column: new_read,
                    delivered_column: new_delivered,
                }
            )
            .returning(
                Chat.event_seq,
                Chat.real_user_id,
                Chat.assigned_operator_id,
                *chats.POINTERS,
            )
        ).one()
        work.emit(
            ChatRead(
                side,
                chat_id,
                moved.real_user_id,
                moved.assigned_operator_id,
                moved.event_seq,
                chats.pointers(moved),
            )
        )
    return True


def set_language(chat_id: UUID, language: str) -> None:
    """What a chat is answered in from now on, as its operator heard. Raises ``ChatNotFound``."""
    if language not in people.LANGUAGES:
        raise ValidationError({"language": "Choose one"})
    with unit_of_work() as work:
        chats.get_chat(chat_id)
        work.session.execute(update(Chat).where(Chat.id == chat_id).values(language=language))


def save_draft(chat_id: UUID, account_id: UUID, content: str) -> None:
    """Keeps what somebody has typed; an empty text removes the draft. Raises ``ChatNotFound``."""
    kept = text.clean(content)
    if len(kept) > text.MESSAGE_MAX:
        raise ValidationError({"content": "The draft is too long."})
    with unit_of_work() as work:
        chats.get_chat(chat_id)
        if kept:
            work.session.execute(
                insert(MessageDraft)
                .values(chat_id=chat_id, account_id=account_id, content=kept)
                .on_conflict_do_update(
                    index_elements=["chat_id", "account_id"], set_={"content": kept}
                )
            )
        else:
            work.session.execute(
                delete(MessageDraft).where(
                    MessageDraft.chat_id == chat_id, MessageDraft.account_id == account_id
                )
            )


def idle_quiet_chats(now: datetime | None = None) -> int:
    """Chats quiet for 30 minutes become idle; never one that waits for us. Returns how many."""
    now = now or datetime.now(UTC)
    with unit_of_work(as_system=True) as work:
        limit = now - timedelta(minutes=settings.current(fresh=True).idle_after_minutes)
        rows = work.session.execute(
            update(Chat)
            .where(
                Chat.status == "active",
                Chat.waiting_since.is_(None),
                func.coalesce(Chat.last_message_at, Chat.created_at) <= limit,
            )
            .values(status="idle")
            .returning(Chat.id)
        ).all()
        return len(rows)


def close_quiet_chats(now: datetime | None = None) -> int:
    """Chats quiet for 24 hours are closed for inactivity and leave their operator."""
    now = now or datetime.now(UTC)
    with unit_of_work(as_system=True) as work:
        limit = now - timedelta(hours=settings.current(fresh=True).close_after_hours)
        due = list(
            work.session.scalars(
                select(Chat.id).where(
                    Chat.status.in_(states.sources(states.CHAT, "closed")),
                    Chat.status != "escalated",
                    Chat.waiting_since.is_(None),
                    func.coalesce(Chat.last_message_at, Chat.created_at) <= limit,
                )
            )
        )
    closed = 0
    for chat_id in due:
        with unit_of_work(as_system=True) as work:
            chat = work.session.scalars(
                select(Chat).where(Chat.id == chat_id).with_for_update()
            ).one()
            work.session.refresh(chat)
            quiet = (chat.last_message_at or chat.created_at) <= limit
            if chat.waiting_since is not None or not quiet or chat.status == "closed":
                continue
            states.check_transition(states.CHAT, chat.status, "closed")
            assignment.end_for_closing(work, chat)
            chat.status = "closed"
            chat.close_reason = "inactivity"
            chat.closed_at = now
        closed += 1
    return closed


def archive_closed_chats(now: datetime | None = None) -> int:
    """Chats closed for 90 days are archived; a new message still opens them again."""
    now = now or datetime.now(UTC)
    with unit_of_work(as_system=True) as work:
        limit = now - timedelta(days=settings.current().archive_after_days)
        rows = work.session.execute(
            update(Chat)
            .where(Chat.status == "closed", Chat.closed_at <= limit)
            .values(status="archived")
            .returning(Chat.id)
        ).all()
        return len(rows)
