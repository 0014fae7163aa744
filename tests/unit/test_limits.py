"""Limits people set: periods of Nairobi, less at once and more after its time, breaks, time of use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from fantooo.domain import limits as rules
from fantooo.domain.errors import ValidationError
from fantooo.domain.limits import Limit, Stretch, Use
from fantooo.domain.pricing import EAT

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday, three in the afternoon of Nairobi
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def nairobi(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=EAT)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("moment", "period", "begins", "ends"),
    [
        (NOW, "day", (2026, 11, 24), (2026, 11, 25)),
        (NOW, "week", (2026, 11, 23), (2026, 11, 30)),
        (NOW, "month", (2026, 11, 1), (2026, 12, 1)),
        # 21:00 UTC is midnight in Nairobi: a second before belongs to the day that ends.
        (datetime(2026, 11, 24, 20, 59, 59, tzinfo=UTC), "day", (2026, 11, 24), (2026, 11, 25)),
        (datetime(2026, 11, 24, 21, tzinfo=UTC), "day", (2026, 11, 25), (2026, 11, 26)),
        # Sunday's last second, and Monday's first.
        (datetime(2026, 11, 29, 20, 59, 59, tzinfo=UTC), "week", (2026, 11, 23), (2026, 11, 30)),
        (datetime(2026, 11, 29, 21, tzinfo=UTC), "week", (2026, 11, 30), (2026, 12, 7)),
        (datetime(2026, 12, 31, 20, 59, 59, tzinfo=UTC), "month", (2026, 12, 1), (2027, 1, 1)),
        (datetime(2026, 12, 31, 21, tzinfo=UTC), "month", (2027, 1, 1), (2027, 2, 1)),
        (datetime(2028, 2, 29, 9, tzinfo=UTC), "month", (2028, 2, 1), (2028, 3, 1)),
        # A week may lie in two months and two years.
        (datetime(2027, 1, 1, 9, tzinfo=UTC), "week", (2026, 12, 28), (2027, 1, 4)),
    ],
)
def test_periods_are_those_of_nairobi(
    moment: datetime, period: str, begins: tuple[int, ...], ends: tuple[int, ...]
) -> None:
    assert rules.stretch(period, moment) == (nairobi(*begins), nairobi(*ends))


def test_there_are_no_other_periods() -> None:
    with pytest.raises(ValueError, match="year"):
        rules.stretch("year", NOW)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1000", 1000), (" 1,000 ", 1000), ("1000 KES", 1000), ("KES 1 000", 1000), ("1", 1), ("1,000,000", 1_000_000)],
)  # fmt: skip
def test_amounts_as_people_type_them(typed: str, amount: int) -> None:
    assert rules.read_amount(typed, "day", "KES") == Decimal(amount)


@pytest.mark.parametrize(
    "typed", ["", "0", "-5", "12.50", "much", "1,000,001", "9" * 40, "\u0661\u0662", "1e3"]
)
def test_what_is_no_amount(typed: str) -> None:
    with pytest.raises(ValidationError) as caught:
        rules.read_amount(typed, "day", "KES")
    assert set(caught.value.fields) == {"day"}


def test_the_first_limit_and_less_hold_at_once() -> None:
    limit, what = rules.ask(Limit("day"), Decimal(1000), NOW)
    assert (limit.amount, limit.pending_since, what) == (1000, None, "set")
    limit, what = rules.ask(limit, Decimal(400), NOW)
    assert (limit.amount, limit.pending_since, what) == (400, None, "lowered")
    assert rules.ask(limit, Decimal(400), NOW) == (limit, "")
    assert rules.ask(Limit("day"), None, NOW) == (Limit("day"), "")


@pytest.mark.parametrize("wanted", [Decimal(2000), None])
def test_more_waits_a_day_and_wants_to_be_confirmed(wanted: Decimal | None) -> None:
    before = Limit("week", Decimal(1000))
    asked, what = rules.ask(before, wanted, NOW)
    assert what == ("raise_asked" if wanted else "removal_asked")
    assert asked.amount == 1000, "nothing has changed yet"
    assert asked.confirm_from == NOW + DAY
    for moment, state in (
        (NOW, "waiting"),
        (NOW + DAY - MINUTE, "waiting"),
        (NOW + DAY, "ready"),
        (NOW + 7 * DAY - MINUTE, "ready"),
        (NOW + 7 * DAY, "lapsed"),
    ):
        assert asked.pending(moment) == state
        if state == "ready":
            held, done = rules.confirm(asked, moment)
            assert held == Limit("week", wanted)
            assert done == ("raised" if wanted else "removed")
        else:
            with pytest.raises(ValidationError):
                rules.confirm(asked, moment)
    assert asked.amount == 1000


def test_nothing_to_confirm() -> None:
    with pytest.raises(ValidationError):
        rules.confirm(Limit("day", Decimal(5)), NOW)


@pytest.mark.parametrize(("wanted", "what"), [(900, "lowered"), (1000, "cancelled")])
def test_asking_for_less_takes_a_wish_for_more_back(wanted: int, what: str) -> None:
    asked, _ = rules.ask(Limit("day", Decimal(1000)), Decimal(5000), NOW)
    after, done = rules.ask(asked, Decimal(wanted), NOW + HOUR)
    assert (after, done) == (Limit("day", Decimal(wanted)), what)


def test_another_wish_waits_anew_and_the_same_one_does_not() -> None:
    asked, _ = rules.ask(Limit("day", Decimal(1000)), Decimal(2000), NOW)
    assert rules.ask(asked, Decimal(2000), NOW + HOUR) == (asked, "")
    other, what = rules.ask(asked, Decimal(3000), NOW + HOUR)
    assert (other.pending_since, what) == (NOW + HOUR, "raise_asked")
    removal, what = rules.ask(asked, None, NOW + HOUR)
    assert (removal.pending_amount, removal.pending_since, what) == (
        None,
        NOW + HOUR,
        "removal_asked",
    )
    again, what = rules.ask(asked, Decimal(2000), NOW + 8 * DAY)
    assert (again.pending_since, what) == (NOW + 8 * DAY, "raise_asked"), "the first had lapsed"


def use(period: str, amount: int | None, spent: int) -> Use:
    limit = Limit(period, None if amount is None else Decimal(amount))
    return Use(limit, Decimal(spent), *rules.stretch(period, NOW))


def test_a_purchase_up_to_the_limit_passes_and_one_shilling_more_does_not() -> None:
    assert rules.refusal([use("day", 1000, 600)], Decimal(400), "KES") == ""
    words = rules.refusal([use("day", 1000, 600)], Decimal(401), "KES")
    assert words == (
        "This would pass your own limit of 1,000 KES a day: 400 KES are left until midnight."
    )
    assert (
        rules.refusal([use("day", None, 10**6), use("week", None, 0)], Decimal(10**6), "KES") == ""
    )


def test_of_several_limits_the_one_that_holds_longest_is_named() -> None:
    uses = [use("day", 100, 100), use("week", 500, 450), use("month", 5000, 0)]
    assert "500 KES a week: 50 KES are left until Monday, 30 Nov." in rules.refusal(
        uses, Decimal(60), "KES"
    )
    assert "100 KES a day: nothing is left" in rules.refusal(uses, Decimal(50), "KES")
    assert "until 1 Dec." in rules.refusal([*uses, use("month", 10, 99)], Decimal(50), "KES")


def test_what_is_left_is_never_less_than_nothing() -> None:
    assert use("day", 100, 400).left == 0, "lowered below what was spent"
    assert use("day", None, 400).left is None


def test_breaks() -> None:
    assert rules.time_out_until("24h", NOW) == NOW + DAY
    assert rules.time_out_until("30d", NOW) == NOW + 30 * DAY
    with pytest.raises(ValidationError):
        rules.time_out_until("1h", NOW)
    assert rules.paused_until(None, None, NOW) is None
    assert rules.paused_until(NOW + HOUR, None, NOW) == NOW + HOUR
    assert rules.paused_until(NOW, None, NOW) is None
    assert rules.paused_until(None, NOW - DAY, NOW) == NOW - DAY, "it does not end by itself"
    assert [value for value, _ in rules.time_outs_after(None, NOW)] == ["24h", "7d", "30d"]
    assert [value for value, _ in rules.time_outs_after(NOW + 7 * DAY, NOW)] == ["30d"]


@pytest.mark.parametrize(
    ("choice", "begins", "ends"),
    [
        ("6m", (2026, 11, 24), (2027, 5, 24)),
        ("6m", (2026, 8, 31), (2027, 2, 28)),
        ("1y", (2028, 2, 29), (2029, 2, 28)),
        ("2y", (2026, 12, 31), (2028, 12, 31)),
        ("5y", (2026, 1, 1), (2031, 1, 1)),
    ],
)
def test_exclusion_lasts_calendar_months(
    choice: str, begins: tuple[int, ...], ends: tuple[int, ...]
) -> None:
    assert rules.excluded_until(choice, nairobi(*begins, 20)) == nairobi(*ends, 20)


def test_exclusion_is_never_short() -> None:
    for choice in ("", "24h", "1m"):
        with pytest.raises(ValidationError):
            rules.excluded_until(choice, NOW)


def test_use_counts_what_was_used() -> None:
    here = rules.go_on(None, NOW)
    assert here == Stretch(NOW, NOW)
    here = rules.go_on(here, NOW + 10 * MINUTE)
    here = rules.go_on(here, NOW + 25 * MINUTE)
    assert here.active == 25 * MINUTE
    here = rules.go_on(here, NOW + 41 * MINUTE)
    assert here.active == 25 * MINUTE, "sixteen minutes of nothing were no use"
    assert here.began_at == NOW, "but the stretch goes on"
    for minutes in range(45, 80, 5):
        assert not here.is_due
        here = rules.go_on(here, NOW + minutes * MINUTE)
    assert here.active == 59 * MINUTE and not here.is_due
    here = rules.go_on(here, NOW + 76 * MINUTE)
    assert here.active == 60 * MINUTE and here.is_due


def test_who_was_away_long_begins_anew() -> None:
    here = Stretch(NOW, NOW + 50 * MINUTE, 50 * MINUTE)
    assert rules.go_on(here, NOW + 5 * HOUR).active == 50 * MINUTE
    later = NOW + 50 * MINUTE + 6 * HOUR
    assert rules.go_on(here, later) == Stretch(later, later)


def test_a_clock_that_goes_back_takes_nothing() -> None:
    here = Stretch(NOW, NOW + MINUTE, MINUTE)
    assert rules.go_on(here, NOW) == here


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(60, "1 hour"), (61, "1 hour 1 minute"), (125, "2 hours 5 minutes"), (59, "59 minutes"), (0, "0 minutes")],
)  # fmt: skip
def test_time_in_words(minutes: int, words: str) -> None:
    assert rules.duration_in_words(minutes * MINUTE) == words
