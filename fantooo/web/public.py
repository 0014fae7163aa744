"""Pages anybody may read: landing, how it works, terms, privacy; and the theme switch."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from fantooo.domain import pricing
from fantooo.domain.finding import Wishes
from fantooo.domain.people import THEMES
from fantooo.domain.settings import SystemSettings
from fantooo.domain.texts import TEXT_VERSIONS
from fantooo.extensions import limiter
from fantooo.queries import finding, settings
from fantooo.services import places as place_service, profile
from fantooo.web import forms, guards, limits
from fantooo.web.templating import keep_theme

blueprint = Blueprint("public", __name__)
_ON_THE_LANDING_PAGE = 6


@blueprint.get("/")
def landing() -> ResponseReturnValue:
    """The landing page: what Fantooo is, said above the fold, and six characters."""
    found = finding.find(Wishes(), limit=_ON_THE_LANDING_PAGE, count=False)
    return render_template(
        "pages/public/landing.html", characters=found.characters, settings=settings.current()
    )


@blueprint.get("/how-it-works")
def how_it_works() -> ResponseReturnValue:
    """Who writes, what it costs, and what happens when nobody answers."""
    current = settings.current()
    prices = [
        ("Text", current.price_text),
        ("GIF", current.price_gif),
        ("Picture", current.price_image),
        ("Voice note", current.price_voice),
        ("Video", current.price_video),
    ]
    return _text(
        "how_it_works",
        prices=prices,
        settings=current,
        by_day=_text_price_at(current.evening_until_hour, current),
        by_evening=_text_price_at(current.evening_from_hour, current),
    )


@blueprint.get("/terms")
def terms() -> ResponseReturnValue:
    """The terms of use, with their version."""
    return _text("terms", settings=settings.current())


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What is kept about people, why and how long."""
    return _text("privacy", settings=settings.current())


@blueprint.get("/suspended")
def banned() -> ResponseReturnValue:
    """What a suspended user sees instead of everything else."""
    return render_template("pages/public/banned.html"), 403


@blueprint.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Private areas are not for crawlers."""
    return Response(
        "User-agent: *\nDisallow: /chat\nDisallow: /chats\nDisallow: /operator\nDisallow: /admin\n",
        mimetype="text/plain",
    )


@blueprint.post("/theme")
def set_theme() -> ResponseReturnValue:
    """Keeps the choice of light, dark or the device's theme: in a cookie, a user's own for good."""
    chosen = request.form.get("theme", "")
    response = redirect(forms.local_path(request.form.get("next", ""), "/"))
    if chosen in THEMES and guards.me().role == "user":
        profile.set_theme(guards.account_id(), chosen)
    keep_theme(response, chosen)
    return response


@blueprint.get("/places")
@limiter.limit(limits.setting("limit_places"))
def places() -> ResponseReturnValue:
    """Towns that what somebody types may become, as options of a list."""
    typed = request.args.get("q", "")[:80]
    return render_template("partials/places.html", towns=place_service.suggest(typed))


def _text_price_at(hour: int, current: SystemSettings) -> int:
    """What a plain text message costs at an hour of Nairobi, in credits."""
    price = pricing.message_price(
        content_type="text",
        free_used=current.free_messages,
        tier="free",
        featured=False,
        moment=datetime(2000, 1, 1, hour % 24, tzinfo=pricing.EAT),
        settings=current,
    )
    return price.credits


def _text(name: str, **values: object) -> str:
    version, dated = TEXT_VERSIONS[name]
    return render_template(f"pages/public/{name}.html", version=version, dated=dated, **values)
