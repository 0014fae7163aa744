"""Messages over the open socket: the same rules, answers and lines in the log as by the form."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from fantooo.domain.viewer import Viewer
from fantooo.extensions import db
from fantooo.infra.database import identity
from fantooo.web import admission, errors as error_pages
from tests.conftest import Clock
from tests.integration.cast import Cast
from tests.integration.test_routes import _message, _reply
from tests.support import factories
from tests.support.pace import within

JSON = {"Accept": "application/json"}
Fields = dict[str, object]


@pytest.fixture(autouse=True)
def afternoon(clock: Clock) -> None:
    """14:00 in Nairobi, so that prices are plain."""
    clock.set(datetime(2026, 11, 24, 11, tzinfo=UTC))


def over_socket(app: Flask, viewer: Viewer, chat_id: UUID, fields: Fields) -> dict[str, Any]:
    """What the page is answered; as the socket's endpoint asks for it."""
    with app.test_request_context("/ws"), identity(viewer), app.app_context():
        said = {key: str(value) for key, value in fields.items()}
        answer = app.extensions["fantooo_take_message"](chat_id, said, lambda: None)
    return json.loads(json.dumps(answer))  # type: ignore[no-any-return]


def by_form(cast: Cast, actor: str, chat_id: UUID, fields: Fields) -> Any:
    side = "/operator/chat" if actor in ("holder", "operator") else "/chat"
    return cast.browser(actor).post(f"{side}/{chat_id}/messages", data=fields, headers=JSON)


def told(body: Any) -> Any:
    """A body without what differs each time: the number of the request, and the signed price."""
    error = dict(body["error"])
    assert error.pop("request_id")
    if "composer" in error:
        assert 'name="quote"' in error.pop("composer")
    return error


def _users(cast: Cast, **changes: object) -> Fields:
    return {**_message(cast, cast.world.anna), **changes}


def _frozen(cast: Cast) -> Fields:
    cast.connection.execute("UPDATE chats SET is_frozen = true WHERE id = %s", (cast.chat,))
    return _users(cast)


def _poor(cast: Cast) -> Fields:
    factories.set_setting("price_text", 2)
    assert cast.world.anna.account_id
    factories.set_credits(cast.world.anna.account_id, 1)
    return _users(cast)


def _dearer(cast: Cast) -> Fields:
    fields = _users(cast)
    factories.set_setting("price_text", 4)
    return fields


def _in_maintenance(cast: Cast) -> Fields:
    fields = _users(cast)
    factories.set_setting("maintenance_mode", True)
    return fields


#: who sends, what, and the status of the answer
REFUSED: dict[str, tuple[str, Callable[[Cast], Fields], int]] = {
    "nothing written": ("owner", lambda cast: _users(cast, content=" \n "), 400),
    "too long": ("owner", lambda cast: _users(cast, content="x" * 1001), 400),
    "a price made up": ("owner", lambda cast: _users(cast, quote="made up"), 400),
    "no client id": ("owner", lambda cast: _users(cast, client_id="no"), 400),
    "a zero byte": ("owner", lambda cast: _users(cast, content="a\x00b"), 400),
    "without credits": ("owner", _poor, 402),
    "a price that rose": ("owner", _dearer, 409),
    "a frozen chat": ("owner", _frozen, 423),
    "maintenance": ("owner", _in_maintenance, 503),
    "somebody else's chat": ("other", lambda cast: _users(cast), 404),
    "what a character may not say": (
        "holder",
        lambda cast: {**_reply(cast), "content": "Call me on 0712 345 678"},
        422,
    ),
    "an old number": ("holder", lambda cast: {**_reply(cast), "assignment_number": 0}, 409),
    "no number": ("holder", lambda cast: {**_reply(cast), "assignment_number": "x"}, 400),
    "a chat one never held": ("operator", _reply, 404),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_the_form_s(cast: Cast, name: str) -> None:
    actor, prepare, status = REFUSED[name]
    fields = prepare(cast)
    form = by_form(cast, actor, cast.chat, fields)
    before = cast.state()
    answer = over_socket(cast.app, cast.people[actor], cast.chat, fields)
    assert (form.status_code, answer["status"]) == (status, status)
    assert told(answer["body"]) == told(form.get_json())
    assert answer["retry_after"] == int(form.headers.get("Retry-After", 0))
    assert cast.state() == before


def test_half_a_character_is_refused(cast: Cast) -> None:
    """JSON can carry one, a form cannot: it must not reach the database as a fault."""
    before = cast.state()
    for name in ("content", "quote", "client_id"):
        fields = _users(cast, **{name: "half \ud800"})
        answer = over_socket(cast.app, cast.world.anna, cast.chat, fields)
        assert answer["status"] == 400, name
        assert answer["body"]["error"]["message"] == "This input cannot be taken"
    assert cast.state() == before


def test_an_admin_writes_in_no_chat(cast: Cast) -> None:
    before = cast.state()
    noted = "SELECT count(*) FROM security_audit_log WHERE account_id = %s"
    admin = (cast.world.admin.account_id,)
    denied = cast.connection.execute(noted, admin).fetchone()
    answer = over_socket(cast.app, cast.world.admin, cast.chat, _users(cast))
    assert (answer["status"], answer["body"]["error"]["code"]) == (403, "forbidden")
    assert cast.state() == before
    assert denied and cast.connection.execute(noted, admin).fetchone() == (denied[0] + 1,)


def test_both_ways_with_one_id_are_one_message(cast: Cast) -> None:
    """Whichever comes first, the other gets its answer, and nothing is charged twice."""
    for first, then in (("form", "socket"), ("socket", "form")):
        fields = _users(cast, client_id=uuid4(), content=f"First by {first}")

        def say(way: str, fields: Fields = fields) -> dict[str, Any]:
            if way == "form":
                body: dict[str, Any] = by_form(cast, "owner", cast.chat, fields).get_json()
                return body
            answer = over_socket(cast.app, cast.world.anna, cast.chat, fields)
            assert (answer["status"], answer["retry_after"]) == (200, 0)
            return answer["body"]  # type: ignore[no-any-return]

        before = _counted(cast)
        one, two = say(first), say(then)
        assert f"First by {first}" in one["content"]
        for key in ("type", "chat", "seq", "client_id", "balance"):
            assert one[key] == two[key], key
        assert _counted(cast) == before + 1


def test_a_reply_says_who_waits_next(cast: Cast) -> None:
    fields = _reply(cast)
    answer = over_socket(cast.app, cast.world.olga, cast.chat, fields)
    assert answer["status"] == 200
    form = by_form(cast, "holder", cast.chat, fields).get_json()
    assert answer["body"] == form
    assert "next" in form


def test_the_limit_counts_both_ways(make_app: Callable[..., Flask]) -> None:
    app = make_app(limit_messages="2 per minute")
    app.extensions["fantooo_redis"].flushdb()
    with app.app_context():
        anna = factories.user()
        chat = factories.open_chat(anna)
        browser = app.test_client().become(anna)  # type: ignore[attr-defined]
        assert browser.post(f"/chat/{chat}/messages", data={}, headers=JSON).status_code == 400
        assert over_socket(app, anna, chat, {})["status"] == 400
        answer = over_socket(app, anna, chat, {})
        assert answer["status"] == 429
        assert 0 < answer["retry_after"] <= 60
        assert browser.post(f"/chat/{chat}/messages", data={}, headers=JSON).status_code == 429


def test_a_limit_of_two_parts_has_both(make_app: Callable[..., Flask]) -> None:
    app = make_app(limit_messages="100 per minute; 2 per day")
    app.extensions["fantooo_redis"].flushdb()
    with app.app_context():
        anna = factories.user()
        chat = factories.open_chat(anna)
        assert [over_socket(app, anna, chat, {})["status"] for _ in range(3)] == [400, 400, 429]


def test_a_reply_holds_nothing_while_it_is_sent(make_app: Callable[..., Flask]) -> None:
    """One connection is all there is: settings are read anew on the way, and must not keep it."""
    app = make_app(database_pool_size=1)
    with app.app_context():
        user, operator = factories.user(), factories.operator(available=True)
        chat = factories.open_chat(user)
        factories.send(user, chat)
        fields: Fields = {
            "client_id": uuid4(),
            "content": "hi",
            "assignment_number": 1,
            "seen_seq": 9,
        }
        db.session.remove()
        app.extensions.pop("fantooo_settings", None)
        began = time.monotonic()
        assert over_socket(app, operator, chat, fields)["status"] == 200
        assert time.monotonic() - began < within(5)


def test_without_redis_messages_go_uncounted(make_app: Callable[..., Flask]) -> None:
    app = make_app(redis_url="redis://127.0.0.1:1/0", limit_messages="1 per minute")
    with app.app_context():
        anna = factories.user()
        chat = factories.open_chat(anna)
        assert [over_socket(app, anna, chat, {})["status"] for _ in range(2)] == [400, 400]


def test_a_refusal_leaves_a_line_with_its_number(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    counter = error_pages.REFUSED.labels("validation_error")
    before = counter._value.get()
    with caplog.at_level("INFO"):
        answer = over_socket(cast.app, cast.world.anna, cast.chat, _users(cast, content=""))
    number = answer["body"]["error"]["request_id"]
    lines = [record.getMessage() for record in caplog.records]
    (refused,) = [line for line in lines if "send_refused" in line]
    assert number in refused and "chat.send" in refused
    (answered,) = [line for line in lines if "SOCKET" in line]
    assert number in answered and "400" in answered
    assert counter._value.get() == before + 1


def test_what_nobody_foresaw_tells_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise ZeroDivisionError("secret-inner-words")

    monkeypatch.setattr("fantooo.services.messages.send", fail)
    answer = over_socket(cast.app, cast.world.anna, cast.chat, _users(cast))
    assert answer["status"] == 500
    assert "secret-inner-words" not in json.dumps(answer)
    assert "ZeroDivisionError: secret-inner-words" in caplog.text


def test_it_waits_for_a_place_like_everybody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "_PATIENCE_SECONDS", 0.01)
    places = cast.app.extensions["fantooo_places"]
    taken = 0
    while places.acquire(blocking=False):
        taken += 1
    try:
        answer = over_socket(cast.app, cast.world.anna, cast.chat, _users(cast))
        assert (answer["status"], answer["body"]["error"]["code"]) == (503, "service_unavailable")
    finally:
        for _ in range(taken):
            places.release()
    answer = over_socket(cast.app, cast.world.anna, cast.chat, _users(cast))
    assert answer["status"] == 200
    # Given back: as many as before.
    for _ in range(taken):
        assert places.acquire(blocking=False)
    for _ in range(taken):
        places.release()


def _counted(cast: Cast) -> int:
    row = cast.connection.execute(
        "SELECT count(*) FROM messages WHERE chat_id = %s", (cast.chat,)
    ).fetchone()
    assert row
    return int(row[0])
