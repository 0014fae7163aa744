"""Giving back by many at once: never twice, never more than was paid, never below zero."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask

from fantooo.domain.errors import FantoooError
from fantooo.domain.viewer import SYSTEM, Viewer
from fantooo.services import (
    approving,
    credits,
    disputes,
    message_refunds,
    money_refunds,
    payments,
    refund_progress,
    refunds,
)
from tests.races.shop import buy, only_named, rows
from tests.support import factories, race
from tests.support.paystack import PaystackSimulator

Task = tuple[Viewer, Callable[[], Any]]


def _paid(paystack: PaystackSimulator, viewer: Viewer, package: uuid.UUID) -> tuple[uuid.UUID, str]:
    """A purchase paid at the provider and credited: its id and reference."""
    made = buy(viewer, package)
    reference = rows("SELECT provider_reference FROM transactions WHERE id = :i", i=made)[0][0]
    paystack.finish(reference, announce=False)
    assert payments.settle(reference) == "success"
    return made, str(reference)


def _refund(purchase: uuid.UUID, admin: Viewer, amount: int, *, goodwill: bool = False) -> str:
    assert admin.account_id
    return money_refunds.refund(
        purchase_id=purchase,
        admin_id=admin.account_id,
        amount=Decimal(amount),
        reason="As agreed",
        goodwill=goodwill,
        key=uuid.uuid4(),
    )


def _charged(viewer: Viewer) -> uuid.UUID:
    chat = factories.open_chat(viewer)
    for _ in range(3):
        factories.send(viewer, chat)
    return factories.send(viewer, chat).event.message_id


def test_two_admins_refund_one_payment(
    shop: Flask, paystack: PaystackSimulator, money_rounds: int
) -> None:
    package, admins = factories.package(), [factories.admin("admin") for _ in range(2)]
    for _ in range(money_rounds):
        anna = factories.user()
        bought, _reference = _paid(paystack, anna, package)
        tasks: list[Task] = [
            (admin, lambda admin=admin: _refund(bought, admin, 250)) for admin in admins * 2
        ]
        results = race.race(shop, tasks)
        only_named(results)
        assert race.of(results, str) == ["begun"], "the second would be more than was paid"
        (made,) = rows("SELECT id FROM transactions WHERE refunds_id = :i", i=bought)
        # Everybody who may ask the provider, at once: it is asked for once.
        asking: list[Task] = [(SYSTEM, lambda made=made: refund_progress.settle(made.id))] * 4
        asking.append((SYSTEM, refund_progress.settle_open))
        assert race.of(race.race(shop, asking), Exception) == []
    assert len(paystack.state()["refunds"]) == money_rounds
    assert {each["amount"] for each in paystack.state()["refunds"]} == {25_000}


def test_one_message_given_back_by_all_who_can(
    shop: Flask, paystack: PaystackSimulator, few_rounds: int
) -> None:
    admins = [factories.admin("admin") for _ in range(3)]
    for _ in range(few_rounds):
        anna = factories.user()
        message = _charged(anna)
        account = anna.account_id
        assert account
        chat = rows("SELECT chat_id FROM credit_transfers WHERE cause_id = :m", m=message)[0][0]
        asked = message_refunds.ask(
            account_id=account, chat_id=chat, message_id=message,
            reason="accidental_send", words="",
        )  # fmt: skip
        late = datetime.now(UTC) + timedelta(minutes=31)
        tasks: list[Task] = [
            (admins[0], lambda: message_refunds.complete(asked, admins[0].account_id, "x")),  # type: ignore[arg-type]
            (admins[1], lambda: message_refunds.complete(asked, admins[1].account_id, "x")),  # type: ignore[arg-type]
            (admins[2], lambda: message_refunds.give(message, admins[2].account_id, "x")),  # type: ignore[arg-type]
            (admins[2], lambda: message_refunds.reject(asked, admins[2].account_id, "x")),  # type: ignore[arg-type]
            (SYSTEM, lambda: refunds.return_unanswered(late)),
            (anna, lambda: factories.send(anna, chat)),
            (anna, lambda: factories.send(anna, chat)),
        ]
        random.shuffle(tasks)
        only_named(race.race(shop, tasks))
        back = rows(
            "SELECT count(*) AS n FROM credit_transfers WHERE kind = 'message_refund'"
            " AND cause_id = :m", m=message,
        )[0].n  # fmt: skip
        assert back <= 1


def test_a_message_that_two_admins_give_back_while_it_comes_back_by_itself(
    shop: Flask, paystack: PaystackSimulator, few_rounds: int
) -> None:
    factories.set_setting("approval_credits", 0)
    first, second = factories.admin("admin"), factories.admin("admin")
    for _ in range(few_rounds):
        anna = factories.user()
        message = _charged(anna)
        chat = rows("SELECT chat_id FROM credit_transfers WHERE cause_id = :m", m=message)[0][0]
        assert message_refunds.give(message, first.account_id, "x") == "waiting"  # type: ignore[arg-type]
        wish = rows("SELECT id FROM approvals WHERE user_id = :u", u=anna.account_id)[0].id
        late = datetime.now(UTC) + timedelta(minutes=31)
        tasks: list[Task] = [
            (second, lambda: approving.approve(wish, second.account_id, "y")),  # type: ignore[arg-type]
            (SYSTEM, lambda: refunds.return_unanswered(late)),
            (anna, lambda: factories.send(anna, chat)),
        ]
        random.shuffle(tasks)
        only_named(race.race(shop, tasks))
        back = rows(
            "SELECT count(*) AS n FROM credit_transfers WHERE kind = 'message_refund'"
            " AND cause_id = :m", m=message,
        )[0].n  # fmt: skip
        assert back == 1


def test_a_refund_against_a_dispute_that_is_lost(
    shop: Flask, paystack: PaystackSimulator, money_rounds: int
) -> None:
    package, admin = factories.package(), factories.admin("admin")
    for number in range(money_rounds):
        anna = factories.user()
        bought, reference = _paid(paystack, anna, package)
        if number % 2:
            _refund(bought, admin, 300)
        dispute = int(paystack.open_dispute(reference)["id"])
        paystack.resolve_dispute(dispute, "merchant-accepted")
        (sent,) = rows("SELECT (SELECT id FROM transactions WHERE refunds_id = :i) AS id", i=bought)
        tasks: list[Task] = [
            (admin, lambda: _refund(bought, admin, 150)),
            (admin, lambda: _refund(bought, admin, 250, goodwill=True)),
            (SYSTEM, lambda: disputes.heard(dispute)),
            (SYSTEM, lambda: disputes.heard(dispute)),
            (SYSTEM, lambda: refund_progress.heard(reference)),
        ]
        if sent.id:
            tasks.append((SYSTEM, lambda: refund_progress.settle(sent.id)))
        random.shuffle(tasks)
        _only_named_or_provider(race.race(shop, tasks))
        row = rows(
            "SELECT sum(amount) FILTER (WHERE status <> 'failed') AS back FROM transactions"
            " WHERE refunds_id = :i", i=bought,
        )[0]  # fmt: skip
        assert row.back == 400, "the bank has taken what was left"
        assert rows("SELECT credits FROM real_users WHERE id = :i", i=anna.account_id)[0][0] >= 10
    assert credits.verify_ledger() == []


def _only_named_or_provider(results: list[Any]) -> None:
    from fantooo.gateways.paystack import ProviderError

    others = [each for each in race.of(results, Exception) if not isinstance(each, ProviderError)]
    only_named(others)


def test_a_refund_against_sends(shop: Flask, paystack: PaystackSimulator, few_rounds: int) -> None:
    package = factories.package(credits=6, price=60)
    admin = factories.admin("admin")
    for _ in range(few_rounds):
        anna = factories.user()
        factories.set_credits(anna.account_id, 0)  # type: ignore[arg-type]
        bought, _reference = _paid(paystack, anna, package)
        chat = factories.open_chat(anna)
        for _free in range(3):
            factories.send(anna, chat)
        tasks: list[Task] = [(anna, lambda: factories.send(anna, chat)) for _ in range(8)]
        tasks += [
            (admin, lambda: _refund(bought, admin, 30)),
            (admin, lambda: _refund(bought, admin, 60)),
            (admin, lambda: _refund(bought, admin, 20, goodwill=True)),
        ]
        random.shuffle(tasks)
        only_named(race.race(shop, tasks))
        wallet = rows("SELECT credits FROM real_users WHERE id = :i", i=anna.account_id)[0]
        spent = rows(
            "SELECT count(*) AS n FROM credit_transfers WHERE real_user_id = :i"
            " AND kind = 'message_charge'", i=anna.account_id,
        )[0].n  # fmt: skip
        row = rows(
            "SELECT coalesce(sum(credits_amount), 0) AS taken, coalesce(sum(amount), 0) AS back"
            " FROM transactions WHERE refunds_id = :i", i=bought,
        )[0]  # fmt: skip
        assert wallet.credits >= 0
        assert wallet.credits + spent + row.taken == 6
        assert row.back <= 60


def test_one_wish_is_decided_once(
    shop: Flask, paystack: PaystackSimulator, few_rounds: int
) -> None:
    package = factories.package(credits=300, price=2500)
    first = factories.admin("admin")
    others = [factories.admin("admin") for _ in range(2)]
    for _ in range(few_rounds):
        anna = factories.user()
        bought, _reference = _paid(paystack, anna, package)
        assert _refund(bought, first, 2500) == "waiting"
        wish = rows("SELECT id FROM approvals WHERE subject_id = :i", i=bought)[0].id
        tasks: list[Task] = [
            (admin, lambda admin=admin: approving.approve(wish, admin.account_id, "yes"))
            for admin in others * 2
        ]
        tasks.append((others[0], lambda: approving.reject(wish, others[0].account_id, "no")))  # type: ignore[arg-type]
        tasks.append((first, lambda: approving.approve(wish, first.account_id, "mine")))  # type: ignore[arg-type]
        random.shuffle(tasks)
        results = race.race(shop, tasks)
        only_named(results)
        assert len(race.of(results, FantoooError)) == len(tasks) - 1
        done = rows("SELECT status, decided_by FROM approvals WHERE id = :i", i=wish)[0]
        made = rows("SELECT id FROM transactions WHERE refunds_id = :i", i=bought)
        assert len(made) == (done.status == "done")
        assert done.decided_by != first.account_id


def test_withdrawing_in_many_tabs(
    shop: Flask, paystack: PaystackSimulator, few_rounds: int
) -> None:
    package = factories.package()
    for _ in range(few_rounds):
        anna = factories.user()
        bought, _reference = _paid(paystack, anna, package)
        account = anna.account_id
        assert account
        receipt = rows("SELECT id FROM receipts WHERE transaction_id = :i", i=bought)[0].id
        tasks: list[Task] = [
            (
                anna,
                lambda: money_refunds.withdraw(
                    account_id=account, receipt_id=receipt, key=uuid.uuid4()
                ),
            )
        ] * 6
        results = race.race(shop, tasks)
        only_named(results)
        assert race.of(results, str) == ["begun"]
        row = rows("SELECT credits, total_spent FROM real_users WHERE id = :i", i=account)[0]
        assert tuple(row) == (10, 0)
