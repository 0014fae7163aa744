"""The admins' pages of giving back: credits of messages, grants, a second admin's decisions."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fantooo.domain import refunding
from fantooo.domain.errors import ValidationError
from fantooo.queries import giving as reads, photos, settings
from fantooo.services import approving, grants, message_refunds
from fantooo.web import forms, guards

blueprint = Blueprint("giving", __name__, url_prefix="/admin")

#: what an admin reads whose deed needs another one
WAITS = "This is above the limit for one admin: a second admin must approve it."


@blueprint.get("/refunds")
def refunds() -> ResponseReturnValue:
    """Credits of messages: what users ask for, and what came back."""
    ended = reads.ended(forms.uuid_argument("before"))
    return render_template(
        "pages/admin/refunds.html",
        asked=reads.asked(),
        ended=ended,
        older=ended[-1].id if len(ended) == reads.PAGE else None,
        waiting=reads.waiting(),
    )


@blueprint.post("/refunds/<uuid:refund_id>/message")
def read_message(refund_id: UUID) -> ResponseReturnValue:
    """The message that a request is about. Asking for it is a deed, so it is no address."""
    told = message_refunds.read_message(
        refund_id, guards.account_id(), request.form.get("reason", "")
    )
    return render_template(
        "pages/admin/refund_message.html",
        told=told,
        refund=reads.refund(refund_id),
        waiting=reads.waiting(),
    )


@blueprint.post("/refunds/<uuid:refund_id>")
def decide_refund(refund_id: UUID) -> ResponseReturnValue:
    """Gives the credits back, or refuses; the person is told what is written here."""
    admin, notes = guards.account_id(), request.form.get("notes", "")
    decision = request.form.get("decision")
    if decision == "complete":
        outcome = message_refunds.complete(refund_id, admin, notes)
        flash(WAITS if outcome == "waiting" else "Refunded. The person has been told.")
    elif decision == "reject":
        message_refunds.reject(refund_id, admin, notes)
        flash("Rejected. The person has been told.")
    else:
        raise ValidationError({"decision": "Choose what to do"})
    return redirect(url_for("giving.refunds"), 303)


@blueprint.get("/users/<uuid:user_id>/credits")
def account(user_id: UUID) -> ResponseReturnValue:
    """One person's wallet, and the messages they paid for lately."""
    return render_template(
        "pages/admin/user_credits.html",
        account=reads.account(user_id),
        key=uuid4(),
        alone=settings.current().approval_credits,
        reasons=refunding.GIVEN_REASONS,
        waiting=reads.waiting(),
        photos=photos.own(user_id) if "manage_users" in guards.me().permissions else [],
    )


@blueprint.post("/users/<uuid:user_id>/credits")
def grant(user_id: UUID) -> ResponseReturnValue:
    """Gives credits to somebody."""
    outcome = grants.grant(
        user_id=user_id,
        admin_id=guards.account_id(),
        amount=forms.int_field("amount"),
        reason=request.form.get("reason", ""),
        key=forms.uuid_field("key"),
    )
    flash(WAITS if outcome == "waiting" else "Given. The person has been told.")
    return redirect(url_for("giving.account", user_id=user_id), 303)


@blueprint.post("/users/<uuid:user_id>/charges/<uuid:message_id>")
def give_back(user_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Gives the credits of one message back, whoever asked for it."""
    outcome = message_refunds.give(
        message_id,
        guards.account_id(),
        request.form.get("notes", ""),
        request.form.get("reason", "admin_discretion"),
    )
    flash(WAITS if outcome == "waiting" else "Refunded. The person has been told.")
    return redirect(url_for("giving.account", user_id=user_id), 303)


@blueprint.get("/approvals")
def approvals() -> ResponseReturnValue:
    """What waits for a second admin, and what was decided."""
    return render_template(
        "pages/admin/approvals.html",
        wishes=reads.wishes(open_only=True),
        decided=reads.wishes(open_only=False),
        me=guards.account_id(),
        waiting=reads.waiting(),
    )


@blueprint.post("/approvals/<uuid:approval_id>")
def decide_approval(approval_id: UUID) -> ResponseReturnValue:
    """Agrees or refuses, as the second admin."""
    admin, reason = guards.account_id(), request.form.get("reason", "")
    decision = request.form.get("decision")
    if decision == "approve":
        approving.approve(approval_id, admin, reason)
        flash("Approved and carried out. The person has been told.")
    elif decision == "reject":
        approving.reject(approval_id, admin, reason)
        flash("Rejected. Nothing has moved.")
    else:
        raise ValidationError({"decision": "Choose what to do"})
    return redirect(url_for("giving.approvals"), 303)
