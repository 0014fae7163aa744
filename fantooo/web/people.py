"""Coming in and going out: onboarding, the three logins, set-up of the first admin, logout."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from fantooo.domain import people as rules
from fantooo.domain.errors import (
    DeletionPending,
    NotFound,
    SelfExcluded,
    ServiceUnavailable,
    Unauthorized,
    ValidationError,
)
from fantooo.domain.people import Registration
from fantooo.domain.viewer import Viewer
from fantooo.extensions import limiter
from fantooo.infra.database import acting_as
from fantooo.queries import characters, people as profiles, sessions
from fantooo.services import accounts, chats, deletion, exclusion
from fantooo.services.accounts import SignIn
from fantooo.web import devices, forms, guards, limits
from fantooo.web.errors import wants_fragment
from fantooo.web.templating import keep_theme

blueprint = Blueprint("people", __name__)

_HOME = {"user": "user.discover", "operator": "operator.waiting", "admin": "admin.dashboard"}
#: the field names of the form, by the field of the registration
_FIELDS = {
    "username": "username",
    "location": "location",
    "gender": "gender",
    "age": "age",
    "looking_for": "looking_for",
    "password": "password",
    "confirm_password": "confirmPassword",
}
_STEPS = 3
_OPENS_CHAT = re.compile(r"/profile/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/chat")


def _login_key() -> str:
    given = request.form.get("username") or request.form.get("email") or ""
    # As an account is looked up, so that one account has one key however its name is spelled.
    return f"login:{rules.normal_email(given[:300])}"


@blueprint.route("/get-started", methods=["GET", "POST"])
@limiter.limit(
    limits.setting("limit_sign_up_address"),
    exempt_when=lambda: request.method == "GET" or request.form.get("step") != str(_STEPS),
)
@limiter.limit(
    # The first step says whether a name is taken, as the check below does.
    limits.setting("limit_name_check"),
    exempt_when=lambda: request.method == "GET" or request.form.get("step") == str(_STEPS),
)
def get_started() -> ResponseReturnValue:
    """Onboarding in three steps; earlier answers travel with the form, the server keeps none."""
    if guards.me().role == "user":
        return redirect(_destination(guards.me()))
    away = exclusion.excluded_here(devices.value())
    if away is not None:
        return _kept_out(away, here=True)
    if request.method == "GET":
        return _step(1, {}, {})
    values = {field: request.form.get(field, "")[:300] for field in _FIELDS.values()}
    if "suggestion" in request.form:
        values["username"] = request.form["suggestion"][:300]
    step = _posted_step()
    if "back" in request.form:
        return _step(max(1, step - 1), values, {})
    registration = Registration(
        **{name: values[field] for name, field in _FIELDS.items()},
        consent=request.form.get("consent") == "yes",
    )
    errors = rules.check_step(step, registration)
    if step == 1 and not errors:
        taken, _suggestions = accounts.name_available(registration.username)
        errors = {"username": taken} if taken else {}
    if errors:
        return _step(step, values, errors)
    if step < _STEPS:
        return _step(step + 1, values, {})
    guards.fail_closed_without_redis()
    try:
        opened = accounts.register(registration)
    except ValidationError as error:
        return _step(_first_step_with(error.fields, registration), values, error.fields)
    return _enter(opened, remember=True)


@blueprint.get("/get-started/name")
@limiter.limit(limits.setting("limit_name_check"))
def check_name() -> ResponseReturnValue:
    """Whether a user name is free, and two that are when it is not."""
    username = request.args.get("username", "")[:40]
    state, message = "", ""
    suggestions: list[str] = []
    if username:
        message, suggestions = accounts.name_available(username)
        state = "free"
        if message:
            state = "invalid" if rules.check_username(username) else "taken"
    return render_template(
        "partials/onboarding/name.html", state=state, message=message, suggestions=suggestions
    )


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit(limits.setting("limit_sign_in_address"), methods=["POST"])
@limiter.limit(limits.setting("limit_sign_in"), key_func=_login_key, methods=["POST"])
def login() -> ResponseReturnValue:
    """The login of users."""
    return _login("user", "pages/public/login.html", "username")


@blueprint.route("/op-login", methods=["GET", "POST"])
@limiter.limit(limits.setting("limit_sign_in_address"), methods=["POST"])
@limiter.limit(limits.setting("limit_sign_in"), key_func=_login_key, methods=["POST"])
def operator_login() -> ResponseReturnValue:
    """The login of operators; nothing links to it."""
    return _login(
        "operator",
        "pages/public/staff_login.html",
        "email",
        title="Operator login",
        action=url_for("people.operator_login"),
    )


@blueprint.route("/admin-login", methods=["GET", "POST"])
@limiter.limit(limits.setting("limit_sign_in_address"), methods=["POST"])
@limiter.limit(limits.setting("limit_sign_in"), key_func=_login_key, methods=["POST"])
def admin_login() -> ResponseReturnValue:
    """The login of admins; nothing links to it."""
    return _login(
        "admin",
        "pages/public/staff_login.html",
        "email",
        title="Admin login",
        action=url_for("people.admin_login"),
    )


@blueprint.route("/setup", methods=["GET", "POST"])
@limiter.limit(limits.setting("limit_sign_in"), methods=["POST"])
def setup() -> ResponseReturnValue:
    """Makes the first admin with the one-time token; afterwards there is no such page."""
    if not accounts.setup_is_open():
        raise NotFound
    values = {name: request.form.get(name, "")[:300] for name in ("token", "name", "email")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        guards.fail_closed_without_redis()
        password = request.form.get("password", "")
        if password != request.form.get("confirmPassword", ""):
            errors = {"confirmPassword": "The two passwords differ"}
        else:
            try:
                return _enter(
                    accounts.set_up_first_admin(
                        token=values["token"],
                        name=values["name"],
                        email=values["email"],
                        password=password,
                    )
                )
            except ValidationError as error:
                errors = error.fields
    status = 400 if errors else 200
    return render_template("pages/public/setup.html", values=values, errors=errors), status


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """Ends the session on the server; pages kept by the browser are dropped too."""
    role = guards.me().role
    user: Any = current_user
    if user.is_authenticated:
        accounts.sign_out(user.get_id())
    logout_user()
    session.clear()
    target = guards.LOGIN_ENDPOINT[role] if role in ("operator", "admin") else "public.landing"
    response = redirect(url_for(target), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.post("/login/return")
@limiter.limit(limits.setting("limit_sign_in_address"))
def come_back() -> ResponseReturnValue:
    """Ends an exclusion whose time is over, asked for on the page that the login answered with."""
    exclusion.come_back(request.form.get("token", ""))
    flash("You can log in again. Welcome back.")
    return redirect(url_for("people.login"), 303)


@blueprint.get("/session")
def session_state() -> ResponseReturnValue:
    """204 while signed in, 401 else: a page from the browser's memory asks before it shows."""
    return Response(status=204 if guards.me().account_id else 401)


def _posted_step() -> int:
    step = request.form.get("step", "1")
    return int(step) if step in ("1", "2", "3") else 1


def _first_step_with(fields: dict[str, str], registration: Registration) -> int:
    for step in range(1, _STEPS + 1):
        if fields.keys() & rules.check_step(step, registration).keys():
            return step
    return 1


def _step(step: int, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    suggestions: list[str] = []
    if step == 1 and "username" in errors:
        # Whichever step found it out: another tab may have taken the name meanwhile.
        _taken, suggestions = accounts.name_available(values["username"])
    following = forms.local_path(request.values.get("next", ""), "")
    context = {
        "step": step,
        "values": values,
        # As it was left; what comes with an earlier step was no answer to this box.
        "agreed": step == _posted_step() == _STEPS and request.form.get("consent") == "yes",
        "errors": errors,
        "suggestions": suggestions,
        "next": following,
        "character_name": _character_of(following),
    }
    if wants_fragment():
        # 200 even with errors: the form itself is the answer, and htmx keeps 4xx out of the page.
        return render_template("partials/onboarding/step.html", **context)
    return render_template("pages/public/get_started.html", **context), 400 if errors else 200


def _character_of(path: str) -> str:
    """The name of the character somebody pressed Chat for before they signed up."""
    wanted = _wanted_chat(path)
    try:
        return characters.get(wanted).name if wanted else ""
    except NotFound:
        return ""


def _wanted_chat(path: str) -> UUID | None:
    """The character of a path that opens a chat: what Chat leads to without an account."""
    found = _OPENS_CHAT.fullmatch(path)
    return UUID(found[1]) if found else None


def _destination(viewer: Viewer) -> str:
    """Where somebody wanted to go, for a user also into a chat that is made now; else home."""
    home = url_for(_HOME[viewer.role])
    target = forms.local_path(request.values.get("next", ""), home)
    character_id = _wanted_chat(target)
    if character_id is None:
        return target
    if viewer.role != "user" or viewer.account_id is None:
        return home
    if request.method == "GET":
        # Nothing is made by following a link.
        return url_for("user.profile", character_id=character_id)
    try:
        with acting_as(viewer):
            chat_id = chats.open_chat(character_id, viewer.account_id)
    except NotFound:
        return home
    return url_for("chat.show", chat_id=chat_id)


def _login(role: str, template: str, field: str, **extra: str) -> ResponseReturnValue:
    if guards.me().role == role:
        return redirect(_destination(guards.me()))
    values = {field: request.form.get(field, "")[:300]}
    errors: dict[str, str] = {}
    if request.method == "POST":
        guards.fail_closed_without_redis()
        try:
            opened = accounts.sign_in(values[field], request.form.get("password", "")[:200], role)
        except Unauthorized as error:
            errors = {"": error.message}
        except SelfExcluded as error:
            return _kept_out(error.until, exclusion.way_back(error))
        except DeletionPending as error:
            way_back = deletion.way_back(error)
            return _answered(
                "pages/public/leaving.html", error.look.status, due=error.due, way_back=way_back
            )
        else:
            return _enter(opened, remember=role == "user")
    following = forms.local_path(request.values.get("next", ""), "")
    away = exclusion.excluded_here(devices.value()) if role == "user" else None
    status = 401 if errors else 200
    return _answered(
        template, status, values=values, errors=errors, next=following, away=away, **extra
    )


def _answered(template: str, status: int, **context: Any) -> ResponseReturnValue:
    """A page that answers the login; to htmx its main part, and 200, as it keeps 4xx out of a page.

    So a wrong password is no entry in the browser's list of pages: going back would meet a form
    that cannot be sent again.
    """
    part = wants_fragment()
    return render_template(template, part=part, **context), 200 if part else status


def _kept_out(until: datetime, way_back: str = "", *, here: bool = False) -> ResponseReturnValue:
    """What somebody reads who excluded themselves; ``here``: in this browser, with a new account."""
    context = {"until": until, "way_back": way_back, "here": here}
    return _answered("pages/public/excluded.html", SelfExcluded.look.status, **context)


def _enter(opened: SignIn, *, remember: bool = False) -> ResponseReturnValue:
    """Puts the session into a fresh cookie and leads to where the person wanted to go."""
    viewer = sessions.viewer_of(opened.token)
    if viewer is None:
        raise ServiceUnavailable
    session.clear()
    session.permanent = remember
    login_user(guards.SignedIn(viewer, opened.token))
    target = _destination(viewer)
    response = Response(status=204, headers={"HX-Redirect": target})
    if not wants_fragment():
        response = make_response(redirect(target, 303))
    if viewer.role == "user" and viewer.account_id:
        with acting_as(viewer):
            keep_theme(response, profiles.theme(viewer.account_id) or "")
    return response
