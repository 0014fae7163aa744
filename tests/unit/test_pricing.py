"""What a message costs: the table of the product, its edges, and what must always hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import example, given, strategies as st

from fantooo.domain.pricing import EAT, QUOTE_VALID, is_evening, message_price, rate_ends_at
from fantooo.domain.settings import SystemSettings

DEFAULTS = SystemSettings()
AFTERNOON = datetime(2026, 11, 24, 14, 0, tzinfo=EAT)
EVENING = datetime(2026, 11, 24, 20, 0, tzinfo=EAT)
KINDS = {"text": 1, "gif": 1, "image": 2, "voice": 3, "video": 5}
TIERS = ("free", "bronze", "silver", "gold", "platinum")


def price(kind: str = "text", moment: datetime = AFTERNOON, featured: bool = False, **changes):
    values = {"free_used": 3, "tier": "free", "settings": DEFAULTS, **changes}
    return message_price(content_type=kind, moment=moment, featured=featured, **values)


@pytest.mark.parametrize(
    ("kind", "afternoon", "evening", "featured", "both"),
    [
        # base; x 1.2; x 1.5; x 1.8, rounded up once
        ("text", 1, 2, 2, 2),
        ("gif", 1, 2, 2, 2),
        ("image", 2, 3, 3, 4),
        ("voice", 3, 4, 5, 6),
        ("video", 5, 6, 8, 9),
    ],
)
def test_the_price_list(kind: str, afternoon: int, evening: int, featured: int, both: int) -> None:
    assert price(kind).credits == afternoon
    assert price(kind, EVENING).credits == evening
    assert price(kind, featured=True).credits == featured
    assert price(kind, EVENING, featured=True).credits == both


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("used", "free"), [(0, True), (1, True), (2, True), (3, False), (9, False)]
)
def test_three_messages_of_any_kind_are_free(kind: str, used: int, free: bool) -> None:
    found = price(kind, EVENING, featured=True, free_used=used)
    assert found.is_free is free
    assert (found.credits == 0) is free


@pytest.mark.parametrize(
    ("clock", "evening"),
    [
        ("17:59:59", False),
        ("18:00:00", True),
        ("20:30:00", True),
        ("22:59:59", True),
        ("23:00:00", False),
        ("00:00:00", False),
        ("05:00:00", False),
    ],
)
def test_the_evening_of_nairobi(clock: str, evening: bool) -> None:
    moment = datetime.fromisoformat(f"2026-11-24T{clock}+03:00")
    assert is_evening(moment, DEFAULTS) is evening
    assert is_evening(moment.astimezone(UTC), DEFAULTS) is evening, "whatever zone it is told in"


@pytest.mark.parametrize(
    ("clock", "ends"),
    [
        ("14:00", "14:30"),
        ("17:29", "17:59"),
        ("17:30", "18:00"),
        ("17:45", "18:00"),
        ("18:00", "18:30"),
        ("22:45", "23:00"),
        ("23:00", "23:30"),
        ("23:45", "00:15"),
    ],
)
def test_a_shown_price_holds_half_an_hour_and_never_across_a_change(clock: str, ends: str) -> None:
    moment = datetime.fromisoformat(f"2026-11-24T{clock}:00+03:00")
    found = rate_ends_at(moment, DEFAULTS).astimezone(EAT)
    assert found.strftime("%H:%M") == ends
    assert timedelta(0) < found - moment <= QUOTE_VALID


@example(moment=datetime(2026, 1, 1, 20, 45, tzinfo=UTC), start=0, length=1)
@given(
    moment=st.datetimes(
        datetime(2026, 1, 1),
        datetime(2028, 1, 1),
        timezones=st.just(UTC),  # noqa: DTZ001
    ),
    start=st.integers(0, 23),
    length=st.integers(1, 24),
)
def test_the_rate_is_the_same_until_it_ends(moment: datetime, start: int, length: int) -> None:
    settings = SystemSettings(evening_from_hour=start, evening_until_hour=min(24, start + length))
    ends = rate_ends_at(moment, settings)
    assert moment < ends <= moment + QUOTE_VALID
    last = ends - timedelta(microseconds=1)
    assert is_evening(last, settings) == is_evening(moment, settings)


@given(
    kind=st.sampled_from(sorted(KINDS)),
    base=st.integers(0, 500),
    evening=st.decimals(0, 5, places=3),
    featured=st.decimals(0, 5, places=3),
    discount=st.integers(0, 120),
    tier=st.sampled_from(TIERS),
    at_night=st.booleans(),
    is_featured=st.booleans(),
)
def test_exact_and_rounded_up_once(
    kind: str,
    base: int,
    evening: Decimal,
    featured: Decimal,
    discount: int,
    tier: str,
    at_night: bool,
    is_featured: bool,
) -> None:
    settings = SystemSettings(
        **{f"price_{kind}": base, f"discount_{tier}": discount},
        evening_multiplier=evening,
        featured_multiplier=featured,
    )
    found = price(
        kind, EVENING if at_night else AFTERNOON, is_featured, tier=tier, settings=settings
    )
    exact = Fraction(base)
    if at_night:
        exact *= Fraction(evening)
    if is_featured:
        exact *= Fraction(featured)
    exact *= Fraction(max(0, 100 - discount), 100)
    assert found.credits == ceil(exact)
    assert found.credits >= 0


@given(tier=st.sampled_from(TIERS), other=st.sampled_from(TIERS))
def test_tiers_cost_the_same_by_default(tier: str, other: str) -> None:
    assert price(tier=tier).credits == price(tier=other).credits == 1


def test_a_discount_is_for_its_own_tier() -> None:
    settings = SystemSettings(discount_gold=50)
    assert price("video", tier="gold", settings=settings).credits == 3
    assert price("video", tier="silver", settings=settings).credits == 5


def test_the_ledger_keeps_the_factors() -> None:
    assert price(moment=EVENING, featured=True).factors() == {
        "base": 1,
        "evening": True,
        "featured": True,
        "discount_percent": 0,
    }


@pytest.mark.parametrize(
    ("moment", "featured", "used", "words"),
    [
        (AFTERNOON, False, 3, ""),
        (EVENING, False, 3, "evening rate"),
        (AFTERNOON, True, 3, "featured character"),
        (EVENING, True, 3, "evening rate, featured character"),
        (EVENING, True, 2, "free"),
    ],
)
def test_reasons(moment: datetime, featured: bool, used: int, words: str) -> None:
    assert price(moment=moment, featured=featured, free_used=used).reason == words
