"""Limits of requests. How many is a setting; over it the answer is 429 with Retry-After."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

from fantooo.extensions import limiter
from fantooo.web import guards

Route = TypeVar("Route", bound=Callable[..., Any])


def setting(name: str) -> Callable[[], str]:
    """The limit in the setting of that name, as it is when a request comes."""
    return lambda: str(getattr(current_app.config["SETTINGS"], name))


def sends(route: Route) -> Route:
    """So many messages a minute from one account, and many more from one address."""
    by_account: Any = limiter.limit(
        setting("limit_messages"), key_func=lambda: f"send:{guards.me().account_id}"
    )
    by_address: Any = limiter.limit(setting("limit_messages_address"))
    limited: Route = by_account(by_address(route))
    return limited


def photos(route: Route) -> Route:
    """So many photos of one account: each is decoded and drawn anew in several sizes."""
    by_account: Any = limiter.limit(
        setting("limit_photos"), key_func=lambda: f"photos:{guards.me().account_id}"
    )
    limited: Route = by_account(route)
    return limited


def promo_codes(route: Route) -> Route:
    """So many promo codes typed by one account, wherever: codes are not to be found by guessing."""
    by_account: Any = limiter.shared_limit(
        setting("limit_promo_codes"),
        scope="promo",
        key_func=lambda: f"promo:{guards.me().account_id}",
        exempt_when=lambda: not request.form.get("promo_code", "").strip(),
    )
    limited: Route = by_account(route)
    return limited
