"""One service call, one transaction: what others hear of it comes after its commit, or never."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from fantooo.domain.events import QueueChanged
from fantooo.infra import bus
from fantooo.infra.unit_of_work import NestedUnitOfWork, unit_of_work
from fantooo.services import chats
from tests.support import factories
from tests.support.cluster import Place

_ADD = "INSERT INTO outbox (topic, payload) VALUES ('admin_notification', '{}')"


def _stored(app: Flask, place: Place) -> int:
    """How many entries somebody else sees."""
    name = app.config["SETTINGS"].database_url.split("@/")[1].split("?")[0]
    with place.connect(name) as connection:
        row = connection.execute("SELECT count(*) FROM outbox").fetchone()
    assert row
    return int(row[0])


def test_events_are_told_when_others_can_see_what_they_tell_of(
    app: Flask, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setitem(
        app.extensions, "fantooo_listeners", [lambda _event: seen.append(_stored(app, place))]
    )
    with unit_of_work(as_system=True) as work:
        work.emit(QueueChanged())
        work.session.execute(text(_ADD))
        assert seen == []
    assert seen == [1]


def test_nobody_hears_of_what_was_rolled_back(
    app: Flask, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[object] = []
    monkeypatch.setitem(app.extensions, "fantooo_listeners", [heard.append])
    with pytest.raises(ValueError, match="broken off"), unit_of_work(as_system=True) as work:
        work.session.execute(text(_ADD))
        work.emit(QueueChanged())
        raise ValueError("broken off")
    assert (heard, _stored(app, place)) == ([], 0)


def test_a_listener_that_fails_undoes_nothing(
    app: Flask, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[object] = []

    def fail(_event: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setitem(app.extensions, "fantooo_listeners", [fail, heard.append])
    with unit_of_work(as_system=True) as work:
        work.session.execute(text(_ADD))
        work.emit(QueueChanged())
    bus.publish(QueueChanged())
    assert (len(heard), _stored(app, place)) == (2, 1)


def test_services_do_not_nest(app: Flask) -> None:
    viewer, character = factories.user(), factories.character()
    assert viewer.account_id
    with pytest.raises(NestedUnitOfWork), unit_of_work(as_system=True):
        chats.open_chat(character, viewer.account_id)
