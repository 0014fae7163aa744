"""How each character looks: a fixed identity, and pictures of it that differ."""

from __future__ import annotations

from dataclasses import dataclass, field

from fantooo.demo.face import Head

Duotone = tuple[str, str]
ROSE, PLUM, GOLD = ("#ff7aa8", "#6a1b8a"), ("#e07ac0", "#3d0f6b"), ("#ffcf5c", "#8f2f2a")
LAGOON, NIGHT, PEACH = ("#46c6d0", "#1d2a6e"), ("#8c94e8", "#1c1250"), ("#ffab8a", "#86104f")
SAGE, AMBER, LILAC = ("#9bd0a4", "#1d4a4a"), ("#ffbd70", "#5e2430"), ("#c9a0ee", "#46218f")
DUSK, TEAL, BERRY = ("#ff9a6b", "#4a1a5c"), ("#6fd6bd", "#12405a"), ("#f08ab8", "#5a0f3c")
SAND, SKY, INK = ("#f2d3a2", "#6b3a2e"), ("#8fd0f0", "#24408a"), ("#7a86c8", "#141038")
MOSS, CLAY = ("#c6cf7a", "#33502f"), ("#f0a184", "#5c2026")
METAL, SILVER, CORAL = "#f0b84a", "#e6e0ea", "#ff7f6a"


@dataclass(frozen=True)
class Shot:
    """One picture: light, expression, clothes, and how the head is held."""

    light: Duotone
    form: str
    #: eyes, brows, mouth
    mood: tuple[str, str, str]
    clothes: str
    colour: str
    accent: str
    #: the tilt of the head in degrees, and how close the camera is
    tilt: float = 0
    zoom: float = 1.0
    #: headphones, flower or shades, for this picture
    worn: str = ""
    #: another way to wear the hair
    hair: str = ""


@dataclass(frozen=True)
class Look:
    """The identity that stays the same in all pictures."""

    skin: str
    hair: str
    hair_colour: str
    shots: tuple[Shot, ...]
    bones: Head = field(default_factory=Head)
    iris: str = "#3b1d12"
    lips: str = "#b5344f"
    broad: bool = False
    lashes: bool = True
    #: breadth of nose and mouth, fullness of the lips, size and distance of the eyes
    nose: float = 1.0
    mouth: float = 1.0
    fullness: float = 1.0
    eye: float = 1.0
    gap: float = 47
    glasses: str = ""
    frame: str = "#2a1220"
    beard: str = ""
    earrings: str = ""
    nose_ring: bool = False
    tattoo: str = ""
    metal: str = METAL
    necklace: str = ""
    freckles: bool = False
    #: cloth or cuffs in the hair; empty takes the shot's own accent
    hair_accent: str = ""


WARM, LAUGH = ("open", "rest", "soft"), ("happy", "lifted", "smile")
GLANCE, DREAM, BRIGHT = (
    ("right", "raised", "side"),
    ("lowered", "rest", "soft"),
    ("open", "lifted", "smile"),
)
AWAY = ("left", "lifted", "soft")
SMILE, WINK, THINK = (
    ("open", "rest", "grin"),
    ("wink", "raised", "grin"),
    ("right", "lifted", "grin"),
)
PLEASED, SLY = ("happy", "rest", "grin"), ("left", "raised", "side")
MAN = Head(temple=106, jaw=99, chin=514)
LEAN = Head(temple=101, jaw=94, chin=516)
SQUARE = Head(temple=108, jaw=106, chin=508)
LONG_FACE = Head(temple=101, jaw=90, chin=522)
ROUND = Head(temple=107, jaw=94, chin=498)
HEART = Head(temple=105, jaw=76, chin=504)
OVAL = Head(temple=100, jaw=80, chin=508)
