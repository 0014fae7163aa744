"""The operator's own world: switches, today's numbers, the queue and the chats held."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Text, case, cast, func, select

from fantooo.domain import masking, ranking
from fantooo.domain.errors import NotFound
from fantooo.domain.pricing import day_begins
from fantooo.domain.ranking import REASONS
from fantooo.domain.settings import SystemSettings
from fantooo.extensions import db
from fantooo.infra import clock
from fantooo.models import (
    Chat,
    ChatAssignment,
    ChatQueueEntry,
    FictionalUser,
    Message,
    Operator,
    RealUser,
)
from fantooo.queries import pictures, settings
from fantooo.queries.pictures import Picture

#: how much of a last message the list of held chats shows
_PREVIEW = 80
PRIORITIES = ("urgent", "high", "normal", "low")


@dataclass(frozen=True)
class OperatorView:
    """An operator's own switches and standing."""

    id: UUID
    name: str
    is_available: bool
    availability_reason: str
    #: how many chats are given at once: the maximum, or less for a junior
    places: int
    max_concurrent_chats: int
    skill_level: str
    current_chat_count: int
    quality_score: Decimal
    auto_next: bool
    is_suspended: bool
    suspension_reason: str | None


@dataclass(frozen=True)
class Today:
    """What the operator did since midnight in Nairobi."""

    answered: int
    chats: int
    median_seconds: int | None


@dataclass(frozen=True)
class QueueRow:
    """The waiting chats of one priority. ``reasons``: why, most frequent first."""

    priority: str
    count: int
    oldest_seconds: int
    reasons: list[str]


@dataclass(frozen=True)
class _Waiting:
    """One waiting chat, as of now."""

    priority: str
    seconds: int
    reasons: list[str]


@dataclass(frozen=True)
class QueueSummary:
    """All chats that wait for an operator, without a word of their content."""

    waiting: int
    oldest_seconds: int
    rows: list[QueueRow]


@dataclass(frozen=True)
class HeldChat:
    """A chat in the operator's hands. ``waiting_seconds`` is None when it waits for the user."""

    chat_id: UUID
    user_name: str
    character_name: str
    #: the first one that is ready
    picture: Picture | None
    last_text: str
    waiting_seconds: int | None


def own_view(operator_id: UUID) -> OperatorView:
    """The signed-in operator. Raises ``NotFound``."""
    operator = db.session.scalar(
        select(Operator).where(Operator.id == operator_id).execution_options(populate_existing=True)
    )
    if operator is None:
        raise NotFound
    return OperatorView(
        id=operator.id,
        name=operator.name,
        is_available=operator.is_available,
        availability_reason=operator.availability_reason,
        places=ranking.places_of(
            operator.max_concurrent_chats, operator.skill_level, settings.current()
        ),
        max_concurrent_chats=operator.max_concurrent_chats,
        skill_level=operator.skill_level,
        current_chat_count=operator.current_chat_count,
        quality_score=operator.quality_score,
        auto_next=operator.auto_next,
        is_suspended=operator.is_suspended,
        suspension_reason=operator.suspension_reason,
    )


def today(operator_id: UUID) -> Today:
    """Of the turns that began today: chats, replies, and the median seconds to the first reply."""
    midnight = day_begins(clock.now())
    row = db.session.execute(
        select(
            func.coalesce(func.sum(ChatAssignment.replies), 0).label("answered"),
            func.count(func.distinct(ChatAssignment.chat_id)).label("chats"),
            # From the moment it was theirs: how long it waited before is not theirs to answer for.
            func.percentile_cont(0.5)
            .within_group(
                func.extract("epoch", ChatAssignment.first_reply_at - ChatAssignment.assigned_at)
            )
            .label("median"),
        ).where(ChatAssignment.operator_id == operator_id, ChatAssignment.assigned_at >= midnight)
    ).one()
    return Today(int(row.answered), row.chats, None if row.median is None else int(row.median))


def queue() -> QueueSummary:
    """Who waits, by priority as of now: the points of entering the queue and those of waiting."""
    current = settings.current()
    entries = [
        _waiting(row, current)
        for row in db.session.execute(
            select(
                ChatQueueEntry.priority_score,
                ChatQueueEntry.score_parts,
                ChatQueueEntry.held_back,
                func.extract("epoch", func.now() - ChatQueueEntry.entered_queue_at).label("age"),
            )
        )
    ]
    rows = []
    for priority in PRIORITIES:
        mine = [entry for entry in entries if entry.priority == priority]
        if mine:
            counts = Counter(reason for entry in mine for reason in entry.reasons)
            oldest = max(entry.seconds for entry in mine)
            reasons = [reason for reason, _count in counts.most_common()]
            rows.append(QueueRow(priority, len(mine), oldest, reasons))
    return QueueSummary(len(entries), max((entry.seconds for entry in entries), default=0), rows)


def _waiting(row: Any, current: SystemSettings) -> _Waiting:
    """One entry of the queue as it ranks now, with the reasons that operators may read."""
    seconds = int(row.age)
    score = row.priority_score + ranking.waited(seconds, current)
    priority = ranking.priority(score, current)
    parts = {
        **row.score_parts,
        # Everybody waits; it is a reason where it lifts somebody.
        "waiting": priority != ranking.priority(row.priority_score, current),
        "held_back": row.held_back,
    }
    reasons = [words for part, words in REASONS.items() if parts.get(part)]
    return _Waiting(priority, seconds, reasons)


def held(operator_id: UUID) -> list[HeldChat]:
    """The chats the operator holds, the longest waiting first."""
    # A deleted text does not leave the database.
    shown = case((Message.deleted_at.is_not(None), "Message deleted"), else_=Message.content)
    last_text = (
        select(cast(shown, Text))
        .where(Message.id == Chat.last_message_id)
        .correlate(Chat)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Chat.id,
            RealUser.display_name,
            FictionalUser.name,
            pictures.of_character(1).label("pictures"),
            Chat.waiting_since,
            last_text.label("last_text"),
        )
        .join(RealUser, RealUser.id == Chat.real_user_id)
        .join(FictionalUser, FictionalUser.id == Chat.fictional_user_id)
        .where(Chat.assigned_operator_id == operator_id)
        .order_by(Chat.waiting_since.asc().nulls_last(), Chat.id)
    ).all()
    return [
        HeldChat(
            chat_id=row.id,
            user_name=row.display_name,
            character_name=row.name,
            picture=pictures.first(row.pictures),
            # Masked before it is cut: half a number is no number any more.
            last_text=masking.mask(row.last_text or "")[:_PREVIEW],
            waiting_seconds=_seconds_since(row.waiting_since),
        )
        for row in rows
    ]


def next_waiting(operator_id: UUID, *, but: UUID) -> UUID | None:
    """The most urgent of the held chats that wait, other than ``but``.

    Ranked as in the queue, by what an operator may know of it: escalation, tier and waiting.
    """
    current = settings.current()
    tier = case(
        *(
            (RealUser.user_tier == name, steps * current.points_tier_step)
            for name, steps in ranking.TIER_STEPS.items()
        ),
        else_=0,
    )
    points = tier + case((Chat.status == "escalated", current.points_escalated), else_=0)
    return db.session.scalar(
        select(Chat.id)
        .join(RealUser, RealUser.id == Chat.real_user_id)
        .where(
            Chat.assigned_operator_id == operator_id,
            Chat.waiting_since.is_not(None),
            Chat.id != but,
        )
        .order_by(Chat.waiting_since - ranking.worth(points, current), Chat.id)
        .limit(1)
    )


def _seconds_since(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    return max(0, int((datetime.now(moment.tzinfo) - moment) / timedelta(seconds=1)))
