"""Consent is asked for again when a text has changed, and recorded with its version."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from fantooo.domain import texts
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import Consent
from tests.support import factories

JSON = {"Accept": "application/json"}


@pytest.fixture
def anna(client: FlaskClient) -> FlaskClient:
    """Signed in, having agreed to everything there was."""
    factories.user(username="anna")
    client.sign_in("anna", factories.PASSWORD)
    return client


#: the terms' version that everybody here has agreed to
_PRESENT = texts.TEXT_VERSIONS["terms"][0]


@pytest.fixture
def changed(anna: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    assert anna.get("/chats").status_code == 200
    monkeypatch.setitem(texts.TEXT_VERSIONS, "terms", ("9.0", date(2027, 1, 1)))
    return anna


def test_a_changed_text_asks_again(changed: FlaskClient) -> None:
    answer = changed.get("/chats?from=mail")
    assert answer.status_code == 302
    assert answer.location == "/consent?next=/chats?from%3Dmail"
    page = changed.get(answer.location)
    assert page.status_code == 200
    assert "checked" not in page.get_data(as_text=True).partition('name="consent"')[2][:80]


def test_scripts_and_fragments_are_told(changed: FlaskClient) -> None:
    answer = changed.get("/chats", headers=JSON)
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "consent_needed")
    assert answer.headers["HX-Redirect"] == "/consent"
    fragment = changed.get("/chats", headers={"HX-Request-Type": "partial"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (403, "/consent")


def test_without_the_tick_nothing_is_recorded(app: Flask, changed: FlaskClient) -> None:
    answer = changed.post("/consent", data={"next": "/chats"})
    assert answer.status_code == 400
    assert "Please confirm that you understand" in answer.get_data(as_text=True)
    assert changed.get("/chats").status_code == 302


def test_agreeing_leads_on_and_is_recorded(app: Flask, changed: FlaskClient) -> None:
    answer = changed.post("/consent", data={"consent": "yes", "next": "/chats"})
    assert (answer.status_code, answer.location) == (303, "/chats")
    assert changed.get("/chats").status_code == 200
    with unit_of_work(as_system=True) as work:
        versions = work.session.scalars(
            select(Consent.text_version).where(Consent.text_name == "terms")
        ).all()
    assert sorted(versions) == [_PRESENT, "9.0"]


def test_it_never_leads_elsewhere(changed: FlaskClient) -> None:
    answer = changed.post("/consent", data={"consent": "yes", "next": "https://evil.example/"})
    assert answer.location == "/discover"


def test_reading_how_it_works_needs_no_consent(changed: FlaskClient) -> None:
    for path in ("/how-it-works", "/terms", "/privacy", "/discover"):
        assert changed.get(path).status_code == 200


def test_staff_are_not_asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.operator(email="olga@example.org")
    client = app.test_client()
    client.sign_in("olga@example.org", factories.PASSWORD, "/op-login")
    monkeypatch.setitem(texts.TEXT_VERSIONS, "terms", ("9.0", date(2027, 1, 1)))
    assert client.get("/operator/waiting").status_code == 200
