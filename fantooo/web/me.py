"""One's own page: each section is a form of its own, answered as a part of the page or as a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fantooo.domain import limits as limit_rules, people as rules
from fantooo.domain.errors import Unauthorized, ValidationError
from fantooo.extensions import limiter
from fantooo.infra import pictures
from fantooo.queries import limits as limit_reads, people, photos
from fantooo.services import addresses, credentials, profile
from fantooo.services.profile import Profile
from fantooo.web import guards, limits, templating
from fantooo.web.errors import wants_fragment
from fantooo.web.user import blueprint

Route = TypeVar("Route", bound=Callable[..., Any])

SECTIONS = (
    "profile", "photos", "language", "email", "password", "limits", "breaks", "notifications", "privacy",
    "sessions",
)  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A section after it was sent: what was wrong, what was typed, and what is said of it."""

    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    said: str = ""


_UNTOUCHED = Section()
#: what a section says when it was saved
_SAID = dict.fromkeys(SECTIONS, "Saved") | {
    "password": "Password changed. All other devices are logged out.",
    "sessions": "Logged out there.",
    "link": "The link is on its way.",
    "photos": "Done. These are your photos now.",
    "limits": "Saved. What holds is shown here.",
    "breaks": "Your break has begun.",
}


def own(route: Route) -> Route:
    """So many changes a minute of one account."""
    return limits.by_account("me", "limit_own_page")(route)


def asks_password(route: Route) -> Route:
    """As many tries a minute as at the login, whatever asks for the present password."""
    shared: Any = limiter.shared_limit(
        limits.setting("limit_sign_in"),
        scope="present-password",
        methods=["POST"],
        key_func=lambda: f"present:{guards.me().account_id}",
    )
    limited: Route = shared(route)
    return limited


@blueprint.get("/me")
def me() -> ResponseReturnValue:
    """One's own page. ``saved`` names the section that was just sent without a script."""
    saved = request.args.get("saved", "")
    name = "email" if saved == "link" else saved
    return _page(name, Section(said=_SAID.get(saved, "")))


@blueprint.post("/me/profile")
@own
def save_profile() -> ResponseReturnValue:
    """Name, words about oneself, town, and whom one looks for."""
    given = _given("display_name", "bio", "location", "looking_for")
    return answer("profile", lambda: profile.save(guards.account_id(), Profile(**given)), given)


@blueprint.post("/me/language")
@own
def save_language() -> ResponseReturnValue:
    """In which language one would like to be answered."""
    given = _given("language")
    return answer(
        "language", lambda: profile.set_language(guards.account_id(), given["language"]), given
    )


@blueprint.post("/me/email")
@asks_password
def save_email() -> ResponseReturnValue:
    """One's e-mail address, which gets a link to confirm it; an empty one removes it."""
    guards.fail_closed_without_redis()
    given = _given("email")
    present = request.form.get("email_password", "")[: rules.PASSWORD_MAX + 1]
    return answer(
        "email",
        lambda: addresses.change(guards.account_id(), email=given["email"], present=present),
        given,
    )


@blueprint.post("/me/email/link")
@own
def send_email_link() -> ResponseReturnValue:
    """The link once more, for who has not got it."""
    guards.fail_closed_without_redis()
    return answer("email", lambda: addresses.send_link_again(guards.account_id()), {}, saved="link")


@blueprint.post("/me/password")
@asks_password
def change_password() -> ResponseReturnValue:
    """Another password; all other devices are signed out."""
    guards.fail_closed_without_redis()
    given = _given("present", "password", "confirmPassword")
    return answer(
        "password",
        lambda: credentials.change_password(
            guards.account_id(),
            _this_session(),
            present=given["present"],
            password=given["password"],
            again=given["confirmPassword"],
        ),
        # What was typed as a password is never sent back.
        {},
    )


@blueprint.post("/me/notifications")
@own
def save_notifications() -> ResponseReturnValue:
    """Of what one wants to be told, and how."""
    push, email = request.form.getlist("push"), request.form.getlist("email")
    return answer(
        "notifications",
        lambda: profile.set_notifications(guards.account_id(), push=push, email=email),
        {},
    )


@blueprint.post("/me/privacy")
@own
def save_privacy() -> ResponseReturnValue:
    """What operators may see."""
    online, place = "show_online" in request.form, "show_place" in request.form
    return answer(
        "privacy",
        lambda: profile.set_privacy(guards.account_id(), show_online=online, show_place=place),
        {},
    )


@blueprint.post("/me/sessions/<uuid:session_id>/end")
@own
def end_session(session_id: UUID) -> ResponseReturnValue:
    """Signs one device out."""
    return answer("sessions", lambda: credentials.end_session(guards.account_id(), session_id), {})


@blueprint.post("/me/sessions/end-others")
@own
def end_other_sessions() -> ResponseReturnValue:
    """Signs out everywhere but here."""
    return answer(
        "sessions",
        lambda: credentials.end_other_sessions(guards.account_id(), _this_session()),
        {},
    )


def _this_session() -> UUID:
    session = guards.me().session_id
    if session is None:
        raise Unauthorized
    return session


def _given(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "")[:2000] for name in names}


def answer(
    section: str, change: Callable[[], object], given: dict[str, str], *, saved: str = ""
) -> ResponseReturnValue:
    """Makes the change and shows the section again: with what was wrong, or that it is done.

    ``saved`` names what is said then, where it is not the section's usual words.
    """
    saved = saved or section
    try:
        change()
    except ValidationError as error:
        if not error.fields:
            raise
        sent = Section(errors=error.fields, values=given)
    else:
        sent = Section(said=_SAID[saved])
        if not wants_fragment():
            return redirect(url_for("user.me", saved=saved, _anchor=f"me-{section}"), 303)
    if wants_fragment():
        # 200 even with errors: the form itself is the answer, and htmx keeps 4xx out of the page.
        return render_template(f"partials/me/{section}.html", section=sent, **_about_me())
    return _page(section, sent), 400


def _page(name: str, sent: Section) -> str:
    sections = dict.fromkeys(SECTIONS, _UNTOUCHED)
    if name in sections:
        sections[name] = sent
    return render_template("pages/user/me.html", sections=sections, **_about_me())


def _about_me() -> dict[str, object]:
    account = guards.account_id()
    now = datetime.now(UTC)
    user = people.own_profile(account)
    templating.viewer().unread = user.unread_chats
    return {
        "user": user,
        "devices": people.own_sessions(account, guards.me().session_id),
        "limits": limit_reads.uses(account, now),
        "now": now,
        "rules": limit_rules,
        "photos": photos.own(account),
        "people": rules,
        "most_bytes": pictures.MOST_BYTES,
    }
