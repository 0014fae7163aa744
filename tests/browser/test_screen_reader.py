"""What a screen reader is told: the tree of names and roles of the pages people spend their time on."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.support import factories
from tests.support.person import Person
from tests.support.server import LiveServer

NewPerson = Callable[..., Person]


def test_discover(live_server: LiveServer, new_person: NewPerson) -> None:
    live_server.character(name="Zuri", age=27, location="Kisumu", tagline="Knows every bus line")
    page = new_person().page
    page.goto("/discover")
    expect(page.locator("body")).to_match_aria_snapshot("""
        - link "Skip to content"
        - banner:
          - link /Fantooo/
          - navigation "Main"
        - main:
          - heading /Who will you write to/ [level=1]
          - search:
            - searchbox "Search characters"
            - button "Search"
            - group "Gender":
              - radio "Everybody" [checked]
              - radio "Women"
              - radio "Men"
              - radio "Others"
            - group: Filters and sorting
          - region "Characters":
            - status: 1 character
    """)
    card = page.get_by_role("listitem").filter(has_text="Zuri")
    expect(card).to_match_aria_snapshot("""
        - listitem:
          - link /Fictional character Zuri/
    """)


def test_profile(live_server: LiveServer, new_person: NewPerson) -> None:
    character = live_server.character(name="Zuri", tagline="Knows every bus line")
    page = new_person().page
    page.goto(f"/profile/{character}")
    expect(page.locator("#main")).to_match_aria_snapshot("""
        - region "Pictures of Zuri":
          - link "Picture 1 of 3 in full"
        - text: Fictional character
        - group "Pictures of Zuri":
          - button "Previous picture"
          - status: 1 / 3
          - button "Next picture"
        - heading /^Zuri, / [level=1]
        - paragraph:
          - strong: Zuri is a fictional character, played by our team.
        - button "Chat with Zuri"
        - heading "About Zuri" [level=2]
    """)
    expect(page.get_by_role("button", name="Chat with Zuri")).to_be_visible()


def test_chat(live_server: LiveServer, new_person: NewPerson) -> None:
    person = new_person().as_user()
    nia = live_server.character(name="Nia")
    with live_server.acting():
        operator = factories.operator(available=True)
        chat = factories.open_chat(person.viewer, nia)
        factories.send(person.viewer, chat, "Good evening")
        factories.reply(operator, chat, "And to you")
    page = person.page
    page.goto(f"/chat/{chat}")
    person.wait_until_live()
    expect(page.locator("#main")).to_match_aria_snapshot("""
        - link /Nia Fictional character/:
          - heading "Nia" [level=1]
        - button "About this chat"
        - group "Conversation":
          - log "Messages":
            - list:
              - listitem: Today
              - listitem:
                - paragraph: "You: Good evening"
              - listitem:
                - paragraph: "Reply: And to you"
        - textbox "Message to Nia"
        - button "Send message"
    """)
