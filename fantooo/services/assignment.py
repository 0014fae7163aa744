"""Who answers which chat: assigning in both directions, the queue, and giving back.

One assigner works at a time (an advisory lock): only so do the highest-ranked chats get the
last free places, whatever the concurrency. It picks without row locks, then locks the chat and
the operator, checks again, and commits one assignment a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from fantooo.domain import ranking
from fantooo.domain.errors import AssignmentEnded, ChatNotFound, ValidationError
from fantooo.domain.events import (
    ChatAssigned,
    ChatUnassigned,
    QueueChanged,
)
from fantooo.domain.ranking import Candidate, Waiting
from fantooo.domain.settings import SystemSettings
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import (
    Chat,
    ChatAssignment,
    ChatQueueEntry,
    FictionalUser,
    Operator,
    RealUser,
)
from fantooo.queries import settings, team as members

log = structlog.get_logger(__name__)

_ASSIGNER = text("SELECT pg_advisory_xact_lock(hashtext('fantooo_assigner'))")
#: chats looked at in one transaction before giving up on a full house
_LOOK_AT = 200


def assign_waiting() -> int:
    """Assigns waiting chats, most urgent first, until no operator has room. Returns how many."""
    assigned = 0
    while True:
        with unit_of_work(as_system=True) as work:
            if not _assign_next(work, settings.current()):
                return assigned
        assigned += 1


def assign_soon() -> None:
    """``assign_waiting`` for callers whose own work is done: a failure is logged, not theirs.

    The sweep stands behind it every few seconds.
    """
    try:
        assign_waiting()
    except Exception:
        log.exception("assigning_failed")


def anybody_waits() -> bool:
    """Whether there is a chat in the queue."""
    with unit_of_work(as_system=True) as work:
        return bool(work.session.scalar(select(select(ChatQueueEntry.id).exists())))


def hand_back(*, chat_id: UUID, operator_id: UUID, number: int, reason: str) -> None:
    """An operator gives a chat back with a reason; if it waits, it goes to somebody else.

    Raises ``ValidationError`` without a reason, ``AssignmentEnded`` under an old number.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": "Say why, so that the next one knows."})
    with unit_of_work(as_system=True) as work:
        chat = lock_chat(work, chat_id)
        if chat.assigned_operator_id != operator_id or chat.assignment_count != number:
            raise AssignmentEnded
        end_assignment(work, chat, "handed_back", exclude=True, note=reason[:500])
    assign_soon()


def release_all(operator_id: UUID, reason: str, *, exclude: bool = False) -> int:
    """Returns every chat of an operator that waits for an answer, and lets go of the quiet ones."""
    chat_ids = held_by(operator_id)
    for chat_id in chat_ids:
        with unit_of_work(as_system=True) as work:
            chat = lock_chat(work, chat_id)
            if chat.assigned_operator_id == operator_id:
                end_assignment(work, chat, reason, exclude=exclude)
    return len(chat_ids)


def held_by(operator_id: UUID) -> list[UUID]:
    """The chats an operator holds, read without locks: to change one, lock it and look again."""
    with unit_of_work(as_system=True) as work:
        return list(
            work.session.scalars(
                select(Chat.id).where(Chat.assigned_operator_id == operator_id).order_by(Chat.id)
            )
        )


def _assign_next(work: UnitOfWork, current: SystemSettings) -> bool:
    session = work.session
    session.execute(_ASSIGNER)
    team = members.candidates(current)
    if not any(c.has_room(current) for c in team):
        return False
    full = members.full_characters()
    entries = session.scalars(
        select(ChatQueueEntry)
        .join(Chat, Chat.id == ChatQueueEntry.chat_id)
        # A full character's chats wait without keeping those behind them from being looked at.
        .where(Chat.fictional_user_id.not_in(full))
        .order_by(
            ChatQueueEntry.entered_queue_at - ranking.worth(ChatQueueEntry.priority_score, current),
            ChatQueueEntry.id,
        )
        .limit(_LOOK_AT)
    ).all()
    for entry in entries:
        waiting = Waiting(
            chat_id=entry.chat_id,
            preferred=entry.preferred_operator_id,
            excluded=frozenset(entry.excluded_operator_ids),
            specializations=frozenset(entry.required_specializations),
            language=entry.language,
            escalated=entry.escalated_at is not None,
        )
        choice = ranking.choose(waiting, team, current)
        if choice and _assign(work, entry, choice[0], choice[1], full):
            return True
    return False


def _assign(
    work: UnitOfWork,
    entry: ChatQueueEntry,
    chosen: Candidate,
    reason: str,
    full: set[UUID],
) -> bool:
    """Locks chat and operator in that order, checks what was picked without locks, and assigns."""
    session = work.session
    chat = session.scalar(
        select(Chat)
        .where(Chat.id == entry.chat_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if chat is None:
        return False
    if chat.assigned_operator_id is not None or chat.waiting_since is None:
        session.delete(entry)
        session.flush()
        return False
    if chat.fictional_user_id in full:
        return False
    operator = session.scalar(
        select(Operator)
        .where(Operator.id == chosen.operator_id, *members.able())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if operator is None:
        return False
    now = datetime.now(UTC)
    number = chat.assignment_count + 1
    chat.assigned_operator_id = operator.id
    chat.assignment_time = now
    chat.assignment_count = number
    chat.warned_at = None
    operator.current_chat_count += 1
    operator.total_chats_handled += 1
    operator.idle_since = now
    session.add(
        ChatAssignment(
            chat_id=chat.id,
            operator_id=operator.id,
            number=number,
            routing_reason=reason,
            assigned_at=now,
        )
    )
    session.delete(entry)
    work.emit(ChatAssigned(chat.id, operator.id))
    work.emit(QueueChanged())
    return True


def lock_chat(work: UnitOfWork, chat_id: UUID) -> Chat:
    """A chat as it is now, under its lock: the first of chats, operators, chat_queue.

    Raises ``ChatNotFound``.
    """
    chat = work.session.scalar(
        select(Chat)
        .where(Chat.id == chat_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if chat is None:
        raise ChatNotFound
    return chat


def end_assignment(
    work: UnitOfWork, chat: Chat, reason: str, *, exclude: bool, note: str | None = None
) -> None:
    """Takes a chat from its operator, if it has one; needs the chat's lock, and takes the operator's.

    One that waits enters the queue: with ``exclude`` its operator is not asked for it again, and a
    ``reason`` of silence counts as a failed assignment.
    """
    operator_id = chat.assigned_operator_id
    if operator_id is None:
        return
    session = work.session
    session.execute(
        update(ChatAssignment)
        .where(ChatAssignment.chat_id == chat.id, ChatAssignment.ended_at.is_(None))
        .values(ended_at=func.now(), end_reason=reason, end_note=note)
    )
    idle = int(reason in ("silence", "heartbeat_lost"))
    session.execute(
        update(Operator)
        .where(Operator.id == operator_id)
        .values(
            current_chat_count=Operator.current_chat_count - 1,
            idle_incidents=Operator.idle_incidents + idle,
            reassignment_count=Operator.reassignment_count + idle,
        )
    )
    chat.assigned_operator_id = None
    chat.assignment_time = None
    chat.warned_at = None
    if exclude and chat.last_operator_id == operator_id:
        # Not the first choice any more for what this user writes next.
        chat.last_operator_id = None
    if chat.waiting_since is not None:
        enqueue(work, chat, excluded=[operator_id] if exclude else [], failed=bool(idle))
    work.emit(ChatUnassigned(chat.id, operator_id, reason))


def end_for_closing(work: UnitOfWork, chat: Chat) -> None:
    """Ends the assignment of a chat that is being closed; needs the chat's lock."""
    end_assignment(work, chat, "closed", exclude=False)


def leave_queue(work: UnitOfWork, chat: Chat) -> None:
    """Takes a chat that nobody shall answer any more from the queue; needs the chat's lock."""
    gone = work.session.scalar(
        delete(ChatQueueEntry).where(ChatQueueEntry.chat_id == chat.id).returning(ChatQueueEntry.id)
    )
    if gone is not None:
        work.emit(QueueChanged())


def enqueue(
    work: UnitOfWork, chat: Chat, *, excluded: Sequence[UUID] = (), failed: bool = False
) -> None:
    """Puts a waiting chat into the queue, ranked from its first unanswered message on.

    Needs the chat's lock. ``failed`` counts an assignment that ended without an answer.
    """
    session = work.session
    session.flush()
    current = settings.current()
    user = session.get_one(RealUser, chat.real_user_id)
    character = session.get_one(FictionalUser, chat.fictional_user_id)
    parts = ranking.score_parts(
        tier=user.user_tier,
        lifetime_value=user.total_spent,
        paid=chat.paid_messages_count > 0,
        first=chat.last_fictional_seq == 0,
        escalated=chat.status == "escalated",
        settings=current,
    )
    score = sum(parts.values())
    failures = 0
    if failed:
        failures = _failures_since(work, chat)
    shunned = {*excluded, *_gave_up_since(work, chat)}
    entry = {
        "chat_id": chat.id,
        "priority": ranking.priority(score, current),
        "priority_score": score,
        "score_parts": parts,
        "user_tier": user.user_tier,
        "user_lifetime_value": user.total_spent,
        "required_specializations": [
            s for s in (character.category, character.response_style) if s
        ],
        "language": chat.language or user.language,
        "preferred_operator_id": None
        if chat.last_operator_id in shunned
        else chat.last_operator_id,
        "excluded_operator_ids": sorted(shunned),
        "entered_queue_at": chat.waiting_since,
        "attempts": failures,
        "escalated_at": func.now() if chat.status == "escalated" else None,
    }
    session.execute(
        insert(ChatQueueEntry).values(entry).on_conflict_do_nothing(index_elements=["chat_id"])
    )
    work.emit(QueueChanged())


def _failures_since(work: UnitOfWork, chat: Chat) -> int:
    """Assignments that ended in silence since the user began to wait."""
    return (
        work.session.scalar(
            select(func.count())
            .select_from(ChatAssignment)
            .where(
                ChatAssignment.chat_id == chat.id,
                ChatAssignment.end_reason.in_(("silence", "heartbeat_lost")),
                ChatAssignment.ended_at >= chat.waiting_since,
            )
        )
        or 0
    )


def _gave_up_since(work: UnitOfWork, chat: Chat) -> list[UUID]:
    """Operators who handed a chat back or left it in silence since the user began to wait.

    Whose line was cut gave up nothing: they may have it again when they are back.
    """
    return list(
        work.session.scalars(
            select(ChatAssignment.operator_id).where(
                ChatAssignment.chat_id == chat.id,
                ChatAssignment.end_reason.in_(("silence", "handed_back")),
                ChatAssignment.ended_at >= chat.waiting_since,
            )
        )
    )
