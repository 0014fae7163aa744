"""Webhooks: whose they are, and what they say, before anything is believed."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from fantooo.gateways import paystack
from fantooo.gateways.doubles.paystack.webhooks import RETRY_AFTER
from fantooo.gateways.paystack import (
    DisputeView,
    ProviderAnswerInvalid,
    RefundView,
    TransactionView,
    check_signature,
    read_event,
)

SECRET = "sk_test_" + "s" * 20
#: spaces and an escape that no JSON library would write again in the same way
RAW = b'{"event" : "charge.success", "data":{"amount": 18000, "name":"\\u00e9"} }'


def signed(raw: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), raw, hashlib.sha512).hexdigest()


def test_the_raw_body_is_what_is_signed() -> None:
    assert check_signature(RAW, signed(RAW), SECRET)
    again = json.dumps(json.loads(RAW)).encode()
    assert not check_signature(again, signed(RAW), SECRET)
    assert not check_signature(RAW + b" ", signed(RAW), SECRET)


def test_a_known_example() -> None:
    """Worked out by another program: openssl dgst -sha512 -hmac key."""
    header = (
        "b42af090 57bac1e2 d41708e4 8a902e09 b5ff7f12 ab428a4f e86653c7 3dd248fb"
        " 82f948a5 49f7b791 a5b41915 ee4d1ec3 935357e4 e2317250 d0372afa 2ebeeb3a"
    ).replace(" ", "")
    raw = b"The quick brown fox jumps over the lazy dog"
    assert check_signature(raw, header, "key")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        " ",
        "é" * 128,
        "\udcff" * 128,
        "0" * 128,
        signed(RAW, "another"),
        signed(RAW)[:-1],
        signed(RAW).upper(),
        "sha512=" + signed(RAW),
        hmac.new(SECRET.encode(), RAW, hashlib.sha256).hexdigest(),
    ],
)
def test_any_other_header_is_wrong_and_no_error(header: str | None) -> None:
    assert check_signature(RAW, header, SECRET) is False


def test_without_a_secret_nothing_is_right() -> None:
    assert not check_signature(RAW, signed(RAW, ""), "")


def test_bytes_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[object, object]] = []

    def watch(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return False

    monkeypatch.setattr(paystack.hmac, "compare_digest", watch)
    assert not check_signature(RAW, signed(RAW), SECRET)
    assert compared == [(signed(RAW).encode(), signed(RAW).encode())]


def event(name: str, **data: Any) -> bytes:
    return json.dumps({"event": name, "data": data}).encode()


CHARGE: dict[str, Any] = {
    "id": 302961,
    "domain": "live",
    "status": "success",
    "reference": "qTPrJoy9Bx",
    "amount": 10000,
    "gateway_response": "Approved by Financial Institution",
    "paid_at": "2026-11-24T21:10:19.000Z",
    "created_at": "2026-11-24T21:09:56.000Z",
    "channel": "card",
    "currency": "KES",
    "fees": None,
    "customer": {"id": 68324, "email": "u-abc@pay.fantooo.test"},
}
REFUND: dict[str, Any] = {
    "status": "processed",
    "transaction_reference": "T2154954",
    "refund_reference": "132013318360",
    "amount": "5000",
    "currency": "KES",
    "domain": "live",
}


def test_a_charge_is_read() -> None:
    found = read_event(event("charge.success", **CHARGE))
    assert (found.name, found.known) == ("charge.success", True)
    view = found.view
    assert isinstance(view, TransactionView)
    assert (view.reference, view.status, view.amount, view.currency, view.domain) == (
        *("qTPrJoy9Bx", "success", 10000, "KES", "live"),
    )
    assert view.paid_at == datetime(2026, 11, 24, 21, 10, 19, tzinfo=UTC)
    assert (view.requested_amount, view.fees, view.status_known) == (None, None, True)
    assert view.email not in repr(view)


def test_what_differs_is_named() -> None:
    view = read_event(event("charge.success", **CHARGE, requested_amount=9000)).view
    assert isinstance(view, TransactionView)
    assert view.differs(amount=10000, currency="KES", domain="live") == ("requested_amount",)
    assert view.differs(amount=9000, currency="USD", domain="test") == (
        *("amount", "currency", "domain"),
    )


@pytest.mark.parametrize("amount", ["5000", 5000])
def test_a_refund_is_read_also_with_its_amount_as_text(amount: object) -> None:
    view = read_event(event("refund.processed", **{**REFUND, "amount": amount})).view
    assert isinstance(view, RefundView)
    assert (view.amount, view.status, view.id) == (5000, "processed", None)
    assert (view.transaction_reference, view.refund_reference) == ("T2154954", "132013318360")


def test_a_dispute_is_read() -> None:
    dispute = {
        "id": 358950,
        "refund_amount": 5800,
        "currency": "KES",
        "status": "awaiting-merchant-feedback",
        "resolution": None,
        "domain": "live",
        "transaction": CHARGE,
        "transaction_reference": None,
        "category": "chargeback",
        "dueAt": "2026-11-28T18:00:00.000Z",
    }
    view = read_event(event("charge.dispute.create", **dispute)).view
    assert isinstance(view, DisputeView)
    assert (view.id, view.transaction_reference, view.transaction_id) == (
        *(358950, "qTPrJoy9Bx", 302961),
    )
    assert view.due_at == datetime(2026, 11, 28, 18, tzinfo=UTC)
    assert view.status_known


def test_words_that_are_new_are_kept_and_flagged() -> None:
    charge = read_event(event("charge.success", **{**CHARGE, "status": "levitating"})).view
    assert isinstance(charge, TransactionView)
    assert (charge.status, charge.status_known) == ("levitating", False)
    refund = read_event(event("refund.paused", **{**REFUND, "status": "paused"}))
    assert isinstance(refund.view, RefundView)
    assert (refund.known, refund.view.status, refund.view.status_known) == (False, "paused", False)
    other = read_event(event("subscription.create", id=7))
    assert (other.known, other.view, other.key) == (False, None, "subscription.create:7:")


def test_the_key_tells_news_from_repetition() -> None:
    once = read_event(event("charge.success", **CHARGE)).key
    assert once == read_event(RAW_AGAIN).key
    others = [
        event("charge.success", **{**CHARGE, "id": 302962}),
        event("charge.success", **{**CHARGE, "status": "reversed"}),
        event("refund.processed", **REFUND),
        event("refund.pending", **{**REFUND, "status": "pending"}),
        event("refund.processed", **{**REFUND, "refund_reference": "132013318361"}),
        event("refund.processed", **{**REFUND, "amount": "6000"}),
    ]
    assert len({once, *(read_event(raw).key for raw in others)}) == 1 + len(others)


RAW_AGAIN = json.dumps({"data": CHARGE, "event": "charge.success"}, indent=2).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"event": "charge.success"}',
        b'{"event": "", "data": {}}',
        b'{"event": 7, "data": {}}',
        b"[" * 100_000,
        event("charge.success", **{**CHARGE, "amount": 10000.5}),
        event("charge.success", **{**CHARGE, "amount": "100.00"}),
        event("charge.success", **{**CHARGE, "amount": -1}),
        event("charge.success", **{**CHARGE, "amount": True}),
        event("charge.success", **{**CHARGE, "amount": "٣"}),
        event("charge.success", **{**CHARGE, "reference": None}),
        event("refund.processed", **{**REFUND, "amount": None}),
        event("charge.dispute.create", id="x"),
    ],
)
def test_what_is_no_event_is_an_error_of_its_own_that_quotes_nothing(raw: bytes) -> None:
    with pytest.raises(ProviderAnswerInvalid) as refused:
        read_event(raw)
    assert "qTPrJoy9Bx" not in str(refused.value)
    assert refused.value.__context__ is None


def test_the_provider_s_rhythm() -> None:
    """Every 3 minutes four times, then hourly for 72 hours."""
    assert RETRY_AFTER[:4] == (180,) * 4
    assert set(RETRY_AFTER[4:]) == {3600}
    assert sum(RETRY_AFTER[4:]) == 72 * 3600
