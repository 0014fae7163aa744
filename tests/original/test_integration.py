"""The chat with its price, as a person sees it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import expect

from tests.support import factories
from tests.support.paystack import PaystackSimulator
from tests.support.person import Person
from tests.support.server import LiveServer


def _in_paid_chat(server: LiveServer, person: Person, credits: int) -> UUID:
    """A chat whose free messages are used, open in the browser."""
    character = server.character()
    assert person.viewer is not None
    with server.acting():
        chat_id = factories.open_chat(person.viewer, character)
        for _ in range(3):
            factories.send(person.viewer, chat_id)
        assert person.viewer.account_id
        factories.set_credits(person.viewer.account_id, credits)
    person.page.goto(f"/chat/{chat_id}")
    return chat_id


def test_should_send_message_and_deduct_credits(
    live_server: LiveServer, new_person: Callable[..., Person]
) -> None:
    anna = new_person().as_user()
    _in_paid_chat(live_server, anna, 10)
    expect(anna.page.get_by_text("Credits: 10")).to_be_visible()
    anna.page.get_by_role("textbox").fill("Hello")
    anna.page.get_by_role("button", name="send").click()
    expect(anna.page.get_by_text("Credits: 9")).to_be_visible()


def test_should_show_purchase_modal_on_insufficient_credits(
    live_server: LiveServer, new_person: Callable[..., Person]
) -> None:
    anna = new_person().as_user()
    _in_paid_chat(live_server, anna, 0)
    anna.page.get_by_role("textbox").fill("Hello")
    anna.page.get_by_role("button", name="send").click()
    expect(anna.page.get_by_role("dialog").get_by_text("Purchase Credits")).to_be_visible()
    expect(anna.page.get_by_role("textbox")).to_have_value("Hello")


def test_should_complete_payment_and_add_credits(
    live_server: LiveServer, new_person: Callable[..., Person], paystack: PaystackSimulator
) -> None:
    paystack.set(webhook_url=f"{live_server.url}/webhooks/paystack")
    with live_server.acting():
        factories.package()
    anna = new_person().as_user(0)
    anna.page.goto("/credits")
    anna.page.get_by_text("50 Credits - 400 KES").click()
    anna.page.get_by_role("button", name="Pay now").click()
    anna.page.wait_for_url(f"{paystack.url}/**")
    anna.page.get_by_role("button", name="Approve with card").click()
    expect(anna.page.get_by_text("Payment successful!").first).to_be_visible()
    expect(anna.page.get_by_text("Credits: 50")).to_be_visible()
