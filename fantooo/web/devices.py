"""The cookie by which a browser is known again, set only when somebody excludes themselves in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

COOKIE = "fantooo_device"
#: as long as browsers keep one
_LONGEST = 400 * 24 * 3600


def value() -> str:
    """What this browser's cookie says; empty when it has none."""
    return request.cookies.get(COOKIE, "")[:200]


def keep(response: Response, device: str) -> None:
    """Sets the cookie, or keeps it for another year and more."""
    response.set_cookie(
        COOKIE,
        device,
        max_age=_LONGEST,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].is_production,
        httponly=True,
    )
