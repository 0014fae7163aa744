"""Draws the characters. The hand is our own: flat, warm, no outlines.

Nobody could take them for photographs. Head, skin and hair of a character stay; expression,
clothes and light change. A picture's name holds a digest of its drawing, so another drawing is
another picture.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache, partial

import resvg_py
from PIL import Image

from fantooo.demo import body, face, hair, stage
from fantooo.demo.characters import PERSONAS
from fantooo.demo.looks import LOOKS, Look, Shot
from fantooo.demo.svg import group, mix
from fantooo.infra.storage import Storage
from fantooo.services.pictures import FIRST_WIDTHS, Made, keep

#: of a whole picture, in pixels; as drawings they could be had in any size
WIDTH, HEIGHT = 1920, 2400
#: how large the backdrop is drawn beside the figure; drawing is most of a first start
_BEHIND = 0.44
#: raised when the same drawing is to be turned into pixels in another way
_HAND = 1
_NAME = re.compile(r"characters/([a-z0-9-]+)/drawn-(\d+)-[0-9a-f]{8}")
_AGES = {persona.slug: persona.age for persona in PERSONAS}
#: how close the camera stands, and how far down the figure: tall hair needs room
_FRAME = {
    "puff": (1.08, 62), "bun": (1.12, 44), "wrap": (1.1, 48), "afro": (1.1, 20), "flat": (1.16, 16),
    "bandana": (1.1, 44), "beanie": (1.14, 34), "boxbun": (1.08, 56), "coils": (1.08, 14),
    "fedora": (1.1, 40), "flatcap": (1.16, 14), "gele": (1.06, 58), "kofia": (1.16, 14),
    "longcurls": (1.12, 6), "mohawk": (1.12, 34), "ponytail": (1.1, 24), "straw": (1.06, 44),
    "taper": (1.14, 24), "turban": (1.12, 34), "headphones": (1.12, 20),
}  # fmt: skip
#: how far a bow over the head stands off it
_BOW = {"taper": 48, "bobbraids": 14}
#: the shoulders, nearer to the chin
_NECK = 'transform="translate(0 -46)"'


@contextmanager
def drawing(kept: Storage, pictures: Iterable[str]) -> Iterator[list[Made]]:
    """Draws these pictures in their first sizes, in other processes.

    The body runs meanwhile; leaving it waits for the last picture, and then the list holds them.
    """
    wanted = list(pictures)
    made: list[Made] = []
    if not wanted:
        yield made
        return
    with ProcessPoolExecutor(
        min(4, os.cpu_count() or 1), initializer=_end_with, initargs=(os.getpid(),)
    ) as pool:
        drawn = pool.map(partial(_draw, kept), wanted, chunksize=4)
        yield made
        made.extend(drawn)


@cache
def names(slug: str) -> list[str]:
    """The names of a character's pictures, as ``fictional_users.profile_pictures`` keeps them."""
    return [f"characters/{slug}/drawn-{n}-{_digest(slug, n)}" for n in range(count(slug))]


def is_drawn(name: str) -> bool:
    """Whether a picture of that name was drawn here, perhaps by an earlier hand."""
    return _NAME.fullmatch(name) is not None


def make(name: str, width: int) -> Image.Image:
    """The picture of that name, so wide. Raises ``LookupError`` when we do not draw it (any more)."""
    named = _NAME.fullmatch(name)
    if named is None or named[1] not in LOOKS or name not in names(named[1]):
        raise LookupError(name)
    return picture(named[1], int(named[2]), width)


def count(slug: str) -> int:
    """How many pictures there are of a character."""
    return len(LOOKS[slug].shots)


def svgs(slug: str, n: int) -> tuple[str, str]:
    """Picture ``n`` of a character as two drawings of 640 by 800: what is behind, and the figure."""
    look = LOOKS[slug]
    shot = look.shots[n]
    close, down = _FRAME.get(shot.hair or look.hair, (1.2, 0))
    z = close * shot.zoom
    camera = f'transform="translate({320 * (1 - z):.1f} {340 * (1 - z) + down:.1f}) scale({z:.3f})"'
    figure = group(_figure(look, shot, _AGES[slug]), camera)
    return _document(stage.backdrop(*shot.light, shot.form)), _document(figure)


def picture(slug: str, n: int, width: int) -> Image.Image:
    """Picture ``n``, so wide. The backdrop is a little out of focus, which also draws faster."""
    back, front = svgs(slug, n)
    figure = _rendered(front, width)
    behind = _rendered(back, round(width * _BEHIND)).convert("RGB")
    whole = behind.resize((width, width * HEIGHT // WIDTH), Image.Resampling.BICUBIC)
    whole.paste(figure, mask=figure)
    return whole


def _digest(slug: str, n: int) -> str:
    return hashlib.sha256("\n".join((str(_HAND), *svgs(slug, n))).encode()).hexdigest()[:8]


def _document(content: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {stage.WIDTH} {stage.HEIGHT}">'
        f"{content}</svg>"
    )


def _rendered(svg: str, width: int) -> Image.Image:
    drawn = resvg_py.svg_to_bytes(svg_string=svg, width=width, skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(drawn)))


def _figure(look: Look, shot: Shot, age: int) -> str:
    skin = face.Skin.of(look.skin, shot.light[1])
    # Hair takes a little of the light around it, so that figure and stage belong together.
    colour = mix(look.hair_colour, shot.light[1], 0.16)
    style = shot.hair or look.hair
    cloth = look.hair_accent or (shot.colour if style in hair.VEILS else shot.accent)
    behind, before = hair.layers(style, colour, cloth)
    turn = f'transform="rotate({shot.tilt} 320 540)"'
    cut = shot.clothes.split("+")[0]
    clothes = body.garment(shot.clothes, shot.colour, shot.accent, broad=look.broad)
    bare = cut not in body.CLOSED and style not in hair.VEILS
    necklace = body.necklace(look.necklace, look.metal) if look.necklace and bare else ""
    ink = body.tattoo(look.tattoo, skin.deep) if look.tattoo else ""
    return (
        group(behind, turn)
        + group(body.bust(skin, broad=look.broad) + ink + clothes + necklace, _NECK)
        + group(
            face.head(look.bones, skin, ears=style not in hair.HIDES_EARS)
            + _features(look, shot, skin, colour, age) + before + _worn(look, shot, style),
            turn,
        )
    )  # fmt: skip


def _features(look: Look, shot: Shot, skin: face.Skin, colour: str, age: int) -> str:
    eyes, brows, mouth = shot.mood
    lips = mix(look.lips, skin.base, 0.2 if look.lashes else 0.45)
    return (
        face.nose(skin, broad=look.nose)
        + face.lines(age, skin)
        + face.eyes(eyes, skin, look.iris, lashes=look.lashes, gap=look.gap, size=look.eye)
        + face.brows(mix(colour, skin.deep, 0.25), kind=brows, heavy=look.broad, gap=look.gap)
        + (face.beard(look.beard, look.bones, colour) if look.beard else "")
        + face.mouth(mouth, lips, skin, full=look.fullness, wide=look.mouth, bare=not look.beard)
        + (face.freckles(skin) if look.freckles else "")
    )


def _worn(look: Look, shot: Shot, style: str) -> str:
    glasses = "shades" if shot.worn == "shades" else look.glasses
    made = face.glasses(glasses, look.frame) if glasses else ""
    if look.earrings and style not in hair.VEILS and shot.worn != "headphones":
        made += face.earrings(look.earrings, look.bones, look.metal)
    if look.nose_ring:
        made += face.nose_ring(look.metal)
    if shot.worn == "headphones":
        made += face.headphones(mix(shot.accent, "#f3ece6", 0.25), _BOW.get(style, 10))
    if shot.worn == "flower":
        made += face.flower(226, 300, "#ff7f6a")
    return made


def _end_with(parent: int) -> None:
    """Ends this process soon after ``parent``, whatever ended it: nobody else would."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _draw(kept: Storage, name: str) -> Made:
    return keep(kept, name, make(name, max(FIRST_WIDTHS)), FIRST_WIDTHS)
