"""The checkout page, where somebody plays the payer, and the phone that rings for M-Pesa."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fantooo.gateways.doubles.paystack.api import provider
from fantooo.gateways.doubles.paystack.provider import Refusal
from fantooo.gateways.doubles.paystack.store import Record

blueprint = Blueprint("checkout", __name__)
_DELAYS = (0, 2, 5, 15, 60)
_OUTCOMES = {
    "success": "PIN entered: paid",
    "failed": "refused on the phone",
    "none": "nobody answers",
}
_FINAL = ("success", "reversed")


@blueprint.after_request
def _secure(answer: Response) -> Response:
    """Pages load from here alone, and lead to any shop."""
    answer.headers["Content-Security-Policy"] = "default-src 'self'; img-src 'self' data:"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/checkout/<access_code>")
def page(access_code: str) -> Any:
    """What there is to pay and how, or that it is paid already."""
    record = _found(access_code)
    if record["status"] == "pending":
        return redirect(url_for("checkout.wait", access_code=access_code))
    if record["status"] == "abandoned":
        record = provider().finish(record["reference"], "ongoing")
    return render_template(
        "checkout.html",
        payment=record,
        amount=_money(record),
        paid=record["status"] in _FINAL,
        back=_back(record),
        delays=_DELAYS,
        outcomes=_OUTCOMES,
    )


@blueprint.post("/checkout/<access_code>")
def act(access_code: str) -> Any:
    """Plays the payer: pays or is declined by card, walks away, or lets a phone ring."""
    record = _found(access_code)
    action = request.form.get("action")
    endings = {"pay": "success", "decline": "failed", "abandon": "abandoned"}
    if action == "mpesa":
        phone = "254" + "".join(c for c in request.form.get("phone", "") if c.isdigit())[-9:]
        outcome = request.form.get("outcome", "success")
        if outcome not in _OUTCOMES or len(phone) != 12:
            abort(400)
        seconds = request.form.get("seconds", default=2.0, type=float)
        provider().ring(record["reference"], phone, seconds=seconds, outcome=outcome)
        return redirect(url_for("checkout.wait", access_code=access_code), 303)
    if action not in endings:
        abort(400)
    channel = "card" if action != "abandon" else None
    record = provider().finish(record["reference"], endings[action], channel=channel)
    return redirect(_back(record, given_up=action == "abandon") or _self(access_code), 303)


@blueprint.get("/checkout/<access_code>/wait")
def wait(access_code: str) -> Any:
    """Waits for the phone, then leads back to the shop."""
    record = _found(access_code)
    if record["status"] != "pending":
        return redirect(_back(record) or _self(access_code))
    return render_template("waiting.html", payment=record, amount=_money(record))


@blueprint.get("/checkout/<access_code>/status")
def status(access_code: str) -> str:
    """One word, for a page that waits."""
    return str(_found(access_code)["status"])


@blueprint.get("/phone")
def phone() -> Any:
    """The simulated phone: every prompt that waits for its owner."""
    waiting = _ringing()
    prompts = [(record, _money(record)) for record in waiting]
    return render_template("phone.html", prompts=prompts, ringing=_names(waiting))


@blueprint.get("/phone/ringing")
def ringing() -> str:
    """The references that wait, for a page that shows them."""
    return _names(_ringing())


@blueprint.post("/phone/<reference>")
def answer(reference: str) -> Any:
    """The owner of the phone says yes or no."""
    paid = request.form.get("action") == "pay"
    try:
        provider().finish(reference, "success" if paid else "failed")
    except Refusal:
        abort(404)
    return redirect(url_for("checkout.phone"), 303)


def _found(access_code: str) -> Record:
    record = provider().at_checkout(access_code)
    if record is None:
        abort(404)
    return record


def _ringing() -> list[Record]:
    found = provider().store.all("transaction")
    return [record for record in reversed(found) if record["status"] == "pending"]


def _names(records: list[Record]) -> str:
    return " ".join(record["reference"] for record in records)


def _self(access_code: str) -> str:
    return url_for("checkout.page", access_code=access_code)


def _money(record: Record) -> str:
    return f"{record['currency']} {record['requested_amount'] / 100:,.2f}"


def _back(record: Record, *, given_up: bool = False) -> str:
    """Where the shop wants people back, with the reference; empty when it did not say."""
    wanted = record["callback_url"]
    metadata = record["metadata"]
    if given_up and isinstance(metadata, dict) and metadata.get("cancel_action"):
        wanted = str(metadata["cancel_action"])
    if not wanted.startswith(("http://", "https://")):
        return ""
    parts = urlsplit(wanted)
    query = [
        *parse_qsl(parts.query, keep_blank_values=True),
        ("trxref", record["reference"]),
        ("reference", record["reference"]),
    ]
    return urlunsplit(parts._replace(query=urlencode(query)))
