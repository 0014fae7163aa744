"""One structured line a request, and the request id that ties lines and answers together."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

import structlog
from flask import g, request
from prometheus_client import Counter, Histogram

if TYPE_CHECKING:
    from flask import Flask, Response

log = structlog.get_logger("fantooo.request")

REQUESTS = Counter("fantooo_requests", "Answered requests", ["endpoint", "status"])
SECONDS = Histogram(
    "fantooo_request_seconds",
    "Time to answer a request",
    ["endpoint"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
#: asked every few seconds by machines; a line for each would hide the others
_QUIET = {
    "health.alive",
    "health.ready",
    "health.metrics",
    "static",
    "media.picture",
    "media.photo",
    "socket.live",
}


def install(app: Flask) -> None:
    """Adds the request id before and the log line after each request."""
    # Before what extensions have added: a form they refuse has a request id too.
    others = app.before_request_funcs.get(None, [])
    app.before_request_funcs[None] = [_begin, *others]
    app.after_request(_end)
    app.teardown_request(lambda _error: structlog.contextvars.clear_contextvars())


def _begin() -> None:
    g.began = time.perf_counter()
    g.request_id = secrets.token_hex(8)
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    endpoint = request.endpoint or "none"
    response.headers["X-Request-Id"] = g.get("request_id", "")
    note(endpoint, request.method, response.status_code, seconds)
    return response


def note(endpoint: str, method: str, status: int, seconds: float) -> None:
    """Counts what was answered, and writes its line."""
    REQUESTS.labels(endpoint, status).inc()
    if endpoint not in _QUIET:
        SECONDS.labels(endpoint).observe(seconds)
        log.info(
            "request",
            method=method,
            endpoint=endpoint,
            status=status,
            ms=round(seconds * 1000, 1),
        )
