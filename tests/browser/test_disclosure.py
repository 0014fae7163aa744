"""Nobody is led to think that a character is a person: what is visible at 360 px, without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import Contexts
from tests.support import tour
from tests.support.tour import World

SHOWING = [stop for stop in tour.STOPS if stop.character and not stop.scripted]
#: what stands for characters on a page: each of these must say it once
ONE_CHARACTER = ".char-card, .inbox-row, .chat-head, .portraits, .desk-head, .desk-face, .held-card"
WORDS = "Fictional character"

#: whether somebody who looks at the element sees it: not hidden, not clipped, not covered, readable
SEEN = """node => {
  node.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const box = node.getBoundingClientRect();
  const faults = [];
  if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) faults.push('hidden');
  if (box.width < 60 || box.height < 10) faults.push(`too small: ${box.width} x ${box.height}`);
  if (box.left < 0 || box.right > innerWidth || box.top < 0 || box.bottom > innerHeight) faults.push('outside of the screen');
  let opacity = 1;
  for (let up = node; up; up = up.parentElement) {
    const style = getComputedStyle(up);
    opacity *= parseFloat(style.opacity);
    if (style.clipPath !== 'none') faults.push('clipped away');
    const frame = up.getBoundingClientRect();
    const clips = up !== node && style.overflow !== 'visible' && up !== document.documentElement && up !== document.body;
    if (clips && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)) faults.push(`cut off by ${up.className}`);
  }
  if (opacity < 0.9) faults.push(`opacity ${opacity}`);
  if (parseFloat(getComputedStyle(node).fontSize) < 11) faults.push('too small to read');
  // Line by line: between the lines of a wrapped text lies what is behind it.
  for (const line of node.getClientRects()) for (const x of [0.08, 0.5, 0.92]) {
    const top = document.elementFromPoint(line.x + line.width * x, line.y + line.height / 2);
    if (top !== node && !node.contains(top)) faults.push(`covered by ${top?.outerHTML.slice(0, 80)}`);
  }
  return faults;
}"""


@pytest.mark.parametrize("stop", SHOWING, ids=lambda stop: stop.name)
def test_each_character_is_called_fictional(
    stop: tour.Stop, toured: World, contexts: Contexts
) -> None:
    page = _page(stop, toured, contexts)
    shown = [one for one in page.locator(ONE_CHARACTER).all() if one.is_visible()]
    assert shown, "the page shows no character"
    for one in shown:
        words = one.get_by_text(WORDS, exact=True)
        assert words.count() == 1, f"{words.count()} badges on {one.inner_text()!r}"
        assert _faults(words) == [], one.inner_text()
    assert _pictures_elsewhere(page) == []


def _pictures_elsewhere(page: Page) -> list[str]:
    """Pictures of characters in places this file does not know yet."""
    inside = ", ".join(f"{one.strip()} img" for one in ONE_CHARACTER.split(","))
    found: list[str] = page.locator('img[src*="/media/characters/"]').evaluate_all(
        "(all, [inside, known]) => all.filter(one => !one.matches(inside) && !one.closest(known))"
        ".map(one => one.outerHTML.slice(0, 160))",
        [inside, KNOWN_BESIDES],
    )
    return found


#: the portrait over an empty chat stands under the chat's head and above "… is a fictional character";
#: the desk's list of held chats stands beside a head and a face that say it
KNOWN_BESIDES = ".log-intro, .desk-held"


@pytest.mark.parametrize("name", ["profile-signed-out", "profile", "chat", "chat-empty"])
def test_profile_and_chat_say_who_plays(name: str, toured: World, contexts: Contexts) -> None:
    stop = next(stop for stop in tour.STOPS if stop.name == name)
    page = _page(stop, toured, contexts)
    where = page.locator(".disclosure" if name.startswith("profile") else ".chat-head")
    words = where.get_by_text("played by our team")
    assert words.count() == 1
    assert _faults(words) == []


def test_chat_head_is_seen_without_scrolling(toured: World, contexts: Contexts) -> None:
    stop = next(stop for stop in tour.STOPS if stop.name == "chat")
    page = _page(stop, toured, contexts)
    box = page.locator(".chat-head .fict").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 120


def _faults(words: Locator) -> list[str]:
    found: list[str] = words.evaluate(SEEN)
    return found


def _page(stop: tour.Stop, toured: World, contexts: Contexts) -> Page:
    context = contexts(stop.actor, viewport=(360, 640), java_script_enabled=False)
    page = context.new_page()
    page.goto(toured.path(stop.path))
    return page
