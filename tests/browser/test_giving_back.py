"""Asking for a message's credits in the chat, and what the person sees of the decision."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from fantooo.services import message_refunds
from tests.support import factories
from tests.support.person import Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]


def test_from_the_menu_of_a_message_to_the_credits(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    user = new_person().as_user(10)
    nia = live_server.character(name="Nia")
    with live_server.acting():
        chat = factories.open_chat(user.viewer, nia)
        for number in range(3):
            factories.send(user.viewer, chat, f"Free {number + 1}")
    user.page.goto(f"/chat/{chat}")
    user.wait_until_live()
    user.say("Oops, wrong chat")
    bubble = user.bubble("Oops, wrong chat")
    expect(user.page.locator("#balance")).to_have_text("Credits: 9")
    refund = user.page.get_by_role("menuitem", name="Ask for a refund", include_hidden=True)
    expect(user.bubble("Free 1").locator(refund)).to_have_count(0)
    # A menu to the keyboard, and it came with the message itself.
    bubble.get_by_label("More about this message").focus()
    user.page.keyboard.press("Enter")
    expect(bubble.locator(refund)).to_be_focused()
    user.page.keyboard.press("Enter")
    expect(user.page.get_by_role("heading", name="Ask for a refund")).to_be_visible()
    user.page.get_by_label("I sent it by accident").check()
    user.page.get_by_label("Anything we should know?").fill("It was meant for somebody else")
    user.page.get_by_role("button", name="Ask for 1 credit back").click()
    expect(user.page.get_by_role("heading", name="We are looking at it")).to_be_visible()
    user.page.get_by_role("link", name="Back to the chat").click()
    user.wait_until_live()

    admin = new_person().as_admin("admin")
    admin.page.goto("/admin/refunds")
    expect(admin.page.get_by_text("It was meant for somebody else")).to_be_visible()
    expect(admin.page.get_by_text("Oops, wrong chat")).to_have_count(0)
    admin.page.get_by_label("Reason for reading").fill("To decide")
    admin.page.get_by_role("button", name="Show message").click()
    expect(admin.page.get_by_text("Oops, wrong chat")).to_be_visible()
    admin.page.get_by_label("Reply to the customer").fill("That can happen.")
    admin.page.get_by_role("button", name="Refund 1 credit").click()
    expect(admin.page.get_by_text("The person has been told.")).to_be_visible()

    # The chat is still open: balance and words come by themselves.
    expect(user.page.locator("#balance")).to_have_text("Credits: 10")
    expect(user.page.locator("#toasts")).to_contain_text("That can happen.")


def test_a_refusal_is_told_live(live_server: LiveServer, new_person: NewPerson) -> None:
    user = new_person().as_user(10)
    nia = live_server.character(name="Nia")
    with live_server.acting():
        chat = factories.open_chat(user.viewer, nia)
        for number in range(4):
            sent = factories.send(user.viewer, chat, f"Number {number + 1}")
        account, admin = user.viewer.account_id, factories.admin().account_id
        assert account and admin
        asked = message_refunds.ask(
            account_id=account, chat_id=chat, message_id=sent.event.message_id,
            reason="system_error", words="",
        )  # fmt: skip
    user.page.goto(f"/chat/{chat}")
    user.wait_until_live()
    with live_server.acting():
        message_refunds.reject(asked, admin, "It was answered.")
    expect(user.page.locator("#toasts")).to_contain_text("It was answered.")
    expect(user.page.locator("#balance")).to_have_text("Credits: 9")
