"""Limits, breaks and self-exclusion on one's own page, and the word about the time one has been here."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user

from fantooo.domain import limits as rules
from fantooo.domain.errors import ValidationError
from fantooo.services import exclusion, limits as service, stretches
from fantooo.web import devices, forms, guards
from fantooo.web.errors import wants_fragment
from fantooo.web.me import answer, own
from fantooo.web.user import blueprint


@blueprint.post("/me/limits")
@own
def set_limit() -> ResponseReturnValue:
    """Sets one limit, or asks for its end with the button ``remove``."""
    account, period = guards.account_id(), _period()
    typed = request.form.get(period, "")[:40]
    if "remove" in request.form:
        return answer("limits", lambda: service.remove_limit(account, period), {})
    return answer("limits", lambda: service.set_limit(account, period, typed), {period: typed})


@blueprint.post("/me/limits/confirm")
@own
def confirm_limit() -> ResponseReturnValue:
    """Lets a raise or a removal hold whose time has come."""
    account, period = guards.account_id(), _period()
    return answer("limits", lambda: service.confirm(account, period), {})


@blueprint.post("/me/limits/keep")
@own
def keep_limit() -> ResponseReturnValue:
    """Takes a raise or a removal back."""
    account, period = guards.account_id(), _period()
    return answer("limits", lambda: service.keep(account, period), {})


@blueprint.post("/me/breaks")
@own
def take_break() -> ResponseReturnValue:
    """A time-out, which holds at once and cannot be ended early."""
    account, length = guards.account_id(), request.form.get("length", "")

    def take() -> None:
        if request.form.get("sure") != "yes":
            raise ValidationError(
                {"sure": "Please tick the box, so that it is no slip of the hand"}
            )
        service.take_time_out(account, length)

    return answer("breaks", take, {"length": length})


@blueprint.route("/me/self-exclusion", methods=["GET", "POST"])
@own
def self_exclusion() -> ResponseReturnValue:
    """The page on which one keeps oneself out for months; sending it ends every session."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            device = exclusion.exclude(
                guards.account_id(),
                length=request.form.get("length", ""),
                typed=request.form.get("confirmation", "")[:40],
                device=devices.value(),
            )
        except ValidationError as error:
            errors = error.fields
        else:
            logout_user()
            session.clear()
            response = redirect(url_for("people.login"), 303)
            response.headers["Clear-Site-Data"] = '"cache"'
            devices.keep(response, device)
            return response
    return (
        render_template(
            "pages/user/self_exclusion.html",
            errors=errors,
            lengths=rules.EXCLUSIONS,
            word=rules.EXCLUSION_WORD,
            chosen=request.form.get("length", "6m"),
        ),
        400 if errors else 200,
    )


@blueprint.get("/me/time")
def time_here() -> ResponseReturnValue:
    """Whether it is time for a word about the time; pages in use ask now and then."""
    return jsonify(due=rules.is_due(guards.me().active_seconds))


@blueprint.post("/me/time")
def tell_time() -> ResponseReturnValue:
    """The word itself, once an hour of use: to the page that asks first, nothing to the others."""
    told = stretches.tell(guards.account_id())
    if not wants_fragment():
        following = forms.local_path(request.form.get("next", ""), url_for("user.discover"))
        return redirect(following, 303)
    if told is None:
        return "", 204
    return render_template("partials/time_here.html", here=told)


def _period() -> str:
    period = request.form.get("period", "")
    if period not in rules.PERIODS:
        raise ValidationError({"period": "This form is incomplete. Reload the page."})
    return period
