"""Towns as people type them: which ones a few letters mean, and which one a text is.

The order is the product's: Kenya first, then Africa, then the world; the larger town first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: how many are offered at once; a phone shows no more above its keyboard
MOST = 6
HOME = "Kenya"
_APOSTROPHES = "'’‘`´ʻʿ"


@dataclass(frozen=True, slots=True)
class Town:
    """A town of the gazetteer. Coordinates in tenths of a degree."""

    name: str
    country: str
    latitude: float
    longitude: float
    #: ``name`` as it is compared, with a blank before each of its words
    folded: str

    @property
    def label(self) -> str:
        """What is put into the field: at home the town alone, else with its country."""
        return self.name if self.country == HOME else f"{self.name}, {self.country}"


def fold(text: str) -> str:
    """``text`` as towns are compared: no case, accents, apostrophes; other signs are blanks."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = (c for c in plain if not unicodedata.combining(c) and c not in _APOSTROPHES)
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())


def rank(rows: Iterable[tuple[str, str, str, float, float, int]]) -> list[Town]:
    """Towns in the product's order, from (name, country, continent, lat, lon, population).

    Of two with one label the larger stays: nobody could tell them apart.
    """
    towns: dict[str, Town] = {}
    ordered = sorted(rows, key=lambda row: (row[1] != HOME, row[2] != "AF", -row[5], row[0]))
    for name, country, _continent, latitude, longitude, _population in ordered:
        town = Town(name, country, latitude, longitude, " " + fold(name))
        towns.setdefault(town.label, town)
    return list(towns.values())


def suggest(towns: Sequence[Town], typed: str) -> list[Town]:
    """Up to ``MOST`` towns that begin so, then those with a later word that does. ``towns`` ranked."""
    wanted, _comma, country = typed.partition(",")
    start, land = " " + fold(wanted), fold(country)
    if len(start) < 3:
        return []
    first: list[Town] = []
    later: list[Town] = []
    for town in towns:
        if start in town.folded and fold(town.country).startswith(land):
            (first if town.folded.startswith(start) else later).append(town)
    return (first + later)[:MOST]


def find(towns: Sequence[Town], typed: str) -> Town | None:
    """The town a text names, with or without its country, or None. ``towns`` ranked."""
    wanted, _comma, country = typed.partition(",")
    name, land = " " + fold(wanted), fold(country)
    for town in towns:
        if town.folded == name and (not land or fold(town.country) == land):
            return town
    return None
