"""Finding somebody on a phone: the filters fill a screen, and one button leads to what they leave."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support import factories
from tests.support.chromium import until
from tests.support.person import Person
from tests.support.server import LiveServer


# What the filters offer is kept for a minute: a process that served another test offers that one's tags.
@pytest.mark.own_server
def test_filters_say_how_many_they_leave_and_lead_there(
    live_server: LiveServer, new_person: Callable[..., Person]
) -> None:
    for name, tags in (("Nia", ["sea"]), ("Baraka", ["sea", "wit"]), ("Chausiku", ["wit"])):
        live_server.character(name=name, tags=tags)
    page = new_person(viewport=(390, 844)).page
    # An address with wishes shows characters, not the panel they were wished in.
    page.goto("/discover?gender=&tag=sea")
    expect(page.locator(".char-card").first).to_be_in_viewport()
    expect(page.get_by_label("Sort by")).to_be_hidden()
    page.locator(".more-filters > summary").click()
    leads = page.locator("[data-shows-found]")
    expect(leads).to_have_text("Show 2 characters")
    expect(leads).to_be_in_viewport()
    # What is wished stands open in its list.
    expect(page.get_by_label("sea", exact=True)).to_be_checked()
    page.locator(".filter-words .chip", has_text="wit").click()
    expect(leads).to_have_text("Show 1 character")
    leads.click()
    expect(page.get_by_label("Sort by")).to_be_hidden()
    expect(page.locator("#results")).to_be_focused()
    expect(page.locator(".char-card")).to_have_count(1)
    expect(page.locator(".char-card")).to_be_in_viewport()


def test_a_list_scrolled_far_is_found_again_as_it_was_left(
    live_server: LiveServer, new_person: Callable[..., Person]
) -> None:
    """After a profile and back, and after a reload: the same cards, at the same place."""
    with live_server.acting():
        for number in range(60):
            factories.character(name=f"N{number}")
    page = new_person((390, 844)).page
    page.goto("/discover")
    cards = page.locator(".char-card")
    for shown in (24, 48, 60):
        expect(cards).to_have_count(shown)
        cards.last.scroll_into_view_if_needed()
    before = cards.evaluate_all("all => all.map(one => one.id)")
    chosen = cards.nth(53)
    chosen.scroll_into_view_if_needed()
    until(page, "new URL(location).searchParams.get('shown') === '60'")
    box = chosen.bounding_box()
    assert box is not None
    top = box["y"]
    chosen.get_by_role("link").click()
    page.wait_for_url("**/profile/*")
    for again in (page.go_back, page.reload):
        again()
        expect(page).to_have_url(re.compile(r"/discover\?"))
        assert cards.evaluate_all("all => all.map(one => one.id)") == before
        until(
            page,
            "([id, top]) => Math.abs(document.getElementById(id).getBoundingClientRect().top - top) < 2",
            arg=[before[53], top],
        )
