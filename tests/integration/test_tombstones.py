"""An own message taken back: a tombstone for both sides, its words given out by nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from psycopg.rows import dict_row

from fantooo.domain.errors import ChatNotFound, NotFound, ValidationError
from fantooo.domain.events import MessageDeleted
from fantooo.domain.viewer import Viewer
from fantooo.infra import bus
from fantooo.infra.database import acting_as
from fantooo.queries import chats as chat_queries, inbox, operators
from fantooo.services import assignment, credits, message_refunds, refunds, tombstones
from tests.support import factories

JSON = {"Accept": "application/json"}
SECRET = "I should not have said this"


class Said:
    """A user who has said too much, in a chat that an operator holds."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.user = factories.user()
        self.operator = factories.operator(available=True)
        self.chat = factories.open_chat(self.user)
        factories.send(self.user, self.chat, "Good evening")
        assignment.assign_waiting()
        self.reply = factories.reply(self.operator, self.chat, "Good evening!").event.message_id
        self.client_id = uuid4()
        sent = factories.send(self.user, self.chat, SECRET, self.client_id)
        self.message = sent.event.message_id

    @property
    def path(self) -> str:
        return f"/chat/{self.chat}/messages/{self.message}/deletion"

    def delete(self, message: UUID | None = None, viewer: Viewer | None = None) -> MessageDeleted:
        with acting_as(viewer or self.user):
            return tombstones.delete_message(self.chat, message or self.message)

    def browser(self, viewer: Viewer | None = None) -> Any:
        return self.app.test_client().become(viewer or self.user)  # type: ignore[attr-defined]


@pytest.fixture
def said(app: Flask) -> Said:
    return Said(app)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[MessageDeleted]:
    """Deletions that were pushed."""
    heard: list[MessageDeleted] = []
    real = bus.publish

    def publish(event: Any) -> None:
        if isinstance(event, MessageDeleted):
            heard.append(event)
        real(event)

    monkeypatch.setattr("fantooo.infra.unit_of_work.bus.publish", publish)
    return heard


def row(superuser: psycopg.Connection, table: str, row_id: UUID) -> dict[str, Any]:
    cursor = superuser.cursor(row_factory=dict_row)
    found = cursor.execute(f"SELECT * FROM {table} WHERE id = %s", (row_id,)).fetchone()  # type: ignore[arg-type]
    assert found
    return found


def test_one_event_and_nothing_else_changes(
    said: Said, superuser: psycopg.Connection, told: list[MessageDeleted]
) -> None:
    chat, message = row(superuser, "chats", said.chat), row(superuser, "messages", said.message)
    deleted = said.delete()
    after = row(superuser, "messages", said.message)
    changed = {name for name in after if after[name] != message[name]}
    assert changed == {"deleted_at", "changed_seq"}, "its words are kept, for a report"
    assert after["changed_seq"] == deleted.seq
    now = row(superuser, "chats", said.chat)
    assert {name for name in now if now[name] != chat[name]} <= {"event_seq", "updated_at"}
    assert now["event_seq"] == chat["event_seq"] + 1 == deleted.seq
    assert now["waiting_since"] is not None, "an answer is still owed"
    assert told == [deleted]
    assert credits.verify_ledger() == []


def test_twice_is_once(
    said: Said, superuser: psycopg.Connection, told: list[MessageDeleted]
) -> None:
    first = said.browser().post(said.path, headers=JSON)
    at = row(superuser, "messages", said.message)["deleted_at"]
    again = said.browser().post(said.path, headers=JSON)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.get_json() == again.get_json()
    assert first.get_json()["type"] == "edit"
    assert "Message deleted" in first.get_json()["content"]
    assert row(superuser, "messages", said.message)["deleted_at"] == at
    assert len(told) == 1


def test_only_own_messages_go(said: Said, superuser: psycopg.Connection) -> None:
    other = factories.user()
    with pytest.raises(NotFound):
        said.delete(said.reply)
    with pytest.raises(NotFound):
        said.delete(uuid4())
    with pytest.raises(ChatNotFound):
        said.delete(viewer=other)
    # The same message by way of a chat that is one's own.
    theirs = factories.open_chat(other)
    with acting_as(other), pytest.raises(NotFound):
        tombstones.delete_message(theirs, said.message)
    for path, browser in (
        (said.path, said.browser(other)),
        (said.path.replace(str(said.message), str(said.reply)), said.browser()),
        (said.path.replace(str(said.chat), str(theirs)), said.browser(other)),
    ):
        for method in (browser.get, browser.post):
            assert method(path).status_code == 404
    assert said.browser(said.operator).post(said.path).status_code == 403
    found = superuser.execute("SELECT count(*) FROM messages WHERE deleted_at IS NOT NULL")
    assert found.fetchone() == (0,)


def test_its_words_are_given_out_by_nothing(said: Said) -> None:
    desk = f"/operator/chat/{said.chat}"
    pages = [
        (said.user, f"/chat/{said.chat}"),
        (said.user, f"/chat/{said.chat}/changes?seen=0"),
        (said.user, f"/chat/{said.chat}/history?before=ffffffff-ffff-7fff-bfff-ffffffffffff"),
        (said.user, "/chats"),
        (said.operator, desk),
        (said.operator, f"{desk}/changes?seen=0"),
        (said.operator, f"{desk}/history?before=ffffffff-ffff-7fff-bfff-ffffffffffff"),
        (said.operator, "/operator/held"),
    ]
    for viewer, path in pages:
        assert SECRET in said.browser(viewer).get(path).text, path
    said.delete()
    for viewer, path in pages:
        page = said.browser(viewer).get(path).text
        assert SECRET not in page, path
        assert "Message deleted" in page, path
    assert SECRET not in said.browser().get(said.path).text
    with acting_as(said.user):
        assert inbox.rows(said.user.account_id)[0].last_text == "Message deleted"  # type: ignore[arg-type]
        assert chat_queries.stored_content(said.message) == ""
    with acting_as(said.operator):
        assert operators.held(said.operator.account_id)[0].last_text == "Message deleted"  # type: ignore[arg-type]


def test_a_repeated_send_finds_the_tombstone(said: Said) -> None:
    said.delete()
    sent = factories.send(said.user, said.chat, SECRET, said.client_id)
    assert (sent.repeat, sent.event.message_id, sent.event.content) == (True, said.message, "")
    view = chat_queries.view_of(sent.event)
    assert (view.content, view.is_deleted) == (None, True)


def test_a_page_that_was_away_gets_the_tombstone(said: Said) -> None:
    with acting_as(said.user):
        seen = chat_queries.get_chat(said.chat).event_seq
    said.delete()
    for viewer, path in ((said.user, "/chat"), (said.operator, "/operator/chat")):
        body = said.browser(viewer).get(f"{path}/{said.chat}/changes?seen={seen}").get_json()
        (item,) = body["items"]
        assert (item["type"], item["seq"]) == ("edit", seen + 1)
        assert f'hx-target="#m-{said.message}" hx-swap="outerHTML"' in item["content"]
        assert "Message deleted" in item["content"]


def test_without_a_script_a_page_asks(said: Said) -> None:
    browser = said.browser()
    assert said.path in browser.get(f"/chat/{said.chat}").text, "the message's menu leads there"
    page = browser.get(said.path).text
    assert SECRET in page and "Delete message" in page
    gone = browser.post(said.path)
    assert (gone.status_code, gone.headers["Location"]) == (
        303,
        f"/chat/{said.chat}#m-{said.message}",
    )
    assert said.path not in browser.get(f"/chat/{said.chat}").text
    assert "This message is deleted" in browser.get(said.path).text


def test_its_credits_are_not_asked_for_any_more(said: Said) -> None:
    factories.send(said.user, said.chat)
    paid, asked = (factories.send(said.user, said.chat, "Paid").event.message_id for _ in "12")
    browser = said.browser()

    def ask(message: UUID) -> UUID:
        return message_refunds.ask(
            account_id=said.user.account_id,  # type: ignore[arg-type]
            chat_id=said.chat, message_id=message, reason="accidental_send", words="",
        )  # fmt: skip

    ask(asked)
    path = f"/chat/{said.chat}/messages/{paid}/refund"
    assert path in browser.get(f"/chat/{said.chat}").text
    for message in (paid, asked):
        said.delete(message)
    assert path not in browser.get(f"/chat/{said.chat}").text
    assert "credits of a deleted message are not refunded" in browser.get(path).text
    assert browser.post(path, data={"reason": "accidental_send"}).status_code == 400
    with pytest.raises(ValidationError, match="You deleted this message"):
        ask(paid)
    # What was asked before is still decided; and what nobody answers comes back by itself.
    assert "We are looking at it" in browser.get(path.replace(str(paid), str(asked))).text
    assert refunds.return_unanswered(datetime.now(UTC) + timedelta(minutes=31)) == 2
    assert credits.verify_ledger() == []


_CLOSED = (
    "UPDATE chats SET waiting_since = NULL, assigned_operator_id = NULL, assignment_time = NULL,"
    " status = 'closed', close_reason = 'inactivity', closed_at = now()"
)


@pytest.mark.parametrize(
    "standing",
    [
        "UPDATE chats SET is_frozen = true",
        "UPDATE real_users SET is_banned = true",
        "UPDATE real_users SET paused_until = now() + interval '1 day'",
        _CLOSED,
        "DELETE FROM consents",
    ],
)
def test_whoever_may_not_write_may_still_delete(
    said: Said, superuser: psycopg.Connection, standing: str
) -> None:
    browser = said.browser()
    if standing.startswith("DELETE"):
        superuser.execute("ALTER TABLE consents DISABLE TRIGGER USER")
    superuser.execute(standing)  # type: ignore[arg-type]
    assert browser.post(said.path, headers=JSON).status_code == 200
    assert row(superuser, "messages", said.message)["deleted_at"] is not None
