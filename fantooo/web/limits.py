"""Limits of requests. How many is a setting; over it the answer is 429 with Retry-After."""

from __future__ import annotations

import hashlib
import hmac
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


def phone_prompts(route: Route) -> Route:
    """So many prompts to one phone, whoever asks: the number that is typed may be another's."""

    def digits() -> str:
        typed = request.form.get("phone", "")
        return "".join(sign for sign in typed if sign.isascii() and sign.isdigit())[-9:]

    def of_phone() -> str:
        # Nobody's number stands among the counters.
        secret = current_app.config["SETTINGS"].secret_key.encode()
        return f"phone:{hmac.new(secret, digits().encode(), hashlib.sha256).hexdigest()[:24]}"

    by_phone: Any = limiter.shared_limit(
        setting("limit_phone_prompts"),
        scope="phone",
        key_func=of_phone,
        # What is no number prompts nobody.
        exempt_when=lambda: request.form.get("channel") != "mpesa" or len(digits()) < 9,
    )
    limited: Route = by_phone(route)
    return limited
