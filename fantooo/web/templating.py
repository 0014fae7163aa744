"""What templates can use: assets, the viewer, times in EAT, credits in words."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from flask import current_app, g, request, url_for

from fantooo.config import ROOT
from fantooo.domain import limits, masking, text, wording
from fantooo.domain.buying import money
from fantooo.domain.people import THEMES
from fantooo.domain.pricing import EAT
from fantooo.infra import clock, storage
from fantooo.infra.database import current_viewer
from fantooo.queries import inbox, limits as limit_reads

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask
    from jinja2.runtime import Macro
    from werkzeug.wrappers import Response

    from fantooo.queries.limits import TimeHere
    from fantooo.queries.pictures import Picture

THEME_COOKIE = "fantooo_theme"
_YEAR = 365 * 24 * 3600
#: a path to somebody's chat is shorter
_SHORT = 64
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MANIFEST = ROOT / "static" / "dist" / "manifest.json"


class TemplateViewer:
    """What layouts show of the viewer. Reads the unread count only when asked for it."""

    def __init__(self) -> None:
        viewer = current_viewer.get()
        self.role: str = viewer.role
        self.account_id: UUID | None = viewer.account_id
        self.name: str = viewer.name
        self.credits: int | None = viewer.credits
        self.time_is_due: bool = limits.is_due(viewer.active_seconds)
        self.unseen_payment: UUID | None = viewer.unseen_payment
        self.admin_role: str = viewer.admin_role
        self.permissions: frozenset[str] = viewer.permissions
        self.is_authenticated: bool = viewer.account_id is not None
        #: of pages that anybody may read: users keep their navigation, unless it would lead nowhere
        at_home = viewer.role == "user" and viewer.has_consented and not viewer.is_banned
        self.layout: str = "layouts/user.html" if at_home else "layouts/public.html"

    @cached_property
    def unread(self) -> int:
        """How many chats hold something the user has not read."""
        return inbox.unread_chats(self.account_id) if self.role == "user" else 0

    @cached_property
    def time_here(self) -> TimeHere | None:
        """How long the user has been here, when it is time to say so."""
        if not self.time_is_due or self.account_id is None:
            return None
        return limit_reads.time_here(self.account_id)


def install(app: Flask) -> None:
    """Adds globals and filters to ``app``'s Jinja environment."""
    env = app.jinja_env
    env.trim_blocks = True
    env.lstrip_blocks = True
    env.globals.update(
        asset=asset,
        path_for=path_for,
        media_url=media_url,
        srcset=srcset,
        drawn=drawn,
        languages=wording.LANGUAGES,
        currency=app.config["SETTINGS"].currency,
    )
    env.filters.update(
        money=money,
        eat_time=eat_time,
        eat_day=eat_day,
        eat_full=eat_full,
        iso=lambda moment: moment.isoformat(),
        duration=duration,
        active=limits.duration_in_words,
        until=limits.when,
        about=about,
        credits=text.in_credits,
        masked=masking.mask,
        in_words=wording.in_words,
        capital=wording.capital,
    )
    app.context_processor(_page_values)


def viewer() -> TemplateViewer:
    """The viewer of this request's page. A page that has read ``unread`` already may set it."""
    if "template_viewer" not in g:
        g.template_viewer = TemplateViewer()
    found: TemplateViewer = g.template_viewer
    return found


def _page_values() -> dict[str, Any]:
    chosen = request.cookies.get(THEME_COOKIE, "system") if request else "system"
    return {
        "viewer": viewer(),
        "theme": chosen if chosen in THEMES else "system",
        "support_email": current_app.config["SETTINGS"].support_email,
    }


def keep_theme(response: Response, chosen: str) -> None:
    """Keeps a theme in a cookie, so that the next first paint is right; what is none is left out."""
    if chosen in THEMES:
        # TLS ends at the proxy: whether it is there is a matter of settings.
        response.set_cookie(
            THEME_COOKIE,
            chosen,
            max_age=_YEAR,
            samesite="Lax",
            secure=current_app.config["SETTINGS"].is_production,
            httponly=True,
        )


def asset(name: str) -> str:
    """The address of a built file such as ``app.css``, with its content hash."""
    manifest: dict[str, str] = current_app.extensions.get("fantooo_assets") or {}
    if name not in manifest:
        manifest = json.loads(_MANIFEST.read_text()) if _MANIFEST.exists() else {}
        current_app.extensions["fantooo_assets"] = manifest
    return f"/static/dist/{manifest.get(name, name)}"


@lru_cache(maxsize=2048)
def drawn(macro: Macro, *values: Any) -> str:
    """What ``macro`` says for ``values``, drawn once and kept while it is asked for.

    Only for macros that depend on nothing else: no viewer, no request, no token. What is shown of
    a character to everybody is the greater part of most pages. Changed values are other values, so
    nothing has to be forgotten.
    """
    return macro(*values)


def path_for(endpoint: str, **values: Any) -> str:
    """``url_for`` as a path without host, so that it is the same on a page and in a push."""
    if any(isinstance(value, str) and len(value) > _SHORT for value in values.values()):
        # Tokens and whatever people type: secret, or endless.
        return url_for(endpoint, _external=False, **values)
    return _kept_path(endpoint, **values)


@lru_cache(maxsize=8192)
def _kept_path(endpoint: str, **values: Any) -> str:
    # A page has some forty, and each took as long as a line of the page.
    return url_for(endpoint, _external=False, **values)


def media_url(picture: Picture, width: int, format_: str = "webp") -> str:
    """The address of a picture in one of its sizes."""
    return storage.media().url(f"{picture.name}-{width}.{format_}")


def srcset(picture: Picture, format_: str) -> str:
    """The addresses of all sizes of a picture that are ready, as ``srcset`` wants them."""
    return ", ".join(f"{media_url(picture, each, format_)} {each}w" for each in picture.widths)


def eat_time(moment: datetime) -> str:
    """20:04, in Nairobi."""
    return _clock(moment.astimezone(EAT))


def eat_day(moment: datetime) -> str:
    """Today, Yesterday or 12 Nov 2026, in Nairobi."""
    day = moment.astimezone(EAT).date()
    days = (clock.now().astimezone(EAT).date() - day).days
    if days == 0:
        return "Today"
    return "Yesterday" if days == 1 else _date(day)


def eat_full(moment: datetime) -> str:
    """24 Nov 2026, 20:04 EAT."""
    local = moment.astimezone(EAT)
    return f"{_date(local)}, {_clock(local)} EAT"


# Not strftime: a page of messages has hundreds of these.
def _date(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _clock(moment: datetime) -> str:
    return f"{moment.hour:02}:{moment.minute:02}"


def duration(seconds: float | None) -> str:
    """1:12 for 72 seconds, 1:02:03 for an hour and more, a dash for None."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span(seconds: float) -> str:
    """53 s, 1 min 53 s, 2 h 5 min."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def about(seconds: float) -> str:
    """A time to wait as people say it: 40 s, 2 min, about an hour, 3 hours."""
    if seconds < 55:
        return f"{max(10, round(seconds, -1)):.0f} s"
    minutes = round(seconds / 60)
    if minutes < 50:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return "about an hour" if hours <= 1 else f"{hours} hours"
