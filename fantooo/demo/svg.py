"""Small words for drawing SVG: shapes, colours, and a stable hand for what looks random."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random
from zlib import crc32

Rgb = tuple[int, int, int]


def rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(a: str, b: str, share: float) -> str:
    """``share`` of ``b`` in ``a``: 0 is ``a``, 1 is ``b``."""
    parts = (round(x + (y - x) * share) for x, y in zip(rgb(a), rgb(b), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def shape(d: str, fill: str, opacity: float = 1.0, more: str = "") -> str:
    return f'<path d="{d}" fill="{fill}" fill-opacity="{opacity}" {more}/>'


def line(d: str, colour: str, width: float, opacity: float = 1.0, more: str = "") -> str:
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}"'
        f' stroke-opacity="{opacity}" stroke-linecap="round" stroke-linejoin="round" {more}/>'
    )


def disc(x: float, y: float, r: float, fill: str, opacity: float = 1.0, more: str = "") -> str:
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}" fill-opacity="{opacity}" {more}/>'


def oval(
    x: float, y: float, rx: float, ry: float, fill: str, opacity: float = 1.0, more: str = ""
) -> str:
    return (
        f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{fill}"'
        f' fill-opacity="{opacity}" {more}/>'
    )


def glow(x: float, y: float, rx: float, ry: float, colour: str, opacity: float) -> str:
    """A spot that fades out to its edge; far cheaper to draw than a blur."""
    name = f"glow{crc32(f'{x} {y} {colour}'.encode())}"
    return (
        f'<radialGradient id="{name}"><stop offset="0" stop-color="{colour}" stop-opacity="{opacity}"/>'
        f'<stop offset="0.5" stop-color="{colour}" stop-opacity="{opacity * 0.55:.3f}"/>'
        f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/></radialGradient>'
        + oval(x, y, rx * 1.5, ry * 1.5, f"url(#{name})")
    )


def group(content: str, more: str) -> str:
    return f"<g {more}>{content}</g>"


def mirrored(content: str) -> str:
    """The same on the other side of the middle line (x = 320)."""
    return group(content, 'transform="translate(640 0) scale(-1 1)"')


def cloud(x: float, y: float, rx: float, ry: float, puffs: int, size: float, fill: str) -> str:
    """A soft round mass of puffs, such as an afro."""
    edge = "".join(
        disc(
            round(x + rx * cos(2 * pi * n / puffs), 1),
            round(y + ry * sin(2 * pi * n / puffs), 1),
            round(size * (1 + 0.12 * ((n * 7) % 3 - 1)), 1),
            fill,
        )
        for n in range(puffs)
    )
    return oval(x, y, rx + 4, ry + 4, fill) + edge


def curls(rng: Random, x: float, y: float, rx: float, ry: float, count: int, colour: str) -> str:
    """Short light arcs that give a mass of hair its texture."""
    strokes: list[str] = []
    while len(strokes) < count:
        dx, dy = rng.uniform(-1, 1), rng.uniform(-1, 1)
        if dx * dx + dy * dy > 1:
            continue
        px, py, r = x + dx * rx, y + dy * ry, rng.uniform(5, 9)
        strokes.append(
            line(f"M{px - r:.1f} {py:.1f} q{r:.1f} {-1.5 * r:.1f} {2 * r:.1f} 0", colour, 2.6, 0.34)
        )
    return "".join(strokes)
