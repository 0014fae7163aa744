"""The client against the real simulator process: every call, and every way it can go wrong."""

from __future__ import annotations

import logging
import os
import re
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from flask import Flask

from fantooo.config import ROOT
from fantooo.gateways import paystack as gateway
from fantooo.gateways.paystack import (
    DuplicateReference,
    Paystack,
    ProviderAnswerInvalid,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    UnknownReference,
)
from tests.support.paystack import PaystackSimulator

EMAIL = "u-7f3a9c@pay.fantooo.test"
PHONE = "254710000000"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def client(paystack: PaystackSimulator) -> Iterator[Paystack]:
    made = paystack.client()
    yield made
    made.close()


def begin(client: Paystack, reference: str = "ord-1", **changes: Any) -> gateway.Checkout:
    return client.initialize(
        **{
            "email": EMAIL,
            "amount": 18_000,
            "currency": "KES",
            "reference": reference,
            "callback_url": "http://127.0.0.1:1/credits/return?from=chat",
            **changes,
        }
    )


def ring(client: Paystack, reference: str = "ord-1", **changes: Any) -> gateway.Charge:
    return client.charge_mpesa(
        **{"email": EMAIL, "amount": 18_000, "phone": PHONE, "reference": reference, **changes}
    )


def page(checkout: gateway.Checkout, path: str = "", **form: Any) -> httpx.Response:
    url = checkout.authorization_url + path
    with httpx.Client(trust_env=False, timeout=10) as browser:
        return browser.post(url, data=form) if form else browser.get(url)


def since() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def until() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


# Paying on the checkout page


def test_a_card_pays(client: Paystack) -> None:
    checkout = begin(client, channels=["card"], metadata={"kept": "yes"})
    assert checkout.reference == "ord-1"
    before = client.verify("ord-1")
    # The provider's own word for what nobody has tried yet.
    assert (before.status, before.paid_at, before.fees) == ("abandoned", None, None)
    shown = page(checkout)
    assert "no real money" in shown.text
    assert "KES 180.00" in shown.text
    assert "M-Pesa" not in shown.text
    assert client.verify("ord-1").status == "ongoing"
    back = page(checkout, action="pay")
    assert back.status_code == 303
    assert back.headers["Location"] == (
        "http://127.0.0.1:1/credits/return?from=chat&trxref=ord-1&reference=ord-1"
    )
    after = client.verify("ord-1")
    assert (after.status, after.amount, after.requested_amount) == ("success", 18_000, 18_000)
    assert (after.currency, after.domain, after.channel) == ("KES", client.domain, "card")
    assert (after.email, after.gateway_response, after.fees) == (EMAIL, "Approved", 522)
    assert after.paid_at is not None
    assert abs(datetime.now(UTC) - after.paid_at) < timedelta(minutes=1)
    assert after.differs(amount=18_000, currency="KES", domain="test") == ()
    assert "This payment is done" in page(checkout).text


@pytest.mark.parametrize(("action", "status"), [("decline", "failed"), ("abandon", "abandoned")])
def test_who_does_not_pay_comes_back_too_and_may_still_pay(
    client: Paystack, action: str, status: str
) -> None:
    checkout = begin(client)
    page(checkout)
    assert "reference=ord-1" in page(checkout, action=action).headers["Location"]
    assert client.verify("ord-1").status == status
    page(checkout, action="pay")
    assert client.verify("ord-1").status == "success"
    page(checkout, action="decline")
    assert client.verify("ord-1").status == "success"


def test_who_gives_up_goes_where_the_shop_wants_it(client: Paystack) -> None:
    checkout = begin(client, metadata={"cancel_action": "http://127.0.0.1:1/credits"})
    left = page(checkout, action="abandon").headers["Location"]
    assert left == "http://127.0.0.1:1/credits?trxref=ord-1&reference=ord-1"


@pytest.mark.parametrize(("outcome", "status"), [("success", "success"), ("failed", "failed")])
def test_the_page_rings_a_phone(
    paystack: PaystackSimulator, client: Paystack, outcome: str, status: str
) -> None:
    checkout = begin(client)
    form = {"action": "mpesa", "phone": "0710 000 000", "outcome": outcome, "seconds": "3"}
    assert page(checkout, **form).headers["Location"].endswith("/wait")
    assert client.verify("ord-1").status == "pending"
    assert page(checkout, "/wait").status_code == 200
    settled(client, status)
    assert "reference=ord-1" in page(checkout, "/wait").headers["Location"]
    assert client.verify("ord-1").channel == "mobile_money"
    assert paystack.transaction("ord-1")["phone"] == PHONE


def settled(client: Paystack, status: str, reference: str = "ord-1") -> None:
    until = time.monotonic() + 15
    while client.verify(reference).status != status:
        assert time.monotonic() < until, client.verify(reference).status
        time.sleep(0.05)


# M-Pesa without a page


@pytest.mark.parametrize("answer", ["pay_offline", "pending"])
def test_a_phone_pays_later(paystack: PaystackSimulator, client: Paystack, answer: str) -> None:
    paystack.set(mpesa_seconds=0.3, mpesa_answer=answer)
    charge = ring(client)
    assert (charge.reference, charge.status, charge.status_known) == ("ord-1", answer, True)
    assert charge.display_text
    assert client.verify("ord-1").status == "pending"
    settled(client, "success")
    assert client.verify("ord-1").fees == 270


def test_the_owner_of_the_phone_decides(paystack: PaystackSimulator, client: Paystack) -> None:
    paystack.set(mpesa_outcome="none")
    ring(client)
    with httpx.Client(trust_env=False, base_url=paystack.url) as phone:
        assert "ord-1" in phone.get("/phone").text
        assert phone.post("/phone/ord-1", data={"action": "refuse"}).status_code == 303
        assert "Nothing rings" in phone.get("/phone").text
    assert client.verify("ord-1").status == "failed"


@pytest.mark.parametrize("phone", ["0710000000", "25471000000", "256710000000"])
def test_a_wrong_number_is_refused_and_its_reference_stays_free(
    client: Paystack, phone: str
) -> None:
    with pytest.raises(ProviderRefused) as refused:
        ring(client, phone=phone)
    assert phone not in str(refused.value)
    assert ring(client).reference == "ord-1"


# Refusals


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": 299}, "minimum"),
        ({"currency": "USD"}, "Currency not supported"),
        ({"email": "nobody"}, "Invalid Email"),
    ],
)
def test_what_the_provider_does_not_take(
    client: Paystack, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ProviderRefused, match=words) as refused:
        begin(client, **changes)
    assert (refused.value.status, refused.value.outcome_unknown) == (400, False)
    with pytest.raises(UnknownReference):
        client.verify("ord-1")


def test_the_least_that_can_be_paid(client: Paystack) -> None:
    begin(client, amount=gateway.MINIMUM_AMOUNT)
    assert client.verify("ord-1").requested_amount == 300


@pytest.mark.parametrize("reference", ["", "a_b", "a b", "a/b", "é", "..", "a" * 101, "ord-1\n"])
def test_a_reference_that_cannot_be_is_never_sent(
    paystack: PaystackSimulator, client: Paystack, reference: str
) -> None:
    for call in (begin, ring, lambda c, r: c.verify(r), lambda c, r: c.refund(reference=r)):
        with pytest.raises(ValueError, match="reference"):
            call(client, reference)
    assert paystack.state()["transactions"] == []


@pytest.mark.parametrize("reference", ["a_b", "a b", "é"])
def test_the_simulator_refuses_such_a_reference_too(
    paystack: PaystackSimulator, reference: str
) -> None:
    answer = ask(paystack, {"email": EMAIL, "amount": 18_000, "reference": reference})
    assert answer.status_code == 400
    assert "Invalid character" in answer.json()["message"]


@pytest.mark.parametrize("amount", [180.5, "180.5", None, True, -1])
def test_the_simulator_takes_whole_cents_alone(paystack: PaystackSimulator, amount: object) -> None:
    answer = ask(paystack, {"email": EMAIL, "amount": amount, "reference": "ord-1"})
    assert answer.status_code == 400
    assert "integer" in answer.json()["message"]


def ask(paystack: PaystackSimulator, body: dict[str, Any]) -> httpx.Response:
    return httpx.post(
        f"{paystack.url}/transaction/initialize",
        json=body,
        headers={"Authorization": f"Bearer {paystack.secret_key}"},
        trust_env=False,
    )


@pytest.mark.parametrize("amount", [0, -5, 10.5, True, "100"])
def test_an_amount_that_cannot_be_is_never_sent(client: Paystack, amount: Any) -> None:
    with pytest.raises(ValueError, match="whole number of cents"):
        begin(client, amount=amount)


def test_a_reference_is_used_once(client: Paystack) -> None:
    begin(client)
    with pytest.raises(DuplicateReference) as refused:
        begin(client)
    assert refused.value.message == "Duplicate Transaction Reference"
    with pytest.raises(DuplicateReference):
        ring(client)


def test_an_unknown_reference(client: Paystack) -> None:
    with pytest.raises(UnknownReference):
        client.verify("never-seen")


def test_a_wrong_key(paystack: PaystackSimulator) -> None:
    other = paystack.client(secret_key="sk_test_" + "x" * 20)
    with pytest.raises(ProviderRefused, match="Invalid key") as refused:
        other.verify("ord-1")
    assert refused.value.status == 401
    answer = httpx.get(f"{paystack.url}/transaction", trust_env=False)
    assert answer.status_code == 401
    other.close()


# Lists


def test_a_list_is_read_to_its_end_newest_first(
    paystack: PaystackSimulator, client: Paystack
) -> None:
    now = time.time()
    for number in range(7):
        paystack.unknown_payment(reference=f"day-{number}", created_at=now - 600 + number)
    paystack.unknown_payment(reference="before", created_at=now - 90_000)
    paystack.unknown_payment(reference="declined", status="failed", created_at=now - 10)
    found = list(client.transactions(since=since(), until=until(), per_page=3))
    assert [each.reference for each in found] == [
        "declined",
        *(f"day-{number}" for number in reversed(range(7))),
    ]
    paid = client.transactions(since=since(), until=until(), status="success", per_page=7)
    assert len(list(paid)) == 7
    day_before = {"since": LONG_AGO, "until": datetime.now(UTC) - timedelta(hours=2)}
    assert [each.reference for each in client.transactions(**day_before)] == ["before"]


def test_what_began_in_the_last_millisecond_is_in_the_list(
    paystack: PaystackSimulator, client: Paystack
) -> None:
    """The provider reads milliseconds: an end that is cut off would leave the newest payment out."""
    end = datetime.now(UTC).replace(microsecond=123_400)
    paystack.unknown_payment(reference="at-the-end", created_at=end.timestamp())
    listed = list(client.transactions(since=since(), until=end))
    assert [each.reference for each in listed] == ["at-the-end"]


def test_what_comes_in_while_a_list_is_read_repeats_and_loses_nothing(
    paystack: PaystackSimulator, client: Paystack
) -> None:
    for number in range(6):
        paystack.unknown_payment(reference=f"old-{number}")
    reading = client.transactions(since=since(), until=until(), per_page=3)
    found = [next(reading).reference for _each in range(3)]
    paystack.unknown_payment(reference="new")
    found += [each.reference for each in reading]
    assert found == [f"old-{number}" for number in reversed(range(6))]


def test_the_simulator_refuses_dates_that_are_none(paystack: PaystackSimulator) -> None:
    answer = httpx.get(
        f"{paystack.url}/transaction?from=yesterday",
        headers={"Authorization": f"Bearer {paystack.secret_key}"},
        trust_env=False,
    )
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid 'from' date")


# Refunds


@pytest.fixture
def paid(paystack: PaystackSimulator, client: Paystack) -> gateway.TransactionView:
    begin(client)
    paystack.finish("ord-1")
    return client.verify("ord-1")


def test_refunds_never_exceed_what_was_paid(
    paystack: PaystackSimulator, client: Paystack, paid: gateway.TransactionView
) -> None:
    first = client.refund(reference="ord-1", amount=10_000, merchant_note="half of it")
    assert (first.status, first.amount, first.transaction_id) == ("pending", 10_000, paid.id)
    assert first.transaction_reference == "ord-1"
    with pytest.raises(ProviderRefused, match="more than what is left"):
        client.refund(reference="ord-1", amount=8_001)
    rest = client.refund(reference="ord-1")
    assert rest.amount == 8_000
    with pytest.raises(ProviderRefused, match="fully reversed"):
        client.refund(reference="ord-1", amount=1)
    assert first.id is not None
    assert rest.id is not None
    for number in (first.id, rest.id):
        paystack.move_refund(number, "processing")
        assert client.verify("ord-1").status == "success"
        paystack.move_refund(number, "processed")
    assert client.fetch_refund(first.id).status == "processed"
    assert client.verify("ord-1").status == "reversed"
    listed = list(client.refunds(transaction_id=paid.id, per_page=1))
    assert [each.id for each in listed] == [rest.id, first.id]
    assert list(client.refunds(transaction_id=paid.id + 1)) == []


@pytest.mark.parametrize("status", ["failed", "needs-attention"])
def test_a_refund_that_does_not_arrive(
    paystack: PaystackSimulator, client: Paystack, paid: gateway.TransactionView, status: str
) -> None:
    made = client.refund(reference="ord-1")
    assert made.id is not None
    paystack.move_refund(made.id, status)
    found = client.fetch_refund(made.id)
    assert (found.status, found.status_known) == (status, True)
    # What has failed can be tried again; what waits for somebody is still on its way.
    if status == "failed":
        assert client.refund(reference="ord-1").amount == 18_000
    else:
        with pytest.raises(ProviderRefused):
            client.refund(reference="ord-1")


def test_only_what_was_paid_is_refunded(client: Paystack) -> None:
    begin(client)
    with pytest.raises(ProviderRefused, match="has not been paid"):
        client.refund(reference="ord-1")
    with pytest.raises(UnknownReference):
        client.refund(reference="ord-2")
    with pytest.raises(ProviderRefused, match="Refund not found"):
        client.fetch_refund(1)


def test_refunds_can_go_on_by_themselves(
    paystack: PaystackSimulator, client: Paystack, paid: gateway.TransactionView
) -> None:
    paystack.set(refund_seconds=0.1)
    client.refund(reference="ord-1")
    settled(client, "reversed")
    paystack.wait_for_webhooks(3, state="waiting", event="refund.")
    assert [each["event"] for each in paystack.webhooks("refund.")] == [
        *("refund.pending", "refund.processing", "refund.processed"),
    ]


# Disputes


def test_a_dispute_to_its_end(
    paystack: PaystackSimulator, client: Paystack, paid: gateway.TransactionView
) -> None:
    number = paystack.open_dispute("ord-1", due_in=3600)["id"]
    found = client.fetch_dispute(number)
    assert (found.status, found.refund_amount, found.transaction_reference) == (
        *("awaiting-merchant-feedback", 18_000, "ord-1"),
    )
    assert (found.transaction_id, found.resolution, found.status_known) == (paid.id, None, True)
    assert found.due_at is not None
    assert timedelta(minutes=59) < found.due_at - datetime.now(UTC) <= timedelta(hours=1)
    paystack.remind_dispute(number)
    paystack.resolve_dispute(number, "merchant-accepted")
    ended = client.fetch_dispute(number)
    assert (ended.status, ended.resolution) == ("resolved", "merchant-accepted")
    assert ended.resolved_at is not None
    assert client.verify("ord-1").status == "reversed"
    assert [each.id for each in client.disputes(since=since(), until=until())] == [number]
    assert list(client.disputes(status="pending")) == []
    assert [each["event"] for each in paystack.webhooks("charge.dispute")] == [
        *("charge.dispute.create", "charge.dispute.remind", "charge.dispute.resolve"),
    ]


# What goes wrong


def test_reading_is_tried_three_times_with_growing_random_pauses(
    paystack: PaystackSimulator,
) -> None:
    pauses: list[float] = []
    client = paystack.client(pause=pauses.append)
    begin(client)
    paystack.next_call("error", times=2)
    assert client.verify("ord-1").reference == "ord-1"
    assert 0.125 <= pauses[0] <= 0.375
    assert 0.25 <= pauses[1] <= 0.75
    paystack.next_call("error", times=3)
    with pytest.raises(ProviderUnavailable, match="status 500") as failed:
        client.verify("ord-1")
    assert failed.value.outcome_unknown
    assert len(pauses) == 4
    assert client.verify("ord-1").status == "abandoned"
    assert paystack.state()["orders"] == []
    client.close()


@pytest.mark.parametrize("how", ["error", "timeout"])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", [begin, ring])
def test_what_moves_money_is_asked_once(
    paystack: PaystackSimulator, call: Callable[[Paystack], Any], how: str, after: bool
) -> None:
    """Whether it was done shows by asking again with the same reference."""
    client = paystack.client(read_seconds=0.3)
    paystack.set(mpesa_outcome="none")
    paystack.next_call(how, after=after, seconds=2)
    with pytest.raises(ProviderUnavailable) as failed:
        call(client)
    assert failed.value.outcome_unknown
    assert [each["reference"] for each in paystack.state()["transactions"]] == (
        ["ord-1"] if after else []
    )
    if after:
        with pytest.raises(DuplicateReference):
            call(client)
    else:
        assert call(client).reference == "ord-1"
    client.close()


def test_a_refund_is_asked_once_and_found_again(
    paystack: PaystackSimulator, client: Paystack, paid: gateway.TransactionView
) -> None:
    paystack.next_call("error", after=True, only="POST /refund")
    with pytest.raises(ProviderUnavailable) as failed:
        client.refund(reference="ord-1", amount=5_000)
    assert failed.value.outcome_unknown
    assert [each.amount for each in client.refunds(transaction_id=paid.id)] == [5_000]


def test_patience_ends(paystack: PaystackSimulator) -> None:
    client = paystack.client(read_seconds=0.2)
    begin(client)
    paystack.next_call("slow", seconds=3, times=3)
    began = time.monotonic()
    with pytest.raises(ProviderUnavailable, match="ReadTimeout"):
        client.verify("ord-1")
    assert 0.6 <= time.monotonic() - began < 3
    client.close()


def test_slowness_within_patience_is_no_fault(
    paystack: PaystackSimulator, client: Paystack
) -> None:
    begin(client)
    paystack.next_call("slow", seconds=0.3)
    began = time.monotonic()
    assert client.verify("ord-1").reference == "ord-1"
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(
    "body",
    [
        "<html>Bad gateway",
        "",
        "null",
        "[1]",
        '{"status": true}',
        '{"status": "true", "data": {}}',
        '{"status": true, "data": null}',
        '{"status": true, "data": {"id": 1, "reference": "ord-1", "status": "success"}}',
        (
            '{"status": true, "data": {"id": 1, "reference": "ord-2", "status": "success",'
            ' "amount": 1, "currency": "KES", "domain": "test"}}'
        ),
    ],
)
def test_an_answer_without_sense_is_an_error_of_its_own(
    paystack: PaystackSimulator, client: Paystack, body: str
) -> None:
    begin(client)
    paystack.next_call("garbage", body=body)
    with pytest.raises(ProviderAnswerInvalid) as failed:
        client.verify("ord-1")
    assert failed.value.outcome_unknown
    assert "html" not in str(failed.value)


def test_too_many_requests_did_nothing(paystack: PaystackSimulator, client: Paystack) -> None:
    paystack.next_call("refuse", status=429, message="Please wait a few minutes")
    with pytest.raises(ProviderUnavailable) as failed:
        begin(client)
    assert not failed.value.outcome_unknown
    begin(client)
    paystack.next_call("refuse", status=429)
    assert client.verify("ord-1").reference == "ord-1"


def test_a_closed_door_did_nothing() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        pauses: list[float] = []
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        client = Paystack("sk_test_" + "k" * 8, address, pause=pauses.append)
        with pytest.raises(ProviderUnavailable, match="ConnectError") as failed:
            begin(client)
        assert not failed.value.outcome_unknown
        assert pauses == []
        with pytest.raises(ProviderUnavailable):
            client.verify("ord-1")
        assert len(pauses) == 2
        client.close()


def test_a_charge_may_be_more_or_less_than_was_asked(
    paystack: PaystackSimulator, client: Paystack
) -> None:
    begin(client)
    paystack.finish("ord-1", amount=1_000)
    view = client.verify("ord-1")
    assert view.status == "success"
    assert view.differs(amount=18_000, currency="KES", domain="test") == ("amount",)


@pytest.mark.parametrize(
    ("setting", "paid_in", "differs"),
    [({}, "USD", ("currency",)), ({"domain": "live"}, None, ("domain",))],
)
def test_another_currency_or_another_world_shows(
    paystack: PaystackSimulator,
    client: Paystack,
    setting: dict[str, Any],
    paid_in: str | None,
    differs: tuple[str, ...],
) -> None:
    paystack.set(**setting)
    begin(client)
    paystack.finish("ord-1", currency=paid_in)
    view = client.verify("ord-1")
    assert view.differs(amount=18_000, currency="KES", domain=client.domain) == differs


def test_it_was_paid_though_the_browser_said_abandoned(
    paystack: PaystackSimulator, client: Paystack
) -> None:
    page(begin(client), action="abandon")
    assert client.verify("ord-1").status == "abandoned"
    paystack.finish("ord-1", "success")
    assert client.verify("ord-1").status == "success"


# Secrets


@pytest.mark.usefixtures("app")  # which sets up where log lines go
def test_nothing_that_goes_wrong_says_a_secret(
    paystack: PaystackSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    """No key, address or phone: in no log line of ours or of httpx, in no error, however deep."""
    caplog.set_level(logging.DEBUG)
    client = paystack.client(read_seconds=0.2)
    said = f"Not for {EMAIL}, +{PHONE}, {PHONE[:3]} {PHONE[3:6]} {PHONE[6:]}, {paystack.secret_key}"
    wrongs: list[dict[str, Any]] = [
        {"how": "error"},
        {"how": "timeout", "seconds": 1},
        {"how": "garbage", "body": f"<html>{said}"},
        {"how": "refuse", "message": said},
    ]
    texts = []
    for wrong in wrongs:
        for call in (begin, ring):
            paystack.next_call(**wrong)
            with pytest.raises(ProviderError) as failed:
                call(client)
            texts.append("".join(traceback.format_exception(failed.value)))
            assert failed.value.__context__ is None
            assert failed.value.__cause__ is None
    logged = [line for line in caplog.messages if "paystack_unavailable" in line]
    assert len(logged) == 4, "an error and a time-out of each call"
    everything = "\n".join([*texts, caplog.text])
    assert "refused with 400: Not for ..." in everything
    for secret in (paystack.secret_key, paystack.secret_key[-12:], EMAIL, PHONE, PHONE[3:]):
        assert secret not in everything
    assert not re.search(r"254 ?710", everything)
    client.close()


# The process's own client


def test_under_gevent_waiting_for_the_provider_stops_nobody_else(
    paystack: PaystackSimulator, client: Paystack
) -> None:
    """Four answers of 0.5 s each, in about 0.5 s."""
    begin(client)
    paystack.next_call("slow", seconds=0.5, times=5)
    program = (
        "from gevent import monkey, spawn, joinall; monkey.patch_all()\n"
        "import os, time\n"
        "from fantooo.gateways.paystack import Paystack\n"
        "client = Paystack(os.environ['PAYSTACK_SECRET_KEY'], os.environ['PAYSTACK_BASE_URL'])\n"
        "client.verify('ord-1')\n"  # the first use makes the connections' machinery
        "began = time.monotonic()\n"
        "asked = [spawn(client.verify, 'ord-1') for _each in range(4)]\n"
        "joinall(asked, raise_error=True)\n"
        "print(time.monotonic() - began, {each.value.reference for each in asked})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **paystack.server.env},
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    seconds, references = done.stdout.split(maxsplit=1)
    assert references.strip() == "{'ord-1'}"
    assert 0.5 <= float(seconds) < 1.5


def test_a_process_has_one_client_and_a_fork_its_own(
    make_app: Callable[..., Flask], paystack: PaystackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(**paystack.settings, paystack_read_seconds=4)
    with app.app_context():
        assert "fantooo_paystack" not in app.extensions
        mine = gateway.client()
        begin(mine)
        assert gateway.client() is mine
        assert mine._http.timeout == httpx.Timeout(connect=3, read=4, write=4, pool=3)
        parent = os.getpid()
        monkeypatch.setattr(gateway.os, "getpid", lambda: parent + 1)
        child = gateway.client()
        assert child is not mine
        assert child.verify("ord-1").reference == "ord-1"
        child.close()
        mine.close()
