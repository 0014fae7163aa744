"""Who may reach which route. Signing in is required unless a route is listed here as public."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import current_app, g, redirect, request, session, url_for
from flask_login import UserMixin, current_user

from fantooo.domain.errors import (
    ConsentNeeded,
    Forbidden,
    Maintenance,
    SendingPaused,
    ServiceUnavailable,
    Unauthorized,
)
from fantooo.domain.viewer import ANONYMOUS, Viewer
from fantooo.extensions import login
from fantooo.infra import redis
from fantooo.infra.database import current_viewer
from fantooo.queries import sessions, settings
from fantooo.services import credentials, security, stretches
from fantooo.web import forms
from fantooo.web.errors import wants_fragment, wants_json

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

#: no session is read for these
MACHINE_ENDPOINTS = frozenset(
    {
        *("static", "media.picture", "health.alive", "health.ready", "health.metrics"),
        "webhooks.paystack",
    }
)
#: reachable by anybody, signed in or not
PUBLIC_ENDPOINTS = MACHINE_ENDPOINTS | {
    "public.landing",
    "public.how_it_works",
    "public.terms",
    "public.privacy",
    "public.banned",
    "public.robots",
    "public.places",
    "public.set_theme",
    "people.get_started",
    "people.check_name",
    "people.login",
    "people.operator_login",
    "people.admin_login",
    "people.setup",
    "people.logout",
    "people.come_back",
    "people.keep_account",
    "people.session_state",
    "people.verify_email",
    "people.confirm_email",
    "user.discover",
    "user.profile",
    "user.open_chat",
    # Who may see a photo is asked with it; for everybody else there is none.
    "media.photo",
    "styleguide.show",
    "socket.live",
}
#: the role each blueprint is for; whatever is not public needs it
BLUEPRINT_ROLE = {
    "user": "user",
    "chat": "user",
    "credits": "user",
    "operator": "operator",
    "admin": "admin",
    "giving": "admin",
    "disputes": "admin",
}
#: answered in maintenance too: what machines ask, and the way in for who may end it
KEPT_ENDPOINTS = MACHINE_ENDPOINTS | {
    "public.robots",
    "public.set_theme",
    "people.admin_login",
    "people.logout",
    "people.session_state",
}
#: when to come back, in seconds
MAINTENANCE_RETRY = 300
#: what an admin needs beyond being one (details.md, Admins)
PERMISSION = {
    "admin.payments": "manage_payments",
    "admin.payments_csv": "manage_payments",
    "admin.days": "manage_payments",
    "admin.days_csv": "manage_payments",
    "admin.refunds_csv": "manage_payments",
    "admin.disputes_csv": "manage_payments",
    "admin.payment": "manage_payments",
    "admin.verify_payment": "manage_payments",
    "admin.decide_payment": "manage_payments",
    "admin.settle_exception": "manage_payments",
    "admin.fix_exception": "manage_payments",
    "admin.replay_payment": "manage_payments",
    "admin.packages": "manage_payments",
    "admin.new_package": "manage_payments",
    "admin.make_package": "manage_payments",
    "admin.package": "manage_payments",
    "admin.change_package": "manage_payments",
    "admin.switch_package": "manage_payments",
    "admin.promos": "manage_payments",
    "admin.new_promo": "manage_payments",
    "admin.make_promo": "manage_payments",
    "admin.switch_promo": "manage_payments",
    "admin.refund_payment": "manage_payments",
    "giving.refunds": "manage_payments",
    "giving.read_message": "manage_payments",
    "giving.decide_refund": "manage_payments",
    "giving.account": "manage_payments",
    "giving.grant": "manage_payments",
    "giving.give_back": "manage_payments",
    "giving.approvals": "manage_payments",
    "giving.decide_approval": "manage_payments",
    "disputes.index": "manage_payments",
    "disputes.show": "manage_payments",
    "disputes.note_evidence": "manage_payments",
    "disputes.decide": "manage_payments",
}
#: sent by pages themselves, or about use
_NO_USE = frozenset({"user.tell_time", "chat.save_draft"})
#: what people may do with what is theirs, whatever we think of them
OWN_AFFAIRS = frozenset(
    {"user.export", "user.delete_account", "chat.deletion", "chat.delete_message"}
)
CONSENT_ENDPOINT = "user.consent"
LOGIN_ENDPOINT = {
    "operator": "people.operator_login",
    "admin": "people.admin_login",
    "user": "people.login",
}


class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's user: a viewer behind an opaque session token."""

    def __init__(self, viewer: Viewer, token: str) -> None:
        self.viewer = viewer
        self.token = token

    def get_id(self) -> str:
        """The session token, never the account's id: revoking the session revokes the cookie."""
        return self.token


def install(app: Flask) -> None:
    """Wires the session look-up, the viewer of each request and the gate."""
    login.session_protection = None
    login.user_loader(_load)
    app.before_request(_refuse_unwritable)
    app.before_request(_enter)
    app.teardown_request(_leave)


def _refuse_unwritable() -> None:
    forms.refuse_unwritable(chain.from_iterable(request.values.listvalues()))


def _load(token: str) -> SignedIn | None:
    viewer = sessions.viewer_of(token)
    return SignedIn(viewer, token) if viewer else None


def _enter() -> ResponseReturnValue | None:
    viewer = ANONYMOUS
    if request.endpoint not in MACHINE_ENDPOINTS and "_user_id" in session:
        user: Any = current_user
        if user.is_authenticated:
            viewer = user.viewer
    g.viewer_token = current_viewer.set(viewer)
    _refuse_in_maintenance(viewer)
    if viewer.seen_long_ago and viewer.session_id:
        credentials.note_seen(viewer.session_id)
    answer = _gate(viewer)
    if answer is None and viewer.account_id and not viewer.use_noted and _is_use(viewer):
        stretches.note(viewer.account_id)
    return answer


def _is_use(viewer: Viewer) -> bool:
    """Whether a user writes, buys or opens a page; what pages ask for by themselves is no use."""
    endpoint = request.endpoint or ""
    if viewer.role != "user" or BLUEPRINT_ROLE.get(endpoint.partition(".")[0]) != "user":
        return False
    if request.method == "GET":
        return not (wants_fragment() or wants_json())
    return endpoint not in _NO_USE


def _refuse_in_maintenance(viewer: Viewer) -> None:
    if request.endpoint in KEPT_ENDPOINTS or viewer.role == "admin":
        return
    if settings.in_maintenance():
        raise Maintenance(retry_after=MAINTENANCE_RETRY)


def _leave(_error: BaseException | None) -> None:
    token = g.pop("viewer_token", None)
    if token is not None:
        current_viewer.reset(token)


def _gate(viewer: Viewer) -> ResponseReturnValue | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint in PUBLIC_ENDPOINTS:
        return None
    needed = BLUEPRINT_ROLE.get(endpoint.partition(".")[0], "nobody")
    if viewer.account_id is None:
        raise Unauthorized(login=url_for(LOGIN_ENDPOINT.get(needed, "people.login")))
    if viewer.role != needed:
        security.record("permission_denied", endpoint=endpoint)
        raise Forbidden
    permission = PERMISSION.get(endpoint)
    if permission and permission not in viewer.permissions:
        security.record("permission_denied", endpoint=endpoint, permission=permission)
        raise Forbidden
    if endpoint in OWN_AFFAIRS:
        # Nobody must agree to anything, or be liked by us, to be forgotten or to take words back.
        return None
    if viewer.is_banned:
        if wants_json() or wants_fragment():
            raise SendingPaused("Your account is suspended.", reason="banned")
        return redirect(url_for("public.banned"))
    if not viewer.has_consented and endpoint != CONSENT_ENDPOINT:
        # A text has changed: the person reads and agrees before going on.
        raise ConsentNeeded
    return None


def me() -> Viewer:
    """The viewer of this request."""
    return current_viewer.get()


def account_id() -> UUID:
    """The signed-in account's id. Raises ``Unauthorized`` when there is none."""
    account = current_viewer.get().account_id
    if account is None:
        raise Unauthorized
    return account


def fail_closed_without_redis() -> None:
    """For sign-in and money, which must not run unlimited. Raises ``ServiceUnavailable``."""
    if current_app.config["SETTINGS"].redis_url:
        try:
            redis.client().ping()
        except redis.RedisError as error:
            raise ServiceUnavailable from error
