"""What the provider does: payments, prompts on phones, refunds, disputes, and their rules."""

from __future__ import annotations

import re
import secrets
import threading
import time
from typing import Any

from fantooo.gateways.doubles.paystack import shapes
from fantooo.gateways.doubles.paystack.store import NameTaken, Record, Store
from fantooo.gateways.doubles.paystack.webhooks import Webhooks

_REFERENCE = re.compile(r"[A-Za-z0-9.=-]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE = re.compile(r"\+?254\d{9}")
_MINIMUM = 300
#: parts of a thousand the provider keeps
_FEES = {"card": 29, "mobile_money": 15}
_RESPONSES = {
    "success": "Approved",
    "failed": "Declined",
    "abandoned": "The transaction was not completed",
    "ongoing": "The transaction is being completed",
    "pending": "Waiting for the customer",
    "reversed": "Reversed",
}
TRANSACTION_STATUSES = (
    *("abandoned", "failed", "ongoing", "pending", "processing", "queued", "reversed", "success"),
)
REFUND_STEPS = {
    "pending": ("processing", "processed", "failed", "needs-attention"),
    "processing": ("processed", "failed", "needs-attention"),
    "needs-attention": ("processing", "processed", "failed"),
}
_REFUND_DAYS = 5
_DAY = 86_400.0
DEFAULTS: dict[str, Any] = {
    "webhook_url": "",
    "speed": 1.0,  # how many times faster webhooks are sent again
    "currencies": ["KES"],
    "domain": "test",
    "mpesa_outcome": "success",  # what phones do: success, failed, or nothing at all (none)
    "mpesa_seconds": 0.0,  # after how long
    "mpesa_answer": "pay_offline",  # what POST /charge answers: pay_offline or pending
    "refund_seconds": None,  # how long a refund's step takes; None: until somebody says so
}
BY_ITSELF = {"mpesa_seconds": 5.0, "refund_seconds": 15.0}


class Refusal(Exception):
    """A request the provider refuses, with its status, words and code."""

    def __init__(self, message: str, *, status: int = 400, code: str = "invalid_params") -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code


class Provider:
    """The provider's rules over its records. Time passes in ``run``, on a thread of its own."""

    def __init__(self, store: Store, webhooks: Webhooks) -> None:
        self.store = store
        self.webhooks = webhooks
        self._changed = threading.Event()
        self._stopped = False
        webhooks.wake = self._changed.set

    # Settings

    def settings(self) -> Record:
        """How this simulator is set; kept like everything else."""
        with self.store.work():
            return self.store.named("settings", "settings") or self.store.add(
                "settings", DEFAULTS, name="settings"
            )

    def change(self, **changes: Any) -> Record:
        """Sets some of ``DEFAULTS`` otherwise. Raises ``Refusal`` for what is none of them."""
        unknown = sorted(set(changes) - set(DEFAULTS))
        if unknown:
            raise Refusal(f"no such setting: {', '.join(unknown)}")
        with self.store.work():
            changed = {**self.settings(), **changes}
            self.store.save(changed)
        self._changed.set()
        return changed

    # Time

    def run(self) -> None:
        """Does what is due, sleeps until the next thing is, and returns after ``stop``."""
        while not self._stopped:
            self._changed.clear()
            self._do_due()
            upcoming = self.store.next_due()
            self._changed.wait(None if upcoming is None else max(0.0, upcoming - time.time()))

    def stop(self) -> None:
        """Ends ``run``; nothing is lost."""
        self._stopped = True
        self._changed.set()
        self.webhooks.stop()

    def _do_due(self) -> None:
        with self.store.work():
            for record in self.store.due("transaction", time.time()):
                self.finish(record["reference"], record["prompt_outcome"])
            for record in self.store.due("refund", time.time()):
                self.store.save({**record, "due": None})
                following = {"pending": "processing", "processing": "processed"}
                if record["status"] in following:
                    self.move_refund(record["id"], following[record["status"]])
        self.webhooks.send_due()

    # Payments

    def open(self, asked: dict[str, Any]) -> Record:
        """A new checkout. Raises ``Refusal``."""
        channels = asked.get("channels") or ["card", "mobile_money"]
        return self._new(asked, "Duplicate Transaction Reference", channels=channels)

    def charge_phone(self, asked: dict[str, Any]) -> Record:
        """A payment for which a phone rings. Raises ``Refusal``."""
        money = asked.get("mobile_money")
        if not isinstance(money, dict):
            raise Refusal("One of Authorization code, card object or mobile money object is needed")
        if money.get("provider") != "mpesa":
            raise Refusal("Invalid provider. It is one of mpesa")
        phone = str(money.get("phone") or "")
        with self.store.work():
            record = self._new(asked, "Duplicate charge request for reference", channels=[])
            if not _PHONE.fullmatch(phone):
                raise Refusal("Invalid phone number")
            return self.ring(record["reference"], phone)

    def ring(
        self,
        reference: str,
        phone: str,
        *,
        seconds: float | None = None,
        outcome: str | None = None,
    ) -> Record:
        """Shows the prompt on a phone; the answer comes later, or never."""
        settings = self.settings()
        outcome = outcome or settings["mpesa_outcome"]
        wait = settings["mpesa_seconds"] if seconds is None else seconds
        with self.store.work():
            record = self.payment(reference)
            record |= {
                "channel": "mobile_money",
                "phone": phone,
                "status": "pending",
                "gateway_response": _RESPONSES["pending"],
                "attempts": record["attempts"] + 1,
                "prompt_outcome": outcome,
                "due": None if outcome == "none" else time.time() + float(wait),
            }
            self.store.save(record)
        self._changed.set()
        return record

    def payment(self, reference: str) -> Record:
        """The payment of a reference. Raises ``Refusal``."""
        found = self.store.named("transaction", reference)
        if found is None:
            raise Refusal("Transaction reference not found.", code="transaction_not_found")
        return found

    def at_checkout(self, access_code: str) -> Record | None:
        """The payment of a checkout page."""
        for record in reversed(self.store.all("transaction")):
            if record["access_code"] == access_code:
                return record
        return None

    def finish(
        self,
        reference: str,
        status: str,
        *,
        channel: str | None = None,
        amount: int | None = None,
        currency: str | None = None,
        announce: bool = True,
    ) -> Record:
        """Gives a payment a new status; only success is announced. Raises ``Refusal``.

        ``amount`` and ``currency`` are what was really paid, where that is not what was asked for.
        """
        if status not in TRANSACTION_STATUSES:
            raise Refusal(f"status is one of {', '.join(TRANSACTION_STATUSES)}")
        with self.store.work():
            record = self.payment(reference)
            if record["status"] in ("success", "reversed") and status != "reversed":
                self.store.save({**record, "due": None})
                return record
            paid = status == "success"
            record |= {
                "status": status,
                "gateway_response": _RESPONSES.get(status, status.capitalize()),
                "channel": channel or record["channel"],
                "attempts": record["attempts"] + int(status in ("success", "failed")),
                "due": None,
            }
            if paid:
                record["amount"] = record["amount"] if amount is None else amount
                record["currency"] = currency or record["currency"]
                record["paid_at"] = time.time()
                record["fees"] = record["amount"] * _FEES.get(record["channel"], 29) // 1000
            self.store.save(record)
            if paid and announce:
                self.webhooks.announce("charge.success", shapes.transaction(record))
        return record

    def _new(self, asked: dict[str, Any], duplicate: str, *, channels: list[str]) -> Record:
        email = asked.get("email")
        if not isinstance(email, str) or not _EMAIL.fullmatch(email):
            raise Refusal("Invalid Email Address Passed", code="invalid_email_address")
        settings = self.settings()
        currency = asked.get("currency") or settings["currencies"][0]
        if currency not in settings["currencies"]:
            raise Refusal("Currency not supported by merchant", code="unsupported_currency")
        amount = _cents(asked.get("amount"))
        if amount < _MINIMUM:
            raise Refusal(f"The minimum amount is {currency} 3.00", code="invalid_amount")
        reference = asked.get("reference") or secrets.token_hex(5)
        if not isinstance(reference, str) or not _REFERENCE.fullmatch(reference):
            raise Refusal(
                "Invalid character in transaction reference", code="invalid_transaction_reference"
            )
        record = {
            "reference": reference,
            "access_code": secrets.token_hex(8),
            "email": email,
            "phone": None,
            "amount": amount,
            "requested_amount": amount,
            "currency": currency,
            "domain": settings["domain"],
            # The provider's own word for a checkout that nobody has tried yet.
            "status": "abandoned",
            "gateway_response": _RESPONSES["abandoned"],
            "channel": "card",
            "channels": channels,
            "callback_url": asked.get("callback_url") or "",
            "metadata": asked.get("metadata") or "",
            "created_at": float(asked.get("created_at") or time.time()),
            "paid_at": None,
            "fees": None,
            "attempts": 0,
            "prompt_outcome": None,
        }
        try:
            return self.store.add("transaction", record, name=reference)
        except NameTaken as error:
            raise Refusal(duplicate, code="duplicate_reference") from error

    # Refunds

    def refund(self, asked: dict[str, Any]) -> tuple[Record, Record]:
        """A new refund and its payment. Raises ``Refusal``, also for more than what is left."""
        with self.store.work():
            payment = self._payment_meant(asked.get("transaction"))
            if payment["status"] not in ("success", "reversed"):
                raise Refusal("Transaction has not been paid, so that nothing can be refunded")
            left = self.left(payment)
            if left <= 0:
                raise Refusal("Transaction has been fully reversed")
            amount = left if asked.get("amount") is None else _cents(asked["amount"])
            if not 0 < amount <= left:
                raise Refusal("Refund amount cannot be more than what is left of the transaction")
            now = time.time()
            wait = self.settings()["refund_seconds"]
            record = self.store.add(
                "refund",
                {
                    "transaction_id": payment["id"],
                    "transaction_reference": payment["reference"],
                    "refund_reference": None,
                    "status": "pending",
                    "amount": amount,
                    "currency": payment["currency"],
                    "domain": payment["domain"],
                    "channel": payment["channel"],
                    "customer_note": str(asked.get("customer_note") or ""),
                    "merchant_note": str(asked.get("merchant_note") or ""),
                    "created_at": now,
                    "updated_at": now,
                    "refunded_at": None,
                    "expected_at": now + _REFUND_DAYS * _DAY,
                    "due": None if wait is None else now + float(wait),
                },
            )
            self.webhooks.announce("refund.pending", shapes.refund_event(record, payment))
        return record, payment

    def left(self, payment: Record) -> int:
        """What of a payment can still be refunded, in cents; a failed refund takes nothing."""
        taken = sum(
            record["amount"]
            for record in self.store.all("refund")
            if record["transaction_id"] == payment["id"] and record["status"] != "failed"
        )
        return int(payment["amount"]) - int(taken)

    def move_refund(self, number: int, status: str) -> Record:
        """The next step of a refund, announced. Raises ``Refusal``."""
        with self.store.work():
            record = self.store.get("refund", number)
            if record is None:
                raise Refusal("Refund not found", status=404, code="not_found")
            if status not in REFUND_STEPS.get(record["status"], ()):
                raise Refusal(f"a refund does not go from {record['status']} to {status}")
            now = time.time()
            wait = self.settings()["refund_seconds"]
            record |= {
                "status": status,
                "updated_at": now,
                "due": now + float(wait) if status == "processing" and wait is not None else None,
            }
            if status == "processed":
                record |= {"refunded_at": now, "refund_reference": f"SIMR{number}"}
            self.store.save(record)
            payment = self.payment(record["transaction_reference"])
            if status == "processed" and self._given_back(payment) >= payment["amount"]:
                payment = self.finish(payment["reference"], "reversed")
            self.webhooks.announce(f"refund.{status}", shapes.refund_event(record, payment))
        return record

    def _given_back(self, payment: Record) -> int:
        return sum(
            int(record["amount"])
            for record in self.store.all("refund")
            if record["transaction_id"] == payment["id"] and record["status"] == "processed"
        )

    def _payment_meant(self, named: object) -> Record:
        """The payment of an id or of a reference."""
        if isinstance(named, int) or (isinstance(named, str) and named.isdigit()):
            found = self.store.get("transaction", int(named))
            if found is not None:
                return found
        found = self.store.named("transaction", str(named))
        if found is None:
            raise Refusal("Transaction not found", status=404, code="transaction_not_found")
        return found

    # Disputes

    def dispute(self, reference: str, *, amount: int | None, due_in: float | None) -> Record:
        """A chargeback of a payment, announced; ``due_in`` seconds to answer. Raises ``Refusal``."""
        with self.store.work():
            payment = self.payment(reference)
            if payment["status"] not in ("success", "reversed"):
                raise Refusal("only what was paid can be disputed")
            now = time.time()
            status = "awaiting-merchant-feedback"
            record = self.store.add(
                "dispute",
                {
                    "transaction_reference": reference,
                    "refund_amount": payment["amount"] if amount is None else amount,
                    "currency": payment["currency"],
                    "domain": payment["domain"],
                    "status": status,
                    "resolution": None,
                    "category": "chargeback",
                    "due_at": now + (2 * _DAY if due_in is None else due_in),
                    "resolved_at": None,
                    "created_at": now,
                    "updated_at": now,
                    "history": [(status, now)],
                },
            )
            self._announce_dispute("create", record)
        return record

    def remind(self, number: int) -> Record:
        """Announces once more that a dispute waits for an answer. Raises ``Refusal``."""
        with self.store.work():
            record = self._open_dispute(number)
            self._announce_dispute("remind", record)
        return record

    def resolve(self, number: int, resolution: str) -> Record:
        """Ends a dispute, announced: ``merchant-accepted`` (lost) or ``declined`` (won).

        Another word is kept as it is, as the provider may come to have more of them.
        """
        with self.store.work():
            record = self._open_dispute(number)
            now = time.time()
            record |= {
                "status": "resolved",
                "resolution": resolution,
                "resolved_at": now,
                "updated_at": now,
                "history": [*record["history"], ("resolved", now)],
            }
            self.store.save(record)
            payment = self.payment(record["transaction_reference"])
            if resolution == "merchant-accepted" and record["refund_amount"] >= payment["amount"]:
                self.finish(payment["reference"], "reversed")
            self._announce_dispute("resolve", record)
        return record

    def _open_dispute(self, number: int) -> Record:
        record = self.store.get("dispute", number)
        if record is None:
            raise Refusal("Dispute not found", status=404, code="not_found")
        if record["status"] == "resolved":
            raise Refusal("the dispute is resolved already")
        return record

    def _announce_dispute(self, step: str, record: Record) -> None:
        payment = self.payment(record["transaction_reference"])
        self.webhooks.announce(f"charge.dispute.{step}", shapes.dispute(record, payment))


def _cents(value: object) -> int:
    """A whole number, also as text, as the provider takes it. Raises ``Refusal``."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise Refusal("Amount must be an integer", code="invalid_amount")
