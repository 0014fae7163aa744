"""The backdrop of a portrait: a duotone light of the palette and one large quiet form."""

from __future__ import annotations

from fantooo.demo.svg import disc, group, line, mix, oval, shape

WIDTH, HEIGHT = 640, 800


def backdrop(light: str, dark: str, form: str) -> str:
    """``form`` is one of ``FORMS``: a quiet shape, or a hint at a character's world."""
    middle = mix(light, dark, 0.45)
    pale = mix(light, "#fff4ec", 0.45)
    defs = (
        f'<defs><linearGradient id="sky" x1="0" y1="0" x2="0.55" y2="1">'
        f'<stop offset="0" stop-color="{mix(light, dark, 0.12)}"/>'
        f'<stop offset="0.55" stop-color="{middle}"/><stop offset="1" stop-color="{dark}"/>'
        f'</linearGradient><radialGradient id="glow"><stop offset="0" stop-color="{pale}"'
        f' stop-opacity="0.85"/><stop offset="1" stop-color="{pale}" stop-opacity="0"/>'
        f"</radialGradient>"
        f'<linearGradient id="form" x1="0" y1="0" x2="0.3" y2="1"><stop offset="0"'
        f' stop-color="{pale}" stop-opacity="0.78"/><stop offset="1" stop-color="{light}"'
        f' stop-opacity="0.10"/></linearGradient></defs>'
    )
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#sky)"/>'
    return defs + ground + _FORMS[form](light, dark, pale)


def _moon(light: str, dark: str, pale: str) -> str:
    return oval(320, 330, 420, 420, "url(#glow)", 0.55) + disc(345, 318, 238, "url(#form)")


def _arch(light: str, dark: str, pale: str) -> str:
    door = "M92 800 V330 C92 190 190 76 320 76 C450 76 548 190 548 330 V800 Z"
    inner = "M126 800 V336 C126 212 212 112 320 112 C428 112 514 212 514 336 V800 Z"
    return (
        oval(320, 300, 380, 380, "url(#glow)", 0.35)
        + shape(door, "url(#form)", 0.55)
        + shape(inner, "url(#form)")
    )


def _hills(light: str, dark: str, pale: str) -> str:
    far, near = mix(light, dark, 0.62), mix(light, dark, 0.82)
    return (
        disc(455, 200, 108, "url(#form)")
        + oval(320, 380, 400, 330, "url(#glow)", 0.5)
        + shape("M0 560 C130 470 250 540 360 500 C470 460 560 470 640 530 V800 H0 Z", far, 0.75)
        + shape("M0 640 C160 570 300 640 640 590 V800 H0 Z", near, 0.8)
    )


def _rays(light: str, dark: str, pale: str) -> str:
    return (
        shape("M-40 -20 L250 -20 L700 640 L700 900 L520 900 Z", pale, 0.13)
        + shape("M-40 120 L-40 -20 L60 -20 L480 900 L300 900 Z", pale, 0.13)
        + oval(300, 320, 400, 400, "url(#glow)", 0.75)
    )


def _sea(light: str, dark: str, pale: str) -> str:
    made = disc(446, 262, 92, "url(#form)") + oval(320, 330, 400, 300, "url(#glow)", 0.45)
    for n, y in enumerate((470, 528, 592, 664)):
        tone = mix(light, dark, 0.5 + n * 0.13)
        made += shape(
            f"M-20 {y} " + " ".join(
                f"q{27.5 + n * 3} {-15 if (k + n) % 2 else 15} {55 + n * 6} 0" for k in range(13 - n)
            ) + " V820 H-20 Z",
            tone, 0.85,
        )  # fmt: skip
    sail = shape("M92 470 C98 420 126 384 168 362 C160 402 160 436 168 470 Z", pale, 0.85)
    hull = shape(
        "M74 476 H196 C186 492 170 498 150 498 H112 C94 498 80 490 74 476 Z", mix(light, dark, 0.9)
    )
    return made + sail + hull


def _savannah(light: str, dark: str, pale: str) -> str:
    land, tree = mix(light, dark, 0.72), mix(light, dark, 0.86)
    crown = (
        oval(92, 372, 108, 20, tree) + oval(60, 352, 66, 16, tree) + oval(136, 350, 60, 15, tree)
        + shape("M84 520 C88 460 84 420 62 378 L74 376 C86 404 92 410 94 420 C100 404 112 388 126 376"
                " L136 378 C108 414 98 450 102 520 Z", tree)
    )  # fmt: skip
    small = oval(566, 432, 62, 11, tree) + shape("M562 520 L564 436 H572 L574 520 Z", tree)
    return (
        disc(430, 300, 150, "url(#form)")
        + oval(320, 380, 420, 300, "url(#glow)", 0.4)
        + crown + small
        + shape("M0 506 C160 490 300 516 420 504 C520 496 590 506 640 500 V800 H0 Z", land)
        + shape("M0 600 C200 560 420 620 640 580 V800 H0 Z", mix(light, dark, 0.84), 0.8)
    )  # fmt: skip


def _city(light: str, dark: str, pale: str) -> str:
    made = oval(320, 300, 400, 360, "url(#glow)", 0.5)
    far = mix(light, dark, 0.5)
    for x, top, w in (
        (0, 330, 74),
        (80, 250, 66),
        (150, 360, 90),
        (420, 300, 76),
        (500, 210, 70),
        (574, 340, 80),
    ):
        made += (
            f'<rect x="{x}" y="{top}" width="{w}" height="600" fill="{far}" fill-opacity="0.75"/>'
        )
    near = mix(light, dark, 0.76)
    for x, top, w in (
        (-10, 452, 92),
        (86, 400, 78),
        (168, 520, 60),
        (444, 470, 80),
        (530, 416, 120),
    ):
        made += f'<rect x="{x}" y="{top}" width="{w}" height="500" fill="{near}"/>'
        for column in range(int(w // 24)):
            for row in range(9):
                if (column * 5 + row * 3 + x) % 4 in (0, 3):
                    made += (
                        f'<rect x="{x + 11 + column * 24}" y="{top + 18 + row * 34}" width="11" height="16"'
                        f' rx="2" fill="{pale}" fill-opacity="{0.8 if (row + column) % 3 else 0.45}"/>'
                    )
    return made


def _curtain(light: str, dark: str, pale: str) -> str:
    made = ""
    for n in range(9):
        x = n * 74 - 10
        made += shape(
            f"M{x} -10 C{x + 14} 260 {x - 12} 520 {x + 6} 820 H{x + 46} C{x + 34} 520 {x + 58} 260 {x + 40} -10 Z",
            mix(light, dark, 0.62), 0.55,
        ) + line(f"M{x + 12} -10 C{x + 26} 260 {x} 520 {x + 18} 820", pale, 5, 0.20)  # fmt: skip
    return made + oval(320, 330, 330, 380, "url(#glow)", 0.85)


def _books(light: str, dark: str, pale: str) -> str:
    made = oval(320, 300, 420, 400, "url(#glow)", 0.5)
    tones = [mix(light, dark, share) for share in (0.30, 0.72, 0.5, 0.84, 0.4, 0.62)]
    for shelf in range(4):
        base, x, n = 196 + shelf * 206, -12.0, shelf * 3
        while x < 650:
            w, h = 24 + (n * 13) % 22, 120 + (n * 29) % 50
            made += (
                f'<rect x="{x}" y="{base - h}" width="{w}" height="{h}" rx="3" fill="{tones[n % 6]}"'
                ' fill-opacity="0.62"/>'
            ) + line(f"M{x + 6} {base - h + 18} h{w - 12}", pale, 3, 0.4)  # fmt: skip
            x += w + 3
            n += 1
        made += (
            f'<rect x="-10" y="{base}" width="660" height="14" fill="{dark}" fill-opacity="0.55"/>'
        )
    return made + oval(320, 320, 260, 330, "url(#glow)", 0.75)


def _stars(light: str, dark: str, pale: str) -> str:
    made = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{dark}" fill-opacity="0.35"/>'
    made += oval(320, 360, 330, 380, "url(#glow)", 0.5) + disc(520, 130, 52, pale, 0.85)
    made += disc(498, 116, 48, mix(light, dark, 0.42))
    for n in range(64):
        x, y = (n * 197 + 31) % 640, (n * n * 53 + n * 87) % 600
        made += disc(x, y, 1.6 + (n % 4) * 0.8, pale, 0.45 + 0.14 * (n % 4))
    spots = ((70, 190), (118, 142), (176, 168), (150, 240))
    made += line("M" + " L".join(f"{x} {y}" for x, y in spots), pale, 1.6, 0.5)
    return made + "".join(disc(x, y, 4.4, pale, 0.95) for x, y in spots)


def _lights(light: str, dark: str, pale: str) -> str:
    made = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{dark}" fill-opacity="0.22"/>'
    for k, (y, sag) in enumerate(((70, 90), (190, 110), (330, 90))):
        made += line(f"M-20 {y} Q320 {y + sag * 2} 660 {y - 20}", mix(light, dark, 0.7), 3, 0.7)
        for n in range(9):
            t = (n + 0.5 + k * 0.25) / 9.3
            px = -20 * (1 - t) ** 2 + 640 * t * (1 - t) + 660 * t * t
            py = y * (1 - t) ** 2 + 2 * (y + sag * 2) * t * (1 - t) + (y - 20) * t * t
            made += disc(round(px, 1), round(py + 13, 1), 26, pale, 0.16)
            made += disc(round(px, 1), round(py + 13, 1), 9, pale, 0.92)
    return made + oval(320, 380, 330, 330, "url(#glow)", 0.4)


def _leaves(light: str, dark: str, pale: str) -> str:
    made = oval(320, 320, 380, 380, "url(#glow)", 0.6)
    for n, (x, y, turn, long) in enumerate(((20, 90, 40, 1.2), (-10, 300, 70, 1.25), (20, 520, 100, 1.3), (620, 70, -40, 1.25),
                                            (655, 280, -70, 1.3), (630, 500, -96, 1.25), (110, -20, 14, 1.1), (540, -30, -16, 1.1))):  # fmt: skip
        tone = mix(light, dark, 0.42 + 0.13 * (n % 4))
        leaf = shape("M0 0 C52 -50 58 -140 0 -210 C-58 -140 -52 -50 0 0 Z", tone, 0.85)
        leaf += line("M0 -6 V-190 M0 -50 l26 -26 M0 -50 l-26 -26 M0 -96 l26 -26 M0 -96 l-26 -26"
                     " M0 -140 l18 -20 M0 -140 l-18 -20", pale, 2.6, 0.28)  # fmt: skip
        made += group(leaf, f'transform="translate({x} {y}) rotate({turn}) scale({long})"')
    return made


def _rain(light: str, dark: str, pale: str) -> str:
    made = oval(320, 300, 360, 380, "url(#glow)", 0.55)
    frame = mix(light, dark, 0.7)
    for n in range(46):
        x, y = (n * 151 + 17) % 640, (n * 89 + n * n * 7) % 760
        made += line(f"M{x} {y} l-7 {20 + n % 5 * 7}", pale, 3, 0.22 + 0.05 * (n % 5))
    return (
        made
        + f'<rect x="-8" y="-8" width="44" height="820" fill="{frame}"/>'
        + f'<rect x="604" y="-8" width="44" height="820" fill="{frame}"/>'
        + f'<rect x="-8" y="120" width="656" height="16" fill="{frame}" fill-opacity="0.8"/>'
        + line("M38 0 V800 M602 0 V800", pale, 3, 0.35)
    )


def _tiles(light: str, dark: str, pale: str) -> str:
    made = ""
    for row in range(9):
        for column in range(7):
            x, y = 8 + column * 104, 10 + row * 104
            tone = mix(light, dark, 0.34 if (row + column) % 2 else 0.58)
            made += shape(f"M{x} {y - 46} L{x + 46} {y} L{x} {y + 46} L{x - 46} {y} Z", tone, 0.55)
            made += disc(x, y, 15, pale, 0.28) + disc(x + 52, y + 52, 9, pale, 0.22)
    return made + oval(320, 320, 330, 390, "url(#glow)", 0.9)


def _rows(light: str, dark: str, pale: str) -> str:
    made = disc(180, 190, 84, "url(#form)") + oval(320, 360, 400, 320, "url(#glow)", 0.5)
    made += shape(
        "M0 430 C120 380 220 420 330 392 C450 360 560 380 640 420 V800 H0 Z", mix(light, dark, 0.5)
    )
    for n in range(6):
        y = 468 + n * 58
        made += shape(
            f"M-20 {y + 26} C140 {y - 26} 280 {y + 20} 420 {y - 8} C520 {y - 28} 600 {y - 4} 660 {y + 10} V820 H-20 Z",
            mix(light, dark, 0.54 + n * 0.065),
        ) + line(f"M-20 {y + 30} C140 {y - 20} 280 {y + 26} 420 {y - 2} C520 {y - 22} 600 {y + 2} 660 {y + 16}",
                 pale, 7, 0.2, 'stroke-dasharray="2 17"')  # fmt: skip
    return made


def _mountain(light: str, dark: str, pale: str) -> str:
    return (
        oval(320, 330, 400, 330, "url(#glow)", 0.55)
        + shape("M-20 560 L150 330 L196 372 L300 220 L346 262 L376 240 L560 470 L660 420 V820 H-20 Z",
                mix(light, dark, 0.5))
        + shape("M252 290 L300 220 L346 262 L376 240 L420 296 C396 284 380 306 360 290 C340 306 320 286 300 302"
                " C284 288 268 302 252 290 Z", pale, 0.8)
        + shape("M-20 640 C160 560 320 640 660 560 V820 H-20 Z", mix(light, dark, 0.78))
    )  # fmt: skip


_FORMS = {
    "moon": _moon, "arch": _arch, "hills": _hills, "rays": _rays, "sea": _sea, "savannah": _savannah,
    "city": _city, "curtain": _curtain, "books": _books, "stars": _stars, "lights": _lights,
    "leaves": _leaves, "rain": _rain, "tiles": _tiles, "rows": _rows, "mountain": _mountain,
}  # fmt: skip
FORMS = tuple(_FORMS)
