"""Limits, a break, keeping oneself out, and the word about the time, as somebody meets them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fantooo.services import limits
from tests.support import factories
from tests.support.person import Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]


def limit(page: Page, period: str, amount: str) -> None:
    page.fill(f"#{period}", amount)
    page.get_by_role("button", name=f"Set the limit of a {period}").click()


@pytest.mark.parametrize("javascript", [True, False])
def test_set_lower_raise_and_confirm(
    live_server: LiveServer, new_person: NewPerson, javascript: bool
) -> None:
    user = new_person((390, 844), javascript=javascript).as_user()
    page = user.page
    page.goto("/me")
    week = page.locator("#limit-week")
    limit(page, "week", "1,000")
    expect(week).to_contain_text("0 of 1,000 KES")
    if javascript:
        expect(page.get_by_role("button", name="Set the limit of a week")).to_be_focused()
        expect(page.locator("#toasts")).to_contain_text("Saved")
    limit(page, "week", "600")
    expect(week).to_contain_text("0 of 600 KES")
    limit(page, "week", "nothing")
    expect(week).to_contain_text("Enter a whole amount")
    limit(page, "week", "2000")
    expect(week).to_contain_text("You asked for 2,000 KES. You can confirm it from")
    expect(week).to_contain_text("0 of 600 KES")
    live_server.change("UPDATE spending_limits SET pending_since = now() - interval '25 hours'")
    page.reload()
    page.get_by_role("button", name="Confirm 2,000 KES").click()
    expect(week).to_contain_text("0 of 2,000 KES")
    expect(week).not_to_contain_text("You asked for")
    page.get_by_role("button", name="Remove the limit of a week").click()
    expect(week).to_contain_text("You asked for no limit")
    page.get_by_role("button", name="Keep 2,000 KES").click()
    expect(week).not_to_contain_text("You asked for")


def test_a_limit_is_offered_before_the_first_payment(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    with live_server.acting():
        factories.package()
    page = new_person((390, 844)).as_user().page
    page.goto("/credits")
    expect(page.get_by_role("heading", name="Would you like a limit?")).to_be_visible()
    page.get_by_label("Limit in KES").fill("300")
    page.get_by_role("button", name="Set this limit").click()
    expect(page.get_by_text("300 KES left of your 300 a week")).to_be_visible()
    expect(page.get_by_role("heading", name="Would you like a limit?")).to_have_count(0)
    page.get_by_text("50 Credits - 400 KES").click()
    page.get_by_role("button", name="Pay now").click()
    expect(page.get_by_role("alert")).to_contain_text("This would pass your own limit of 300 KES")


def test_the_composer_on_a_break(live_server: LiveServer, new_person: NewPerson) -> None:
    user = new_person().as_user(20)
    chat = user.open_chat(live_server.character(name="Nia"))
    user.wait_until_live()
    user.say("Good evening")
    expect(user.bubble("Good evening")).to_be_visible()
    # In another tab a break begins; this page finds out when something is sent.
    elsewhere = user.context.new_page()
    elsewhere.goto("/me")
    elsewhere.get_by_text("7 days").click()
    elsewhere.get_by_label("I know that a break cannot be ended early").check()
    elsewhere.get_by_role("button", name="Take a break").click()
    expect(elsewhere.locator("#me-breaks")).to_contain_text("You are taking a break until")
    user.say("And one more")
    expect(user.page.locator("#notice")).to_contain_text("You are taking a break until")
    expect(user.bubble("And one more")).to_have_count(0)
    user.page.goto(f"/chat/{chat}")
    expect(user.field).to_be_hidden()
    expect(user.page.get_by_text("You are taking a break until")).to_be_visible()
    expect(user.bubble("Good evening")).to_be_visible()


def test_keeping_oneself_out(live_server: LiveServer, new_person: NewPerson) -> None:
    user = new_person((390, 844)).as_user(username="anna_leaves")
    other_tab = user.context.new_page()
    other_tab.goto("/chats")
    page = user.page
    page.goto("/me")
    page.get_by_role("link", name="Keep me out for six months or longer").click()
    page.get_by_text("1 year").click()
    page.get_by_label("To confirm").fill("stop")
    page.get_by_role("button", name="Keep me out").click()
    expect(page).to_have_url(f"{live_server.url}/login")
    expect(page.get_by_text("to be kept out until")).to_be_visible()
    other_tab.wait_for_url("**/login**")
    # Both tabs were led there at once; the form of the one loaded last is the one that is taken.
    page.goto("/login")
    page.get_by_label("User name").fill("anna_leaves")
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="You are taking a long break")).to_be_visible()
    page.goto("/get-started")
    expect(page.get_by_role("heading", name="Not in this browser")).to_be_visible()


def _be_here_for_an_hour(server: LiveServer, person: Person) -> None:
    """As if somebody, who has opened a page, had done so for long."""
    assert person.viewer
    server.change(
        "UPDATE active_stretches SET active_seconds = 3900 WHERE real_user_id = %s",
        person.viewer.account_id,
    )


def test_the_word_about_the_time_waits_for_the_end_of_typing(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    user = new_person().as_user(20)
    page = user.page
    # So that a minute need not be waited for.
    page.clock.install()
    user.open_chat(live_server.character(name="Nia"))
    user.wait_until_live()
    _be_here_for_an_hour(live_server, user)
    dialog = page.get_by_role("dialog", name="A look at the clock")
    user.field.click()
    page.keyboard.type("half a thought")
    with page.expect_response(lambda answer: answer.url.endswith("/me/time")) as asked:
        page.clock.run_for(61_000)
    assert asked.value.json() == {"due": True}
    page.keyboard.type(", and more")
    expect(dialog).to_have_count(0)
    assert user.viewer
    due = "SELECT active_seconds >= 3600 FROM active_stretches WHERE real_user_id = %s"
    assert live_server.one(due, user.viewer.account_id), "not said yet"
    user.field.blur()
    page.clock.run_for(1000)
    expect(dialog).to_contain_text("1 hour 5 minutes")
    expect(dialog.get_by_role("button", name="Go on")).to_be_focused()
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog).to_have_count(0)
    expect(user.field).to_have_value("half a thought, and more")


def test_of_two_pages_one_says_the_time(live_server: LiveServer, new_person: NewPerson) -> None:
    user = new_person().as_user(20)
    user.page.goto("/chats")
    _be_here_for_an_hour(live_server, user)
    user.page.goto("/favorites")
    expect(user.page.get_by_role("dialog", name="A look at the clock")).to_be_visible()
    with user.context.expect_page() as opened:
        user.page.evaluate("window.open('/discover')")
    other = opened.value
    expect(other.locator("h1")).to_be_visible()
    expect(other.locator("body[data-time-is-due]")).to_have_count(0)
    expect(other.get_by_role("dialog")).to_have_count(0)
    user.page.get_by_role("link", name="Take a break").click()
    expect(user.page.locator("#me-breaks")).to_be_in_viewport()


def test_without_scripts_the_time_is_a_line(live_server: LiveServer, new_person: NewPerson) -> None:
    user = new_person((390, 844), javascript=False).as_user()
    user.page.goto("/chats")
    _be_here_for_an_hour(live_server, user)
    user.page.goto("/favorites")
    line = user.page.get_by_role("form", name="A look at the clock")
    expect(line).to_contain_text("You have been here for 1 hour 5 minutes")
    line.get_by_role("button", name="Go on").click()
    expect(user.page).to_have_url(f"{live_server.url}/favorites")
    expect(line).to_have_count(0)


def test_on_a_break_nothing_can_be_bought(live_server: LiveServer, new_person: NewPerson) -> None:
    user = new_person().as_user()
    assert user.viewer and user.viewer.account_id
    with live_server.acting():
        factories.package()
        limits.take_time_out(user.viewer.account_id, "24h")
    user.page.goto("/credits")
    expect(user.page.get_by_text("Nothing can be bought until then")).to_be_visible()
    expect(user.page.get_by_role("button", name="Pay now")).to_have_count(0)
