"""Somebody new on a phone who reads only what is on the screen: from the first page to the first message."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.factories import PASSWORD
from tests.support.pace import within
from tests.support.person import Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]
PHONE = (390, 844)
_SECONDS = 60.0
#: what reading and typing takes a person, for each thing that is pressed or filled in
_THINKING = 2.0
_CHAT = re.compile(r"/chat/[0-9a-f-]{36}$")


class Newcomer:
    """Presses and fills in by the words on the screen, and counts how often."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.deeds = 0

    def press(self, words: str | re.Pattern[str], role: str = "link") -> None:
        self.deeds += 1
        self.page.locator("#main").get_by_role(role, name=words).first.click()  # type: ignore[arg-type]

    def fill(self, label: str, value: str) -> None:
        self.deeds += 1
        self.page.get_by_label(label, exact=True).fill(value)

    def choose(self, label: str, words: str) -> None:
        self.deeds += 1
        self.page.get_by_label(label, exact=True).select_option(label=words)


@pytest.fixture
def newcomer(live_server: LiveServer, new_person: NewPerson) -> Newcomer:
    live_server.character(name="Zuri", tagline="Knows every bus line")
    page = new_person(PHONE).page
    page.goto("/")
    return Newcomer(page)


def _sign_up(newcomer: Newcomer, name: str, between: Callable[[], None]) -> None:
    """The three steps; ``between`` is what somebody does before going on with each."""
    between()
    newcomer.fill("User name", name)
    newcomer.press("Next", "button")
    expect(newcomer.page.get_by_label("Town")).to_be_visible()
    between()
    newcomer.fill("Town", "Kisumu")
    newcomer.choose("I am", "A woman")
    newcomer.fill("Age", "31")
    newcomer.choose("I would like to write to", "Everybody")
    newcomer.press("Next", "button")
    expect(newcomer.page.get_by_label("Password", exact=True)).to_be_visible()
    newcomer.fill("Password", PASSWORD)
    newcomer.fill("Password again", PASSWORD)
    newcomer.deeds += 1
    newcomer.page.get_by_role("checkbox").check()
    newcomer.press("Create Account", "button")


def test_to_the_first_message_within_a_minute(newcomer: Newcomer, live_server: LiveServer) -> None:
    """The machine's part and a person's: each thing that is done takes somebody two seconds."""
    began = time.monotonic()
    page = newcomer.page
    expect(page.locator("#main")).to_contain_text("fictional")
    newcomer.press(re.compile("Zuri"))
    newcomer.press(re.compile("^Chat with"), "button")
    _sign_up(newcomer, "newcomer_1", lambda: None)
    page.wait_for_url(_CHAT)
    newcomer.deeds += 2
    page.get_by_placeholder("Type a message...").fill("Hello, who are you?")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator("#log")).to_contain_text("Hello, who are you?")
    took = time.monotonic() - began
    live_server.wait_for("SELECT count(*) = 1 FROM messages")
    assert took + newcomer.deeds * _THINKING < within(_SECONDS), (took, newcomer.deeds)
    print(f"\n[newcomer] {newcomer.deeds} deeds, {took:.1f} s of waiting")


def test_reloading_at_every_step_loses_nothing(newcomer: Newcomer) -> None:
    page = newcomer.page
    page.reload()
    newcomer.press(re.compile("Zuri"))
    page.reload()
    newcomer.press(re.compile("^Chat with"), "button")
    page.wait_for_url("**/get-started**")

    def again() -> None:
        page.reload()
        name = page.get_by_label("User name", exact=True)
        if name.input_value():
            newcomer.press("Next", "button")

    _sign_up(newcomer, "newcomer_2", again)
    page.wait_for_url(_CHAT)
    page.reload()
    expect(page.get_by_placeholder("Type a message...")).to_be_visible()


def test_going_back_and_forward_at_every_step_loses_nothing(newcomer: Newcomer) -> None:
    page = newcomer.page
    newcomer.press(re.compile("Zuri"))
    page.wait_for_url("**/profile/*")
    page.go_back()
    expect(page.locator("#main").get_by_role("link", name="Get started")).to_be_visible()
    page.go_forward()
    newcomer.press(re.compile("^Chat with"), "button")
    page.wait_for_url("**/get-started**")
    page.go_back()
    expect(
        page.locator("#main").get_by_role("button", name=re.compile("^Chat with"))
    ).to_be_visible()
    page.go_forward()

    def there_and_back() -> None:
        step = page.locator("#onboarding").get_attribute("data-step")
        if step == "2":
            page.go_back()
            expect(page.get_by_label("User name", exact=True)).to_have_value("newcomer_4")
            page.go_forward()
            expect(page.get_by_label("Town")).to_be_visible()

    _sign_up(newcomer, "newcomer_4", there_and_back)
    page.wait_for_url(_CHAT)
    page.get_by_placeholder("Type a message...").fill("Half a thought")
    page.go_back()
    page.go_forward()
    page.wait_for_url(_CHAT)
    expect(page.get_by_placeholder("Type a message...")).to_have_value("Half a thought")


def test_a_second_tab_that_signed_up_first(newcomer: Newcomer) -> None:
    """The first tab is of somebody else by then: it says so, leads back, and then into the same chat."""
    page = newcomer.page
    newcomer.press(re.compile("Zuri"))
    other = Newcomer(page.context.new_page())
    other.page.goto(page.url)
    other.press(re.compile("^Chat with"), "button")
    _sign_up(other, "newcomer_3", lambda: None)
    other.page.wait_for_url(_CHAT)
    newcomer.press(re.compile("^Chat with"), "button")
    back = page.get_by_role("link", name="Back to where you were")
    expect(back.or_(page.get_by_placeholder("Type a message..."))).to_be_visible()
    if back.is_visible():
        back.click()
        newcomer.press(re.compile("^Chat with"), "button")
    page.wait_for_url(_CHAT)
    assert page.url == other.page.url
