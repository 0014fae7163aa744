"""Taking one's data along, having one's account deleted, and keeping it after all.

Adds its routes to those of user and people.
"""

from __future__ import annotations

from flask import (
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import logout_user

from fantooo.domain.errors import ValidationError
from fantooo.extensions import limiter
from fantooo.infra import clock
from fantooo.queries import payments as reads, refunds, settings
from fantooo.services import deletion, own_data
from fantooo.web import guards, limits, people
from fantooo.web.me import asks_password, own
from fantooo.web.user import blueprint


@blueprint.route("/me/export", methods=["GET", "POST"])
@own
@asks_password
def export() -> ResponseReturnValue:
    """The page on which one asks for a copy of one's data; sending it is answered by the file."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        guards.fail_closed_without_redis()
        try:
            made = own_data.copy(
                guards.account_id(),
                password=request.form.get("password", "")[:200],
                support=current_app.config["SETTINGS"].support_email,
            )
        except ValidationError as error:
            errors = error.fields
        else:
            response = Response(made, mimetype="application/zip")
            name = f"fantooo-{clock.now():%Y-%m-%d}.zip"
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
    return render_template("pages/user/export.html", errors=errors), 400 if errors else 200


@blueprint.route("/me/delete", methods=["GET", "POST"])
@own
@asks_password
def delete_account() -> ResponseReturnValue:
    """The page on which one asks to be deleted; sending it ends every session."""
    account = guards.account_id()
    errors: dict[str, str] = {}
    if request.method == "POST":
        guards.fail_closed_without_redis()
        try:
            due = deletion.ask(
                account,
                password=request.form.get("password", "")[:200],
                unused=request.form.get("unused", ""),
                reason=request.form.get("reason", ""),
            )
        except ValidationError as error:
            errors = error.fields
        else:
            logout_user()
            session.clear()
            flash(f"Your account will be deleted on {due:%-d %B}. Log in before that to keep it.")
            response = redirect(url_for("public.landing"), 303)
            response.headers["Clear-Site-Data"] = '"cache"'
            return response
    return (
        render_template(
            "pages/user/delete_account.html",
            errors=errors,
            wallet=reads.wallet(account),
            worth=refunds.unused_worth(account),
            currency=current_app.config["SETTINGS"].currency,
            days=settings.current().deletion_grace_days,
            chosen=request.form.get("unused", "refund"),
            reason=request.form.get("reason", "")[:500],
        ),
        400 if errors else 200,
    )


@people.blueprint.post("/login/keep")
@limiter.limit(limits.setting("limit_sign_in_address"))
def keep_account() -> ResponseReturnValue:
    """Keeps an account that was to be deleted, asked for on the page that the login answered with."""
    deletion.keep(request.form.get("token", ""))
    flash("Your account stays. Log in as before.")
    return redirect(url_for("people.login"), 303)
