"""Security headers on every answer, and what may be cached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request

if TYPE_CHECKING:
    from flask import Flask, Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "X-DNS-Prefetch-Control": "on",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=63072000; includeSubDomains; preload"


def install(app: Flask) -> None:
    """Adds the headers to every answer of ``app``."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SETTINGS"].is_production:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    found = request.endpoint == "static" and response.status_code in (200, 206, 304)
    if found and request.path.startswith("/static/dist/"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif found:
        response.headers["Cache-Control"] = "public, max-age=3600"
    elif "Cache-Control" not in response.headers:
        # Everything else is made for one viewer, if only by its CSRF token.
        response.headers["Cache-Control"] = "no-store"
    response.headers.add("Vary", "HX-Request, HX-Request-Type")
    return response
