"""Operators and waiting chats at once: nobody holds a chat twice, nobody exceeds the maximum, order holds."""

from __future__ import annotations

import random
import uuid
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from fantooo.domain.errors import ChatNotFound, FantoooError
from fantooo.domain.viewer import SYSTEM, Viewer
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.services import assignment, chats, credits, messages, operators, silence
from tests.support import factories, race
from tests.support.race import of

pytestmark = pytest.mark.fresh_db

OPERATORS, PLACES, CHATS = 8, 5, 50


@pytest.fixture(autouse=True)
def _always_consistent(app: Flask):
    yield
    check()
    assert credits.verify_ledger() == []


def rows(sql: str, **parameters: object) -> list:
    with unit_of_work(as_system=True) as work:
        return list(work.session.execute(text(sql), parameters).all())


def check() -> None:
    """What must be true at every moment, whatever ran."""
    assert (
        rows(
            "SELECT 1 FROM chat_assignments WHERE ended_at IS NULL GROUP BY chat_id HAVING count(*) > 1"
        )
        == []
    )
    assert (
        rows(
            "SELECT o.id FROM operators AS o LEFT JOIN chats AS c ON c.assigned_operator_id = o.id"
            " GROUP BY o.id HAVING o.current_chat_count <> count(c.id)"
        )
        == []
    ), "the stored count is the number held"
    assert (
        rows(
            "SELECT o.id FROM operators AS o JOIN chats AS c ON c.assigned_operator_id = o.id"
            " WHERE c.waiting_since IS NOT NULL GROUP BY o.id, o.max_concurrent_chats"
            " HAVING count(*) > o.max_concurrent_chats"
        )
        == []
    )
    assert (
        rows(
            "SELECT c.id FROM chats AS c LEFT JOIN chat_assignments AS a"
            " ON a.chat_id = c.id AND a.ended_at IS NULL AND a.operator_id = c.assigned_operator_id"
            " WHERE (c.assigned_operator_id IS NULL) <> (a.id IS NULL)"
        )
        == []
    ), "a held chat has its open assignment"
    assert (
        rows(
            "SELECT c.id FROM chats AS c LEFT JOIN chat_queue AS q ON q.chat_id = c.id"
            " WHERE (c.waiting_since IS NOT NULL AND c.assigned_operator_id IS NULL) <> (q.id IS NOT NULL)"
        )
        == []
    ), "exactly the waiting chats without operator are queued"


def waiting_chats(users: list[Viewer]) -> list[tuple[Viewer, UUID]]:
    """A new chat of each user in the queue, with ranks that differ, in random order of arrival."""
    made = []
    character = factories.character()
    for viewer in users:
        chat_id = factories.open_chat(viewer, character)
        factories.send(viewer, chat_id)
        made.append((viewer, chat_id))
    points = list(range(len(users)))
    random.shuffle(points)
    with unit_of_work(as_system=True) as work:
        for (_viewer, chat_id), score in zip(made, points, strict=True):
            work.session.execute(
                text("UPDATE chat_queue SET priority_score = :s WHERE chat_id = :c"),
                {"s": score, "c": chat_id},
            )
    return made


def ranked() -> list[UUID]:
    found = rows(
        "SELECT chat_id FROM chat_queue"
        " ORDER BY entered_queue_at - priority_score * interval '20 seconds', id"
    )
    return [row.chat_id for row in found]


def held() -> dict[UUID, UUID]:
    found = rows(
        "SELECT id, assigned_operator_id FROM chats WHERE assigned_operator_id IS NOT NULL"
    )
    return {row.id: row.assigned_operator_id for row in found}


def clear(team: list[Viewer]) -> None:
    """Ends a round: everybody offline, nobody waits."""
    for viewer in team:
        assignment.release_all(viewer.account_id, "offline")
    with unit_of_work(as_system=True) as work:
        work.session.execute(text("DELETE FROM chat_queue"))
        work.session.execute(text("UPDATE chats SET waiting_since = NULL"))
        work.session.execute(
            text("UPDATE operators SET is_available = false, availability_reason = 'offline'")
        )


def test_8_operators_with_5_places_and_50_chats(app: Flask, rounds: int) -> None:
    """The 40 highest-ranked are assigned once, 10 stay in order; as places free up, all 50 are."""
    users = [factories.user() for _ in range(CHATS)]
    team = [factories.operator(max_chats=PLACES) for _ in range(OPERATORS)]
    for _ in range(rounds):
        chats_made = waiting_chats(users)
        owners = {chat_id: viewer for viewer, chat_id in chats_made}
        order = ranked()
        available = [
            (o, lambda v=o: operators.set_availability(v.account_id, available=True, reason=""))
            for o in team
        ]
        sweeps = [(SYSTEM, assignment.assign_waiting)] * 8
        errors = of(race.race(app, available + sweeps), Exception)
        assert errors == []
        assert set(held()) == set(order[:40])
        assert ranked() == order[40:]
        counts: dict[UUID, int] = {}
        for operator_id in held().values():
            counts[operator_id] = counts.get(operator_id, 0) + 1
        assert set(counts.values()) == {PLACES}
        check()

        # As answers free places, the rest follow.
        answered = 0
        while len(held()) < CHATS and answered < 200:
            by_id = {viewer.account_id: viewer for viewer in team}
            taken = held()
            waiting = [
                r.id
                for r in rows(
                    "SELECT id FROM chats WHERE waiting_since IS NOT NULL AND assigned_operator_id IS NOT NULL"
                )
            ]
            tasks = []
            for chat_id in waiting[:8]:
                viewer = by_id[taken[chat_id]]
                tasks.append((viewer, lambda v=viewer, c=chat_id: factories.reply(v, c)))
            answered += len(of(race.race(app, tasks), messages.Sent))
            race.race(app, [(SYSTEM, assignment.assign_waiting)] * 4)
            check()
        assert set(held()) == set(order)
        assigned = rows(
            "SELECT chat_id FROM chat_assignments WHERE chat_id = ANY(:ids) ORDER BY assigned_at",
            ids=list(owners),
        )
        assert [row.chat_id for row in assigned] == order, "all in the queue's order, once each"
        clear(team)


def test_sends_race_with_availability(app: Flask, few_rounds: int) -> None:
    """Chats entering the queue while operators come: nobody waits while there is room."""
    character = factories.character()
    for _ in range(few_rounds):
        pairs = [
            (viewer := factories.user(), factories.open_chat(viewer, character)) for _ in range(10)
        ]
        team = [factories.operator(max_chats=5) for _ in range(2)]
        tasks = [(v, lambda v=v, c=c: factories.send(v, c)) for v, c in pairs]
        tasks += [
            (o, lambda v=o: operators.set_availability(v.account_id, available=True, reason=""))
            for o in team
        ]
        random.shuffle(tasks)
        assert of(race.race(app, tasks), Exception) == []
        assert len(held()) == 10 and ranked() == []
        check()
        clear(team)


def test_hand_back_reply_sweep_and_close_at_once(app: Flask, few_rounds: int) -> None:
    """Everything that can end or change an assignment, at once, on the same chats."""
    character = factories.character()
    from datetime import UTC, datetime, timedelta

    for _ in range(few_rounds):
        pairs = [
            (viewer := factories.user(), factories.open_chat(viewer, character)) for _ in range(4)
        ]
        team = [factories.operator(available=True, max_chats=3) for _ in range(3)]
        by_id = {viewer.account_id: viewer for viewer in team}
        for viewer, chat_id in pairs:
            factories.send(viewer, chat_id)
        taken = held()
        numbers = {r.id: r.assignment_count for r in rows("SELECT id, assignment_count FROM chats")}
        tasks = []
        for viewer, chat_id in pairs:
            operator = by_id[taken[chat_id]]
            tasks.append((operator, lambda o=operator, c=chat_id: factories.reply(o, c)))
            tasks.append(
                (
                    operator,
                    lambda o=operator, c=chat_id: assignment.hand_back(
                        chat_id=c, operator_id=o.account_id, number=numbers[c], reason="break"
                    ),
                )
            )
            tasks.append((viewer, lambda v=viewer, c=chat_id: factories.send(v, c)))
        later = datetime.now(UTC) + timedelta(minutes=4)
        tasks.append((SYSTEM, lambda: silence.sweep(later)))
        tasks.append((SYSTEM, lambda: chats.close_quiet_chats(later + timedelta(days=2))))
        tasks.append((SYSTEM, lambda o=team[0]: assignment.release_all(o.account_id, "offline")))
        random.shuffle(tasks)
        results = race.race(app, tasks)
        unexpected = [
            e for e in of(results, Exception) if not isinstance(e, FantoooError | ChatNotFound)
        ]
        assert unexpected == []
        check()
        clear(team)


def test_two_operators_never_hold_one_chat(app: Flask, few_rounds: int) -> None:
    character = factories.character()
    for _ in range(few_rounds):
        viewer = factories.user()
        chat_id = factories.open_chat(viewer, character)
        factories.send(viewer, chat_id)
        team = [factories.operator() for _ in range(8)]
        race.race(
            app,
            [
                (o, lambda v=o: operators.set_availability(v.account_id, available=True, reason=""))
                for o in team
            ],
        )
        found = rows("SELECT operator_id FROM chat_assignments WHERE chat_id = :c", c=chat_id)
        assert len(found) == 1
        clear(team)


def test_marks_at_once_never_go_back(app: Flask, few_rounds: int) -> None:
    character = factories.character()
    for _ in range(few_rounds):
        viewer = factories.user()
        chat_id = factories.open_chat(viewer, character)
        operator = factories.operator(available=True)
        factories.send(viewer, chat_id)
        for _n in range(3):
            factories.reply(operator, chat_id, client_id=uuid.uuid4())
        tasks = [
            (viewer, lambda n=n: chats.mark(chat_id, side="user", read=n, delivered=n + 1))
            for n in (1, 2, 3, 4, 4, 3, 2, 1)
        ]
        assert of(race.race(app, tasks), Exception) == []
        row = rows("SELECT * FROM chats WHERE id = :c", c=chat_id)[0]
        assert (row.user_read_seq, row.user_delivered_seq) == (4, 4)
        moved = row.event_seq - 4
        assert 1 <= moved <= 5, "each mark that moved something is one event"
        clear([operator])
