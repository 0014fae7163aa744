"""Pictures as a browser shows them: none broken, nothing moves when they come, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Contexts
from tests.support.chromium import until
from tests.support.person import Person
from tests.support.server import LiveServer
from tests.support.tour import World

PAGES = ["/", "/discover", "/profile/{character}"]
SHIFTS = """
  window.shifts = [];
  new PerformanceObserver(list => list.getEntries().forEach(one => window.shifts.push({
    value: one.value, of: one.sources.map(source => source.node?.outerHTML?.slice(0, 120)),
  }))).observe({ type: 'layout-shift', buffered: true });
"""
#: what of all pictures on the page is not there; those below the fold are called first
BROKEN = """async () => {
  const all = [...document.querySelectorAll('main img')].filter(one => one.getAttribute('src') !== 'data:,');
  for (const one of all) one.loading = 'eager';
  await Promise.allSettled(all.map(one => one.decode()));
  return [all.length, all.filter(one => !one.complete || !one.naturalWidth).map(one => one.currentSrc || one.outerHTML)];
}"""
#: two frames and what the observer had to say about them
SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))"


def page_at(contexts: Contexts, actor: str, viewport: tuple[int, int], **options: Any) -> Page:
    context = contexts(actor, viewport=viewport, **options)
    context.add_init_script(SHIFTS)
    return context.new_page()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("viewport", [(390, 844), (1440, 900)], ids=["phone", "desktop"])
def test_nothing_moves_and_nothing_is_broken(
    path: str, viewport: tuple[int, int], toured: World, contexts: Contexts
) -> None:
    """Pictures that come late, after all else stands, take places that were kept for them."""
    page = page_at(contexts, "user" if path == "/discover" else "", viewport)
    late: list[Route] = []
    held = True
    page.route("**/media/**", lambda route: late.append(route) if held else route.continue_())
    failed: list[str] = []
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    page.goto(toured.path(path), wait_until="domcontentloaded")
    page.evaluate("document.fonts.ready.then(() => true)")
    expect(page.locator(".pic-hint").first).to_be_visible()
    page.evaluate(SETTLED)
    boxes = page.locator(".pic").evaluate_all(_BOXES)
    assert boxes
    assert late, "pictures are asked for meanwhile"
    assert (
        page.locator(".pic picture img").first.evaluate(
            "one => getComputedStyle(one).backgroundColor"
        )
        == "rgba(0, 0, 0, 0)"
    ), "the hint is seen through it"
    before = page.evaluate("window.shifts.length")
    held = False
    for route in late:
        route.continue_()
    count, broken = page.evaluate(BROKEN)
    assert broken == []
    assert count >= 6, "a hint and a picture for each of three"
    assert failed == []
    page.evaluate(SETTLED)
    assert page.locator(".pic").evaluate_all(_BOXES) == boxes
    shifts = page.evaluate("window.shifts")
    assert shifts[before:] == [], "a picture moved something"
    assert sum(one["value"] for one in shifts) < 0.01, shifts
    # The picture covers its hint; on a card the hint goes on below it, under the words.
    for hint, picture in page.locator(".pic").evaluate_all(
        "all => all.map(one => [...one.querySelectorAll('img')].map(img => img.getBoundingClientRect().toJSON()))"
    ):
        assert {side: hint[side] for side in ("top", "left", "right")} == {
            side: picture[side] for side in ("top", "left", "right")
        }
        assert hint["bottom"] >= picture["bottom"]


_BOXES = "all => all.map(one => JSON.stringify(one.getBoundingClientRect()))"


def test_the_first_are_hurried_the_others_wait(toured: World, contexts: Contexts) -> None:
    page = page_at(contexts, "", (390, 844))
    page.goto("/discover")
    shown = page.locator(".char-card picture img").evaluate_all(
        "all => all.map(one => [one.fetchPriority, one.loading, one.getAttribute('width'), one.getAttribute('height')])"
    )
    assert shown[0] == ["high", "auto", "640", "800"]
    assert [one[0] for one in shown[2:]] == ["auto"] * (len(shown) - 2)
    page.goto(toured.path("/profile/{character}"))
    shown = page.locator(".gallery picture img").evaluate_all(
        "all => all.map(one => [one.fetchPriority, one.loading])"
    )
    assert shown == [["high", "auto"], ["auto", "lazy"], ["auto", "lazy"]]


@pytest.mark.parametrize(
    ("scale", "width"), [(1, 384), (3, 640)], ids=["a plain screen", "a sharp one"]
)
def test_the_browser_takes_the_small_format_in_a_size_that_fits(
    scale: int, width: int, toured: World, contexts: Contexts
) -> None:
    page = page_at(contexts, "", (390, 844), device_scale_factor=scale)
    page.goto("/discover")
    first = page.locator(".char-card picture img").first
    until(page, "document.querySelector('.char-card picture img').complete")
    assert str(first.evaluate("one => one.currentSrc")).endswith(f"-{width}.avif")
    # Whoever does not know AVIF gets the same size as WebP.
    first.evaluate("one => one.previousElementSibling.remove()")
    until(page, "document.querySelector('.char-card picture img').currentSrc.endsWith('.webp')")
    assert str(first.evaluate("one => one.currentSrc")).endswith(f"-{width}.webp")


def test_the_lightbox_shows_the_picture_that_was_pressed(toured: World, contexts: Contexts) -> None:
    page = page_at(contexts, "", (390, 844))
    page.goto(toured.path("/profile/{character}"))
    page.get_by_role("link", name="Picture 1 of 3 in full").click()
    whole = page.locator("#lightbox img")
    for number in (1, 2, 3):
        expect(whole).to_have_attribute("alt", f"Illustration {number} of 3: Nia")
        until(
            page,
            "n => { const one = document.querySelector('#lightbox img');"
            " return one.complete && one.naturalWidth && one.currentSrc.includes(`/${n}-`); }",
            arg=number - 1,
        )
        page.keyboard.press("ArrowRight")


def test_the_lightbox_fills_the_screen_and_is_swiped(toured: World, contexts: Contexts) -> None:
    page = page_at(contexts, "", (390, 844))
    page.goto(toured.path("/profile/{character}"))
    page.get_by_role("link", name="Picture 1 of 3 in full").click()
    whole = page.locator("#lightbox img")
    expect(whole).to_have_attribute("alt", "Illustration 1 of 3: Nia")
    assert page.locator("#lightbox").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    swipe = _swiping(page, y=400)
    for begin, end, number in ((300, 100, 2), (100, 300, 1), (200, 210, 1)):
        swipe(begin, end)
        expect(whole).to_have_attribute("alt", f"Illustration {number} of 3: Nia")


def _swiping(page: Page, y: float) -> Callable[[int, int], None]:
    """A finger that goes from one place of a line to another and stops there before it lets go.

    In steps, as a screen tells them; thrown, it would go on as far as the machine is fast.
    """
    touch = page.context.new_cdp_session(page)

    def swipe(begin: int, end: int) -> None:
        steps = [begin + (end - begin) * step // 10 for step in range(11)]
        for kind, x in zip(
            ["touchStart", *["touchMove"] * 13], [*steps, end, end, end], strict=True
        ):
            points = [{"x": x, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            page.wait_for_timeout(20)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    return swipe


def _opened(contexts: Contexts, toured: World, viewport: tuple[int, int] = (390, 844)) -> Page:
    """A profile come to from the characters, its first picture in full."""
    page = page_at(contexts, "", viewport)
    page.goto("/discover")
    page.goto(toured.path("/profile/{character}"))
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="Picture 1 of 3 in full").click()
    expect(page.locator("#lightbox")).to_be_visible()
    return page


def test_back_closes_the_lightbox_and_stays(toured: World, contexts: Contexts) -> None:
    page = _opened(contexts, toured)
    lightbox = page.locator("#lightbox")
    page.keyboard.press("ArrowRight")
    page.go_back()
    expect(lightbox).to_be_hidden()
    expect(page).to_have_url(re.compile("/profile/"))
    expect(page.get_by_role("link", name="Picture 2 of 3 in full")).to_be_focused()
    page.go_forward()
    expect(lightbox).to_be_visible()
    page.go_back()
    expect(lightbox).to_be_hidden()
    assert page.evaluate("window.stayed"), "nothing is loaded for it"
    page.go_back()
    expect(page).to_have_url(re.compile("/discover$"))


@pytest.mark.parametrize("how", ["Escape", "button", "backdrop"])
def test_a_closed_lightbox_leaves_nothing_to_go_back_through(
    toured: World, contexts: Contexts, how: str
) -> None:
    page = _opened(contexts, toured)
    if how == "Escape":
        page.keyboard.press("Escape")
    elif how == "button":
        page.get_by_role("button", name="Close").click()
    else:
        page.locator("#lightbox").click(position={"x": 20, "y": 730})
    expect(page.locator("#lightbox")).to_be_hidden()
    until(page, "navigation.currentEntry.index === 1 && !navigation.transition")
    expect(page.get_by_role("link", name="Picture 1 of 3 in full")).to_be_focused()
    page.go_back()
    expect(page).to_have_url(re.compile("/discover$"))


def test_a_reload_keeps_the_picture_in_full(toured: World, contexts: Contexts) -> None:
    """Else its entry would be one that shows nothing."""
    page = _opened(contexts, toured)
    page.reload()
    expect(page.locator("#lightbox img")).to_have_attribute("alt", "Illustration 1 of 3: Nia")
    page.go_back()
    expect(page.locator("#lightbox")).to_be_hidden()
    expect(page).to_have_url(re.compile("/profile/"))


@pytest.mark.parametrize("by", ["arrows", "swipe"])
def test_the_row_of_pictures_is_moved_by_arrows_and_by_swipe(
    toured: World, contexts: Contexts, by: str
) -> None:
    page = page_at(contexts, "", (390, 844), has_touch=by == "swipe")
    page.goto(toured.path("/profile/{character}"))
    gallery = page.get_by_role("region", name="Pictures of Nia")
    at = page.locator(".portraits [data-at]")
    box = gallery.bounding_box()
    assert box is not None
    swipe = _swiping(page, y=box["y"] + 100)
    gallery.evaluate("row => row.addEventListener('scrollend', () => (window.rests = true))")
    gallery.focus()
    expect(at).to_have_text("1 / 3")
    for key, line, number in (
        ("ArrowRight", (330, 80), 2),
        ("ArrowRight", (330, 80), 3),
        ("ArrowLeft", (60, 310), 2),
    ):
        page.evaluate("window.rests = false")
        if by == "arrows":
            page.keyboard.press(key)
        else:
            swipe(*line)
        expect(at).to_have_text(f"{number} / 3")
        # Told before it is quite there; the browser drops a key pressed while the row still moves.
        until(
            page,
            "n => { const row = document.querySelector('.gallery');"
            " return window.rests && Math.abs(row.querySelectorAll('a')[n].offsetLeft - row.scrollLeft) < 2; }",
            arg=number - 1,
        )
    expect(page.locator("#lightbox")).to_be_hidden()


def test_arrows_go_on_after_a_step_was_pressed(toured: World, contexts: Contexts) -> None:
    page = page_at(contexts, "", (1024, 800))
    page.goto(toured.path("/profile/{character}"))
    at = page.locator(".portraits [data-at]")
    expect(at).to_have_text("1 / 3")
    page.locator('.portraits [data-step="1"]').click()
    expect(at).to_have_text("2 / 3")
    page.keyboard.press("ArrowRight")
    expect(at).to_have_text("3 / 3")


def test_a_heart_pressed_offline_says_so(
    live_server: LiveServer, new_person: Callable[..., Person]
) -> None:
    live_server.character(name="Nia")
    user = new_person().as_user()
    user.page.goto("/discover")
    heart = user.page.locator(".char-card .heart button, .heart button").first
    expect(heart).to_have_attribute("aria-pressed", "false")
    user.context.set_offline(True)
    heart.click()
    expect(user.page.locator("#toasts")).to_contain_text("You are offline")
    user.context.set_offline(False)
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")


def test_a_character_without_pictures_yet_is_no_broken_picture(
    live_server: LiveServer, new_person: Callable[..., Person]
) -> None:
    character = live_server.character(name="Nia")
    live_server.change("UPDATE media SET widths = '{}'")
    user = new_person().as_user()
    for path in ("/discover", f"/profile/{character}"):
        user.page.goto(path)
        expect(user.page.locator(".pic-none")).to_be_visible()
        assert user.page.locator("main img:not(#lightbox img)").count() == 0
        box = user.page.locator(".pic-none").bounding_box()
        assert box
        assert box["width"] > 200
        assert box["height"] > 200
    chat = user.open_chat(character)
    assert user.page.locator("svg.avatar").count() == 1
    user.say("Hello")
    user.page.goto("/chats")
    expect(user.page.locator(f'a[href="/chat/{chat}"] svg.avatar')).to_be_visible()
