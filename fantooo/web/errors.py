"""Every error, answered once: as a page, as a fragment for htmx, or as JSON."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import structlog
from flask import g, jsonify, redirect, render_template, request, url_for
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from prometheus_client import Counter
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException

from fantooo.domain.errors import (
    UNEXPECTED,
    ConsentNeeded,
    FantoooError,
    Forbidden,
    InsufficientCredits,
    Maintenance,
    NotFound,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    ValidationError,
)
from fantooo.extensions import limiter
from fantooo.infra import database, reporting
from fantooo.web import forms, templating

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

log = structlog.get_logger(__name__)

#: what a page says under the text, and where its button leads
_PAGE_ACTIONS = {
    "discover": ("user.discover", "Find somebody to write to"),
    "login": ("people.login", "Log in"),
}
_SENDS = frozenset({"chat.send", "operator.send"})
REFUSED = Counter("fantooo_messages_refused", "Sends refused", ["reason"])
#: words of our own for what the framework refuses
_WORDS = {
    405: "This address cannot be opened like that",
    413: "That is more than can be taken here",
}
#: what helps beside the words of the error
_EXPLANATIONS = {
    403: "It belongs to other work than yours. If you think it should be open to you, write to us.",
    404: "It may have moved, or it is not yours to see.",
    405: "A form of ours is sent to it. Go back to the page it was on and send it from there.",
    413: "Nothing of it was kept. Go back and choose something smaller.",
    429: "Wait a moment, then go on where you were. Nothing was lost.",
    500: "It may work again in a moment. What you had typed is kept in the page before.",
}


def install(app: Flask) -> None:
    """Maps every exception that can leave a route to one answer."""
    app.register_error_handler(FantoooError, answer)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(RateLimitExceeded, _rate_limit)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, lambda error: answer(named(error)))


def wants_json() -> bool:
    """Whether the client asked for JSON rather than a page or fragment."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def wants_fragment() -> bool:
    """Whether htmx swaps a part of the page; the one place where that is decided."""
    return request.headers.get("HX-Request-Type") == "partial"


def answer(error: FantoooError) -> ResponseReturnValue:
    """The answer to a named error, in the shape the client asked for."""
    look = error.look
    note(error, request.endpoint)
    headers = _headers(error)
    if isinstance(error, Unauthorized):
        return _unauthorized(error)
    if isinstance(error, ConsentNeeded):
        headers["HX-Redirect"] = url_for("user.consent")
        if _wants_page():
            here = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("user.consent", next=here))
    return _as_asked(look.status, look.code, error.message, look.action, headers, error.details)


def too_many(reset_at: float) -> TooManyRequests:
    """The error of a limit whose window is over then; a limit names the second after."""
    return TooManyRequests(retry_after=max(1, int(reset_at - time.time())))


def note(error: FantoooError, endpoint: str | None) -> None:
    """One line of the log for an error that was answered; refused messages are counted too."""
    look = error.look
    if endpoint in _SENDS:
        # "My message was not sent" is answered by this line, whatever stood in its way.
        REFUSED.labels(look.code).inc()
        log.info("send_refused", reason=look.code, status=look.status, endpoint=endpoint)
    else:
        log.info("refused", code=look.code, status=look.status, endpoint=endpoint)


def named(error: Exception) -> FantoooError:
    """The named error to answer ``error`` with; what nobody foresaw is logged and reported."""
    if isinstance(error, FantoooError):
        return error
    if isinstance(error, RedisError) or database.is_away(error):
        log.error("dependency_unreachable", error_type=type(error).__name__)
        return ServiceUnavailable()
    log.error("unhandled_error", error_type=type(error).__name__, exc_info=error)
    reporting.report(error)
    return FantoooError(UNEXPECTED)


def as_json(error: FantoooError) -> dict[str, Any]:
    """What a program is told."""
    return _body(error.look.code, error.message, error.look.action, error.details)


def _headers(error: FantoooError) -> dict[str, str]:
    if "retry_after" not in error.details:
        return {}
    return {"Retry-After": str(error.details["retry_after"])}


def _body(code: str, message: str, action: str, details: dict[str, Any] | None) -> dict[str, Any]:
    told = {"code": code, "message": message, "action": action}
    return {"error": {**told, "request_id": g.get("request_id", ""), **(details or {})}}


def _as_asked(
    status: int,
    code: str,
    message: str,
    action: str,
    headers: dict[str, str],
    details: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    """One error as JSON, as a fragment or as a page."""
    if wants_json():
        return jsonify(_body(code, message, action, details)), status, headers
    if wants_fragment():
        fragment = render_template("partials/error.html", code=code, message=message)
        return fragment, status, headers
    explanation = str((details or {}).get("explanation", ""))
    return _page(status, code, message, action, explanation), status, headers


def _wants_page() -> bool:
    return not (wants_json() or wants_fragment())


def _unauthorized(error: Unauthorized) -> ResponseReturnValue:
    look = error.look
    login = error.details.get("login") or url_for("people.login")
    if not _wants_page():
        # Back to the page that asked, not to the piece it asked for.
        here = _asking_page()
        headers = {"HX-Redirect": f"{login}?{_query(here)}" if here else login}
        return _as_asked(look.status, look.code, error.message, look.action, headers)
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(f"{login}?{_query(here)}" if here else login)


def _asking_page() -> str:
    """Path and query of our page that sent this request, empty when it does not say."""
    page = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    if page.netloc != request.host:
        return ""
    here = f"{page.path}?{page.query}" if page.query else page.path
    # A path such as //elsewhere would lead there.
    return forms.local_path(here, "")


def _this_page() -> str:
    """The address that was asked for, or the start where asking again would do something."""
    return forms.local_path(request.full_path.rstrip("?"), "/") if request.method == "GET" else "/"


def _query(here: str) -> str:
    return urlencode({"next": here})


def _way_on(status: int, code: str, action: str) -> tuple[str, str, str]:
    """Where a page's button leads, what is on it, and the page that was sent from, if any."""
    back = _asking_page() if request.method == "POST" else ""
    if code == InsufficientCredits.look.code:
        return url_for("credits.show", next=back or None), "Purchase Credits", back
    if action in _PAGE_ACTIONS:
        endpoint, label = _PAGE_ACTIONS[action]
        return url_for(endpoint), label, back
    # What failed in a way nobody foresaw says "try again" too.
    if (action == "retry" or status == 500) and request.method == "GET":
        return _this_page(), "Try again", ""
    if back:
        return back, "Back to where you were", ""
    return url_for("public.landing"), "Back to the start", ""


def _page(status: int, code: str, message: str, action: str, explanation: str = "") -> str:
    href, label, back = _way_on(status, code, action)
    if code == Maintenance.look.code:
        return render_template(
            "pages/errors/maintenance.html",
            message=message,
            action_href=_this_page(),
            request_id=g.get("request_id", ""),
        )
    viewer = templating.viewer()
    # The page of an error asks nobody anything, and where something is away it leads nowhere either.
    viewer.unread, viewer.time_is_due = 0, False
    return render_template(
        "pages/errors/error.html",
        layout=viewer.layout if status < 500 else "layouts/public.html",
        status=status,
        code=code,
        message=message,
        action_href=href,
        action_label=label,
        back=back,
        explanation=explanation
        or _EXPLANATIONS.get(status, _EXPLANATIONS[500] if status >= 500 else ""),
        request_id=g.get("request_id", ""),
    )


def _csrf(error: CSRFError) -> ResponseReturnValue:
    return answer(
        ValidationError(message="This page has been open too long. Reload it and try again.")
    )


def _rate_limit(_error: RateLimitExceeded) -> ResponseReturnValue:
    reached = limiter.current_limit
    return answer(too_many(reached.reset_at if reached else time.time() + 60))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code == 404:
        return answer(NotFound())
    if error.code == 403:
        return answer(Forbidden())
    if error.code is None or error.code < 400:
        return error
    # Which methods are allowed, or when to come back.
    headers = {key: value for key, value in error.get_headers() if key in ("Allow", "Retry-After")}
    words = _WORDS.get(error.code, error.description or "")
    return _as_asked(error.code, "http_error", words, "error_page", headers)
