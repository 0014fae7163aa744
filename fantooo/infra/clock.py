"""The clock business rules read. Database rows keep the database's own time."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app


def now() -> datetime:
    """The present moment in UTC, or ``FANTOOO_CLOCK`` where development or a test froze it."""
    frozen: datetime | None = current_app.config["SETTINGS"].fantooo_clock
    if frozen is not None:
        return frozen if frozen.tzinfo else frozen.replace(tzinfo=UTC)
    return datetime.now(UTC)
