"""A real browser against a real server: ``live_server``, ``browser`` and ``new_person``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from fantooo.config import ROOT
from fantooo.services import credits
from tests.support import chromium, tour
from tests.support.cluster import Place
from tests.support.pace import within
from tests.support.paystack import PaystackSimulator
from tests.support.person import Person
from tests.support.server import LiveServer, today_at
from tests.support.tour import World, made_world

_SCREENSHOTS = ROOT / "var" / "failed-tests"


@pytest.fixture(scope="session")
def _shared_server(
    place: Place, tmp_path_factory: pytest.TempPathFactory, _paystack: PaystackSimulator
) -> Iterator[LiveServer]:
    # Two in the afternoon, so that a price does not depend on the hour of the test run.
    home = tmp_path_factory.mktemp("server")
    for server in _running(
        LiveServer(place, home, fantooo_clock=today_at(14), **_paystack.settings)
    ):
        # The first test finds what all others find: nothing, not even the packages of migrations.
        server.forget()
        yield server


@pytest.fixture
def live_server(request: pytest.FixtureRequest, place: Place) -> Iterator[LiveServer]:
    """Two gunicorn workers and a job worker on an empty database.

    The processes serve test after test; with the marker ``own_server`` (for tests that change
    settings or stop something) they are fresh ones, with the marker's arguments as settings. The
    ledger must add up when the test ends.
    """
    own = request.node.get_closest_marker("own_server")
    if own:
        changes = {"fantooo_clock": today_at(14), **own.kwargs}
        home = request.getfixturevalue("tmp_path")
        for server in _running(LiveServer(place.apart(), home, **changes)):
            yield server
            _ledger_holds(server)
        return
    server = request.getfixturevalue("_shared_server")
    yield server
    try:
        _ledger_holds(server)
    finally:
        server.forget()


def _ledger_holds(server: LiveServer) -> None:
    with server.acting():
        faults = credits.verify_ledger()
    assert not faults, faults


def _running(server: LiveServer) -> Iterator[LiveServer]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _patience() -> float:
    """How long a page may take to show something, in milliseconds of this machine right now."""
    return min(30_000.0, within(10_000.0))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=_patience())
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = chromium.launch(playwright)
    yield started
    started.close()


Contexts = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def toured(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The small world of ``tests/support/tour.py`` on a server of its own; tests only look at it."""
    home = tmp_path_factory.mktemp("tour")
    # Its worker would take jobs of the shared server from one queue, and find nothing to do.
    server = LiveServer(place.apart(2), home, workers=1, **tour.PAYING)
    try:
        server.start()
        yield made_world(server)
    finally:
        server.stop()


@pytest.fixture
def contexts(browser: Browser, toured: World) -> Iterator[Contexts]:
    """Opens browser contexts of the tour's people by name; they are closed after the test."""
    opened: list[BrowserContext] = []

    def open_one(
        actor: str, viewport: tuple[int, int] = (1440, 900), **options: Any
    ) -> BrowserContext:
        context = browser.new_context(
            base_url=toured.server.url,
            viewport={"width": viewport[0], "height": viewport[1]},
            # Nothing fades in while it is looked at; tests of motion say what they want.
            **{"reduced_motion": "reduce", **options},
        )
        context.set_default_timeout(_patience())
        if actor:
            context.add_cookies([toured.cookies[actor]])  # type: ignore[list-item]
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def new_person(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[Callable[..., Person]]:
    """Makes people, each with a browser of their own. No page of theirs may have an error."""
    people: list[Person] = []

    def make(
        viewport: tuple[int, int] = (1440, 900),
        theme: str = "light",
        *,
        javascript: bool = True,
        **options: Any,
    ) -> Person:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": viewport[0], "height": viewport[1]},
            color_scheme=theme,  # type: ignore[arg-type]
            java_script_enabled=javascript,
            **options,
        )
        context.set_default_timeout(_patience())
        people.append(Person(live_server, context))
        return people[-1]

    yield make
    failed = getattr(request.node, "failed", False)
    errors = []
    for number, person in enumerate(people):
        if failed:
            _keep_screenshot(person, f"{request.node.name}-{number}")
        errors += person.errors
        person.context.close()
    if failed:
        print("\n".join(live_server.log_text().splitlines()[-60:]))
    assert not errors, errors


@pytest.fixture
def conversation(
    live_server: LiveServer, new_person: Callable[..., Person]
) -> tuple[Person, Person]:
    """A user who has said "Good evening" to Nia, and the operator at whose desk it is; both live."""
    operator = new_person().as_operator()
    user = new_person().as_user()
    chat = user.open_chat(live_server.character(name="Nia"))
    user.wait_until_live()
    user.say("Good evening")
    expect(user.bubble("Good evening")).to_be_visible()
    # The bubble is there before the chat has found its operator.
    live_server.wait_for("SELECT assigned_operator_id FROM chats WHERE id = %s", chat)
    operator.page.goto(f"/operator/chat/{chat}")
    operator.wait_until_live()
    expect(user.bubble("Good evening").locator("[data-status]")).to_have_text("Read")
    return user, operator


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.failed = report.failed  # type: ignore[attr-defined]
    return report


def _keep_screenshot(person: Person, name: str) -> None:
    _SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for page in person.context.pages:
        page.screenshot(path=_SCREENSHOTS / f"{name.replace('/', '_')}.png")
