"""Deleting an account beside everything that moves its money: nothing paid is lost, nothing is paid twice."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask

from fantooo.domain.viewer import SYSTEM, Viewer
from fantooo.services import deletion, grants, money_refunds, payments, refund_progress, webhooks
from tests.races.shop import buy, only_named, reference_of, rows
from tests.support import factories, race
from tests.support.paystack import PaystackSimulator

Task = tuple[Viewer, Callable[[], Any]]


def _ask(viewer: Viewer) -> datetime:
    assert viewer.account_id
    return deletion.ask(viewer.account_id, password=factories.PASSWORD, unused="refund", reason="")


def _complete() -> int:
    return deletion.complete_due(datetime.now(UTC) + timedelta(days=7))


def _arrive(paystack: PaystackSimulator) -> None:
    """All that was asked for reaches the payer."""
    later = datetime.now(UTC) + timedelta(minutes=10)
    refund_progress.settle_open(later)
    for each in paystack.state()["refunds"]:
        if each["status"] != "processed":
            paystack.move_refund(each["id"], "processed")
    refund_progress.settle_open(later)


def _end_of(viewer: Viewer, paystack: PaystackSimulator, references: list[str]) -> None:
    """What is true afterwards, whoever came first."""
    _arrive(paystack)
    assert _complete() == 1
    assert rows(
        "SELECT status FROM data_requests WHERE real_user_id = :i", i=viewer.account_id
    ) == [("completed",)]
    wallet = rows(
        "SELECT credits, deleted_at IS NOT NULL AS gone FROM real_users WHERE id = :i",
        i=viewer.account_id,
    )[0]
    assert (wallet.credits, wallet.gone) == (0, True)
    for reference in references:
        paid = paystack.transaction(reference)
        back = sum(
            each["amount"]
            for each in paystack.state()["refunds"]
            if each["transaction_reference"] == reference
        )
        assert back == paid["amount"] == 40_000, "all of it was unused, so all of it is back, once"


def test_a_refund_beside_the_deletion(
    shop: Flask, paystack: PaystackSimulator, money_rounds: int
) -> None:
    package, admins = factories.package(), [factories.admin("admin") for _ in range(2)]
    for _ in range(money_rounds):
        anna = factories.user()
        bought = buy(anna, package)
        reference = reference_of(bought)
        paystack.finish(reference, announce=False)
        assert payments.settle(reference) == "success"
        _ask(anna)

        def refund(admin: Viewer, bought: uuid.UUID = bought) -> str:
            assert admin.account_id
            return money_refunds.refund(
                purchase_id=bought, admin_id=admin.account_id, amount=Decimal(150),
                reason="As agreed", goodwill=False, key=uuid.uuid4(),
            )  # fmt: skip

        tasks: list[Task] = [(admin, lambda admin=admin: refund(admin)) for admin in admins]
        tasks += [(SYSTEM, _complete), (SYSTEM, _complete), (SYSTEM, refund_progress.settle_open)]
        random.shuffle(tasks)
        only_named(race.race(shop, tasks))
        _end_of(anna, paystack, [reference])


def test_a_payment_that_arrives_while_the_account_is_deleted(
    shop: Flask, paystack: PaystackSimulator, money_rounds: int
) -> None:
    package, admin = factories.package(), factories.admin("admin")
    for _ in range(money_rounds):
        anna = factories.user()
        account = anna.account_id
        assert account
        reference = reference_of(buy(anna, package))
        _ask(anna)
        paystack.finish(reference, announce=False)
        late = datetime.now(UTC) + timedelta(minutes=5)
        tasks: list[Task] = [
            (SYSTEM, lambda reference=reference: payments.settle(reference)),
            (SYSTEM, lambda reference=reference: payments.settle(reference)),
            (SYSTEM, lambda late=late: webhooks.process_stored(late)),
            (SYSTEM, _complete),
            (SYSTEM, _complete),
            (
                admin,
                lambda account=account: grants.grant(
                    user_id=account, admin_id=admin.account_id, amount=5, reason="Sorry",  # type: ignore[arg-type]
                    key=uuid.uuid4(),
                ),
            ),
        ]  # fmt: skip
        random.shuffle(tasks)
        only_named(race.race(shop, tasks))
        _end_of(anna, paystack, [reference])


def test_writing_while_the_account_is_deleted(
    shop: Flask, paystack: PaystackSimulator, few_rounds: int
) -> None:
    """Requests that were on their way: each is stored with its charge before, or refused after."""
    for _ in range(few_rounds):
        anna = factories.user(30)
        chat = factories.open_chat(anna)
        for _free in range(3):
            factories.send(anna, chat)
        tasks: list[Task] = [(anna, lambda chat=chat: factories.send(anna, chat)) for _ in range(6)]
        tasks += [(SYSTEM, lambda anna=anna: _ask(anna)), (SYSTEM, _complete)]
        random.shuffle(tasks)
        only_named(race.race(shop, tasks))
        _complete()
        _complete()
        left = rows(
            "SELECT count(*) FILTER (WHERE content <> '(deleted)') AS words, count(*) AS n"
            " FROM messages WHERE chat_id = :c",
            c=chat,
        )[0]
        assert left.words == 0
        assert left.n >= 3
