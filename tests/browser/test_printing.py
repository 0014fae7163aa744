"""On paper: nothing to press, and ink on white whatever light the screen had."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Contexts
from tests.support.tour import World
from tests.unit.test_contrast import contrast

PAPERS = ["/discover", "/credits/receipts/{receipt}"]
#: the colour of all words that are printed, each with the words
INKS = """() => {
  const found = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.textContent.trim(), holder = walker.currentNode.parentElement;
    if (!words || !holder.checkVisibility() || holder.closest("script, style, noscript, .visually-hidden")) continue;
    found[getComputedStyle(holder).color] ??= words.slice(0, 40);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAPERS)
def test_what_is_printed_can_be_read(
    contexts: Contexts, toured: World, address: str, scheme: str
) -> None:
    page = _printed(contexts, toured, address, scheme)
    for gone in ("header.top", "nav", ".foot", "form", "#offline", "button"):
        for one in page.locator(gone).all():
            expect(one).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    inks = page.evaluate(INKS)
    assert len(inks) >= 2
    for colour, words in inks.items():
        assert contrast(_hex(colour), "#ffffff") >= 4.5, (colour, words)


def test_a_printed_receipt_has_all_its_lines(contexts: Contexts, toured: World) -> None:
    page = _printed(contexts, toured, PAPERS[1], "dark")
    expect(page.locator("h1")).to_be_visible()
    rows = page.locator(".receipt .facts > div")
    assert rows.count() >= 5
    for row in rows.all():
        expect(row).to_be_visible()


def test_printed_characters_are_called_fictional(contexts: Contexts, toured: World) -> None:
    page = _printed(contexts, toured, PAPERS[0], "dark")
    for card in page.locator(".char-card").all():
        expect(card.get_by_text("Fictional character", exact=True)).to_be_visible()


def _printed(contexts: Contexts, toured: World, address: str, scheme: str) -> Page:
    page = contexts("user", (700, 990), color_scheme=scheme).new_page()
    page.goto(toured.path(address))
    page.emulate_media(media="print")
    return page


def _hex(colour: str) -> str:
    """``rgb()`` as ``#rrggbb``; anything that lets through is measured on white."""
    numbers = [float(part) for part in re.findall(r"[\d.]+", colour)]
    alpha = numbers[3] if len(numbers) > 3 else 1
    return "#" + "".join(f"{round(part * alpha + 255 * (1 - alpha)):02x}" for part in numbers[:3])
