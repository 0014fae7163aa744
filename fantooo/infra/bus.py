"""The event bus of one process: services publish after their commit, listeners are wired once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from flask import current_app

if TYPE_CHECKING:
    from flask import Flask

    from fantooo.domain.events import Event

log = structlog.get_logger(__name__)


def subscribe(app: Flask, listener: Callable[[Event], None]) -> None:
    """Adds a listener for all events of ``app``."""
    app.extensions.setdefault("fantooo_listeners", []).append(listener)


def publish(event: Event) -> None:
    """Tells every listener. Live pushes are fire and forget: catch-up heals what fails here."""
    for listener in current_app.extensions.get("fantooo_listeners", ()):
        try:
            listener(event)
        except Exception:
            log.exception("listener_failed", event_type=type(event).__name__)
