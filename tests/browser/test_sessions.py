"""When access ends, the page ends: logging out, and sessions that somebody else revokes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support import factories
from tests.support.factories import PASSWORD
from tests.support.pace import within
from tests.support.person import Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]


def test_after_logging_out_the_back_button_shows_nothing_private(
    conversation: tuple[Person, Person],
) -> None:
    user, _operator = conversation
    chat = user.page.url
    user.page.get_by_role("link", name="Me", exact=True).click()
    user.page.get_by_role("button", name="Log out", exact=True).click()
    user.page.wait_for_url(re.compile(r":\d+/$"))
    user.page.go_back()
    expect(user.page).to_have_url(re.compile(r"/login"))
    user.page.go_back()
    expect(user.page).to_have_url(re.compile(r"/login"))
    expect(user.page.get_by_text("Good evening")).to_have_count(0)
    user.page.goto(chat)
    expect(user.page).to_have_url(re.compile(r"/login\?next="))
    user.page.locator('input[name="username"]').fill(_login_of(user))
    user.page.locator('input[name="password"]').fill(PASSWORD)
    user.page.get_by_role("button", name="Log in").click()
    user.page.wait_for_url(chat)
    expect(user.bubble("Good evening")).to_be_visible()


def test_logging_out_leaves_nothing_in_the_tab(conversation: tuple[Person, Person]) -> None:
    """Neither what was typed nor what waited to be sent."""
    user, _operator = conversation
    user.without_socket()
    user.page.route("**/messages", lambda route: route.abort())
    user.say("Between us")
    expect(user.pending("Between us")).to_be_visible()
    user.page.goto("/me")
    kept = "Object.keys(sessionStorage).filter((key) => key.startsWith('fantooo:'))"
    assert user.page.evaluate(kept), "nothing was kept, so nothing is proven"
    user.page.get_by_role("button", name="Log out", exact=True).click()
    user.page.wait_for_url(re.compile(r":\d+/$"))
    assert user.page.evaluate(kept) == []


def test_logging_out_ends_the_other_tabs(conversation: tuple[Person, Person]) -> None:
    user, _operator = conversation
    other = user.context.new_page()
    other.goto("/me")
    other.get_by_role("button", name="Log out", exact=True).click()
    expect(user.page).to_have_url(re.compile(r"/login\?next=%2Fchat%2F"))
    expect(user.page.get_by_text("Good evening")).to_have_count(0)


@pytest.mark.parametrize("page", ["chat", "desk", "waiting"])
def test_a_revoked_session_closes_the_page_within_a_second(
    conversation: tuple[Person, Person], live_server: LiveServer, page: str
) -> None:
    user, operator = conversation
    person, login = (user, "/login") if page == "chat" else (operator, "/op-login")
    if page == "waiting":
        person.page.goto("/operator/waiting")
        person.wait_until_live()
    assert person.viewer is not None
    with live_server.acting():
        factories.sign_out_everywhere(person.viewer)
    began = time.monotonic()
    person.page.wait_for_url(f"**{login}?next=*", wait_until="commit")
    assert time.monotonic() - began < within(1)
    expect(person.page.get_by_text("Good evening")).to_have_count(0)


def test_typing_after_the_end_of_a_session_is_not_lost(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    """The session ended without a word to the page; sending leads to the login and back.

    Nothing of other chats stays in the tab."""
    user = new_person().as_user()
    user.page.route_web_socket("**/ws", lambda _socket: None)
    chat = user.open_chat(live_server.character(name="Nia"))
    user.page.evaluate("sessionStorage.setItem('fantooo:outbox:of-another-chat', '[]')")
    live_server.change("DELETE FROM sessions")
    user.say("Too late")
    user.page.wait_for_url(re.compile(r"/login\?next="))
    assert user.page.evaluate("sessionStorage.getItem('fantooo:outbox:of-another-chat')") is None
    user.page.locator('input[name="username"]').fill(_login_of(user))
    user.page.locator('input[name="password"]').fill(PASSWORD)
    user.page.get_by_role("button", name="Log in").click()
    user.page.wait_for_url(f"**/chat/{chat}")
    expect(user.field).to_have_value("Too late")
    assert live_server.one("SELECT count(*) FROM messages") == 0


def test_a_reply_after_the_end_of_a_session_is_not_lost(
    conversation: tuple[Person, Person], live_server: LiveServer
) -> None:
    """As a user's message."""
    _user, operator = conversation
    assert operator.viewer is not None
    page, desk = operator.page, operator.page.url
    page.route_web_socket("**/ws", lambda _socket: None)
    page.reload()
    page.evaluate("sessionStorage.setItem('fantooo:outbox:of-another-chat', '[]')")
    live_server.change("DELETE FROM sessions WHERE account_id = %s", operator.viewer.account_id)
    operator.say("Too late")
    page.wait_for_url(re.compile(r"/op-login\?next=%2Foperator%2Fchat%2F"))
    assert page.evaluate("sessionStorage.getItem('fantooo:outbox:of-another-chat')") is None
    page.locator('input[name="email"]').fill(_login_of(operator))
    page.locator('input[name="password"]').fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(desk)
    expect(operator.field).to_have_value("Too late")


def test_a_session_that_ended_while_the_line_was_cut_ends_the_page(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    """A refused socket has no reason to read, so the page asks; a line that is only cut is tried on."""
    user = new_person().as_user()
    page = user.page
    cut = False
    page.route_web_socket(
        "**/ws", lambda line: line.close(code=1012) if cut else line.connect_to_server()
    )
    page.goto("/discover")
    user.wait_until_live()
    user.remember_page()
    cut = True
    with page.expect_response("**/session") as asked:
        page.evaluate("dispatchEvent(new Event('offline'))")
    assert asked.value.status == 204
    cut = False
    user.wait_until_live()
    assert user.is_same_page()
    live_server.change("DELETE FROM sessions")
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.wait_for_url("**/login?next=%2Fdiscover")


def test_roles_do_not_reach_each_others_pages(
    live_server: LiveServer, conversation: tuple[Person, Person], new_person: NewPerson
) -> None:
    user, operator = conversation
    stranger = new_person().as_user()
    stranger.page.goto(user.page.url)
    expect(stranger.page.get_by_role("heading", name="Chat not found")).to_be_visible()
    user.page.goto(operator.page.url)
    expect(user.page.get_by_role("heading", name="You don't have permission")).to_be_visible()
    with live_server.acting():
        factories.operator(email="late@fantooo.test")
    late = new_person().page
    late.goto(operator.page.url)
    expect(late).to_have_url(re.compile(r"/op-login\?next="))
    late.locator('input[name="email"]').fill("late@fantooo.test")
    late.locator('input[name="password"]').fill(PASSWORD)
    late.get_by_role("button", name="Log in").click()
    expect(late.get_by_role("heading", name="Chat not found")).to_be_visible()
    expect(late.get_by_text("Good evening")).to_have_count(0)


def _login_of(person: Person) -> str:
    assert person.viewer is not None
    login = person.server.one("SELECT login FROM accounts WHERE id = %s", person.viewer.account_id)
    return str(login)
