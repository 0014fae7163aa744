"""Alerts that an admin has dealt with."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update

from fantooo.domain.errors import NotFound
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import AdminNotification
from fantooo.queries import alerts
from fantooo.services import audit


def settle(alert_id: UUID, admin_id: UUID, *, payments: bool) -> None:
    """Marks an alert as dealt with. Raises ``NotFound`` when it is none of theirs, or is already."""
    with unit_of_work(as_system=True) as work:
        message = work.session.scalar(
            update(AdminNotification)
            .where(AdminNotification.id == alert_id, alerts.visible(payments=payments))
            .values(resolved_at=datetime.now(UTC))
            .returning(AdminNotification.message)
        )
        if message is None:
            raise NotFound
        audit.add(work, admin_id, "alert_settled", ("alert", alert_id), message)


def settle_about(work: UnitOfWork, subject_id: UUID) -> None:
    """Marks what was told about something as dealt with, because that was."""
    work.session.execute(
        update(AdminNotification)
        .where(AdminNotification.subject_id == subject_id, AdminNotification.resolved_at.is_(None))
        .values(resolved_at=datetime.now(UTC))
    )
