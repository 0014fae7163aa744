"""The JSON of the provider's answers and events, made from the simulator's records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fantooo.gateways.doubles.paystack.store import Record

_INTEGRATION = 100_043


def moment(seconds: float | None) -> str | None:
    """A time as the provider writes it."""
    if seconds is None:
        return None
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def customer(record: Record) -> dict[str, Any]:
    """Who paid."""
    return {
        "id": record["id"] + 50_000_000,
        "first_name": None,
        "last_name": None,
        "email": record["email"],
        "customer_code": f"CUS_{record['id']:015x}",
        "phone": None,
        "metadata": None,
        "risk_action": "default",
        "international_format_phone": None,
    }


def transaction(record: Record) -> dict[str, Any]:
    """A payment, as verify, lists and ``charge.success`` tell it."""
    card = record["channel"] == "card"
    tried = record["attempts"] > 0
    return {
        "id": record["id"],
        "domain": record["domain"],
        "status": record["status"],
        "reference": record["reference"],
        "receipt_number": None if card or not record["paid_at"] else f"SIM{record['id']}",
        "amount": record["amount"],
        "message": None,
        "gateway_response": record["gateway_response"],
        "paid_at": moment(record["paid_at"]),
        "created_at": moment(record["created_at"]),
        "channel": record["channel"],
        "currency": record["currency"],
        "ip_address": "127.0.0.1" if tried else None,
        "metadata": record["metadata"],
        "log": None,
        "fees": record["fees"],
        "fees_split": None,
        "authorization": _authorization(record) if tried else {},
        "customer": customer(record),
        "plan": None,
        "split": {},
        "order_id": None,
        "paidAt": moment(record["paid_at"]),
        "createdAt": moment(record["created_at"]),
        "requested_amount": record["requested_amount"],
        "pos_transaction_data": None,
        "source": None,
        "fees_breakdown": None,
        "plan_object": {},
        "subaccount": {},
    }


def _authorization(record: Record) -> dict[str, Any]:
    card = record["channel"] == "card"
    return {
        "authorization_code": f"AUTH_{record['id']:010x}",
        "bin": "408408" if card else (record["phone"] or "")[:6],
        "last4": "4081" if card else (record["phone"] or "")[-4:],
        "exp_month": "12",
        "exp_year": "2030" if card else "9999",
        "channel": record["channel"],
        "card_type": "visa" if card else "",
        "bank": "TEST BANK" if card else "M-PESA",
        "country_code": "KE",
        "brand": "visa" if card else "M-PESA",
        "reusable": card,
        "signature": f"SIG_{record['id']:020x}" if card else None,
        "account_name": None,
        "mobile_money_number": None if card else record["phone"],
    }


def refund(record: Record) -> dict[str, Any]:
    """A refund, as fetching and listing tell it: the payment by its id alone."""
    return {
        "integration": _INTEGRATION,
        "transaction": record["transaction_id"],
        "dispute": None,
        "settlement": None,
        "id": record["id"],
        "domain": record["domain"],
        "currency": record["currency"],
        "amount": record["amount"],
        "status": record["status"],
        "refunded_at": moment(record["refunded_at"]),
        "refunded_by": "simulator@fantooo.test",
        "customer_note": record["customer_note"],
        "merchant_note": record["merchant_note"],
        "deducted_amount": record["amount"],
        "fully_deducted": 1,
        "bank_reference": record["refund_reference"],
        "transaction_reference": record["transaction_reference"],
        "reason": "",
        "channel": record["channel"],
        "expected_at": moment(record["expected_at"]),
        "createdAt": moment(record["created_at"]),
        "updatedAt": moment(record["updated_at"]),
    }


def new_refund(record: Record, payment: Record) -> dict[str, Any]:
    """A refund as creating it answers: with the whole payment."""
    return {**refund(record), "transaction": transaction(payment), "deducted_amount": 0}


def refund_event(record: Record, payment: Record) -> dict[str, Any]:
    """A refund as events tell it: without its id, and mostly with the amount as text."""
    amount = record["amount"]
    return {
        "status": record["status"],
        "transaction_reference": record["transaction_reference"],
        "refund_reference": record["refund_reference"],
        "amount": amount if record["status"] == "failed" else str(amount),
        "currency": record["currency"],
        "processor": "mpesa_simulated" if record["channel"] == "mobile_money" else "card_simulated",
        "customer": {"first_name": None, "last_name": None, "email": payment["email"]},
        "integration": _INTEGRATION,
        "domain": record["domain"],
    }


def dispute(record: Record, payment: Record) -> dict[str, Any]:
    """A dispute, as fetching, listing and its events tell it."""
    return {
        "id": record["id"],
        "refund_amount": record["refund_amount"],
        "currency": record["currency"],
        "status": record["status"],
        "resolution": record["resolution"],
        "domain": record["domain"],
        "transaction": transaction(payment),
        "transaction_reference": None,
        "category": record["category"],
        "customer": customer(payment),
        "bin": "408408",
        "last4": "4081",
        "dueAt": moment(record["due_at"]),
        "resolvedAt": moment(record["resolved_at"]),
        "evidence": None,
        "attachments": None,
        "note": None,
        "history": [
            {"status": status, "by": "simulator@fantooo.test", "createdAt": moment(at)}
            for status, at in record["history"]
        ],
        "messages": [
            {
                "sender": "simulator@fantooo.test",
                "body": "The cardholder does not know this payment.",
                "createdAt": moment(record["created_at"]),
            }
        ],
        "createdAt": moment(record["created_at"]),
        "updatedAt": moment(record["updated_at"]),
    }
