"""What Paystack answers and announces: small frozen views, and how its JSON is read into them.

Amounts are whole cents. A status is the provider's own word, kept also where Fantooo does not know it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

TRANSACTION_STATUSES = frozenset(
    "abandoned failed ongoing pending processing queued reversed success".split()
)
#: what a charge may ask of the payer next, beside the statuses of a transaction
CHARGE_STATUSES = TRANSACTION_STATUSES | frozenset(
    "pay_offline send_otp send_pin send_phone send_birthday send_address open_url timeout".split()
)
REFUND_STATUSES = frozenset("pending processing processed failed needs-attention".split())
DISPUTE_STATUSES = frozenset(
    "awaiting-merchant-feedback awaiting-bank-feedback pending resolved archived".split()
)
EVENTS = frozenset(
    [
        "charge.success",
        *(f"refund.{status}" for status in REFUND_STATUSES),
        *(f"charge.dispute.{step}" for step in ("create", "remind", "resolve")),
    ]
)


class ProviderError(Exception):
    """What asking the provider can end in. ``call`` names what was asked.

    ``outcome_unknown`` says that the provider may have done what was asked: look before doing it
    again.
    """

    def __init__(self, call: str, text: str, *, outcome_unknown: bool) -> None:
        super().__init__(f"paystack {call}: {text}")
        self.call = call
        self.outcome_unknown = outcome_unknown


class ProviderAnswerInvalid(ProviderError):
    """An answer that makes no sense. Whatever was asked may have been done."""

    def __init__(self, call: str, text: str) -> None:
        super().__init__(call, text, outcome_unknown=True)


@dataclass(frozen=True)
class Checkout:
    """Where to send somebody to pay."""

    reference: str
    authorization_url: str
    access_code: str


@dataclass(frozen=True)
class Charge:
    """What became of asking a phone for money; final words come by webhook or ``verify``."""

    reference: str
    status: str
    display_text: str

    @property
    def status_known(self) -> bool:
        """Whether ``status`` is one that Fantooo knows."""
        return self.status in CHARGE_STATUSES


@dataclass(frozen=True)
class TransactionView:
    """A payment as the provider sees it. ``amount`` was paid, ``requested_amount`` was asked for."""

    id: int
    reference: str
    status: str
    amount: int
    requested_amount: int | None
    currency: str
    domain: str
    channel: str
    paid_at: datetime | None
    created_at: datetime | None
    fees: int | None
    gateway_response: str
    email: str = field(repr=False)
    #: what tells one card or phone from others; the provider does not always say it
    card_signature: str = field(default="", repr=False)
    payer_phone: str = field(default="", repr=False)

    @property
    def status_known(self) -> bool:
        """Whether ``status`` is one that Fantooo knows."""
        return self.status in TRANSACTION_STATUSES

    def differs(self, *, amount: int, currency: str, domain: str) -> tuple[str, ...]:
        """Names what is not as it was ordered: amount, requested_amount, currency, domain."""
        asked = amount if self.requested_amount is None else self.requested_amount
        right = {
            "amount": self.amount == amount,
            "requested_amount": asked == amount,
            "currency": self.currency == currency,
            "domain": self.domain == domain,
        }
        return tuple(name for name, same in right.items() if not same)


@dataclass(frozen=True)
class RefundView:
    """Money on its way back. Events carry no ``id``; ``fetch_refund`` and lists do."""

    id: int | None
    status: str
    amount: int
    currency: str
    domain: str
    transaction_id: int | None
    transaction_reference: str | None
    refund_reference: str | None
    created_at: datetime | None
    expected_at: datetime | None
    #: what we wrote into it when we asked for it; events do not tell it
    merchant_note: str = ""

    @property
    def status_known(self) -> bool:
        """Whether ``status`` is one that Fantooo knows."""
        return self.status in REFUND_STATUSES


@dataclass(frozen=True)
class DisputeView:
    """A chargeback or complaint. ``refund_amount`` is what is claimed, in cents."""

    id: int
    status: str
    resolution: str | None
    category: str | None
    refund_amount: int | None
    currency: str | None
    domain: str
    transaction_id: int | None
    transaction_reference: str | None
    due_at: datetime | None
    resolved_at: datetime | None
    created_at: datetime | None

    @property
    def status_known(self) -> bool:
        """Whether ``status`` is one that Fantooo knows."""
        return self.status in DISPUTE_STATUSES


@dataclass(frozen=True)
class Event:
    """One webhook. ``key`` is the same for each delivery of the same news."""

    name: str
    key: str
    view: TransactionView | RefundView | DisputeView | None

    @property
    def known(self) -> bool:
        """Whether it is an event that Fantooo knows."""
        return self.name in EVENTS


def read_event(raw: bytes) -> Event:
    """Reads a webhook's body; of events that Fantooo does not know only name and key.

    Raises ``ProviderAnswerInvalid`` when it is not an event.
    """
    body = object_in(parsed(raw, "webhook"), "webhook")
    name, data = body.get("event"), body.get("data")
    if not isinstance(name, str) or not name or not isinstance(data, dict):
        raise ProviderAnswerInvalid("webhook", "no event")
    view: TransactionView | RefundView | DisputeView | None = None
    if name.startswith("charge.dispute."):
        view = dispute(data, "webhook")
    elif name.startswith("refund."):
        view = refund(data, "webhook")
    elif name.startswith("charge."):
        view = transaction(data, "webhook")
    return Event(name, _event_key(name, data), view)


def _event_key(name: str, data: Mapping[str, Any]) -> str:
    identity = data.get("id") or data.get("reference")
    if identity is None:  # a refund: only all of these together tell two parts of one payment apart
        words = ("transaction_reference", "refund_reference", "amount")
        identity = "/".join(str(data.get(word) or "") for word in words)
    return f"{name}:{identity}:{data.get('status', '')}"


def transaction(found: Any, call: str) -> TransactionView:
    """Reads a payment. Raises ``ProviderAnswerInvalid``."""
    data = object_in(found, call)
    paid_with = _inner(data, "authorization")
    return TransactionView(
        id=_cents(data.get("id"), "id", call),
        reference=text_in(data, "reference", call),
        status=text_in(data, "status", call),
        amount=_cents(data.get("amount"), "amount", call),
        requested_amount=_optional_cents(data, "requested_amount", call),
        currency=text_in(data, "currency", call),
        domain=text_in(data, "domain", call),
        channel=text_in(data, "channel", call, default=""),
        paid_at=_time(data, "paid_at", "paidAt"),
        created_at=_time(data, "created_at", "createdAt"),
        fees=_optional_cents(data, "fees", call),
        gateway_response=text_in(data, "gateway_response", call, default=""),
        email=text_in(_inner(data, "customer"), "email", call, default=""),
        card_signature=_perhaps(paid_with, "signature") or "",
        payer_phone=_phone(_perhaps(paid_with, "mobile_money_number")),
    )


def refund(found: Any, call: str) -> RefundView:
    """Reads a refund: from a list, from an answer, or from an event. Raises ``ProviderAnswerInvalid``."""
    data = object_in(found, call)
    about = _inner(data, "transaction")
    plain = data.get("transaction")
    return RefundView(
        id=_optional_cents(data, "id", call),
        status=text_in(data, "status", call),
        amount=_cents(data.get("amount"), "amount", call),
        currency=text_in(data, "currency", call),
        domain=text_in(data, "domain", call, default=""),
        transaction_id=_optional_cents(about, "id", call) if about else _whole(plain),
        transaction_reference=_perhaps(data, "transaction_reference")
        or _perhaps(about, "reference"),
        refund_reference=_perhaps(data, "refund_reference"),
        created_at=_time(data, "created_at", "createdAt"),
        expected_at=_time(data, "expected_at", "expectedAt"),
        merchant_note=_perhaps(data, "merchant_note") or "",
    )


def dispute(found: Any, call: str) -> DisputeView:
    """Reads a dispute. Raises ``ProviderAnswerInvalid``."""
    data = object_in(found, call)
    about = _inner(data, "transaction")
    return DisputeView(
        id=_cents(data.get("id"), "id", call),
        status=text_in(data, "status", call),
        resolution=_perhaps(data, "resolution"),
        category=_perhaps(data, "category"),
        refund_amount=_optional_cents(data, "refund_amount", call),
        currency=_perhaps(data, "currency"),
        domain=text_in(data, "domain", call, default=""),
        transaction_id=_optional_cents(about, "id", call),
        transaction_reference=_perhaps(data, "transaction_reference")
        or _perhaps(about, "reference"),
        due_at=_time(data, "dueAt", "due_at"),
        resolved_at=_time(data, "resolvedAt", "resolved_at"),
        created_at=_time(data, "created_at", "createdAt"),
    )


def _inner(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def text_in(data: Mapping[str, Any], name: str, call: str, *, default: str | None = None) -> str:
    """A text of ``data``. Raises ``ProviderAnswerInvalid`` when it is missing and has no default."""
    found = data.get(name)
    if isinstance(found, str) and found:
        return found
    if default is None:
        raise ProviderAnswerInvalid(call, f"no {name}")
    return default


def _perhaps(data: Mapping[str, Any], name: str) -> str | None:
    found = data.get(name)
    return found if isinstance(found, str) and found else None


def _phone(found: str | None) -> str:
    """``254...`` of a whole Kenyan number, however it is written; empty for all else."""
    digits = "".join(sign for sign in found or "" if sign.isascii() and sign.isdigit())
    number = "254" + digits[-9:]
    return number if digits in (number, "0" + digits[-9:]) and len(number) == 12 else ""


def _whole(found: Any) -> int | None:
    """A whole number of at least 0, also where it is written as text; None for all else."""
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 19:
        return int(found)
    if isinstance(found, int) and not isinstance(found, bool) and found >= 0:
        return found
    return None


def _cents(found: Any, name: str, call: str) -> int:
    number = _whole(found)
    if number is None:
        raise ProviderAnswerInvalid(call, f"{name} is no whole number")
    return number


def _optional_cents(data: Mapping[str, Any], name: str, call: str) -> int | None:
    found = data.get(name)
    return None if found is None else _cents(found, name, call)


def _time(data: Mapping[str, Any], *names: str) -> datetime | None:
    """The first of ``names`` that is a moment, in UTC; a moment that cannot be read is none."""
    for name in names:
        found = data.get(name)
        if isinstance(found, str):
            try:
                moment = datetime.fromisoformat(found)
            except ValueError:
                continue
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return None


def parsed(raw: bytes, call: str) -> Any:
    """What a JSON text says. Raises ``ProviderAnswerInvalid``, which quotes nothing of it."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        pass
    # Outside of the handler: the parser's error quotes what it could not read.
    raise ProviderAnswerInvalid(call, "not JSON")


def object_in(found: Any, call: str) -> dict[str, Any]:
    """``found``, if it is an object. Raises ``ProviderAnswerInvalid``."""
    if not isinstance(found, dict):
        raise ProviderAnswerInvalid(call, "no object")
    return found
