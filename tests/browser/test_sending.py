"""What is typed is shown at once, sent once, charged once, and lost never."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Response, Route, WebSocketRoute, expect

from tests.support import factories
from tests.support.chromium import until
from tests.support.person import Frame, Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]
POSTS = "**/messages"


@pytest.fixture
def user(live_server: LiveServer, new_person: NewPerson) -> Person:
    """Somebody with ten credits in a chat whose free messages are used, live."""
    person = new_person().as_user()
    nia = live_server.character(name="Nia")
    with live_server.acting():
        chat = factories.open_chat(person.viewer, nia)
        for number in range(3):
            factories.send(person.viewer, chat, f"Free {number + 1}")
    person.page.goto(f"/chat/{chat}")
    person.wait_until_live()
    return person


def test_bubbles_stand_there_before_any_answer(user: Person) -> None:
    """At once, in order; the balance moves when the server has said so."""
    held: list[Callable[[], None]] = []
    hold = True

    def meet(_frame: Frame, pass_on: Callable[[], None]) -> None:
        held.append(pass_on) if hold else pass_on()

    user.meet_messages(meet)
    user.say("At once")
    expect(user.pending("At once")).to_contain_text("Sending…")
    expect(user.field).to_have_value("")
    expect(user.field).to_be_focused()
    expect(user.bubble("At once")).to_have_count(0)
    expect(user.page.locator("#balance")).to_have_text("Credits: 10")
    user.say("And two")
    user.say("And three")
    expect(user.pending()).to_have_count(3)
    assert len(held) == 1, "what is written later waits for its turn"
    hold = False
    held[0]()
    expect(user.bubble("At once").locator("[data-status]")).to_have_text("Sent")
    expect(user.bubble("And three")).to_be_visible()
    expect(user.pending()).to_have_count(0)
    assert user.texts()[-3:] == ["At once", "And two", "And three"]
    expect(user.page.locator("#balance")).to_have_text("Credits: 7")


def test_an_answer_that_is_lost_is_made_good_by_the_push(user: Person) -> None:
    """Stored and charged, but the page never heard the answer: the push tells it."""

    user.page.route_web_socket("**/ws", _without_answers)
    user.page.reload()
    user.wait_until_live()
    asked: list[str] = []
    user.page.on("request", lambda one: asked.append(one.url))
    user.say("Did you get this?")
    expect(user.bubble("Did you get this?")).to_have_count(1)
    assert [url for url in asked if url.endswith("/messages")] == [], "not by asking again"
    expect(user.pending()).to_have_count(0)
    expect(user.bubble("Did you get this?")).to_have_count(1)
    expect(user.page.locator("#balance")).to_have_text("Credits: 9")


def test_retrying_what_got_no_answer_charges_once(user: Person, live_server: LiveServer) -> None:
    """Neither answer nor push arrives: the second try gets the first one's message."""
    user.without_socket()
    user.page.route(POSTS, _lose_the_answer)
    user.say("Only once, please")
    waiting = user.pending("Only once, please")
    expect(waiting).to_contain_text("Connection lost. Not sent yet.")
    assert live_server.one("SELECT credits FROM real_users") == 9
    user.page.unroute(POSTS)
    waiting.get_by_role("button", name="Retry").click()
    expect(user.bubble("Only once, please")).to_have_count(1)
    expect(user.pending()).to_have_count(0)
    expect(user.page.locator("#balance")).to_have_text("Credits: 9")
    _stored_once(live_server, "Only once, please")


def test_a_message_goes_over_the_open_socket(user: Person, live_server: LiveServer) -> None:
    """A request of its own is for pages without one."""
    asked: list[str] = []
    user.page.on("request", lambda one: asked.append(one.url))
    user.say("The quick way")
    expect(user.bubble("The quick way").locator("[data-status]")).to_have_text("Sent")
    expect(user.page.locator("#balance")).to_have_text("Credits: 9")
    assert [url for url in asked if url.endswith("/messages")] == []
    _stored_once(live_server, "The quick way")


@pytest.mark.parametrize("arrives", [True, False])
def test_a_line_that_dies_under_a_message(
    user: Person, live_server: LiveServer, arrives: bool
) -> None:
    """Whether it had arrived nobody knows: the form tries, and it is one message."""
    lines: list[WebSocketRoute] = []

    def serve(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        lines.append(line)

        def heard(frame: str | bytes) -> None:
            dies = len(lines) == 1 and json.loads(frame)["type"] == "send"
            if arrives or not dies:
                server.send(frame)
            if dies:
                line.close(code=1012)

        line.on_message(heard)

    user.page.route_web_socket("**/ws", serve)
    user.page.reload()
    user.wait_until_live()
    with user.page.expect_response(POSTS) as answer:
        user.say("Through the gap")
    assert answer.value.status == 200
    expect(user.bubble("Through the gap")).to_have_count(1)
    expect(user.pending()).to_have_count(0)
    expect(user.page.locator("#balance")).to_have_text("Credits: 9")
    _stored_once(live_server, "Through the gap")


def test_a_quiet_line_is_not_waited_for(user: Person, live_server: LiveServer) -> None:
    """Dead and not closed, as after a change of network: found out once, then a new one is made."""
    met: list[str] = []
    user.page.clock.install()
    user.meet_messages(lambda frame, _pass_on: met.append(frame["content"]))
    user.say("Anybody?")
    user.say("Hello?")
    expect(user.pending("Anybody?")).to_contain_text("Sending…")
    user.page.clock.fast_forward(5_000)
    expect(user.bubble("Anybody?")).to_have_count(1)
    expect(user.bubble("Hello?")).to_have_count(1, timeout=4_000)
    expect(user.pending()).to_have_count(0)
    assert met == ["Anybody?"]
    _stored_once(live_server, "Anybody?")


def test_a_server_that_has_it_is_waited_for(user: Person, live_server: LiveServer) -> None:
    """It says so when it cannot answer at once: no second way is begun meanwhile."""
    held: list[Callable[[], None]] = []
    asked: list[str] = []
    said: list[WebSocketRoute] = []

    def serve(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        said.append(line)

        def heard(text: str | bytes) -> None:
            frame = json.loads(text)
            if frame["type"] != "send":
                server.send(text)
                return
            held.append(lambda: server.send(text))
            line.send(json.dumps({"type": "taken", "client_id": frame["client_id"]}))

        line.on_message(heard)

    user.page.clock.install()
    user.page.route_web_socket("**/ws", serve)
    user.page.reload()
    user.wait_until_live()
    user.page.on("request", lambda one: asked.append(one.url))
    user.page.evaluate("document.body.addEventListener('fantooo:taken', () => { heard = true })")
    user.say("Take your time")
    expect(user.pending("Take your time")).to_contain_text("Sending…")
    until(user.page, "window.heard === true")
    # Longer than a line that says nothing is believed.
    user.page.clock.fast_forward(6_000)
    assert [url for url in asked if url.endswith("/messages")] == []
    held[0]()
    expect(user.bubble("Take your time")).to_have_count(1)
    assert len(said) == 1, "the line was given up"
    _stored_once(live_server, "Take your time")


def test_a_failed_text_can_be_sent_again_or_removed(user: Person, live_server: LiveServer) -> None:
    user.without_socket()
    user.page.route(POSTS, lambda route: route.abort())
    user.say("Take me")
    expect(user.pending("Take me").get_by_role("button", name="Retry")).to_be_visible()
    user.say("Leave me")
    leave = user.pending("Leave me")
    leave.get_by_role("button", name="Remove").click()
    expect(leave).to_have_count(0)
    user.page.unroute(POSTS)
    user.pending("Take me").get_by_role("button", name="Retry").click()
    expect(user.bubble("Take me")).to_have_count(1)
    _stored_once(live_server, "Take me")
    assert live_server.one("SELECT count(*) FROM messages WHERE content = 'Leave me'") == 0


def test_a_failed_text_survives_a_reload(user: Person, live_server: LiveServer) -> None:
    cut = True
    user.page.route_web_socket("**/ws", lambda line: None if cut else line.connect_to_server())
    user.page.reload()
    user.page.route(POSTS, lambda route: route.abort())
    user.say("Hold on to me")
    expect(user.pending("Hold on to me")).to_contain_text("Not sent yet.")
    user.page.unroute(POSTS)
    cut = False
    user.page.reload()
    waiting = user.pending("Hold on to me")
    # What got no answer goes again by itself as soon as the page is live.
    expect(user.bubble("Hold on to me")).to_have_count(1)
    expect(waiting).to_have_count(0)
    _stored_once(live_server, "Hold on to me")


def test_offline_nothing_is_lost_and_nothing_doubled(user: Person, live_server: LiveServer) -> None:
    user.remember_page()
    user.context.set_offline(True)
    offline = user.page.locator("#offline")
    expect(offline).to_contain_text("You are offline. What you typed is kept.")
    # Tried in vain: it says so by staying.
    offline.get_by_role("button", name="Try now").click()
    expect(offline.locator("[aria-busy]")).to_have_count(0)
    expect(offline).to_be_visible()
    user.say("From the tunnel")
    user.say("Still inside")
    expect(user.pending("From the tunnel")).to_contain_text("Waiting for the connection…")
    expect(user.pending("Still inside")).to_be_visible()
    with live_server.acting():
        asha = factories.operator(available=True)
        factories.reply(asha, live_server.one("SELECT id FROM chats"), "I am here")
    user.context.set_offline(False)
    expect(user.bubble("Still inside")).to_have_count(1)
    expect(user.bubble("I am here")).to_have_count(1)
    expect(user.pending()).to_have_count(0)
    assert user.texts()[3:] == ["I am here", "From the tunnel", "Still inside"]
    expect(user.page.locator("#balance")).to_have_text("Credits: 8")
    expect(user.page.locator("#offline")).to_be_hidden()
    _stored_once(live_server, "From the tunnel")
    assert user.is_same_page()


def test_a_browser_that_is_wrong_about_being_offline_is_not_believed(user: Person) -> None:
    """What the line says counts more, and one can try it at once."""
    cut = True
    user.page.route_web_socket(
        "**/ws", lambda line: line.close(code=1012) if cut else line.connect_to_server()
    )
    user.page.reload()
    user.page.evaluate("Object.defineProperty(navigator, 'onLine', { get: () => false })")
    user.page.evaluate("dispatchEvent(new Event('offline'))")
    expect(user.page.locator("html")).to_have_attribute("data-socket", "lost")
    cut = False
    pressed = "document.querySelector('#offline button').click()"
    state = user.page.evaluate(
        f"() => {{ {pressed}; return document.documentElement.dataset.socket }}"
    )
    assert state != "lost", "tried at once, not when the pause is over"
    user.wait_until_live()
    expect(user.page.locator("#offline")).to_be_hidden()


def test_a_line_that_stays_cut_says_so_and_can_be_tried_at_once(user: Person) -> None:
    cut = True
    user.page.route_web_socket(
        "**/ws", lambda line: line.close(code=1012) if cut else line.connect_to_server()
    )
    user.page.reload()
    line = user.page.locator("#connection")
    expect(line).to_contain_text("Connection lost. Reconnecting...")
    expect(line).to_contain_text("Disconnected. What you write waits here.")
    cut = False
    line.get_by_role("button", name="Try now").click()
    user.wait_until_live()
    expect(line).to_be_hidden()


def test_pressing_twice_sends_once(user: Person, live_server: LiveServer) -> None:
    """By button and by key; Shift and Enter begin a new line; nothing is not sent."""
    user.field.fill("By the button")
    user.send_button.dblclick()
    expect(user.bubble("By the button")).to_have_count(1)
    user.field.fill("By the key")
    user.page.keyboard.press("Enter")
    user.page.keyboard.press("Enter")
    expect(user.bubble("By the key")).to_have_count(1)
    user.say("  ")
    user.field.fill("")
    user.field.press_sequentially("First line")
    user.page.keyboard.press("Shift+Enter")
    user.field.press_sequentially("second line")
    user.page.keyboard.press("Enter")
    expect(user.bubble("second line")).to_have_count(1)
    assert user.texts()[3:] == ["By the button", "By the key", "First line\nsecond line"]
    _stored_once(live_server, "By the button")
    _stored_once(live_server, "By the key")
    expect(user.page.locator("#balance")).to_have_text("Credits: 7")


def test_a_message_has_up_to_a_thousand_characters(user: Person) -> None:
    """Counted as people count: an emoji outside the first plane is one."""
    counter = user.page.locator("[data-counter]")
    user.field.fill("a" * 950)
    expect(counter).to_have_text("50 left")
    saved: list[str] = []
    user.page.on("request", lambda one: saved.append(one.method) if "draft" in one.url else None)
    with user.page.expect_response("**/draft"):
        user.field.fill("a" * 951)
    saved.clear()
    user.field.fill("🌊" * 1001)
    expect(counter).to_have_text("1 too many, kept in this tab only")
    expect(user.field).to_have_attribute("aria-invalid", "true")
    user.send_button.click()
    expect(user.pending()).to_have_count(0)
    user.page.reload()
    expect(user.field).to_have_value("🌊" * 1001)
    expect(counter).to_have_text("1 too many, kept in this tab only")
    assert saved == [], "the server is not asked for what it cannot take"
    user.field.fill("🌊" * 1000)
    expect(counter).to_have_text("0 left")
    user.send_button.click()
    expect(user.bubble("🌊" * 1000)).to_have_count(1)


def test_what_is_typed_survives_a_reload_and_another_device(
    user: Person, new_person: NewPerson
) -> None:
    user.field.press_sequentially("Dear Nia")
    user.page.reload()  # before the pause after which it is saved
    expect(user.field).to_have_value("Dear Nia")
    with user.page.expect_response("**/draft"):
        user.field.press_sequentially(", it rains")
    phone = new_person((390, 844)).become(user.viewer)
    phone.page.goto(user.page.url)
    expect(phone.field).to_have_value("Dear Nia, it rains")
    phone.wait_until_live()
    phone.send_button.click()
    expect(user.bubble("Dear Nia, it rains")).to_have_count(1)
    phone.page.reload()
    expect(phone.field).to_have_value("")


def test_a_busy_server_is_asked_again_by_itself(user: Person, live_server: LiveServer) -> None:
    """That refuses nothing: what waits behind keeps its place."""
    busy = [503, 503]

    def meet(_frame: Frame, pass_on: Callable[[], None]) -> Frame | None:
        if busy:
            return {"status": busy.pop(), "body": None, "retry_after": 1}
        pass_on()
        return None

    user.meet_messages(meet)
    user.say("Busy there?")
    user.say("And this behind it")
    expect(user.pending("Busy there?")).to_contain_text("It is tried again in a moment")
    expect(user.pending("Busy there?").get_by_role("button", name="Retry")).to_be_hidden()
    expect(user.bubble("And this behind it")).to_have_count(1)
    assert user.texts()[-2:] == ["Busy there?", "And this behind it"]
    expect(user.pending()).to_have_count(0)
    _stored_once(live_server, "Busy there?")


def test_a_slow_draft_does_not_come_back_after_sending(user: Person, new_person: NewPerson) -> None:
    """The save of what was typed is still under way when it is sent and the field is emptied."""
    saves: list[Route] = []

    def hold_the_first(route: Route) -> None:
        saves.append(route)
        if len(saves) > 1:
            route.continue_()

    user.page.route("**/draft", hold_the_first)
    with user.page.expect_request("**/draft"):
        user.field.press_sequentially("Slow words")
    user.send_button.click()
    expect(user.bubble("Slow words")).to_have_count(1)
    assert len(saves) == 1, "a second save overtakes the first"
    with user.page.expect_response(lambda answer: _saves(answer, "")):
        saves[0].continue_()
    phone = new_person((390, 844)).become(user.viewer)
    phone.page.goto(user.page.url)
    expect(phone.field).to_have_value("")


def _saves(answer: Response, text: str) -> bool:
    sent = answer.request.post_data or ""
    return answer.url.endswith("/draft") and sent == f"content={text}"


def _lose_the_answer(route: Route) -> None:
    """The server does its work; the page hears nothing of it."""
    route.fetch()
    route.abort()


def _without_answers(line: WebSocketRoute) -> None:
    server = line.connect_to_server()

    def heard(frame: str | bytes) -> None:
        if json.loads(frame)["type"] != "answer":
            line.send(frame)

    server.on_message(heard)


def _stored_once(live_server: LiveServer, text: str) -> None:
    assert live_server.one("SELECT count(*) FROM messages WHERE content = %s", text) == 1
