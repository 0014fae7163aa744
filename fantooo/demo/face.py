"""A grown-up face without outlines: head, features, expression, glasses, beard, jewellery."""

from __future__ import annotations

from dataclasses import dataclass

from fantooo.demo.svg import disc, glow, group, line, mirrored, mix, oval, shape

_EYE_Y = 344
_INK = "#22101f"


@dataclass(frozen=True)
class Skin:
    """The tones of one skin in one light."""

    base: str
    shade: str
    light: str
    deep: str

    @classmethod
    def of(cls, base: str, dark: str) -> Skin:
        """``dark`` is the backdrop's dark tone: shadows take a little of it."""
        return cls(
            base,
            mix(mix(base, "#3d0f1f", 0.30), dark, 0.14),
            mix(base, "#ffd7ae", 0.34),
            mix(base, "#2a0a18", 0.55),
        )


@dataclass(frozen=True)
class Head:
    """The bones: half widths of temples and jaw, and where the chin ends."""

    temple: float = 103
    jaw: float = 82
    chin: float = 506

    def outline(self) -> str:
        t, j, c = self.temple, self.jaw, self.chin
        left = (
            f"C{320 - t - 1} 384 {320 - j * 1.1} {c - 76} {320 - j * 0.76} {c - 34}"
            f" C{320 - j * 0.5} {c - 7} {320 - 24} {c} 320 {c}"
        )
        right = (
            f"C{320 + 24} {c} {320 + j * 0.5} {c - 7} {320 + j * 0.76} {c - 34}"
            f" C{320 + j * 1.1} {c - 76} {320 + t + 1} 384 {320 + t} 318"
        )
        return (
            f"M{320 - t} 318 {left} {right}"
            f" C{320 + t} 222 {320 + t * 0.62} 176 320 176"
            f" C{320 - t * 0.62} 176 {320 - t} 222 {320 - t} 318 Z"
        )


def head(bones: Head, skin: Skin, *, ears: bool) -> str:
    """Ears, face, and the light on it: it comes from the left."""
    t = bones.temple
    ear = oval(320 + t - 1, 360, 12, 25, skin.base) + line(
        f"M{320 + t + 3} 346 q6 10 0 24", skin.deep, 2.6, 0.4
    )
    outline = bones.outline()
    clip = f'<clipPath id="face"><path d="{outline}"/></clipPath>'
    shadow = (
        f"M{320 + t * 0.62} 170 C{320 + t * 0.86} 300 {320 + t * 0.80} 380 {320 + t * 0.42}"
        f" {bones.chin - 30} C{320 + t * 0.25} {bones.chin - 10} 350 {bones.chin} 330"
        f" {bones.chin + 8} L470 {bones.chin + 8} V170 Z"
    )
    inside = (
        shape(shadow, skin.shade, 0.5)
        + glow(284, 250, 92, 54, skin.light, 0.40)
        + glow(258, 402, 34, 24, "#e0506a", 0.22)
        + glow(386, 402, 32, 24, "#e0506a", 0.18)
        + glow(268, 378, 30, 14, skin.light, 0.38)
    )
    ear_pair = mirrored(ear) + group(ear, "") if ears else ""
    return clip + ear_pair + shape(outline, skin.base) + group(inside, 'clip-path="url(#face)"')


def nose(skin: Skin, *, broad: float = 1.0) -> str:
    w = 21 * broad
    return (
        shape(
            f"M324 344 C328 372 {328 + w * 0.6} 388 {320 + w} 404 C{320 + w - 4} 414 332 414 322 413"
            " C326 396 326 370 324 344 Z",
            skin.shade,
            0.62,
        )
        + line(
            f"M{320 - w} 403 C{320 - w + 2} 413 {320 - 10} 412 {320 - 7} 410", skin.deep, 3.4, 0.5
        )
        + line(
            f"M{320 + w} 403 C{320 + w - 2} 413 {320 + 10} 412 {320 + 7} 410", skin.deep, 3.4, 0.62
        )
        + line("M316 340 C315 362 314 378 313 392", skin.light, 7, 0.42)
        + disc(314, 399, 5, skin.light, 0.5)
    )


def eyes(
    kind: str, skin: Skin, iris: str, *, lashes: bool, gap: float = 47, size: float = 1.0
) -> str:
    """``kind`` is open, left, right, happy, lowered or wink."""
    if kind == "wink":
        return _half(eyes("open", skin, iris, lashes=lashes, gap=gap, size=size), "left") + _half(
            eyes("happy", skin, iris, lashes=lashes, gap=gap, size=size), "right"
        )
    if kind == "happy":
        lid = line("M-24 5 Q0 -17 24 4", _INK, 5.6)
        wing = line("M24 4 l7 -3", _INK, 3.6) if lashes else ""
        one = lid + wing + line("M-16 15 Q0 20 16 14", skin.deep, 2.4, 0.32)
        return _pair(one, gap, size)
    if kind == "lowered":
        lid = shape("M-25 -4 C-14 -16 14 -16 25 -5 C14 9 -12 10 -25 -4 Z", skin.shade, 0.55)
        lash = line("M-25 -3 Q0 13 26 -4", _INK, 4.8)
        wing = (
            "".join(line(d, _INK, 3) for d in ("M26 -4 l8 2", "M18 2 l7 6", "M9 5 l4 7"))
            if lashes
            else ""
        )
        return _pair(
            lid + lash + wing + line("M-20 -15 Q2 -23 24 -13", skin.deep, 2.4, 0.4), gap, size
        )
    look = {"open": 0.0, "left": -7.0, "right": 7.0}[kind]
    almond = "M-24 2 C-14 -14 11 -17 25 -4 C16 11 -10 13 -24 2 Z"
    made = f'<clipPath id="almond"><path d="{almond}"/></clipPath>'
    for side in (-1, 1):
        # The lids are mirrored, the look is not.
        x = 2 + look * side
        ball = shape(almond, "#fbf3ee") + group(
            disc(x, -3, 13, iris)
            + disc(x, -3, 6.4, "#160a12")
            + oval(0, -14, 30, 9, skin.deep, 0.35),
            'clip-path="url(#almond)"',
        )
        lid = shape("M-26 4 C-14 -18 12 -22 27 -7 C12 -14 -12 -11 -26 4 Z", _INK)
        wing = shape("M18 -13 C26 -12 32 -14 37 -18 C34 -10 28 -5 22 -4 Z", _INK) if lashes else ""
        crease = line("M-20 -17 Q2 -28 25 -15", skin.deep, 2.6, 0.45)
        under = line("M-14 13 Q4 18 18 10", skin.deep, 2.2, 0.25)
        one = ball + crease + under + lid + wing
        made += group(
            one,
            f'transform="translate({320 + gap * side} {_EYE_Y}) scale({side * 1.14} {1.14 * size:.3f})"',
        )
        made += disc(320 + gap * side + look - 4, _EYE_Y - 8, 3.4, "#ffffff", 0.95)
    return made


def _half(content: str, side: str) -> str:
    """Only what lies on one ``side`` of the middle line."""
    x = 0 if side == "left" else 320
    clip = f'<clipPath id="{side}"><rect x="{x}" y="0" width="320" height="800"/></clipPath>'
    return clip + group(content, f'clip-path="url(#{side})"')


def _pair(one: str, gap: float, size: float) -> str:
    y = 1.1 * size
    return group(one, f'transform="translate({320 + gap} {_EYE_Y}) scale(1.1 {y:.3f})"') + group(
        one, f'transform="translate({320 - gap} {_EYE_Y}) scale(-1.1 {y:.3f})"'
    )


def brows(colour: str, *, kind: str, heavy: bool, gap: float = 47) -> str:
    """``kind`` is rest, lifted or raised (one of them)."""
    thin, arc = (10.0, -6) if heavy else (8.0, -9)
    lift = {"rest": (0, 0), "lifted": (-6, -6), "raised": (-9, 1)}[kind]
    made = ""
    for side, up in ((-1, lift[0]), (1, lift[1])):
        one = shape(
            f"M-27 4 C-12 {arc} 12 {arc - 3} 34 3 C14 {arc + thin - 2} -8 {arc + thin + 1} -26"
            f" {4 + thin * 0.8} Z",
            colour,
            0.95,
        )
        made += group(one, f'transform="translate({320 + gap * side} {306 + up}) scale({side} 1)"')
    return made


def mouth(
    kind: str, lips: str, skin: Skin, *, full: float = 1.0, wide: float = 1.0, bare: bool = True
) -> str:
    """``kind`` is soft, smile (with teeth), grin (a closed one) or side; ``bare``: no beard below."""
    dark, shine = mix(lips, "#2a0616", 0.42), mix(lips, "#ffe3d6", 0.40)
    if kind == "smile":
        made = (
            shape(
                "M278 435 C300 441 340 441 362 435 C354 462 338 473 320 473 C302 473 286 462 278 435 Z",
                lips,
            )
            + shape(
                "M284 438 C304 443 336 443 356 438 C348 459 336 466 320 466 C304 466 292 459 284 438 Z",
                "#4a1023",
            )
            + shape(
                "M284.5 438.5 C304 443 336 443 355.5 438.5 C350 455 337 460 320 460"
                " C303 460 290 455 284.5 438.5 Z",
                "#fbf2ea",
            )
            + shape(
                "M278 435 C297 433 309 430 315 432 Q320 434 325 432 C331 430 343 433 362 435"
                " C340 441 300 441 278 435 Z",
                dark,
                0.85,
            )
            + line("M270 428 q3 6 8 7 M370 428 q-3 6 -8 7", skin.deep, 3, 0.45)
        )
    else:
        up, down = {"side": (4, -3), "grin": (-5, -5)}.get(kind, (0, 0))
        made = (
            shape(
                f"M284 {438 + up} C298 433 310 428 315 431 Q320 434 325 431 C331 428 343 432 357"
                f" {436 + down} C340 447 302 448 284 {438 + up} Z",
                dark,
            )
            + shape(
                f"M284 {438 + up} C302 447 340 446 357 {436 + down} C348 458 335 465 320 465"
                f" C304 465 293 457 284 {438 + up} Z",
                lips,
            )
            + oval(316, 454, 15, 3.6, shine, 0.65)
            + line(f"M279 {434 + up} q1 5 6 6 M362 {431 + down} q-1 6 -6 7", skin.deep, 3, 0.5)
        )
    if bare:
        made += glow(320, 484, 26, 5, skin.shade, 0.45)
    return group(
        made,
        f'transform="translate({320 * (1 - wide):.1f} {446 * (1 - full):.1f}) scale({wide} {full})"',
    )


def glasses(kind: str, frame: str) -> str:
    """``kind`` is round, square, cat, half, aviator or shades."""
    one = {
        "round": '<circle cx="50" cy="0" r="41"',
        "square": '<rect x="9" y="-33" width="82" height="66" rx="21"',
        "cat": '<path d="M10 -22 C30 -34 70 -36 98 -40 C100 -6 84 32 50 33 C22 33 8 8 10 -22 Z"',
        "half": '<rect x="12" y="-20" width="78" height="50" rx="22"',
        "aviator": '<path d="M10 -30 C36 -36 70 -36 92 -28 C94 6 78 40 52 40 C24 40 10 6 10 -30 Z"',
        "shades": '<rect x="8" y="-30" width="86" height="60" rx="24"',
    }[kind]
    width = {"aviator": 4, "half": 3.5, "shades": 6}.get(kind, 5.5)
    tint, dark = ("#1a0c1c", 0.88) if kind == "shades" else ("#ffffff", 0.10)
    lens = (
        f'{one} fill="{tint}" fill-opacity="{dark}" stroke="{frame}" stroke-width="{width}"/>'
        + line("M26 -16 L44 -26", "#ffffff", 4, 0.5)
    )
    if kind == "half":
        lens += line("M14 -14 C20 -22 80 -22 88 -14", frame, 6.5)
    if kind == "aviator":
        lens += line("M0 -27 H20", frame, width)
    arms = line("M91 -5 L106 -10" if kind != "cat" else "M96 -30 L107 -24", frame, width)
    right = group(lens + arms, f'transform="translate(320 {_EYE_Y + 2})"')
    return (
        right
        + mirrored(right)
        + line(f"M311 {_EYE_Y - 2} Q320 {_EYE_Y - 9} 329 {_EYE_Y - 2}", frame, width - 0.5)
    )


def beard(kind: str, bones: Head, hair: str) -> str:
    """``kind`` is stubble, moustache, thick (a moustache too), patch, goatee, short, full or long."""
    t, j, c = bones.temple, bones.jaw, bones.chin
    moustache = shape(
        "M281 438 C292 420 308 419 320 425 C332 419 348 420 359 438 C346 432 332 430 320 432"
        " C308 430 294 432 281 438 Z",
        hair,
        0.94,
    )
    if kind == "moustache":
        return moustache
    if kind == "thick":
        return shape(
            "M268 446 C276 424 302 412 320 421 C338 412 364 424 372 446 C354 440 338 434 320 436"
            " C302 434 286 440 268 446 Z",
            hair,
            0.97,
        )
    if kind == "patch":
        return shape("M306 474 C312 470 328 470 334 474 C332 490 328 498 320 500 C312 498 308 490 306 474 Z",
                     hair, 0.9) + group(moustache, 'opacity="0.55"')  # fmt: skip
    if kind == "goatee":
        return moustache + shape(
            f"M282 440 C285 470 288 {c - 14} 320 {c + 5} C352 {c - 14} 355 470 358 440 C354 462 350 472"
            f" 343 477 C330 471 310 471 297 477 C290 472 286 462 282 440 Z",
            hair,
            0.94,
        )
    longer = {"stubble": 1, "short": 5, "full": 22, "long": 46}[kind]
    opacity = {"stubble": 0.26, "short": 0.86}.get(kind, 0.97)
    outer = (
        f"M{320 - t} 352 C{320 - t} 400 {320 - j * 1.14 - longer / 3} {c - 60} {320 - j * 0.80}"
        f" {c - 26 + longer * 0.7} C{320 - j * 0.5} {c + 2 + longer} 296 {c + 4 + longer} 320"
        f" {c + 4 + longer} C344 {c + 4 + longer} {320 + j * 0.5} {c + 2 + longer} {320 + j * 0.80}"
        f" {c - 26 + longer * 0.7} C{320 + j * 1.14 + longer / 3} {c - 60} {320 + t} 400 {320 + t} 352"
    )
    inner = (
        f"C{320 + t - 8} 392 {320 + t - 18} 424 372 425 C356 423 346 419 332 422 L320 427"
        f" L308 422 C294 419 284 423 268 425 C{320 - t + 18} 424 {320 - t + 8} 392 {320 - t} 352 Z"
    )
    gap = " M280 437 C290 462 300 470 320 470 C340 470 350 462 360 437 C345 431 295 431 280 437 Z"
    made = shape(outer + inner + gap, hair, opacity, 'fill-rule="evenodd"')
    if kind in ("full", "long"):
        shine = mix(hair, "#ffe2c4", 0.35)
        made += line(f"M250 440 C256 470 276 {c - 6} 300 {c + 10} M272 450 C278 474 290 490 306 {c - 8}",
                     shine, 3, 0.3)  # fmt: skip
    return made


def lines(age: int, skin: Skin) -> str:
    """What the years leave: from 45 on beside the mouth, from 50 at the eyes, later on the brow."""
    made = ""
    if age >= 45:
        fold = line("M282 410 C272 420 267 430 266 441", skin.deep, 2.8, 0.34)
        made += fold + mirrored(fold)
        bag = line("M256 366 Q270 376 288 370", skin.deep, 2.4, 0.28)
        made += bag + mirrored(bag)
    if age >= 50:
        crow = line("M237 340 l-9 -5 M236 348 l-10 1 M238 356 l-9 6", skin.deep, 2.4, 0.34)
        made += crow + mirrored(crow)
    if age >= 54:
        made += line("M282 268 C302 262 338 262 358 268 M290 284 C308 279 332 279 350 284",
                     skin.deep, 2.4, 0.24)  # fmt: skip
    return made


def freckles(skin: Skin) -> str:
    spots = ((262, 388), (274, 396), (284, 386), (252, 400), (294, 398), (346, 398), (356, 386),
             (366, 396), (378, 388), (388, 400))  # fmt: skip
    return "".join(disc(x, y, 2.5, skin.deep, 0.42) for x, y in spots)


def earrings(kind: str, bones: Head, metal: str) -> str:
    """``kind`` is hoop, small, drop, stud, tassel, plate, pearl, bar or single (one long one)."""
    x = 320 + bones.temple + 5
    if kind == "hoop":
        one = f'<circle cx="{x}" cy="424" r="31" fill="none" stroke="{metal}" stroke-width="6"/>'
    elif kind == "drop":
        one = disc(x, 396, 5, metal) + shape(
            f"M{x} 402 C{x + 15} 428 {x + 13} 444 {x} 446 C{x - 13} 444 {x - 15} 428 {x} 402 Z",
            metal,
        )
    elif kind == "small":
        one = f'<circle cx="{x}" cy="404" r="14" fill="none" stroke="{metal}" stroke-width="5.5"/>'
    elif kind == "plate":
        one = (
            disc(x + 2, 420, 25, metal) + disc(x + 2, 420, 16, mix(metal, "#5a1230", 0.55))
            + disc(x + 2, 420, 8, metal)
        )  # fmt: skip
    elif kind == "pearl":
        one = disc(x, 398, 10, "#f4ebe4") + disc(x - 3, 395, 3.4, "#ffffff")
    elif kind == "bar":
        one = line(f"M{x} 392 V446", metal, 5.5)
    elif kind == "tassel":
        one = disc(x, 397, 6, metal) + "".join(
            line(f"M{x + n * 4} 404 L{x + n * 6} 456", metal, 3.4) for n in (-1, 0, 1)
        )
    elif kind == "single":
        return disc(x, 396, 5, metal) + line(f"M{x} 398 V462", metal, 3.6) + disc(x, 468, 8, metal)
    else:
        one = disc(x, 395, 7, metal)
    return one + mirrored(one)


def nose_ring(metal: str) -> str:
    """A small ring in the left wing of the nose."""
    return f'<circle cx="300" cy="408" r="7" fill="none" stroke="{metal}" stroke-width="3.2"/>'


def headphones(colour: str, over: float) -> str:
    """Over the ears; ``over`` is how far the bow stands above the head."""
    dark, pale = mix(colour, "#1c0824", 0.45), mix(colour, "#fff0dc", 0.35)
    bow = f"M200 352 C184 {200 - over} 236 {150 - over} 320 {150 - over} C404 {150 - over} 456 {200 - over} 440 352"
    cup = (
        f'<rect x="422" y="312" width="44" height="92" rx="21" fill="{colour}"/>'
        f'<rect x="416" y="318" width="17" height="80" rx="8" fill="{dark}"/>'
        + line("M452 332 V372", pale, 4, 0.6)
    )
    return line(bow, dark, 19) + line(bow, colour, 12) + cup + mirrored(cup)


def flower(x: float, y: float, colour: str) -> str:
    """A bloom behind the ear."""
    heart = mix(colour, "#ffd84f", 0.75)
    petal = "".join(
        f'<ellipse cx="{x}" cy="{y - 19}" rx="14" ry="20" fill="{mix(colour, "#ffffff", 0.12 * (n % 2))}"'
        f' transform="rotate({n * 72} {x} {y})"/>'
        for n in range(5)
    )
    return petal + disc(x, y, 9, heart)
