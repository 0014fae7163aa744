"""So many requests begin at once and no more; who waits outside is let in, or told that it is full."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from fantooo.extensions import db
from fantooo.web import admission

PATH, ENDPOINT = "/how-it-works", "public.how_it_works"
PLACES = 2


class House:
    """An application with two places, and a page that keeps whoever opens it until it is told."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.entered = threading.Semaphore(0)
        self.open = threading.Event()
        self.answers: list[int] = []
        self.threads: list[threading.Thread] = []
        app.view_functions[ENDPOINT] = self._stay

    def _stay(self) -> str:
        # The one connection is for who comes next: a place is what they wait for here.
        db.session.remove()
        self.entered.release()
        assert self.open.wait(30)
        return "done"

    def come(self, people: int = 1) -> None:
        def visit() -> None:
            self.answers.append(self.app.test_client().get(PATH).status_code)

        made = [threading.Thread(target=visit, daemon=True) for _ in range(people)]
        self.threads += made
        for thread in made:
            thread.start()

    def fill(self) -> None:
        self.come(PLACES)
        for _ in range(PLACES):
            assert self.entered.acquire(timeout=30)

    def end(self) -> list[int]:
        self.open.set()
        for thread in self.threads:
            thread.join(30)
        return sorted(self.answers)


@pytest.fixture
def house(make_app: Callable[..., Flask]) -> House:
    return House(make_app(database_pool_size=1))


def test_who_comes_late_waits_and_is_let_in(house: House) -> None:
    house.fill()
    house.come(3)
    assert not house.entered.acquire(timeout=0.3), "a third one began"
    machine = house.app.test_client().get("/health")
    assert machine.status_code == 200, "machines do not wait behind people"
    assert house.end() == [200] * 5


def test_who_waits_in_vain_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "_PATIENCE_SECONDS", 0.05)
    house.fill()
    refused = house.app.test_client().get("/terms")
    assert refused.status_code == 503
    assert "Nothing was lost" in refused.get_data(as_text=True)
    assert house.end() == [200] * PLACES
    assert house.app.test_client().get("/terms").status_code == 200


def test_a_place_is_given_back_whatever_happens(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise RuntimeError("as if by mistake")

    house.app.view_functions[ENDPOINT] = fail
    monkeypatch.setattr(admission, "_PATIENCE_SECONDS", 0.05)
    house.app.config["PROPAGATE_EXCEPTIONS"] = False
    browser = house.app.test_client()
    failed = [browser.get(PATH).status_code for _ in range(PLACES * 2)]
    refused = [browser.get("/chats").status_code for _ in range(PLACES * 2)]
    missing = [browser.get("/nowhere").status_code for _ in range(PLACES * 2)]
    assert set(failed) == {500}
    assert 503 not in {*refused, *missing}
    assert browser.get("/terms").status_code == 200
