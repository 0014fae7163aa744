"""Hair and head coverings: what lies behind the head and what lies before it."""

from __future__ import annotations

from fantooo.demo.hair import braided, covered, smooth, textured
from fantooo.demo.hair.parts import Layers
from fantooo.demo.svg import mix, rgb

_KINDS = {
    "afro": textured.afro, "bald": textured.bald, "bandana": covered.bandana,
    "beanie": covered.beanie, "bob": smooth.bob, "bobbraids": braided.bobbraids,
    "boxbun": braided.boxbun, "braids": braided.braids, "bun": smooth.bun, "buzz": textured.buzz,
    "coils": textured.coils, "cornrows": braided.cornrows, "crop": textured.crop,
    "fedora": covered.fedora, "flat": textured.flat, "flatcap": covered.flatcap,
    "fringe": smooth.fringe, "gele": covered.gele, "hijab": covered.hijab, "kofia": covered.kofia,
    "locs": braided.locs, "longcurls": smooth.longcurls, "longlocs": braided.longlocs,
    "lowbun": smooth.lowbun, "mohawk": textured.mohawk, "pinned": covered.pinned,
    "pixie": smooth.pixie, "ponytail": smooth.ponytail, "puff": textured.puff,
    "receding": textured.receding, "shayla": covered.shayla, "sidepart": smooth.sidepart,
    "sleek": smooth.sleek, "straw": covered.straw, "taper": textured.taper,
    "tousled": smooth.tousled, "turban": covered.turban, "twists": braided.twists,
    "waves": smooth.waves, "wrap": covered.wrap,
}  # fmt: skip
KINDS = tuple(_KINDS)
#: cloth that takes the colour of the clothes, hides the neck, and leaves no ear free
VEILS = frozenset({"hijab", "shayla", "pinned"})
HIDES_EARS = VEILS | {"waves", "bob", "sleek", "longcurls", "fringe", "coils"}


def layers(kind: str, colour: str, accent: str) -> Layers:
    """Behind and before the head. ``accent`` colours cloth, cuffs and bands."""
    # Grey hair shines white, dark hair takes the warm light.
    light = mix(colour, "#ffffff" if sum(rgb(colour)) > 330 else "#ffb48a", 0.26)
    return _KINDS[kind](colour, light, accent)
