"""The demo world while it is being made: rows by table, and ids that are as old as what they name."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from fantooo.demo.characters import Persona

#: how far back the demo world remembers
DAYS = 60


@dataclass
class User:
    """A user being made, and what the ledger will say about the wallet."""

    id: UUID
    username: str
    joined: datetime
    gender: str
    looking_for: str
    charges: list[dict[str, Any]] = field(default_factory=list)
    sent: int = 0
    last_sent_at: datetime | None = None


@dataclass(frozen=True)
class Cast:
    """A character in the database and what is written about it."""

    id: UUID
    persona: Persona


@dataclass
class World:
    """Rows by table, written in one go. The same ``rng`` makes the same world, relative to ``now``."""

    rng: random.Random
    now: datetime
    rows: dict[type, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, model: type, **values: Any) -> None:
        self.rows[model].append(values)

    def id_at(self, moment: datetime) -> UUID:
        """A UUIDv7 of a moment of the past."""
        milliseconds = int(moment.timestamp() * 1000)
        value = (milliseconds & ((1 << 48) - 1)) << 80
        value |= 0x7 << 76 | self.rng.getrandbits(12) << 64
        value |= 0b10 << 62 | self.rng.getrandbits(62)
        return UUID(int=value)
