"""Hair that stands by itself: afro, puffs, crops and fades."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random

from fantooo.demo.hair.parts import CAP, Layers, fade
from fantooo.demo.svg import cloud, curls, disc, glow, line, mirrored, oval, shape


def afro(colour: str, light: str, accent: str) -> Layers:
    rng = Random(3)
    back = cloud(320, 262, 150, 138, 20, 48, light)
    back = f'<g transform="translate(-6 -5)">{back}</g>' + cloud(320, 262, 150, 138, 20, 48, colour)
    back += curls(rng, 320, 230, 168, 150, 90, light)
    front = (
        "M206 352 C192 250 214 168 320 164 C426 168 448 250 434 352 C430 320 424 296 414 276"
        " C404 262 398 262 392 250 C380 242 372 246 362 236 C346 232 336 238 320 232"
        " C304 238 294 232 278 236 C268 246 260 242 248 250 C242 262 236 262 226 276"
        " C216 296 210 320 206 352 Z"
    )
    return back, shape(front, colour) + curls(rng, 320, 202, 88, 26, 22, light)


def puff(colour: str, light: str, accent: str) -> Layers:
    puff = cloud(320, 108, 84, 62, 13, 34, light)
    back = f'<g transform="translate(-6 -5)">{puff}</g>' + cloud(320, 108, 84, 62, 13, 34, colour)
    back += curls(Random(8), 320, 96, 104, 76, 54, light)
    cap = shape(CAP, colour)
    lines = "".join(
        line(f"M{226 + n * 26} {288 - n * 20 if n < 4 else 228} C{240 + n * 20} {236 - n * 8} {282 + n * 9}"
             f" 186 {306 + n * 3} 160", light, 2.6, 0.4)
        for n in range(4)
    )  # fmt: skip
    edges = line("M228 276 C236 262 246 256 250 262 M238 300 C230 292 226 310 230 318", colour, 4)
    band = line("M262 166 C294 150 346 150 378 166", accent, 12)
    return back, cap + lines + mirrored(lines) + edges + mirrored(edges) + band


def flat(colour: str, light: str, accent: str) -> Layers:
    top = (
        "M214 300 C208 250 210 190 222 138 C226 118 250 110 320 110 C390 110 414 118 418 138"
        " C430 190 432 250 426 300 C424 274 418 254 408 236 C380 226 350 222 320 222"
        " C290 222 260 226 232 236 C222 254 216 274 214 300 Z"
    )
    fade = shape(
        "M212 366 C206 326 206 292 214 262 L234 246 C224 288 220 326 222 366 Z", colour, 0.45
    )
    rim = shape(top, light, 0.9, 'transform="translate(-5 -3)"')
    return "", fade + mirrored(fade) + rim + shape(top, colour) + curls(
        Random(5), 320, 166, 88, 44, 46, light
    )


def buzz(colour: str, light: str, accent: str) -> Layers:
    cap = (
        "M214 326 C204 222 244 166 320 166 C396 166 436 222 426 326 C424 290 416 262 404 244"
        " C388 230 362 222 320 222 C278 222 252 230 236 244 C224 262 216 290 214 326 Z"
    )
    fade = shape(
        "M213 380 C208 340 210 300 216 272 L232 252 C224 290 222 336 224 380 Z", colour, 0.5
    )
    return "", fade + mirrored(fade) + shape(
        cap, light, 0.8, 'transform="translate(-3 -3)"'
    ) + shape(cap, colour, 0.93) + curls(Random(2), 320, 200, 66, 18, 16, light)


def crop(colour: str, light: str, accent: str) -> Layers:
    """Close to the head, with a soft natural line."""
    back = f'<g transform="translate(-5 -4)">{cloud(320, 246, 98, 90, 26, 15, light)}</g>'
    back += cloud(320, 246, 98, 90, 26, 15, colour)
    front = (
        "M209 340 C200 226 240 162 320 162 C400 162 440 226 431 340 C428 304 420 276 408 258"
        " C390 236 360 230 320 230 C280 230 250 236 232 258 C220 276 212 304 209 340 Z"
    )
    return back, shape(front, colour) + curls(Random(11), 320, 200, 84, 26, 46, light)


def coils(colour: str, light: str, accent: str) -> Layers:
    """Chin-long coils that fall as they like."""
    back = "".join(_coil(x, y, r, colour, light) for x, y, r in _ring(152, 150, 19, 31, 262))
    back += oval(320, 262, 150, 144, colour)
    back += "".join(_coil(x, y, r, colour, light) for x, y, r in _ring(112, 116, 15, 28, 250))
    side = "".join(
        _coil(x, y, r, colour, light)
        for x, y, r in ((196, 388, 30), (206, 344, 28), (184, 344, 27), (214, 300, 26))
    )
    brow = "".join(
        _coil(x, y, r, colour, light)
        for x, y, r in ((226, 262, 27), (250, 232, 27), (282, 216, 27), (316, 208, 27),
                        (350, 214, 27), (384, 228, 27), (410, 256, 27), (300, 236, 17), (262, 256, 16))
    )  # fmt: skip
    return back, oval(320, 218, 102, 62, colour) + side + mirrored(side) + brow


def _ring(
    rx: float, ry: float, count: int, size: float, y: float
) -> list[tuple[float, float, float]]:
    return [
        (
            320 + rx * cos(2 * pi * n / count),
            y + ry * sin(2 * pi * n / count),
            size * (1 + 0.1 * (n % 3 - 1)),
        )
        for n in range(count)
    ]


def _coil(x: float, y: float, r: float, colour: str, light: str) -> str:
    turn = (
        f"M{x - r * 0.6:.1f} {y + r * 0.1:.1f} a{r * 0.6:.1f} {r * 0.6:.1f} 0 0 1 {r * 1.1:.1f} {-r * 0.35:.1f}"
        f" M{x - r * 0.2:.1f} {y + r * 0.3:.1f} a{r * 0.3:.1f} {r * 0.3:.1f} 0 0 1 {r * 0.55:.1f} {-r * 0.2:.1f}"
    )
    return disc(round(x, 1), round(y, 1), round(r, 1), colour) + line(turn, light, 2.6, 0.4)


def taper(colour: str, light: str, accent: str) -> Layers:
    """Curls on top, nearly nothing at the sides."""
    back = f'<g transform="translate(-5 -4)">{cloud(320, 178, 88, 44, 15, 25, light)}</g>'
    back += cloud(320, 178, 88, 44, 15, 25, colour)
    front = (
        "M216 296 C208 250 214 200 240 176 H400 C426 200 432 250 424 296 C420 270 414 252 404 240"
        " C386 232 372 238 356 230 C340 238 330 228 316 232 C300 226 290 238 272 232 C258 238 248 234 236 240"
        " C226 252 220 270 216 296 Z"
    )
    sides = fade(colour, 0.5)
    return back, sides + mirrored(sides) + shape(front, colour) + curls(
        Random(4), 320, 178, 100, 54, 60, light
    )


def mohawk(colour: str, light: str, accent: str) -> Layers:
    """A ridge of curls between faded sides."""
    back = f'<g transform="translate(-5 -4)">{cloud(320, 164, 58, 44, 13, 25, light)}</g>'
    back += cloud(320, 164, 58, 44, 13, 25, colour)
    sides = shape(
        "M213 340 C204 226 240 172 320 172 C400 172 436 226 427 340 C424 300 416 268 404 248"
        " C388 232 362 226 320 226 C278 226 252 232 236 248 C224 268 216 300 213 340 Z",
        colour,
        0.62,
    )
    ridge = shape(
        "M244 240 C228 190 254 140 320 136 C386 140 412 190 396 240 C372 228 352 240 338 230"
        " C326 240 310 240 300 230 C286 240 268 230 244 240 Z",
        colour,
    )
    hairline = "".join(
        disc(252 + n * 17, 234 - abs(4 - n) ** 2 * 0.3 + n % 2 * 5, 13, colour) for n in range(9)
    )
    parting = line("M234 246 C226 220 228 196 240 178", light, 3, 0.55)
    return back, sides + ridge + hairline + parting + mirrored(parting) + curls(
        Random(6), 320, 168, 72, 58, 50, light
    )


def bald(colour: str, light: str, accent: str) -> Layers:
    """Shaved; only its shade is left."""
    shade = shape(
        "M215 330 C206 226 246 174 320 174 C394 174 434 226 425 330 C420 280 408 244 390 226"
        " C350 208 290 208 250 226 C232 244 220 280 215 330 Z",
        colour,
        0.10,
    )
    return "", shade + glow(286, 216, 30, 20, "#fff1df", 0.24)


def receding(colour: str, light: str, accent: str) -> Layers:
    """Close and thinner, higher at the corners."""
    cap = (
        "M212 350 C202 226 244 164 320 164 C396 164 438 226 428 350 C426 304 418 268 396 240"
        " C386 214 366 206 352 222 C340 214 300 214 288 222 C274 206 254 214 244 240 C222 268 214 304 212 350 Z"
    )
    sides = fade(colour, 0.6)
    return "", sides + mirrored(sides) + shape(
        cap, light, 0.8, 'transform="translate(-3 -3)"'
    ) + shape(cap, colour, 0.95) + curls(Random(9), 320, 196, 66, 16, 18, light)
