"""What is written about one character."""

from __future__ import annotations

from dataclasses import dataclass

#: one line of a user and the character's answer
Exchange = tuple[str, str]
Thread = tuple[Exchange, ...]


@dataclass(frozen=True)
class Persona:
    """One character as the seed writes it into ``fictional_users``."""

    slug: str
    name: str
    age: int
    gender: str
    location: str
    tagline: str
    bio: str
    traits: tuple[str, ...]
    interests: tuple[str, ...]
    occupation: str
    education: str
    status: str
    style: str
    category: str
    tags: tuple[str, ...]
    guidelines: str
    templates: dict[str, str]
    #: how conversations with this character begin
    opening: Thread
    #: what else people and this character have talked about
    threads: tuple[Thread, ...] = ()
    featured: bool = False
    popularity: int = 50
