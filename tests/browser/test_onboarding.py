"""Signing up in three steps: nothing that was typed is lost, every error stands at its field."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support import factories
from tests.support.chromium import until
from tests.support.factories import PASSWORD
from tests.support.person import Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_three_steps_end_on_discover(
    live_server: LiveServer, new_person: NewPerson, javascript: bool
) -> None:
    """With the names and texts of the design, with and without JavaScript."""
    page = new_person((390, 844), javascript=javascript).page
    page.goto("/get-started")
    first_step(page, "wanjiru")
    second_step(page)
    expect(page.locator('input[name="consent"]')).not_to_be_checked()
    third_step(page)
    page.wait_for_url("**/discover")
    # Whom it shows first is what they said; that is told at the choice, where another one is made.
    expect(page.get_by_role("radio", name="Men (as you asked in your profile)")).to_be_checked()
    assert live_server.one("SELECT username FROM real_users") == "wanjiru"
    assert live_server.one("SELECT credits FROM real_users") == 10
    texts = "SELECT count(*) FROM consents JOIN accounts ON accounts.id = account_id"
    assert live_server.one(texts) >= 1
    page.goto("/me")
    expect(page.get_by_role("heading", name="wanjiru")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_errors_stand_at_their_fields(new_person: NewPerson, javascript: bool) -> None:
    page = new_person(javascript=javascript).page
    page.goto("/get-started")
    first_step(page, "admin")
    expect_error(page, "username", "This name is reserved")
    first_step(page, "njoroge")

    second_step(page, age="17")
    expect_error(page, "age", "Must be 18 or older")
    if javascript:
        # So that a screen reader reads its error first.
        expect(page.locator('input[name="age"]')).to_be_focused()
    expect(page.locator('input[name="location"]')).to_have_value("Kisumu")
    expect(page.locator('select[name="gender"]')).to_have_value("female")
    second_step(page)

    third_step(page, password="short", again="other", consent=False)
    expect_error(page, "password", "Use at least 10 characters")
    expect_error(page, "confirmPassword", "The two passwords differ")
    expect_error(page, "consent", "Please confirm that you understand how Fantooo works")
    expect(page.locator('input[name="consent"]')).not_to_be_checked()
    third_step(page, again="other")
    expect(page.locator("#consent-error")).to_be_empty()
    expect_error(page, "confirmPassword", "The two passwords differ")
    expect(page.locator('input[name="consent"]')).to_be_checked()
    third_step(page)
    page.wait_for_url("**/discover")


def test_going_back_loses_nothing(new_person: NewPerson) -> None:
    page = new_person().page
    page.goto("/get-started")
    first_step(page, "akinyi")
    second_step(page, location="Mombasa", age="44")
    page.get_by_role("button", name="Back").click()
    expect(page.locator('input[name="location"]')).to_have_value("Mombasa")
    expect(page.locator('input[name="age"]')).to_have_value("44")
    expect(page.locator('select[name="looking_for"]')).to_have_value("male")
    page.get_by_role("button", name="Back").click()
    expect(page.locator('input[name="username"]')).to_have_value("akinyi")
    page.get_by_role("button", name="Next").click()
    expect(page.locator('input[name="age"]')).to_have_value("44")
    page.get_by_role("button", name="Next").click()
    third_step(page)
    page.wait_for_url("**/discover")


def test_the_browsers_back_button_goes_back_a_step(new_person: NewPerson) -> None:
    page = new_person().page
    page.goto("/how-it-works")
    page.goto("/get-started")
    first_step(page, "akinyi")
    second_step(page, location="Mombasa", age="44")
    expect(page.locator('input[name="password"]')).to_be_visible()
    page.go_back()
    expect(page.locator('input[name="age"]')).to_have_value("44")
    page.go_back()
    expect(page.locator('input[name="username"]')).to_have_value("akinyi")
    page.go_forward()
    expect(page.locator('input[name="age"]')).to_have_value("44")
    page.go_forward()
    expect(page.locator('input[name="password"]')).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(page.locator('input[name="age"]')).to_have_value("44")
    page.go_back()
    expect(page.locator('input[name="username"]')).to_have_value("akinyi")
    page.go_back()
    # A page that comes back from the browser's memory is not loaded again, so nothing waits for that.
    expect(page).to_have_url(re.compile("/how-it-works$"))


def test_a_reload_keeps_what_was_typed_in_this_tab(new_person: NewPerson) -> None:
    page = new_person().page
    page.goto("/get-started")
    first_step(page, "akinyi")
    page.locator('input[name="location"]').fill("Mombasa")
    page.locator('select[name="gender"]').select_option("female")
    page.reload()
    expect(page.locator('input[name="username"]')).to_have_value("akinyi")
    page.get_by_role("button", name="Next").click()
    expect(page.locator('input[name="location"]')).to_have_value("Mombasa")
    expect(page.locator('select[name="gender"]')).to_have_value("female")
    page.locator('input[name="age"]').fill("44")
    page.locator('select[name="looking_for"]').select_option("both")
    page.get_by_role("button", name="Next").click()
    third_step(page)
    page.wait_for_url("**/discover")
    assert page.evaluate("sessionStorage.length") == 0, "nothing of it stays in the tab"


def test_a_taken_name_is_told_while_typing_and_others_are_offered(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    with live_server.acting():
        factories.sign_up("baraka")
    page = new_person().page
    page.goto("/get-started")
    field = page.locator('input[name="username"]')
    state = page.locator("#name-state")
    field.press_sequentially("Baraka")
    expect(state).to_contain_text("This name is taken")
    offered = state.get_by_role("button").first
    name = offered.inner_text()
    offered.click()
    expect(field).to_have_value(name)
    expect(field).to_be_focused()
    expect(state).to_contain_text("This name is available.")
    page.get_by_role("button", name="Next").click()
    second_step(page)
    third_step(page)
    page.wait_for_url("**/discover")
    assert live_server.one("SELECT count(*) FROM real_users WHERE username = %s", name) == 1


def test_a_name_taken_meanwhile_leads_back_to_its_step(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    page = new_person().page
    page.goto("/get-started")
    first_step(page, "zawadi")
    second_step(page, location="Nakuru")
    with live_server.acting():
        factories.sign_up("zawadi")
    third_step(page)
    expect_error(page, "username", re.compile("taken"))
    first_step(page, "zawadi_2")
    expect(page.locator('input[name="location"]')).to_have_value("Nakuru")
    page.get_by_role("button", name="Next").click()
    third_step(page)
    page.wait_for_url("**/discover")


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_pressing_twice_makes_one_account(
    live_server: LiveServer, new_person: NewPerson, javascript: bool
) -> None:
    """And the impatient person is in, not told that their name is taken."""
    page = new_person(javascript=javascript).page
    page.goto("/get-started")
    first_step(page, "haraka")
    second_step(page)
    fill_third_step(page)
    posts: list[str] = []
    page.on("request", lambda request: request.method == "POST" and posts.append(request.url))
    page.get_by_role("button", name="Create Account").dblclick()
    # Without scripts the second press replaces the first one's navigation: where one ends counts.
    expect(page).to_have_url(re.compile(r"/discover$"))
    assert not javascript or len(posts) == 1, posts
    assert live_server.one("SELECT count(*) FROM accounts") == 1
    assert live_server.one("SELECT credits FROM real_users") == 10


def test_chat_pressed_signed_out_leads_through_sign_up_into_the_chat(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    live_server.character(name="Zuri")
    page = new_person((390, 844)).page
    page.goto("/discover")
    page.get_by_role("link", name="Zuri, 27").click()
    page.get_by_role("button", name="Chat with Zuri").click()
    expect(page.get_by_text("Then you can write to Zuri.")).to_be_visible()
    first_step(page, "mgeni")
    second_step(page)
    third_step(page)
    page.wait_for_url(re.compile(r"/chat/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", name="Zuri")).to_be_visible()
    expect(page.get_by_text("Say hello: this message is free.")).to_be_visible()


@pytest.mark.parametrize("reloaded", [False, True], ids=["straight", "reloaded"])
def test_back_from_the_first_chat_leaves_by_the_way_one_came(
    live_server: LiveServer, new_person: NewPerson, reloaded: bool
) -> None:
    """One press to the profile, one more to the characters; no step of the sign-up is gone through."""
    live_server.character(name="Zuri")
    page = new_person((390, 844)).page
    page.goto("/discover")
    page.get_by_role("link", name="Zuri, 27").click()
    page.get_by_role("button", name="Chat with Zuri").click()
    first_step(page, "mgeni")
    if reloaded:
        expect(page.get_by_label("Town")).to_be_visible()
        page.reload()
        page.get_by_role("button", name="Next").click()
    second_step(page)
    third_step(page)
    page.wait_for_url(re.compile(r"/chat/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", name="Zuri")).to_be_visible()
    _leaves_within_two_presses(page)


def test_who_has_an_account_lands_in_the_chat_too(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    character = live_server.character(name="Zuri")
    with live_server.acting():
        factories.sign_up("rafiki")
    page = new_person().page
    page.goto(f"/profile/{character}")
    page.get_by_role("button", name="Chat with Zuri").click()
    page.get_by_role("main").get_by_role("link", name="Log in").click()
    page.locator('input[name="username"]').fill("Rafiki")
    page.locator('input[name="password"]').fill("not my password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator('input[name="username"]')).to_have_value("Rafiki")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(re.compile(r"/chat/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", name="Zuri")).to_be_visible()


@pytest.mark.parametrize(
    "passwords", [[PASSWORD], ["not my password", PASSWORD]], ids=["right", "wrong-first"]
)
def test_back_after_logging_in_leaves_by_the_way_one_came(
    live_server: LiveServer, new_person: NewPerson, passwords: list[str]
) -> None:
    live_server.character(name="Zuri")
    with live_server.acting():
        factories.sign_up("rafiki")
    page = new_person((390, 844)).page
    page.goto("/discover")
    page.get_by_role("link", name="Zuri, 27").click()
    page.get_by_role("button", name="Chat with Zuri").click()
    page.get_by_role("main").get_by_role("link", name="Log in").click()
    page.locator('input[name="username"]').fill("rafiki")
    for password in passwords:
        page.locator('input[name="password"]').fill(password)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_have_count(int(password != PASSWORD))
    page.wait_for_url(re.compile(r"/chat/[0-9a-f-]{36}$"))
    _leaves_within_two_presses(page)


def _leaves_within_two_presses(page: Page) -> None:
    """From the chat to the profile it was begun on, and to the list before that."""
    page.evaluate("history.back()")
    # The very entry it was begun on: the site's second, behind /discover.
    until(page, "location.pathname.startsWith('/profile/') && navigation.currentEntry.index === 1")
    expect(page.get_by_role("button", name="Chat with Zuri")).to_be_visible()
    page.evaluate("history.back()")
    expect(page).to_have_url(re.compile("/discover$"))


def test_a_password_can_be_looked_at(new_person: NewPerson) -> None:
    """By keyboard too; said to a screen reader; and sent as a password all the same."""
    page = new_person((390, 844)).page
    page.goto("/login")
    field = page.get_by_label("Password")
    field.fill("not my password")
    show = page.get_by_role("button", name="Show password")
    box = show.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    expect(show).to_have_attribute("aria-pressed", "false")
    field.press("Tab")
    expect(show).to_be_focused()
    page.keyboard.press("Space")
    expect(field).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    expect(field).to_have_value("not my password")
    page.keyboard.press("Space")
    expect(field).to_have_attribute("type", "password")


def test_without_scripts_no_button_promises_it(new_person: NewPerson) -> None:
    page = new_person(javascript=False).page
    page.goto("/login")
    expect(page.get_by_label("Password")).to_be_visible()
    expect(page.locator("[data-reveal]")).to_be_hidden()


# Steps


def first_step(page: Page, username: str) -> None:
    page.locator('input[name="username"]:not([type="hidden"])').fill(username)
    page.get_by_role("button", name="Next").click()


def second_step(page: Page, *, location: str = "Kisumu", age: str = "31") -> None:
    page.locator('input[name="location"]:not([type="hidden"])').fill(location)
    page.locator('select[name="gender"]').select_option("female")
    page.locator('input[name="age"]:not([type="hidden"])').fill(age)
    page.locator('select[name="looking_for"]').select_option("male")
    page.get_by_role("button", name="Next").click()


def fill_third_step(
    page: Page, *, password: str = PASSWORD, again: str = PASSWORD, consent: bool = True
) -> None:
    page.locator('input[name="password"]').fill(password)
    page.locator('input[name="confirmPassword"]').fill(again)
    page.locator('input[name="consent"]').set_checked(consent)


def third_step(page: Page, **values: str | bool) -> None:
    fill_third_step(page, **values)  # type: ignore[arg-type]
    page.get_by_role("button", name="Create Account").click()


def expect_error(page: Page, name: str, text: str | re.Pattern[str]) -> None:
    """The text stands below its field and belongs to it."""
    expect(page.locator(f"#{name}-error")).to_have_text(text)
    expect(page.locator(f"#{name}")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"#{name}")).to_have_accessible_description(
        text if isinstance(text, re.Pattern) else re.compile(re.escape(text))
    )
