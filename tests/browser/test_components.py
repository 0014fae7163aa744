"""The building blocks at the keyboard, as the styleguide shows them: tabs, menu, dialog, tooltip."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Contexts
from tests.support.chromium import until
from tests.support.tour import World

#: the page shows everything twice, in either theme
LIGHT = "#light"


@pytest.fixture
def guide(contexts: Contexts) -> Page:
    page = contexts("", reduced_motion="reduce").new_page()
    page.goto("/styleguide")
    page.wait_for_load_state()
    return page


def test_tabs_are_one_stop_and_arrows_choose(guide: Page) -> None:
    about, traits, likes = (
        guide.locator(LIGHT).get_by_role("tab", name=name)
        for name in ("About", "Character", "Interests")
    )
    about.focus()
    guide.keyboard.press("ArrowRight")
    expect(traits).to_be_focused()
    expect(traits).to_have_attribute("aria-selected", "true")
    expect(guide.locator(LIGHT).get_by_role("tabpanel", name="Character")).to_be_visible()
    expect(guide.locator(LIGHT).get_by_role("tabpanel")).to_have_count(1)
    guide.keyboard.press("End")
    expect(likes).to_be_focused()
    guide.keyboard.press("ArrowRight")
    expect(about).to_be_focused()
    guide.keyboard.press("ArrowLeft")
    expect(likes).to_be_focused()
    guide.keyboard.press("Home")
    expect(about).to_be_focused()
    guide.keyboard.press("x")
    expect(about).to_have_attribute("aria-selected", "true")
    # Out of the row of tabs into the panel, and back to the chosen one.
    guide.keyboard.press("Tab")
    expect(guide.locator(LIGHT).get_by_role("tabpanel")).to_be_focused()
    guide.keyboard.press("Shift+Tab")
    expect(about).to_be_focused()


def test_a_menu_opens_moves_and_closes(guide: Page) -> None:
    opener = guide.locator("#light [data-menu] summary")
    menu = guide.locator("#light [role=menu]")
    profile, keep, leave = (
        menu.get_by_role("menuitem", name=name) for name in ("Profile", "Keep", "Log out")
    )
    opener.focus()
    guide.keyboard.press("Enter")
    expect(profile).to_be_focused()
    guide.keyboard.press("ArrowDown")
    expect(keep).to_be_focused()
    guide.keyboard.press("End")
    expect(leave).to_be_focused()
    guide.keyboard.press("ArrowDown")
    expect(profile).to_be_focused()
    guide.keyboard.press("ArrowUp")
    expect(leave).to_be_focused()
    guide.keyboard.press("k")
    expect(keep).to_be_focused()
    guide.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()
    guide.keyboard.press("ArrowDown")
    expect(profile).to_be_focused()
    # Tab leaves it behind, closed.
    guide.keyboard.press("Tab")
    expect(menu).to_be_hidden()
    expect(guide.locator("#light .tooltip-sign")).to_be_focused()
    opener.click()
    expect(menu).to_be_visible()
    guide.locator(LIGHT).get_by_role("heading", name="Menu and tooltip").click()
    expect(menu).to_be_hidden()


def test_a_dialog_keeps_the_focus_and_gives_it_back(guide: Page) -> None:
    opener = guide.locator(LIGHT).get_by_role("button", name="Open a dialog")
    dialog = guide.locator(LIGHT).get_by_role("dialog", name="Hand this chat over")
    opener.focus()
    guide.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    for _ in range(6):
        guide.keyboard.press("Tab")
        # The browser's own bar is in the round; the page behind is not.
        assert guide.evaluate(
            "document.activeElement.closest('dialog') !== null || document.activeElement === document.body"
        )
    assert guide.evaluate(BEHIND) == []
    guide.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    for way in ("Close", "Keep it"):
        opener.press("Enter")
        dialog.get_by_role("button", name=way).press("Enter")
        expect(dialog).to_be_hidden()
        expect(opener).to_be_focused()
    opener.click()
    guide.mouse.click(8, 8)
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


#: controls behind the dialog that can be reached all the same
BEHIND = """() => [...document.querySelectorAll('main a, main button')].filter((node) => {
  if (node.closest('dialog')) return false;
  node.focus();
  return document.activeElement === node;
}).map((node) => node.outerHTML.slice(0, 80))"""


def test_a_tooltip_comes_to_focus_and_pointer_and_goes_by_escape(guide: Page) -> None:
    sign = guide.locator("#light .tooltip-sign")
    words = guide.locator("#light [role=tooltip]")
    expect(words).to_be_hidden()
    sign.focus()
    expect(words).to_be_visible()
    expect(sign).to_have_accessible_description("100, less what went wrong in 30 days.")
    guide.keyboard.press("Escape")
    expect(words).to_be_hidden()
    guide.keyboard.press("Shift+Tab")
    guide.keyboard.press("Tab")
    expect(sign).to_be_focused()
    expect(words).to_be_visible()
    sign.blur()
    expect(words).to_be_hidden()
    sign.hover()
    expect(words).to_be_visible()
    # One may point at the words themselves.
    words.hover()
    expect(words).to_be_visible()
    guide.keyboard.press("Escape")
    expect(words).to_be_hidden()


def test_fields_are_tied_to_their_words(guide: Page) -> None:
    field = guide.locator(LIGHT).get_by_label("Age", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("Must be 18 or older")
    expect(guide.locator(LIGHT).get_by_label("User name")).to_have_accessible_description(
        "3 to 20 letters, digits or _."
    )
    box = guide.locator(LIGHT).get_by_role("switch", name="Show when I am online")
    expect(box).to_be_checked()
    box.focus()
    guide.keyboard.press("Space")
    expect(box).not_to_be_checked()
    expect(box).to_have_accessible_description("Off hides it from operators.")


def test_a_busy_button_keeps_its_size(guide: Page) -> None:
    button = guide.locator("#buttons .btn.passion.md", has_text="Loading").first
    busy = button.bounding_box()
    button.evaluate("node => node.removeAttribute('aria-busy')")
    assert button.bounding_box() == busy


def test_without_scripts_all_is_still_there(contexts: Contexts) -> None:
    page = contexts("", java_script_enabled=False).new_page()
    page.goto("/styleguide")
    expect(page.locator(LIGHT).get_by_role("tabpanel")).to_have_count(3)
    page.locator("#light [data-menu] summary").click()
    expect(page.locator(LIGHT).get_by_role("menuitem", name="Profile")).to_be_visible()


def test_states_are_drawn_as_the_rules_have_them(guide: Page) -> None:
    """What the guide draws is what a pointer and a key do to the same piece."""
    states = guide.locator("#pressing")
    rest, hover, focus = (
        states.locator(f".btn.passion.{name}") for name in ("is-rest", "is-hover", "is-focus")
    )
    looks = "one => { const s = getComputedStyle(one); return [s.filter, s.outlineStyle]; }"
    assert rest.evaluate(looks) == ["none", "none"]
    drawn = [hover.evaluate(looks), focus.evaluate(looks)]
    assert drawn == [["brightness(1.06)", "none"], ["none", "solid"]]
    rest.hover()
    assert rest.evaluate(looks) == drawn[0]
    guide.mouse.move(0, 0)
    guide.keyboard.press("Tab")
    rest.focus()
    assert rest.evaluate(looks) == drawn[1]


def test_pieces_are_shown_at_the_width_of_a_phone_and_of_a_screen(guide: Page) -> None:
    guide.locator("#widths").scroll_into_view_if_needed()
    for title, width, columns in (("phone", 390, 1), ("screen", 1280, 5)):
        frame = guide.frame_locator(f'iframe[title="At the width of a {title}, light"]')
        grid = frame.locator(".grid")
        expect(grid.locator(".char-card").first).to_be_visible()
        assert grid.evaluate("() => innerWidth") == width
        count = "one => getComputedStyle(one).gridTemplateColumns.split(' ').length"
        assert grid.evaluate(count) == columns
        # On a phone the ways are below, on a screen beside the name.
        bar = frame.locator(".tabbar").evaluate("one => getComputedStyle(one).position")
        assert bar == ("fixed" if width == 390 else "static")


def test_dialogs_are_laid_out_ahead_and_stay_unseen(toured: World, contexts: Contexts) -> None:
    """While nobody waits: the first opening would lay out all of its text."""
    page = contexts("user", (390, 844)).new_page()
    page.add_init_script(
        "window.laidOut = []; const ask = Element.prototype.getBoundingClientRect;"
        "Element.prototype.getBoundingClientRect = function () {"
        " const box = ask.call(this);"
        " if (this.matches('dialog')) laidOut.push([this.id, box.height > 100, getComputedStyle(this).visibility]);"
        " return box; }"
    )
    page.goto(toured.path("/chat/{chat}"))
    until(page, "laidOut.length === document.querySelectorAll('dialog').length")
    assert page.evaluate("laidOut.sort()") == [
        [name, True, "hidden"] for name in ("about", "deletion", "purchase")
    ]
    for dialog in page.locator("dialog").all():
        expect(dialog).to_be_hidden()
        expect(dialog).not_to_have_attribute("style", re.compile("."))
