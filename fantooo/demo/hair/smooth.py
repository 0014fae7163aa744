"""Smooth and wavy hair."""

from __future__ import annotations

from fantooo.demo.hair.parts import CAP, Layers
from fantooo.demo.svg import cloud, disc, line, mirrored, oval, shape


def waves(colour: str, light: str, accent: str) -> Layers:
    mass = (
        "M320 122 C200 112 158 210 172 320 C180 380 138 430 150 510 C158 566 128 600 150 660"
        " C176 700 236 690 262 650 L262 480 H378 L378 650 C404 690 470 700 492 660"
        " C512 600 482 566 490 510 C502 430 460 380 468 320 C482 210 440 112 320 122 Z"
    )
    back = shape(mass, light, 1, 'transform="translate(-6 -4)"') + shape(mass, colour)
    locks = "".join(
        line(d, light, 4, 0.42)
        for d in (
            "M190 330 C176 400 206 440 178 520 C168 570 196 600 178 650",
            "M212 380 C196 450 226 500 206 570 C200 610 222 630 212 662",
            "M450 330 C464 400 434 440 462 520 C472 570 444 600 462 650",
            "M428 400 C444 450 414 500 434 570 C440 610 418 630 428 662",
        )
    )
    front = (
        "M286 150 C214 160 190 240 200 346 C190 400 216 440 204 486 C228 440 232 392 226 352"
        " C232 290 262 250 318 214 C360 262 410 282 414 352 C408 392 412 440 436 486"
        " C424 440 450 400 440 346 C452 232 420 146 320 144 C308 144 296 146 286 150 Z"
    )
    shine = line("M300 160 C250 186 222 240 214 310", light, 5, 0.5) + line(
        "M330 162 C386 190 416 240 424 310", light, 4, 0.35
    )
    return back + locks, shape(front, colour) + shine


def tousled(colour: str, light: str, accent: str) -> Layers:
    top = (
        "M211 352 C202 300 198 250 212 206 C216 160 262 126 318 128 C350 110 410 126 424 172"
        " C446 214 438 296 429 352 C424 320 420 292 410 268 C392 262 384 248 376 232"
        " C356 250 322 252 298 240 C280 256 252 258 236 266 C222 292 216 322 211 352 Z"
    )
    shine = "".join(
        line(d, light, 4, 0.42)
        for d in (
            "M246 240 C250 196 286 164 330 160",
            "M288 232 C296 200 330 178 372 178",
            "M404 244 C412 220 408 196 396 178",
        )
    )
    return "", shape(top, light, 0.9, 'transform="translate(-5 -3)"') + shape(top, colour) + shine


def bun(colour: str, light: str, accent: str) -> Layers:
    knot = cloud(334, 112, 46, 38, 9, 22, light)
    back = f'<g transform="translate(-5 -4)">{knot}</g>' + cloud(334, 112, 46, 38, 9, 22, colour)
    back += line("M300 104 C316 82 352 82 366 102 M306 126 C326 108 350 112 362 132", light, 4, 0.5)
    cap = shape(CAP.replace("C384 236 356 222 320 222", "C384 238 352 232 330 212"), colour)
    lines = "".join(
        line(d, light, 3, 0.42)
        for d in (
            "M224 300 C238 232 276 186 322 160", "M250 262 C268 218 296 184 326 162",
            "M416 300 C404 232 370 186 336 160", "M390 256 C376 218 354 184 332 162",
        )
    )  # fmt: skip
    loose = line("M216 330 C200 380 214 420 204 462", colour, 6) + line(
        "M424 330 C440 376 424 420 438 468", colour, 6
    )
    band = line("M296 148 C316 160 348 160 370 148", accent, 11)
    return back, cap + lines + loose + band


def bob(colour: str, light: str, accent: str) -> Layers:
    mass = (
        "M320 130 C206 126 170 214 176 330 C178 410 168 470 176 520 C196 548 240 540 262 520"
        " L262 440 H378 L378 520 C400 540 446 548 466 520 C474 470 462 410 464 330"
        " C470 214 434 126 320 130 Z"
    )
    back = shape(mass, light, 1, 'transform="translate(-6 -4)"') + shape(mass, colour)
    front = (
        "M376 150 C300 128 206 150 196 300 C192 380 196 450 188 512 C216 504 232 470 230 420"
        " C226 330 262 262 366 212 C400 250 420 300 414 400 C414 460 424 500 452 512"
        " C444 450 450 380 446 300 C440 210 420 166 376 150 Z"
    )
    shine = (
        line("M352 172 C270 190 222 250 212 340 C208 390 210 430 206 470", light, 6, 0.45)
        + line("M372 176 C412 210 430 270 432 350 C432 400 432 430 436 464", light, 4, 0.4)
        + line("M372 164 C306 180 250 222 228 296", accent, 3.2, 0.8)
        + line("M378 170 C318 186 262 230 240 296", accent, 2.4, 0.65)
    )
    return back, shape(front, colour) + shine


def sidepart(colour: str, light: str, accent: str) -> Layers:
    """Short, combed from a parting on the left."""
    top = (
        "M212 350 C202 290 204 220 236 186 C262 146 334 126 388 150 C432 172 442 250 428 350"
        " C424 306 418 276 402 250 C352 254 296 240 258 206 C246 232 222 290 212 350 Z"
    )
    shine = "".join(
        line(d, light, 4, 0.42)
        for d in (
            "M262 200 C300 164 350 158 394 182", "M268 210 C310 182 360 182 404 214",
            "M282 222 C320 206 366 214 406 240",
        )
    )  # fmt: skip
    return "", shape(top, light, 0.9, 'transform="translate(-5 -3)"') + shape(top, colour) + shine


def pixie(colour: str, light: str, accent: str) -> Layers:
    """Short, swept across the brow."""
    top = (
        "M208 384 C192 256 222 144 326 142 C420 144 450 240 434 384 C426 356 424 322 412 290"
        " C402 262 388 246 368 226 C330 270 272 290 236 296 C222 318 214 350 208 384 Z"
    )
    shine = "".join(
        line(d, light, 4, 0.42)
        for d in (
            "M362 214 C322 246 274 262 238 268", "M350 190 C306 222 260 238 226 254",
            "M332 168 C286 190 244 212 220 240", "M380 206 C404 232 418 262 426 310",
        )
    )  # fmt: skip
    return "", shape(top, light, 0.9, 'transform="translate(-5 -3)"') + shape(top, colour) + shine


def ponytail(colour: str, light: str, accent: str) -> Layers:
    """Sleek, with a high tail that falls over one side."""
    tail = (
        "M318 140 C340 60 470 50 506 160 C532 250 500 330 520 420 C530 480 514 540 478 580"
        " C486 520 452 480 456 410 C462 320 452 250 404 200 C376 172 340 166 318 140 Z"
    )
    back = shape(tail, light, 1, 'transform="translate(-5 -4)"') + shape(tail, colour)
    back += "".join(
        line(d, light, 4, 0.4)
        for d in (
            "M356 112 C440 90 486 150 484 250 C480 340 496 400 496 480",
            "M352 132 C426 130 462 190 466 280 C472 350 474 420 488 500",
        )
    )
    cap = shape(CAP, colour) + "".join(
        line(d, light, 3, 0.42)
        for d in (
            "M224 300 C236 236 272 186 326 158", "M252 252 C270 214 300 184 332 160",
            "M414 300 C404 236 374 188 342 160", "M320 218 C322 196 328 176 336 160",
        )
    )  # fmt: skip
    return back, cap + line("M300 152 C318 142 346 142 364 154", accent, 12)


def lowbun(colour: str, light: str, accent: str) -> Layers:
    """Parted in the middle, gathered at the nape."""
    back = oval(414, 478, 50, 44, light) + oval(418, 481, 48, 42, colour)
    back += line(
        "M384 470 C400 446 436 448 448 470 M388 494 C404 474 434 476 446 494", light, 4, 0.45
    )
    cap = (
        "M320 148 C232 144 196 240 208 384 C214 340 222 300 240 268 C262 240 300 226 320 190"
        " C340 226 378 240 400 268 C418 300 426 340 432 384 C444 240 408 144 320 148 Z"
    )
    half = "".join(
        line(d, light, 3, 0.42)
        for d in ("M312 176 C270 200 236 240 222 310", "M308 162 C254 180 220 230 214 300",
                  "M316 190 C290 220 258 240 240 266")
    )  # fmt: skip
    return back, shape(cap, colour) + half + mirrored(half)


def sleek(colour: str, light: str, accent: str) -> Layers:
    """Long and straight from a middle parting."""
    mass = (
        "M320 130 C212 126 172 210 174 330 C174 430 158 560 154 668 C188 690 240 686 262 664"
        " L262 480 H378 L378 664 C400 686 452 690 486 668 C482 560 466 430 466 330 C468 210 428 126 320 130 Z"
    )
    back = shape(mass, light, 1, 'transform="translate(-6 -4)"') + shape(mass, colour)
    locks = line(
        "M190 360 C190 460 178 560 176 660 M212 400 C212 500 204 590 204 672", light, 4, 0.38
    )
    front = (
        "M320 142 C224 138 186 232 198 350 C196 420 194 470 186 540 C216 500 226 440 226 372"
        " C228 300 262 246 320 196 C378 246 412 300 414 372 C414 440 424 500 454 540"
        " C446 470 444 420 442 350 C454 232 416 138 320 142 Z"
    )
    half = line("M310 166 C250 190 218 250 212 360", light, 5, 0.45) + line(
        "M314 184 C272 214 238 262 226 320", light, 3, 0.35
    )
    return back + locks + mirrored(locks), shape(front, colour) + half + mirrored(half)


def longcurls(colour: str, light: str, accent: str) -> Layers:
    """Big curls down to the shoulders."""
    side = "".join(
        disc(x, y, r, colour)
        for x, y, r in ((206, 232, 50), (180, 292, 52), (168, 362, 54), (162, 432, 56), (166, 502, 56),
                        (184, 566, 52), (214, 604, 44), (226, 520, 56), (218, 430, 50))
    )  # fmt: skip
    top = oval(320, 240, 140, 116, colour) + oval(320, 430, 118, 170, colour)
    swirls = "".join(
        line(f"M{x - 22} {y} q20 -34 42 -8 q8 20 -14 24", light, 3.4, 0.4)
        for x, y in (
            (196, 250),
            (172, 320),
            (160, 392),
            (156, 464),
            (166, 534),
            (196, 590),
            (222, 540),
        )
    )
    back = f'<g transform="translate(-5 -4)">{side.replace(colour, light)}</g>' + top
    back += f'<g transform="translate(645 -4) scale(-1 1)">{side.replace(colour, light)}</g>'
    back += side + mirrored(side) + swirls + mirrored(swirls)
    front = (
        "M300 148 C216 150 186 236 200 356 C206 400 206 420 196 452 C226 430 236 392 228 350"
        " C236 290 268 246 300 206 C350 246 404 284 412 350 C404 392 414 430 444 452"
        " C434 420 434 400 440 356 C454 236 420 142 320 146 C312 146 306 147 300 148 Z"
    )
    half = line(
        "M292 176 C246 200 218 252 214 330 M296 200 C262 230 240 262 230 306", light, 4, 0.42
    )
    other = line(
        "M312 176 C372 196 414 240 426 322 M316 196 C362 220 396 250 412 296", light, 4, 0.38
    )
    return back, shape(front, colour) + half + other


def fringe(colour: str, light: str, accent: str) -> Layers:
    """Chin-long curls with a curly fringe."""
    side = "".join(
        disc(x, y, r, colour)
        for x, y, r in ((214, 216, 48), (190, 270, 46), (180, 332, 46), (180, 394, 46), (192, 450, 42),
                        (222, 478, 34), (226, 400, 40))
    )  # fmt: skip
    rim = side.replace(colour, light)
    back = f'<g transform="translate(-5 -4)">{rim}</g>' + oval(320, 236, 132, 112, colour)
    back += side + mirrored(side)
    swirls = "".join(
        line(f"M{x - 18} {y} q16 -28 34 -6 q6 16 -12 20", light, 3.2, 0.4)
        for x, y in ((196, 256), (180, 320), (178, 386), (192, 446))
    )
    cap = oval(320, 212, 104, 62, colour)
    locks = "".join(
        disc(x, y, r, colour) + line(f"M{x - 13} {y + 3} q12 -22 26 -5 q5 12 -9 15", light, 3, 0.42)
        for x, y, r in ((222, 282, 25), (236, 252, 28), (264, 246, 29), (294, 252, 29), (326, 248, 29),
                        (356, 252, 28), (384, 246, 28), (406, 258, 27), (418, 284, 24))
    )  # fmt: skip
    return back + swirls + mirrored(swirls), cap + locks + line(
        "M262 190 C290 172 340 168 376 182", light, 4, 0.4
    )
