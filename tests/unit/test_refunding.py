"""How much goes back: never more than was paid, never more than is there, parts never above the whole."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from fantooo.domain.refunding import (
    NotRefundable,
    Part,
    Purse,
    Sold,
    due,
    left,
    to_take,
    unused,
    withdrawal,
)

EVENING = Sold(Decimal(400), 50, 0)
WEEK = Sold(Decimal(850), 120, 10)

sales = st.builds(
    Sold,
    st.integers(300, 2_000_000).map(lambda cents: Decimal(cents) / 100),
    st.integers(1, 1000),
    st.integers(0, 200),
)
purses = st.integers(0, 1500).flatmap(
    lambda held: st.integers(0, held).map(lambda bonus: Purse(held, bonus))
)


def plus(one: Part, other: Part) -> Part:
    return Part(one.amount + other.amount, one.credits + other.credits, one.bonus + other.bonus)


@pytest.mark.parametrize(
    ("sold", "before", "amount", "expected"),
    [
        (EVENING, Part(), 400, (50, 0)),
        (EVENING, Part(), 200, (25, 0)),
        (EVENING, Part(), 1, (1, 0)),  # an eighth of a credit, rounded up
        (EVENING, Part(Decimal(1), 1), 399, (49, 0)),
        (WEEK, Part(), 85, (12, 1)),
        (WEEK, Part(), 86, (13, 2)),
        (WEEK, Part(Decimal(86), 13, 2), 764, (107, 8)),
    ],
)
def test_shares(sold: Sold, before: Part, amount: int, expected: tuple[int, int]) -> None:
    part = due(sold, before, Decimal(amount))
    assert (part.amount, part.credits, part.bonus) == (amount, *expected)


@pytest.mark.parametrize("amount", ["0", "-1", "400.01", "0.001", "401"])
def test_what_cannot_go_back(amount: str) -> None:
    with pytest.raises(NotRefundable):
        due(EVENING, Part(), Decimal(amount))


def test_what_was_spent_goes_back_by_goodwill_only() -> None:
    purse = Purse(credits=12, bonus=10)
    with pytest.raises(NotRefundable, match="50 bought credits would have to come back, and 2"):
        to_take(EVENING, Part(), purse, Decimal(400))
    assert to_take(EVENING, Part(), purse, Decimal(400), goodwill=True) == Part(Decimal(400), 2, 0)
    # Bonus is spent first, so that it is missing is nobody's fault.
    assert to_take(WEEK, Part(), Purse(124, 4), Decimal(850)) == Part(Decimal(850), 120, 4)


@given(sales, purses, st.lists(st.integers(1, 2_000_000), max_size=6), st.booleans())
def test_parts_never_add_up_to_more_than_the_whole(
    sold: Sold, purse: Purse, wishes: list[int], goodwill: bool
) -> None:
    done = Part()
    for cents in wishes:
        amount = Decimal(cents) / 100
        try:
            part = to_take(sold, done, purse, amount, goodwill=goodwill)
        except NotRefundable:
            continue
        assert part.amount == amount
        assert 0 <= part.credits <= purse.bought
        assert 0 <= part.bonus <= purse.bonus
        purse = Purse(purse.credits - part.credits - part.bonus, purse.bonus - part.bonus)
        done = plus(done, part)
        assert done.amount <= sold.paid
        assert done.credits <= sold.credits
        assert done.bonus <= sold.bonus
        assert 0 <= purse.bonus <= purse.credits


@given(sales, st.lists(st.integers(1, 2_000_000), max_size=6))
def test_all_of_the_money_is_all_of_the_credits(sold: Sold, wishes: list[int]) -> None:
    """However it is cut, and each first part is the proportion rounded up."""
    purse, done = Purse(sold.credits + sold.bonus, sold.bonus), Part()
    for cents in wishes:
        amount = min(Decimal(cents) / 100, left(sold, done))
        if amount == 0:
            break
        part = to_take(sold, done, purse, amount)
        if done.amount == 0:
            exact = sold.credits * amount / sold.paid
            assert exact <= part.credits < exact + 1
        purse = Purse(purse.credits - part.credits - part.bonus, purse.bonus - part.bonus)
        done = plus(done, part)
    if left(sold, done):
        done = plus(done, to_take(sold, done, purse, left(sold, done)))
    assert done == Part(sold.paid, sold.credits, sold.bonus)


@given(sales, st.lists(st.integers(1, 100_000), min_size=2, max_size=2, unique=True))
def test_more_money_takes_no_fewer_credits(sold: Sold, wishes: list[int]) -> None:
    amounts = sorted(min(Decimal(cents) / 100, sold.paid) for cents in wishes)
    parts = [due(sold, Part(), amount) for amount in amounts]
    for smaller, larger in pairwise(parts):
        assert (smaller.credits, smaller.bonus) <= (larger.credits, larger.bonus)


@pytest.mark.parametrize(
    ("bought_left", "newer", "expected"),
    [(50, 0, 50), (30, 0, 30), (80, 50, 30), (50, 50, 0), (10, 50, 0), (200, 0, 50)],
)
def test_unused_counts_the_newest_purchases_first(
    bought_left: int, newer: int, expected: int
) -> None:
    assert unused(EVENING, Part(), bought_left, newer) == expected


@given(sales, st.data())
def test_what_was_used_before_withdrawing_is_paid_for(sold: Sold, data: st.DataObject) -> None:
    """Nobody has credits for less than each that came with the purchase, given or bought, cost."""
    used = data.draw(st.integers(0, sold.credits + sold.bonus))
    bonus = max(0, sold.bonus - used)
    purse = Purse(sold.credits + sold.bonus - used, bonus)
    part = withdrawal(sold, Part(), purse, 0)
    assert sold.paid - part.amount >= sold.paid * used / (sold.credits + sold.bonus) - Decimal(
        "1e-9"
    )
    assert (part.credits, part.bonus) == (purse.bought, purse.bonus) or part == Part()


def test_withdrawing_gives_the_price_of_each_unused_credit() -> None:
    assert withdrawal(EVENING, Part(), Purse(30, 0), 0) == Part(Decimal(240), 30, 0)
    assert withdrawal(WEEK, Part(), Purse(130, 10), 0) == Part(Decimal(850), 120, 10)
    # Who used the ten given ones pays for ten of 130 credits, and 850 * 120 / 130 come back.
    assert withdrawal(WEEK, Part(), Purse(120, 0), 0) == Part(Decimal("784.61"), 120, 0)
    assert withdrawal(WEEK, Part(), Purse(65, 5), 0) == Part(Decimal(425), 60, 5)
    # 850 / 120 = 7.0833: what is not a whole cent is not sent.
    assert withdrawal(WEEK, Part(), Purse(11, 10), 0) == Part(Decimal("7.08"), 1, 1)
    # 150 KES had taken 19 credits (18.75, rounded up): the rest is all of the rest.
    assert withdrawal(EVENING, Part(Decimal(150), 19), Purse(31, 0), 0) == Part(Decimal(250), 31, 0)
    assert withdrawal(EVENING, Part(), Purse(10, 10), 0) == Part()
    assert withdrawal(EVENING, Part(Decimal(400), 3), Purse(60, 0), 0) == Part()


@given(sales, purses, st.integers(0, 500), st.integers(0, 100))
def test_a_withdrawal_is_within_what_is_left(
    sold: Sold, purse: Purse, newer: int, percent: int
) -> None:
    share = (sold.paid * percent / 100).quantize(Decimal("0.01"))
    before = Part() if share <= 0 else due(sold, Part(), share)
    part = withdrawal(sold, before, purse, newer)
    assert 0 <= part.amount <= left(sold, before)
    assert 0 <= part.credits <= min(sold.credits - before.credits, max(0, purse.bought - newer))
    assert 0 <= part.bonus <= min(sold.bonus - before.bonus, purse.bonus)
    assert (part.amount == 0) >= (part.credits == 0)
    whole = part.credits == sold.credits - before.credits > 0
    if whole and purse.bonus >= sold.bonus - before.bonus and left(sold, before):
        assert part.amount == left(sold, before)
    elif part.credits:
        assert part.amount <= sold.paid * part.credits / sold.credits
