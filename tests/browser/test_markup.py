"""What people write is text, wherever it is shown: no markup of theirs ever runs."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from fantooo.domain.text import clean
from tests.support.person import Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]

TEXTS = [
    "<img src=x onerror=window.hacked=1>",
    "<script>window.hacked=1</script>",
    "</textarea></template><svg onload=window.hacked=1>",
    '"><a href="javascript:window.hacked=1">click</a>',
    "<hx-partial hx-target='body' hx-swap='innerHTML'>gone</hx-partial>",
    "{{ 7 * 7 }} ${7 * 7} &lt;b&gt; &amp;amp;",
    "مرحبا 👋🏽 \u202eabc\u202c שלום 👩‍👩‍👧",
]


#: signs that nobody sees are not kept
KEPT = [clean(text) for text in TEXTS]


def test_messages_are_text_on_both_sides(live_server: LiveServer, new_person: NewPerson) -> None:
    """Optimistic, by the answer, by the push, in lists, after a reload, and by the catch-up."""
    operator = new_person().as_operator()
    user = new_person().as_user(50)
    chat = user.open_chat(live_server.character(name="Nia"))
    user.wait_until_live()
    user.say("Hello")
    live_server.wait_for("SELECT assigned_operator_id FROM chats")
    operator.page.goto(f"/operator/chat/{chat}")
    operator.wait_until_live()
    for text in TEXTS:
        user.say(text)
        # The third is the first that costs something: a fourth under the old price would come back.
        expect(user.pending()).to_have_count(0)
    for text in TEXTS[:3]:
        operator.say(f"{text} too")
        expect(operator.pending()).to_have_count(0)
        expect(operator.bubble(f"{text} too")).to_have_count(1)
    said = ["Hello", *KEPT, *(f"{text} too" for text in TEXTS[:3])]
    for person in (user, operator):
        expect(person.bubble(f"{TEXTS[2]} too")).to_have_count(1)
        assert person.texts() == said
        person.page.reload()
        assert person.texts() == said
        _nothing_ran(person)
    user.say(TEXTS[0])
    expect(operator.bubble(TEXTS[0])).to_have_count(3)
    user.page.goto("/chats")
    expect(user.page.locator(".inbox-row")).to_contain_text(TEXTS[0])
    operator.page.goto("/operator/waiting")
    expect(operator.page.locator("#held")).to_contain_text(TEXTS[0])
    _nothing_ran(user)
    _nothing_ran(operator)


def test_what_waits_in_the_browser_is_text(live_server: LiveServer, new_person: NewPerson) -> None:
    user = new_person().as_user()
    chat = user.open_chat(live_server.character(name="Nia"))
    user.without_socket()
    user.page.route("**/messages", lambda route: route.abort())
    user.say(TEXTS[0])
    expect(user.pending(TEXTS[0])).to_contain_text("Not sent yet.")
    user.field.fill(TEXTS[2])
    with user.page.expect_response("**/draft"):
        user.field.press_sequentially("!")
    user.page.goto("/discover")
    user.page.goto(f"/chat/{chat}")
    expect(user.field).to_have_value(f"{TEXTS[2]}!")
    _nothing_ran(user)


def test_names_and_notes_are_text(live_server: LiveServer, new_person: NewPerson) -> None:
    """Display name, place, character, note, template, draft: on every page that shows them."""
    name, text = TEXTS[0], " ".join(TEXTS)
    operator, admin, user = new_person().as_operator(), new_person().as_admin(), new_person()
    user.as_user()
    live_server.change("UPDATE real_users SET display_name = %s, location = %s", name, TEXTS[6])
    character = live_server.character(
        name=name,
        tagline=text[:140],
        bio=text,
        location=TEXTS[6],
        occupation=TEXTS[1],
        interests=[TEXTS[1]],
        personality_traits=[name],
        personality_guidelines=text,
        response_templates={"greeting": text},
    )
    chat = user.open_chat(character)
    user.wait_until_live()
    user.say("Hello")
    expect(user.bubble("Hello")).to_be_visible()
    live_server.wait_for("SELECT assigned_operator_id FROM chats")
    operator.page.goto(f"/operator/chat/{chat}")
    operator.wait_until_live()
    expect(operator.page.locator(".is-user .desk-name")).to_have_text(name)
    expect(operator.page.locator(".is-character")).to_contain_text(text)
    note = operator.page.get_by_label("Notes about this person")
    note.fill(text)
    expect(operator.page.locator("#note-real [data-saved]")).to_contain_text("Saved")
    operator.page.get_by_role("button", name="/greeting").click()
    expect(operator.field).to_have_value(text)
    operator.page.reload()
    expect(note).to_have_value(clean(text))
    _nothing_ran(operator)
    operator.page.goto("/operator/waiting")
    expect(operator.page.locator("#held")).to_contain_text(name)
    _nothing_ran(operator)
    for path in ("/discover?gender=", f"/profile/{character}", "/chats", f"/chat/{chat}", "/me"):
        user.page.goto(path)
        expect(user.page.get_by_role("main")).to_contain_text(name)
        _nothing_ran(user)
    user.page.goto("/")
    expect(user.page.get_by_role("main")).to_contain_text(name)
    _nothing_ran(user)
    admin.page.goto("/admin/dashboard")
    _nothing_ran(admin)


def _nothing_ran(person: Person) -> None:
    """No element was made of anybody's text; what the browser would have refused counts too."""
    made = person.page.locator(
        "[onerror], [onload], main script, a[href^='javascript:'], main svg[onload]"
    )
    expect(made).to_have_count(0)
    assert person.page.evaluate("window.hacked === undefined")
    assert not person.errors
