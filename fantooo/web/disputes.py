"""The admins' pages of disputed payments: what is due, and the evidence to send."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fantooo.queries import disputes as reads, giving
from fantooo.services import disputes
from fantooo.web import guards

blueprint = Blueprint("disputes", __name__, url_prefix="/admin/disputes")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Disputes, the next due first."""
    return render_template(
        "pages/admin/disputes.html", lines=reads.lines(), waiting=giving.waiting()
    )


@blueprint.get("/<uuid:dispute_id>")
def show(dispute_id: UUID) -> ResponseReturnValue:
    """One dispute with its evidence, ready to be printed."""
    return render_template(
        "pages/admin/dispute.html", pack=reads.evidence(dispute_id), waiting=giving.waiting()
    )


@blueprint.post("/<uuid:dispute_id>/evidence")
def note_evidence(dispute_id: UUID) -> ResponseReturnValue:
    """Keeps that the evidence was sent."""
    disputes.note_evidence(dispute_id, guards.account_id())
    flash("Noted.")
    return redirect(url_for("disputes.show", dispute_id=dispute_id), 303)


@blueprint.post("/<uuid:dispute_id>/decide")
def decide(dispute_id: UUID) -> ResponseReturnValue:
    """Ends a dispute whose end the provider tells in a word that we do not know."""
    form = request.form
    disputes.decide(
        dispute_id, guards.account_id(), form.get("outcome", ""), form.get("reason", "")
    )
    flash("Booked. The person has been told.")
    return redirect(url_for("disputes.show", dispute_id=dispute_id), 303)
