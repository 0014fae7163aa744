"""Every page and state for everybody: axe in both themes at both widths, zoom, targets, focus, motion."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Contexts
from tests.support import axe, factories, tour
from tests.support.chromium import until
from tests.support.cluster import Place
from tests.support.server import LiveServer
from tests.support.tour import Stop, World

STOPS = {stop.name: stop for stop in tour.STOPS}
#: 1280 x 1024 at 400 %
ZOOMED = {"width": 320, "height": 256}
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
#: Each width and each theme once with all rules; what is left of the four can only differ in colours.
LOOKS = (
    (PHONE, "dark", axe.EVERYTHING),
    (PHONE, "light", axe.COLOURS),
    (DESKTOP, "light", axe.EVERYTHING),
    (DESKTOP, "dark", axe.COLOURS),
)

#: elements whose right or left end is out of sight though no scroller of their own leads to it
OUT_OF_SIGHT = """() => {
  const faults = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) faults.push(`the page scrolls ${wide} px sideways`);
  const scrolls = (node) => {
    for (let up = node.parentElement; up; up = up.parentElement) {
      if (['auto', 'scroll'].includes(getComputedStyle(up).overflowX) && up.scrollWidth > up.clientWidth) return true;
    }
    return false;
  };
  for (const node of document.querySelectorAll('a, button, input, select, textarea, h1, h2, p, li, img')) {
    if (!node.checkVisibility({ visibilityProperty: true }) || node.closest('.visually-hidden, .skip, .is-plain')) continue;
    const box = node.getBoundingClientRect();
    if (box.width < 2 || (box.left >= -1 && box.right <= innerWidth + 1) || scrolls(node)) continue;
    faults.push(`${node.tagName} ${node.className} "${node.textContent.trim().slice(0, 30)}" ${Math.round(box.left)}..${Math.round(box.right)}`);
  }
  return faults;
}"""

#: what a thumb cannot hit: controls below 44 px in either direction (links in running text apart)
SMALL_TARGETS = """() => [...document.querySelectorAll(
    'button, select, textarea, input:not([type=hidden]), .btn, .chip[href], .top a, .tabbar a, .held-chat, .inbox-row a'
  )].filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.matches('.skip'))
  .map((node) => [node, (node.labels?.length && node.matches('[type=checkbox], [type=radio]') ? node.labels[0] : node).getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.height < 43.5 || box.width < 43.5))
  .map(([node, box]) => `${node.tagName} ${node.className} "${node.textContent.trim().slice(0, 20)}" ${Math.round(box.width)}x${Math.round(box.height)}`)
"""


def test_every_page_of_the_application_is_on_the_tour(toured: World) -> None:
    """From the application's own map, so that a new page without a stop fails."""
    pages = _get_endpoints(toured.server.app)
    walked = {stop.endpoint for stop in (*tour.STOPS, *tour.FIRST_STOPS)} - {""}
    assert pages - walked - set(tour.NOT_PAGES) == set()
    assert walked - pages == set()
    assert set(tour.NOT_PAGES) - pages == set()


@pytest.mark.parametrize("name", STOPS)
def test_page(name: str, toured: World, contexts: Contexts) -> None:
    """No fault in any look; at 400 % zoom nothing lies beside the screen; thumbs hit."""
    stop = STOPS[name]
    # Opened as on a phone: on a wide page the buttons between the desk's panels cannot be pressed.
    size = (PHONE["width"], PHONE["height"])
    page = contexts(stop.actor, size, has_touch=True, color_scheme="dark").new_page()
    stop.visit(page, toured)
    assert "\n".join(_faults(page)) == ""


@pytest.mark.parametrize("stop", tour.FIRST_STOPS, ids=lambda stop: stop.name)
def test_page_of_the_first_admin(stop: Stop, bare: World, browser: Browser) -> None:
    page = browser.new_context(
        base_url=bare.server.url,
        viewport=PHONE,  # type: ignore[arg-type]
        color_scheme="dark",
        reduced_motion="reduce",
    ).new_page()
    stop.visit(page, bare)
    faults = _faults(page)
    page.context.close()
    assert faults == []


def _faults(page: Page) -> list[str]:
    faults = [f"small target: {fault}" for fault in page.evaluate(SMALL_TARGETS)]
    for size, theme, rules in LOOKS:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        faults += [f"{size['width']} {theme}: {fault}" for fault in axe.faults(page, rules)]
    for height in (PHONE["height"], ZOOMED["height"]):
        page.set_viewport_size({"width": ZOOMED["width"], "height": height})
        faults += [f"320x{height}: {fault}" for fault in page.evaluate(OUT_OF_SIGHT)]
    return faults


def _get_endpoints(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


@pytest.fixture(scope="module")
def bare(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server on which nobody is yet, so that /setup is there."""
    server = LiveServer(
        place.apart(2),
        tmp_path_factory.mktemp("bare"),
        workers=1,
        admin_setup_token=tour.SETUP_TOKEN,
    )
    try:
        server.start("web")
        yield World(server)
    finally:
        server.stop()


# The keyboard


@pytest.mark.parametrize(
    "name",
    ["landing", "discover", "profile", "get-started-1", "login", "chats", "chat", "chat-about",
     "chat-no-credits", "me", "waiting-on", "desk", "desk-hand-over", "dashboard"],
)  # fmt: skip
def test_focus_is_always_seen(name: str, toured: World, contexts: Contexts) -> None:
    """Walks the page with Tab: whatever has the focus looks different from itself without.

    In one theme: that the colours of the focus are seen in both is in ``tests/unit/test_contrast.py``.
    """
    stop = STOPS[name]
    page = contexts(stop.actor).new_page()
    # Without smooth scrolling, so that what has the focus is in sight at once.
    page.emulate_media(reduced_motion="reduce")
    stop.visit(page, toured)
    seen: set[str] = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUS)
        if focused is None:
            continue
        if focused["id"] in seen:
            break
        seen.add(focused["id"])
        assert focused["differs"], f"no sign of the focus on {focused['html']}"
        assert focused["inSight"], f"focus out of sight: {focused['html']} {focused['box']}"
    assert len(seen) >= 3


#: the focused element: does it, or what frames it, look different from without the focus?
FOCUS = """async () => {
  const node = document.activeElement;
  if (!node || node === document.body || node === document.documentElement) return null;
  node.dataset.walked ??= String(document.querySelectorAll('[data-walked]').length);
  const frame = node.closest('.composer, .search') ?? node;
  const look = () => [node, frame].map((one) => {
    const style = getComputedStyle(one);
    const line = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 ? style.outline : '';
    return [line, style.boxShadow, style.borderColor].join();
  }).join();
  // Styles are computed when they are asked for; one frame is for what scripts do about the focus.
  await new Promise((done) => requestAnimationFrame(done));
  const box = node.getBoundingClientRect();
  const focused = look();
  node.blur();
  const plain = look();
  node.focus({ focusVisible: true, preventScroll: true });
  return {
    id: node.dataset.walked, differs: focused !== plain, html: node.outerHTML.slice(0, 120), box: JSON.stringify(box),
    inSight: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


# Zoomed in to 400 %


@pytest.mark.parametrize("name", ["chat-empty", "desk"])
def test_composer_is_usable_at_400_percent(name: str, toured: World, contexts: Contexts) -> None:
    stop = STOPS[name]
    page = contexts(stop.actor).new_page()
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    stop.visit(page, toured)
    text, send = page.get_by_placeholder("Type a message..."), page.get_by_label("Send message")
    text.fill("Written at four hundred percent")
    for part in (text, send):
        part.scroll_into_view_if_needed()
        assert part.evaluate(ON_TOP), "something lies over the composer"
        box = part.bounding_box()
        assert box
        assert 0 <= box["x"]
        assert box["x"] + box["width"] <= ZOOMED["width"]
    send.click()
    # The desk may have gone on to the next chat already, and shows it in its list.
    sent = page.locator("#messages .own, #held a", has_text="Written at four hundred percent")
    expect(sent.first).to_be_attached()


ON_TOP = """node => {
  const box = node.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, Math.min(box.y + box.height / 2, innerHeight - 1));
  return node === top || node.contains(top);
}"""


# Motion


@pytest.mark.parametrize("name", ["chat-typing", "chat-about", "chat-failed", "discover"])
def test_reduced_motion_stops_every_animation(name: str, toured: World, contexts: Contexts) -> None:
    stop = STOPS[name]
    page = contexts(stop.actor).new_page()
    page.emulate_media(reduced_motion="reduce")
    stop.visit(page, toured)
    assert page.evaluate(MOVING) == []
    assert page.evaluate(SLOW_TRANSITIONS) == []


def test_without_that_wish_things_move(toured: World, contexts: Contexts) -> None:
    """So that the test above can fail."""
    page = contexts("user").new_page()
    page.emulate_media(reduced_motion="no-preference")
    STOPS["chat-typing"].visit(page, toured)
    assert page.evaluate(MOVING) != []
    assert page.evaluate(SLOW_TRANSITIONS) != []


MOVING = """() => document.getAnimations()
  .filter((one) => one.playState === 'running' && one.effect.getComputedTiming().duration > 0)
  .map((one) => one.animationName ?? one.transitionProperty)"""
SLOW_TRANSITIONS = """() => [...document.querySelectorAll('*')]
  .filter((node) => getComputedStyle(node).transitionDuration.split(',').some((time) => parseFloat(time) > 0))
  .map((node) => node.className)"""


# Nothing jumps


def test_a_message_moves_neither_the_composer_nor_what_is_read(
    toured: World, contexts: Contexts
) -> None:
    """Somebody reads further up while the other side types and answers."""
    page = contexts("user", viewport=(390, 844)).new_page()
    STOPS["chat"].visit(page, toured)
    page.locator("#log").evaluate("log => { log.scrollTop = -400 }")
    until(page, "document.getElementById('log').scrollTop <= -399")
    read = page.locator("#messages .bubble:nth-last-child(9)").get_attribute("id")
    places = f"['#composer', '.chat-head', '#{read}'].map(name => Math.round(document.querySelector(name).getBoundingClientRect().top))"
    before = page.evaluate(places)
    page.evaluate(TYPES, str(toured.ids["chat"]))
    page.locator("#typing.is-on").wait_for(state="attached")
    assert page.evaluate(places) == before
    with toured.server.acting():
        factories.reply(toured.people["operator"], toured.ids["chat"], "A reply " * 30)
    page.locator("#to-end").wait_for()
    page.locator("#typing:not(.is-on)").wait_for(state="attached")
    assert page.evaluate(places) == before


#: what the socket says when the other side types
TYPES = "chat => document.body.dispatchEvent(new CustomEvent('fantooo:typing', { detail: { chat, on: true } }))"


@pytest.mark.parametrize("name", ["chat", "desk"])
def test_the_keyboard_never_covers_the_composer(
    name: str, toured: World, contexts: Contexts
) -> None:
    """Where a browser lays the keyboard over the page, only ``visualViewport`` shrinks."""
    stop = STOPS[name]
    page = contexts(stop.actor, viewport=(390, 844)).new_page()
    page.add_init_script(KEYBOARD)
    stop.visit(page, toured)
    page.evaluate("showKeyboard(340, 60)")
    until(page, "document.body.getBoundingClientRect().height < 600")
    bottom = page.evaluate("document.getElementById('composer').getBoundingClientRect().bottom")
    top = page.evaluate("document.body.getBoundingClientRect().top")
    # 60 px of the page are above what is seen.
    assert 60 <= bottom <= 844 - 340 + 60
    assert round(top) == 60
    page.evaluate("showKeyboard(0, 0)")
    until(page, "document.body.getBoundingClientRect().height > 800")


KEYBOARD = """
  const view = new EventTarget();
  Object.assign(view, { height: innerHeight, width: innerWidth, offsetTop: 0, scale: 1 });
  Object.defineProperty(window, 'visualViewport', { get: () => view });
  window.showKeyboard = (height, offsetTop) => {
    Object.assign(view, { height: innerHeight - height, offsetTop });
    view.dispatchEvent(new Event('resize'));
  };
"""


def test_ones_own_words_look_unlike_the_others(toured: World, contexts: Contexts) -> None:
    page = contexts("user").new_page()
    STOPS["chat"].visit(page, toured)
    look = "one => { const { backgroundImage, color } = getComputedStyle(one); return backgroundImage + color; }"
    own = page.locator("#messages .own .bubble-text").first.evaluate(look)
    assert own != page.locator("#messages .theirs .bubble-text").first.evaluate(look)
