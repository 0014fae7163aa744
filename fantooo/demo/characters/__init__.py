"""The characters of the demo world, by where they live. All of them are invented; so are their lives."""

from __future__ import annotations

from fantooo.demo.characters import beyond, coast, first, highlands, lake, nairobi, neighbours
from fantooo.demo.characters.persona import Exchange, Persona, Thread

__all__ = ["PERSONAS", "Exchange", "Persona", "Thread"]

PERSONAS: tuple[Persona, ...] = (
    *first.PERSONAS,
    *nairobi.PERSONAS,
    *coast.PERSONAS,
    *highlands.PERSONAS,
    *lake.PERSONAS,
    *neighbours.PERSONAS,
    *beyond.PERSONAS,
)
