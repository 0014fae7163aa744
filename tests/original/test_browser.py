"""The end-to-end tests: signing up, and a message with its answer."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.person import Person
from tests.support.server import LiveServer


def test_complete_user_registration(
    live_server: LiveServer, new_person: Callable[..., Person]
) -> None:
    page = new_person().page
    page.goto("/get-started")

    # Step 1: Name
    page.fill('input[name="username"]', "testuser")
    page.click('button:has-text("Next")')

    # Step 2: Details
    page.fill('input[name="location"]', "Nairobi")
    page.select_option('select[name="gender"]', "male")
    page.fill('input[name="age"]', "25")
    page.select_option('select[name="looking_for"]', "female")
    page.click('button:has-text("Next")')

    # Step 3: Password
    page.fill('input[name="password"]', "SecurePass123!")
    page.fill('input[name="confirmPassword"]', "SecurePass123!")
    page.check('input[name="consent"]')
    page.click('button:has-text("Create Account")')

    expect(page).to_have_url(f"{live_server.url}/discover")


def test_send_message_and_receive_response(
    live_server: LiveServer, new_person: Callable[..., Person]
) -> None:
    anna = new_person().as_user()
    operator = new_person().as_operator()
    assert operator.viewer is not None
    chat_id = anna.open_chat(live_server.character())
    page = anna.page

    page.fill('textarea[placeholder="Type a message..."]', "Hello!")
    page.click('button[aria-label="Send message"]')
    expect(page.locator("#messages").get_by_text("Hello!")).to_be_visible()

    # The bubble is there before the chat has found its operator.
    live_server.wait_for("SELECT assigned_operator_id FROM chats WHERE id = %s", chat_id)
    # The original waits for a mock; here somebody answers, by the same address as the desk.
    operator.page.goto(f"/operator/chat/{chat_id}")
    operator.page.fill('textarea[placeholder="Type a message..."]', "Hi there!")
    operator.page.click('button[aria-label="Send message"]')
    expect(page.locator("#messages").get_by_text("Hi there!")).to_be_visible(timeout=5000)
