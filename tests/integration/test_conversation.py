"""A chat from both sides: opening, history, catch-up, marks, drafts, notes, inbox, masking."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask

from fantooo.domain.errors import (
    AssignmentEnded,
    ChatNotFound,
    Forbidden,
    NewerMessages,
    NoteConflict,
    NotFound,
    OutgoingRefused,
    ReplyLimit,
    SendingPaused,
    ValidationError,
)
from fantooo.domain.viewer import Viewer
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import FictionalUser
from fantooo.queries import chats as chat_queries, inbox, people
from fantooo.services import assignment, chats, messages, notes
from tests.support import factories

JSON = {"Accept": "application/json"}


class Pair:
    """A user and the operator who holds their chat."""

    def __init__(self) -> None:
        self.user = factories.user(credits=500)
        self.operator = factories.operator(available=True)
        self.character = factories.character()
        self.chat = factories.open_chat(self.user, self.character)

    def send(self, *texts: str) -> None:
        for each in texts or ("hello",):
            factories.send(self.user, self.chat, each)

    def reply(self, *texts: str) -> None:
        for each in texts or ("hi!",):
            factories.reply(self.operator, self.chat, each)

    def mark(self, side: str, read: int, delivered: int = 0) -> bool:
        viewer = self.user if side == "user" else self.operator
        with acting_as(viewer):
            return chats.mark(self.chat, side=side, read=read, delivered=delivered)  # type: ignore[arg-type]

    def view(self, side: str = "user") -> chat_queries.ChatView:
        with acting_as(self.user if side == "user" else self.operator):
            return chat_queries.get_chat(self.chat)

    def changes(self, seen: int, oldest: UUID | None = None) -> chat_queries.Changes:
        with acting_as(self.user):
            return chat_queries.changes(self.chat, seen=seen, oldest=oldest)


@pytest.fixture
def pair(app: Flask) -> Pair:
    return Pair()


def write_many(superuser: psycopg.Connection, pair: Pair, count: int) -> list[UUID]:
    """Messages of the user as the send function stores them, many at once; ids in order."""
    return [
        row[0]
        for row in superuser.execute(
            "WITH made AS (INSERT INTO messages (id, chat_id, seq, changed_seq, sender_type, content,"
            " is_free_message) SELECT uuidv7(make_interval(secs => n * 0.01)), %(chat)s, n, n, 'real',"
            " 'message ' || n, true FROM generate_series(1, %(count)s) AS n RETURNING id),"
            " chat AS (UPDATE chats SET event_seq = %(count)s, message_count = %(count)s,"
            " last_user_seq = %(count)s, last_message_id = (SELECT max(id::text)::uuid FROM made)"
            " WHERE id = %(chat)s)"
            " SELECT id FROM made ORDER BY id",
            {"chat": pair.chat, "count": count},
        ).fetchall()
    ]


# Opening


def test_one_chat_for_each_pair(app: Flask) -> None:
    user, character = factories.user(), factories.character()
    first = factories.open_chat(user, character)
    assert factories.open_chat(user, character) == first
    assert factories.open_chat(factories.user(), character) != first
    assert factories.open_chat(user) != first


def test_a_withdrawn_character_opens_no_new_chat(app: Flask, superuser: psycopg.Connection) -> None:
    user, character = factories.user(), factories.character()
    kept = factories.open_chat(user, character)
    superuser.execute("UPDATE fictional_users SET is_active = false WHERE id = %s", (character,))
    assert factories.open_chat(user, character) == kept, "the one there is stays readable"
    for other, wanted in ((factories.user(), character), (user, uuid4())):
        with pytest.raises(NotFound):
            factories.open_chat(other, wanted)


def test_a_closed_chat_opens_again_by_a_message(pair: Pair, superuser: psycopg.Connection) -> None:
    assert pair.operator.account_id
    for status in ("closed", "archived"):
        assignment.release_all(pair.operator.account_id, "closed")
        superuser.execute(
            "UPDATE chats SET status = %s, closed_at = now(), close_reason = 'inactivity'",
            (status,),
        )
        pair.send("back again")
        row = superuser.execute("SELECT status, closed_at, close_reason FROM chats").fetchone()
        assert row == ("active", None, None)
        pair.reply()


# History and catch-up


def test_history_reaches_every_message_once(pair: Pair, superuser: psycopg.Connection) -> None:
    ids = write_many(superuser, pair, 2 * chat_queries.WINDOW + 7)
    shown: list[UUID] = []
    before: UUID | None = None
    with acting_as(pair.user):
        chat = chat_queries.get_chat(pair.chat)
        for size, older in ((50, True), (50, True), (7, False)):
            window = chat_queries.window(chat, before=before)
            assert (len(window.messages), window.has_older) == (size, older)
            assert window.oldest == str(window.messages[0].id)
            shown = [message.id for message in window.messages] + shown
            before = window.messages[0].id
        assert chat_queries.window(chat, before=before).messages == []
    assert shown == ids


def test_history_on_the_page_and_at_the_desk(
    app: Flask, pair: Pair, superuser: psycopg.Connection
) -> None:
    pair.send("first words")
    ids = write_many_after(superuser, pair, 120)
    for viewer, base in ((pair.user, "/chat"), (pair.operator, "/operator/chat")):
        browser: Any = app.test_client()
        browser.become(viewer)
        page = browser.get(f"{base}/{pair.chat}").get_data(as_text=True)
        seen = _bubbles(page)
        link = re.search(r'"([^"]*/history\?before=[^"]*)"', page)
        while link:
            older = browser.get(link[1]).get_data(as_text=True)
            assert "<html" not in older
            seen = _bubbles(older) + seen
            link = re.search(r'"([^"]*/history\?before=[^"]*)"', older)
        assert seen[1:] == [str(each) for each in ids]
        assert len(seen) == 121
        assert browser.get(f"{base}/{pair.chat}/history?before=nonsense").status_code == 400
        assert browser.get(f"{base}/{pair.chat}/changes?seen=-1").status_code == 400


def write_many_after(superuser: psycopg.Connection, pair: Pair, count: int) -> list[UUID]:
    rows = superuser.execute(
        "INSERT INTO messages (id, chat_id, seq, changed_seq, sender_type, content, is_free_message)"
        " SELECT uuidv7(make_interval(secs => n * 0.01)), %s, n + 1, n + 1, 'real', 'more', true"
        " FROM generate_series(1, %s) AS n RETURNING id",
        (pair.chat, count),
    ).fetchall()
    superuser.execute("UPDATE chats SET event_seq = %s, last_user_seq = %s", (count + 1, count + 1))
    return sorted(row[0] for row in rows)


def _bubbles(html: str) -> list[str]:
    return re.findall(r'<li[^>]*id="m-([0-9a-f-]{36})"', html)


def test_catch_up_brings_what_came_after(pair: Pair) -> None:
    pair.send("one", "two")
    seen = pair.view().event_seq
    assert pair.changes(seen).messages == []
    pair.reply("three")
    pair.send("four")
    found = pair.changes(seen)
    assert [m.content for m in found.messages] == ["three", "four"]
    assert [m.seq for m in found.messages] == [3, 4]
    assert found.chat.event_seq == 4
    assert not found.reload


def test_catch_up_brings_edits_and_deletions_of_what_is_on_the_page(
    pair: Pair, superuser: psycopg.Connection
) -> None:
    pair.send("one", "two", "three")
    everything = pair.changes(0).messages
    seen = pair.view().event_seq
    superuser.execute(
        "UPDATE messages SET content = 'two!', is_edited = true, changed_seq = 4 WHERE seq = 2"
    )
    superuser.execute("UPDATE messages SET deleted_at = now(), changed_seq = 5 WHERE seq = 1")
    superuser.execute("UPDATE chats SET event_seq = 5")
    found = pair.changes(seen).messages
    assert [(m.seq, m.content, m.is_edited, m.is_deleted) for m in found] == [
        (2, "two!", True, False),
        (1, None, False, True),
    ], "in the order in which it happened"
    on_page = pair.changes(seen, oldest=everything[1].id).messages
    assert [m.seq for m in on_page] == [2], "what is above the page is none of its business"


@pytest.mark.parametrize(("missed", "reload"), [(200, False), (201, True)])
def test_a_page_that_missed_too_much_reloads(
    app: Flask, pair: Pair, superuser: psycopg.Connection, missed: int, reload: bool
) -> None:
    write_many(superuser, pair, missed)
    browser: Any = app.test_client()
    body = browser.become(pair.user).get(f"/chat/{pair.chat}/changes?seen=0").get_json()
    assert (body["reload"], len(body["items"]), body["seq"]) == (reload, 200, missed)


def test_the_answer_of_a_catch_up(app: Flask, pair: Pair) -> None:
    """The same envelopes as live pushes; the user's side ends with price and balance."""
    pair.send("one")
    pair.reply("two")
    user: Any = app.test_client()
    body = user.become(pair.user).get(f"/chat/{pair.chat}/changes?seen=1").get_json()
    assert [(i["type"], i["seq"], i["chat"]) for i in body["items"]] == [
        ("message", 2, str(pair.chat))
    ]
    assert 'hx-target="#messages" hx-swap="beforeend"' in body["items"][0]["content"]
    assert "two" in body["items"][0]["content"]
    assert body["balance"] == 500
    assert 'id="composer-price"' in body["composer"]
    assert body["read"] == {"user": 0, "operator": 1, "delivered_user": 0, "delivered_operator": 1}
    desk: Any = app.test_client()
    theirs = desk.become(pair.operator).get(f"/operator/chat/{pair.chat}/changes?seen=0").get_json()
    assert [i["seq"] for i in theirs["items"]] == [1, 2]
    assert "composer" not in theirs
    assert "balance" not in theirs


def test_a_changed_bubble_takes_the_place_of_the_old_one(
    app: Flask, pair: Pair, superuser: psycopg.Connection
) -> None:
    pair.send("one")
    superuser.execute("UPDATE messages SET content = 'uno', is_edited = true, changed_seq = 2")
    superuser.execute("UPDATE chats SET event_seq = 2")
    browser: Any = app.test_client()
    (item,) = browser.become(pair.user).get(f"/chat/{pair.chat}/changes?seen=1").get_json()["items"]
    assert item["type"] == "edit"
    assert re.search(r'hx-target="#m-[0-9a-f-]{36}" hx-swap="outerHTML"', item["content"])
    assert "edited" in item["content"]


def test_who_asks_is_answered_by_fantooo_at_once(app: Flask, pair: Pair) -> None:
    """The answer to the send, the page, its history and its catch-up say the same to each side."""
    pair.send("Good evening")
    user: Any = app.test_client()
    desk: Any = app.test_client()
    user.become(pair.user), desk.become(pair.operator)
    with acting_as(pair.user):
        quote = messages.composer_of(pair.chat, pair.user.account_id).quote  # type: ignore[arg-type]
    form = {"client_id": str(uuid4()), "content": "Are you a real person?", "quote": quote}
    path = f"/chat/{pair.chat}"
    told = "is a fictional character, played by our team. No meeting is possible."
    late = "history?before=ffffffff-ffff-7fff-bfff-ffffffffffff"
    for _again in range(2):
        answer = user.post(f"{path}/messages", data=form, headers=JSON).get_json()
        assert answer["content"].count(told) == 1
    for page in ("", "/changes?seen=0", f"/{late}"):
        assert user.get(path + page).text.count(told) == 1
        theirs = desk.get(f"/operator{path}{page}").text
        assert theirs.count("Fantooo has answered this:") == 1
        assert told not in theirs
    pair.reply("Are you real?")
    assert user.get(path).text.count(told) == 1, "the character's own question is a reply"


# Marks


def test_marks_go_forward_only_and_not_past_the_other_side(pair: Pair) -> None:
    pair.send("one", "two")
    assert pair.mark("operator", read=1, delivered=2)
    assert pair.view().pointers == chat_queries.Pointers(0, 1, 0, 2)
    assert not pair.mark("operator", read=1)
    assert not pair.mark("operator", read=0, delivered=1)
    assert pair.view().event_seq == 3, "one event for each mark that moved something"
    assert pair.mark("operator", read=10**9)
    assert pair.view().pointers.operator == 2, "there is nothing to read beyond the newest message"
    assert not pair.mark("user", read=5), "nobody has answered yet"
    pair.reply("three")
    newest = pair.view().event_seq
    assert pair.mark("user", read=newest)
    assert pair.view().pointers.user == newest
    assert pair.view().pointers.delivered_user == newest, "what was read was delivered"


def test_a_message_s_status_follows_the_marks(pair: Pair) -> None:
    pair.send("one", "two", "three")
    pair.mark("operator", read=1, delivered=2)
    assert [m.status for m in pair.changes(0).messages] == ["read", "delivered", "sent"]


def test_only_the_two_sides_mark(pair: Pair) -> None:
    pair.send()
    for stranger in (factories.user(), factories.operator()):
        side: Any = stranger.role
        with acting_as(stranger), pytest.raises(ChatNotFound):
            chats.mark(pair.chat, side=side, read=1, delivered=1)


# Drafts


def test_each_side_has_its_draft(pair: Pair, superuser: psycopg.Connection) -> None:
    pair.send()
    pair.reply()

    def save(viewer: Viewer, words: str) -> None:
        assert viewer.account_id
        with acting_as(viewer):
            chats.save_draft(pair.chat, viewer.account_id, words)

    def drafts() -> dict[UUID | None, str]:
        return dict(superuser.execute("SELECT account_id, content FROM message_drafts").fetchall())  # type: ignore[arg-type]

    save(pair.user, "  dear \r\nx ")
    save(pair.operator, "well")
    user, operator = pair.user.account_id, pair.operator.account_id
    assert user and operator
    assert drafts() == {user: "dear \nx", operator: "well"}
    with acting_as(pair.user):
        assert chat_queries.beside(pair.chat, user).draft == "dear \nx"
    with acting_as(pair.operator):
        assert people.desk(chat_queries.get_chat(pair.chat), operator).draft == "well"
    pair.send("sent")
    assert drafts() == {operator: "well"}, "sending clears one's own"
    save(pair.user, "again")
    save(pair.user, " ")
    with pytest.raises(ValidationError):
        save(pair.user, "x" * 1001)
    assert drafts() == {operator: "well"}


def test_nobody_drafts_in_other_people_s_chats(pair: Pair) -> None:
    for stranger in (factories.user(), factories.operator()):
        assert stranger.account_id
        with acting_as(stranger), pytest.raises(ChatNotFound):
            chats.save_draft(pair.chat, stranger.account_id, "x")


# Notes


def save_note(viewer: Viewer, chat: UUID, content: str, version: int, subject: str = "real") -> int:
    assert viewer.account_id
    with acting_as(viewer):
        return notes.save(
            chat_id=chat, author_id=viewer.account_id, subject=subject,  # type: ignore[arg-type]
            content=content, version=version,
        )[0]  # fmt: skip


def read_notes(viewer: Viewer, pair: Pair) -> list[str]:
    assert viewer.account_id
    with acting_as(viewer):
        desk = people.desk(chat_queries.get_chat(pair.chat), viewer.account_id)
    return [desk.real_note.content, desk.fictional_note.content]


def test_notes_about_both_sides(pair: Pair, superuser: psycopg.Connection) -> None:
    pair.send()
    assert save_note(pair.operator, pair.chat, "likes rain", 0) == 1
    assert save_note(pair.operator, pair.chat, "told him about Lamu", 0, "fictional") == 1
    assert save_note(pair.operator, pair.chat, "likes rain, a lot", 1) == 2
    assert read_notes(pair.operator, pair) == ["likes rain, a lot", "told him about Lamu"]
    assert superuser.execute("SELECT count(*) FROM profile_note_history").fetchone() == (0,)
    with pytest.raises(ValidationError):
        save_note(pair.operator, pair.chat, "x" * 4001, 2)


def test_somebody_else_s_words_are_kept(pair: Pair, superuser: psycopg.Connection) -> None:
    pair.send()
    save_note(pair.operator, pair.chat, "first author", 0)
    second = factories.operator(available=True)
    assert pair.operator.account_id
    with acting_as(pair.operator):
        assignment.hand_back(
            chat_id=pair.chat, operator_id=pair.operator.account_id, number=1, reason="break"
        )
    with pytest.raises(ChatNotFound):
        save_note(pair.operator, pair.chat, "no longer mine", 1)
    assert read_notes(second, pair) == ["first author", ""], "the next one reads it"
    assert save_note(second, pair.chat, "second author", 1) == 2
    history = superuser.execute("SELECT content, written_by FROM profile_note_history").fetchall()
    assert history == [("first author", pair.operator.account_id)]


def test_a_note_changed_meanwhile_is_not_overwritten(app: Flask, pair: Pair) -> None:
    pair.send()
    save_note(pair.operator, pair.chat, "one", 0)
    for stale in (0, 2):
        with pytest.raises(NoteConflict) as conflict:
            save_note(pair.operator, pair.chat, "two", stale)
        assert conflict.value.details == {"content": "one", "version": 1}
    browser: Any = app.test_client()
    answer = browser.become(pair.operator).put(
        f"/operator/chat/{pair.chat}/notes/real", data={"content": "mine", "version": "0"}
    )
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "one" in page, "mine" in page) == (409, True, True)
    assert read_notes(pair.operator, pair) == ["one", ""]


# The inbox


def test_the_inbox(pair: Pair, superuser: psycopg.Connection) -> None:
    assert pair.user.account_id
    quiet = factories.open_chat(pair.user)
    pair.send("hello there")
    other = factories.open_chat(pair.user)
    factories.send(pair.user, other, "x" * 300)
    pair.reply("one", "two")
    with acting_as(pair.user):
        rows = inbox.rows(pair.user.account_id)
        assert [row.chat_id for row in rows] == [pair.chat, other, quiet], "newest first"
        assert [(r.unread, r.waiting, r.last_sender) for r in rows] == [
            (2, False, "fictional"), (0, True, "real"), (0, False, ""),
        ]  # fmt: skip
        assert [len(row.last_text) for row in rows] == [3, 140, 0]
        assert inbox.unread_chats(pair.user.account_id) == 1
    second = factories.operator(available=True, max_chats=9)
    third = factories.open_chat(pair.user)
    factories.change_operator(pair.operator, is_available=False, availability_reason="break")
    factories.send(pair.user, third)
    factories.reply(second, third)
    with acting_as(pair.user):
        assert [row.unread for row in inbox.rows(pair.user.account_id)] == [1, 2, 0, 0]
        assert inbox.unread_chats(pair.user.account_id) == 2
    pair.mark("user", read=2)
    with acting_as(pair.user):
        assert inbox.rows(pair.user.account_id)[1].unread == 1
    superuser.execute(
        "UPDATE messages SET deleted_at = now() WHERE seq = 3 AND chat_id = %s", (pair.chat,)
    )
    with acting_as(pair.user):
        first = inbox.rows(pair.user.account_id)[1]
        assert (first.unread, first.last_text) == (0, "Message deleted")
    stranger = factories.user()
    assert stranger.account_id
    with acting_as(stranger):
        assert inbox.rows(pair.user.account_id) == [], "whatever id is asked for"


# Sending, beyond the races


def test_the_first_three_are_free_and_bonus_goes_first(
    pair: Pair, superuser: psycopg.Connection, clock: Any
) -> None:
    from datetime import UTC, datetime

    clock.set(datetime(2026, 11, 24, 11, tzinfo=UTC))
    superuser.execute("UPDATE real_users SET bonus_credits = 1")
    prices = [factories.send(pair.user, pair.chat).event.price for _ in range(5)]
    assert prices == [0, 0, 0, 1, 1]
    rows = superuser.execute(
        "SELECT amount, bonus_amount, price_factors->>'base' FROM credit_transfers"
        " WHERE kind = 'message_charge' ORDER BY id"
    ).fetchall()
    assert rows == [(1, 1, "1"), (1, 0, "1")]
    chat = superuser.execute(
        "SELECT free_messages_used, paid_messages_count, total_credits_spent, message_count FROM chats"
    ).fetchone()
    assert chat == (3, 2, 2, 5)


def test_a_banned_user_sends_nothing_and_pays_nothing(pair: Pair) -> None:
    from datetime import UTC, datetime, timedelta

    factories.ban(pair.user)
    with pytest.raises(SendingPaused, match="suspended"):
        pair.send()
    factories.ban(pair.user, until=datetime.now(UTC) - timedelta(seconds=1))
    pair.send()


def test_a_price_that_fell_is_taken(pair: Pair, clock: Any) -> None:
    from datetime import UTC, datetime

    clock.set(datetime(2026, 11, 24, 11, tzinfo=UTC))
    pair.send("1", "2", "3")
    factories.set_setting("price_text", 5)
    assert pair.user.account_id
    with acting_as(pair.user):
        shown = messages.composer_of(pair.chat, pair.user.account_id)
    assert shown.price == 5
    factories.set_setting("price_text", 2)
    with acting_as(pair.user):
        sent = messages.send(
            chat_id=pair.chat, account_id=pair.user.account_id, client_id=uuid4(),
            content="cheaper", quote_token=shown.quote,
        )  # fmt: skip
    assert sent.event.price == 2


def test_a_retry_gets_its_answer_even_after_the_price_rose(pair: Pair, clock: Any) -> None:
    from datetime import UTC, datetime

    clock.set(datetime(2026, 11, 24, 11, tzinfo=UTC))
    client_id = uuid4()
    first = factories.send(pair.user, pair.chat, "once", client_id)
    clock.set(datetime(2026, 11, 24, 16, tzinfo=UTC))
    again = factories.send(pair.user, pair.chat, "something else", client_id)
    assert again.repeat
    assert again.event.message_id == first.event.message_id
    assert again.event.content == "once", "what was stored counts"
    assert pair.view().message_count == 1


# Replies


@pytest.mark.parametrize(
    "text",
    ["I am a real woman, believe me", "call me on 0712 345 678", "write to nia@mail.com",
     "see www.example.com", "send me money by mpesa", "let's meet tomorrow at the park"],
)  # fmt: skip
def test_what_a_character_may_not_say(pair: Pair, text: str) -> None:
    pair.send("are you real?")
    before = pair.view().event_seq
    with pytest.raises(OutgoingRefused):
        pair.reply(text)
    assert pair.view().event_seq == before
    pair.reply("I am a fictional character, played by our team.")


@pytest.mark.parametrize("nothing", ["\u200b", " \u2060 \n", "\u3164", "\u0301"])
def test_what_nobody_can_see_is_no_message(pair: Pair, nothing: str) -> None:
    """It would be paid for on one side, and end the wait for an answer on the other."""
    pair.send("hello")
    before = pair.view()
    for say in (pair.send, pair.reply):
        with pytest.raises(ValidationError, match="Write something"):
            say(nothing)
    assert pair.view() == before


def test_three_replies_in_a_row(pair: Pair) -> None:
    with pytest.raises((ReplyLimit, ChatNotFound, AssignmentEnded)):
        pair.reply("the product never starts a conversation")
    pair.send()
    pair.reply("1", "2", "3")
    with pytest.raises(ReplyLimit):
        pair.reply("4")
    pair.send()
    pair.reply("1")


def test_a_reply_must_have_seen_the_newest(pair: Pair) -> None:
    pair.send("one")
    seen = pair.view().event_seq
    pair.send("two")
    with pytest.raises(NewerMessages):
        factories.reply(pair.operator, pair.chat, seen_seq=seen)
    pair.reply()


def test_a_suspended_operator_sends_nothing(pair: Pair) -> None:
    pair.send()
    factories.change_operator(pair.operator, is_suspended=True)
    with pytest.raises(Forbidden):
        pair.reply()


def test_a_reply_twice_is_one(pair: Pair) -> None:
    pair.send()
    client_id = uuid4()
    first = factories.reply(pair.operator, pair.chat, "hi", client_id=client_id)
    again = factories.reply(pair.operator, pair.chat, "hi there", client_id=client_id)
    assert again.repeat
    assert (again.event.message_id, again.event.content) == (first.event.message_id, "hi")


def test_the_forms_without_javascript_never_collide(
    app: Flask, pair: Pair, superuser: psycopg.Connection
) -> None:
    """Both pages show the same newest message; each form's id is its own all the same."""
    pair.send("one")
    clients = []
    for viewer, base in ((pair.user, "/chat"), (pair.operator, "/operator/chat")):
        browser: Any = app.test_client()
        page = browser.become(viewer).get(f"{base}/{pair.chat}").get_data(as_text=True)
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        form |= {"content": f"by form of {viewer.role}", "seen_seq": "9"}
        quote = re.search(r'name="quote" value="([^"]+)"', page)
        form |= {"quote": quote[1]} if quote else {}
        clients.append(form["client_id"])
        for _pressed_twice in range(2):
            answer = browser.post(f"{base}/{pair.chat}/messages", data=form)
            assert answer.status_code == 303, answer.get_data(as_text=True)
    assert clients[0] != clients[1]
    found = superuser.execute("SELECT content FROM messages ORDER BY id").fetchall()
    assert found == [("one",), ("by form of user",), ("by form of operator",)]


# What the desk does not show


def test_contact_data_is_masked_for_operators_only(app: Flask, pair: Pair) -> None:
    pair.send("my number is 0712 345 678 and mail joe@mail.com")
    desk: Any = app.test_client()
    desk.become(pair.operator)
    base = f"/operator/chat/{pair.chat}"
    for path in (
        base,
        f"{base}/history",
        f"{base}/changes?seen=0",
        "/operator/waiting",
        "/operator/held",
    ):
        page = desk.get(path).get_data(as_text=True)
        assert "345 678" not in page, path
        assert "joe@mail.com" not in page, path
    assert "[number hidden]" in desk.get(base).get_data(as_text=True)
    own: Any = app.test_client()
    page = own.become(pair.user).get(f"/chat/{pair.chat}").get_data(as_text=True)
    assert "0712 345 678" in page
    assert "joe@mail.com" in page


def test_the_desk_shows_no_wallet_and_no_login(app: Flask) -> None:
    user = factories.user(credits=73911, username="Secret_login")
    operator = factories.operator(available=True)
    chat_id = factories.open_chat(user)
    factories.send(user, chat_id)
    desk: Any = app.test_client()
    page = desk.become(operator).get(f"/operator/chat/{chat_id}").get_data(as_text=True)
    assert "73911" not in page and "73,911" not in page
    assert "Warm, curious, never in a hurry." in page
    assert "Nairobi" in page


def test_pages_of_a_user_show_no_staff_matter(app: Flask, pair: Pair) -> None:
    pair.send()
    pair.reply()
    save_note(pair.operator, pair.chat, "a note about him", 0)
    browser: Any = app.test_client()
    browser.become(pair.user)
    for path in (f"/chat/{pair.chat}", f"/profile/{pair.character}", "/chats", "/me"):
        page = browser.get(path).get_data(as_text=True)
        for secret in (
            "a note about him",
            "Warm, curious",
            "Otieno",
            str(pair.operator.account_id),
        ):
            assert secret not in page, (path, secret)


def test_the_desk_knows_which_templates_this_user_had(app: Flask) -> None:
    """Also those that were sent so long ago that no page shows them."""
    pair = Pair()
    with unit_of_work(as_system=True) as work:
        character = work.session.get_one(FictionalUser, pair.character)
        character.response_templates = {
            "greeting": "How was your {time_of_day}, {name}?",
            "music": "What do you listen to?",
            "short": "Hi {name}!",
        }
    pair.send("Good evening")
    pair.reply("Hi Wanjiku! How was your evening, Wanjiku?")
    pair.send(*["hello"] * 60)
    with acting_as(pair.operator):
        desk = people.desk(
            chat_queries.get_chat(pair.chat), pair.operator.account_id or UUID(int=0)
        )
    assert {each.key: each.was_said for each in desk.templates} == {
        "greeting": True, "music": False, "short": False,
    }  # fmt: skip
    page = app.test_client().become(pair.operator).get(f"/operator/chat/{pair.chat}")  # type: ignore[attr-defined]
    assert page.text.count("data-said") == 1
