"""The operator's desk and waiting room: everything on one screen, and nothing typed is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Route, WebSocketRoute, expect

from fantooo.services import silence
from tests.support import factories
from tests.support.chromium import until
from tests.support.person import Frame, Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]
Conversation = tuple[Person, Person]
DESK = re.compile(r"/operator/chat/[0-9a-f-]{36}$")


def test_three_panels_hold_what_a_reply_needs(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    """The person, the conversation, the character; and never the person's wallet."""
    with live_server.acting():
        kamau = factories.user(7_770_777, username="kamau", location="Kisumu", age="41")
    operator = new_person().as_operator()
    chat = _write(live_server, kamau, "Hello", occupation="Marine biologist")
    operator.page.goto(f"/operator/chat/{chat}")
    person = operator.page.get_by_role("complementary", name="The real user")
    for fact in ("kamau", "41", "Man", "Kisumu", "Free"):
        expect(person.get_by_text(fact, exact=True)).to_be_visible()
    talk = operator.page.get_by_role("region", name="Conversation")
    expect(operator.bubble("Hello")).to_be_visible()
    expect(talk.get_by_text("answer within")).to_be_visible()
    character = operator.page.get_by_role("complementary", name="The character")
    for fact in ("Nia, 27", "Marine biologist", "Warm, curious, never in a hurry."):
        expect(character.get_by_text(fact, exact=True)).to_be_visible()
    # So long that no id on the page holds it by chance.
    html = operator.page.content()
    assert "7770777" not in html and "7,770,777" not in html


def test_a_users_contact_data_is_masked_for_operators(conversation: Conversation) -> None:
    user, operator = conversation
    user.say("Call me: 0712 345 678 or juma@example.com")
    expect(operator.bubble("Call me: [number hidden] or [e-mail hidden]")).to_be_visible()
    operator.page.reload()
    expect(operator.bubble("Call me: [number hidden] or [e-mail hidden]")).to_be_visible()
    expect(user.bubble("Call me: 0712 345 678 or juma@example.com")).to_be_visible()


def test_notes_save_as_they_are_typed(conversation: Conversation) -> None:
    _user, operator = conversation
    note = operator.page.get_by_label("Notes about this person")
    note.press_sequentially("Has a cat called Simba")
    saved = operator.page.locator("#note-real [data-saved]")
    expect(saved).to_contain_text("Saved Today")
    about = operator.page.get_by_label("Notes about this character")
    about.fill("Said that she grew up in Lamu")
    expect(operator.page.locator("#note-fictional [data-saved]")).to_contain_text("Saved Today")
    operator.page.reload()
    expect(note).to_have_value("Has a cat called Simba")
    expect(about).to_have_value("Said that she grew up in Lamu")


def test_two_operators_at_one_note_see_the_conflict(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    """One person writes to two characters, held by two operators, who share the note."""
    user = new_person().as_user()
    first, second = new_person().as_operator(max_chats=1), new_person().as_operator(max_chats=1)
    for character in ("Nia", "Zuri"):
        with live_server.acting():
            chat = factories.open_chat(user.viewer, live_server.character(name=character))
            factories.send(user.viewer, chat, "Hello")
    for operator in (first, second):
        held = live_server.one(
            "SELECT id FROM chats WHERE assigned_operator_id = %s", operator.viewer.account_id
        )
        operator.page.goto(f"/operator/chat/{held}")
    note = "Notes about this person"
    first.page.get_by_label(note).fill("Likes tea")
    expect(first.page.locator("#note-real [data-saved]")).to_contain_text("Saved")
    second.page.get_by_label(note).fill("Likes coffee")
    conflict = second.page.locator("#note-real").get_by_role("alert")
    expect(conflict).to_contain_text("Somebody else changed this note meanwhile.")
    expect(conflict).to_contain_text("Likes tea")
    expect(second.page.get_by_label(note)).to_have_value("Likes coffee")
    conflict.get_by_role("button", name="Keep both").click()
    expect(conflict).to_have_count(0)
    expect(second.page.locator("#note-real [data-saved]")).to_contain_text("Saved")
    first.page.reload()
    expect(first.page.get_by_label(note)).to_have_value("Likes tea\nLikes coffee")


def test_templates_go_in_at_the_cursor_with_their_words(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    with live_server.acting():
        kamau = factories.user(username="kamau")
    operator = new_person().as_operator()
    templates = {"greeting": "How was your {time_of_day}, {name}?"}
    chat = _write(live_server, kamau, "Hello", response_templates=templates)
    operator.page.goto(f"/operator/chat/{chat}")
    operator.wait_until_live()
    operator.field.fill("Oh. Tell me.")
    operator.field.evaluate("(field) => field.setSelectionRange(3, 3)")
    template = operator.page.get_by_role("button", name="/greeting")
    had = template.get_by_text("said in this chat before")
    expect(had).to_be_hidden()
    template.click()
    filled = r"How was your (night|morning|afternoon|evening), kamau\?"
    expect(operator.field).to_have_value(re.compile(rf"^Oh\.{filled} Tell me\.$"))
    expect(operator.field).to_be_focused()
    operator.send_button.click()
    expect(operator.bubble("How was your")).to_be_visible()
    expect(had).to_be_visible()
    operator.page.reload()
    expect(had).to_be_visible()


def test_newer_messages_stop_a_reply_and_keep_it(
    conversation: Conversation, live_server: LiveServer
) -> None:
    """The desk had not seen them: the draft stays, the new ones are shown, then it goes."""
    user, operator = conversation
    operator.page.route_web_socket("**/ws", lambda _socket: None)
    operator.page.reload()
    user.say("Wait, one more thing")
    expect(user.bubble("Wait, one more thing")).to_be_visible()
    expect(operator.bubble("Wait, one more thing")).to_have_count(0)
    operator.say("My answer to the first")
    expect(operator.page.locator("#notice")).to_contain_text("There are newer messages.")
    expect(operator.field).to_have_value("My answer to the first")
    expect(operator.bubble("Wait, one more thing")).to_be_visible()
    assert live_server.one("SELECT count(*) FROM messages WHERE sender_type = 'fictional'") == 0
    operator.send_button.click()
    expect(operator.bubble("My answer to the first")).to_be_visible()
    expect(user.bubble("My answer to the first")).to_be_visible()


def test_a_reply_that_waited_answers_only_what_was_seen_then(
    conversation: Conversation, live_server: LiveServer
) -> None:
    """Sent, kept back by a busy server, overtaken by a message: its writer reads that first."""
    user, operator = conversation
    busy = [True]

    def meet(_frame: Frame, pass_on: Callable[[], None]) -> Frame | None:
        if busy:
            return {"status": 503, "body": None, "retry_after": 1}
        pass_on()
        return None

    operator.meet_messages(meet)
    operator.say("My answer to the first")
    expect(operator.pending("My answer")).to_contain_text("It is tried again in a moment")
    user.say("Wait, one more thing")
    expect(operator.bubble("Wait, one more thing")).to_be_visible()
    busy.clear()
    expect(operator.page.locator("#notice")).to_contain_text("There are newer messages.")
    expect(operator.field).to_have_value("My answer to the first")
    assert live_server.one("SELECT count(*) FROM messages WHERE sender_type = 'fictional'") == 0
    operator.send_button.click()
    expect(user.bubble("My answer to the first")).to_be_visible()


def test_the_held_list_follows_the_chat_shown(conversation: Conversation) -> None:
    user, operator = conversation
    held = operator.page.locator("#held")
    expect(held).to_contain_text("Good evening")
    user.say("Are you there?")
    # Well before the list renews itself, every 15 s.
    expect(held).to_contain_text("Are you there?", timeout=5000)


def test_a_pulse_is_answered_with_a_beat(new_person: NewPerson) -> None:
    """The timers of a hidden tab sleep for a minute; the server's own pulse wakes it."""
    operator = new_person().as_operator()
    beats: list[object] = []

    def serve(line: WebSocketRoute) -> None:
        def heard(frame: str | bytes) -> None:
            if json.loads(frame)["type"] != "beat":
                return
            beats.append(frame)
            said = {"type": "pulse"} if len(beats) == 1 else {"type": "notice", "text": "Alive"}
            line.send(json.dumps(said))

        line.on_message(heard)

    operator.page.route_web_socket("**/ws", serve)
    operator.page.goto("/operator/waiting")
    expect(operator.page.get_by_text("Alive")).to_be_visible()


def test_the_waiting_room_hears_that_the_server_switched_it(new_person: NewPerson) -> None:
    """But nobody's choice is swapped away under their hands."""
    operator = new_person().as_operator()
    page = operator.page
    page.goto("/operator/waiting")
    operator.wait_until_live()
    away = page.locator("#availability").evaluate("(part) => part.outerHTML")
    away = away.replace("You are available", "You are away")
    page.route("**/operator/availability", lambda route: route.fulfill(body=away))
    title = page.get_by_role("heading", name="You are")
    tell = "document.body.dispatchEvent(new CustomEvent('fantooo:availability'))"
    page.get_by_label("Reason when unavailable").focus()
    with page.expect_response("**/operator/availability"):
        page.evaluate(tell)
    expect(page.get_by_label("Reason when unavailable")).to_be_focused()
    expect(title).to_have_text("You are available")
    page.get_by_label("Play a sound for new chats").focus()
    expect(title).to_have_text("You are away")


def test_what_the_server_refuses_is_said(new_person: NewPerson) -> None:
    operator = new_person().as_operator()
    operator.page.goto("/operator/waiting")
    refusal = '<p class="form-error" role="alert">You are &lt;not&gt; allowed to</p>'
    operator.page.route("**/auto-next", lambda route: route.fulfill(status=403, body=refusal))
    operator.page.get_by_label("Open the next chat after a reply").click()
    expect(operator.page.locator("#toasts")).to_have_text("You are <not> allowed to")


def test_what_a_character_may_not_say_is_refused_with_the_reason(
    conversation: Conversation,
) -> None:
    user, operator = conversation
    notice = operator.page.locator("#notice")
    refused = {
        "Call me on 0712 345 678": "Characters give no phone numbers.",
        "I am a real woman": "A character never claims to be a real person.",
    }
    for text, reason in refused.items():
        operator.say(text)
        expect(notice).to_contain_text(f"Not sent. {reason}")
        expect(operator.field).to_have_value(text)
        expect(operator.pending()).to_have_count(0)
    operator.say("Something kinder")
    expect(user.bubble("Something kinder")).to_be_visible()
    expect(notice).to_be_hidden()
    assert user.texts() == ["Good evening", "Something kinder"]


def test_three_replies_in_a_row_are_the_limit(conversation: Conversation) -> None:
    user, operator = conversation
    for text in ("One", "Two", "Three"):
        operator.say(text)
        expect(operator.bubble(text)).to_be_visible()
    operator.say("Four")
    expect(operator.page.locator("#notice")).to_contain_text("three replies in a row")
    expect(operator.field).to_have_value("Four")
    user.say("I read them")
    expect(operator.bubble("I read them")).to_be_visible()
    operator.send_button.click()
    expect(user.bubble("Four")).to_be_visible()


def test_a_chat_handed_over_opens_at_somebody_elses_desk(
    conversation: Conversation, live_server: LiveServer, new_person: NewPerson
) -> None:
    user, operator = conversation
    other = new_person().as_operator(name="Wairimu")
    other.page.goto("/operator/waiting")
    other.wait_until_live()
    user.remember_page()
    operator.page.get_by_role("button", name="Hand over").click()
    dialog = operator.page.get_by_role("dialog", name="Hand this chat over")
    dialog.get_by_role("button", name="Hand over").click()
    expect(dialog).to_be_visible()  # not without a reason
    dialog.get_by_label("I need a break").check()
    dialog.get_by_role("button", name="Hand over").click()
    operator.page.wait_for_url("**/operator/waiting")

    other.page.wait_for_url(DESK)
    other.wait_until_live()
    other.say("Good evening to you")
    expect(user.bubble("Good evening to you")).to_be_visible()
    assert user.is_same_page()
    note = "SELECT end_note FROM chat_assignments WHERE end_reason = 'handed_back'"
    assert live_server.one(note) == "I need a break"
    operator.page.go_back()
    expect(operator.page).to_have_url(re.compile("/operator/waiting"))


def test_silence_warns_and_then_takes_the_chat_away(
    conversation: Conversation, live_server: LiveServer, new_person: NewPerson
) -> None:
    """The composer is locked, what was typed can still be copied, somebody else is asked."""
    _user, operator = conversation
    operator.remember_page()
    operator.field.fill("I was just about to")
    _let_pass(live_server, seconds=125)
    notice = operator.page.locator("#notice")
    expect(notice).to_contain_text("This person has waited 2 minutes. Answer now")
    other = new_person().as_operator(name="Wairimu")
    other.page.goto("/operator/waiting")
    other.wait_until_live()
    _let_pass(live_server, seconds=185)
    expect(notice).to_contain_text("This chat waited too long, so it is no longer yours.")
    expect(operator.field).to_have_value("I was just about to")
    expect(operator.field).not_to_be_editable()
    expect(operator.send_button).to_be_disabled()
    assert operator.is_same_page()
    other.page.wait_for_url(DESK)
    expect(other.field).to_have_value("")
    notice.get_by_role("link", name="Waiting room").click()
    operator.page.wait_for_url("**/operator/waiting")


def test_a_reply_under_an_old_assignment_is_refused(
    conversation: Conversation, live_server: LiveServer
) -> None:
    """Taken away while the line was cut: the desk learns it from its own send."""
    user, operator = conversation
    operator.page.route_web_socket("**/ws", lambda _socket: None)
    operator.page.reload()
    _let_pass(live_server, seconds=185)
    operator.say("Too late")
    expect(operator.page.locator("#notice")).to_contain_text("no longer assigned to you")
    expect(operator.field).to_have_value("Too late")
    expect(operator.field).not_to_be_editable()
    expect(user.bubble("Too late")).to_have_count(0)


def test_a_desk_that_comes_back_too_late_says_so_and_stays_connected(
    conversation: Conversation, live_server: LiveServer, new_person: NewPerson
) -> None:
    """The chat was taken away, and given to nobody, while the line was down: nothing was pushed."""
    _user, operator = conversation
    operator.field.fill("I was just about to")
    operator.context.set_offline(True)
    _let_pass(live_server, seconds=185)
    live_server.wait_for("SELECT assigned_operator_id IS NULL FROM chats")
    operator.context.set_offline(False)
    expect(operator.page.locator("#notice")).to_contain_text("no longer assigned to you")
    expect(operator.field).not_to_be_editable()
    operator.wait_until_live()
    expect(operator.page.locator("#connection")).to_be_hidden()


def test_the_next_chat_opens_by_itself_unless_it_is_turned_off(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    operator = new_person().as_operator()
    with live_server.acting():
        people = [factories.user(username=name) for name in ("amina", "brian", "cheche")]
    chats = [_write(live_server, viewer, f"From {viewer.name}") for viewer in people]
    operator.page.goto(f"/operator/chat/{chats[0]}")
    operator.wait_until_live()
    operator.say("To the first")
    operator.page.wait_for_url(DESK)
    expect(operator.page).to_have_url(re.compile(f"{chats[1]}$"))
    expect(operator.page.get_by_text("From brian").first).to_be_visible()

    operator.page.goto("/operator/waiting")
    with operator.page.expect_response(re.compile("/operator/auto-next$")):
        operator.page.get_by_label("Open the next chat after a reply").uncheck()
    expect(operator.page.get_by_label("Open the next chat after a reply")).not_to_be_checked()
    operator.page.goto(f"/operator/chat/{chats[1]}")
    operator.wait_until_live()
    operator.say("To the second")
    expect(operator.bubble("To the second")).to_be_visible()
    link = operator.page.locator("#notice").get_by_role("link", name="Next chat")
    expect(link).to_be_visible()
    expect(operator.page).to_have_url(re.compile(f"{chats[1]}$"))
    link.click()
    expect(operator.page).to_have_url(re.compile(f"{chats[2]}$"))


def test_a_chat_that_comes_meanwhile_interrupts_nobody(
    conversation: Conversation, live_server: LiveServer
) -> None:
    """Who is writing keeps writing; a line says that another chat has come."""
    _user, operator = conversation
    here = operator.page.url
    operator.field.fill("In the middle of")
    with live_server.acting():
        other = factories.user(username="brian")
    chat = _write(live_server, other, "Me too")
    notice = operator.page.locator("#notice")
    expect(notice).to_contain_text("Another chat was given to you.")
    expect(operator.page.locator("#held").get_by_text("brian")).to_be_visible()
    assert operator.page.url == here
    notice.get_by_role("link", name="Open it").click()
    operator.page.wait_for_url(f"**/operator/chat/{chat}")
    operator.page.goto(here)
    expect(operator.field).to_have_value("In the middle of")


def test_a_chat_that_comes_leaves_a_note_in_its_writers_hands(
    conversation: Conversation, live_server: LiveServer
) -> None:
    """What is typed for one person never goes on in another one's composer."""
    _user, operator = conversation
    _answered(operator)
    note = operator.page.get_by_label("Notes about this person")
    note.press_sequentially("Has a cat ")
    chat = _another_comes(live_server)
    expect(operator.page.locator("#notice")).to_contain_text("Another chat was given to you.")
    expect(note).to_be_focused()
    operator.page.keyboard.type("called Simba")
    expect(note).to_have_value("Has a cat called Simba")
    expect(operator.page.locator("#note-real [data-saved]")).to_contain_text("Saved Today")
    assert operator.is_same_page()
    operator.page.locator("#notice").get_by_role("link", name="Open it").click()
    operator.page.wait_for_url(f"**/operator/chat/{chat}")
    expect(operator.field).to_have_value("")


def test_a_chat_that_comes_leaves_a_dialog_open(
    conversation: Conversation, live_server: LiveServer
) -> None:
    _user, operator = conversation
    _answered(operator)
    operator.page.get_by_role("button", name="Hand over").click()
    dialog = operator.page.get_by_role("dialog", name="Hand this chat over")
    dialog.get_by_label("I need a break").check()
    _another_comes(live_server)
    expect(operator.page.locator("#notice")).to_contain_text("Another chat was given to you.")
    expect(dialog.get_by_label("I need a break")).to_be_checked()
    assert operator.is_same_page()


def test_a_chat_that_comes_opens_by_itself_where_nothing_is_in_hand(
    conversation: Conversation, live_server: LiveServer
) -> None:
    _user, operator = conversation
    _answered(operator)
    chat = _another_comes(live_server)
    operator.page.wait_for_url(f"**/operator/chat/{chat}")


def test_a_chat_given_back_leaves_a_note_in_its_writers_hands(conversation: Conversation) -> None:
    """Its own page waits to be loaded anew, too."""
    _user, operator = conversation
    operator.remember_page()
    note = operator.page.get_by_label("Notes about this person")
    note.press_sequentially("Has a cat")
    chat = operator.page.url.rsplit("/", 1)[1]
    told = {"chat": chat, "url": f"/operator/chat/{chat}"}
    tell = "(detail) => document.body.dispatchEvent(new CustomEvent('fantooo:assigned', {detail}))"
    operator.page.evaluate(tell, told)
    notice = operator.page.locator("#notice")
    expect(notice).to_contain_text("This chat is yours again.")
    expect(note).to_be_focused()
    assert operator.is_same_page()
    expect(operator.page.locator("#note-real [data-saved]")).to_contain_text("Saved Today")
    notice.get_by_role("link", name="Open it anew").click()
    until(operator.page, "window.stayed !== true")
    expect(note).to_have_value("Has a cat")


def test_a_note_that_was_not_saved_is_saved_again_by_itself(
    conversation: Conversation, live_server: LiveServer
) -> None:
    """Also when the save had arrived and only its answer was lost: that is nobody else's text."""
    _user, operator = conversation
    _answered(operator)
    saves: list[str] = []

    def answer(route: Route) -> None:
        saves.append(route.request.post_data or "")
        if len(saves) == 2:
            route.fetch()
        if len(saves) <= 2:
            route.abort()
        else:
            route.continue_()

    operator.page.route("**/notes/real", answer)
    note = operator.page.get_by_label("Notes about this person")
    note.fill("Has a cat")
    saved = operator.page.locator("#note-real [data-saved]")
    expect(saved).to_contain_text("Not saved yet. It is tried again in a moment.")
    operator.field.focus()
    _another_comes(live_server)
    expect(operator.page.locator("#notice")).to_contain_text("Another chat was given to you.")
    assert operator.is_same_page()
    expect(saved).to_have_text("Saved", timeout=20_000)
    assert len(saves) == 3, saves
    expect(operator.page.locator("#note-real").get_by_role("alert")).to_have_count(0)
    assert live_server.one("SELECT content FROM profile_notes") == "Has a cat"


def test_a_note_goes_along_when_its_page_is_left(
    conversation: Conversation, live_server: LiveServer
) -> None:
    """Left before it began to save; and while an earlier save of it was still under way."""
    _user, operator = conversation
    note = operator.page.get_by_label("Notes about this person")
    note.fill("Has a cat")
    operator.page.goto("/operator/waiting")
    live_server.wait_for("SELECT count(*) FROM profile_notes WHERE content = 'Has a cat'")
    operator.page.go_back()
    expect(note).to_have_value("Has a cat")
    note.fill("Has a cat called Simba")
    saved = operator.page.locator("#note-real [data-saved]")
    expect(saved).to_contain_text("Saved Today")
    live_server.wait_for("SELECT count(*) FROM profile_notes WHERE content LIKE '%%Simba'")


def test_the_waiting_room_shows_queue_numbers_and_switch_live(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    operator = new_person().as_operator(available=False)
    page = operator.page
    page.goto("/operator/waiting")
    operator.wait_until_live()
    operator.remember_page()
    queue = page.get_by_role("region", name="Queue")
    expect(queue).to_contain_text("Nobody waits.")
    with live_server.acting():
        user = factories.user(username="amina")
    chat = _write(live_server, user, "Anybody there?")
    expect(queue).to_contain_text("1 waiting")
    expect(queue).to_contain_text("Low")
    expect(queue).to_contain_text("first message")
    assert "Anybody there?" not in page.content()
    assert operator.is_same_page()

    switch = page.get_by_role("switch", name="Available for chats")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    page.wait_for_url(f"**/operator/chat/{chat}")
    operator.wait_until_live()
    operator.say("Here I am")
    expect(operator.bubble("Here I am")).to_be_visible()

    page.goto("/operator/waiting")
    today = page.get_by_role("region", name="Today")
    expect(today.locator("dd").nth(0)).to_have_text("1")
    expect(today.locator("dd").nth(1)).to_have_text("1")
    expect(page.locator("#held")).to_contain_text("theirs to answer")
    expect(switch).to_have_attribute("aria-checked", "true")
    page.get_by_label("Reason when unavailable").select_option("break")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(page.get_by_text("On a break. What waits is still yours")).to_be_visible()
    expect(page.locator("#held")).to_contain_text("amina")


def test_going_offline_gives_everything_back(
    conversation: Conversation, live_server: LiveServer
) -> None:
    user, operator = conversation
    room = operator.context.new_page()
    room.goto("/operator/waiting")
    room.get_by_label("Reason when unavailable").select_option("offline")
    room.get_by_role("switch").click()
    expect(room.get_by_role("region", name="Queue")).to_contain_text("1 waiting")
    expect(operator.page.locator("#notice")).to_contain_text("You went offline")
    expect(operator.field).not_to_be_editable()
    expect(user.page.get_by_text("Your message is with our team.")).to_be_visible()


def _write(live_server: LiveServer, viewer, text: str, **character: object) -> UUID:
    """A message to a new Nia; whoever is available gets the chat."""
    nia = live_server.character(name="Nia", **character)
    with live_server.acting():
        chat = factories.open_chat(viewer, nia)
        factories.send(viewer, chat, text)
    return chat


def _answered(operator: Person) -> None:
    """The operator's chat waits for its user; whether the page stays this one can be asked."""
    operator.say("Good evening to you")
    expect(operator.bubble("Good evening to you")).to_be_visible()
    expect(operator.page.locator("#answer-clock")).to_be_hidden()
    operator.remember_page()


def _another_comes(live_server: LiveServer) -> UUID:
    """Somebody else's chat is given to the one operator there is."""
    with live_server.acting():
        brian = factories.user(username="brian")
    return _write(live_server, brian, "Me too")


def _let_pass(live_server: LiveServer, seconds: int) -> None:
    """As if assigned chats had waited so long; then the sweep that runs every ten seconds."""
    live_server.change(
        "UPDATE chats SET waiting_since = now() - make_interval(secs => %s),"
        " assignment_time = now() - make_interval(secs => %s)"
        " WHERE assigned_operator_id IS NOT NULL",
        seconds,
        seconds,
    )
    with live_server.acting():
        silence.sweep()
