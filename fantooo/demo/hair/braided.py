"""Braids, twists and locs."""

from __future__ import annotations

from fantooo.demo.hair.parts import CAP, Layers, strand
from fantooo.demo.svg import disc, line, mirrored, mix, oval, shape


def braids(colour: str, light: str, accent: str) -> Layers:
    back = "".join(
        strand(f"M{262 - n * 7} 220 C{226 - n * 9} 330 {214 - n * 10} 500 {222 - n * 13} {650 + (n * 37) % 60}",
                colour, light, 13)
        for n in range(6)
    )  # fmt: skip
    back = back + mirrored(back)
    part = shape(
        "M320 152 C230 146 192 236 206 372 C214 330 226 290 252 262 C276 238 300 222 320 196"
        " C340 222 364 238 388 262 C414 290 426 330 434 372 C448 236 410 146 320 152 Z",
        colour,
    )
    rows = "".join(
        line(f"M{316 - n * 4} {164 + n * 5} C{280 - n * 12} {184 + n * 10} {244 - n * 8} {230 + n * 12}"
             f" {222 - n * 3} {300 + n * 10}", light, 2.4, 0.4)
        for n in range(4)
    )  # fmt: skip
    near = "".join(
        strand(f"M{214 - n * 10} 330 C{196 - n * 12} 430 {222 - n * 22} 540 {206 - n * 20} {690 - n * 36}",
                colour, light, 14)
        for n in range(2)
    )  # fmt: skip
    cuffs = "".join(
        f'<rect x="{x}" y="{y}" width="20" height="13" rx="4" fill="{accent}"/>'
        for x, y in ((198, 560), (178, 486), (200, 600))
    )
    return back, part + rows + mirrored(rows) + near + mirrored(near) + cuffs + mirrored(cuffs)


def locs(colour: str, light: str, accent: str) -> Layers:
    back = "".join(
        strand(f"M{352 + n * 12} 180 C{420 + n * 7} 260 {428 + n * 9} 400 {412 + n * 13} {560 + (n * 29) % 50}",
                colour, light, 19)
        for n in range(5)
    )  # fmt: skip
    shaved = shape(
        "M213 366 C204 290 220 214 270 190 L276 232 C240 260 226 306 224 366 Z", colour, 0.55
    )
    cap = shape(
        "M246 226 C248 160 300 132 350 142 C420 150 446 240 436 370 C426 322 414 284 392 254"
        " C372 232 330 226 300 236 C280 242 262 240 246 226 Z",
        colour,
    )
    fringe = "".join(
        strand(d, colour, light, 18)
        for d in (
            "M268 190 C286 160 330 150 368 172", "M300 186 C340 164 392 190 412 260",
            "M276 212 C320 176 380 204 420 330", "M330 176 C400 176 436 270 438 420",
            "M360 168 C430 196 452 300 446 486",
        )
    )  # fmt: skip
    rings = "".join(
        f'<rect x="{x}" y="{y}" width="25" height="12" rx="4" fill="{accent}"/>'
        for x, y in ((426, 392), (434, 450), (434, 520))
    )
    return back, shaved + cap + fringe + rings


def longlocs(colour: str, light: str, accent: str) -> Layers:
    """Long locs from the middle to both sides."""
    back = "".join(
        strand(f"M{282 - n * 8} 196 C{226 - n * 10} 290 {210 - n * 9} 470 {226 - n * 16} {690 - (n * 31) % 70}",
               colour, light, 20)
        for n in range(5)
    )  # fmt: skip
    cap = shape(
        "M320 148 C226 142 190 236 206 378 C214 330 228 290 254 258 C278 232 302 218 320 192"
        " C338 218 362 232 386 258 C412 290 426 330 434 378 C450 236 414 142 320 148 Z",
        colour,
    )
    near = "".join(
        strand(d, colour, light, 20)
        for d in (
            "M312 168 C262 190 222 250 214 350 C206 430 220 520 202 620",
            "M300 160 C236 180 200 260 198 360 C190 460 200 560 178 650",
            "M316 182 C282 214 246 242 232 300",
        )
    )
    rings = f'<rect x="190" y="560" width="26" height="13" rx="4" fill="{accent}"/>'
    rings += f'<rect x="176" y="500" width="26" height="13" rx="4" fill="{accent}"/>'
    return back + mirrored(back), cap + near + mirrored(near) + rings + mirrored(rings)


def twists(colour: str, light: str, accent: str) -> Layers:
    """Short twists that fall to the brow."""
    back = "".join(
        strand(f"M{320 + (n - 6) * 13} 210 C{320 + (n - 6) * 17} {146 + abs(n - 6) * 2} {320 + (n - 6) * 21} {164 + abs(n - 6) * 8}"
               f" {320 + (n - 6) * 20.5} {182 + abs(n - 6) * 19}", colour, light, 20)
        for n in range(13)
    )  # fmt: skip
    cap = shape(
        "M213 318 C204 222 244 152 320 152 C396 152 436 222 427 318 C424 282 414 256 402 240"
        " C384 226 360 220 320 220 C280 220 256 226 238 240 C226 256 216 282 213 318 Z",
        colour,
    )
    fringe = "".join(
        strand(f"M{320 + (n - 4) * 15} 166 C{320 + (n - 4) * 22} 186 {320 + (n - 4) * 25} 206"
               f" {320 + (n - 4) * 25 + (6 if n % 2 else -4)} {252 - (n % 3) * 9 + abs(n - 4) * 7}",
               colour, light, 18)
        for n in range(9)
    )  # fmt: skip
    return back, cap + fringe


def cornrows(colour: str, light: str, accent: str) -> Layers:
    """Rows straight back, thin ends on the shoulders."""
    ends = "".join(
        strand(f"M{236 - n * 9} 400 C{224 - n * 8} 470 {232 - n * 12} 540 {222 - n * 12} {640 - n * 22}",
               colour, light, 11)
        for n in range(3)
    )  # fmt: skip
    cap = shape(CAP, mix(colour, light, 0.22))
    rows = "".join(
        strand(f"M{x} {y} C{x + (320 - x) * 0.08:.0f} {y - 44} {320 - (320 - x) * 0.62:.0f} 176"
               f" {320 - (320 - x) * 0.46:.0f} {146 + (320 - x) ** 2 * 0.0012:.0f}", colour, light, 12)
        for x, y in ((320, 218), (294, 222), (268, 230), (246, 246), (229, 270), (217, 302))
    )  # fmt: skip
    cuff = f'<rect x="213" y="586" width="16" height="11" rx="3" fill="{accent}"/>'
    return ends + mirrored(ends) + cuff + mirrored(cuff), cap + rows + mirrored(rows)


def boxbun(colour: str, light: str, accent: str) -> Layers:
    """Box braids, most of them in a knot on top."""
    knot = oval(322, 108, 78, 60, colour) + "".join(
        strand(d, colour, light, 15)
        for d in (
            "M250 128 C240 70 300 44 346 54 C400 66 408 120 380 146",
            "M262 142 C262 96 306 72 344 82 C380 92 386 124 366 148",
            "M278 150 C284 118 316 102 342 110 C362 118 362 136 350 150",
            "M392 132 C412 108 404 82 388 72",
        )
    )
    cap = shape(CAP, colour)
    rows = "".join(
        line(f"M{320 - n * 24} {222 + n * n * 3} C{320 - n * 22} {196 + n * 4} {316 - n * 10} 176 {314 - n * 6} 156",
             light, 2.6, 0.42)
        for n in range(5)
    )  # fmt: skip
    loose = strand("M220 300 C200 400 224 470 206 566", colour, light, 13) + strand(
        "M213 330 C192 420 206 500 190 600", colour, light, 13
    )
    cuffs = f'<rect x="194" y="520" width="20" height="13" rx="4" fill="{accent}"/>'
    band = line("M260 160 C294 146 346 146 380 160", accent, 13)
    return knot, cap + rows + mirrored(rows) + loose + mirrored(loose) + cuffs + mirrored(
        cuffs
    ) + band


def bobbraids(colour: str, light: str, accent: str) -> Layers:
    """Chin-long braids with a side parting."""
    back = "".join(
        strand(f"M{262 - n * 8} 220 C{226 - n * 9} 320 {214 - n * 8} 420 {222 - n * 10} {520 - (n % 2) * 12}",
               colour, light, 14)
        for n in range(6)
    )  # fmt: skip
    cap = shape(
        "M368 150 C250 120 192 226 206 372 C214 330 226 290 262 258 C300 236 340 222 362 192"
        " C384 222 400 250 412 280 C422 306 428 340 434 372 C448 250 420 160 368 150 Z",
        colour,
    )
    rows = "".join(
        line(d, light, 2.6, 0.42)
        for d in (
            "M358 166 C300 176 250 210 224 290", "M360 180 C310 196 262 226 240 262",
            "M372 170 C402 200 420 240 428 310", "M348 158 C280 160 232 200 214 300",
        )
    )  # fmt: skip
    near = "".join(
        strand(f"M{240 - n * 8} 226 C{198 - n * 8} 310 {216 - n * 15} 440 {210 - n * 13} {518 - n * 10}",
               colour, light, 15)
        for n in range(2)
    )  # fmt: skip
    beads = "".join(disc(x, y, 7.5, accent) for x, y in ((210, 524), (197, 512)))
    return back + mirrored(back), near + mirrored(near) + cap + rows + beads + mirrored(beads)
