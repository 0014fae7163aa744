"""Unhandled errors, told to Sentry when SENTRY_DSN is set: without a word that people wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import sentry_sdk
from flask import g, has_app_context
from sentry_sdk.integrations.flask import FlaskIntegration

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

    from fantooo.config import Settings

#: traces are sampled: one in twenty (details.md)
_TRACES = 0.05
#: of a request, only these say nothing about a person
_KEPT_OF_A_REQUEST = ("method", "url")
#: what proves an address is nobody's to know
_LINK = re.compile(r"(/verify-email/).+")
_KEPT_HEADERS = frozenset({"Content-Type", "Content-Length", "Hx-Request-Type"})


def install(settings: Settings) -> None:
    """Starts reporting; does nothing without ``sentry_dsn``."""
    if not settings.sentry_dsn:
        return
    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        environment=settings.fantooo_env,
        release=settings.release or None,
        traces_sample_rate=_TRACES,
        # Variables of a frame hold what people wrote, as do bodies and log lines.
        data_collection={"user_info": False, "http_bodies": [], "stack_frame_variables": False},
        max_breadcrumbs=0,
        default_integrations=False,
        integrations=[FlaskIntegration()],
        before_send=_scrub,
        before_send_transaction=_scrub,
    )


def report(error: Exception) -> None:
    """Tells of an error that a page has answered, or a job has met."""
    sentry_sdk.capture_exception(error)


def flush() -> None:
    """Waits, shortly, until what was told is on its way: for a process that is about to end."""
    sentry_sdk.flush(2)


def _scrub(event: Event, _hint: Hint) -> Event:
    """Removes whatever could be somebody's: cookies, headers, forms, queries, and words in errors."""
    request: dict[str, Any] = dict(event.get("request") or {})
    kept = {name: request[name] for name in _KEPT_OF_A_REQUEST if name in request}
    if "url" in kept:
        kept["url"] = _LINK.sub(r"\1...", str(kept["url"]).partition("?")[0])
    headers = request.get("headers") or {}
    kept["headers"] = {name: headers[name] for name in headers if name in _KEPT_HEADERS}
    event["request"] = kept
    fields = cast("dict[str, Any]", event)
    for name in ("user", "extra", "breadcrumbs", "server_name", "logentry", "message"):
        fields.pop(name, None)
    for exception in (event.get("exception") or {}).get("values", []):
        # A value may quote a parameter; its type and place are enough to find it.
        exception["value"] = ""
        for frame in (exception.get("stacktrace") or {}).get("frames", []):
            frame.pop("vars", None)
    tags: Any = event.setdefault("tags", {})
    if has_app_context() and g.get("request_id"):
        tags["request_id"] = g.request_id
    return event
