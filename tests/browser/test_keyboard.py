"""The main journeys without a mouse: the focus is always visible, and no swap loses it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.support import factories
from tests.support.factories import PASSWORD
from tests.support.person import Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]
Conversation = tuple[Person, Person]

#: what the focused element shows of it: an outline, its own or its search field's, or the ring
#: around a composer
_RING = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return 'nowhere';
    const style = getComputedStyle(here);
    const box = here.getBoundingClientRect();
    if (box.bottom < 0 || box.top > innerHeight || !box.width) return 'out of sight';
    const around = here.closest('.search');
    const outlined = [style, ...(around ? [getComputedStyle(around)] : [])].some(
        (each) => each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) >= 2,
    );
    if (outlined) return 'visible';
    const ring = here.closest('.composer');
    const shadow = ring && getComputedStyle(ring).boxShadow;
    return shadow && shadow.includes('0px 0px 0px 2px') ? 'visible' : `invisible: ${here.outerHTML}`;
}"""


def test_a_user_goes_the_whole_way_by_keyboard(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    live_server.character(name="Nia")
    person = new_person()
    page = person.page
    keys = page.keyboard
    page.goto("/")
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    keys.press("Enter")
    tab_to(page, page.get_by_role("main").get_by_role("link", name="Get started"))
    keys.press("Enter")
    page.wait_for_url("**/get-started")

    tab_to(page, page.locator('input[name="username"]'))
    keys.type("mkono")
    keys.press("Enter")
    expect(page.locator("#step-title")).to_be_focused()
    tab_to(page, page.locator('input[name="location"]'))
    keys.type("Nairobi")
    tab_to(page, page.locator('select[name="gender"]'))
    keys.press("ArrowDown")
    tab_to(page, page.locator('input[name="age"]'))
    keys.type("29")
    tab_to(page, page.locator('select[name="looking_for"]'))
    keys.press("ArrowDown")
    tab_to(page, page.get_by_role("button", name="Next"))
    keys.press("Space")
    expect(page.locator("#step-title")).to_have_text("Nearly there")
    expect(page.locator("#step-title")).to_be_focused()
    tab_to(page, page.locator('input[name="password"]'))
    keys.type(PASSWORD)
    tab_to(page, page.locator('input[name="confirmPassword"]'))
    keys.type(PASSWORD)
    tab_to(page, page.locator('input[name="consent"]'))
    keys.press("Space")
    tab_to(page, page.get_by_role("button", name="Create Account"))
    keys.press("Enter")
    page.wait_for_url("**/discover")

    tab_to(page, page.get_by_role("link", name="Nia, 27"))
    keys.press("Enter")
    page.wait_for_url("**/profile/*")
    tab_to(page, page.get_by_role("button", name="Chat with Nia"))
    keys.press("Enter")
    page.wait_for_url("**/chat/*")
    person.wait_until_live()
    tab_to(page, person.field)
    keys.type("Without a mouse")
    keys.press("Enter")
    expect(person.bubble("Without a mouse")).to_be_visible()
    expect(person.field).to_be_focused()
    keys.type("And by the button")
    tab_to(page, person.send_button)
    keys.press("Space")
    expect(person.bubble("And by the button")).to_be_visible()
    expect(person.field).to_be_focused()


def test_finding_keeping_and_looking_by_keyboard(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    live_server.character(name="Nia", gender="female", tagline="Paints boats")
    live_server.character(name="Juma", gender="male", tagline="Shoots hoops")
    person = new_person().as_user()
    page = person.page
    keys = page.keyboard
    page.goto("/discover")
    tab_to(page, page.locator("#q"))
    keys.type("boats")
    expect(page.get_by_role("link", name="Juma, 27")).to_have_count(0)
    expect(page.locator("#q")).to_be_focused()
    for _ in "boats":
        keys.press("Backspace")
    expect(page.get_by_role("link", name="Juma, 27")).to_be_visible()
    tab_to(page, page.get_by_role("radio", name="Everybody"))
    keys.press("ArrowRight")
    expect(page.get_by_role("link", name="Juma, 27")).to_have_count(0)
    expect(page.get_by_role("radio", name="Women")).to_be_focused()
    heart = page.get_by_role("listitem").filter(has_text="Nia").get_by_role("button")
    tab_to(page, heart)
    keys.press("Enter")
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(heart).to_be_focused()
    page.goto("/favorites")
    tab_to(page, page.get_by_role("link", name="Nia, 27"))
    keys.press("Enter")
    page.wait_for_url("**/profile/*")
    tab_to(page, page.get_by_role("link", name="Picture 1 of 3 in full"))
    keys.press("Enter")
    whole = page.locator("#lightbox img")
    expect(whole).to_have_attribute("alt", "Illustration 1 of 3: Nia")
    keys.press("ArrowRight")
    expect(whole).to_have_attribute("alt", "Illustration 2 of 3: Nia")
    keys.press("Escape")
    expect(page.locator("#lightbox")).to_be_hidden()
    expect(page.get_by_role("link", name="Picture 2 of 3 in full")).to_be_focused()


def test_an_operator_works_by_keyboard(live_server: LiveServer, new_person: NewPerson) -> None:
    operator = new_person().as_operator(available=False)
    page = operator.page
    keys = page.keyboard
    page.goto("/operator/waiting")
    operator.wait_until_live()
    switch = page.get_by_role("switch", name="Available for chats")
    tab_to(page, switch)
    keys.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(switch).to_be_focused()
    with live_server.acting():
        user = factories.user(username="amina")
    nia = live_server.character(
        name="Nia", response_templates={"sea": "The sea is silver, {name}."}
    )
    with live_server.acting():
        chat = factories.open_chat(user, nia)
        factories.send(user, chat, "Hello")
    page.wait_for_url("**/operator/chat/*")
    operator.wait_until_live()
    expect(operator.field).to_be_focused()
    assert page.evaluate(_RING) == "visible"
    keys.press("Alt+1")
    expect(operator.field).to_have_value("The sea is silver, amina.")
    keys.press("Control+Enter")
    expect(operator.bubble("The sea is silver, amina.")).to_be_visible()
    expect(operator.field).to_be_focused()

    keys.type("What? Not a key while writing.")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    keys.press("Escape")
    keys.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    for key in ("Enter", "Alt 1 … Alt 9", "Alt M", "Alt N", "Alt B", "Alt U", "Alt C", "?"):
        expect(dialog.get_by_text(key, exact=True)).to_be_visible()
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    keys.press("Alt+m")
    expect(operator.field).to_be_focused()
    expect(operator.field).to_have_value("What? Not a key while writing.")

    keys.press("Alt+u")
    note = page.get_by_label("Notes about this person")
    expect(note).to_be_focused()
    assert page.evaluate(_RING) == "visible"
    keys.type("Likes the sea")
    expect(page.locator("#note-real [data-saved]")).to_contain_text("Saved")
    expect(note).to_be_focused()
    keys.press("Alt+c")
    expect(page.get_by_label("Notes about this character")).to_be_focused()

    keys.press("Alt+m")
    keys.press("Alt+b")
    hand_over = page.get_by_role("dialog", name="Hand this chat over")
    expect(hand_over).to_be_visible()
    keys.press("Escape")
    expect(operator.field).to_be_focused()
    keys.press("Alt+b")
    tab_to(page, hand_over.get_by_label("I need a break"))
    keys.press("Space")
    tab_to(page, hand_over.get_by_role("button", name="Hand over"))
    keys.press("Enter")
    page.wait_for_url("**/operator/waiting")


def test_the_next_chat_is_one_key_away(live_server: LiveServer, new_person: NewPerson) -> None:
    operator = new_person().as_operator()
    chats = []
    for name in ("amina", "brian"):
        nia = live_server.character(name="Nia")
        with live_server.acting():
            user = factories.user(username=name)
            chats.append(factories.open_chat(user, nia))
            factories.send(user, chats[-1], "Hello")
    operator.page.goto(f"/operator/chat/{chats[0]}")
    operator.wait_until_live()
    operator.page.keyboard.press("Alt+n")
    operator.page.wait_for_url(f"**/operator/chat/{chats[1]}")
    expect(operator.field).to_be_focused()


def test_a_dialog_keeps_the_focus_and_gives_it_back(conversation: Conversation) -> None:
    user, _operator = conversation
    page = user.page
    opener = page.get_by_role("button", name="About this chat")
    tab_to(page, opener)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="About this chat")
    expect(dialog).to_be_visible()
    for _ in range(12):
        # Between its last and its first element the focus is at the browser's own buttons.
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_lists_that_renew_themselves_keep_the_focus(
    conversation: Conversation, live_server: LiveServer
) -> None:
    """The inbox and the held chats are swapped whenever something happens."""
    user, operator = conversation
    held = operator.page.locator("#held a").first
    held.focus()
    with live_server.acting():
        other = factories.user(username="amina")
        factories.send(other, factories.open_chat(other), "Me too")
    expect(operator.page.locator("#held")).to_contain_text("amina")
    expect(operator.page.locator("#held a").first).to_be_focused()

    user.page.goto("/chats")
    user.wait_until_live()
    row = user.page.locator(".inbox-row a")
    row.focus()
    operator.say("An answer")
    expect(row).to_contain_text("An answer")
    expect(row).to_be_focused()


def test_more_of_a_list_takes_the_focus_along(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    """Show more and Load older messages vanish when pressed; the focus goes on to what came."""
    person = new_person().as_user(100)
    with live_server.acting():
        for number in range(26):
            factories.character(name=f"Nia {number:02}", slug=f"nia-{number:02}")
    person.page.goto("/discover?gender=")
    cards = person.page.locator("#grid .char-card")
    shown = cards.count()
    more = person.page.get_by_role("link", name="Show more")
    more.focus()
    person.page.keyboard.press("Enter")
    expect(cards.nth(shown)).to_be_visible()
    expect(cards.nth(shown).get_by_role("link")).to_be_focused()

    chat = person.open_chat(live_server.one("SELECT id FROM fictional_users LIMIT 1"))
    with live_server.acting():
        for number in range(60):
            factories.send(person.viewer, chat, f"Line {number:02}")
    person.page.reload()
    person.wait_until_live()
    older = person.page.get_by_role("link", name="Load older messages")
    older.focus()
    person.page.keyboard.press("Enter")
    expect(person.bubble("Line 00")).to_have_count(1)
    expect(person.page.locator("#log")).to_be_focused()


def test_buttons_that_vanish_hand_the_focus_to_the_message(conversation: Conversation) -> None:
    """Retry, Remove and Dismiss."""
    user, operator = conversation
    user.without_socket()
    user.page.route("**/messages", lambda route: route.abort())
    user.say("Again")
    user.pending("Again").get_by_role("button", name="Retry").wait_for()
    user.page.unroute("**/messages")
    user.pending("Again").get_by_role("button", name="Retry").focus()
    user.page.keyboard.press("Enter")
    expect(user.bubble("Again")).to_be_visible()
    expect(user.field).to_be_focused()

    operator.say("Call me on 0712 345 678")
    dismiss = operator.page.get_by_role("button", name="Dismiss")
    dismiss.focus()
    operator.page.keyboard.press("Enter")
    expect(operator.page.locator("#notice")).to_be_hidden()
    expect(operator.field).to_be_focused()


def tab_to(page: Page, wanted: Locator) -> None:
    """Presses Tab until ``wanted`` has the focus; each stop on the way must show it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        ring = page.evaluate(_RING)
        # At the end of the page the focus is once at the browser's own buttons.
        assert re.match("visible|nowhere", ring), ring
        if wanted.evaluate("(node) => node === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {wanted}")
