"""Where the payment provider announces what happened."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from fantooo.extensions import csrf
from fantooo.services import webhooks

blueprint = Blueprint("webhooks", __name__)
# The signature says who sends; no browser with a session comes here.
csrf.exempt(blueprint)


@blueprint.post("/webhooks/paystack")
def paystack() -> ResponseReturnValue:
    """Stores one announcement; 200 once it is stored, so that anything else is sent again."""
    # Before anything parses it: the signature is over these very bytes.
    webhooks.receive(request.get_data(cache=True), request.headers.get("x-paystack-signature"))
    return "", 200
