"""Towns: what a text may become as somebody types, and where a town lies."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fantooo.domain import text as text_rules
from fantooo.domain.places import Town
from fantooo.gateways.geocoding import geocoder


@dataclass(frozen=True)
class Located:
    """A town as it is kept. Coordinates in tenths of a degree, None when we do not know it."""

    location: str
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def suggest(typed: str) -> list[Town]:
    """A few towns that ``typed`` may become, the likeliest first."""
    return geocoder().suggest(typed)


def locate(typed: str) -> Located:
    """The town somebody typed, spelt as it is when we know it, else in their own words."""
    cleaned = " ".join(text_rules.clean(typed).split())
    town = geocoder().find(cleaned)
    if town is None:
        return Located(cleaned)
    spelt = town.label if "," in cleaned else town.name
    return Located(spelt, _tenths(town.latitude), _tenths(town.longitude))


def _tenths(degrees: float) -> Decimal:
    return Decimal(str(degrees)).quantize(Decimal("0.1"))
