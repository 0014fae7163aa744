"""Limits of requests. How many is a setting; over it the answer is 429 with Retry-After."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import limits
import structlog
from flask import current_app, request
from redis.exceptions import RedisError

from fantooo.extensions import limiter
from fantooo.infra.client_address import client_address
from fantooo.web import errors, guards

log = structlog.get_logger(__name__)

Route = TypeVar("Route", bound=Callable[..., Any])


#: the same few limits, for each message
_parsed = lru_cache(limits.parse_many)


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


def count_message(account_id: UUID) -> None:
    """So many messages a minute from one account, and many more from one address.

    Counted where a message is sent and not at a route, because the socket's are none. Raises
    ``TooManyRequests``.
    """
    for name, whose in (
        ("limit_messages", f"account:{account_id}"),
        ("limit_messages_address", f"address:{client_address()}"),
    ):
        for limit in _parsed(setting(name)()):
            try:
                if limiter.limiter.hit(limit, "send", whose):
                    continue
                reset_at = limiter.limiter.get_window_stats(limit, "send", whose).reset_time
            except RedisError:
                # As all limits do: without Redis people go on writing.
                log.warning("limit_not_counted", limit=name)
                continue
            raise errors.too_many(reset_at)


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
