"""The link in a letter that proves an e-mail address. Whoever has it needs no session."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from fantooo.services import addresses
from fantooo.web import guards
from fantooo.web.people import blueprint


@blueprint.get("/verify-email/<token>")
def verify_email(token: str) -> ResponseReturnValue:
    """Asks for one press: programs that look at mail follow links, and must confirm nothing."""
    return _refused(token) or _page("ask", token)


@blueprint.post("/verify-email/<token>")
def confirm_email(token: str) -> ResponseReturnValue:
    """Confirms the address; a second time says the same."""
    refused = _refused(token)
    if refused:
        return refused
    outcome = addresses.confirm(token)
    return _page(outcome.value), 200 if outcome is addresses.Confirmation.CONFIRMED else 409


def _refused(token: str) -> ResponseReturnValue | None:
    """The page for a link that is no good, or not for whoever is signed in here."""
    account_id = addresses.whose(token)
    if account_id is None:
        return _page("gone"), 410
    viewer = guards.me()
    if viewer.role == "user" and viewer.account_id != account_id:
        # Their own address, asked for by somebody else: pressing would give it away.
        return _page("not_yours"), 409
    return None


def _page(state: str, token: str = "") -> str:
    return render_template("pages/public/verify_email.html", state=state, token=token)
