"""One payment and everybody who brings its news at once: credited once, counted each time."""

from __future__ import annotations

import hashlib
import hmac
import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from fantooo.domain.errors import FantoooError
from fantooo.domain.viewer import ANONYMOUS, SYSTEM, Viewer
from fantooo.services import credits, payments, reconciliation, webhooks
from tests.races.shop import buy, reference_of, rows
from tests.support import factories, race
from tests.support.paystack import PaystackSimulator

DELIVERIES = 16


def _announcement(paystack: PaystackSimulator, reference: str) -> tuple[bytes, str]:
    raw = next(w["body"] for w in paystack.webhooks() if reference in w["body"]).encode()
    return raw, hmac.new(paystack.secret_key.encode(), raw, hashlib.sha512).hexdigest()


def test_sixteen_announcements_the_return_and_the_night_at_once(
    shop: Flask, paystack: PaystackSimulator, rounds: int
) -> None:
    package = factories.package()
    for _ in range(rounds):
        anna = factories.user()
        made = buy(anna, package)
        reference = reference_of(made)
        paystack.finish(reference)
        raw, signature = _announcement(paystack, reference)
        late = datetime.now(UTC) + timedelta(minutes=5)
        tasks: list[tuple[Viewer, Callable[[], Any]]] = [
            (ANONYMOUS, lambda: webhooks.receive(raw, signature)) for _ in range(DELIVERIES)
        ]
        tasks += [
            (SYSTEM, lambda: webhooks.process_stored(late)),
            (SYSTEM, lambda: payments.settle(reference)),
            (SYSTEM, lambda: payments.settle_open(late)),
            (SYSTEM, reconciliation.reconcile),
        ]
        random.shuffle(tasks)
        assert race.of(race.race(shop, tasks), Exception) == []
        webhooks.process_stored(late)
        row = rows(
            "SELECT x.status, x.webhook_received_count, e.received_count, e.status AS done,"
            " (SELECT count(*) FROM credit_transfers AS t WHERE t.cause_id = x.id) AS transfers,"
            " (SELECT count(*) FROM receipts AS r WHERE r.transaction_id = x.id) AS receipts"
            " FROM transactions AS x JOIN webhook_events AS e ON e.reference = x.provider_reference"
            " WHERE x.id = :i",
            i=made,
        )[0]
        assert tuple(row) == ("success", DELIVERIES, DELIVERIES, "processed", 1, 1)
        balance = rows("SELECT credits FROM real_users WHERE id = :i", i=anna.account_id)
        assert balance[0].credits == 60
    numbers = [row.number for row in rows("SELECT number FROM receipts ORDER BY number")]
    assert numbers == list(range(1, rounds + 1)), "receipts have no gaps"
    assert rows("SELECT 1 FROM reconciliation_exceptions") == []


def test_sixteen_tabs_that_pay_in_their_own_way_buy_once(
    shop: Flask, paystack: PaystackSimulator, few_rounds: int
) -> None:
    """Each has a key of its own, and each page that was opened is paid."""
    for _ in range(few_rounds):
        anna, package = factories.user(), factories.package()
        results = race.race(shop, [(anna, lambda a=anna, p=package: buy(a, p))] * 16)
        assert race.of(results, Exception) == []
        references = [reference_of(made) for made in set(results)]
        for reference in references:
            paystack.finish(reference, announce=False)
        settled = [(SYSTEM, lambda r=each: payments.settle(r)) for each in references]
        assert race.of(race.race(shop, settled), Exception) == []
        left = rows("SELECT credits, total_spent FROM real_users WHERE id = :i", i=anna.account_id)
        assert tuple(left[0]) == (60, 400)


def test_one_wish_from_sixteen_tabs(
    shop: Flask, paystack: PaystackSimulator, few_rounds: int
) -> None:
    anna = factories.user()
    for _ in range(few_rounds):
        key, package = uuid.uuid4(), factories.package()
        wish = (anna, lambda key=key, package=package: buy(anna, package, key))
        results = race.race(shop, [wish] * 16)
        assert race.of(results, Exception) == []
        assert len(set(results)) == 1
    orders = rows("SELECT count(*) AS n FROM transactions WHERE type = 'purchase'")
    assert orders[0].n == few_rounds == len(paystack.state()["transactions"])


def test_receipts_of_many_at_once_have_no_gaps(shop: Flask, paystack: PaystackSimulator) -> None:
    package = factories.package()
    people = [factories.user() for _ in range(16)]
    references = [reference_of(buy(viewer, package)) for viewer in people]
    for reference in references:
        paystack.finish(reference, announce=False)
    tasks = [(SYSTEM, lambda r=reference: payments.settle(r)) for reference in references]
    assert race.race(shop, tasks) == ["success"] * 16
    numbers = [row.number for row in rows("SELECT number FROM receipts ORDER BY number")]
    assert numbers == list(range(1, 17))


def test_points_are_swapped_once(shop: Flask) -> None:
    anna = factories.user(200)
    assert anna.account_id
    chat = factories.open_chat(anna, factories.character())
    for _ in range(103):
        factories.send(anna, chat)
    tasks = [(anna, lambda: credits.swap_points(anna.account_id))] * 8  # type: ignore[arg-type]
    results = race.race(shop, tasks)
    assert race.of(results, int) == [5]
    assert len(race.of(results, FantoooError)) == 7
