"""Whether anybody of the team could answer now, and which characters are busy.

Everybody asks it, so it is kept for a few seconds in each process.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app

from fantooo.infra.unit_of_work import unit_of_work
from fantooo.queries import settings, team as members

_KEPT_SECONDS = 10.0


@dataclass(frozen=True)
class Team:
    """``is_online``: an available operator has room. ``full``: characters with too many waiting."""

    is_online: bool = False
    full: frozenset[UUID] = frozenset()


def now() -> Team:
    """How the team stands, as of at most ten seconds ago."""
    kept: Any = current_app.extensions.get("fantooo_team")
    if kept is None or time.monotonic() - kept[0] > _KEPT_SECONDS:
        with unit_of_work(as_system=True):
            current = settings.current()
            room = any(c.has_room(current) for c in members.candidates(current))
            kept = (
                time.monotonic(),
                Team(room, frozenset(members.full_characters()) if room else frozenset()),
            )
        current_app.extensions["fantooo_team"] = kept
    found: Team = kept[1]
    return found
