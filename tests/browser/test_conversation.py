"""Two people in one conversation, each in a browser, and neither ever reloads."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.support import factories
from tests.support.chromium import until
from tests.support.factories import PASSWORD
from tests.support.person import Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]
Conversation = tuple[Person, Person]


def test_a_newcomer_and_an_operator_meet_live(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    """The whole main story, through every page that people walk through."""
    live_server.character(name="Nia")
    with live_server.acting():
        factories.operator(email="asha@fantooo.test")
    asha, newcomer = new_person(), new_person((390, 844), has_touch=True, is_mobile=True)
    operator, user = asha.page, newcomer.page

    operator.goto("/op-login")
    operator.locator('input[name="email"]').fill("asha@fantooo.test")
    operator.locator('input[name="password"]').fill(PASSWORD)
    operator.get_by_role("button", name="Log in").click()
    operator.wait_for_url("**/operator/waiting")
    switch = operator.get_by_role("switch", name="Available for chats")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    asha.wait_until_live()

    _sign_up(user, "juma_1")
    user.get_by_role("link", name="Nia, 27").click()
    user.get_by_role("button", name="Chat with Nia").click()
    user.wait_for_url("**/chat/*")
    newcomer.wait_until_live()
    newcomer.remember_page()
    expect(user.locator("#composer-price")).to_contain_text("This message: free")
    expect(user.locator("#balance")).to_have_text("Credits: 10")
    expect(user.get_by_text("Fictional character", exact=True)).to_be_visible()
    expect(user.get_by_text("played by our team", exact=True)).to_be_visible()
    newcomer.say("Hello Nia, how is the sea tonight?")

    operator.wait_for_url("**/operator/chat/*")  # by itself
    asha.wait_until_live()
    asha.remember_page()
    expect(asha.bubble("how is the sea tonight?")).to_have_count(1)
    expect(newcomer.bubble("sea tonight").locator("[data-status]")).to_have_text("Read")

    asha.field.press_sequentially("Calm and silver.")
    expect(user.locator("#typing")).to_have_class("typing is-on")
    asha.send_button.click()
    expect(newcomer.bubble("Calm and silver.")).to_be_visible()
    expect(user.locator("#typing")).to_have_class("typing")
    expect(asha.bubble("Calm and silver.").locator("[data-status]")).to_have_text("Read")

    newcomer.field.press_sequentially("I miss it.")
    expect(operator.locator("#typing")).to_have_class("typing is-on")
    newcomer.send_button.click()
    expect(asha.bubble("I miss it.")).to_be_visible()
    asha.say("Then come along in your thoughts.")
    expect(newcomer.bubble("in your thoughts")).to_be_visible()
    newcomer.say("I will.")
    expect(user.locator("#composer-price")).to_contain_text("This message: 1 credit")
    expect(user.locator("#balance")).to_have_text("Credits: 10")
    newcomer.say("Tell me more.")
    expect(user.locator("#balance")).to_have_text("Credits: 9")
    expect(newcomer.bubble("Tell me more.").locator(".bubble-meta")).to_contain_text("1 credit")
    expect(newcomer.bubble("I will.").locator(".bubble-meta")).to_contain_text("free")
    expect(asha.bubble("Tell me more.")).to_be_visible()

    said = [
        "Hello Nia, how is the sea tonight?",
        "Calm and silver.",
        "I miss it.",
        "Then come along in your thoughts.",
        "I will.",
        "Tell me more.",
    ]
    assert newcomer.texts() == said
    assert asha.texts() == said
    assert newcomer.is_same_page()
    assert asha.is_same_page()
    assert live_server.one("SELECT credits FROM real_users") == 9


def test_a_message_lost_on_the_line_is_fetched_when_the_next_one_comes(
    conversation: Conversation,
) -> None:
    """Both are there, in order and once each: the later one waits for what is missing before it."""
    user, operator = conversation
    lost: list[str | bytes] = []

    def serve(line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def pushed(frame: str | bytes) -> None:
            if not lost and json.loads(frame)["type"] == "message":
                lost.append(frame)
            else:
                line.send(frame)

        server.on_message(pushed)

    user.page.route_web_socket("**/ws", serve)
    user.page.reload()
    user.wait_until_live()
    operator.say("Lost on its way")
    operator.say("The next one")
    expect(user.bubble("The next one")).to_be_visible()
    assert "Lost on its way" in str(lost), "nothing was lost, so nothing is proven"
    assert user.texts() == ["Good evening", "Lost on its way", "The next one"]


def test_typing_ends_when_the_writer_stops(conversation: Conversation) -> None:
    user, operator = conversation
    user.field.press_sequentially("Hm")
    expect(operator.page.locator("#typing")).to_have_class("typing is-on")
    user.field.fill("")
    expect(operator.page.locator("#typing")).to_have_class("typing")


def test_presence_is_true(conversation: Conversation) -> None:
    user, operator = conversation
    presence = operator.page.locator("#presence")
    expect(presence).to_have_text("here now")
    user.page.goto("about:blank")
    expect(presence).to_have_text("away")


def test_a_message_is_read_only_when_somebody_looks(conversation: Conversation) -> None:
    """Delivered in the background, with a number in the title; read as soon as it is looked at."""
    user, operator = conversation
    title = user.page.title()
    user.look_away()
    operator.say("Are you there?")
    status = operator.bubble("Are you there?").locator("[data-status]")
    expect(status).to_have_text("Delivered")
    expect(user.page).to_have_title(f"(1) {title}")
    operator.say("I can wait.")
    expect(user.page).to_have_title(f"(2) {title}")
    user.look_again()
    expect(status).to_have_text("Read")
    expect(user.page).to_have_title(title)


def test_unread_counts_move_live_on_other_pages(conversation: Conversation) -> None:
    """The inbox and the navigation's badge count by themselves, and stop when the chat is read."""
    user, operator = conversation
    user.page.goto("/chats")
    user.wait_until_live()
    user.remember_page()
    badge = user.page.locator("#unread .badge")
    row = user.page.locator(".inbox-row")
    expect(badge).to_have_count(0)
    expect(row).to_contain_text("Good evening")
    operator.say("I found a shell.")
    expect(badge).to_have_text("1 unread")
    expect(row).to_contain_text("I found a shell.")
    operator.say("It sings.")
    expect(row.locator(".badge")).to_have_text("2 unread")
    expect(badge).to_have_text("1 unread")  # chats, not messages
    assert user.is_same_page()
    row.get_by_role("link").click()
    expect(operator.bubble("It sings.").locator("[data-status]")).to_have_text("Read")
    expect(user.page.locator("#unread .badge")).to_have_count(0)


def test_two_tabs_of_one_person_show_everything_once(conversation: Conversation) -> None:
    user, operator = conversation
    first = user.page
    second = user.context.new_page()
    second.goto(first.url)
    expect(second.locator("html")).to_have_attribute("data-socket", "ready")
    user.say("From the first tab")
    expect(second.get_by_text("From the first tab")).to_be_visible()
    user.page = second
    user.say("From the second tab")
    expect(first.get_by_text("From the second tab")).to_be_visible()
    operator.say("I read both.")
    said = ["Good evening", "From the first tab", "From the second tab", "I read both."]
    for page in (first, second):
        user.page = page
        expect(user.bubble("I read both.")).to_be_visible()
        expect(user.pending()).to_have_count(0)
        assert user.texts() == said
        expect(page.locator("#composer-price")).to_contain_text("1 credit")


def test_another_tab_keeps_the_balance_true(live_server: LiveServer, new_person: NewPerson) -> None:
    """Credits that go in one chat are gone in the other chat's page too."""
    user = new_person().as_user()
    user.open_chat(live_server.character(name="Zuri"))
    other = user.page
    expect(other.locator("#balance")).to_have_text("Credits: 10")
    expect(other.locator("html")).to_have_attribute("data-socket", "ready")
    with live_server.acting():
        chat = factories.open_chat(user.viewer, live_server.character(name="Nia"))
        for number in range(4):
            factories.send(user.viewer, chat, f"Line {number}")
    expect(other.locator("#balance")).to_have_text("Credits: 9")


def test_what_happens_while_a_list_is_fetched_is_fetched_too(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    """An answer read before the newest event, and come after it, is not the last word."""
    user = new_person().as_user()
    user.open_chat(live_server.character(name="Zuri"))
    user.wait_until_live()
    page = user.page
    page.evaluate(
        "window.heard = 0; document.body.addEventListener('fantooo:unread', () => { heard += 1 })"
    )
    held: list[Route] = []
    page.route("**/chats/unread", lambda route: route.continue_() if held else held.append(route))
    with live_server.acting():
        chat = factories.open_chat(user.viewer, live_server.character(name="Nia"))
        asha = factories.operator(available=True)
        for number in range(3):
            factories.send(user.viewer, chat, f"Line {number}")
        until(page, "heard >= 3")
        before = held[0].fetch()
        factories.send(user.viewer, chat, "The first that costs")
        factories.reply(asha, chat, "An answer")
    until(page, "heard >= 5")
    held[0].fulfill(response=before)
    expect(page.locator("#unread")).to_contain_text("1")
    expect(page.locator("#balance")).to_have_text("Credits: 9")


def test_a_character_is_disclosed_without_javascript(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    """Without scripts people can still write, see the price, and read the answer."""
    person = new_person((360, 740), javascript=False).as_user()
    character = live_server.character(name="Nia")
    person.page.goto(f"/profile/{character}")
    expect(
        person.page.get_by_role("article").get_by_text("Fictional character", exact=True)
    ).to_be_visible()
    person.page.get_by_role("button", name="Chat with Nia").click()
    expect(person.page.get_by_text("Fictional character", exact=True)).to_be_visible()
    expect(person.page.locator("#composer-price")).to_contain_text("This message: free")
    person.field.fill("Plain paper")
    person.send_button.dblclick()  # the same form twice
    expect(person.bubble("Plain paper")).to_have_count(1)
    person.say("And a second")
    expect(person.bubble("And a second")).to_have_count(1)
    assert person.texts() == ["Plain paper", "And a second"]


def _sign_up(page: Page, name: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Get started").first.click()
    page.locator('input[name="username"]').fill(name)
    page.get_by_role("button", name="Next").click()
    page.locator('input[name="location"]').fill("Nairobi")
    page.locator('select[name="gender"]').select_option("male")
    page.locator('input[name="age"]').fill("29")
    page.locator('select[name="looking_for"]').select_option("female")
    page.get_by_role("button", name="Next").click()
    page.locator('input[name="password"]').fill(PASSWORD)
    page.locator('input[name="confirmPassword"]').fill(PASSWORD)
    page.locator('input[name="consent"]').check()
    page.get_by_role("button", name="Create Account").click()
    page.wait_for_url("**/discover")
