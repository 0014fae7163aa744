"""Towns as one types: which come first, what counts as the same, and that our file is the sifted one."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from fantooo.domain import places
from fantooo.domain.places import Town
from fantooo.gateways import geocoding
from fantooo.gateways.geocoding import geocoder


def labels(typed: str) -> list[str]:
    return [town.label for town in geocoder().suggest(typed)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("nai", "Nairobi"),
        ("NAI", "Nairobi"),
        ("mom", "Mombasa"),
        ("kis", "Kisumu"),
        ("eld", "Eldoret"),
        ("langata", "Lang'ata"),
        ("muranga", "Murang’a"),
        ("murang'a", "Murang’a"),
        ("kampala", "Kampala, Uganda"),
        ("dar es", "Dar es Salaam, Tanzania"),
        ("malaga", "Málaga, Spain"),
        ("london, c", "London, Canada"),
        ("new york", "New York City, United States"),
    ],
)
def test_the_likeliest_town_is_first(typed: str, first: str) -> None:
    assert labels(typed)[0] == first


def test_kenya_then_africa_then_the_world_and_the_larger_town_first() -> None:
    rows = [
        ("Kalo", "Mali", "AF", 1.0, 1.0, 20_000),
        ("Kala", "Kenya", "AF", 1.0, 1.0, 9_000),
        ("Kalb", "Kenya", "AF", 1.0, 1.0, 90_000),
        ("Kali", "Japan", "AS", 1.0, 1.0, 9_000_000),
        ("Upper Kal", "Kenya", "AF", 1.0, 1.0, 900_000),
    ]
    found = places.suggest(places.rank(rows), "kal")
    assert [town.name for town in found] == ["Kalb", "Kala", "Kalo", "Kali", "Upper Kal"]


def test_of_two_with_one_label_the_larger_stays() -> None:
    rows = [("Awendo", "Kenya", "AF", float(n), 0.0, n) for n in (5, 7)]
    assert [town.latitude for town in places.rank(rows)] == [7.0]


@pytest.mark.parametrize("typed", ["", "n", " ", ",", "n, kenya", "zzzqq", "'", "🙂"])
def test_nothing_is_offered_for_nothing(typed: str) -> None:
    assert labels(typed) == []


def test_no_more_than_a_phone_shows() -> None:
    assert len(labels("na")) == places.MOST == 6


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Nairobi", "Nairobi"),
        ("  nairobi ", "Nairobi"),
        ("NAIROBI, Kenya", "Nairobi"),
        ("paris", "Paris, France"),
        ("Kampala, Uganda", "Kampala, Uganda"),
        ("London, Canada", "London, Canada"),
    ],
)
def test_a_text_that_names_a_town(typed: str, found: str) -> None:
    town = geocoder().find(typed)
    assert town is not None
    assert town.label == found


@pytest.mark.parametrize("typed", ["", "Nairob", "Nairobi West Lane 4", "Nairobi, Uganda", ","])
def test_a_text_that_names_none(typed: str) -> None:
    assert geocoder().find(typed) is None


def test_positions_are_coarse() -> None:
    """A tenth of a degree is some eleven kilometres: a town, never a street."""
    towns = geocoding._towns()
    assert all(round(t.latitude, 1) == t.latitude and round(t.longitude, 1) == t.longitude for t in towns)  # fmt: skip
    assert geocoder().find("Nairobi") == Town("Nairobi", "Kenya", -1.3, 36.8, " nairobi")


def test_an_answer_takes_a_moment() -> None:
    geocoder().suggest("warm")
    began = time.perf_counter()
    for typed in ("na", "zzz", "dar", "new y", "s"):
        geocoder().suggest(typed)
    assert (time.perf_counter() - began) / 5 < 0.05


def test_the_file_is_what_is_sifted_from_the_gazetteer(tmp_path: Path) -> None:
    """In a process of its own: the gazetteer's data takes 60 MB."""
    made = tmp_path / "towns.tsv"
    subprocess.run([sys.executable, "-m", "fantooo.gateways.towns", str(made)], check=True)
    assert made.read_text() == geocoding.TOWNS.read_text()
