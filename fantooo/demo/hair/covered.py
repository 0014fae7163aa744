"""Cloth and hats on the head."""

from __future__ import annotations

from fantooo.demo.hair.parts import Layers, fade
from fantooo.demo.svg import cloud, disc, line, mirrored, mix, oval, shape


def wrap(colour: str, light: str, accent: str) -> Layers:
    cloth, dark, pale = accent, mix(accent, "#1c0824", 0.38), mix(accent, "#fff0dc", 0.35)
    back = (
        oval(398, 118, 62, 46, dark) + oval(336, 92, 66, 48, mix(cloth, dark, 0.45))
        + shape("M420 130 C470 96 512 108 520 140 C500 170 452 176 420 160 Z", cloth)
    )  # fmt: skip
    body = (
        "M202 330 C182 214 214 98 330 92 C440 92 462 214 438 330 C426 282 400 236 320 230"
        " C246 236 214 282 202 330 Z"
    )
    folds = (
        line("M206 300 C226 210 300 160 404 142", dark, 4, 0.55)
        + line("M222 250 C252 170 320 132 408 128", dark, 4, 0.5)
        + line("M434 296 C420 230 380 190 300 176", pale, 4, 0.55)
        + line("M438 262 C428 206 396 168 340 150", pale, 3, 0.5)
    )
    knot = (
        oval(384, 134, 44, 38, pale) + oval(388, 138, 41, 35, cloth)
        + line("M356 122 C372 138 384 148 394 168 M378 108 C390 128 402 136 420 142", dark, 4, 0.55)
    )  # fmt: skip
    front = shape(body, pale, 1, 'transform="translate(-5 -4)"') + shape(body, cloth) + folds + knot
    return back, front + line("M210 316 C232 262 268 242 320 238", pale, 5, 0.55)


def hijab(colour: str, light: str, accent: str) -> Layers:
    cloth, dark, pale = accent, mix(accent, "#1c0824", 0.36), mix(accent, "#fff0f4", 0.34)
    back = shape("M180 330 C178 190 236 116 320 116 C404 116 462 190 460 330 L470 640 H170 Z", dark)
    outer = (
        "M320 112 C210 112 172 214 176 330 C180 428 190 500 150 610 C128 664 104 690 96 740"
        " C180 700 240 690 320 700 C400 690 470 706 544 744 C534 690 512 664 492 612"
        " C450 500 460 428 464 330 C468 214 430 112 320 112 Z"
    )
    hole = (
        " M320 214 C388 214 414 268 413 334 C411 420 376 486 320 508 C264 486 229 420 227 334"
        " C226 268 252 214 320 214 Z"
    )
    band = (
        "M320 202 C392 202 420 262 419 334 C416 300 396 250 320 246 C244 250 224 300 221 334"
        " C220 262 248 202 320 202 Z"
    )
    folds = (
        line("M232 470 C270 560 330 600 480 640", dark, 5, 0.55)
        + line("M214 520 C250 610 320 650 470 690", dark, 5, 0.5)
        + line("M420 470 C400 520 360 548 320 556", dark, 5, 0.45)
        + line("M250 150 C214 190 204 260 208 330", pale, 7, 0.55)
        + line("M196 560 C176 620 150 660 136 690", pale, 6, 0.4)
    )
    rim = shape(outer + hole, pale, 1, 'fill-rule="evenodd" transform="translate(-5 -4)"')
    return back, rim + shape(outer + hole, cloth, 1, 'fill-rule="evenodd"') + shape(
        band, dark
    ) + folds


def turban(colour: str, light: str, accent: str) -> Layers:
    """Cloth crossed above the brow and tucked in."""
    cloth, dark, pale = accent, mix(accent, "#1c0824", 0.38), mix(accent, "#fff0dc", 0.35)
    body = (
        "M202 328 C176 208 216 88 320 84 C424 88 464 208 438 328 C428 280 396 244 320 238"
        " C244 244 212 280 202 328 Z"
    )
    half = (
        line("M208 296 C226 236 270 200 330 178", dark, 4, 0.5)
        + line("M206 250 C224 196 270 160 330 142", dark, 4, 0.45)
        + line("M222 190 C246 146 286 120 330 112", dark, 4, 0.4)
    )
    cross = shape(
        "M292 240 C286 196 302 150 352 112 C372 140 366 200 346 240 C330 236 308 236 292 240 Z",
        cloth,
    ) + line("M300 236 C298 196 316 150 350 120 M330 236 C332 196 344 160 358 140", dark, 4, 0.5)
    gem = disc(322, 226, 12, "#f0b84a") + disc(319, 223, 4.5, "#fff0c8")
    return "", shape(body, pale, 1, 'transform="translate(-5 -4)"') + shape(
        body, cloth
    ) + half + mirrored(half) + cross + gem


def gele(colour: str, light: str, accent: str) -> Layers:
    """A head-tie for an evening, pleated like a fan."""
    cloth, dark, pale = accent, mix(accent, "#1c0824", 0.36), mix(accent, "#fff0dc", 0.38)
    fan = (
        "M222 236 C138 196 112 92 184 56 C236 26 300 22 352 58 C386 30 462 34 490 92"
        " C512 146 480 216 424 238 Z"
    )
    pleats = "".join(
        line(f"M{300 + n * 9} 214 C{280 + n * 16} 160 {236 + n * 32} 120 {206 + n * 42} {86 - (n % 3) * 8}",
             dark, 4, 0.45)
        for n in range(7)
    )  # fmt: skip
    back = shape(fan, pale, 1, 'transform="translate(-6 -5)"') + shape(fan, cloth) + pleats
    band = (
        "M202 326 C186 240 232 186 320 180 C408 186 454 240 438 326 C428 282 396 250 320 244"
        " C244 250 212 282 202 326 Z"
    )
    folds = line("M208 286 C232 232 300 206 424 224", dark, 4, 0.5) + line(
        "M432 292 C410 246 340 222 228 224", dark, 4, 0.45
    )
    return back, shape(band, pale, 1, 'transform="translate(-4 -4)"') + shape(
        band, cloth
    ) + folds + line("M212 312 C236 268 272 252 320 250", pale, 4, 0.5)


def bandana(colour: str, light: str, accent: str) -> Layers:
    """Curls held by a folded scarf."""
    cloth, dark, pale = accent, mix(accent, "#1c0824", 0.38), mix(accent, "#fff0dc", 0.4)
    back = f'<g transform="translate(-5 -4)">{cloud(320, 168, 104, 72, 16, 34, light)}</g>'
    back += cloud(320, 168, 104, 72, 16, 34, colour)
    back += "".join(
        line(f"M{x - 12} {y} q11 -18 24 -2", light, 3, 0.4)
        for x, y in ((238, 128), (276, 98), (320, 84), (366, 98), (404, 130), (300, 132), (344, 134),
                     (256, 164), (386, 164), (430, 178), (210, 180))
    )  # fmt: skip
    band = (
        "M204 342 C192 262 226 196 320 188 C414 196 448 262 436 342 C430 296 404 256 320 248"
        " C236 256 210 296 204 342 Z"
    )
    dots = "".join(
        disc(x, y, 4.5, pale, 0.9)
        for x, y in (
            (226, 268),
            (250, 240),
            (282, 224),
            (320, 218),
            (358, 224),
            (390, 240),
            (414, 268),
        )
    )
    knot = shape("M350 196 C366 150 400 134 414 146 C420 170 392 200 366 208 Z", cloth) + shape(
        "M340 196 C336 150 306 132 294 142 C290 168 316 200 336 208 Z", mix(cloth, dark, 0.35)
    )
    knot += disc(346, 204, 15, cloth) + line("M338 198 q10 4 14 14", dark, 3, 0.5)
    return back, shape(band, pale, 1, 'transform="translate(-4 -3)"') + shape(
        band, cloth
    ) + dots + line("M214 312 C230 270 270 242 320 238", dark, 3, 0.35) + knot


def shayla(colour: str, light: str, accent: str) -> Layers:
    """A light scarf that leaves the hairline free and falls over one shoulder."""
    cloth, dark, pale = accent, mix(accent, "#1c0824", 0.34), mix(accent, "#fff0f4", 0.36)
    back = shape("M178 330 C172 190 232 108 320 108 C408 108 468 190 462 330 L474 640 H166 Z", dark)
    front_hair = shape(
        "M320 150 C240 150 206 236 214 340 C222 292 240 262 264 246 C288 232 308 214 320 194"
        " C332 214 352 232 376 246 C400 262 418 292 426 340 C434 236 400 150 320 150 Z",
        colour,
    ) + line("M310 182 C276 206 244 234 230 280 M330 182 C364 206 396 234 410 280", light, 3, 0.42)
    outer = (
        "M320 104 C206 104 164 208 168 330 C172 428 184 500 144 612 C126 664 104 700 96 744"
        " C180 716 250 690 316 696 C400 690 470 706 544 744 C534 690 512 664 496 612"
        " C456 500 468 428 472 330 C476 208 434 104 320 104 Z"
    )
    hole = (
        " M320 166 C398 166 430 250 426 334 C420 430 384 500 320 522 C256 500 220 430 214 334"
        " C210 250 242 166 320 166 Z"
    )
    end = (
        "M236 470 C250 540 330 580 420 590 C470 600 500 650 508 744 C470 726 430 712 396 708"
        " C360 640 270 600 216 560 Z"
    )
    folds = (
        line("M232 486 C262 556 340 592 440 616", dark, 4, 0.5)
        + line("M222 530 C280 590 360 620 420 690", dark, 4, 0.45)
        + line("M246 140 C208 184 198 260 202 340", pale, 7, 0.5)
        + line("M434 250 C440 330 430 410 410 470", dark, 4, 0.4)
        + line("M190 560 C172 620 148 670 134 700", pale, 6, 0.4)
    )
    rim = shape(outer + hole, pale, 1, 'fill-rule="evenodd" transform="translate(-5 -4)"')
    return back, front_hair + rim + shape(outer + hole, cloth, 1, 'fill-rule="evenodd"') + shape(
        end, mix(cloth, pale, 0.2)
    ) + folds


def pinned(colour: str, light: str, accent: str) -> Layers:
    """A hijab laid in wide folds and held by a pin, over a cap of another tone."""
    cloth, dark, pale = accent, mix(accent, "#1c0824", 0.36), mix(accent, "#fff0f4", 0.34)
    back = shape("M184 330 C182 196 238 122 320 122 C402 122 458 196 456 330 L466 640 H174 Z", dark)
    outer = (
        "M320 118 C216 118 178 214 182 330 C186 420 190 480 168 560 C150 640 120 690 108 744"
        " C180 736 250 742 320 744 C400 742 470 736 534 744 C522 690 494 640 474 560"
        " C450 480 454 420 458 330 C462 214 424 118 320 118 Z"
    )
    hole = (
        " M320 206 C392 206 418 262 416 334 C412 424 376 492 320 512 C264 492 228 424 224 334"
        " C222 262 248 206 320 206 Z"
    )
    cap = shape(
        "M320 190 C398 190 428 258 422 340 C416 296 394 256 320 246 C246 256 224 296 218 340"
        " C212 258 242 190 320 190 Z",
        mix(pale, "#f6e7d8", 0.5),
    )
    folds = (
        line("M226 420 C236 520 300 586 410 566", dark, 5, 0.5)
        + line("M204 470 C220 590 310 650 440 612", dark, 5, 0.45)
        + line("M188 540 C214 650 320 700 466 670", dark, 5, 0.4)
        + line("M252 158 C216 196 206 262 210 330", pale, 7, 0.5)
        + line("M418 440 C410 500 372 540 330 548", pale, 4, 0.35)
    )
    pin = disc(428, 566, 11, "#f0b84a") + disc(425, 563, 4, "#fff3d0")
    rim = shape(outer + hole, pale, 1, 'fill-rule="evenodd" transform="translate(-5 -4)"')
    return back, cap + rim + shape(outer + hole, cloth, 1, 'fill-rule="evenodd"') + folds + pin


def beanie(colour: str, light: str, accent: str) -> Layers:
    """A knitted cap, folded once."""
    cloth, dark, pale = accent, mix(accent, "#1c0824", 0.36), mix(accent, "#fff0dc", 0.3)
    dome = "M210 262 C204 158 250 100 324 98 C398 100 438 158 430 262 C380 232 260 232 210 262 Z"
    cuff = (
        "M203 310 C200 282 201 258 206 240 C280 208 360 208 434 240 C439 258 440 282 437 310"
        " C400 276 360 266 320 266 C280 266 240 276 203 310 Z"
    )
    knit = "".join(
        line(f"M{320 + n * 22} {226 - abs(n) * -3} C{320 + n * 22} 180 {322 + n * 14} 130 {322 + n * 6} 104",
             dark, 3, 0.4)
        for n in range(-4, 5)
    )  # fmt: skip
    ribs = "".join(
        line(f"M{320 + n * 17} {225 + n * n * 0.4:.0f} V{264 + n * n * 0.75:.0f}", dark, 3, 0.45)
        for n in range(-6, 7)
    )
    sides = fade(colour, 0.75)
    return "", sides + mirrored(sides) + shape(
        dome, pale, 1, 'transform="translate(-5 -3)"'
    ) + shape(dome, cloth) + knit + shape(cuff, pale, 1, 'transform="translate(-3 -3)"') + shape(
        cuff, mix(cloth, pale, 0.18)
    ) + ribs


def kofia(colour: str, light: str, accent: str) -> Layers:
    """The embroidered round cap of the coast."""
    cloth, dark = mix(accent, "#fff6e6", 0.72), mix(accent, "#1c0824", 0.3)
    side = "M210 268 L222 158 C226 138 270 128 320 128 C370 128 414 138 418 158 L430 268 C390 236 250 236 210 268 Z"
    top = oval(320, 152, 98, 24, mix(cloth, dark, 0.14))
    stitches = "".join(
        shape(f"M{x} {y - 15} L{x + 11} {y} L{x} {y + 15} L{x - 11} {y} Z", accent, 0.9)
        + disc(x, y, 3.4, cloth)
        for x, y in ((238, 216), (270, 206), (303, 201), (337, 201), (370, 206), (402, 216))
    )
    rims = line("M220 180 C270 164 370 164 420 180", accent, 4, 0.8) + line(
        "M214 250 C262 224 378 224 426 250", accent, 4, 0.8
    )
    shade = shape(
        "M372 131 C398 136 416 146 418 158 L430 268 C414 254 396 248 380 246 Z", dark, 0.25
    )
    sides = fade(colour, 0.8)
    return "", sides + mirrored(sides) + shape(side, cloth) + top + stitches + rims + shade


def fedora(colour: str, light: str, accent: str) -> Layers:
    """A felt hat with a band."""
    return _brimmed(colour, accent, mix(accent, "#1c0824", 0.6), 190)


def straw(colour: str, light: str, accent: str) -> Layers:
    """A wide straw hat over chin-long curls."""
    side = "".join(
        disc(x, y, r, colour)
        for x, y, r in ((208, 320, 30), (194, 366, 33), (198, 414, 32), (214, 450, 26))
    ) + "".join(
        line(f"M{x - 12} {y} q11 -20 24 -4", light, 3, 0.42)
        for x, y in ((202, 330), (190, 376), (200, 424))
    )
    back, front = _brimmed(colour, "#e8c888", accent, 236)
    weave = "".join(
        line(f"M{232 + n * 22} {150 + abs(n - 4) * 3} l10 62", "#a87a3c", 2, 0.35) for n in range(9)
    )
    return side + mirrored(side) + back, front + weave


def _brimmed(colour: str, felt: str, band: str, reach: float) -> Layers:
    dark, pale = mix(felt, "#1c0824", 0.36), mix(felt, "#fff0dc", 0.35)
    under = oval(320, 250, reach, 42, dark)
    crown = (
        "M222 244 C220 160 240 104 290 104 C306 104 312 114 322 114 C332 114 342 104 356 104"
        " C402 108 420 160 418 244 Z"
    )
    brim = (
        f"M{320 - reach} 252 C{320 - reach * 0.7:.0f} 214 240 218 320 220 C400 218 {320 + reach * 0.7:.0f} 214"
        f" {320 + reach} 252 C{320 + reach * 0.7:.0f} 280 400 262 320 262 C240 262"
        f" {320 - reach * 0.7:.0f} 280 {320 - reach} 252 Z"
    )
    ribbon = "M221 212 C260 198 380 198 419 212 L418 242 C380 226 260 226 222 242 Z"
    dent = line("M300 110 C306 134 312 150 322 160", dark, 5, 0.4)
    shade = shape(
        "M360 104 C402 108 420 160 418 244 L378 244 C392 180 388 130 360 104 Z", dark, 0.4
    )
    sides = fade(colour, 0.75)
    cast = shape("M216 268 C260 256 380 256 424 268 C400 296 240 296 216 268 Z", "#1c0824", 0.22)
    return under, sides + mirrored(sides) + cast + shape(
        crown, pale, 1, 'transform="translate(-4 -3)"'
    ) + shape(crown, felt) + dent + shade + shape(ribbon, band) + shape(
        brim, pale, 1, 'transform="translate(-2 -4)"'
    ) + shape(brim, felt)


def flatcap(colour: str, light: str, accent: str) -> Layers:
    """A driver's cap."""
    dark, pale = mix(accent, "#1c0824", 0.38), mix(accent, "#fff0dc", 0.3)
    body = "M206 276 C188 190 240 128 330 130 C424 132 466 190 434 276 C380 236 260 236 206 276 Z"
    peak = "M214 268 C250 232 390 232 426 268 C430 284 424 292 414 290 C370 262 270 262 226 290 C216 292 210 284 214 268 Z"
    seams = line(
        "M322 132 C316 170 316 210 320 238 M322 132 C276 156 244 200 232 250", dark, 3, 0.4
    )
    seams += line("M322 132 C368 156 398 200 408 250", dark, 3, 0.4)
    sides = fade(colour, 0.85)
    return "", sides + mirrored(sides) + shape(
        body, pale, 1, 'transform="translate(-5 -4)"'
    ) + shape(body, accent) + seams + disc(322, 131, 7, dark) + shape(peak, dark)
