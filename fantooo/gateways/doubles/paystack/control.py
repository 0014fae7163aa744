"""The control API under ``/_control``: looks at everything, and makes the simulator misbehave.

For this machine alone, and for JSON alone, so that no page in a browser can use it unasked.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from fantooo.gateways.doubles.paystack import api, orders
from fantooo.gateways.doubles.paystack.api import provider
from fantooo.gateways.doubles.paystack.provider import Refusal

blueprint = Blueprint("control", __name__, url_prefix="/_control")
_KINDS = ("transaction", "refund", "dispute", "webhook", "order")


@blueprint.before_request
def _only_from_here() -> None:
    if not request.remote_addr or not ip_address(request.remote_addr).is_loopback:
        abort(404)
    if request.method != "GET" and not request.is_json:
        abort(415)


@blueprint.get("/health")
def health() -> Response:
    """That it runs, and for how long."""
    return jsonify({"ready": True, "seconds": round(api.uptime(), 3)})


@blueprint.get("/state")
def state() -> Response:
    """Everything it remembers."""
    found: dict[str, Any] = {f"{kind}s": provider().store.all(kind) for kind in _KINDS}
    return jsonify({**found, "settings": provider().settings()})


@blueprint.post("/reset")
def reset() -> Response:
    """Forgets everything, and how it was set."""
    provider().store.forget()
    return jsonify({"settings": provider().settings()})


@blueprint.post("/settings")
def settings() -> Response:
    """Sets some of ``provider.DEFAULTS``."""
    return jsonify(provider().change(**api.asked()))


@blueprint.post("/next/<target>")
def place_order(target: str) -> Any:
    """What the next webhook or api call does wrong: see ``orders``."""
    if target not in ("webhook", "api"):
        abort(404)
    try:
        return jsonify(orders.place(provider().store, target, api.asked()))
    except (orders.BadOrder, TypeError, ValueError) as error:
        raise Refusal(str(error)) from error


@blueprint.post("/webhooks/<int:number>/send")
def send_webhook(number: int) -> Any:
    """Sends a webhook once more, whatever became of it."""
    if not provider().webhooks.send_again(number):
        abort(404)
    return jsonify({})


@blueprint.post("/transactions")
def unknown_payment() -> Response:
    """A payment that the shop knows nothing of; ``announce`` sends its webhook too."""
    given = api.asked()
    record = provider().open({"email": "somebody@example.com", **given})
    record = provider().finish(
        record["reference"],
        given.get("status", "success"),
        announce=bool(given.get("announce", False)),
    )
    return jsonify(record)


@blueprint.post("/transactions/<reference>/finish")
def finish(reference: str) -> Response:
    """Gives a payment a status, as if the payer or the bank had: also against what the page said."""
    given = api.asked()
    record = provider().finish(
        reference,
        given.get("status", "success"),
        channel=given.get("channel"),
        amount=given.get("amount"),
        currency=given.get("currency"),
        announce=bool(given.get("announce", True)),
    )
    return jsonify(record)


@blueprint.post("/transactions/<reference>/dispute")
def dispute(reference: str) -> Response:
    """The payer's bank asks for the money back."""
    given = api.asked()
    return jsonify(
        provider().dispute(reference, amount=given.get("amount"), due_in=given.get("due_in"))
    )


@blueprint.post("/disputes/<int:number>/remind")
def remind(number: int) -> Response:
    """The bank still waits."""
    return jsonify(provider().remind(number))


@blueprint.post("/disputes/<int:number>/resolve")
def resolve(number: int) -> Response:
    """The dispute ends: ``merchant-accepted`` or ``declined``."""
    return jsonify(provider().resolve(number, str(api.asked().get("resolution"))))


@blueprint.post("/refunds/<int:number>")
def move_refund(number: int) -> Response:
    """A refund goes on to ``status``."""
    return jsonify(provider().move_refund(number, str(api.asked().get("status"))))
