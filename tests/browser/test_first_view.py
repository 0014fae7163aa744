"""What is in sight before anybody scrolls, at the heights that phones leave below their own bars."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Contexts
from tests.support.tour import World

#: widths and heights of small phones with their browser's bars shown
PHONES = [(360, 640), (390, 664)]
LONG = "It was a long day at the market, and then the lights went out. " * 8


def _box(place: Locator) -> dict[str, float]:
    box = place.bounding_box()
    assert box
    return {**box, "bottom": box["y"] + box["height"]}


def _floor(page: Page, height: int) -> float:
    """Where what stays at the lower edge begins: the bar of tabs, if there is one."""
    bar = page.locator(".tabbar")
    return _box(bar)["y"] if bar.count() else float(height)


@pytest.mark.parametrize("viewport", PHONES, ids=str)
@pytest.mark.parametrize("actor", ["user", ""], ids=["signed in", "signed out"])
def test_the_first_face_and_name_of_discover(
    contexts: Contexts, actor: str, viewport: tuple[int, int]
) -> None:
    page = contexts(actor, viewport).new_page()
    page.goto("/discover")
    card = page.locator(".char-card").first
    name, picture = _box(card.locator(".char-name")), _box(card.locator("img").last)
    assert name["bottom"] <= _floor(page, viewport[1])
    # From hair to chin, not its upper edge.
    assert _box(card.locator(".char-text"))["y"] - picture["y"] >= 190
    # The first of its row says it all: no second chip repeats the choice.
    expect(page.locator(".wished")).to_have_count(0)


@pytest.mark.parametrize("viewport", [*PHONES, (360, 740)], ids=str)
@pytest.mark.parametrize("actor", ["user", ""], ids=["signed in", "signed out"])
def test_a_profile_s_name_tagline_and_way_into_the_chat(
    contexts: Contexts, toured: World, actor: str, viewport: tuple[int, int]
) -> None:
    page = contexts(actor, viewport).new_page()
    page.goto(toured.path("/profile/{character}"))
    go = _box(page.locator(".profile-go"))
    assert go["bottom"] <= _floor(page, viewport[1])
    for read in ("h1", ".disclosure", ".profile-line"):
        assert _box(page.locator(f".profile {read}"))["bottom"] <= go["y"], read
    assert _box(page.locator(".gallery"))["height"] >= 180


def test_the_name_of_the_place_stays_where_it_is(contexts: Contexts, toured: World) -> None:
    for width in (768, 1440, 1920):
        page = contexts("user", (width, 900)).new_page()
        seen = set()
        for address in ("/discover", "/chats", "/chat/{chat}", "/credits", "/me"):
            page.goto(toured.path(address))
            seen.add(_box(page.locator(".brand"))["x"])
        assert len(seen) == 1, (width, seen)


def test_the_foot_ends_where_the_page_does(contexts: Contexts) -> None:
    for width in (1024, 1440, 1920):
        page = contexts("user", (width, 900)).new_page()
        page.goto("/discover")
        page_, theme = _box(page.locator(".search")), _box(page.locator(".foot .theme"))
        assert _box(page.locator(".foot p"))["x"] == page_["x"]
        assert theme["x"] + theme["width"] == pytest.approx(page_["x"] + page_["width"], abs=1)


@pytest.mark.parametrize("address", ["/discover", "/me"])
def test_being_offline_covers_nothing(contexts: Contexts, address: str) -> None:
    context = contexts("user", (390, 664))
    page = context.new_page()
    page.goto(address)
    context.set_offline(True)
    page.evaluate("scrollTo({ top: 500, behavior: 'instant' })")
    line = page.locator("#offline")
    expect(line).to_be_visible()
    edges = [
        _box(one) for one in (line, page.locator(".top"), page.locator(".me-nav")) if one.count()
    ]
    for above, below in zip(edges, edges[1:], strict=False):
        assert below["y"] >= above["bottom"] - 1


@pytest.mark.parametrize("viewport", PHONES, ids=str)
def test_a_long_message_shows_whole_lines_apart_from_its_price(
    contexts: Contexts, toured: World, viewport: tuple[int, int]
) -> None:
    page = contexts("user", viewport).new_page()
    page.goto(toured.path("/chat/{chat}"))
    field = page.get_by_placeholder("Type a message...")
    field.fill(LONG)
    field.evaluate("one => one.scrollTop = one.scrollHeight")
    seen, line = field.evaluate(
        "one => [one.clientHeight, parseFloat(getComputedStyle(one).lineHeight)]"
    )
    assert seen / line == pytest.approx(round(seen / line), abs=0.05)
    end = field.evaluate(
        "one => one.getBoundingClientRect().top + one.clientTop + one.clientHeight"
    )
    assert _box(page.locator("#composer-price"))["y"] >= end + 4


@pytest.mark.parametrize("width", [360, 390, 474, 475, 1440])
def test_the_search_says_what_to_type(contexts: Contexts, width: int) -> None:
    page = contexts("", (width, 800)).new_page()
    page.goto("/discover")
    button = page.get_by_role("button", name="Search", exact=True)
    box = _box(button)
    assert box["width"] >= 44
    assert box["height"] >= 44
    # How wide a placeholder is cannot be asked; the same words as a value can.
    field = page.locator("#q")
    field.evaluate("one => one.value = one.placeholder")
    assert field.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_a_picture_in_full_says_that_it_is_of_a_character(
    contexts: Contexts, toured: World
) -> None:
    page = contexts("user", (390, 664)).new_page()
    page.goto(toured.path("/profile/{character}"))
    page.locator(".gallery a").first.click()
    badge = page.locator("#lightbox").get_by_text("Fictional character", exact=True)
    expect(badge).to_be_in_viewport(ratio=1)
    assert badge.evaluate(
        "one => { const b = one.getBoundingClientRect();"
        " return document.querySelector('#lightbox').contains(one)"
        " && getComputedStyle(one.parentElement).zIndex === '1' && b.width > 60; }"
    )


def test_prices_beside_each_other_stand_in_line(toured: World, contexts: Contexts) -> None:
    """With a badge or without; and two badges that take two rows never lie on a price."""
    page = contexts("user").new_page()
    page.goto("/credits")
    tops = page.locator(".package-label").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().top)"
    )
    assert max(tops[:3]) - min(tops[:3]) < 2 and abs(tops[3] - tops[4]) < 2, tops
    card = page.locator(".package:has(.package-badges)").first
    card.evaluate(
        "one => { const [badge] = one.querySelector('.package-badges').children;"
        " badge.after(badge.cloneNode(true), badge.cloneNode(true)); }"
    )
    badges, label = card.locator(".badge"), card.locator(".package-label").bounding_box()
    boxes = [badge.bounding_box() for badge in badges.all()]
    assert len({box["y"] for box in boxes if box}) > 1, "they take more than one row"
    assert label and all(box and box["y"] + box["height"] <= label["y"] + 1 for box in boxes)
