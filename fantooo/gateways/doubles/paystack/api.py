"""The provider's API over HTTP: who asks, what goes wrong on command, and its answers."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request

from fantooo.gateways.doubles.paystack import orders, shapes
from fantooo.gateways.doubles.paystack.provider import Provider, Refusal
from fantooo.gateways.doubles.paystack.store import Record

blueprint = Blueprint("api", __name__)
_PER_PAGE = 50


def provider() -> Provider:
    """The provider of this process."""
    found: Provider = current_app.extensions["provider"]
    return found


def yes(message: str, data: Any, **more: Any) -> Response:
    """An answer that says yes."""
    return jsonify({"status": True, "message": message, "data": data, **more})


def refused(refusal: Refusal) -> tuple[Response, int]:
    """An answer that says no."""
    body = {
        "status": False,
        "message": refusal.message,
        "meta": {"nextStep": "Look at what was sent and try again"},
        "type": "api_error" if refusal.status >= 500 else "validation_error",
        "code": refusal.code,
    }
    return jsonify(body), refusal.status


def asked() -> dict[str, Any]:
    """What a request says in JSON. Raises ``Refusal``."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Refusal("Invalid JSON was sent")
    return body


@blueprint.before_request
def _let_in() -> Any:
    given = request.headers.get("Authorization", "")
    if not given:
        return refused(
            Refusal("No Authorization Header was found", status=401, code="missing_header")
        )
    right = f"Bearer {current_app.config['SECRET']}"
    if not hmac.compare_digest(right.encode(), given.encode()):
        return refused(Refusal("Invalid key", status=401, code="invalid_Key"))
    g.order = orders.take(provider().store, "api", f"{request.method} {request.path}")
    if g.order is not None and not g.order.get("after"):
        return _misbehave(g.order)
    return None


@blueprint.after_request
def _misbehave_after(answer: Response) -> Response:
    order = g.get("order")
    if order is not None and order.get("after"):
        return _misbehave(order) or answer
    return answer


def _misbehave(order: Record) -> Response | None:
    """What goes out instead of the answer; None when it only comes late."""
    how = order["how"]
    if how in ("timeout", "slow"):
        current_app.extensions["stopping"].wait(float(order.get("seconds", 30)))
    if how == "slow":
        return None
    if how == "garbage":
        return Response(order.get("body", "<html>Bad gat"), 200, content_type="text/html")
    if how == "refuse":
        said = str(order.get("message", "Refused"))
        answer, status = refused(Refusal(said, status=int(order.get("status", 400))))
        answer.status_code = status
        return answer
    said = "Internal server error" if how == "error" else "Gateway timeout"
    answer = jsonify({"status": False, "message": said, "type": "api_error", "code": "unknown"})
    answer.status_code = 500 if how == "error" else 504
    return answer


@blueprint.post("/transaction/initialize")
def initialize() -> Any:
    """Opens a checkout."""
    record = provider().open(asked())
    data = {
        "authorization_url": f"{request.host_url}checkout/{record['access_code']}",
        "access_code": record["access_code"],
        "reference": record["reference"],
    }
    return yes("Authorization URL created", data)


@blueprint.get("/transaction/verify/<reference>")
def verify(reference: str) -> Any:
    """One payment."""
    return yes("Verification successful", shapes.transaction(provider().payment(reference)))


@blueprint.post("/charge")
def charge() -> Any:
    """Rings a phone."""
    record = provider().charge_phone(asked())
    data = {
        "reference": record["reference"],
        "status": provider().settings()["mpesa_answer"],
        "display_text": "Please complete the payment on your phone",
    }
    return yes("Charge attempted", data)


@blueprint.get("/transaction")
def transactions() -> Any:
    """Payments, newest first."""
    return _page("Transactions retrieved", "transaction", shapes.transaction)


@blueprint.post("/refund")
def create_refund() -> Any:
    """Gives money back."""
    record, payment = provider().refund(asked())
    return yes("Refund has been queued for processing", shapes.new_refund(record, payment))


@blueprint.get("/refund/<int:number>")
def fetch_refund(number: int) -> Any:
    """One refund."""
    return yes("Refund retrieved", shapes.refund(_kept("refund", "Refund", number)))


@blueprint.get("/refund")
def refunds() -> Any:
    """Refunds, newest first."""
    return _page("Refunds retrieved", "refund", shapes.refund)


@blueprint.get("/dispute/<int:number>")
def fetch_dispute(number: int) -> Any:
    """One dispute."""
    return yes("Dispute retrieved", _dispute(_kept("dispute", "Dispute", number)))


@blueprint.get("/dispute")
def disputes() -> Any:
    """Disputes, newest first."""
    return _page("Disputes retrieved", "dispute", _dispute)


def _kept(kind: str, name: str, number: int) -> Record:
    record = provider().store.get(kind, number)
    if record is None:
        raise Refusal(f"{name} not found", status=404, code="not_found")
    return record


def _dispute(record: Record) -> dict[str, Any]:
    return shapes.dispute(record, provider().payment(record["transaction_reference"]))


def _page(message: str, kind: str, shape: Callable[[Record], dict[str, Any]]) -> Response:
    """A page of what the query asks for: from, to, status, transaction, perPage, page."""
    size, number = _number("perPage", _PER_PAGE), _number("page", 1)
    wanted = _filter()
    found = [record for record in reversed(provider().store.all(kind)) if wanted(record)]
    first = (number - 1) * size
    meta = {
        "total": len(found),
        "skipped": first,
        "perPage": size,
        "page": number,
        "pageCount": -(-len(found) // size),
    }
    return yes(message, [shape(record) for record in found[first : first + size]], meta=meta)


def _number(name: str, default: int) -> int:
    given = request.args.get(name, str(default))
    if not given.isdigit() or int(given) < 1:
        raise Refusal(f"{name} must be a number above 0")
    return int(given)


def _filter() -> Callable[[Record], bool]:
    """What the query asks for, read once: also an empty list refuses dates that are none."""
    begins, ends = _moment("from"), _moment("to")
    status, about = request.args.get("status"), request.args.get("transaction")
    return lambda record: (
        (begins is None or record["created_at"] >= begins)
        and (ends is None or record["created_at"] <= ends)
        and (status is None or record["status"] == status)
        and (about is None or about == str(record.get("transaction_id")))
    )


def _moment(name: str) -> float | None:
    """A time of the query in seconds; a day alone begins at midnight UTC."""
    given = request.args.get(name)
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given)
    except ValueError as error:
        raise Refusal(f"Invalid '{name}' date") from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def uptime() -> float:
    """Seconds since this process serves."""
    return time.monotonic() - float(current_app.config["BEGAN"])
