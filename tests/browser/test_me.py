"""One's own page: what changes there shows at the desk at once; towns by keyboard; devices signed out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.support import factories
from tests.support.pace import within
from tests.support.person import Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]


def save(page: Page, section: str) -> None:
    page.locator(f"#me-{section}-save").click()
    expect(page.locator(f"#me-{section}[data-said]")).to_be_visible()


def test_a_change_shows_at_the_desk_without_a_reload(
    conversation: tuple[Person, Person],
) -> None:
    user, operator = conversation
    mine = user.context.new_page()
    mine.goto("/me")
    panel = operator.page.get_by_role("complementary", name="The real user")
    expect(panel.locator("#presence")).to_have_text("here now")
    operator.page.get_by_label("Notes about this person").fill("half a note")
    operator.field.fill("half a reply")
    operator.remember_page()
    mine.fill("#display_name", "Achieng")
    mine.fill("#bio", "<b>Tea</b>, rain, 0712 345 678")
    mine.fill("#location", "Kisumu")
    save(mine, "profile")
    expect(mine.locator("#toasts")).to_have_text("Saved")
    expect(mine.locator("h1")).to_have_text("Achieng")
    expect(mine.locator("#me-profile-save")).to_be_focused()
    expect(panel.locator(".desk-name")).to_have_text("Achieng")
    expect(panel.locator(".desk-bio")).to_have_text("<b>Tea</b>, rain, [number hidden]")
    expect(panel.get_by_text("Kisumu", exact=True)).to_be_visible()
    expect(operator.page.locator("#held")).to_contain_text("Achieng")
    # What is around it stays: what was typed, and that the person is here.
    expect(panel.locator("#presence")).to_have_text("here now")
    expect(operator.field).to_have_value("half a reply")
    expect(operator.page.get_by_label("Notes about this person")).to_have_value("half a note")
    # A template speaks to the person by the new name.
    mine.select_option("#language", "sw")
    save(mine, "language")
    expect(panel.locator("#person").get_by_text("Swahili", exact=True)).to_be_visible()
    assert operator.is_same_page()


def test_what_is_private_leaves_the_desk_at_once(conversation: tuple[Person, Person]) -> None:
    user, operator = conversation
    mine = user.context.new_page()
    mine.goto("/me")
    panel = operator.page.get_by_role("complementary", name="The real user")
    presence = panel.locator("#presence")
    expect(panel.get_by_text("Nairobi", exact=True)).to_be_visible()
    expect(presence).to_have_text("here now")
    operator.remember_page()
    mine.uncheck("#show_place")
    mine.uncheck("#show_online")
    save(mine, "privacy")
    expect(presence).to_have_text("does not show when online")
    expect(panel.get_by_text("Nairobi", exact=True)).to_have_count(0)
    # Nor by a page that opens or beats afterwards.
    user.page.reload()
    user.wait_until_live()
    operator.page.reload()
    operator.wait_until_live()
    expect(presence).to_have_text("does not show when online")
    expect(presence).to_have_attribute("data-online", "false")
    mine.check("#show_place")
    mine.check("#show_online")
    save(mine, "privacy")
    expect(panel.get_by_text("Nairobi", exact=True)).to_be_visible()
    user.page.reload()
    expect(presence).to_have_text("here now")


def test_a_device_signed_out_elsewhere_is_out_within_a_second(
    conversation: tuple[Person, Person], new_person: NewPerson
) -> None:
    user, _operator = conversation
    assert user.viewer
    phone = new_person((390, 844)).become(user.viewer)
    phone.page.goto("/me")
    devices = phone.page.locator("#me-sessions li")
    expect(devices).to_have_count(3)  # the sign-up's, the desktop's, this one
    expect(devices.filter(has_text="This device")).to_have_count(1)
    phone.page.get_by_role("button", name="Log out everywhere else").click()
    began = time.monotonic()
    user.page.wait_for_url("**/login?next=*", wait_until="commit")
    assert time.monotonic() - began < within(1)
    expect(devices).to_have_count(1)
    expect(phone.page.locator("#toasts")).to_contain_text("Logged out there.")
    expect(phone.page.locator("#me-sessions-title")).to_be_focused()
    phone.page.reload()
    expect(phone.page.locator("#me-sessions")).to_be_visible()


def test_one_device_is_signed_out(
    conversation: tuple[Person, Person], new_person: NewPerson
) -> None:
    user, _operator = conversation
    assert user.viewer
    phone = new_person((390, 844)).become(user.viewer)
    phone.page.goto("/me")
    count = phone.page.locator("#me-sessions li").count()
    # By last use: this one first, then the browser with the chat.
    phone.page.locator("#me-sessions li").nth(1).get_by_role("button").click()
    user.page.wait_for_url("**/login?next=*", wait_until="commit")
    expect(phone.page.locator("#me-sessions li")).to_have_count(count - 1)


def test_another_password_signs_the_others_out(
    conversation: tuple[Person, Person], new_person: NewPerson
) -> None:
    user, _operator = conversation
    assert user.viewer
    phone = new_person((390, 844)).become(user.viewer)
    phone.page.goto("/me")
    phone.page.fill("#present", "not it at all")
    phone.page.fill("#password", "a much better one")
    phone.page.fill("#confirmPassword", "a much better one")
    phone.page.locator("#me-password-save").click()
    expect(phone.page.locator("#present-error")).to_have_text("This is not your current password")
    expect(phone.page.locator("#present")).to_be_focused()
    expect(phone.page.locator("#password")).to_have_value("")
    phone.page.fill("#present", factories.PASSWORD)
    phone.page.fill("#password", "a much better one")
    phone.page.fill("#confirmPassword", "a much better one")
    phone.page.locator("#me-password-save").click()
    user.page.wait_for_url("**/login?next=*", wait_until="commit")
    expect(phone.page.locator("#toasts")).to_contain_text("Password changed")


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_every_section_saves(new_person: NewPerson, *, javascript: bool) -> None:
    """With and without scripts; what was wrong stands beside its field, what was typed stays."""
    person = new_person((390, 844), javascript=javascript).as_user()
    page = person.page
    page.goto("/me")
    page.fill("#display_name", "Admin")
    page.fill("#bio", "Long novels")
    page.locator("#me-profile-save").click()
    expect(page.locator("#display_name-error")).to_have_text("This name is reserved")
    expect(page.locator("#bio")).to_have_value("Long novels")
    page.fill("#display_name", "Achieng")
    save(page, "profile")
    page.select_option("#language", "sw")
    save(page, "language")
    page.fill("#email", "Achieng@Example.com")
    page.fill("#email_password", factories.PASSWORD)
    save(page, "email")
    expect(page.locator("#email")).to_have_value("achieng@example.com")
    expect(page.locator("#me-email")).to_contain_text("Not confirmed yet")
    page.get_by_role("checkbox", name="Replies Push").check()
    save(page, "notifications")
    page.uncheck("#show_place")
    save(page, "privacy")
    page.goto("/me")
    expect(page.locator("#display_name")).to_have_value("Achieng")
    expect(page.locator("#bio")).to_have_value("Long novels")
    expect(page.locator("#language")).to_have_value("sw")
    expect(page.get_by_role("checkbox", name="Replies Push")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Replies E-mail")).not_to_be_checked()
    expect(page.locator("#show_place")).not_to_be_checked()
    expect(page.locator("#show_online")).to_be_checked()


def test_the_look_comes_along(new_person: NewPerson) -> None:
    laptop = new_person().as_user()
    laptop.page.goto("/me")
    with laptop.page.expect_response("**/theme"):
        laptop.page.locator("#me-look").get_by_role("button", name="Dark").click()
    expect(laptop.page.locator("html")).to_have_attribute("data-theme", "dark")
    bar = laptop.page.locator('meta[name="theme-color"][data-scheme="dark"]')
    expect(bar).to_have_attribute("media", "all")
    phone = new_person((390, 844), javascript=False).page
    phone.goto("/login")
    assert laptop.viewer
    phone.fill('input[name="username"]', laptop.viewer.name)
    phone.fill('input[name="password"]', factories.PASSWORD)
    phone.get_by_role("button", name="Log in").click()
    phone.wait_for_url("**/discover")
    expect(phone.locator("html")).to_have_attribute("data-theme", "dark")


# Towns as one types


def at_step_2(new_person: NewPerson, **options: object) -> Page:
    page = new_person((390, 844), **options).page
    page.goto("/get-started")
    page.fill('input[name="username"]', factories.unique("moon_"))
    page.get_by_role("button", name="Next").click()
    expect(page.locator('input[name="location"]')).to_be_visible()
    return page


def towns(page: Page) -> Locator:
    """What is offered; selects have options too."""
    return page.get_by_role("listbox", name="Towns").get_by_role("option")


def test_towns_by_keyboard(new_person: NewPerson) -> None:
    page = at_step_2(new_person)
    field = page.get_by_role("combobox", name="Town")
    page.locator("#location").focus()
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("na")
    options = towns(page)
    expect(options.first).to_have_text("Nairobi Kenya")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("listbox", name="Towns")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="6 towns")).to_have_count(1)
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "town-2")
    field.press("ArrowUp")
    field.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("Nairobi")
    expect(field).to_be_focused()
    expect(options).to_have_count(0)
    expect(page.locator("#onboarding")).to_have_attribute("data-step", "2")
    field.fill("")
    field.press_sequentially("mom")
    expect(options.first).to_have_text("Mombasa Kenya")
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("mom")
    expect(field).to_have_attribute("aria-expanded", "false")


def test_a_town_is_taken_by_touch(new_person: NewPerson) -> None:
    page = at_step_2(new_person, has_touch=True)
    page.locator("#location").tap()
    page.locator("#location").press_sequentially("kampala")
    towns(page).first.tap()
    expect(page.locator("#location")).to_have_value("Kampala, Uganda")
    expect(towns(page)).to_have_count(0)


def test_plain_text_is_enough(live_server: LiveServer, new_person: NewPerson) -> None:
    """Nobody has to choose: what is typed goes with the form, by Tab and by Enter."""
    page = at_step_2(new_person)
    field = page.locator("#location")
    field.press_sequentially("nairobi")
    expect(towns(page).first).to_be_visible()
    field.press("Tab")
    expect(towns(page)).to_have_count(0)
    expect(field).to_have_value("nairobi")
    page.select_option('select[name="gender"]', "female")
    page.fill('input[name="age"]', "29")
    page.select_option('select[name="looking_for"]', "both")
    page.get_by_role("button", name="Next").click()
    page.fill('input[name="password"]', factories.PASSWORD)
    page.fill('input[name="confirmPassword"]', factories.PASSWORD)
    page.check('input[name="consent"]')
    page.get_by_role("button", name="Create Account").click()
    page.wait_for_url("**/discover")
    assert live_server.one("SELECT location || ' ' || latitude FROM real_users") == "Nairobi -1.3"


def test_one_question_at_a_time_and_only_after_a_pause(new_person: NewPerson) -> None:
    page = at_step_2(new_person)
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/places" in request.url:
            asked.append(request.url.partition("q=")[2])

    page.on("request", note)
    held: list[Route] = []
    page.route("**/places?q=nai", lambda route: held.append(route))
    field = page.locator("#location")
    field.press_sequentially("nai", delay=20)
    page.wait_for_event("request", lambda request: "/places" in request.url)
    # The answer is slow; going on asks for what stands there now, and gives the other one up.
    with page.expect_event("requestfailed", lambda request: request.url.endswith("q=nai")):
        field.press_sequentially("v", delay=20)
    expect(towns(page).first).to_have_text("Naivasha Kenya")
    assert asked == ["nai", "naiv"]
    assert len(held) == 1


def test_no_answer_is_no_hindrance(new_person: NewPerson) -> None:
    page = at_step_2(new_person)
    page.route("**/places?*", lambda route: route.fulfill(status=429, body="Too many requests"))
    field = page.locator("#location")
    with page.expect_response(re.compile("/places")):
        field.press_sequentially("nairobi")
    expect(towns(page)).to_have_count(0)
    expect(page.locator("#toasts")).to_be_empty()
    expect(field).to_have_value("nairobi")


def test_towns_on_ones_own_page_also_after_saving(new_person: NewPerson) -> None:
    page = new_person((390, 844)).as_user().page
    page.goto("/me")
    for typed, town in (("kisu", "Kisumu"), ("mom", "Mombasa")):
        page.locator("#location").fill("")
        page.locator("#location").press_sequentially(typed)
        towns(page).filter(has_text=town).click()
        expect(page.locator("#location")).to_have_value(town)
        save(page, "profile")
        expect(page.locator("#location")).to_have_value(town)
