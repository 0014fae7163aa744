"""Errors as people and programs meet them: every named one in three shapes, and what is down."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, exc
from sqlalchemy.engine import Engine

from fantooo.domain import errors
from fantooo.domain.errors import FantoooError
from fantooo.extensions import db
from fantooo.infra.database import acting_as
from fantooo.services import accounts, messages
from fantooo.web import errors as error_pages
from tests.conftest import Clock
from tests.integration.cast import Cast
from tests.integration.test_routes import _message
from tests.support import factories
from tests.support.cluster import Place
from tests.unit.test_errors import TABLE

JSON = {"Accept": "application/json"}
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
#: where the page's button leads, by the table's action; else to the start
BUTTONS = {
    "discover": "/discover",
    "login": "/login",
    "purchase_dialog": "/credits",
    "retry": "/terms",
}
NOWHERE = "redis://127.0.0.1:1/0"
LOST = "We cannot reach our servers right now. Nothing was lost; please try again."


def made(name: str) -> FantoooError:
    given: dict[str, tuple[Any, ...]] = {
        "InsufficientCredits": (2, 1),
        "DeletionPending": (uuid4(), datetime(2027, 5, 1, tzinfo=UTC)),
        "SelfExcluded": (uuid4(), datetime(2027, 5, 1, tzinfo=UTC)),
    }
    error: FantoooError = getattr(errors, name)(*given.get(name, ()))
    return error


@pytest.fixture
def raising(app: Flask) -> Iterator[Callable[[Exception], FlaskClient]]:
    """A browser whose page /terms fails with the given error."""
    page = app.view_functions["public.terms"]

    def make(error: Exception) -> FlaskClient:
        def fail() -> None:
            raise error

        app.view_functions["public.terms"] = fail
        return app.test_client()

    yield make
    app.view_functions["public.terms"] = page


def text(answer: Any) -> str:
    return answer.get_data(as_text=True).replace("&#39;", "'")  # type: ignore[no-any-return]


ROWS = [row for row in TABLE if row[0] != "Unauthorized"]


#: these lead to a page of their own instead
PAGES = [row for row in ROWS if row[0] != "ConsentNeeded"]


@pytest.mark.parametrize(("name", "status", "words", "action"), PAGES)
def test_as_a_page(
    raising: Callable[..., FlaskClient], name: str, status: int, words: str, action: str
) -> None:
    answer = raising(made(name)).get("/terms")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    page = text(answer)
    assert f"<h1>{words}</h1>" in page
    button = re.search(r'<a class="btn[^"]*" href="([^"]*)"[^>]*>', page[page.index("<h1>") :])
    assert button
    # In maintenance, and after what nobody foresaw, one tries again where one was.
    again = name == "Maintenance" or status == 500
    assert button[1] == ("/terms" if again else BUTTONS.get(action, "/"))
    assert answer.headers["X-Request-Id"] in page


@pytest.mark.parametrize(("name", "status", "words", "action"), ROWS)
def test_as_a_fragment(
    raising: Callable[..., FlaskClient], name: str, status: int, words: str, action: str
) -> None:
    answer = raising(made(name)).get("/terms", headers=FRAGMENT)
    assert answer.status_code == status
    code = getattr(errors, name).look.code
    assert text(answer) == f'<p class="form-error" role="alert" data-code="{code}">{words}</p>'


@pytest.mark.parametrize(("name", "status", "words", "action"), ROWS)
def test_as_json(
    raising: Callable[..., FlaskClient], name: str, status: int, words: str, action: str
) -> None:
    answer = raising(made(name)).get("/terms", headers=JSON)
    assert answer.status_code == status
    body = answer.get_json()["error"]
    assert (body["message"], body["action"]) == (words, action)
    assert body["code"] == getattr(errors, name).look.code
    assert body["request_id"] == answer.headers["X-Request-Id"] != ""


def test_nobody_signed_in(raising: Callable[..., FlaskClient]) -> None:
    """The one error whose page is another page; test_routes asks every route for it."""
    browser = raising(errors.Unauthorized())
    assert browser.get("/terms").headers["Location"] == "/login?next=%2Fterms"
    body = browser.get("/terms", headers=JSON).get_json()["error"]
    assert (body["code"], body["action"]) == ("unauthorized", "login")
    assert body["request_id"]
    assert "Please log in to continue" in text(browser.get("/terms", headers=FRAGMENT))


def test_fields_are_named(raising: Callable[..., FlaskClient]) -> None:
    error = errors.ValidationError({"age": "Must be 18 or older"})
    body = raising(error).get("/terms", headers=JSON).get_json()["error"]
    assert body["fields"] == {"age": "Must be 18 or older"}
    assert body["message"] == "Must be 18 or older"


def test_when_to_come_back(raising: Callable[..., FlaskClient]) -> None:
    browser = raising(errors.TooManyRequests(retry_after=42))
    for headers in ({}, FRAGMENT, JSON):
        answer = browser.get("/terms", headers=headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "42")


@pytest.mark.parametrize(
    "error", [errors.ServiceUnavailable(), errors.DatabaseError(), RuntimeError("a bug")], ids=repr
)
def test_a_page_that_failed_can_be_asked_for_again(
    raising: Callable[..., FlaskClient], error: Exception
) -> None:
    browser = raising(error)
    assert '<a class="btn passion md" href="/terms?from=here"' in text(
        browser.get("/terms?from=here")
    )
    # A form is not sent again by a link.
    assert "Try again" not in text(browser.post("/terms?from=here"))


def test_asking_again_leads_nowhere_else(app: Flask) -> None:
    elsewhere = {"PATH_INFO": "//elsewhere.example/terms"}
    with app.test_request_context(environ_overrides=elsewhere):
        page, status, _headers = error_pages.answer(errors.ServiceUnavailable())  # type: ignore[misc]
    assert status == 503
    assert "//elsewhere" not in str(page)


@pytest.mark.parametrize("headers", [{}, FRAGMENT, JSON], ids=["page", "fragment", "json"])
def test_the_unexpected_tells_nothing_of_the_inside(
    raising: Callable[..., FlaskClient], headers: dict[str, str]
) -> None:
    answer = raising(ZeroDivisionError("secret-inner-words")).get("/terms", headers=headers)
    assert answer.status_code == 500
    told = text(answer)
    assert "An unexpected error occurred. Please try again." in told
    for inside in ("secret-inner-words", "Traceback", "ZeroDivisionError", ".py"):
        assert inside not in told
    assert answer.headers["X-Request-Id"]


def test_the_unexpected_is_logged_with_its_request_id(
    raising: Callable[..., FlaskClient], caplog: pytest.LogCaptureFixture
) -> None:
    answer = raising(ZeroDivisionError("inner words")).get("/terms")
    logged = caplog.text
    assert "ZeroDivisionError: inner words" in logged
    assert answer.headers["X-Request-Id"] in logged


@pytest.mark.parametrize("path", ["/no-such-page", "/chat/not-a-uuid", "/static/none.css", "/%00"])
def test_no_such_page(client: FlaskClient, path: str) -> None:
    assert "We could not find that page" in text(client.get(path))
    answer = client.get(path, headers=JSON)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("headers", [{}, FRAGMENT, JSON], ids=["page", "fragment", "json"])
def test_the_wrong_method_and_too_much(client: FlaskClient, headers: dict[str, str]) -> None:
    """What the framework refuses looks like what we refuse."""
    answer = client.post("/terms", headers=headers)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    large = client.post("/theme", data={"theme": "x" * 70_000}, headers=headers)
    assert large.status_code == 413
    for refused, words in (
        (answer, "This address cannot be opened like that"),
        (large, "That is more than can be taken here"),
    ):
        assert words in text(refused), "in words of our own"
        assert "URL" not in text(refused) and "capacity" not in text(refused)
        if headers is JSON:
            assert refused.get_json()["error"]["request_id"] == refused.headers["X-Request-Id"]
        else:
            assert ("<html" in text(refused)) == (headers is not FRAGMENT)


# Sending: the errors a conversation meets by itself


@pytest.fixture
def afternoon(clock: Clock) -> None:
    """14:00 in Nairobi, so that prices are plain."""
    clock.set(datetime(2026, 11, 24, 11, tzinfo=UTC))


def send(cast: Cast, browser: FlaskClient | None = None, **changes: object) -> Any:
    form = {**_message(cast, cast.world.anna), **changes}
    browser = browser or cast.browser("owner")
    return browser.post(f"/chat/{cast.chat}/messages", data=form, headers=JSON)


def test_without_credits(afternoon: None, cast: Cast) -> None:
    factories.set_setting("price_text", 2)
    assert cast.world.anna.account_id
    factories.set_credits(cast.world.anna.account_id, 1)
    answer = send(cast)
    assert answer.status_code == 402
    body = answer.get_json()["error"]
    assert body["message"] == "You need more credits to send this message"
    assert body["explanation"] == "Need 2 credits, have 1"
    assert (body["required"], body["available"], body["action"]) == (2, 1, "purchase_dialog")


def test_a_price_that_rose(afternoon: None, cast: Cast) -> None:
    form = _message(cast, cast.world.anna)
    factories.set_setting("price_text", 4)
    answer = cast.browser("owner").post(f"/chat/{cast.chat}/messages", data=form, headers=JSON)
    body = answer.get_json()["error"]
    assert (answer.status_code, body["code"], body["price"]) == (409, "price_changed", 4)
    assert 'id="composer-price"' in body["composer"]
    fresh = re.search(r'name="quote" value="([^"]+)"', body["composer"])
    assert fresh
    again = {**form, "quote": fresh[1]}
    sent = cast.browser("owner").post(f"/chat/{cast.chat}/messages", data=again, headers=JSON)
    assert sent.status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"content": " \n "}, "content"), ({"content": "x" * 1001}, "content"),
     ({"quote": "made up"}, "quote"), ({"client_id": "no"}, "client_id")],
)  # fmt: skip
def test_a_form_that_cannot_be_taken(cast: Cast, changes: dict[str, object], field: str) -> None:
    browser = cast.browser("owner")
    before = cast.state()
    answer = send(cast, browser, **changes)
    assert answer.status_code == 400
    assert list(answer.get_json()["error"]["fields"]) == [field]
    assert cast.state() == before


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [("chats", "is_frozen = true", "being reviewed"),
     ("fictional_users", "is_active = false", "not available any more")],
)  # fmt: skip
def test_sending_is_paused(cast: Cast, table: str, column: str, words: str) -> None:
    row = cast.chat if table == "chats" else cast.world.published
    cast.connection.execute(f"UPDATE {table} SET {column} WHERE id = %s", (row,))  # type: ignore[arg-type]
    browser = cast.browser("owner")
    before = cast.state()
    answer = send(cast, browser)
    assert answer.status_code == 423
    said = answer.get_json()["error"]["message"]
    assert words in said
    assert cast.state() == before
    page = browser.get(f"/chat/{cast.chat}")
    assert page.status_code == 200, "reading stays possible"
    assert said in text(page), "the page says beforehand what a send is refused with"


def test_refusals_leave_one_line_and_a_count(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    counter = error_pages.REFUSED.labels("validation_error")
    before = counter._value.get()
    with caplog.at_level("INFO"):
        answer = send(cast, content="")
    lines = [
        record.getMessage() for record in caplog.records if "send_refused" in record.getMessage()
    ]
    assert len(lines) == 1
    assert "validation_error" in lines[0]
    assert answer.headers["X-Request-Id"] in lines[0]
    assert counter._value.get() == before + 1


def test_a_send_over_the_limit_is_counted_like_any_other(make_app: Callable[..., Flask]) -> None:
    app = make_app(limit_messages="1 per minute")
    counter = error_pages.REFUSED.labels("too_many_requests")
    with app.app_context():
        anna = factories.user()
        chat = factories.open_chat(anna)
        browser = app.test_client().become(anna)  # type: ignore[attr-defined]
        before = counter._value.get()
        answers = [
            browser.post(f"/chat/{chat}/messages", data={}, headers=JSON).status_code
            for _ in range(2)
        ]
    assert answers == [400, 429]
    assert counter._value.get() == before + 1


# What is down


@pytest.fixture
def without_database(make_app: Callable[..., Flask], place: Place) -> FlaskClient:
    app = make_app(database_url="postgresql+psycopg://fantooo_app@/none?host=/nowhere")
    client = app.test_client()
    with client.session_transaction() as mine:
        mine["_user_id"] = "a token that somebody once had"
    return client


@pytest.mark.parametrize("path", ["/", "/discover", "/chats", "/operator/waiting"])
def test_without_a_database_it_is_503(without_database: FlaskClient, path: str) -> None:
    page = without_database.get(path)
    assert page.status_code == 503
    assert f"<h1>{LOST}</h1>" in text(page)
    assert "Traceback" not in text(page)
    body = without_database.get(path, headers=JSON)
    assert (body.status_code, body.get_json()["error"]["code"]) == (503, "service_unavailable")
    assert without_database.get(path, headers=FRAGMENT).status_code == 503


def test_machines_are_told_what_is_down(without_database: FlaskClient) -> None:
    assert without_database.get("/health").status_code == 200
    ready = without_database.get("/health/ready")
    assert (ready.status_code, ready.get_json()["checks"]["database"]) == (503, False)


@contextlib.contextmanager
def next_connection_ends(cast: Cast, kind: str) -> Iterator[None]:
    """The server ends the connection that is used next, when it is taken or in the middle."""
    engine: Engine = db.engine
    place = "checkout" if kind == "taken" else "before_cursor_execute"
    ended = []

    def end(*arguments: Any) -> None:
        driver = arguments[0] if kind == "taken" else arguments[1].connection
        if ended or (kind == "middle" and "set_config" in arguments[2]):
            return
        ended.append(driver)
        cast.connection.execute("SELECT pg_terminate_backend(%s, 5000)", (driver.info.backend_pid,))

    event.listen(engine, place, end)
    yield
    event.remove(engine, place, end)
    assert ended


@pytest.mark.parametrize("kind", ["taken", "middle"])
def test_a_connection_lost_on_the_way(cast: Cast, kind: str) -> None:
    browser = cast.browser("owner")
    assert browser.get("/chats").status_code == 200
    with next_connection_ends(cast, kind):
        answer = browser.get("/chats")
    assert answer.status_code == 503
    assert f"<h1>{LOST}</h1>" in text(answer)
    assert browser.get("/chats").status_code == 200, "the next request has a good one"


def test_a_send_that_lost_its_connection_can_be_sent_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, url = cast.browser("owner"), f"/chat/{cast.chat}/messages"
    form = _message(cast, cast.world.anna)
    before = cast.state()
    real = messages.call_function

    def lose(*arguments: Any) -> Any:
        with next_connection_ends(cast, "taken"):
            return real(*arguments)

    with monkeypatch.context() as losing:
        losing.setattr(messages, "call_function", lose)
        lost = browser.post(url, data=form, headers=JSON)
    assert lost.status_code == 503
    assert cast.state() == before
    assert browser.post(url, data=form, headers=JSON).status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [(psycopg.InterfaceError("the connection is closed"), 503),
     (psycopg.OperationalError("server closed the connection"), 503),
     (psycopg.errors.UndefinedTable("no such table"), 500)],
)  # fmt: skip
def test_errors_of_the_driver(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    browsers = [cast.browser("owner"), cast.browser("anonymous")]

    def fail(*arguments: Any, **keywords: Any) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(psycopg.Cursor, "execute", fail)
        answers = [browser.get("/discover").status_code for browser in browsers]
    assert answers == [status, status]
    assert browsers[0].get("/discover").status_code == 200


def test_broken_pools_and_rolled_back_transactions(raising: Callable[..., FlaskClient]) -> None:
    assert raising(exc.TimeoutError("QueuePool limit")).get("/terms").status_code == 503
    lost = exc.DBAPIError("select", {}, Exception("gone"), connection_invalidated=True)
    assert raising(lost).get("/terms").status_code == 503
    ours = exc.IntegrityError("insert", {}, Exception("duplicate key"))
    assert raising(ours).get("/terms").status_code == 500


@pytest.fixture
def without_redis(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    app = make_app(redis_url=NOWHERE)
    with app.app_context():
        yield app


def test_without_redis_messages_are_sent_and_answered(without_redis: Flask) -> None:
    user, operator = factories.user(credits=5), factories.operator(available=True)
    chat_id = factories.open_chat(user)
    browser = without_redis.test_client().become(user)  # type: ignore[attr-defined]
    page = text(browser.get(f"/chat/{chat_id}"))
    quote = re.search(r'name="quote" value="([^"]+)"', page)
    assert quote
    form = {"client_id": str(chat_id), "content": "hello", "quote": quote[1]}
    assert browser.post(f"/chat/{chat_id}/messages", data=form, headers=JSON).status_code == 200
    desk = without_redis.test_client().become(operator)  # type: ignore[attr-defined]
    assert "hello" in text(desk.get(f"/operator/chat/{chat_id}"))
    reply = {"client_id": str(uuid4()), "content": "hi!", "assignment_number": "1", "seen_seq": "1"}
    answer = desk.post(f"/operator/chat/{chat_id}/messages", data=reply, headers=JSON)
    assert answer.status_code == 200
    assert "hi!" in text(browser.get(f"/chat/{chat_id}"))


def test_without_redis_nobody_signs_in_unlimited(without_redis: Flask) -> None:
    opened = factories.sign_up()
    browser = without_redis.test_client()
    assert browser.get("/login").status_code == 200
    login = {"username": "somebody", "password": factories.PASSWORD}
    for path, form in (
        ("/login", login),
        ("/op-login", {"email": "a@b.test", "password": "x"}),
        ("/admin-login", {"email": "a@b.test", "password": "x"}),
        ("/get-started", _sign_up_form()),
    ):
        answer = browser.post(path, data=form)
        assert answer.status_code == 503, path
        assert LOST in text(answer)
    assert browser.get("/health/ready?for=web").get_json() == {
        "status": "unhealthy",
        "checks": {"database": True, "migrations": True, "redis": False},
    }
    accounts.sign_out(opened.token)


def _sign_up_form() -> dict[str, str]:
    return {
        "step": "3", "username": factories.unique("u"), "location": "Nairobi", "gender": "male",
        "age": "30", "looking_for": "both", "password": factories.PASSWORD,
        "confirmPassword": factories.PASSWORD, "consent": "yes",
    }  # fmt: skip


def test_a_form_sent_without_a_script_leads_back_and_keeps_what_was_typed(
    app: Flask, clock: Clock
) -> None:
    """402 and 409 name what is wrong, lead to what helps, and the draft waits in the chat."""
    clock.set(datetime(2026, 11, 24, 9, tzinfo=UTC))
    anna = factories.user(0)
    chat = factories.open_chat(anna)
    for _free in range(3):
        factories.send(anna, chat)
    browser = app.test_client().become(anna)  # type: ignore[attr-defined]
    here = f"/chat/{chat}"
    assert anna.account_id
    with acting_as(anna):
        quote = messages.composer_of(chat, anna.account_id).quote
    form = {"client_id": str(uuid4()), "content": "Are you there?", "quote": quote}
    referrer = {"Referer": f"http://localhost{here}"}
    answer = browser.post(f"{here}/messages", data=form, headers=referrer)
    page = text(answer)
    assert answer.status_code == 402 and "Need 1 credit, have 0" in page
    assert f'href="/credits?next=/chat/{chat}"' in page and "Purchase Credits" in page
    assert f'href="{here}"' in page and "Back to where you were" in page
    assert "Are you there?" in browser.get(here).text, "what was typed is still there"
    elsewhere = browser.post(
        f"{here}/messages", data=form, headers={"Referer": "https://elsewhere.test/x"}
    )
    assert "elsewhere" not in text(elsewhere)
