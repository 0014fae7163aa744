"""What every answer carries: security headers, caching, cookies."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.integration.cast import Cast
from tests.integration.test_routes import ROWS, SAFE, Row, address, form, name
from tests.support import factories

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
#: what may be kept by a cache, and how; everything else is made for one viewer
KEPT = {
    "media.picture": "public, max-age=31536000, immutable",
    "static": "public, max-age=3600",
}
#: the answers of machines hold nothing of a viewer either, and are not kept
ONE_OF_EACH = list({(row[0], row[1]): row for row in ROWS if "{nobodys}" not in row[2]}.values())


def secured(answer: Any) -> None:
    """The headers that no answer may lack."""
    headers = answer.headers
    assert {key: headers.get(key) for key in ALWAYS} == ALWAYS
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy == POLICY
    assert len(headers.getlist("Content-Security-Policy")) == 1
    assert "X-XSS-Protection" not in headers
    assert "Server" not in headers or "Python" not in headers["Server"]
    varies = {v.strip() for line in headers.getlist("Vary") for v in line.split(",")}
    assert {"HX-Request", "HX-Request-Type"} <= varies
    assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])


@pytest.mark.parametrize("row", [row for row in ONE_OF_EACH if row[1] in SAFE], ids=name)
def test_on_every_page(still_cast: Cast, row: Row) -> None:
    endpoint, method, path, expected = row
    for actor in ("anonymous", "owner", "holder", "moderator"):
        answer = still_cast.browser(actor).open(
            address(still_cast, path), method=method, buffered=True
        )
        secured(answer)
        good = answer.status_code == 200
        kept = KEPT.get(endpoint, "no-store") if good else "no-store"
        assert answer.headers["Cache-Control"] == kept, (actor, answer.status_code)
        assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("row", [row for row in ONE_OF_EACH if row[1] not in SAFE], ids=name)
def test_on_every_answer_to_a_form(still_cast: Cast, row: Row) -> None:
    """Without its token, so that nothing changes; refusals by extensions carry them too."""
    endpoint, method, path, _expected = row
    browser = still_cast.browser("owner")
    for token in (False, True):
        browser.csrf = token
        other = still_cast.browser("anonymous") if token else browser
        answer = other.open(
            address(still_cast, path), method=method, data=form(still_cast, endpoint, "anonymous")
        )
        secured(answer)
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers", [{}, {"Accept": "application/json"}, {"HX-Request-Type": "partial"}]
)
def test_on_errors(client: FlaskClient, headers: dict[str, str]) -> None:
    for answer in (
        client.get("/no-such-page", headers=headers),
        client.post("/terms", headers=headers),
        client.get("/chats", headers=headers),
        client.get("/static/none.css", headers=headers),
        client.post("/theme", data={"x": "y" * 70_000}, headers=headers),
    ):
        assert answer.status_code >= 302
        secured(answer)
        assert answer.headers["Cache-Control"] == "no-store"


def test_built_files_are_kept_for_ever(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their names hold their content's hash."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "app-NEW.css").write_text("body {}")
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    browser = app.test_client()
    answer = browser.get("/static/dist/app-NEW.css", buffered=True)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    secured(answer)
    unchanged = browser.get(
        "/static/dist/app-NEW.css", headers={"If-None-Match": answer.headers["ETag"]}, buffered=True
    )
    assert unchanged.status_code == 304
    assert "immutable" in unchanged.headers["Cache-Control"]
    gone = browser.get("/static/dist/app-OLD.css")
    assert (gone.status_code, gone.headers["Cache-Control"]) == (404, "no-store")


def test_no_page_says_what_the_policy_forbids(still_cast: Cast) -> None:
    """Scripts, styles and handlers inside a page would be blocked; so there are none."""
    pages = {
        "anonymous": ["/", "/discover", "/get-started", "/login", "/op-login", "/how-it-works"],
        "owner": ["/chats", "/me", f"/chat/{still_cast.chat}"],
        "holder": ["/operator/waiting", f"/operator/chat/{still_cast.chat}"],
        "admin": ["/admin/dashboard"],
    }
    for actor, paths in pages.items():
        browser = still_cast.browser(actor)
        for path in paths:
            page = browser.get(path).get_data(as_text=True)
            assert not re.search(
                r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page
            )
            assert not re.search(r'(?:src|href)="https?://', page)


def test_cookies_in_development(app: Flask) -> None:
    factories.sign_up(username="Cookie_1")
    browser: Any = app.test_client()
    cookie = browser.sign_in("cookie_1", factories.PASSWORD).headers["Set-Cookie"]
    assert cookie.startswith("fantooo=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Expires="):
        assert part in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize("path", ["/suspended", "/terms", "/privacy", "/nowhere"])
def test_pages_say_where_to_write_to(make_app: Callable[..., Flask], path: str) -> None:
    browser = make_app(support_email="help@fantooo.example").test_client()
    page = browser.get(path).get_data(as_text=True)
    main, footer = page.split("<main")[1].split("</main>")
    assert '<a href="mailto:help@fantooo.example">help@fantooo.example</a>' in main
    assert '<a href="mailto:help@fantooo.example">Write to us</a>' in footer


@pytest.fixture
def production(make_app: Callable[..., Flask]) -> Flask:
    return make_app(
        fantooo_env="production",
        app_url="https://fantooo.example",
        field_keys="k" * 44,
        paystack_secret_key="sk_live_" + "k" * 40,
        payment_mail_domain="pay.fantooo.example",
        mail_url="smtps://mail.fantooo.example",
        mail_from="no-reply@fantooo.example",
        support_email="help@fantooo.example",
    )


def test_production_asks_for_tls(production: Flask) -> None:
    browser: Any = production.test_client()
    for path in ("/", "/no-such-page", "/health", "/static/js/app.js"):
        answer = browser.get(path, base_url="https://fantooo.example", buffered=True)
        secured(answer)
        assert answer.headers["Strict-Transport-Security"] == (
            "max-age=63072000; includeSubDomains; preload"
        )


def test_the_cookie_of_production(production: Flask) -> None:
    with production.app_context():
        user, staff = factories.sign_up(username="Cookie_2"), factories.operator()
        assert user
        email = _email(staff)
    here = {
        "base_url": "https://fantooo.example",
        "headers": {"Referer": "https://fantooo.example/"},
    }
    for path, given, kept in (
        ("/login", {"username": "cookie_2"}, True),
        ("/op-login", {"email": email}, False),
    ):
        browser: Any = production.test_client()
        page = browser.get(path, **here).get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        browser.csrf = False
        data = {**given, "password": factories.PASSWORD, "csrf_token": token[1]}
        answer = browser.post(path, data=data, **here)
        assert answer.status_code == 303
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-fantooo=")
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie, "a __Host- cookie has none"
        assert ("Expires=" in cookie) == kept, "staff sessions end with the browser"


def _email(viewer: Any) -> str:
    from fantooo.infra.unit_of_work import unit_of_work
    from fantooo.models import Operator

    with unit_of_work(as_system=True) as work:
        return work.session.get_one(Operator, viewer.account_id).email


def test_metrics_are_for_whoever_has_the_token(make_app: Callable[..., Flask]) -> None:
    app = make_app(metrics_token="the-token")
    browser = app.test_client()
    outside = {"environ_base": {"REMOTE_ADDR": "203.0.113.5"}}
    assert browser.get("/metrics", **outside).status_code == 404
    wrong = browser.get("/metrics", headers={"Authorization": "Bearer guess"}, **outside)
    assert wrong.status_code == 404
    right = browser.get("/metrics", headers={"Authorization": "Bearer the-token"}, **outside)
    assert right.status_code == 200
    assert "fantooo_requests_total" in right.get_data(as_text=True)
    assert browser.get("/metrics").status_code == 200, "in development loopback is enough"


def test_metrics_of_production_need_the_token_even_from_here(production: Flask) -> None:
    assert production.test_client().get("/metrics", base_url="https://x").status_code == 404


def test_the_theme_is_a_plain_cookie(client: FlaskClient) -> None:
    answer = client.post("/theme", data={"theme": "dark", "next": "/terms"})
    assert answer.headers["Location"] == "/terms"
    assert 'data-theme="dark"' in client.get("/terms").get_data(as_text=True)
    client.post("/theme", data={"theme": '"><script>'})
    assert 'data-theme="dark"' in client.get("/terms").get_data(as_text=True)
