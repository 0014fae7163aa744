"""The link in a letter that proves an e-mail address. Whoever has it needs no session."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from fantooo.domain.errors import ValidationError
from fantooo.services import addresses
from fantooo.web.people import blueprint


@blueprint.get("/verify-email/<token>")
def verify_email(token: str) -> ResponseReturnValue:
    """Asks for one press: programs that look at mail follow links, and must confirm nothing."""
    if not addresses.is_open(token):
        return _page("gone"), 410
    return _page("ask", token)


@blueprint.post("/verify-email/<token>")
def confirm_email(token: str) -> ResponseReturnValue:
    """Confirms the address; a second time says the same."""
    try:
        outcome = addresses.confirm(token)
    except ValidationError:
        return _page("gone"), 410
    return _page(outcome.value), 200 if outcome is addresses.Confirmation.CONFIRMED else 409


def _page(state: str, token: str = "") -> str:
    return render_template("pages/public/verify_email.html", state=state, token=token)
