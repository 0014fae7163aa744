"""The simulator's own pages, on a phone: usable, and plainly no place for real money."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_accessibility import OUT_OF_SIGHT, PHONE, SMALL_TARGETS
from tests.support import axe
from tests.support.paystack import PaystackSimulator, Shop


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, color_scheme=request.param)
    yield context.new_page()
    context.close()


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Where the checkout leads back to."""
    made = Shop()
    yield made
    made.stop()


def looks_right(page: Page) -> None:
    expect(page.get_by_role("banner")).to_have_text("Paystack simulator - no real money")
    assert axe.faults(page, axe.EVERYTHING) == []
    assert page.evaluate(OUT_OF_SIGHT) == []
    assert page.evaluate(SMALL_TARGETS) == []


def test_paying_by_card_and_by_phone(page: Page, paystack: PaystackSimulator, shop: Shop) -> None:
    client = paystack.client()
    back = shop.url.replace("/webhooks/paystack", "/credits")
    addresses = {}
    for reference in ("ord-card", "ord-phone-with-a-name-so-long-that-it-must-break-somewhere"):
        addresses[reference] = client.initialize(
            email="u-7f3a9c7f3a9c7f3a9c7f3a9c7f3a9c@pay.fantooo.example",
            amount=400_000,
            currency="KES",
            reference=reference,
            callback_url=back,
        ).authorization_url
    card, phone = addresses
    page.goto(addresses[card])
    expect(page.get_by_role("heading", level=1)).to_have_text("KES 4,000.00")
    looks_right(page)
    page.get_by_role("button", name="Decline the card").click()
    page.wait_for_url(f"{back}?trxref={card}&reference={card}")
    page.goto(addresses[card])
    expect(page.get_by_text("The last try was declined")).to_be_visible()
    page.get_by_role("button", name="Approve with card").click()
    page.wait_for_url(f"{back}?*")
    assert client.verify(card).status == "success"
    page.goto(addresses[card])
    expect(page.get_by_text("This payment is done")).to_be_visible()
    looks_right(page)

    page.goto(addresses[phone])
    page.get_by_label("The prompt on the phone").select_option("nobody answers")
    page.get_by_role("button", name="Ring the phone").click()
    expect(page.get_by_text("+254710000000 rings")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Answer it yourself").click()
    looks_right(page)
    page.get_by_role("button", name="Enter the PIN").click()
    expect(page.get_by_text("Nothing rings")).to_be_visible()
    assert client.verify(phone).status == "success"


def test_pages_that_wait_go_on_by_themselves(
    page: Page, paystack: PaystackSimulator, shop: Shop
) -> None:
    client = paystack.client()
    back = shop.url.replace("/webhooks/paystack", "/credits")
    checkout = client.initialize(
        email="u-1@pay.fantooo.test",
        amount=18_000,
        currency="KES",
        reference="ord-1",
        callback_url=back,
    )
    phone = page.context.new_page()
    phone.goto(f"{paystack.url}/phone")
    expect(phone.get_by_text("Nothing rings")).to_be_visible()
    page.goto(checkout.authorization_url)
    page.get_by_label("The prompt on the phone").select_option("nobody answers")
    page.get_by_role("button", name="Ring the phone").click()
    expect(phone.get_by_role("heading", name="Pay KES 180.00?")).to_be_visible()
    expect(page.get_by_text("+254710000000 rings")).to_be_visible()
    phone.get_by_role("button", name="Enter the PIN").click()
    page.wait_for_url(f"{back}?trxref=ord-1&reference=ord-1")
    client.close()
