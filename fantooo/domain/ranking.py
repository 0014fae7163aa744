"""Who waits first and who answers whom: the queue's points and the choice of an operator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from fantooo.domain.settings import SystemSettings
from fantooo.domain.wording import LANGUAGES

TIER_STEPS: Mapping[str, int] = {"free": 0, "bronze": 1, "silver": 2, "gold": 3, "platinum": 4}
#: what an operator reads for each part of the points; of what somebody has spent they read nothing
REASONS: Mapping[str, str] = {
    "tier": "higher tier",
    "paid": "paid message",
    "first": "first message",
    "escalated": "escalated",
    "waiting": "long waiting",
    "held_back": "character speaks in many chats",
}
#: who comes first among equally loaded ones
SKILLS: Mapping[str, int] = {"expert": 0, "senior": 1, "mid": 2, "junior": 3}
#: a chat that waits for us weighs 1, a quiet one 0.2; counted in fifths to stay whole
WAITING_LOAD, QUIET_LOAD = 5, 1


def score_parts(
    *,
    tier: str,
    lifetime_value: Decimal,
    paid: bool,
    first: bool,
    escalated: bool,
    settings: SystemSettings,
) -> dict[str, int]:
    """The points of a waiting chat by name, without its waiting time."""
    value = int(lifetime_value // settings.points_lifetime_value_kes)
    parts = {
        "tier": TIER_STEPS[tier] * settings.points_tier_step,
        "lifetime_value": min(value, settings.points_lifetime_value_max),
        "paid": settings.points_paid if paid else 0,
        "first": settings.points_first if first else 0,
        "escalated": settings.points_escalated if escalated else 0,
    }
    return {name: points for name, points in parts.items() if points}


def priority(score: int, settings: SystemSettings) -> str:
    """urgent, high, normal or low for a number of points."""
    if score >= settings.rank_urgent:
        return "urgent"
    if score >= settings.rank_high:
        return "high"
    return "normal" if score >= settings.rank_normal else "low"


def waited(seconds: float, settings: SystemSettings) -> int:
    """The points that so many seconds of waiting are worth, without end."""
    return max(0, int(seconds // settings.points_seconds))


def worth(points: Any, settings: SystemSettings) -> Any:
    """The time of waiting that points are worth; ``points`` is a number, or a column of them.

    Whoever entered the queue earlier by so much is as urgent: waiting grows alike for all, so the
    time of entering less this sorts chats once and for all, the most urgent first.
    """
    return points * timedelta(seconds=settings.points_seconds)


def places_of(max_chats: int, skill_level: str, settings: SystemSettings) -> int:
    """How many chats an operator is given at once: juniors few, whatever their maximum."""
    return min(max_chats, settings.junior_max_chats) if skill_level == "junior" else max_chats


@dataclass(frozen=True)
class Candidate:
    """An operator as the assigner sees one. Load is in fifths (``WAITING_LOAD``)."""

    operator_id: UUID
    load: int
    max_chats: int
    languages: frozenset[str]
    specializations: frozenset[str]
    skill_level: str
    idle_since: datetime

    def has_room(self, settings: SystemSettings) -> bool:
        """Whether one more waiting chat keeps the load within the maximum."""
        places = places_of(self.max_chats, self.skill_level, settings)
        return self.load + WAITING_LOAD <= places * WAITING_LOAD


@dataclass(frozen=True)
class Waiting:
    """A chat in the queue as the assigner sees one."""

    chat_id: UUID
    preferred: UUID | None = None
    excluded: frozenset[UUID] = field(default_factory=frozenset)
    specializations: frozenset[str] = field(default_factory=frozenset)
    language: str = "en"
    escalated: bool = False


def choose(
    waiting: Waiting, candidates: Iterable[Candidate], settings: SystemSettings
) -> tuple[Candidate, str] | None:
    """The operator for a waiting chat and the reason, or None when nobody can take it.

    Preferred operator if free, then language and specialisation, then least loaded, then the more
    skilled, then longest idle; never an excluded or full one. Escalated chats go to senior and expert
    operators first.
    """
    free = [c for c in candidates if c.has_room(settings) and c.operator_id not in waiting.excluded]
    if not free:
        return None

    def order(c: Candidate) -> tuple[bool, bool, bool, int, int, int, datetime, str]:
        return (
            waiting.escalated and c.skill_level not in ("senior", "expert"),
            c.operator_id != waiting.preferred,
            waiting.language not in c.languages,
            -len(waiting.specializations & c.specializations),
            c.load,
            SKILLS[c.skill_level],
            c.idle_since,
            str(c.operator_id),
        )

    best = min(free, key=order)
    if best.operator_id == waiting.preferred:
        return best, "answered this chat before"
    reasons = []
    if waiting.language in best.languages:
        reasons.append(f"speaks {LANGUAGES[waiting.language]}")
    shared = sorted(waiting.specializations & best.specializations)
    if shared:
        reasons.append("knows " + ", ".join(shared))
    return best, "; ".join(reasons) or "least loaded"
