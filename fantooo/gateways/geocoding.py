"""Where towns come from: an interface, and the offline gazetteer behind it.

``towns.tsv`` is sifted by ``towns.py`` from geonames' cities, whose own file takes 60 MB and a
second to read. Ours is read when first asked for, in some 50 ms, and then takes 5 MB.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Protocol

from fantooo.domain import places
from fantooo.domain.places import Town

TOWNS = Path(__file__).with_name("towns.tsv")


class Geocoder(Protocol):
    """Who knows towns."""

    def suggest(self, typed: str) -> list[Town]:
        """A few towns that a text may become, the likeliest first."""

    def find(self, typed: str) -> Town | None:
        """The town that a text names, or None."""


class Gazetteer:
    """All towns of Kenya, larger ones of Africa, cities of the world."""

    def suggest(self, typed: str) -> list[Town]:
        """A few towns that a text may become, the likeliest first."""
        return places.suggest(_towns(), typed)

    def find(self, typed: str) -> Town | None:
        """The town that a text names, or None."""
        return places.find(_towns(), typed)


def geocoder() -> Geocoder:
    """Who knows towns here."""
    return Gazetteer()


@cache
def _towns() -> list[Town]:
    towns = []
    for line in TOWNS.read_text().splitlines():
        name, country, latitude, longitude, folded = line.split("\t")
        # The same few countries thousands of times: one string each.
        land, compared = sys.intern(country), folded or f" {name.casefold()}"
        towns.append(Town(name, land, float(latitude), float(longitude), compared))
    return towns
