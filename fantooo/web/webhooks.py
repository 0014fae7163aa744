"""Where the payment provider announces what happened."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from fantooo.domain.errors import ValidationError
from fantooo.extensions import csrf
from fantooo.services import webhooks

blueprint = Blueprint("webhooks", __name__)
# The signature says who sends; no browser with a session comes here.
csrf.exempt(blueprint)

#: far above what the provider sends
_MOST_BYTES = 256 * 1024


@blueprint.post("/webhooks/paystack")
def paystack() -> ResponseReturnValue:
    """Stores one announcement; 200 once it is stored, so that anything else is sent again."""
    if (request.content_length or 0) > _MOST_BYTES:
        raise ValidationError(message="Too long")
    # Before anything parses it: the signature is over these very bytes.
    webhooks.receive(request.get_data(cache=True), request.headers.get("x-paystack-signature"))
    return "", 200
