"""The silence rules: what becomes of a chat that waits too long, with an operator or in the queue.

The rules pick without locks, then change one chat a transaction: its lock first, a second look, and
only then its operator's or its queue entry's lock. Statements over many queue entries
(``_mark_held_back``, ``_ask_again``, what ``_repair_queue`` takes out) lock no chat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update

from fantooo.domain import ranking
from fantooo.domain.events import AvailabilityChanged, OperatorWarned, QueueChanged
from fantooo.domain.settings import SystemSettings
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Chat, ChatQueueEntry, Operator
from fantooo.queries import settings, team as members
from fantooo.services import assignment, outbox

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sweep:
    """What a sweep of the silence rules did."""

    warned: int = 0
    returned: int = 0
    escalated: int = 0
    assigned: int = 0


def sweep(now: datetime | None = None) -> Sweep:
    """The silence rules, every few seconds: warn, return, escalate, repair, assign.

    A quiet chat that wakes up while its operator is away goes to somebody else, at nobody's cost.
    A chat that waits too long since its assignment or its user's first unanswered message warns
    its operator, then goes back with that operator excluded. A lost heartbeat returns the waiting
    chats at once. Too many attempts or too long in the queue escalate; who was excluded from an
    escalated chat may be asked again once it has waited as long anew.
    """
    now = now or datetime.now(UTC)
    with unit_of_work(as_system=True):
        current = settings.current(fresh=True)
    woken = _return_woken()
    warned = _warn(current, now)
    returned = woken + _return_silent(current, now) + _return_without_heartbeat(current, now)
    _repair_queue()
    _mark_held_back()
    escalated = _escalate(current, now)
    _ask_again(current, now)
    return Sweep(warned, returned, escalated, assignment.assign_waiting())


def _waiting_since() -> ColumnElement[datetime]:
    """Since when its operator lets a chat wait: the assignment or the message, the later one."""
    return func.greatest(Chat.assignment_time, Chat.waiting_since)


def _overdue(seconds: int, now: datetime) -> list[UUID]:
    """Held chats that wait as long with their operator, longest waiting first; no locks."""
    with unit_of_work(as_system=True) as work:
        return list(
            work.session.scalars(
                select(Chat.id)
                .where(
                    Chat.assigned_operator_id.is_not(None),
                    Chat.waiting_since.is_not(None),
                    _waiting_since() <= now - timedelta(seconds=seconds),
                )
                .order_by(Chat.waiting_since)
                .limit(500)
            )
        )


def _return_woken() -> int:
    """Takes chats whose user began to wait after their operator went away. Locks chat, then operator.

    Nobody has failed: there is no incident, and whoever comes back may have it again.
    """
    woken = (
        select(Chat.id)
        .join(Operator, Operator.id == Chat.assigned_operator_id)
        .where(Chat.waiting_since > Operator.away_since)
    )
    with unit_of_work(as_system=True) as work:
        picked = list(work.session.scalars(woken.order_by(Chat.waiting_since).limit(500)))
    returned = 0
    for chat_id in picked:
        with unit_of_work(as_system=True) as work:
            chat = assignment.lock_chat(work, chat_id)
            if work.session.scalar(woken.where(Chat.id == chat_id)) is None:
                continue
            assignment.end_assignment(work, chat, "offline", exclude=False)
        returned += 1
    return returned


def _warn(current: SystemSettings, now: datetime) -> int:
    """Warns operators once for each chat that waits too long. Locks the chat."""
    warned = 0
    limit = now - timedelta(seconds=current.warn_after)
    for chat_id in _overdue(current.warn_after, now):
        with unit_of_work(as_system=True) as work:
            chat = assignment.lock_chat(work, chat_id)
            operator_id = chat.assigned_operator_id
            if operator_id is None or chat.warned_at or not _waits_longer_than(chat, limit):
                continue
            chat.warned_at = now
            work.emit(OperatorWarned(chat.id, operator_id, current.warn_after))
        warned += 1
    return warned


def _return_silent(current: SystemSettings, now: datetime) -> int:
    """Takes chats from operators who let them wait; these are not asked again for them.

    Locks the chat, then the operator.
    """
    returned = 0
    limit = now - timedelta(seconds=current.return_after)
    for chat_id in _overdue(current.return_after, now):
        with unit_of_work(as_system=True) as work:
            chat = assignment.lock_chat(work, chat_id)
            if not _waits_longer_than(chat, limit):
                continue
            assignment.end_assignment(work, chat, "silence", exclude=True)
        returned += 1
    return returned


def _waits_longer_than(chat: Chat, limit: datetime) -> bool:
    """Whether a locked chat still waits; it may have been answered or handed on since it was picked."""
    since, assigned = chat.waiting_since, chat.assignment_time
    return since is not None and assigned is not None and max(since, assigned) <= limit


def _return_without_heartbeat(current: SystemSettings, now: datetime) -> int:
    """Takes waiting chats from operators whose page is gone, and switches these operators off.

    Locks the chat, then the operator; the switch is a transaction of its own.
    """
    quiet_since = now - timedelta(seconds=current.heartbeat_after)
    waits = exists().where(
        Chat.assigned_operator_id == Operator.id, Chat.waiting_since.is_not(None)
    )
    with unit_of_work(as_system=True) as work:
        # Also who is on a break: what waited before it is still theirs.
        silent = list(
            work.session.scalars(
                select(Operator.id).where(
                    or_(Operator.is_available, waits), Operator.last_activity <= quiet_since
                )
            )
        )
    returned = 0
    for operator_id in silent:
        for chat_id in assignment.held_by(operator_id):
            with unit_of_work(as_system=True) as work:
                chat = assignment.lock_chat(work, chat_id)
                if chat.assigned_operator_id != operator_id or chat.waiting_since is None:
                    continue
                assignment.end_assignment(work, chat, "heartbeat_lost", exclude=False)
            returned += 1
        with unit_of_work(as_system=True) as work:
            away = work.session.execute(
                update(Operator)
                .where(
                    Operator.id == operator_id,
                    Operator.is_available,
                    Operator.last_activity <= quiet_since,
                )
                .values(is_available=False, availability_reason="offline", away_since=now)
                .returning(Operator.id)
            ).one_or_none()
            if away is not None:
                work.emit(AvailabilityChanged(operator_id))
    return returned


def _repair_queue() -> None:
    """Puts back waiting chats that nobody holds, and takes out what does not wait or is held.

    A crash between message and queue cannot happen (one transaction); a bug or a restore can. What
    is put back has its chat's lock; the rest goes in one statement.
    """
    with unit_of_work(as_system=True) as work:
        lost = list(
            work.session.scalars(
                select(Chat.id)
                .outerjoin(ChatQueueEntry, ChatQueueEntry.chat_id == Chat.id)
                .where(
                    Chat.waiting_since.is_not(None),
                    Chat.assigned_operator_id.is_(None),
                    ChatQueueEntry.id.is_(None),
                )
                .limit(500)
            )
        )
        work.session.execute(
            delete(ChatQueueEntry).where(
                ChatQueueEntry.chat_id.in_(
                    select(Chat.id).where(
                        or_(Chat.waiting_since.is_(None), Chat.assigned_operator_id.is_not(None))
                    )
                )
            )
        )
    for chat_id in lost:
        with unit_of_work(as_system=True) as work:
            chat = assignment.lock_chat(work, chat_id)
            if chat.waiting_since is not None and chat.assigned_operator_id is None:
                log.warning("queue_entry_was_missing", chat_id=str(chat_id))
                assignment.enqueue(work, chat)


def _mark_held_back() -> None:
    """Keeps which waiting chats their character holds back, for operators who wonder why."""
    with unit_of_work(as_system=True) as work:
        full = (
            select(Chat.id)
            .where(Chat.fictional_user_id.in_(members.full_characters()))
            .scalar_subquery()
        )
        is_full = ChatQueueEntry.chat_id.in_(full)
        changed = work.session.execute(
            update(ChatQueueEntry)
            .where(ChatQueueEntry.held_back != is_full)
            .values(held_back=is_full)
            .returning(ChatQueueEntry.id)
            .execution_options(synchronize_session=False)
        ).all()
        if changed:
            work.emit(QueueChanged())


def _escalate(current: SystemSettings, now: datetime) -> int:
    """Too many failed assignments or too long in the queue: top of the queue, admins told."""
    with unit_of_work(as_system=True) as work:
        due = list(
            work.session.scalars(
                select(ChatQueueEntry.chat_id).where(
                    ChatQueueEntry.escalated_at.is_(None),
                    or_(
                        ChatQueueEntry.attempts >= current.escalate_attempts,
                        ChatQueueEntry.entered_queue_at
                        <= now - timedelta(seconds=current.escalate_after),
                    ),
                )
            )
        )
    for chat_id in due:
        with unit_of_work(as_system=True) as work:
            _escalate_one(work, chat_id, current, now)
    return len(due)


def _escalate_one(work: UnitOfWork, chat_id: UUID, current: SystemSettings, now: datetime) -> None:
    """Locks the chat, then its queue entry, and looks again before it escalates."""
    session = work.session
    chat = assignment.lock_chat(work, chat_id)
    entry = session.scalar(
        select(ChatQueueEntry).where(ChatQueueEntry.chat_id == chat_id).with_for_update()
    )
    if entry is None or entry.escalated_at is not None or chat.status not in ("active", "idle"):
        return
    chat.status = "escalated"
    entry.escalated_at = now
    entry.score_parts = {**entry.score_parts, "escalated": current.points_escalated}
    entry.priority_score += current.points_escalated
    entry.priority = ranking.priority(entry.priority_score, current)
    # Nobody took it so far: those who let it wait may be asked again.
    entry.excluded_operator_ids = []
    message = "A chat has waited too long for an answer"
    outbox.tell_admins(work, "chat_escalation", chat_id, message, {"attempts": entry.attempts})
    work.emit(QueueChanged())


def _ask_again(current: SystemSettings, now: datetime) -> None:
    """Ends the exclusions of escalated chats that came back to the queue and waited as long anew.

    Nobody else took them, so nobody else is there; without this they would wait for ever.
    """
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(ChatQueueEntry)
            .where(
                ChatQueueEntry.escalated_at.is_not(None),
                # When it came back; `entered_queue_at` is when its user began to wait.
                ChatQueueEntry.created_at <= now - timedelta(seconds=current.escalate_after),
                func.cardinality(ChatQueueEntry.excluded_operator_ids) > 0,
            )
            .values(excluded_operator_ids=[])
            .execution_options(synchronize_session=False)
        )
