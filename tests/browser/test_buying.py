"""Buying from inside a chat at the width of a phone: the text that could not be paid for is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support import factories
from tests.support.paystack import PaystackSimulator
from tests.support.person import Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]
TEXT = "One more, please"


@pytest.fixture(autouse=True)
def _shop(live_server: LiveServer, paystack: PaystackSimulator) -> None:
    """Something to buy, from a provider that announces to this server."""
    with live_server.acting():
        factories.package()
    paystack.set(webhook_url=f"{live_server.url}/webhooks/paystack")


def out_of_credits(live_server: LiveServer, new_person: NewPerson) -> Person:
    """Somebody at 390 px whose text found an empty wallet, on the way to credits."""
    user = new_person((390, 844)).as_user(0)
    user.open_chat(live_server.character())
    for number in range(3):
        user.say(f"Free {number}")
        expect(user.bubble(f"Free {number}")).to_be_visible()
    user.say(TEXT)
    dialog = user.page.get_by_role("dialog", name="Purchase Credits")
    expect(dialog).to_be_visible()
    dialog.get_by_role("link", name="Get credits").click()
    user.page.get_by_text("50 Credits - 400 KES").click()
    return user


def send_what_waited(user: Person) -> None:
    page = user.page
    expect(page.get_by_role("heading", name="Payment successful!")).to_be_visible()
    page.get_by_role("link", name="Back to the chat").click()
    expect(user.field).to_have_value(TEXT)
    expect(page.locator("#balance")).to_have_text("Credits: 50")
    user.send_button.click()
    expect(user.bubble(TEXT)).to_be_visible()
    expect(page.locator("#balance")).to_have_text("Credits: 49")


def on_the_simulator(page: Page, paystack: PaystackSimulator) -> None:
    page.wait_for_url(f"{paystack.url}/**")


def test_with_a_card(
    live_server: LiveServer, new_person: NewPerson, paystack: PaystackSimulator
) -> None:
    user = out_of_credits(live_server, new_person)
    user.page.get_by_role("button", name="Pay now").click()
    on_the_simulator(user.page, paystack)
    user.page.get_by_role("button", name="Approve with card").click()
    send_what_waited(user)


def test_with_m_pesa(
    live_server: LiveServer, new_person: NewPerson, paystack: PaystackSimulator
) -> None:
    """The page follows by itself; nothing is reloaded."""
    paystack.set(mpesa_outcome="none")  # until the person has answered below
    user = out_of_credits(live_server, new_person)
    page = user.page
    page.get_by_label("M-Pesa prompt on your phone").check()
    page.get_by_label("M-Pesa number").fill("0712 345 678")
    page.get_by_role("button", name="Pay now").click()
    expect(page.get_by_role("heading", name="Look at your phone")).to_be_visible()
    user.remember_page()
    reference = paystack.state()["transactions"][0]["reference"]
    paystack.finish(reference)
    expect(page.get_by_role("heading", name="Payment successful!")).to_be_visible()
    assert user.is_same_page()
    send_what_waited(user)


def test_with_a_promo_code(
    live_server: LiveServer, new_person: NewPerson, paystack: PaystackSimulator
) -> None:
    """The new price stands on the card before it is paid, and it is what the provider asks for."""
    with live_server.acting():
        factories.promo(code="KARIBU20")
    user = out_of_credits(live_server, new_person)
    page = user.page
    user.remember_page()
    to_pay = page.locator("#to-pay")
    expect(to_pay).to_have_text("You pay 400 KES")
    code = page.get_by_label("Promo code", exact=True)
    page.get_by_text("I have a promo code").click()
    code.fill("karibu25")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("This code is not valid.")).to_be_visible()
    expect(code).to_be_focused()
    expect(page.get_by_text("50 Credits - 400 KES")).to_be_visible()
    code.fill("karibu20")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("50 Credits - 320 KES")).to_be_visible()
    expect(page.get_by_text("80 KES less")).to_be_visible()
    expect(page.get_by_role("radio", name="50 Credits - 320 KES")).to_be_checked()
    expect(to_pay).to_have_text("You pay 320 KES")
    assert user.is_same_page()
    page.get_by_role("button", name="Pay now").click()
    on_the_simulator(page, paystack)
    expect(page.get_by_text("320")).not_to_have_count(0)
    page.get_by_role("button", name="Approve with card").click()
    send_what_waited(user)
    assert [each["amount"] for each in paystack.state()["transactions"]] == [32_000]


def test_enter_in_the_field_of_a_code_pays_nothing_yet(
    live_server: LiveServer, new_person: NewPerson, paystack: PaystackSimulator
) -> None:
    with live_server.acting():
        factories.promo(code="KARIBU20")
    user = out_of_credits(live_server, new_person)
    page = user.page
    page.get_by_text("I have a promo code").click()
    page.get_by_label("Promo code", exact=True).fill("karibu20")
    page.keyboard.press("Enter")
    told = page.get_by_text("Nothing was charged yet. It is now: 50 Credits - 320 KES.")
    expect(told).to_be_visible()
    assert paystack.state()["transactions"] == []
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("50 Credits - 400 KES")).to_be_visible()
    expect(page.get_by_label("Promo code", exact=True)).to_have_value("")


def test_a_closed_tab_loses_nothing(
    live_server: LiveServer, new_person: NewPerson, paystack: PaystackSimulator
) -> None:
    user = out_of_credits(live_server, new_person)
    user.page.get_by_role("button", name="Pay now").click()
    on_the_simulator(user.page, paystack)
    user.page.close()
    user.page = user.context.new_page()
    user.page.goto("/discover")
    user.wait_until_live()
    paystack.finish(paystack.state()["transactions"][0]["reference"])
    expect(user.page.locator("#toasts")).to_contain_text("Payment successful!")
    expect(user.page.locator("#balance")).to_have_text("Credits: 50")


def test_what_was_declined_is_tried_again_in_one_click(
    live_server: LiveServer, new_person: NewPerson, paystack: PaystackSimulator
) -> None:
    user = out_of_credits(live_server, new_person)
    page = user.page
    page.get_by_role("button", name="Pay now").click()
    on_the_simulator(page, paystack)
    reference = paystack.state()["transactions"][0]["reference"]
    paystack.finish(reference, status="failed")
    page.goto(f"/credits/return?reference={reference}&trxref={reference}")
    expect(page.get_by_role("heading", name="Payment failed. Please try again")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    on_the_simulator(page, paystack)
    page.get_by_role("button", name="Approve with card").click()
    send_what_waited(user)
    references = {each["reference"] for each in paystack.state()["transactions"]}
    assert len(references) == 2


def test_without_scripts(
    live_server: LiveServer, new_person: NewPerson, paystack: PaystackSimulator
) -> None:
    with live_server.acting():
        factories.promo(code="KARIBU20")
    user = new_person(javascript=False).as_user(0)
    user.page.goto("/credits")
    user.page.get_by_text("50 Credits - 400 KES").click()
    user.page.get_by_text("I have a promo code").click()
    user.page.get_by_label("Promo code", exact=True).fill("karibu20")
    user.page.get_by_role("button", name="Apply").click()
    expect(user.page.get_by_role("radio", name="50 Credits - 320 KES")).to_be_checked()
    user.page.get_by_role("button", name="Pay now").click()
    user.page.get_by_role("link", name="Continue to payment").click()
    on_the_simulator(user.page, paystack)
