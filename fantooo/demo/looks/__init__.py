"""How each character looks; one module a part of the world."""

from __future__ import annotations

from fantooo.demo.looks import beyond, first, kenya
from fantooo.demo.looks.parts import Look, Shot

__all__ = ["LOOKS", "Look", "Shot"]

LOOKS: dict[str, Look] = {**first.LOOKS, **kenya.LOOKS, **beyond.LOOKS}
