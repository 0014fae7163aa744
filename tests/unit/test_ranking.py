"""Who waits first and who answers whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from fantooo.domain.ranking import (
    QUIET_LOAD,
    REASONS,
    Candidate,
    Waiting,
    choose,
    places_of,
    priority,
    score_parts,
    waited,
    worth,
)
from fantooo.domain.settings import SystemSettings

DEFAULTS = SystemSettings()
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CHAT = UUID(int=99)


def parts(**changes):
    values = {
        "tier": "free",
        "lifetime_value": Decimal(0),
        "paid": False,
        "first": False,
        "escalated": False,
        "settings": DEFAULTS,
        **changes,
    }
    return score_parts(**values)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"tier": "free"}, {}),
        ({"tier": "bronze"}, {"tier": 10}),
        ({"tier": "silver"}, {"tier": 20}),
        ({"tier": "gold"}, {"tier": 30}),
        ({"tier": "platinum"}, {"tier": 40}),
        ({"lifetime_value": Decimal("999.99")}, {}),
        ({"lifetime_value": Decimal(1000)}, {"lifetime_value": 1}),
        ({"lifetime_value": Decimal("19999.99")}, {"lifetime_value": 19}),
        ({"lifetime_value": Decimal(20000)}, {"lifetime_value": 20}),
        ({"lifetime_value": Decimal(900000)}, {"lifetime_value": 20}),
        ({"paid": True}, {"paid": 15}),
        ({"first": True}, {"first": 10}),
        ({"escalated": True}, {"escalated": 50}),
        (
            {
                "tier": "platinum",
                "lifetime_value": Decimal(50000),
                "paid": True,
                "first": True,
                "escalated": True,
            },
            {"tier": 40, "lifetime_value": 20, "paid": 15, "first": 10, "escalated": 50},
        ),
    ],
)
def test_points(changes: dict[str, object], expected: dict[str, int]) -> None:
    assert parts(**changes) == expected


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (0, "low"),
        (14, "low"),
        (15, "normal"),
        (39, "normal"),
        (40, "high"),
        (69, "high"),
        (70, "urgent"),
        (500, "urgent"),
    ],
)
def test_priorities(score: int, word: str) -> None:
    assert priority(score, DEFAULTS) == word


def points_now(score: int, entered: datetime, now: datetime) -> int:
    """What the design says: the parts, and one for each 20 seconds of waiting, without end."""
    return score + int((now - entered).total_seconds()) // 20


def rank_key(score: int, entered: datetime) -> datetime:
    return entered - worth(score, DEFAULTS)


def test_waiting_is_worth_a_point_each_20_seconds() -> None:
    points = [waited(seconds, DEFAULTS) for seconds in (-5, 0, 19.9, 20, 100, 86_400)]
    assert points == [0, 0, 0, 1, 5, 4320]


def test_operators_read_a_reason_for_everything_but_spending() -> None:
    made = parts(tier="gold", lifetime_value=Decimal(5000), paid=True, first=True, escalated=True)
    assert set(made) - set(REASONS) == {"lifetime_value"}


@given(
    one=st.tuples(st.integers(0, 140), st.integers(0, 5000)),
    two=st.tuples(st.integers(0, 140), st.integers(0, 5000)),
    later=st.integers(0, 500),
)
def test_the_stored_order_is_the_order_of_points_at_every_moment(
    one: tuple[int, int], two: tuple[int, int], later: int
) -> None:
    """Whole points of waiting, so that rounding plays no part."""
    now = NOON + timedelta(seconds=5000 * DEFAULTS.points_seconds + later)
    first, second = (
        (score, NOON + timedelta(seconds=waited * DEFAULTS.points_seconds))
        for score, waited in (one, two)
    )
    by_points = points_now(*first, now) - points_now(*second, now)
    by_key = rank_key(*second) - rank_key(*first)
    assert (by_points > 0) == (by_key > timedelta(0))
    assert (by_points == 0) == (by_key == timedelta(0))


def test_nobody_starves() -> None:
    """The lowest beats the highest once it has waited longer by what their points differ."""
    highest = 40 + 20 + 15 + 10 + 50
    apart = timedelta(seconds=highest * DEFAULTS.points_seconds)
    assert rank_key(0, NOON - apart - timedelta(seconds=1)) < rank_key(highest, NOON)
    assert rank_key(0, NOON - apart + timedelta(seconds=1)) > rank_key(highest, NOON)


def operator(number: int, **changes) -> Candidate:
    values = {
        "load": 0,
        "max_chats": 5,
        "languages": frozenset({"en"}),
        "specializations": frozenset(),
        "skill_level": "mid",
        "idle_since": NOON,
        **changes,
    }
    return Candidate(operator_id=UUID(int=number), **values)


def chosen(waiting: Waiting, *candidates: Candidate) -> int | None:
    found = choose(waiting, candidates, DEFAULTS)
    return found[0].operator_id.int if found else None


def test_preferred_before_everything() -> None:
    waiting = Waiting(CHAT, preferred=UUID(int=2), specializations=frozenset({"romance"}))
    found = choose(
        waiting,
        [operator(1, specializations=frozenset({"romance"})), operator(2, load=20)],
        DEFAULTS,
    )
    assert found is not None
    assert found[0].operator_id.int == 2
    assert found[1] == "answered this chat before"


def test_preferred_but_full_is_passed_over() -> None:
    assert chosen(Waiting(CHAT, preferred=UUID(int=2)), operator(1), operator(2, load=25)) == 1


def test_excluded_is_never_chosen() -> None:
    waiting = Waiting(CHAT, preferred=UUID(int=1), excluded=frozenset({UUID(int=1)}))
    assert chosen(waiting, operator(1)) is None
    assert chosen(waiting, operator(1), operator(2, load=20)) == 2


def test_language_before_specialisation_before_load_before_idleness() -> None:
    swahili = Waiting(CHAT, language="sw", specializations=frozenset({"romance"}))
    speaks = operator(1, languages=frozenset({"sw"}), load=20)
    knows = operator(2, specializations=frozenset({"romance"}))
    assert chosen(swahili, knows, speaks) == 1
    english = Waiting(CHAT, specializations=frozenset({"romance"}))
    assert (
        chosen(english, operator(1), operator(2, specializations=frozenset({"romance"}), load=20))
        == 2
    )
    assert chosen(english, operator(1, load=5), operator(2, load=1)) == 2
    earlier = NOON - timedelta(minutes=1)
    assert chosen(english, operator(1), operator(2, idle_since=earlier)) == 2


def test_escalated_goes_to_senior_and_expert_first() -> None:
    waiting = Waiting(CHAT, preferred=UUID(int=1), escalated=True)
    assert chosen(waiting, operator(1), operator(2, skill_level="senior", load=20)) == 2
    assert chosen(waiting, operator(1), operator(2, skill_level="expert")) == 2
    assert chosen(waiting, operator(1), operator(2, skill_level="junior")) == 1


@pytest.mark.parametrize(
    ("waiting", "quiet", "maximum", "skill", "room"),
    [
        (0, 0, 1, "mid", True),
        (1, 0, 1, "mid", False),
        (0, 1, 1, "mid", False),  # 0.2 + 1 > 1
        (4, 0, 5, "mid", True),
        (4, 1, 5, "mid", False),
        (3, 5, 5, "mid", True),
        (3, 6, 5, "mid", False),
        (2, 0, 5, "junior", True),
        (3, 0, 5, "junior", False),
        (2, 0, 2, "junior", False),
        (0, 25, 6, "mid", True),
        (0, 26, 6, "mid", False),
    ],
)
def test_room(waiting: int, quiet: int, maximum: int, skill: str, room: bool) -> None:
    candidate = operator(1, load=waiting * 5 + quiet, max_chats=maximum, skill_level=skill)
    assert candidate.has_room(DEFAULTS) is room


@given(
    st.lists(
        st.builds(
            operator,
            st.integers(1, 50),
            load=st.integers(0, 30),
            max_chats=st.integers(1, 6),
            skill_level=st.sampled_from(["junior", "mid", "senior", "expert"]),
        ),
        max_size=8,
        unique_by=lambda c: c.operator_id,
    ),
    st.sets(st.integers(1, 50)),
    st.booleans(),
)
def test_whoever_is_chosen_may_be(
    candidates: list[Candidate], excluded: set[int], escalated: bool
) -> None:
    barred = frozenset(UUID(int=number) for number in excluded)
    found = choose(Waiting(CHAT, excluded=barred, escalated=escalated), candidates, DEFAULTS)
    able = [c for c in candidates if c.has_room(DEFAULTS) and c.operator_id not in barred]
    assert (found is None) == (not able)
    if found:
        assert found[0] in able
        assert found == choose(
            Waiting(CHAT, excluded=barred, escalated=escalated), reversed(candidates), DEFAULTS
        ), "the order of asking plays no part"


def test_reasons_are_told() -> None:
    waiting = Waiting(CHAT, language="sw", specializations=frozenset({"romance", "casual"}))
    found = choose(
        waiting,
        [operator(1, languages=frozenset({"sw"}), specializations=frozenset({"romance"}))],
        DEFAULTS,
    )
    assert found and found[1] == "speaks Swahili; knows romance"
    found = choose(waiting, [operator(1)], DEFAULTS)
    assert found and found[1] == "least loaded"


def test_skill_breaks_a_tie_of_load_before_idle_time() -> None:
    rested = operator(1, skill_level="junior", idle_since=NOON - timedelta(hours=1))
    skilled = operator(2, skill_level="expert")
    found = choose(Waiting(CHAT), [rested, skilled], DEFAULTS)
    assert found and found[0] is skilled
    busy = operator(2, skill_level="expert", load=QUIET_LOAD)
    found = choose(Waiting(CHAT), [rested, busy], DEFAULTS)
    assert found and found[0] is rested


@pytest.mark.parametrize(
    ("most", "level", "places"),
    [(5, "junior", 3), (2, "junior", 2), (5, "mid", 5), (9, "expert", 9)],
)
def test_how_many_chats_one_is_given(most: int, level: str, places: int) -> None:
    assert places_of(most, level, DEFAULTS) == places
