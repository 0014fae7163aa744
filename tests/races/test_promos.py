"""Many people and one promo code: the last use goes to one of them, and nobody else keeps one."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from fantooo.domain import promos as rules
from fantooo.domain.errors import ValidationError
from fantooo.domain.viewer import SYSTEM, Viewer
from fantooo.services import payments
from tests.races.shop import buy, rows
from tests.support import factories, race
from tests.support.paystack import PaystackSimulator

RACERS = 16


def _refusals(results: list[Any]) -> list[str]:
    """The reasons of those who were refused; nothing else may have gone wrong."""
    errors = race.of(results, Exception)
    assert race.of(errors, ValidationError) == errors, errors
    return [error.fields["promo_code"] for error in errors]


def _standing(code: str) -> tuple[int, int]:
    """How many uses of a code are there, and how many purchases name it."""
    row = rows(
        "SELECT (SELECT count(*) FROM promo_redemptions AS r JOIN promo_codes AS p"
        " ON p.id = r.promo_code_id WHERE p.code = :c) AS uses,"
        " (SELECT count(*) FROM transactions WHERE promo_code = :c) AS purchases",
        c=code,
    )[0]
    return row.uses, row.purchases


def test_the_last_use_goes_to_one_of_sixteen(
    shop: Flask, paystack: PaystackSimulator, rounds: int
) -> None:
    package = factories.package()
    people = [factories.user() for _ in range(RACERS)]
    for number in range(rounds):
        code = f"LAST-{number}"
        factories.promo(code=code, max_uses=1)
        tasks = [(viewer, lambda v=viewer, c=code: buy(v, package, code=c)) for viewer in people]
        results = race.race(shop, tasks)
        assert len(race.of(results, uuid.UUID)) == 1
        assert _refusals(results) == [rules.USED_UP] * (RACERS - 1)
        assert _standing(code) == (1, 1)
    assert len(paystack.state()["transactions"]) == rounds


def test_a_budget_is_never_overdrawn(
    shop: Flask, paystack: PaystackSimulator, few_rounds: int
) -> None:
    """Each takes 80 of 400: five fit."""
    package = factories.package()
    people = [factories.user() for _ in range(RACERS)]
    for number in range(few_rounds):
        code = f"SUM-{number}"
        factories.promo(code=code, budget_amount=400)
        tasks = [(viewer, lambda v=viewer, c=code: buy(v, package, code=c)) for viewer in people]
        results = race.race(shop, tasks)
        assert len(race.of(results, uuid.UUID)) == 5
        assert set(_refusals(results)) == {rules.USED_UP}
        assert _standing(code) == (5, 5)


@pytest.mark.parametrize("limit", [1, 3])
def test_one_person_in_sixteen_tabs(
    shop: Flask, paystack: PaystackSimulator, few_rounds: int, limit: int
) -> None:
    # The same one in sixteen tabs would be one wish.
    packages = [factories.package() for _ in range(RACERS)]
    for number in range(few_rounds):
        anna, code = factories.user(), f"ONCE-{limit}-{number}"
        factories.promo(code=code, per_user_limit=limit)
        wishes = [(anna, lambda c=code, p=each, a=anna: buy(a, p, code=c)) for each in packages]
        results = race.race(shop, wishes)
        assert len(race.of(results, uuid.UUID)) == limit
        assert _refusals(results) == [rules.WAITING] * (RACERS - limit)
        assert _standing(code) == (limit, limit)


def test_giving_back_against_taking(
    shop: Flask, paystack: PaystackSimulator, few_rounds: int
) -> None:
    """The one who holds the last use fails to pay while others ask for it: at most one of them
    gets it, and nobody waits for another for ever."""
    package = factories.package()
    people = [factories.user() for _ in range(RACERS)]
    for number in range(few_rounds):
        code, holder = f"BACK-{number}", factories.user()
        factories.promo(code=code, max_uses=1)
        made = buy(holder, package, code=code)
        reference = rows("SELECT provider_reference AS r FROM transactions WHERE id = :i", i=made)[
            0
        ].r
        paystack.finish(reference, status="failed", announce=False)
        tasks: list[tuple[Viewer, Callable[[], Any]]] = [
            (viewer, lambda v=viewer, c=code: buy(v, package, code=c)) for viewer in people
        ]
        tasks.append((SYSTEM, lambda r=reference: payments.settle(r)))
        random.shuffle(tasks)
        results = race.race(shop, tasks)
        assert race.of(results, str) == ["failed"]
        taken = len(race.of(results, uuid.UUID))
        assert taken <= 1
        assert _refusals(results) == [rules.USED_UP] * (RACERS - taken)
        kept = rows(
            "SELECT count(*) AS n FROM promo_redemptions AS r JOIN promo_codes AS p"
            " ON p.id = r.promo_code_id WHERE p.code = :c AND r.status = 'reserved'",
            c=code,
        )
        assert kept[0].n == taken


def test_late_money_and_a_new_buyer_at_once(
    shop: Flask, paystack: PaystackSimulator, few_rounds: int
) -> None:
    """The last use is either the one's who paid late or the other's who orders now, never both's."""
    package = factories.package()
    for number in range(few_rounds):
        code, anna, ben = f"LATE-{number}", factories.user(), factories.user()
        factories.promo(code=code, max_uses=1)
        made = buy(anna, package, code=code)
        reference = rows("SELECT provider_reference AS r FROM transactions WHERE id = :i", i=made)[
            0
        ].r
        paystack.finish(reference, status="failed", announce=False)
        assert payments.settle(reference) == "failed"
        paystack.finish(reference, status="success", announce=False)
        tasks: list[tuple[Viewer, Callable[[], Any]]] = [
            (SYSTEM, lambda r=reference: payments.settle(r)),
            (SYSTEM, lambda r=reference: payments.settle(r)),
            (ben, lambda c=code: buy(ben, package, code=c)),
        ]
        random.shuffle(tasks)
        results = race.race(shop, tasks)
        assert race.of(results, str) == ["success", "success"]
        refused = list(_refusals(results))
        assert refused in ([], [rules.USED_UP])
        balance = rows("SELECT credits FROM real_users WHERE id = :i", i=anna.account_id)
        assert balance[0].credits == (60 if refused else 10), "what is not kept is on its way back"
