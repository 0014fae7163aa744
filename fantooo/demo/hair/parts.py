"""What the styles share: the two layers, the smooth cap over the skull, and one strand."""

from __future__ import annotations

from fantooo.demo.svg import line, mix, shape

Layers = tuple[str, str]

#: from temple to temple over the skull, closed along a hairline
CAP = (
    "M210 356 C196 240 232 146 320 146 C408 146 444 240 430 356 C424 322 416 292 402 266"
    " C384 236 356 222 320 222 C284 222 256 236 238 266 C224 292 216 322 210 356 Z"
)


def strand(points: str, colour: str, light: str, width: float) -> str:
    return (
        line(points, mix(colour, "#000000", 0.25), width + 3)
        + line(points, colour, width)
        + line(points, light, width * 0.42, 0.65, 'stroke-dasharray="1 11"')
    )


def fade(colour: str, opacity: float = 0.45) -> str:
    """Cropped hair on one temple (the right one is its mirror image)."""
    return shape(
        "M212 366 C206 326 206 292 214 262 L234 246 C224 288 220 326 222 366 Z", colour, opacity
    )
