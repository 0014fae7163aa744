"""Paystack's HTTP API: what we ask and how that fails. No database, no rules of buying.

Amounts are whole cents. Statuses are the provider's own words. No exception or log line holds the
secret key, an e-mail address or a phone number.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import Any, TypeVar

import httpx
import structlog
from flask import current_app

from fantooo.gateways import paystack_answers as answers
from fantooo.gateways.paystack_answers import (
    Charge,
    Checkout,
    DisputeView,
    Event,
    ProviderAnswerInvalid,
    ProviderError,
    RefundView,
    TransactionView,
    read_event,
)

__all__ = [
    "MINIMUM_AMOUNT",
    "REFERENCE",
    "Charge",
    "Checkout",
    "DisputeView",
    "DuplicateReference",
    "Event",
    "Paystack",
    "ProviderAnswerInvalid",
    "ProviderError",
    "ProviderRefused",
    "ProviderUnavailable",
    "RefundView",
    "TransactionView",
    "UnknownReference",
    "check_signature",
    "client",
    "read_event",
]

log = structlog.get_logger(__name__)

#: letters, digits, `-`, `.`, `=`
REFERENCE = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9.=-]{1,100}")
#: Ksh 3.00
MINIMUM_AMOUNT = 300

_GET_RETRIES = 2
_PAUSE_SECONDS = 0.25
_PER_PAGE = 100
_PERSONAL = re.compile(r"\S+@\S+|\+?\d[\d -]{6,}\d|\b[sp]k_\w+", re.IGNORECASE)
_MESSAGE_LENGTH = 200
_random = SystemRandom()
_making = threading.Lock()


class ProviderUnavailable(ProviderError):
    """No usable answer: no connection, a time-out, a server error, too many requests."""


class ProviderRefused(ProviderError):
    """The provider said no (4xx), and did nothing. ``message`` has personal data taken out."""

    def __init__(self, call: str, status: int, message: str, code: str = "") -> None:
        super().__init__(call, f"refused with {status}: {message}", outcome_unknown=False)
        self.status = status
        self.message = message
        self.code = code

    @property
    def is_about_us(self) -> bool:
        """Whether it says something of our key, not of what was asked: it may be asked again later."""
        return self.status in (401, 403)


class DuplicateReference(ProviderRefused):
    """The reference exists already. After a time-out: the first request had arrived."""


class UnknownReference(ProviderRefused):
    """There is no transaction of that reference."""


View = TypeVar("View")


def check_signature(raw: bytes, header: str | None, secret: str) -> bool:
    """Whether ``header`` (x-paystack-signature) is the HMAC-SHA512 of the raw body, in hex.

    A missing or non-ASCII header is simply wrong, and so is any header when there is no secret.
    """
    if not header or not secret or not header.isascii():
        return False
    right = hmac.new(secret.encode(), raw, hashlib.sha512).hexdigest()
    return hmac.compare_digest(right.encode(), header.encode())


class Paystack:
    """One account at the provider. Safe for use by many threads or greenlets at once.

    Reads (GET) are tried three times. What moves money is never tried again by itself: see
    ``ProviderError.outcome_unknown``.
    """

    def __init__(
        self,
        secret_key: str,
        base_url: str,
        *,
        connect_seconds: float = 3.0,
        read_seconds: float = 10.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = pause
        self.domain = "live" if secret_key.startswith("sk_live_") else "test"
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {secret_key}", "Accept": "application/json"},
            timeout=httpx.Timeout(
                connect=connect_seconds,
                read=read_seconds,
                write=read_seconds,
                pool=connect_seconds,
            ),
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=10),
            # A stand-in on this machine is not behind the network's proxy.
            trust_env=base_url.startswith("https:"),
        )

    def close(self) -> None:
        """Lets go of the connections."""
        self._http.close()

    def initialize(
        self,
        *,
        email: str,
        amount: int,
        currency: str,
        reference: str,
        callback_url: str,
        channels: Sequence[str] = (),
        metadata: Mapping[str, Any] | None = None,
    ) -> Checkout:
        """Opens a checkout page for ``amount`` cents under our own ``reference``.

        Raises ``DuplicateReference`` when the reference was used, also by an attempt of which we
        never saw the answer: its page is lost then, nobody can pay on it, take a new reference.
        Raises ``ValueError`` for a reference or amount that the provider cannot take.
        """
        body = _order(email, amount, currency, reference, metadata)
        body["callback_url"] = callback_url
        if channels:
            body["channels"] = list(channels)
        data = self._ask("initialize", "POST", "/transaction/initialize", body=body)
        found = answers.object_in(data, "initialize")
        answer = Checkout(
            reference=answers.text_in(found, "reference", "initialize"),
            authorization_url=answers.text_in(found, "authorization_url", "initialize"),
            access_code=answers.text_in(found, "access_code", "initialize"),
        )
        return _same_reference(answer, reference, "initialize")

    def charge_mpesa(
        self,
        *,
        email: str,
        amount: int,
        phone: str,
        reference: str,
        currency: str = "KES",
        metadata: Mapping[str, Any] | None = None,
    ) -> Charge:
        """Asks a phone (254...) for ``amount`` cents by M-Pesa.

        Raises ``DuplicateReference`` for a used reference. After an unknown outcome ``verify``
        tells what became of it. Raises ``ValueError`` like ``initialize``.
        """
        body = _order(email, amount, currency, reference, metadata)
        body["mobile_money"] = {"phone": phone, "provider": "mpesa"}
        found = answers.object_in(self._ask("charge", "POST", "/charge", body=body), "charge")
        answer = Charge(
            reference=answers.text_in(found, "reference", "charge"),
            status=answers.text_in(found, "status", "charge"),
            display_text=answers.text_in(found, "display_text", "charge", default=""),
        )
        return _same_reference(answer, reference, "charge")

    def verify(self, reference: str) -> TransactionView:
        """The payment of one reference as it is now. Raises ``UnknownReference``.

        A checkout that nobody has tried yet is already ``abandoned``: that word is not final.
        """
        _check_reference(reference)
        data = self._ask("verify", "GET", f"/transaction/verify/{reference}")
        return _same_reference(answers.transaction(data, "verify"), reference, "verify")

    def transactions(
        self,
        *,
        since: datetime,
        until: datetime,
        status: str | None = None,
        per_page: int = _PER_PAGE,
        unreadable: list[ProviderAnswerInvalid] | None = None,
    ) -> Iterator[TransactionView]:
        """Payments begun between two moments (both included), newest first, none twice.

        Rows that cannot be read go into ``unreadable``; without it the first of them is raised.
        """
        query = {"from": _moment(since), "to": _moment(until, after=True), "status": status}
        return self._list(
            "transactions", "/transaction", query, per_page, answers.transaction, unreadable
        )

    def refund(
        self,
        *,
        reference: str,
        amount: int | None = None,
        customer_note: str = "",
        merchant_note: str = "",
    ) -> RefundView:
        """Gives a payment back, or ``amount`` cents of it. The money moves later: see the status.

        Each call is a refund of its own, there is no key against doubles: after an unknown outcome
        look through ``refunds`` first.
        """
        _check_reference(reference)
        body: dict[str, Any] = {"transaction": reference}
        if amount is not None:
            body["amount"] = _positive(amount)
        if customer_note:
            body["customer_note"] = customer_note
        if merchant_note:
            body["merchant_note"] = merchant_note
        return answers.refund(self._ask("refund", "POST", "/refund", body=body), "refund")

    def fetch_refund(self, refund_id: int) -> RefundView:
        """One refund as it is now."""
        return answers.refund(
            self._ask("fetch_refund", "GET", f"/refund/{refund_id:d}"), "fetch_refund"
        )

    def refunds(
        self,
        *,
        transaction_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        per_page: int = _PER_PAGE,
        unreadable: list[ProviderAnswerInvalid] | None = None,
    ) -> Iterator[RefundView]:
        """Refunds, of one payment (by the provider's id) or of a stretch of time, newest first.

        Rows that cannot be read go into ``unreadable``; without it the first of them is raised.
        """
        query = {
            "transaction": transaction_id,
            "from": _moment(since),
            "to": _moment(until, after=True),
        }
        return self._list("refunds", "/refund", query, per_page, answers.refund, unreadable)

    def fetch_dispute(self, dispute_id: int) -> DisputeView:
        """One dispute as it is now."""
        data = self._ask("fetch_dispute", "GET", f"/dispute/{dispute_id:d}")
        return answers.dispute(data, "fetch_dispute")

    def disputes(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        status: str | None = None,
        per_page: int = _PER_PAGE,
        unreadable: list[ProviderAnswerInvalid] | None = None,
    ) -> Iterator[DisputeView]:
        """Disputes of a stretch of time, newest first.

        Rows that cannot be read go into ``unreadable``; without it the first of them is raised.
        """
        query = {"from": _moment(since), "to": _moment(until, after=True), "status": status}
        return self._list("disputes", "/dispute", query, per_page, answers.dispute, unreadable)

    def _list(
        self,
        call: str,
        path: str,
        query: Mapping[str, Any],
        per_page: int,
        read: Callable[[Any, str], View],
        unreadable: list[ProviderAnswerInvalid] | None = None,
    ) -> Iterator[View]:
        seen: set[object] = set()
        page = 1
        while True:
            asked = {**query, "perPage": per_page, "page": page}
            found = self._ask(call, "GET", path, query=asked)
            if not isinstance(found, list):
                raise ProviderAnswerInvalid(call, "no list")
            # What is added while we read moves the rest on, so that a row may come again.
            for item in found:
                identity = item.get("id") if isinstance(item, dict) else None
                if identity is None or identity not in seen:
                    seen.add(identity)
                    try:
                        view = read(item, call)
                    except ProviderAnswerInvalid as error:
                        if unreadable is None:
                            raise
                        unreadable.append(error)
                    else:
                        yield view
            if len(found) < per_page:
                return
            page += 1

    def _ask(
        self,
        call: str,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Any:
        """The ``data`` of the answer. Raises ``ProviderError`` in one of its kinds."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        tries = 1 + (_GET_RETRIES if method == "GET" else 0)
        while True:
            tries -= 1
            began = time.monotonic()
            answer, reason = self._send(method, path, body, given)
            if answer is not None and answer.status_code < 500 and answer.status_code != 429:
                return _data(answer, call)
            if answer is not None:
                reason = f"status {answer.status_code}"
            log.warning(
                "paystack_unavailable",
                call=call,
                reason=reason,
                seconds=round(time.monotonic() - began, 2),
                tries_left=tries,
            )
            if tries == 0:
                # Without a connection nothing was asked, and 429 means that nothing was done.
                harmless = reason in ("ConnectError", "ConnectTimeout", "PoolTimeout", "status 429")
                raise ProviderUnavailable(call, reason, outcome_unknown=not harmless)
            self._pause(_PAUSE_SECONDS * (_GET_RETRIES - tries + 1) * _random.uniform(0.5, 1.5))

    def _send(
        self, method: str, path: str, body: Mapping[str, Any] | None, query: Mapping[str, Any]
    ) -> tuple[httpx.Response | None, str]:
        # The error itself holds the request with our key: only its name goes on.
        try:
            return self._http.request(method, path, json=body, params=query or None), ""
        except httpx.HTTPError as error:
            return None, type(error).__name__


def client() -> Paystack:
    """This process's client, made when it is first needed: a forked process makes its own."""
    kept: tuple[int, Paystack] | None = current_app.extensions.get("fantooo_paystack")
    if kept is not None and kept[0] == os.getpid():
        return kept[1]
    with _making:
        kept = current_app.extensions.get("fantooo_paystack")
        if kept is None or kept[0] != os.getpid():
            settings = current_app.config["SETTINGS"]
            made = Paystack(
                settings.paystack_secret_key,
                settings.paystack_base_url,
                read_seconds=settings.paystack_read_seconds,
            )
            kept = current_app.extensions["fantooo_paystack"] = (os.getpid(), made)
        return kept[1]


def _order(
    email: str, amount: int, currency: str, reference: str, metadata: Mapping[str, Any] | None
) -> dict[str, Any]:
    _check_reference(reference)
    body: dict[str, Any] = {
        "email": email,
        "amount": _positive(amount),
        "currency": currency,
        "reference": reference,
    }
    if metadata:
        body["metadata"] = dict(metadata)
    return body


def _check_reference(reference: str) -> None:
    if not REFERENCE.fullmatch(reference):
        raise ValueError("a reference has letters, digits, `-`, `.` and `=` only")


def _positive(amount: int) -> int:
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
        raise ValueError("an amount is a whole number of cents above 0")
    return amount


def _moment(value: datetime | None, *, after: bool = False) -> str | None:
    """As the provider reads it, to the millisecond; an end is rounded up, to leave nothing out."""
    if value is None:
        return None
    if after:
        value += timedelta(microseconds=-value.microsecond % 1000)
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _data(answer: httpx.Response, call: str) -> Any:
    if 400 <= answer.status_code < 500:
        raise _refusal(answer, call)
    if not answer.is_success:
        raise ProviderAnswerInvalid(call, f"status {answer.status_code}")
    body = answers.object_in(answers.parsed(answer.content, call), call)
    if body.get("status") is not True or "data" not in body:
        raise ProviderAnswerInvalid(call, "neither yes nor no")
    return body["data"]


def _refusal(answer: httpx.Response, call: str) -> ProviderRefused:
    try:
        body = answers.object_in(answers.parsed(answer.content, call), call)
    except ProviderAnswerInvalid:
        body = {}
    said = body.get("message")
    message = _PERSONAL.sub("...", said)[:_MESSAGE_LENGTH] if isinstance(said, str) else ""
    given = body.get("code")
    code = given if isinstance(given, str) and re.fullmatch(r"[a-zA-Z_-]{1,60}", given) else ""
    lowered = message.lower()
    kind = ProviderRefused
    if code == "duplicate_reference" or lowered.startswith("duplicate "):
        kind = DuplicateReference
    elif code == "transaction_not_found" or re.match(
        r"transaction (reference )?not found", lowered
    ):
        kind = UnknownReference
    return kind(call, answer.status_code, message, code)


_Answer = TypeVar("_Answer", Checkout, Charge, TransactionView)


def _same_reference(answer: _Answer, reference: str, call: str) -> _Answer:
    if answer.reference != reference:
        raise ProviderAnswerInvalid(call, "the answer is about another reference")
    return answer
