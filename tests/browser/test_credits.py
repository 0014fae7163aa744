"""The price shown is the price charged, and what happens when it rises or nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from fantooo.services import refunds
from tests.support import factories
from tests.support.person import Person
from tests.support.server import LiveServer, today_at

NewPerson = Callable[..., Person]


@pytest.mark.own_server(fantooo_clock=today_at(20))
def test_the_evening_rate_is_shown_and_charged(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    """Two credits at eight in the evening, with the reason beside them."""
    user = _user_after_free_messages(live_server, new_person, credits=10)
    price = user.page.locator("#composer-price")
    expect(price).to_contain_text("This message: 2 credits · evening rate")
    user.say("Good night")
    expect(user.page.locator("#balance")).to_have_text("Credits: 8")
    expect(user.bubble("Good night").locator(".bubble-meta")).to_contain_text("2 credits")
    assert live_server.one("SELECT amount FROM credit_transfers WHERE kind = 'message_charge'") == 2


def test_a_featured_character_costs_what_the_composer_says(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    user = _user_after_free_messages(live_server, new_person, credits=10)
    price = user.page.locator("#composer-price")
    expect(price).to_contain_text("This message: 1 credit")
    live_server.change("UPDATE fictional_users SET is_featured = true")
    user.say("Still one credit?")

    notice = user.page.locator("#notice")
    expect(notice).to_contain_text("The price changed to 2 credits. Send again to agree.")
    expect(price).to_contain_text("This message: 2 credits")
    expect(user.field).to_have_value("Still one credit?")
    expect(user.pending()).to_have_count(0)
    expect(user.page.locator("#balance")).to_have_text("Credits: 10")

    user.send_button.click()
    expect(user.bubble("Still one credit?")).to_contain_text("2 credits")
    expect(user.page.locator("#balance")).to_have_text("Credits: 8")
    expect(notice).to_be_hidden()


def test_a_price_that_fell_is_taken(live_server: LiveServer, new_person: NewPerson) -> None:
    user = _user_after_free_messages(live_server, new_person, credits=10, is_featured=True)
    expect(user.page.locator("#composer-price")).to_contain_text("This message: 2 credits")
    live_server.change("UPDATE fictional_users SET is_featured = false")
    user.say("Cheaper now")
    expect(user.bubble("Cheaper now").locator(".bubble-meta")).to_contain_text("1 credit")
    expect(user.page.locator("#balance")).to_have_text("Credits: 9")


def test_without_credits_the_dialog_opens_and_the_text_is_kept(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    user = _user_after_free_messages(live_server, new_person, credits=1)
    user.say("My last credit")
    expect(user.page.locator("#balance")).to_have_text("Credits: 0")
    user.say("One more, please")
    dialog = user.page.get_by_role("dialog", name="Purchase Credits")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Need 1 credit, have 0")
    expect(user.field).to_have_value("One more, please")
    expect(user.pending()).to_have_count(0)
    expect(user.bubble("One more, please")).to_have_count(0)
    user.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(user.field).to_be_focused()

    with live_server.acting():
        factories.set_credits(user.viewer.account_id, 5)
    expect(user.page.locator("#balance")).to_have_text("Credits: 5")  # no reload
    user.send_button.click()
    expect(user.bubble("One more, please")).to_be_visible()
    expect(user.page.locator("#balance")).to_have_text("Credits: 4")


@pytest.mark.own_server
def test_pages_name_the_numbers_that_hold(live_server: LiveServer, new_person: NewPerson) -> None:
    """Changed settings change what the pages promise."""
    nia = live_server.character(name="Nia")
    with live_server.acting():
        for key, value in (
            ("free_messages", 1),
            ("unanswered_refund_minutes", 45),
            ("price_text", 3),
            ("evening_multiplier", 2),
        ):
            factories.set_setting(key, value)
    page = new_person().page
    page.goto("/")
    expect(page.get_by_text("1 free message in every chat")).to_be_visible()
    expect(page.get_by_text("within 45 minutes")).to_be_visible()
    page.goto(f"/profile/{nia}")
    expect(page.get_by_text("The first message is free.")).to_be_visible()
    page.goto("/how-it-works")
    expect(page.get_by_text("costs 3 credits in the day and 6 in the evening")).to_be_visible()


def test_what_came_back_is_told_after_an_answer_too(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    """Whoever waits no longer still wants to know what became of their credits."""
    user = _user_after_free_messages(live_server, new_person, credits=10)
    with live_server.acting():
        chat = live_server.one("SELECT id FROM chats")
        factories.send(user.viewer, chat, "Nobody there?")
        assert refunds.return_unanswered(datetime.now(UTC) + timedelta(minutes=31)) == 1
        factories.reply(factories.operator(available=True), chat, "Sorry, I am late")
    user.page.reload()
    expect(user.bubble("Sorry, I am late")).to_be_visible()
    expect(user.page.locator("#waiting")).to_be_hidden()
    expect(user.page.get_by_text("1 credit came back to you here")).to_be_visible()


def test_reading_and_opening_cost_nothing(live_server: LiveServer, new_person: NewPerson) -> None:
    user = _user_after_free_messages(live_server, new_person, credits=10)
    with live_server.acting():
        asha = factories.operator(available=True)
        chat = live_server.one("SELECT id FROM chats")
        factories.reply(asha, chat, "Read me for free")
    expect(user.bubble("Read me for free")).to_be_visible()
    user.page.reload()
    user.page.goto("/chats")
    user.page.goto(f"/chat/{chat}")
    expect(user.page.locator("#balance")).to_have_text("Credits: 10")


def _user_after_free_messages(
    live_server: LiveServer, new_person: NewPerson, *, credits: int, **character: object
) -> Person:
    """A user in a chat whose three free messages are used, with so many credits left."""
    user = new_person().as_user(credits)
    nia = live_server.character(name="Nia", **character)
    with live_server.acting():
        chat = factories.open_chat(user.viewer, nia)
        for number in range(3):
            factories.send(user.viewer, chat, f"Free {number + 1}")
    user.page.goto(f"/chat/{chat}")
    user.wait_until_live()
    return user
