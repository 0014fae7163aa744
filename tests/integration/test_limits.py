"""Each rate limit proven once, at a small number: what is counted together, and what is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fantooo.infra.database import acting_as
from fantooo.queries import chats as chat_queries
from fantooo.services import chats
from tests.support import factories
from tests.support.factories import PASSWORD

JSON = {"Accept": "application/json"}


@pytest.fixture
def limited(make_app: Callable[..., Flask]) -> Iterator[Callable[..., Flask]]:
    """Makes an application with one limit set to two a minute."""
    contexts = []

    def make(name: str, **changes: str) -> Flask:
        app = make_app(**{name: "2 per minute", **changes})
        _forget(app)
        contexts.append(app.app_context())
        contexts[-1].push()
        return app

    yield make
    for context in reversed(contexts):
        context.pop()


def _forget(app: Flask) -> None:
    app.extensions["fantooo_redis"].flushdb()


def statuses(ask: Callable[[int], Any], count: int) -> list[int]:
    return [ask(number).status_code for number in range(count)]


def refused(answer: Any) -> None:
    """429 says when to come back, in words and as a header."""
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Too many requests" in answer.get_data(as_text=True)


def test_when_to_come_back_is_when_there_is_room_again(make_app: Callable[..., Flask]) -> None:
    app = make_app(limit_places="1 per hour")
    with app.app_context():
        browser = app.test_client()
        assert browser.get("/places?q=nai").status_code == 200
        redis = app.extensions["fantooo_redis"]
        (key,) = [key for key in redis.keys("*") if redis.ttl(key) > 3000]
        redis.expire(key, 40)
        answer = browser.get("/places?q=nair")
        assert answer.status_code == 429
        assert 30 < int(answer.headers["Retry-After"]) <= 42


def from_address(address: str) -> dict[str, Any]:
    return {"environ_base": {"REMOTE_ADDR": address}}


def login(browser: FlaskClient, name: str, address: str = "198.51.100.1", **headers: str) -> Any:
    return browser.post(
        "/login",
        data={"username": name, "password": "not the password"},
        headers=headers,
        **from_address(address),
    )


def test_messages_of_an_account(limited: Callable[..., Flask]) -> None:
    app = limited("limit_messages")
    people = [factories.user(), factories.user()]
    character = factories.character()
    asked = []
    for viewer in people:
        chat_id = factories.open_chat(viewer, character)
        with acting_as(viewer):
            chats.save_draft(chat_id, viewer.account_id, "half a thought")  # type: ignore[arg-type]
        browser = app.test_client().become(viewer)  # type: ignore[attr-defined]

        def send(_number: int, browser: Any = browser, chat_id: Any = chat_id) -> Any:
            quote = re.search(
                r'name="quote" value="([^"]+)"', browser.get(f"/chat/{chat_id}").get_data(True)
            )
            assert quote
            form = {"client_id": str(uuid4()), "content": "hi", "quote": quote[1]}
            return browser.post(f"/chat/{chat_id}/messages", data=form, headers=JSON)

        asked.append((viewer, chat_id, send))
    (anna, chat_id, send), (_ben, _chat, bens_send) = asked
    assert statuses(send, 2) == [200, 200]
    with acting_as(anna):
        chats.save_draft(chat_id, anna.account_id, "the third one")  # type: ignore[arg-type]
    answer = send(0)
    refused(answer)
    assert answer.get_json()["error"]["retry_after"] > 0
    with acting_as(anna):
        assert chat_queries.beside(chat_id, anna.account_id).draft == "the third one"  # type: ignore[arg-type]
        assert chat_queries.get_chat(chat_id).message_count == 2
    assert statuses(bens_send, 2) == [200, 200], "the same address, another account"


def test_replies_of_an_operator(limited: Callable[..., Flask]) -> None:
    app = limited("limit_messages")
    user, operator = factories.user(), factories.operator(available=True)
    chat_id = factories.open_chat(user)
    factories.send(user, chat_id)
    desk = app.test_client().become(operator)  # type: ignore[attr-defined]

    def reply(_number: int) -> Any:
        form = {
            "client_id": str(uuid4()),
            "content": "hi",
            "assignment_number": "1",
            "seen_seq": "9",
        }
        return desk.post(f"/operator/chat/{chat_id}/messages", data=form, headers=JSON)

    assert statuses(reply, 3) == [200, 200, 429]


def test_sign_ins_to_one_account(limited: Callable[..., Flask]) -> None:
    app = limited("limit_sign_in")
    factories.sign_up(username="Anna_1")
    factories.sign_up(username="Ben_1")
    browser = app.test_client()
    assert statuses(lambda n: login(browser, "anna_1"), 2) == [401, 401]
    answer = login(browser, "ANNA_1 ", "203.0.113.77")
    refused(answer)
    assert login(browser, "ben_1").status_code == 401, "other accounts of a shared address go on"
    right = browser.post("/login", data={"username": "anna_1", "password": PASSWORD})
    assert right.status_code == 429, "guessing does not become cheaper by being right"
    for path in ("/op-login", "/admin-login"):
        form = {"email": "a@b.test", "password": "x"}
        got = statuses(lambda n, p=path, f=form: browser.post(p, data=f), 3)  # type: ignore[misc]
        assert got == [401, 401, 429]
    assert browser.get("/login").status_code == 200, "looking is not signing in"


def test_sign_ins_from_one_address(limited: Callable[..., Flask]) -> None:
    app = limited("limit_sign_in_address")
    browser = app.test_client()
    assert statuses(lambda n: login(browser, f"name_{n}"), 3) == [401, 401, 429]
    assert login(browser, "name_9", "198.51.100.2").status_code == 401


def test_sign_ups_from_one_address(limited: Callable[..., Flask]) -> None:
    app = limited("limit_sign_up_address")

    def sign_up(number: int, address: str = "198.51.100.1") -> Any:
        form = {
            "step": "3", "username": factories.unique("u"), "location": "Nairobi", "gender": "male",
            "age": "30", "looking_for": "both", "password": PASSWORD, "confirmPassword": PASSWORD,
            "consent": "yes",
        }  # fmt: skip
        return app.test_client().post("/get-started", data=form, **from_address(address))

    assert statuses(sign_up, 2) == [303, 303]
    refused(sign_up(0))
    assert sign_up(0, "198.51.100.2").status_code == 303
    browser = app.test_client()
    steps = statuses(
        lambda n: browser.post(
            "/get-started", data={"step": "1", "username": "abc_x"}, **from_address("198.51.100.1")
        ),
        4,
    )
    assert steps == [200] * 4, "walking through the steps costs nothing"


def test_name_checks(limited: Callable[..., Flask]) -> None:
    app = limited("limit_name_check")
    browser = app.test_client()
    assert statuses(lambda n: browser.get("/get-started/name?username=abc"), 3) == [200, 200, 429]


def test_set_up(limited: Callable[..., Flask]) -> None:
    app = limited("limit_sign_in", admin_setup_token="right")
    browser = app.test_client()
    form = {"token": "guess", "name": "Eve", "email": "e@x.test", "password": PASSWORD,
            "confirmPassword": PASSWORD}  # fmt: skip
    assert statuses(lambda n: browser.post("/setup", data=form), 3) == [400, 400, 429]


def test_a_forged_address_is_ignored(limited: Callable[..., Flask]) -> None:
    app = limited("limit_sign_in_address")
    browser = app.test_client()
    forged = statuses(
        lambda n: login(browser, f"name_{n}", **{"X-Forwarded-For": f"192.0.2.{n}"}), 3
    )
    assert forged == [401, 401, 429]


def test_our_own_proxy_speaks_for_others(limited: Callable[..., Flask]) -> None:
    app = limited("limit_sign_in_address", trusted_proxies="198.51.100.0/24")
    browser = app.test_client()

    def ask(number: int, client: str) -> Any:
        return login(browser, f"name_{client[-1]}_{number}", **{"X-Forwarded-For": client})

    assert statuses(lambda n: ask(n, "192.0.2.1"), 3) == [401, 401, 429]
    assert statuses(lambda n: ask(n, "192.0.2.2"), 2) == [401, 401]
    # What the client itself put in front of the proxy's word counts for nothing.
    assert ask(7, "6.6.6.6, 192.0.2.1").status_code == 429


def test_the_numbers_of_the_product(app: Flask) -> None:
    from fantooo.config import Settings

    shipped = Settings(fantooo_env="test")
    assert {
        name: str(value) for name, value in shipped.model_dump().items() if "limit_" in name
    } == {
        "limit_messages": "60 per minute",
        "limit_messages_address": "1200 per minute",
        "limit_purchases": "10 per minute",
        "limit_promo_codes": "10 per minute; 60 per day",
        "limit_phone_prompts": "3 per minute; 20 per day",
        "limit_sign_in": "5 per minute",
        "limit_sign_in_address": "60 per minute",
        "limit_name_check": "300 per minute",
        "limit_sign_up_address": "20 per minute",
        "limit_places": "600 per minute",
        "limit_own_page": "60 per minute",
        "limit_photos": "20 per minute; 100 per day",
    }


def test_towns_asked_from_one_address(limited: Callable[..., Flask]) -> None:
    app = limited("limit_places")
    browser = app.test_client()

    def ask(_number: int) -> Any:
        return browser.get("/places?q=nai", **from_address("198.51.100.1"))

    assert statuses(ask, 2) == [200, 200]
    refused(ask(0))
    assert browser.get("/places?q=nai", **from_address("198.51.100.2")).status_code == 200


def test_changes_of_ones_own_page(limited: Callable[..., Flask]) -> None:
    app = limited("limit_own_page")
    anna, ben = (app.test_client().become(factories.user()) for _ in range(2))  # type: ignore[attr-defined]
    for path in ("profile", "language", "notifications", "privacy", "sessions/end-others"):
        got = statuses(lambda n, p=path: anna.post(f"/me/{p}", data={}), 3)  # type: ignore[misc]
        assert got[2] == 429, path
        assert 429 not in got[:2]
    assert ben.post("/me/language", data={"language": "sw"}).status_code == 303
    assert anna.get("/me").status_code == 200, "looking is not changing"


def test_photos_sent(limited: Callable[..., Flask]) -> None:
    app = limited("limit_photos")
    anna, ben = (app.test_client().become(factories.user()) for _ in range(2))  # type: ignore[attr-defined]
    assert statuses(lambda _n: anna.post("/me/photos"), 3) == [400, 400, 429]
    assert ben.post("/me/photos").status_code == 400


def test_guesses_of_the_present_password(limited: Callable[..., Flask]) -> None:
    """Together, whatever asks for it; and being right does not make the next guess free."""
    app = limited("limit_sign_in")
    viewer = factories.user()
    anna, again = (app.test_client().become(viewer) for _ in range(2))  # type: ignore[attr-defined]
    assert anna.post("/me/password", data={"present": "a guess"}).status_code == 400
    wrong = {"email": "a@b.test", "email_password": "a guess"}
    assert again.post("/me/email", data=wrong).status_code == 400
    refused(anna.post("/me/password", data={"present": PASSWORD}))
    refused(again.post("/me/email", data={"email": "a@b.test", "email_password": PASSWORD}))


def test_promo_codes_of_an_account(limited: Callable[..., Flask]) -> None:
    """Asked about or paid with, codes are counted together; who has none is not counted."""
    app = limited("limit_promo_codes")
    anna, ben = (app.test_client().become(factories.user()) for _ in range(2))  # type: ignore[attr-defined]
    asked = ("/credits/promo", "/credits/buy", "/credits/promo")

    def guess(number: int, browser: Any = anna) -> Any:
        return browser.post(asked[number], data={"promo_code": f"GUESS{number}"})

    assert statuses(guess, 3) == [400, 400, 429]
    refused(guess(1))
    assert anna.post("/credits/promo", data={"promo_code": " "}).status_code == 200
    assert anna.post("/credits/buy", data={}).status_code == 400
    assert statuses(lambda number: guess(number, ben), 2) == [400, 400]


def test_prompts_to_one_phone(limited: Callable[..., Flask]) -> None:
    """Whoever asks, and however the number is written: it may be somebody else's."""
    app = limited("limit_phone_prompts")
    anna, ben = (app.test_client().become(factories.user()) for _ in range(2))  # type: ignore[attr-defined]

    def ask(browser: Any, phone: str, channel: str = "mpesa") -> int:
        return int(
            browser.post("/credits/buy", data={"channel": channel, "phone": phone}).status_code
        )

    assert [ask(anna, "0712 345 678"), ask(ben, "+254712345678"), ask(ben, "0712345678")] == [
        400,
        400,
        429,
    ]
    assert ask(ben, "0712345678", "checkout") == 400
    assert ask(ben, "0712345679") == 400
    assert ask(ben, "0712345678²٠१") == 429, "signs that are no digits of a number change nothing"
    assert [ask(ben, "") for _ in range(3)] == [400] * 3, "a forgotten number is everybody's"
