"""Many sends at once on real PostgreSQL: credits, repeats, free messages, prices, bans."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text, update

from fantooo.domain.errors import (
    AssignmentEnded,
    InsufficientCredits,
    PriceChanged,
    SendingPaused,
    ValidationError,
)
from fantooo.domain.events import MessageDeleted
from fantooo.domain.people import Registration
from fantooo.domain.viewer import ANONYMOUS, SYSTEM, Viewer
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import RealUser
from fantooo.queries import settings
from fantooo.services import (
    accounts,
    assignment,
    chats,
    credits,
    messages,
    operators,
    tombstones,
)
from tests.support import factories, race
from tests.support.race import of

pytestmark = pytest.mark.fresh_db


@pytest.fixture(autouse=True)
def _day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """14:00 in Nairobi, when a text costs one credit."""
    monkeypatch.setattr(
        "fantooo.infra.clock.now", lambda: datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    )


@pytest.fixture(autouse=True)
def _ledger_adds_up(app: Flask):
    yield
    assert credits.verify_ledger() == []


def state(chat_id: UUID) -> dict[str, object]:
    with unit_of_work(as_system=True) as work:
        chat = (
            work.session.execute(
                text(
                    "SELECT c.*, u.credits, u.bonus_credits FROM chats AS c"
                    " JOIN real_users AS u ON u.id = c.real_user_id WHERE c.id = :id"
                ),
                {"id": chat_id},
            )
            .mappings()
            .one()
        )
        rows = work.session.execute(
            text(
                "SELECT id, seq, credits_charged, is_free_message FROM messages"
                " WHERE chat_id = :id ORDER BY id"
            ),
            {"id": chat_id},
        ).all()
        charges = work.session.execute(
            text(
                "SELECT count(*), coalesce(sum(amount), 0) FROM credit_transfers"
                " WHERE chat_id = :id AND kind = 'message_charge'"
            ),
            {"id": chat_id},
        ).one()
    return {**chat, "messages": rows, "charges": charges[0], "charged": charges[1]}


def in_order(chat: dict[str, object]) -> None:
    """Id order is seq order, and every event number is there."""
    seqs = [row.seq for row in chat["messages"]]  # type: ignore[attr-defined]
    assert seqs == list(range(1, len(seqs) + 1))
    assert chat["event_seq"] == len(seqs)


def use_up_free(viewer: Viewer, chat_id: UUID) -> None:
    for _ in range(settings.current().free_messages):
        factories.send(viewer, chat_id)


def send_task(viewer: Viewer, chat_id: UUID, quote: str, client_id: UUID | None = None):
    chosen = client_id or uuid.uuid4()
    return viewer, lambda: messages.send(
        chat_id=chat_id,
        account_id=viewer.account_id,
        client_id=chosen,
        content="Race",
        quote_token=quote,
    )


def quote_of(viewer: Viewer, chat_id: UUID) -> str:
    with acting_as(viewer):
        return messages.composer_of(chat_id, viewer.account_id).quote


def test_64_sends_with_20_credits(app: Flask, rounds: int) -> None:
    character = factories.character()
    for _ in range(rounds):
        viewer = factories.user()
        chat_id = factories.open_chat(viewer, character)
        use_up_free(viewer, chat_id)
        factories.set_credits(viewer.account_id, 20)
        quote = quote_of(viewer, chat_id)
        results = race.race(app, [send_task(viewer, chat_id, quote) for _ in range(64)])
        assert len(of(results, messages.Sent)) == 20
        refused = of(results, InsufficientCredits)
        assert len(refused) == 44
        assert {error.details["available"] for error in refused} == {0}
        chat = state(chat_id)
        assert (chat["credits"], chat["bonus_credits"]) == (0, 0)
        assert (chat["charges"], chat["charged"]) == (20, 20)
        in_order(chat)


def test_two_chats_share_one_wallet(app: Flask, few_rounds: int) -> None:
    characters = [factories.character(), factories.character()]
    for _ in range(few_rounds):
        viewer = factories.user()
        ids = [factories.open_chat(viewer, character) for character in characters]
        for chat_id in ids:
            use_up_free(viewer, chat_id)
        factories.set_credits(viewer.account_id, 7)
        quotes = {chat_id: quote_of(viewer, chat_id) for chat_id in ids}
        tasks = [send_task(viewer, ids[i % 2], quotes[ids[i % 2]]) for i in range(20)]
        results = race.race(app, tasks)
        assert len(of(results, messages.Sent)) == 7
        assert len(of(results, InsufficientCredits)) == 13
        assert state(ids[0])["credits"] == 0


def test_one_client_id_32_times(app: Flask, rounds: int) -> None:
    character = factories.character()
    for _ in range(rounds):
        viewer = factories.user()
        chat_id = factories.open_chat(viewer, character)
        use_up_free(viewer, chat_id)
        quote, client_id = quote_of(viewer, chat_id), uuid.uuid4()
        results = race.race(app, [send_task(viewer, chat_id, quote, client_id) for _ in range(32)])
        sent = of(results, messages.Sent)
        assert len(sent) == 32, [r for r in results if not isinstance(r, messages.Sent)][:1]
        assert sum(not answer.repeat for answer in sent) == 1
        assert (
            len({(a.event.message_id, a.event.seq, a.event.price, a.event.content) for a in sent})
            == 1
        )
        assert {a.composer.balance for a in sent} == {9}
        assert len({(a.composer.price, a.composer.quote) for a in sent}) == 1
        chat = state(chat_id)
        assert (chat["charges"], chat["credits"]) == (1, 9)
        in_order(chat)


def test_free_messages_from_16_tabs(app: Flask, rounds: int) -> None:
    """Three are free. A tab that showed "free" must not be charged: it is told the new price."""
    character = factories.character()
    for _ in range(rounds):
        viewer = factories.user()
        chat_id = factories.open_chat(viewer, character)
        quote = quote_of(viewer, chat_id)
        results = race.race(app, [send_task(viewer, chat_id, quote) for _ in range(16)])
        sent = of(results, messages.Sent)
        assert len(sent) == 3 and all(answer.event.price == 0 for answer in sent)
        changed = of(results, PriceChanged)
        assert len(changed) == 13
        assert {error.details["price"] for error in changed} == {1}
        chat = state(chat_id)
        assert (chat["free_messages_used"], chat["charges"], chat["credits"]) == (3, 0, 10)
        in_order(chat)


def test_price_rise_between_quote_and_send(app: Flask, few_rounds: int) -> None:
    character = factories.character()
    for price in range(2, 2 + min(few_rounds, 20)):
        viewer = factories.user(credits=1000)
        chat_id = factories.open_chat(viewer, character)
        use_up_free(viewer, chat_id)
        quote = quote_of(viewer, chat_id)
        before = settings.current().price_text
        tasks = [send_task(viewer, chat_id, quote) for _ in range(8)]
        tasks.append((SYSTEM, lambda p=price: factories.set_setting("price_text", p)))
        results = race.race(app, tasks)[:8]
        for answer in of(results, messages.Sent):
            assert answer.event.price == before
        assert len(of(results, messages.Sent)) + len(of(results, PriceChanged)) == 8
        chat = state(chat_id)
        assert chat["charged"] == before * len(of(results, messages.Sent))


def test_ban_against_sends(app: Flask, few_rounds: int) -> None:
    character = factories.character()
    for _ in range(few_rounds):
        viewer = factories.user(credits=50)
        chat_id = factories.open_chat(viewer, character)
        use_up_free(viewer, chat_id)
        quote = quote_of(viewer, chat_id)

        def ban(user_id: UUID = viewer.account_id) -> None:
            with unit_of_work(as_system=True) as work:
                work.session.execute(
                    update(RealUser).where(RealUser.id == user_id).values(is_banned=True)
                )

        results = race.race(
            app, [(SYSTEM, ban), *(send_task(viewer, chat_id, quote) for _ in range(8))]
        )[1:]
        sent, paused = of(results, messages.Sent), of(results, SendingPaused)
        assert len(sent) + len(paused) == 8
        chat = state(chat_id)
        assert chat["credits"] == 50 - len(sent)
        late = race.race(app, [send_task(viewer, chat_id, quote)])
        assert isinstance(late[0], SendingPaused)


def test_opening_a_chat_twice_at_once_makes_one(app: Flask, few_rounds: int) -> None:
    for _ in range(few_rounds):
        viewer, character = factories.user(), factories.character()
        task = (viewer, lambda v=viewer, c=character: chats.open_chat(c, v.account_id))
        results = race.race(app, [task] * 8)
        assert len(set(results)) == 1 and isinstance(results[0], UUID)


def test_the_same_name_at_once_is_taken_once(app: Flask) -> None:
    form = Registration(
        username="Wanjiku",
        location="Nairobi",
        gender="female",
        age="30",
        looking_for="both",
        password=factories.PASSWORD,
        confirm_password=factories.PASSWORD,
        consent=True,
    )
    lower = Registration(**{**form.__dict__, "username": "wanjiku"})
    results = race.race(
        app, [(ANONYMOUS, lambda f=f: accounts.register(f)) for f in (form, lower) * 4]
    )
    assert len(of(results, accounts.SignIn)) == 1
    assert [e.fields for e in of(results, ValidationError)] == [
        {"username": "This name is taken"}
    ] * 7


def test_a_reply_under_an_old_assignment_is_refused(app: Flask, rounds: int) -> None:
    """Replies and handing back at once: nothing is stored under a number that has ended."""
    character = factories.character()
    for _ in range(rounds):
        operator = factories.operator(available=True)
        chat_id = factories.open_chat(factories.user(), character)
        owner = Viewer(role="user", account_id=_owner(chat_id))
        factories.send(owner, chat_id)
        chat = state(chat_id)
        assert chat["assigned_operator_id"] == operator.account_id
        number, seen = chat["assignment_count"], chat["event_seq"]
        tasks = [
            (
                operator,
                lambda n=number, s=seen, c=chat_id: messages.reply(
                    chat_id=c,
                    operator_id=operator.account_id,
                    client_id=uuid.uuid4(),
                    content="Here I am",
                    assignment_number=n,
                    seen_seq=s,
                ),
            )
            for _ in range(4)
        ]
        tasks.append(
            (
                operator,
                lambda n=number, c=chat_id: assignment.hand_back(
                    chat_id=c, operator_id=operator.account_id, number=n, reason="break"
                ),
            )
        )
        results = race.race(app, tasks)
        late = race.race(app, tasks[:1])
        assert isinstance(late[0], AssignmentEnded)
        replies = len(of(results[:4], messages.Sent))
        chat = state(chat_id)
        assert len(chat["messages"]) == 1 + replies
        assert replies <= 3
        in_order(chat)
        with unit_of_work(as_system=True) as work:
            under = work.session.scalar(
                text("SELECT replies FROM chat_assignments WHERE chat_id = :c AND number = :n"),
                {"c": chat_id, "n": number},
            )
        assert under == replies
        _retire(operator)
        if not replies:
            # Or it would take a place of the next round's operator.
            _answer(chat_id)


def test_a_number_that_ended_stays_ended_when_the_same_operator_gets_the_chat_again(
    app: Flask, few_rounds: int
) -> None:
    """The page of the first time must not write into the second."""
    character = factories.character()
    for _ in range(few_rounds):
        operator = factories.operator(available=True)
        viewer = factories.user()
        chat_id = factories.open_chat(viewer, character)
        factories.send(viewer, chat_id)
        old = state(chat_id)
        assert old["assigned_operator_id"] == operator.account_id
        assignment.release_all(operator.account_id, "offline")
        assignment.assign_waiting()
        assert state(chat_id)["assigned_operator_id"] == operator.account_id
        results = race.race(
            app,
            [
                (
                    operator,
                    lambda c=chat_id, n=number, s=old["event_seq"]: messages.reply(
                        chat_id=c,
                        operator_id=operator.account_id,
                        client_id=uuid.uuid4(),
                        content="Here I am",
                        assignment_number=n,
                        seen_seq=s,
                    ),
                )
                for number in (old["assignment_count"],) * 4 + (old["assignment_count"] + 1,)
            ],
        )
        assert [type(result) for result in results] == [AssignmentEnded] * 4 + [messages.Sent]
        chat = state(chat_id)
        assert len(chat["messages"]) == 2
        in_order(chat)
        _retire(operator)


def _owner(chat_id: UUID) -> UUID:
    return state(chat_id)["real_user_id"]  # type: ignore[return-value]


def _answer(chat_id: UUID) -> None:
    """Somebody else takes a chat that waits, and answers it."""
    other = factories.operator(available=True)
    assignment.assign_waiting()
    factories.reply(other, chat_id)
    _retire(other)


def _retire(operator: Viewer) -> None:
    with acting_as(operator):
        operators.set_availability(operator.account_id, available=False, reason="offline")


def test_a_message_deleted_by_many_tabs_while_others_write(app: Flask, few_rounds: int) -> None:
    """One deletion, one event: every number belongs to one change, so no page misses any."""
    character = factories.character()
    for _ in range(few_rounds):
        viewer = factories.user(credits=50)
        chat_id = factories.open_chat(viewer, character)
        first = factories.send(viewer, chat_id).event.message_id
        quote = quote_of(viewer, chat_id)
        delete = (viewer, lambda c=chat_id, m=first: tombstones.delete_message(c, m))
        results = race.race(app, [delete, send_task(viewer, chat_id, quote)] * 8)
        deletions, sent = of(results, MessageDeleted), of(results, messages.Sent)
        assert (len(deletions), len(sent)) == (8, 8)
        (number,) = {each.seq for each in deletions}
        numbers = sorted({1, number, *(each.event.seq for each in sent)})
        chat = state(chat_id)
        assert numbers == list(range(1, len(chat["messages"]) + 2))  # type: ignore[arg-type]
        assert chat["event_seq"] == numbers[-1]
