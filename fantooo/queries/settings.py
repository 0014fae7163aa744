"""The present system settings, kept for a few seconds in each process."""

from __future__ import annotations

import time
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from fantooo.domain import settings as rules
from fantooo.domain.settings import SystemSettings
from fantooo.extensions import db
from fantooo.infra import database
from fantooo.models import SystemSetting

#: a price shown from an older copy is caught by the send function, which compares versions
_KEPT_SECONDS = 5.0


def current(*, fresh: bool = False) -> SystemSettings:
    """The settings as of at most five seconds ago; ``fresh`` reads them now."""
    kept: Any = current_app.extensions.get("fantooo_settings")
    if kept is None or fresh or time.monotonic() - kept[0] > _KEPT_SECONDS:
        rows = db.session.execute(
            select(SystemSetting.key, SystemSetting.value, SystemSetting.version)
        ).all()
        version = max((row.version for row in rows), default=0)
        kept = (time.monotonic(), rules.build(version, {row.key: row.value for row in rows}))
        current_app.extensions["fantooo_settings"] = kept
    found: SystemSettings = kept[1]
    return found


def in_maintenance() -> bool:
    """Whether Fantooo is switched off.

    A database that is away cannot say so, and is not asked again at once: the page that needs it
    answers for itself, the others are not kept waiting.
    """
    state = current_app.extensions
    if time.monotonic() < state.get("fantooo_settings_unreadable_until", 0.0):
        return False
    try:
        return current().maintenance_mode
    except SQLAlchemyError as error:
        db.session.rollback()
        if not database.is_away(error):
            raise
        state["fantooo_settings_unreadable_until"] = time.monotonic() + _KEPT_SECONDS
        return False
