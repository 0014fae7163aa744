"""The simulator's webhooks: what it announces, in which rhythm, what it does wrong when told to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest

from fantooo.embedded import process
from fantooo.gateways.paystack import (
    Paystack,
    TransactionView,
    check_signature,
    read_event,
)
from tests.support.paystack import PaystackSimulator, Shop


@pytest.fixture
def shop(paystack: PaystackSimulator) -> Iterator[Shop]:
    made = Shop()
    paystack.set(webhook_url=made.url)
    yield made
    made.stop()


@pytest.fixture
def client(paystack: PaystackSimulator) -> Iterator[Paystack]:
    made = paystack.client()
    yield made
    made.close()


def begin(client: Paystack, reference: str = "ord-1") -> None:
    client.initialize(
        email="u-1@pay.fantooo.test",
        amount=18_000,
        currency="KES",
        reference=reference,
        callback_url="http://127.0.0.1:1/",
    )


def test_a_success_is_announced_signed_and_in_full(
    paystack: PaystackSimulator, client: Paystack, shop: Shop
) -> None:
    begin(client)
    paystack.finish("ord-1")
    _at, raw, headers = shop.wait_for(1)[0]
    assert check_signature(raw, headers["x-paystack-signature"], paystack.secret_key)
    assert headers["content-type"] == "application/json"
    assert read_event(raw).view == client.verify("ord-1")
    paystack.wait_for_webhooks(1)
    assert [attempt["answer"] for attempt in paystack.webhooks()[0]["attempts"]] == [200]


def test_of_charges_only_successes_are_announced(
    paystack: PaystackSimulator, client: Paystack, shop: Shop
) -> None:
    for status in ("failed", "abandoned", "pending", "success"):
        begin(client, f"ord-{status}")
        paystack.finish(f"ord-{status}", status)
    begin(client, "ord-quiet")
    paystack.finish("ord-quiet", announce=False)
    paystack.unknown_payment(reference="stray")
    paystack.unknown_payment(reference="stray-loud", announce=True)
    paystack.wait_for_webhooks(2)
    told = {json.loads(raw)["data"]["reference"] for _at, raw, _headers in shop.wait_for(2)}
    assert told == {"ord-success", "stray-loud"}
    assert len(paystack.webhooks()) == 2


def test_refunds_and_disputes_are_announced(
    paystack: PaystackSimulator, client: Paystack, shop: Shop
) -> None:
    begin(client)
    paystack.finish("ord-1")
    refund = client.refund(reference="ord-1", amount=5_000)
    assert refund.id is not None
    for status in ("needs-attention", "processing", "failed"):
        paystack.move_refund(refund.id, status)
    dispute = paystack.open_dispute("ord-1")["id"]
    paystack.remind_dispute(dispute)
    paystack.resolve_dispute(dispute, "declined")
    paystack.wait_for_webhooks(8)
    events = [read_event(raw) for _at, raw, _headers in shop.wait_for(8)]
    assert sorted(each.name for each in events) == [
        "charge.dispute.create",
        "charge.dispute.remind",
        "charge.dispute.resolve",
        "charge.success",
        *(f"refund.{status}" for status in ("failed", "needs-attention", "pending", "processing")),
    ]
    assert all(each.known for each in events)
    assert {each.view.amount for each in events if each.name.startswith("refund.")} == {5_000}  # type: ignore[union-attr]


def test_it_is_sent_again_every_three_minutes_then_hourly_until_it_is_taken(
    paystack: PaystackSimulator, client: Paystack, shop: Shop
) -> None:
    """At 3,600 times the speed: 0.05 s four times, then a second."""
    paystack.set(speed=3600)
    shop.answers = [500, 401, 302, 404, 503, 500, 200]
    begin(client)
    paystack.finish("ord-1")
    received = shop.wait_for(7)
    paystack.wait_for_webhooks(1)
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(received)]
    assert all(gap >= 0.05 for gap in gaps[:4])
    assert all(gap < 0.9 for gap in gaps[:4]), gaps
    assert all(gap >= 1 for gap in gaps[4:])
    assert len({raw for _at, raw, _headers in received}) == 1
    assert len({headers["x-paystack-signature"] for _at, _raw, headers in received}) == 1
    kept = paystack.webhooks()[0]
    assert kept["due"] is None
    assert [attempt["answer"] for attempt in kept["attempts"]] == [
        500,
        401,
        302,
        404,
        503,
        500,
        200,
    ]


def test_it_gives_up_after_three_days(
    paystack: PaystackSimulator, client: Paystack, shop: Shop
) -> None:
    paystack.set(speed=1_000_000_000)
    shop.answers = [500]
    begin(client)
    paystack.finish("ord-1")
    paystack.wait_for_webhooks(1, state="given up")
    assert len(shop.received) == 1 + 4 + 72


def test_nobody_at_home_is_tried_again(paystack: PaystackSimulator, client: Paystack) -> None:
    paystack.set(webhook_url="http://127.0.0.1:9/webhooks/paystack")
    begin(client)
    paystack.finish("ord-1")
    tried = process.wait_until(lambda: bool(paystack.webhooks()[0]["attempts"]), seconds=15)
    assert tried
    paystack.wait_for_webhooks(1, state="waiting")
    shop = Shop()
    paystack.set(webhook_url=shop.url)
    paystack.send_again(paystack.webhooks()[0]["id"])
    assert shop.wait_for(1)
    paystack.wait_for_webhooks(1)
    shop.stop()


@pytest.mark.parametrize("kill", [False, True])
def test_a_restart_forgets_nothing(
    paystack: PaystackSimulator, client: Paystack, shop: Shop, kill: bool
) -> None:
    shop.answers = [500, 200]
    begin(client)
    paystack.finish("ord-1")
    begin(client, "ord-2")
    paystack.wait_for_webhooks(1, state="waiting")
    assert process.wait_until(lambda: bool(paystack.webhooks()[0]["attempts"]), seconds=15)
    paystack.set(speed=100_000)
    before = paystack.state()
    paystack.restart(kill=kill)
    assert paystack.state() == before
    assert client.verify("ord-1").status == "success"
    paystack.send_again(before["webhooks"][0]["id"])
    assert len(shop.wait_for(2)) == 2


def test_killed_before_it_knows_the_answer_it_sends_again(
    paystack: PaystackSimulator, client: Paystack, shop: Shop
) -> None:
    shop.open.clear()
    begin(client)
    paystack.finish("ord-1")
    shop.wait_for(1)
    paystack.wait_for_webhooks(1, state="sending")
    paystack.restart(kill=True)
    received = shop.wait_for(2)
    assert received[0][1] == received[1][1]
    shop.open.set()
    paystack.wait_for_webhooks(1)


# Misbehaviour


def test_late(paystack: PaystackSimulator, client: Paystack, shop: Shop) -> None:
    paystack.next_webhook("late", seconds=0.6)
    begin(client)
    paystack.finish("ord-1")
    begin(client, "ord-2")
    paystack.finish("ord-2")
    received = shop.wait_for(2)
    order = [json.loads(raw)["data"]["reference"] for _at, raw, _headers in received]
    assert order == ["ord-2", "ord-1"]
    assert client.verify("ord-1").status == "success"


def test_sixteen_times_at_once(paystack: PaystackSimulator, client: Paystack, shop: Shop) -> None:
    paystack.next_webhook("twice", copies=16)
    begin(client)
    paystack.finish("ord-1")
    received = shop.wait_for(16)
    paystack.wait_for_webhooks(16)
    assert len(shop.received) == 16
    assert len({read_event(raw).key for _at, raw, _headers in received}) == 1


def test_out_of_order(paystack: PaystackSimulator, client: Paystack, shop: Shop) -> None:
    begin(client)
    paystack.finish("ord-1")
    shop.wait_for(1)
    paystack.next_webhook("swapped", only="refund.pending")
    refund = client.refund(reference="ord-1")
    assert refund.id is not None
    paystack.move_refund(refund.id, "processing")
    shop.wait_for(3)
    assert shop.events() == ["charge.success", "refund.processing", "refund.pending"]


@pytest.mark.parametrize(
    ("how", "value", "differs"), [("amount", 100, "amount"), ("currency", "USD", "currency")]
)
def test_wrong_figures_in_the_webhook_alone(
    paystack: PaystackSimulator, client: Paystack, shop: Shop, how: str, value: Any, differs: str
) -> None:
    paystack.next_webhook(how, value=value)
    begin(client)
    paystack.finish("ord-1")
    _at, raw, headers = shop.wait_for(1)[0]
    assert check_signature(raw, headers["x-paystack-signature"], paystack.secret_key)
    view = read_event(raw).view
    assert isinstance(view, TransactionView)
    ordered = {"amount": 18_000, "currency": "KES", "domain": "test"}
    assert view.differs(**ordered) == (differs,)  # type: ignore[arg-type]
    assert client.verify("ord-1").differs(**ordered) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("how", ["signature", "unsigned"])
def test_wrong_signatures(
    paystack: PaystackSimulator, client: Paystack, shop: Shop, how: str
) -> None:
    paystack.next_webhook(how)
    begin(client)
    paystack.finish("ord-1")
    _at, raw, headers = shop.wait_for(1)[0]
    header = headers.get("x-paystack-signature")
    assert (header is None) == (how == "unsigned")
    assert not check_signature(raw, header, paystack.secret_key)


def test_never(paystack: PaystackSimulator, client: Paystack, shop: Shop) -> None:
    paystack.next_webhook("never")
    begin(client)
    paystack.finish("ord-1")
    begin(client, "ord-2")
    paystack.finish("ord-2")
    paystack.wait_for_webhooks(1)
    assert [each["state"] for each in paystack.webhooks()] == ["dropped", "delivered"]
    assert len(shop.received) == 1


# Control


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("next/webhook", {"how": "sideways"}),
        ("next/api", {"how": "never"}),
        ("settings", {"no_such_thing": 1}),
        ("transactions/none/finish", {}),
        ("disputes/1/resolve", {"resolution": "declined"}),
        ("refunds/1", {"status": "processed"}),
    ],
)
def test_commands_that_make_no_sense_are_refused(
    paystack: PaystackSimulator, path: str, given: dict[str, Any]
) -> None:
    answer = httpx.post(f"{paystack.url}/_control/{path}", json=given, trust_env=False)
    assert answer.status_code in (400, 404)
    assert answer.json()["message"]


def test_a_page_in_a_browser_cannot_command_it(paystack: PaystackSimulator) -> None:
    answer = httpx.post(f"{paystack.url}/_control/reset", data={"a": "b"}, trust_env=False)
    assert answer.status_code == 415


def test_a_refund_goes_forward_only(paystack: PaystackSimulator, client: Paystack) -> None:
    begin(client)
    paystack.finish("ord-1")
    refund = client.refund(reference="ord-1")
    assert refund.id is not None
    paystack.move_refund(refund.id, "processed")
    with pytest.raises(AssertionError, match="does not go from processed to failed"):
        paystack.move_refund(refund.id, "failed")
