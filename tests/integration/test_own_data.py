"""A copy of one's data: all that is one's own, nothing of anybody else, for the right password."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from fantooo.infra import pictures
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import SecurityEvent, access
from fantooo.queries import own_data
from fantooo.services import addresses, photos
from tests.support import factories
from tests.support.factories import PASSWORD


def packed(browser: Any) -> zipfile.ZipFile:
    answer = browser.post("/me/export", data={"password": PASSWORD})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_all_of_mine_and_nothing_of_others(app: Flask) -> None:
    anna, ben = factories.user(100), factories.user(100)
    olga = factories.operator(available=True)
    nia = factories.character(name="Nia")
    annas, bens = (factories.open_chat(viewer, nia) for viewer in (anna, ben))
    for viewer, chat, words in ((anna, annas, "my own story"), (ben, bens, "a secret of Ben")):
        factories.send(viewer, chat, words)
    factories.reply(olga, annas, "and then?")
    factories.purchase(anna.account_id, factories.package())
    photos.finish(factories.photo(anna))
    assert anna.account_id
    with acting_as(anna):
        addresses.change(anna.account_id, email="anna@example.com", present=PASSWORD)
    browser = app.test_client().become(anna)  # type: ignore[attr-defined]
    file = packed(browser)
    everything = {name: file.read(name) for name in file.namelist()}
    assert "what our team wrote down" in everything["README.txt"].decode()
    assert json.loads(everything["account.json"])["email"] == "anna@example.com"
    (character,) = json.loads(everything["characters.json"])
    assert character["name"] == "Nia"

    def rows(table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(everything[f"data/{table}.json"])
        return found

    (chat,) = rows("chats")
    assert (chat["id"], chat["fictional_user_id"]) == (str(annas), character["id"])
    said = [(each["sender_type"], each["content"]) for each in rows("messages")]
    assert said == [("real", "my own story"), ("fictional", "and then?")]
    assert len(rows("transactions")) >= 1 and len(rows("credit_transfers")) >= 2
    assert len(rows("receipts")) == 1 and len(rows("consents")) == 4
    assert [each["id"] for each in rows("real_users")] == [str(anna.account_id)]
    pictures.read(everything["photos/1.webp"], ("WEBP",))
    text = b"".join(everything.values())
    for others in (b"secret of Ben", str(ben.account_id).encode(), str(olga.account_id).encode()):
        assert others not in text
    for ours in (b"email_sealed", b"email_hash", b"password", b"token"):
        assert ours not in b"".join(v for n, v in everything.items() if n.endswith(".json"))


def test_each_table_of_which_one_reads_ones_own_rows_is_in_it(app: Flask) -> None:
    """A new table is in the copy, or says here why it is not one's own."""
    shared = {"fictional_users", "search_terms", "media", "credit_packages", "system_settings"}
    readable = {
        name
        for name, rules in access.TABLES.items()
        for rule in rules
        if (rule.role, rule.command) == (access.USER, "SELECT")
    }
    assert set(own_data.tables()) == readable - shared
    browser = app.test_client().become(factories.user())  # type: ignore[attr-defined]
    names = set(packed(browser).namelist())
    assert {f"data/{name}.json" for name in own_data.tables()} <= names


def test_only_with_the_password_and_it_is_logged(app: Flask) -> None:
    anna = factories.user()
    browser = app.test_client().become(anna)  # type: ignore[attr-defined]
    assert 'href="/me/export"' in browser.get("/me").text
    assert "A copy of my data" in browser.get("/me/export").text

    def logged() -> list[tuple[UUID | None, Any]]:
        with unit_of_work(as_system=True) as work:
            found = work.session.execute(
                select(SecurityEvent.account_id, SecurityEvent.details).where(
                    SecurityEvent.event == "data_access"
                )
            )
            return [(row.account_id, row.details) for row in found]

    refused = browser.post("/me/export", data={"password": "not the password"})
    assert (refused.status_code, "not your current password" in refused.text) == (400, True)
    assert logged() == []
    packed(browser)
    assert logged() == [(anna.account_id, {"what": "copy of own data"})]
