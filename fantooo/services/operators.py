"""An operator's own switches: available or not, and the heartbeat that says somebody is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from fantooo.domain.errors import Forbidden, ValidationError
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import Operator
from fantooo.queries import settings
from fantooo.services import assignment

ABSENCES = ("break", "wrap-up", "offline")


def set_availability(operator_id: UUID, *, available: bool, reason: str) -> None:
    """Goes available, or away with a reason. Offline gives all chats back.

    On a break or wrapping up what waits is still theirs; a quiet chat that wakes up goes to
    somebody else (services/silence.py).

    Raises ``ValidationError`` for an unknown reason, ``Forbidden`` for a suspended operator.
    """
    if not available and reason not in ABSENCES:
        raise ValidationError({"reason": "Choose break, wrap-up or offline."})
    with unit_of_work() as work:
        operator = work.session.get_one(Operator, operator_id)
        if available and operator.is_suspended:
            raise Forbidden(operator.suspension_reason or "Your account is suspended.")
        now = datetime.now(UTC)
        if available:
            operator.away_since = None
        elif operator.is_available:
            operator.away_since = now
        operator.is_available = available
        operator.availability_reason = "available" if available else reason
        operator.last_activity = now
    if not available and reason == "offline":
        assignment.release_all(operator_id, "offline")
    assignment.assign_soon()


def beat(operator_id: UUID) -> None:
    """Notes that the operator's page is open; older than a minute means silent.

    Whoever is available and comes back from silence is given at once what waits.
    """
    now = datetime.now(UTC)
    with unit_of_work() as work:
        silent_since = now - timedelta(seconds=settings.current().heartbeat_after)
        comes_back = work.session.scalar(
            select(Operator.is_available & (Operator.last_activity <= silent_since)).where(
                Operator.id == operator_id
            )
        )
        work.session.execute(
            update(Operator).where(Operator.id == operator_id).values(last_activity=now)
        )
    if comes_back:
        assignment.assign_soon()


def set_auto_next(operator_id: UUID, *, on: bool) -> None:
    """Whether the next most urgent chat opens by itself after a reply."""
    with unit_of_work() as work:
        work.session.get_one(Operator, operator_id).auto_next = on
