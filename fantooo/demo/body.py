"""Neck, shoulders and what is worn on them."""

from __future__ import annotations

from zlib import crc32

from fantooo.demo.face import Skin
from fantooo.demo.svg import disc, glow, line, mirrored, mix, oval, shape


def bust(skin: Skin, *, broad: bool) -> str:
    """Neck and shoulders with the shadow of the chin."""
    neck, out = (63, 22) if broad else (48, 0)
    d = (
        f"M{86 - out} 900 C{92 - out} 706 {128 - out} 656 206 632 C{252 - out / 3} 617"
        f" {320 - neck - 2} 604 {320 - neck} 560 V430 H{320 + neck} V560"
        f" C{320 + neck + 2} 604 {388 + out / 3} 617 434 632 C{512 + out} 656 {548 + out} 706"
        f" {554 + out} 900 Z"
    )
    chin = (
        f"M{320 - neck} 486 C300 528 {320 + neck * 0.4} 566 {320 + neck} 580 V430 H{320 - neck} Z"
    )
    return (
        shape(d, skin.base)
        + shape(chin, skin.shade, 0.72)
        + shape(f"M{320 + neck} 560 C{320 + neck + 2} 604 {388 + out / 3} 617 434 632"
                f" C{512 + out} 656 {548 + out} 706 {554 + out} 900 H470 C450 720 400 660 350 640"
                f" C352 610 {320 + neck - 14} 590 {320 + neck} 560 Z", skin.shade, 0.45)
        + line("M262 654 C282 664 296 667 306 667 M378 654 C358 664 344 667 334 667",
               skin.deep, 3, 0.28)
        + glow(232, 646, 52, 10, skin.light, 0.34)
    )  # fmt: skip


def _outline(neckline: str, out: float) -> str:
    """A garment over both shoulders; ``neckline`` leads from the left shoulder to the right one."""
    return (
        f"M{78 - out} 900 C{84 - out} 700 {120 - out} 648 200 625 {neckline}"
        f" C{520 + out} 648 {556 + out} 700 {562 + out} 900 Z"
    )


_EDGES = {
    "crew": "254 606 C270 652 370 652 386 606", "boat": "214 620 C256 664 384 664 426 620",
    "vee": "250 606 L320 724 L390 606", "scoop": "218 620 C240 716 400 716 422 620",
}  # fmt: skip
_NECKLINES = {
    "crew": "C226 617 244 611 254 606 C270 652 370 652 386 606 C396 611 414 617 440 625",
    "boat": "C206 624 210 622 214 620 C256 664 384 664 426 620 C430 622 434 624 440 625",
    "vee": "C222 619 238 613 250 606 L320 724 L390 606 C402 613 418 619 440 625",
    "scoop": "C206 623 212 621 218 620 C240 716 400 716 422 620 C428 621 434 623 440 625",
}


def garment(kind: str, colour: str, accent: str, *, broad: bool) -> str:
    """``kind`` is a cut of ``CUTS``; ``+print`` embroiders, ``+trim`` edges, ``+`` a cloth of ``CLOTHS`` patterns."""
    kind, _, extra = kind.partition("+")
    cut = _Cut(colour, accent, 22.0 if broad else 0.0, extra)
    if kind in _NECKLINES:
        made = cut.worn(_outline(_NECKLINES[kind], cut.out), colour)
        if extra == "print":
            made += _print(kind, accent)
        if extra == "trim":
            made += line("M" + _EDGES[kind], accent, 11) + line(
                "M" + _EDGES[kind], cut.light, 3, 0.6
            )
        return made
    return _CUTS[kind](cut)


class _Cut:
    """What all cuts of one garment share."""

    def __init__(self, colour: str, accent: str, out: float, extra: str) -> None:
        self.colour, self.accent, self.out, self.extra = colour, accent, out, extra
        self.dark, self.light = mix(colour, "#1c0824", 0.42), mix(colour, "#fff0e0", 0.28)

    def worn(self, d: str, colour: str, *, plain: bool = False) -> str:
        """Cloth with a light edge on the left and shade on the right."""
        dark = mix(colour, "#1c0824", 0.42)
        name = f"cloth{crc32(f'{d}{dark}'.encode())}"
        pattern = (
            cloth(self.extra, self.accent, colour) if self.extra in CLOTHS and not plain else ""
        )
        # Opaque shade is drawn twice as fast; only a pattern has to shine through it.
        start, end = (f'{dark}" stop-opacity="0', 0.7) if pattern else (colour, 1)
        last = dark if pattern else mix(colour, dark, 0.7)
        return (
            f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="370" y1="640" x2="560" y2="690">'
            f'<stop offset="0" stop-color="{start}"/>'
            f'<stop offset="1" stop-color="{last}" stop-opacity="{end}"/></linearGradient>'
            + shape(d, mix(colour, "#fff0e0", 0.30), 1, 'transform="translate(-4 -3)"')
            + (shape(d, colour) + pattern + shape(d, f"url(#{self.extra})") if pattern else "")
            + shape(d, f"url(#{name})")
            + line(
                "M150 900 C158 800 160 770 150 730 M490 900 C482 800 480 770 490 730", dark, 4, 0.38
            )
            + glow(190, 674, 72, 18, "#fff4e6", 0.13)
        )

    def coat(self, *, open_to: float = 38) -> str:
        """Both halves of something worn open."""
        return _outline(
            f"C220 618 238 612 250 606 L262 700 L{320 - open_to * 0.06:.0f} 850 L{320 + open_to * 0.06:.0f} 850"
            " L378 700 L390 606 C402 612 420 618 440 625",
            self.out,
        )


def _bardot(cut: _Cut) -> str:
    d = ("M84 900 C78 742 92 706 116 690 C180 716 250 730 320 730 C390 730 460 716 524 690"
         " C548 706 562 742 556 900 Z")  # fmt: skip
    return cut.worn(d, cut.colour) + shape(
        "M116 690 C180 716 250 730 320 730 C390 730 460 716 524 690 C538 698 546 712 550 730"
        " C470 762 390 770 320 770 C250 770 170 762 90 730 C94 712 102 698 116 690 Z", cut.light, 0.5,
    )  # fmt: skip


def _straps(cut: _Cut) -> str:
    return cut.worn(
        "M150 900 C160 770 176 742 196 728 L204 628 L222 622 L230 716 C270 746 370 746 410 716"
        " L418 622 L436 628 L444 728 C464 742 480 770 490 900 Z", cut.colour,
    )  # fmt: skip


def _tank(cut: _Cut) -> str:
    o = cut.out
    return cut.worn(
        f"M{140 - o} 900 C{146 - o} 790 {160 - o} 756 {176 - o} 730 C{206 - o} 696 {204 - o / 2} 654 {204 - o / 2} 624"
        f" L252 606 C252 690 288 716 320 716 C352 716 388 690 388 606 L{436 + o / 2} 624"
        f" C{436 + o / 2} 654 {434 + o} 696 {464 + o} 730 C{480 + o} 756 {494 + o} 790 {500 + o} 900 Z",
        cut.colour,
    ) + line("M252 612 C252 690 288 716 320 716 C352 716 388 690 388 612", cut.light, 6, 0.6)


def _halter(cut: _Cut) -> str:
    return cut.worn(
        "M138 900 C150 800 206 726 262 616 L276 604 C284 700 356 700 364 604 L378 616"
        " C434 726 490 800 502 900 Z", cut.colour,
    ) + line("M276 606 C284 700 356 700 364 606", cut.light, 6, 0.55)  # fmt: skip


def _roll(cut: _Cut) -> str:
    d = _outline(
        "C226 617 246 610 256 598 C270 620 370 620 384 598 C394 610 414 617 440 625", cut.out
    )
    neck = 66 if cut.out else 53
    collar = (
        f"M{320 - neck} 540 C290 556 350 556 {320 + neck} 540 C{320 + neck + 4} 572"
        f" {320 + neck + 8} 596 392 612 C370 634 270 634 248 612 C{320 - neck - 8} 596"
        f" {320 - neck - 4} 572 {320 - neck} 540 Z"
    )
    return (
        cut.worn(d, cut.colour) + shape(collar, cut.light, 1) + shape(collar, cut.colour, 0.75)
        + line("M262 584 C290 604 350 604 378 584 M256 604 C286 626 354 626 384 604", cut.dark, 3, 0.5)
    )  # fmt: skip


def _shirt(cut: _Cut) -> str:
    d = _outline(_NECKLINES["vee"].replace("724", "690"), cut.out)
    placket = line("M320 690 V806", cut.dark, 3, 0.55) + "".join(
        disc(331, y, 4.5, cut.accent) for y in (716, 756, 796)
    )
    return cut.worn(d, cut.colour) + placket + _collar(cut.light)


def _collar(colour: str) -> str:
    lapel = shape("M256 596 C240 606 232 616 226 630 L286 684 L320 668 L268 628 Z", colour)
    return lapel + mirrored(lapel)


def _jacket(cut: _Cut) -> str:
    lapel = shape(
        "M250 606 C232 616 222 626 214 640 L230 690 L210 706 L318 850 L262 700 Z", cut.light, 0.55
    )
    inner = _outline(_NECKLINES["scoop"], cut.out)
    return (
        cut.worn(inner, cut.accent, plain=True) + cut.worn(cut.coat(), cut.colour)
        + lapel + mirrored(lapel)
    )  # fmt: skip


def _suit(cut: _Cut) -> str:
    white = "#f3ebe2"
    lapel = shape(
        "M246 606 C230 614 220 624 212 638 L226 694 L204 712 L318 866 L258 706 Z", cut.light, 0.5
    )
    tie = shape("M302 676 L338 676 L344 702 L332 716 L352 880 H288 L308 716 L296 702 Z", cut.accent)
    tie += shape("M332 716 L352 880 H322 Z", mix(cut.accent, "#1c0824", 0.4), 0.5)
    shirt = cut.worn(_outline(_NECKLINES["vee"].replace("724", "684"), cut.out), white, plain=True)
    return (
        shirt + tie + _collar(mix(white, "#ffffff", 0.5)) + cut.worn(cut.coat(open_to=120), cut.colour)
        + lapel + mirrored(lapel)
    )  # fmt: skip


def _coat(cut: _Cut) -> str:
    """A white working coat with pens in its pocket."""
    pocket = line("M412 742 h66 v60", cut.dark, 3, 0.5)
    pens = line("M432 742 v-20", "#2a6fb0", 6) + line("M446 742 v-26", cut.accent, 6)
    return _jacket(cut) + pens + pocket


def _biker(cut: _Cut) -> str:
    lapel = shape(
        "M250 604 C226 612 206 628 196 652 L250 690 L232 712 L318 850 L262 700 Z", cut.light, 0.6
    )
    zip_ = line("M262 700 L318 850", "#d8d2de", 4, 0.9, 'stroke-dasharray="2 6"')
    seams = line("M150 690 C190 720 200 780 196 860", cut.light, 3, 0.4)
    inner = _outline(_NECKLINES["crew"], cut.out)
    return (
        cut.worn(inner, cut.accent, plain=True) + cut.worn(cut.coat(), cut.colour)
        + lapel + mirrored(lapel) + zip_ + mirrored(zip_) + seams + mirrored(seams)
    )  # fmt: skip


def _cardigan(cut: _Cut) -> str:
    edge = "M250 606 L262 700 L319 850"
    band = line(edge, cut.light, 17) + line(edge, cut.dark, 12, 0.3, 'stroke-dasharray="2 7"')
    buttons = "".join(disc(x, y, 6, cut.accent) for x, y in ((372, 722), (354, 766), (337, 810)))
    inner = _outline(_NECKLINES["crew"], cut.out)
    return (
        cut.worn(inner, mix(cut.accent, "#fff6ea", 0.55), plain=True) + cut.worn(cut.coat(), cut.colour)
        + band + mirrored(band) + buttons
    )  # fmt: skip


def _knit(cut: _Cut) -> str:
    """A heavy sweater with a ribbed collar and cables."""
    d = _outline(_NECKLINES["crew"], cut.out)
    rib = "M254 606 C270 652 370 652 386 606"
    cables = "".join(
        line(f"M{x} {y} " + "q14 12 0 24 q-14 12 0 24 " * 6, cut.dark, 4, 0.34)
        + line(f"M{x} {y} " + "q-14 12 0 24 q14 12 0 24 " * 6, cut.light, 4, 0.5)
        for x, y in ((206, 650), (263, 682), (320, 690), (377, 682), (434, 650))
    )
    return (
        cut.worn(d, cut.colour)
        + cables
        + line(rib, cut.light, 22)
        + line(rib, cut.dark, 17, 0.35, 'stroke-dasharray="2 8"')
    )


def _yoke(cut: _Cut) -> str:
    """A sweater with a patterned yoke."""
    d = _outline(_NECKLINES["crew"], cut.out)
    pale = mix(cut.accent, "#fff6ea", 0.6)
    rows = "".join(
        line(f"M{250 - n * 22} {612 + n * 8} C{262 - n * 14} {662 + n * 26} {378 + n * 14} {662 + n * 26}"
             f" {390 + n * 22} {612 + n * 8}", tone, width, 0.95, dash)
        for n, tone, width, dash in (
            (0, cut.light, 18, ""), (1, cut.accent, 7, 'stroke-dasharray="1 13"'),
            (1.7, pale, 5, ""), (2.4, cut.accent, 9, 'stroke-dasharray="7 11"'),
            (3.1, pale, 5, ""), (3.8, cut.accent, 7, 'stroke-dasharray="1 14"'),
        )
    )  # fmt: skip
    return cut.worn(d, cut.colour) + rows


def _hoodie(cut: _Cut) -> str:
    hood = "M264 560 C226 578 186 600 182 640 C206 690 262 716 320 722 C300 690 270 650 262 606 Z"
    half = (
        shape(hood, cut.light, 1, 'transform="translate(-3 -3)"') + shape(hood, cut.colour)
        + line("M262 600 C268 650 300 694 320 718", cut.dark, 5, 0.5)
        + line("M208 640 C226 668 262 692 290 704", cut.dark, 4, 0.3)
    )  # fmt: skip
    string = line("M298 700 C292 730 296 752 292 776", "#f2e9e2", 5) + line(
        "M292 772 v12", cut.accent, 7
    )
    d = _outline(_NECKLINES["vee"], cut.out)
    inner = cut.worn(
        _outline(_NECKLINES["crew"], cut.out), mix(cut.colour, "#fff6ea", 0.75), plain=True
    )
    return inner + cut.worn(d, cut.colour) + half + mirrored(half) + string + mirrored(string)


def _apron(cut: _Cut) -> str:
    under = cut.worn(_outline(_NECKLINES["crew"], cut.out), cut.colour)
    bib = "M232 728 C270 740 370 740 408 728 L430 900 H210 Z"
    dark, pale = mix(cut.accent, "#1c0824", 0.4), mix(cut.accent, "#fff0e0", 0.35)
    strap = line("M244 732 C240 690 240 650 252 610", cut.accent, 17) + line(
        "M238 732 C234 690 234 650 246 610", pale, 3, 0.6
    )
    return (
        under + strap + mirrored(strap) + shape(bib, pale, 1, 'transform="translate(-3 -3)"')
        + shape(bib, cut.accent) + line("M238 742 C274 753 366 753 402 742", dark, 3, 0.5, 'stroke-dasharray="7 7"')
    )  # fmt: skip


def _overalls(cut: _Cut) -> str:
    under = cut.worn(_outline(_NECKLINES["crew"], cut.out), cut.accent, plain=True)
    bib = "M236 722 H404 L424 900 H216 Z"
    strap = (
        line("M254 746 C246 700 232 660 214 620", cut.colour, 27)
        + line("M243 742 C236 700 222 662 206 628", cut.light, 3, 0.7, 'stroke-dasharray="7 6"')
        + disc(254, 740, 9, "#e2b24e") + disc(254, 740, 4, "#8a5a20")
    )  # fmt: skip
    return (
        under + shape(bib, cut.light, 1, 'transform="translate(-3 -3)"') + shape(bib, cut.colour)
        + line("M244 732 H396", cut.light, 3, 0.8, 'stroke-dasharray="7 6"') + strap + mirrored(strap)
    )  # fmt: skip


def _drape(cut: _Cut) -> str:
    """A cloth over one shoulder, bordered, above a plain top."""
    under = cut.worn(_outline(_NECKLINES["scoop"], cut.out), cut.accent, plain=True)
    o = cut.out
    over = (
        f"M{132 - o} 652 C160 634 200 620 240 610 C262 690 352 772 {520 + o} 806 L{530 + o} 900 H{78 - o}"
        f" C{84 - o} 760 {96 - o} 686 {132 - o} 652 Z"
    )
    border = f"M242 612 C264 690 354 770 {522 + o} 804"
    inner = f"M214 622 C240 712 340 796 {500 + o} 830"
    gold = mix("#f0b84a", cut.light, 0.25)
    return (
        under + cut.worn(over, cut.colour) + line(border, gold, 13)
        + line(border, cut.dark, 4, 0.7, 'stroke-dasharray="1 12"') + line(inner, gold, 3, 0.8)
        + line("M176 640 C200 750 250 830 330 880 M150 660 C170 770 200 840 250 890", cut.dark, 4, 0.35)
    )  # fmt: skip


def _kanzu(cut: _Cut) -> str:
    """A long robe with an embroidered slit."""
    d = _outline(_NECKLINES["crew"], cut.out)
    neck = "M254 606 C270 652 370 652 386 606"
    slit = f'<rect x="303" y="640" width="34" height="150" rx="10" fill="{cut.light}"/>' + "".join(
        shape(f"M320 {y - 8} l7 8 l-7 8 l-7 -8 Z", cut.accent, 0.9) for y in range(664, 790, 24)
    )
    return (
        cut.worn(d, cut.colour) + slit + line("M303 646 V786 M337 646 V786", cut.accent, 3.5, 0.8)
        + line(neck, cut.accent, 12, 0.9) + line(neck, cut.light, 4, 0.9)
    )  # fmt: skip


def _gown(cut: _Cut) -> str:
    """For the stage: a heart-shaped neckline and bare shoulders."""
    d = (
        "M118 900 C130 790 160 740 196 716 C232 686 292 690 320 736 C348 690 408 686 444 716"
        " C480 740 510 790 522 900 Z"
    )
    edge = "M196 716 C232 686 292 690 320 736 C348 690 408 686 444 716"
    return (
        cut.worn(d, cut.colour)
        + line(edge, cut.accent, 6)
        + line(edge, "#fff3d8", 4, 0.9, 'stroke-dasharray="1 13"')
    )


_CUTS = {
    "apron": _apron, "bardot": _bardot, "biker": _biker, "cardigan": _cardigan, "coat": _coat,
    "drape": _drape, "gown": _gown, "halter": _halter, "hoodie": _hoodie, "jacket": _jacket,
    "kanzu": _kanzu, "knit": _knit, "overalls": _overalls, "roll": _roll, "shirt": _shirt,
    "straps": _straps, "suit": _suit, "tank": _tank, "yoke": _yoke,
}  # fmt: skip
CUTS = (*_NECKLINES, *_CUTS)
#: cuts that leave no room for a necklace
CLOSED = frozenset(
    {"apron", "hoodie", "kanzu", "knit", "overalls", "roll", "shirt", "suit", "yoke"}
)
CLOTHS = ("rings", "petals", "chevron", "stripes", "dots", "checks", "waves")


def cloth(name: str, accent: str, colour: str) -> str:
    """The pattern ``name`` of printed cloth, to be filled with as ``url(#name)``."""
    pale, deep = mix(accent, "#fff3dc", 0.55), mix(colour, "#1c0824", 0.4)
    size, drawn = {
        "rings": (68, disc(34, 34, 24, accent, 0.9) + disc(34, 34, 16, deep, 0.75) + disc(34, 34, 9, pale, 0.95)
                  + "".join(disc(x, y, 6, pale, 0.6) for x in (0, 68) for y in (0, 68))),
        "petals": (76, "".join(
            oval(38, 22, 8, 16, accent, 0.95, f'transform="rotate({n * 60} 38 38)"') for n in range(6)
        ) + disc(38, 38, 7, pale) + "".join(disc(x, y, 7, deep, 0.5) for x in (0, 76) for y in (0, 76))),
        "chevron": (48, line("M-4 36 L24 12 L52 36", accent, 9, 0.9) + line("M-4 54 L24 30 L52 54 M-4 6 L24 -18 L52 6",
                                                                           pale, 4, 0.75)),
        "stripes": (40, f'<rect width="14" height="40" fill="{accent}" fill-opacity="0.85"/>'),
        "dots": (36, disc(9, 9, 5, accent, 0.9) + disc(27, 27, 5, accent, 0.9)),
        "checks": (60, f'<rect width="60" height="20" fill="{accent}" fill-opacity="0.55"/>'
                       f'<rect width="20" height="60" fill="{accent}" fill-opacity="0.55"/>'
                       + line("M40 0 V60 M0 40 H60", pale, 2.4, 0.5)),
        "waves": (56, line("M-4 18 q15 -16 30 0 t30 0", accent, 7, 0.9) + line("M-4 44 q15 -16 30 0 t30 0", pale, 5, 0.7)),
    }[name]  # fmt: skip
    return f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">{drawn}</pattern>'


def _print(kind: str, accent: str) -> str:
    """A band of embroidered diamonds along the neckline."""
    points = {
        "crew": ((236, 634), (258, 654), (287, 668), (320, 673)),
        "boat": ((204, 646), (240, 668), (279, 681), (320, 686)),
        "vee": ((238, 634), (258, 668), (279, 703), (300, 738)),
        "scoop": ((214, 650), (232, 692), (268, 722), (320, 732)),
    }[kind]
    half = "".join(
        shape(f"M{x} {y - 11} L{x + 8} {y} L{x} {y + 11} L{x - 8} {y} Z", accent, 0.95)
        for x, y in points
    )
    return half + mirrored(half)


def tattoo(kind: str, ink: str) -> str:
    """``kind`` is stars, fern or swallow: fine lines on the right shoulder."""
    if kind == "stars":
        spots = ((420, 652), (446, 640), (468, 658), (456, 690), (486, 700))
        return line("M" + " L".join(f"{x} {y}" for x, y in spots), ink, 2, 0.5) + "".join(
            disc(x, y, 4, ink, 0.75) for x, y in spots
        )
    if kind == "fern":
        return line("M414 700 C440 690 470 668 488 640", ink, 3, 0.6) + "".join(
            line(
                f"M{426 + n * 12} {696 - n * 9} l-3 -15 M{426 + n * 12} {696 - n * 9} l13 6",
                ink,
                2.6,
                0.55,
            )
            for n in range(5)
        )
    return line(
        "M420 668 q14 -16 28 -2 q12 -18 34 -14 M448 666 l6 20 l-12 4 M454 686 l14 8", ink, 3.4, 0.6
    )


def necklace(kind: str, metal: str) -> str:
    """``kind`` is chain, beads, pearls, collar, cord or pendant."""
    if kind == "beads":
        spots = ((262, 622), (270, 638), (283, 651), (300, 660), (320, 663))
        half = "".join(disc(x, y, 8.5, metal) for x, y in spots)
        return half + mirrored(half)
    if kind == "pearls":
        pearls = ((259, 612), (264, 628), (273, 642), (286, 653), (302, 660), (320, 662))
        half = "".join(
            disc(x, y, 8, "#f3e9e1") + disc(x - 2.5, y - 2.5, 2.6, "#ffffff") for x, y in pearls
        )
        return half + mirrored(half)
    if kind == "collar":
        return "".join(
            line(f"M{262 - n * 9} {612 + n * 7} C{274 - n * 6} {658 + n * 17} {366 + n * 6} {658 + n * 17} {378 + n * 9} {612 + n * 7}",
                 tone, 9, 1, 'stroke-dasharray="9 2.5"')
            for n, tone in enumerate((metal, "#c8324a", "#f3e9e1", "#1f6f8f"))
        )  # fmt: skip
    if kind == "cord":
        return line("M262 614 C276 706 364 706 378 614", "#3a1c18", 4) + shape(
            "M312 682 h16 l4 20 l-12 16 l-12 -16 Z", metal
        )
    chain = line("M262 616 C276 664 364 664 378 616", metal, 3.2)
    if kind == "pendant":
        chain = line("M260 614 C276 690 364 690 380 614", metal, 3.2) + disc(320, 676, 9, metal)
    return chain
