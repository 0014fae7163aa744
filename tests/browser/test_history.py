"""Older messages, reading further up, and coming back to a page."""

from __future__ import annotations

import random
from collections.abc import Callable

from playwright.sync_api import Locator, Route, expect

from tests.support import factories
from tests.support.chromium import until
from tests.support.person import Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]
#: every socket that the page opens, to be cut by a test
_KEEP_SOCKETS = """
window.lines = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given); lines.push(this); }
};
"""
_CUT = "() => lines.forEach(line => line.close())"
LINES = [f"Line {number:03}" for number in range(120)]


def test_older_messages_come_without_a_jump(live_server: LiveServer, new_person: NewPerson) -> None:
    user = _with_history(live_server, new_person)
    held: list[Route] = []
    user.page.route("**/history?*", lambda route: held.append(route))
    expect(user.bubble(LINES[-1])).to_be_in_viewport()
    oldest = user.page.locator("#messages > li.bubble").first
    name = oldest.get_attribute("id")
    oldest.scroll_into_view_if_needed()
    expect(user.page.locator("#older")).to_have_attribute("aria-busy", "true")
    anchor = user.page.locator(f"#{name}")
    before = _top(anchor)
    count = len(user.texts())
    held[0].continue_()
    user.page.unroute("**/history?*")
    expect(user.page.locator("#messages > li.bubble").nth(count)).to_be_attached()
    assert abs(_top(anchor) - before) < 2

    while user.page.locator("#older").count():
        count = len(user.texts())
        user.page.locator("#messages > li.bubble").first.scroll_into_view_if_needed()
        expect(user.page.locator("#messages > li.bubble").nth(count)).to_be_attached()
    assert user.texts() == LINES
    expect(user.page.locator("#messages > li.day")).to_have_count(1)


def test_who_reads_further_up_is_left_there(live_server: LiveServer, new_person: NewPerson) -> None:
    """A new message moves nothing, is counted at the edge, and is not marked as read."""
    user = _with_history(live_server, new_person)
    read_up_to = user.bubble(LINES[90]).locator(".bubble-text")
    read_up_to.scroll_into_view_if_needed()
    before = _top(read_up_to)
    chat = live_server.one("SELECT id FROM chats")
    user.page.evaluate(
        "(chat) => document.body.dispatchEvent("
        "new CustomEvent('fantooo:typing', { detail: { chat, on: true } }))",
        str(chat),
    )
    expect(user.page.locator("#typing")).to_have_class("typing is-on")
    assert abs(_top(read_up_to) - before) < 2
    with live_server.acting():
        asha = factories.operator(available=True)
        factories.reply(asha, chat, "Something new")
    to_end = user.page.get_by_role("button", name="1 New message", exact=True)
    expect(to_end).to_be_visible()
    assert abs(_top(read_up_to) - before) < 2
    assert live_server.one("SELECT user_read_seq < last_fictional_seq FROM chats")
    to_end.click()
    expect(user.bubble("Something new")).to_be_in_viewport()
    expect(to_end).to_be_hidden()


def test_sending_leads_to_the_end(live_server: LiveServer, new_person: NewPerson) -> None:
    user = _with_history(live_server, new_person)
    user.bubble(LINES[90]).scroll_into_view_if_needed()
    user.say("Here I am")
    expect(user.bubble("Here I am")).to_be_in_viewport()


def test_going_away_and_back_catches_up(conversation: tuple[Person, Person]) -> None:
    """Back and forward show what happened meanwhile, once, without asking for a reload."""
    user, operator = conversation
    user.page.get_by_role("link", name="Discover", exact=True).click()
    user.page.wait_for_url("**/discover")
    operator.say("While you were out")
    expect(operator.bubble("While you were out")).to_be_visible()
    user.page.go_back()
    expect(user.bubble("While you were out")).to_have_count(1)
    user.wait_until_live()
    user.page.go_forward()
    user.page.wait_for_url("**/discover")
    operator.say("And again")
    expect(operator.bubble("And again")).to_be_visible()
    user.page.go_back()
    expect(user.bubble("And again")).to_have_count(1)
    assert user.texts() == ["Good evening", "While you were out", "And again"]


def test_a_page_whose_line_broke_catches_up(conversation: tuple[Person, Person]) -> None:
    """Messages, read marks and balance, without a reload, while the line says what is wrong."""
    user, operator = conversation
    user.remember_page()
    user.context.set_offline(True)
    operator.say("One")
    operator.say("Two")
    expect(operator.bubble("Two").locator("[data-status]")).to_have_text("Sent")
    expect(user.bubble("One")).to_have_count(0)
    user.context.set_offline(False)
    expect(user.bubble("Two")).to_have_count(1)
    assert user.texts() == ["Good evening", "One", "Two"]
    expect(operator.bubble("Two").locator("[data-status]")).to_have_text("Read")
    assert user.is_same_page()


def test_a_line_cut_at_random_leaves_no_gap_and_no_double(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    """The page's own code, its socket closed again and again while both sides write."""
    user = new_person((390, 844)).as_user(200)
    user.page.add_init_script(_KEEP_SOCKETS)
    with live_server.acting():
        asha = factories.operator(available=True)
    chat = user.open_chat(live_server.character(name="Nia"))
    user.wait_until_live()
    user.remember_page()
    chance, written = random.Random(7), []
    for number in range(30):
        sides = [f"Mine {number:02}", f"Theirs {number:02}"]
        with live_server.acting():
            factories.send(user.viewer, chat, sides[0])
            if number % 3 == 0:
                # At any moment of a line: opening, greeting, catching up, or long live.
                until(user.page, "() => lines.some(line => line.readyState < WebSocket.CLOSING)")
                user.page.wait_for_timeout(chance.randrange(150))
                user.page.evaluate(_CUT)
            factories.reply(asha, chat, sides[1])
        written += sides
    expect(user.bubble(written[-1])).to_have_count(1)
    user.wait_until_live()
    assert user.texts() == written
    assert user.page.evaluate("lines.length") > 10, "one more than were cut"
    assert user.is_same_page()


def test_a_list_whose_line_broke_renews_itself(conversation: tuple[Person, Person]) -> None:
    """No chat is shown, so nothing catches up; inbox and badge ask anew."""
    user, operator = conversation
    user.page.goto("/chats")
    user.wait_until_live()
    user.remember_page()
    user.context.set_offline(True)
    operator.say("While the line was cut")
    expect(operator.bubble("While the line was cut")).to_be_visible()
    user.context.set_offline(False)
    expect(user.page.locator("#chat-list")).to_contain_text("While the line was cut")
    expect(user.page.locator("#unread")).to_contain_text("1")
    assert user.is_same_page()


def test_a_deleted_message_goes_for_both_without_a_reload(
    conversation: tuple[Person, Person],
) -> None:
    """Live while both look; by catching up where the line was cut."""
    user, operator = conversation
    user.say("I should not have said this")
    expect(operator.bubble("I should not")).to_be_visible()
    expect(operator.page.locator("#held")).to_contain_text("I should not")
    for person in (user, operator):
        person.remember_page()
    expect(operator.page.locator("[data-delete]")).to_have_count(0)
    bubble = user.bubble("I should not")
    opener = bubble.get_by_label("More about this message")
    opener.click()
    bubble.get_by_role("menuitem", name="Delete message").click()
    dialog = user.page.get_by_role("dialog")
    expect(dialog).to_contain_text("I should not have said this")
    user.page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    opener.click()
    bubble.get_by_role("menuitem", name="Delete message").click()
    dialog.get_by_role("button", name="Delete message").click()
    for person in (user, operator):
        expect(person.bubble("Message deleted")).to_have_count(1)
        assert person.texts() == ["Good evening", "Message deleted"]
    expect(user.page.locator("#log")).to_be_focused()
    expect(operator.page.locator("#held")).to_contain_text("Message deleted")
    assert "I should not" not in operator.page.content()

    operator.context.set_offline(True)
    bubble = user.bubble("Good evening")
    bubble.get_by_label("More about this message").press("Enter")
    bubble.get_by_role("menuitem", name="Delete message").press("Enter")
    dialog.get_by_role("button", name="Delete message").click()
    expect(user.bubble("Message deleted")).to_have_count(2)
    operator.context.set_offline(False)
    expect(operator.bubble("Message deleted")).to_have_count(2)
    assert "Good evening" not in operator.page.content()
    assert user.is_same_page() and operator.is_same_page()


def _top(element: Locator) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["y"]


def _with_history(live_server: LiveServer, new_person: NewPerson) -> Person:
    """Somebody whose chat holds more than two windows of messages, at its end and live."""
    user = new_person((390, 844)).as_user(200)
    nia = live_server.character(name="Nia")
    with live_server.acting():
        chat = factories.open_chat(user.viewer, nia)
        for line in LINES:
            factories.send(user.viewer, chat, line)
    user.page.goto(f"/chat/{chat}")
    user.wait_until_live()
    return user
