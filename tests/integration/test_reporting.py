"""What Sentry would be told of an error: enough to find it, and not a word of anybody's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sentry_sdk
from flask import Flask, g

from fantooo.infra import reporting
from fantooo.services import schedule

SECRET = "Zanzibar"
Told = tuple[Flask, list[dict[str, Any]]]


class _Kept(sentry_sdk.Transport):
    """Keeps what would be sent."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        super().__init__()
        self.events = events

    def capture_envelope(self, envelope: Any) -> None:
        self.events.extend(i.payload.json for i in envelope.items if i.type == "event")


@pytest.fixture
def told(make_app: Callable[..., Flask]) -> Iterator[Told]:
    """An application that reports, and what it would have sent."""
    events: list[dict[str, Any]] = []
    app = make_app(sentry_dsn="https://key@sentry.test/1", release="1.2.3")
    sentry_sdk.get_client().transport = _Kept(events)
    yield app, events
    sentry_sdk.get_global_scope().set_client(None)


def test_no_word_leaves_the_house(told: Told) -> None:
    app, events = told
    with app.test_request_context(
        f"/fails?q={SECRET}",
        method="POST",
        data={"content": SECRET},
        headers={
            "Authorization": f"Bearer {SECRET}",
            "Cookie": f"x={SECRET}",
            "X-Forwarded-For": SECRET,
        },
    ):
        g.request_id = "abc123"
        try:
            raise RuntimeError(f"cannot take {SECRET}")
        except RuntimeError as error:
            reporting.report(error)
    (event,) = events
    assert SECRET not in str(event)
    assert event["tags"]["request_id"] == "abc123"
    assert (event["environment"], event["release"]) == ("test", "1.2.3")
    (exception,) = event["exception"]["values"]
    assert exception["type"] == "RuntimeError"
    assert exception["stacktrace"]["frames"], "where it was"


def test_a_link_that_proves_an_address_is_not_told(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, events = told

    def fails(token: str) -> str:
        raise RuntimeError(token)

    monkeypatch.setitem(app.view_functions, "people.verify_email", fails)
    assert app.test_client().get(f"/verify-email/{SECRET}").status_code == 500
    assert SECRET not in str(events)
    assert events[0]["request"]["url"].endswith("/verify-email/...")


def test_a_page_that_fails_is_told_and_one_that_refuses_is_not(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, events = told
    client = app.test_client()
    assert client.get("/nowhere").status_code == 404
    assert events == []

    def fails() -> str:
        raise RuntimeError(SECRET)

    monkeypatch.setitem(app.view_functions, "public.landing", fails)
    assert client.get("/").status_code == 500
    assert [each["exception"]["values"][-1]["type"] for each in events] == ["RuntimeError"]


def test_a_failed_job_is_told(told: Told) -> None:
    app, events = told

    def fail() -> int:
        raise ValueError(SECRET)

    with app.app_context(), pytest.raises(ValueError, match=SECRET):
        schedule.run("totals", "2026-11-24T11:00:00+00:00", fail)
    assert [each["exception"]["values"][-1]["type"] for each in events] == ["ValueError"]
    assert SECRET not in str(events)


def test_without_an_address_nothing_is_told(make_app: Callable[..., Flask]) -> None:
    make_app()
    assert not sentry_sdk.get_client().is_active()
