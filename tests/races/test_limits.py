"""Limits and breaks against many purchases and messages at once: what was committed holds."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from fantooo.domain.errors import SelfExcluded, SendingPaused, SpendingPaused
from fantooo.domain.viewer import ANONYMOUS, Viewer
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.services import accounts, exclusion, limits, payments, stretches
from tests.races.shop import buy, rows
from tests.support import factories, race
from tests.support.paystack import PaystackSimulator

TABS = 16


def _spent(viewer: Viewer) -> int:
    row = rows(
        "SELECT coalesce(sum(amount), 0) AS spent FROM transactions WHERE real_user_id = :u"
        " AND type = 'purchase' AND status IN ('pending', 'processing', 'success')",
        u=viewer.account_id,
    )[0]
    return int(row.spent)


def test_sixteen_purchases_never_pass_a_limit(
    shop: Flask, paystack: PaystackSimulator, few_rounds: int
) -> None:
    # The same one in sixteen tabs would be one wish.
    packages = [factories.package() for _ in range(TABS)]
    for _ in range(few_rounds):
        anna = factories.user()
        assert anna.account_id
        limits.set_limit(anna.account_id, "day", "1,300")  # three of 400, and not four
        wishes: list[tuple[Viewer, Callable[[], Any]]] = [
            (anna, lambda one=each: buy(anna, one))  # type: ignore[misc]  # noqa: B023
            for each in packages
        ]
        results = race.race(shop, wishes)
        assert len(race.of(results, uuid.UUID)) == 3
        refused = race.of(results, SpendingPaused)
        assert len(refused) == TABS - 3
        assert {error.details["reason"] for error in refused} == {"limit"}
        assert _spent(anna) == 1200
    asked = len(paystack.state()["transactions"])
    assert asked == 3 * few_rounds, "what is refused is refused before the provider hears of it"


def test_a_limit_lowered_during_purchases(
    shop: Flask, paystack: PaystackSimulator, money_rounds: int
) -> None:
    """Once the lowering holds no purchase that passes it is begun; what was begun is credited."""
    packages = [factories.package() for _ in range(TABS)]
    before = after = 0
    for number in range(money_rounds):
        anna = factories.user()
        assert anna.account_id
        account = anna.account_id
        limits.set_limit(account, "week", "4,000")
        tasks: list[tuple[Viewer, Callable[[], Any]]] = [
            (anna, lambda one=each: buy(anna, one))  # type: ignore[misc]  # noqa: B023
            for each in packages
        ]
        lower = (anna, lambda: limits.set_limit(account, "week", "900"))  # noqa: B023
        tasks.insert(number % TABS, lower)
        results = race.race(shop, tasks)
        assert race.of(results, Exception) == race.of(results, SpendingPaused)
        # Both ids are drawn under the wallet's lock, so their order is the order of the lock.
        lowered = rows(
            "SELECT id FROM limit_changes WHERE what = 'lowered' AND real_user_id = :u", u=account
        )
        bought = rows(
            "SELECT id, provider_reference FROM transactions WHERE real_user_id = :u"
            " AND type = 'purchase' AND status = 'pending' ORDER BY id",
            u=account,
        )
        for count, row in enumerate(bought, start=1):
            assert 400 * count <= (900 if row.id > lowered[0].id else 4000)
            after += row.id > lowered[0].id
            before += row.id < lowered[0].id
        assert len(bought) >= 2
        paystack.finish(bought[-1].provider_reference, announce=False)
        assert payments.settle(bought[-1].provider_reference) == "success"
        with pytest.raises(SpendingPaused):
            buy(anna, factories.package(price=900))
    print(f"\n[limits] {before} purchases before the lowering, {after} after it")
    assert before, "no purchase came before a lowering: the race has shown nothing"


def test_no_message_is_charged_after_a_break_began(shop: Flask, few_rounds: int) -> None:
    before = 0
    for number in range(few_rounds):
        anna = factories.user(100)
        assert anna.account_id
        account = anna.account_id
        chats = [factories.open_chat(anna, factories.character()) for _ in range(4)]
        for chat in chats:
            for _ in range(3):
                factories.send(anna, chat)
        tasks: list[tuple[Viewer, Callable[[], Any]]] = [
            (anna, lambda chat=chats[n % 4]: factories.send(anna, chat))  # type: ignore[misc]  # noqa: B023
            for n in range(TABS)
        ]
        rest = (anna, lambda: limits.take_time_out(account, "24h"))  # noqa: B023
        tasks.insert(number % TABS, rest)
        results = race.race(shop, tasks)
        assert race.of(results, Exception) == race.of(results, SendingPaused)
        began = rows(
            "SELECT id FROM limit_changes WHERE what = 'time_out' AND real_user_id = :u", u=account
        )
        # Both ids are drawn under the wallet's lock, so their order is the order of the lock.
        charges = rows(
            "SELECT id FROM credit_transfers WHERE real_user_id = :u AND kind = 'message_charge'",
            u=account,
        )
        assert [row for row in charges if row.id > began[0].id] == []
        before += len(charges)
        with pytest.raises(SendingPaused) as caught:
            factories.send(anna, chats[0])
        assert caught.value.details["reason"] == "paused_by_user"
    assert before, "no message came before a break: the race has shown nothing"


def test_no_session_is_left_beside_an_exclusion(shop: Flask, few_rounds: int) -> None:
    for number in range(few_rounds):
        name = factories.unique("u")
        anna = factories.user(username=name)
        assert anna.account_id

        def leave(account: uuid.UUID = anna.account_id) -> str:
            return exclusion.exclude(account, length="6m", typed="stop", device="")

        def enter(login: str = name) -> object:
            return accounts.sign_in(login, factories.PASSWORD, "user")

        tasks: list[tuple[Viewer, Callable[[], Any]]] = [(ANONYMOUS, enter)] * 7
        tasks.insert(number % 8, (anna, leave))
        results = race.race(shop, tasks)
        assert race.of(results, Exception) == race.of(results, SelfExcluded)
        sessions = rows("SELECT 1 FROM sessions WHERE account_id = :u", u=anna.account_id)
        assert sessions == []


def test_of_many_tabs_one_says_the_time(shop: Flask, few_rounds: int) -> None:
    for _ in range(few_rounds):
        anna = factories.user()
        assert anna.account_id
        account = anna.account_id
        with acting_as(anna):
            stretches.note(account)
            with unit_of_work() as work:
                work.session.execute(text("UPDATE active_stretches SET active_seconds = 3600"))
        results = race.race(shop, [(anna, lambda: stretches.tell(account))] * 8)  # noqa: B023
        assert race.of(results, Exception) == []
        assert len([told for told in results if told is not None]) == 1
