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


def by_account(what: str, name: str) -> Callable[[Route], Route]:
    """Decorates a route: as often from one account as the setting ``name`` says."""

    def limit(route: Route) -> Route:
        limited: Any = limiter.limit(
            setting(name), key_func=lambda: f"{what}:{guards.me().account_id}"
        )
        kept: Route = limited(route)
        return kept

    return limit


def sends(route: Route) -> Route:
    """So many messages a minute from one account, and many more from one address."""
    by_address: Any = limiter.limit(setting("limit_messages_address"))
    limited: Route = by_address(route)
    return by_account("send", "limit_messages")(limited)


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
