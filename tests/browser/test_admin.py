"""Admins: the first one at /setup, and a dashboard that moves by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import factories
from tests.support.factories import PASSWORD
from tests.support.person import Person
from tests.support.server import LiveServer, fetch

NewPerson = Callable[..., Person]
Conversation = tuple[Person, Person]
TOKEN = "a-token-for-one-test"


def test_the_dashboard_moves_while_people_write(
    conversation: Conversation, live_server: LiveServer, new_person: NewPerson
) -> None:
    """From the login on; messages, waiting chats and operators, without a reload."""
    user, operator = conversation
    with live_server.acting():
        factories.admin()
    email = live_server.one("SELECT email FROM admins")
    admin = new_person()
    page = admin.page
    page.goto("/admin-login")
    page.locator('input[name="email"]').fill(email)
    page.locator('input[name="password"]').fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/dashboard")
    admin.remember_page()
    expect(_tile(page, "Messages")).to_have_text("1")
    expect(_tile(page, "Waiting chats")).to_have_text("0")
    expect(_tile(page, "Active chats")).to_have_text("1")
    expect(_tile(page, "Operators available")).to_have_text("1")
    expect(_tile(page, "Credits outstanding")).to_have_text("10")
    for number in range(3):
        user.say(f"And {number}")
        expect(user.pending()).to_have_count(0)
    expect(user.page.locator("#balance")).to_have_text("Credits: 9")
    expect(_tile(page, "Messages")).to_have_text("4")
    expect(_tile(page, "Credits used")).to_have_text("1")
    expect(_tile(page, "Credits outstanding")).to_have_text("9")
    operator.page.goto("/operator/waiting")
    operator.page.get_by_label("Reason when unavailable").select_option("offline")
    operator.page.get_by_role("switch").click()
    expect(_tile(page, "Waiting chats")).to_have_text("1")
    expect(_tile(page, "Operators available")).to_have_text("0")
    assert admin.is_same_page()
    assert "Good evening" not in page.content()


def test_admins_do_not_enter_at_other_doors(live_server: LiveServer, new_person: NewPerson) -> None:
    """And nobody is told whether there is such an account."""
    with live_server.acting():
        factories.admin()
        factories.operator(email="asha@fantooo.test")
    email = live_server.one("SELECT email FROM admins")
    page = new_person().page
    texts = set()
    for address, password in ((email, PASSWORD), ("nobody@fantooo.test", PASSWORD)):
        page.goto("/op-login")
        page.locator('input[name="email"]').fill(address)
        page.locator('input[name="password"]').fill(password)
        page.get_by_role("button", name="Log in").click()
        texts.add(page.get_by_role("alert").inner_text())
    assert len(texts) == 1


@pytest.mark.own_server(admin_setup_token=TOKEN)
def test_set_up_makes_the_first_admin_once(live_server: LiveServer, new_person: NewPerson) -> None:
    page, late = new_person().page, new_person().page
    late.goto("/setup")
    page.goto("/setup")
    _set_up(page, "wrong")
    expect(page.locator("#token-error")).to_have_text("Wrong setup token")
    expect(page.locator('input[name="email"]')).to_have_value("ada@fantooo.test")
    _set_up(page, TOKEN)
    page.wait_for_url("**/admin/dashboard")
    assert live_server.one("SELECT role FROM admins") == "super_admin"

    _set_up(late, TOKEN)
    expect(late.get_by_role("heading", name="We could not find that page")).to_be_visible()
    assert live_server.one("SELECT count(*) FROM admins") == 1
    assert fetch(f"{live_server.url}/setup")[0] == 404


def test_a_phone_shows_what_matters_of_a_list(
    live_server: LiveServer, new_person: NewPerson
) -> None:
    """No state is to the side, and of a row of places the present one is in sight."""
    with live_server.acting():
        user = factories.user(username="anna_k")
        assert user.account_id
        factories.purchase(user.account_id, factories.package())
    page = new_person().as_admin().page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/admin/payments")
    row = page.get_by_role("row").filter(has_text="anna_k")
    for text in ("anna_k", "400 KES", "Paid"):
        box = row.get_by_text(text, exact=True).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360, text
    expect(row.get_by_role("cell")).to_have_count(6)
    page.goto("/admin/disputes")
    for row_of, name in (("Main", "Payments"), ("Payments", "Disputes")):
        here = page.get_by_role("navigation", name=row_of, exact=True).get_by_role(
            "link", name=name
        )
        box = here.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360, name
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_a_token_there_is_no_set_up(live_server: LiveServer) -> None:
    assert fetch(f"{live_server.url}/setup")[0] == 404


def _set_up(page: Page, token: str) -> None:
    page.locator('input[name="token"]').fill(token)
    page.locator('input[name="name"]').fill("Ada")
    page.locator('input[name="email"]').fill("ada@fantooo.test")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.locator('input[name="confirmPassword"]').fill(PASSWORD)
    page.get_by_role("button", name="Create admin").click()


def _tile(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True).locator(".tile-value")
