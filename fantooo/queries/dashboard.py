"""The admin's tiles: how things stand at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, literal_column, select, text

from fantooo.extensions import db
from fantooo.models import (
    AdminNotification,
    Chat,
    ChatQueueEntry,
    CreditTransfer,
    FictionalUser,
    Message,
    Operator,
    RealUser,
)
from fantooo.queries import alerts, settings


@dataclass(frozen=True)
class Figures:
    """Raw figures behind the tiles."""

    waiting: int
    oldest_wait_seconds: int
    operators_available: int
    operators_online: int
    chats_held: int
    messages_last_minute: int
    credits_used_today: int
    credits_outstanding: int
    users: int
    characters: int
    open_alerts: int


def figures(*, payments: bool) -> Figures:
    """Reads all figures in one round trip; ``payments``: alerts about them count as well."""
    alive = func.now() - timedelta(seconds=settings.current().heartbeat_after)
    able = (Operator.is_active, Operator.deleted_at.is_(None), Operator.last_activity > alive)
    midnight: ColumnElement[datetime] = literal_column(
        "(date_trunc('day', now() AT TIME ZONE 'Africa/Nairobi') AT TIME ZONE 'Africa/Nairobi')"
    )
    row = db.session.execute(
        select(
            select(func.count()).select_from(ChatQueueEntry).scalar_subquery().label("waiting"),
            select(
                func.coalesce(
                    func.extract("epoch", func.now() - func.min(ChatQueueEntry.entered_queue_at)), 0
                )
            )
            .scalar_subquery()
            .label("oldest"),
            select(func.count())
            .select_from(Operator)
            .where(Operator.is_available, *able)
            .scalar_subquery()
            .label("available"),
            select(func.count())
            .select_from(Operator)
            .where(*able)
            .scalar_subquery()
            .label("online"),
            select(func.count())
            .select_from(Chat)
            .where(Chat.assigned_operator_id.is_not(None))
            .scalar_subquery()
            .label("held"),
            # By id, which begins with the time: only the newest partitions are opened.
            select(func.count())
            .select_from(Message)
            .where(Message.id >= text("uuidv7(interval '-1 minute')"))
            .scalar_subquery()
            .label("minute"),
            select(func.coalesce(func.sum(CreditTransfer.amount), 0))
            .where(
                CreditTransfer.kind == "message_charge",
                CreditTransfer.created_at >= midnight,
                # The id begins with its time too, and has an index.
                CreditTransfer.id >= func.uuidv7(midnight - func.now()),
            )
            .scalar_subquery()
            .label("used"),
            select(func.coalesce(func.sum(RealUser.credits), 0))
            .scalar_subquery()
            .label("outstanding"),
            select(func.count())
            .select_from(RealUser)
            .where(RealUser.deleted_at.is_(None))
            .scalar_subquery()
            .label("users"),
            select(func.count())
            .select_from(FictionalUser)
            .where(FictionalUser.is_active, FictionalUser.deleted_at.is_(None))
            .scalar_subquery()
            .label("characters"),
            select(func.count())
            .select_from(AdminNotification)
            .where(alerts.visible(payments=payments))
            .scalar_subquery()
            .label("alerts"),
        )
    ).one()
    return Figures(
        waiting=row.waiting,
        oldest_wait_seconds=int(row.oldest),
        operators_available=row.available,
        operators_online=row.online,
        chats_held=row.held,
        messages_last_minute=row.minute,
        credits_used_today=int(row.used),
        credits_outstanding=int(row.outstanding),
        users=row.users,
        characters=row.characters,
        open_alerts=row.alerts,
    )
