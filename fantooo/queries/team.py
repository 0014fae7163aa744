"""The team as the assigner sees it: who is there with how much room, and which characters are busy.

Asked inside the platform's own units of work.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select

from fantooo.domain.ranking import QUIET_LOAD, WAITING_LOAD, Candidate
from fantooo.domain.settings import SystemSettings
from fantooo.extensions import db
from fantooo.models import Chat, ChatAssignment, FictionalUser, Operator


def ever_held(chat_id: UUID, operator_id: UUID) -> bool:
    """Whether an operator has held a chat at some time."""
    return (
        db.session.scalar(
            select(ChatAssignment.id)
            .where(ChatAssignment.chat_id == chat_id, ChatAssignment.operator_id == operator_id)
            .limit(1)
        )
        is not None
    )


def able() -> tuple[Any, ...]:
    """Conditions of an operator who can be given a chat, but for room and silence."""
    return (
        Operator.is_active,
        Operator.is_available,
        Operator.deleted_at.is_(None),
        ~Operator.is_suspended,
    )


def candidates(current: SystemSettings) -> list[Candidate]:
    """The available operators who are not silent, with their load."""
    load = (
        select(
            Chat.assigned_operator_id.label("operator_id"),
            func.sum(case((Chat.waiting_since.is_not(None), WAITING_LOAD), else_=QUIET_LOAD)).label(
                "load"
            ),
        )
        .where(Chat.assigned_operator_id.is_not(None))
        .group_by(Chat.assigned_operator_id)
        .subquery()
    )
    alive = func.now() - timedelta(seconds=current.heartbeat_after)
    rows = db.session.execute(
        select(
            Operator.id,
            func.coalesce(load.c.load, 0).label("load"),
            Operator.max_concurrent_chats,
            Operator.languages,
            Operator.specializations,
            Operator.skill_level,
            Operator.idle_since,
        )
        .outerjoin(load, load.c.operator_id == Operator.id)
        .where(*able(), Operator.last_activity > alive)
        .order_by(Operator.id)
    ).all()
    return [
        Candidate(
            operator_id=row.id,
            load=int(row.load),
            max_chats=row.max_concurrent_chats,
            languages=frozenset(row.languages),
            specializations=frozenset(row.specializations),
            skill_level=row.skill_level,
            idle_since=row.idle_since,
        )
        for row in rows
    ]


def full_characters() -> set[UUID]:
    """Characters that already speak in as many waiting chats as one voice should."""
    rows = db.session.execute(
        select(Chat.fictional_user_id)
        .join(FictionalUser, FictionalUser.id == Chat.fictional_user_id)
        .where(Chat.assigned_operator_id.is_not(None), Chat.waiting_since.is_not(None))
        .group_by(Chat.fictional_user_id, FictionalUser.max_concurrent_chats)
        .having(func.count() >= FictionalUser.max_concurrent_chats)
    ).all()
    return {row.fictional_user_id for row in rows}
