"""Who gets which chat, what silence does, and what an operator's own switches mean.

Concurrency is for tests/races; here each rule is seen alone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from fantooo.domain.errors import AssignmentEnded, Forbidden, ValidationError
from fantooo.domain.events import ChatAssigned, ChatUnassigned, OperatorWarned
from fantooo.domain.viewer import Viewer
from fantooo.infra import bus
from fantooo.infra.database import acting_as
from fantooo.queries import operators as operator_reads
from fantooo.services import assignment, operators, outbox, silence
from tests.support import factories

MINUTE = timedelta(minutes=1)


@pytest.fixture
def told(app: Flask) -> Any:
    """Every event that was published."""
    heard: list[Any] = []
    bus.subscribe(app, heard.append)
    yield heard
    app.extensions["fantooo_listeners"].remove(heard.append)


def later(**by: float) -> datetime:
    return datetime.now(UTC) + timedelta(**by)


def waiting(user: Viewer | None = None, character: UUID | None = None) -> UUID:
    user = user or factories.user()
    chat_id = factories.open_chat(user, character)
    factories.send(user, chat_id)
    return chat_id


def holder(superuser: psycopg.Connection, chat_id: UUID) -> UUID | None:
    row = superuser.execute(
        "SELECT assigned_operator_id FROM chats WHERE id = %s", (chat_id,)
    ).fetchone()
    assert row
    return row[0]  # type: ignore[no-any-return]


def reason(superuser: psycopg.Connection, chat_id: UUID) -> str:
    row = superuser.execute(
        "SELECT routing_reason FROM chat_assignments WHERE chat_id = %s ORDER BY number DESC",
        (chat_id,),
    ).fetchone()
    assert row
    return row[0]  # type: ignore[no-any-return]


def alive(superuser: psycopg.Connection, *people: Viewer) -> None:
    """Their pages beat far into the time a sweep is asked about."""
    for viewer in people:
        superuser.execute(
            "UPDATE operators SET last_activity = now() + interval '1 day' WHERE id = %s",
            (viewer.account_id,),
        )


def hand_back(operator: Viewer, chat_id: UUID, number: int = 1, why: str = "break") -> None:
    assert operator.account_id
    with acting_as(operator):
        assignment.hand_back(
            chat_id=chat_id, operator_id=operator.account_id, number=number, reason=why
        )


# Who is chosen


def test_whoever_answered_last_is_preferred(app: Flask, superuser: psycopg.Connection) -> None:
    knows = factories.operator(available=True, name="Knows")
    user = factories.user()
    chat_id = waiting(user)
    factories.reply(knows, chat_id)
    superuser.execute("UPDATE chats SET last_message_at = now() - interval '2 days'")
    from fantooo.services import chats

    assert chats.close_quiet_chats() == 1
    assert holder(superuser, chat_id) is None
    for _ in range(3):
        factories.operator(available=True)
    factories.send(user, chat_id)
    assert holder(superuser, chat_id) == knows.account_id
    assert reason(superuser, chat_id) == "answered this chat before"


def test_language_and_specialisation(app: Flask, superuser: psycopg.Connection) -> None:
    factories.operator(available=True, languages=["en"], specializations=[])
    flirty = factories.operator(available=True, languages=["en"], specializations=["flirty"])
    swahili = factories.operator(available=True, languages=["sw"])
    user = factories.user()
    superuser.execute("UPDATE real_users SET language = 'sw' WHERE id = %s", (user.account_id,))
    chat_id = waiting(user)
    assert holder(superuser, chat_id) == swahili.account_id
    assert reason(superuser, chat_id) == "speaks Swahili"
    english = waiting(character=factories.character(response_style="flirty"))
    assert holder(superuser, english) == flirty.account_id
    assert reason(superuser, english) == "speaks English; knows flirty"


def test_least_loaded_then_longest_idle(app: Flask, superuser: psycopg.Connection) -> None:
    team = [factories.operator(available=True) for _ in range(3)]
    chosen = [holder(superuser, waiting()) for _ in range(6)]
    assert chosen[:3] == [viewer.account_id for viewer in team], "in the order of their idleness"
    assert sorted(map(str, chosen[3:])) == sorted(str(viewer.account_id) for viewer in team)


@pytest.mark.parametrize(
    "change",
    [{"is_suspended": True}, {"is_active": False}, {"deleted_at": datetime(2026, 1, 1, tzinfo=UTC)},
     {"is_available": False, "availability_reason": "break"},
     {"last_activity": datetime(2026, 1, 1, tzinfo=UTC)}],
    ids=["suspended", "inactive", "deleted", "away", "silent"],
)  # fmt: skip
def test_who_cannot_be_given_a_chat(
    app: Flask, superuser: psycopg.Connection, change: dict[str, object]
) -> None:
    operator = factories.operator(available=True)
    factories.change_operator(operator, **change)
    chat_id = waiting()
    assert holder(superuser, chat_id) is None
    usable = factories.operator(available=True)
    assert holder(superuser, chat_id) == usable.account_id


def test_a_junior_gets_three(app: Flask, superuser: psycopg.Connection) -> None:
    factories.operator(available=True, skill_level="junior", max_chats=9)
    held = [holder(superuser, waiting()) for _ in range(5)]
    assert [each is not None for each in held] == [True] * 3 + [False] * 2


def test_nobody_gets_more_than_their_maximum_but_quiet_chats_weigh_little(
    app: Flask, superuser: psycopg.Connection
) -> None:
    operator = factories.operator(available=True, max_chats=2)
    chats = [waiting() for _ in range(3)]
    assert [holder(superuser, chat) is not None for chat in chats] == [True, True, False]
    factories.reply(operator, chats[0])
    assignment.assign_waiting()
    # 0.2 for the quiet one, 1 for the other: 1.2 and one more would be 2.2.
    assert holder(superuser, chats[2]) is None
    factories.reply(operator, chats[1])
    assignment.assign_waiting()
    assert holder(superuser, chats[2]) == operator.account_id
    row = superuser.execute(
        "SELECT current_chat_count, total_chats_handled FROM operators"
    ).fetchone()
    assert row == (3, 3)


def test_one_voice_is_not_spread_too_thin(app: Flask, superuser: psycopg.Connection) -> None:
    character = factories.character(max_concurrent_chats=2)
    operator = factories.operator(available=True, max_chats=9)
    chats = [waiting(character=character) for _ in range(3)]
    assert [holder(superuser, chat) is not None for chat in chats] == [True, True, False]
    assert holder(superuser, waiting()) == operator.account_id, "other characters are free"
    factories.reply(operator, chats[0])
    assignment.assign_waiting()
    assert holder(superuser, chats[2]) == operator.account_id


def test_the_most_urgent_first(app: Flask, superuser: psycopg.Connection) -> None:
    """Tier before arrival; waiting outweighs everything in the end."""
    plain, gold = factories.user(), factories.user()
    superuser.execute("UPDATE real_users SET user_tier = 'gold' WHERE id = %s", (gold.account_id,))
    first, second = waiting(plain), waiting(gold)
    old = waiting()
    superuser.execute(
        "UPDATE chat_queue SET entered_queue_at = now() - interval '3 hours' WHERE chat_id = %s",
        (old,),
    )
    got = []
    for _ in range(3):
        factories.operator(available=True, max_chats=1)
        got.append(next(c for c in (first, second, old) if holder(superuser, c) and c not in got))
    assert got == [old, second, first]


def test_a_queue_entry_says_why(app: Flask, superuser: psycopg.Connection) -> None:
    user = factories.user(credits=50)
    superuser.execute("UPDATE real_users SET user_tier = 'silver', total_spent = 5000")
    chat_id = waiting(user)
    row = superuser.execute(
        "SELECT priority, priority_score, score_parts, language, required_specializations FROM chat_queue"
    ).fetchone()
    assert row == (
        "normal", 35, {"tier": 20, "lifetime_value": 5, "first": 10}, "en", ["friendly"],
    )  # fmt: skip
    assert superuser.execute("SELECT count(*) FROM chat_queue").fetchone() == (1,)
    factories.send(user, chat_id)
    assert superuser.execute("SELECT count(*) FROM chat_queue").fetchone() == (1,), "one a chat"


# Handing back


def test_handing_back(app: Flask, superuser: psycopg.Connection, told: list[Any]) -> None:
    first = factories.operator(available=True)
    chat_id = waiting()
    for why in ("", "   "):
        with pytest.raises(ValidationError):
            hand_back(first, chat_id, why=why)
    with pytest.raises(AssignmentEnded):
        hand_back(first, chat_id, number=2)
    hand_back(first, chat_id, why="does not fit me " + "x" * 600)
    assert holder(superuser, chat_id) is None, "not to the one who gave it back"
    row = superuser.execute(
        "SELECT excluded_operator_ids, preferred_operator_id, attempts FROM chat_queue"
    ).fetchone()
    assert row == ([first.account_id], None, 0)
    ended = superuser.execute(
        "SELECT end_reason, length(end_note), ended_at IS NOT NULL FROM chat_assignments"
    ).fetchone()
    assert ended == ("handed_back", 500, True)
    second = factories.operator(available=True)
    assert holder(superuser, chat_id) == second.account_id
    with pytest.raises(AssignmentEnded):
        hand_back(first, chat_id)
    kinds = [type(each) for each in told if isinstance(each, ChatAssigned | ChatUnassigned)]
    assert kinds == [ChatAssigned, ChatUnassigned, ChatAssigned]
    incidents = superuser.execute("SELECT sum(idle_incidents) FROM operators").fetchone()
    assert incidents == (0,), "giving back is no fault"


def test_an_answered_chat_goes_back_to_nobody(app: Flask, superuser: psycopg.Connection) -> None:
    operator = factories.operator(available=True)
    chat_id = waiting()
    factories.reply(operator, chat_id)
    hand_back(operator, chat_id)
    assert superuser.execute("SELECT count(*) FROM chat_queue").fetchone() == (0,)
    assert superuser.execute("SELECT current_chat_count FROM operators").fetchone() == (0,)


# Silence


def test_a_warning_at_two_minutes_and_back_at_three(
    app: Flask, superuser: psycopg.Connection, told: list[Any]
) -> None:
    silent = factories.operator(available=True)
    chat_id = waiting()
    alive(superuser, silent)
    assert silence.sweep(later(seconds=118)) == silence.Sweep()
    assert silence.sweep(later(seconds=122)).warned == 1
    assert silence.sweep(later(seconds=150)) == silence.Sweep(), "once"
    assert [e for e in told if isinstance(e, OperatorWarned)] == [
        OperatorWarned(chat_id, silent.account_id, 120)  # type: ignore[arg-type]
    ]
    done = silence.sweep(later(seconds=182))
    assert (done.returned, done.assigned) == (1, 0), "nobody else is there"
    assert holder(superuser, chat_id) is None
    row = superuser.execute(
        "SELECT idle_incidents, reassignment_count, current_chat_count FROM operators"
    ).fetchone()
    assert row == (1, 1, 0)
    entry = superuser.execute("SELECT excluded_operator_ids, attempts FROM chat_queue").fetchone()
    assert entry == ([silent.account_id], 1)
    other = factories.operator(available=True)
    assert holder(superuser, chat_id) == other.account_id
    alive(superuser, other)
    assert silence.sweep(later(seconds=100)) == silence.Sweep(), "its own time begins anew"


def test_an_answer_ends_the_waiting(app: Flask, superuser: psycopg.Connection) -> None:
    operator = factories.operator(available=True)
    chat_id = waiting()
    alive(superuser, operator)
    assert silence.sweep(later(seconds=122)).warned == 1
    factories.reply(operator, chat_id)
    assert silence.sweep(later(hours=2)) == silence.Sweep()
    assert holder(superuser, chat_id) == operator.account_id


def test_a_lost_heartbeat_returns_waiting_chats_and_keeps_quiet_ones(
    app: Flask, superuser: psycopg.Connection
) -> None:
    gone = factories.operator(available=True)
    waits, quiet = waiting(), waiting()
    factories.reply(gone, quiet)
    assert silence.sweep(later(seconds=58)) == silence.Sweep()
    done = silence.sweep(later(seconds=62))
    assert done.returned == 1
    assert (holder(superuser, waits), holder(superuser, quiet)) == (None, gone.account_id)
    row = superuser.execute("SELECT is_available, availability_reason FROM operators").fetchone()
    assert row == (False, "offline")
    assert silence.sweep(later(seconds=65)) == silence.Sweep(), "twice does no harm"
    other = factories.operator(available=True)
    assert holder(superuser, waits) == other.account_id


@pytest.mark.parametrize("reason", ["break", "wrap-up"])
def test_a_chat_that_wakes_up_while_its_operator_is_away_goes_on_at_once(
    app: Flask, superuser: psycopg.Connection, reason: str
) -> None:
    """Its user does not wait for a timer, and a break costs nobody anything."""
    anna, ben = factories.user(), factories.user()
    quiet, waits = factories.open_chat(anna), factories.open_chat(ben)
    olga = factories.operator(available=True)
    factories.send(anna, quiet)
    factories.reply(olga, quiet)
    factories.send(ben, waits)
    with acting_as(olga):
        operators.set_availability(olga.account_id, available=False, reason=reason)
    otto = factories.operator(available=True)
    silence.sweep()
    assert holder(superuser, quiet) == holder(superuser, waits) == olga.account_id
    factories.send(anna, quiet, "Are you there?")
    silence.sweep()
    assert holder(superuser, quiet) == otto.account_id, "nobody's page had to be closed for that"
    assert holder(superuser, waits) == olga.account_id, "what waited before is still theirs"
    (incidents,) = (
        superuser.execute(
            "SELECT idle_incidents + reassignment_count FROM operators WHERE id = %s",
            (olga.account_id,),
        ).fetchone()
        or ()
    )
    assert incidents == 0
    with acting_as(olga):
        operators.set_availability(olga.account_id, available=True, reason="")
    factories.reply(otto, quiet, "Yes!")
    factories.send(anna, quiet)
    silence.sweep()
    assert holder(superuser, quiet) == otto.account_id, "who has answered keeps it"


def test_whose_line_was_cut_may_have_the_chat_again(
    app: Flask, superuser: psycopg.Connection
) -> None:
    """Only silence and handing back exclude."""
    operator = factories.operator(available=True)
    chat_id = waiting()
    assert silence.sweep(later(seconds=62)).returned == 1
    row = superuser.execute("SELECT excluded_operator_ids, attempts FROM chat_queue").fetchone()
    assert row == ([], 1)
    assert operator.account_id
    with acting_as(operator):
        operators.set_availability(operator.account_id, available=True, reason="")
    assert holder(superuser, chat_id) == operator.account_id


def test_who_comes_back_from_silence_is_given_what_waits(
    app: Flask, superuser: psycopg.Connection
) -> None:
    """At the first beat, not at the next sweep, which might have switched them off before."""
    operator = factories.operator(available=True)
    away = factories.operator()
    superuser.execute("UPDATE operators SET last_activity = now() - interval '75 seconds'")
    chat_id = waiting()
    assert holder(superuser, chat_id) is None
    for viewer in (away, operator):
        assert viewer.account_id
        with acting_as(viewer):
            operators.beat(viewer.account_id)
    assert holder(superuser, chat_id) == operator.account_id


def test_a_heartbeat_is_a_beat_of_one_s_own(app: Flask, superuser: psycopg.Connection) -> None:
    one, other = factories.operator(), factories.operator()
    superuser.execute("UPDATE operators SET last_activity = '2026-01-01'")
    assert one.account_id and other.account_id
    with acting_as(one):
        operators.beat(one.account_id)
        operators.beat(other.account_id)
    rows = superuser.execute(
        "SELECT id FROM operators WHERE last_activity > now() - interval '1 minute'"
    ).fetchall()
    assert rows == [(one.account_id,)]


# Escalation


def test_fifteen_minutes_escalate_and_tell_admins_once(
    app: Flask, superuser: psycopg.Connection
) -> None:
    chat_id = waiting()
    assert silence.sweep(later(minutes=14)).escalated == 0
    assert silence.sweep(later(minutes=15, seconds=1)).escalated == 1
    assert silence.sweep(later(minutes=16)).escalated == 0
    row = superuser.execute(
        "SELECT c.status, q.priority, q.score_parts, q.escalated_at IS NOT NULL"
        " FROM chats AS c JOIN chat_queue AS q ON q.chat_id = c.id"
    ).fetchone()
    assert row == ("escalated", "high", {"first": 10, "escalated": 50}, True)
    for _twice in range(2):
        outbox.deliver()
    notes = superuser.execute(
        "SELECT type, subject_id, priority, resolved_at FROM admin_notifications"
    ).fetchall()
    assert notes == [("chat_escalation", chat_id, "high", None)]
    assert waiting() != chat_id
    senior = factories.operator(available=True, max_chats=1)
    assert holder(superuser, chat_id) == senior.account_id, "the top of the queue"
    factories.reply(senior, chat_id)
    after = superuser.execute("SELECT status FROM chats WHERE id = %s", (chat_id,)).fetchone()
    assert after == ("active",), "the first reply ends it"


def test_three_failed_assignments_escalate_and_everybody_may_be_asked_again(
    app: Flask, superuser: psycopg.Connection
) -> None:
    chat_id = waiting()
    for round_ in range(3):
        operator = factories.operator(available=True)
        assert holder(superuser, chat_id) == operator.account_id, round_
        alive(superuser, operator)
        done = silence.sweep(later(seconds=182))
        assert done.returned == 1
        if round_ < 2:
            factories.change_operator(operator, is_available=False, availability_reason="break")
    # The last one is still there and not excluded any more, because there is nobody else.
    assert (done.escalated, done.assigned) == (1, 1)
    assert holder(superuser, chat_id) == operator.account_id
    assert superuser.execute("SELECT status FROM chats").fetchone() == ("escalated",)


def test_an_escalated_chat_never_waits_for_ever(app: Flask, superuser: psycopg.Connection) -> None:
    """Handed back after it was escalated: its only operator is asked again after as long anew."""
    chat_id = waiting()
    assert silence.sweep(later(minutes=16)).escalated == 1
    operator = factories.operator(available=True)
    alive(superuser, operator)
    for number in (1, 2):
        assert holder(superuser, chat_id) == operator.account_id
        hand_back(operator, chat_id, number=number)
        assert holder(superuser, chat_id) is None, "not at once to the one who gave it back"
        assert silence.sweep(later(minutes=14)).assigned == 0
        assert silence.sweep(later(minutes=15, seconds=1)).assigned == 1
    assert holder(superuser, chat_id) == operator.account_id


def test_escalated_chats_go_to_senior_operators_first(
    app: Flask, superuser: psycopg.Connection
) -> None:
    chat_id = waiting()
    silence.sweep(later(minutes=16))
    for level in ("junior", "mid"):
        operator = factories.operator(skill_level=level)
        factories.change_operator(operator, is_available=True, availability_reason="available")
    expert = factories.operator(available=True, skill_level="expert")
    assert holder(superuser, chat_id) == expert.account_id


def test_without_a_senior_the_next_best(app: Flask, superuser: psycopg.Connection) -> None:
    chat_id = waiting()
    silence.sweep(later(minutes=16))
    junior = factories.operator(available=True, skill_level="junior")
    assert holder(superuser, chat_id) == junior.account_id


# What must not happen, and is mended when it does


def test_a_chat_that_fell_out_of_the_queue_comes_back(
    app: Flask, superuser: psycopg.Connection
) -> None:
    lost, answered = waiting(), waiting()
    superuser.execute("DELETE FROM chat_queue WHERE chat_id = %s", (lost,))
    superuser.execute("UPDATE chats SET waiting_since = NULL WHERE id = %s", (answered,))
    silence.sweep()
    assert superuser.execute("SELECT chat_id FROM chat_queue").fetchall() == [(lost,)]


def test_an_entry_that_waits_for_nothing_is_passed_over(
    app: Flask, superuser: psycopg.Connection
) -> None:
    stale, real = waiting(), waiting()
    superuser.execute("UPDATE chats SET waiting_since = NULL WHERE id = %s", (stale,))
    operator = factories.operator(available=True)
    assert holder(superuser, stale) is None
    assert holder(superuser, real) == operator.account_id
    assert superuser.execute("SELECT count(*) FROM chat_queue").fetchone() == (0,)


# The operator's switches


def test_available_away_and_back(app: Flask, superuser: psycopg.Connection) -> None:
    operator = factories.operator()
    chat_id = waiting()
    assert operator.account_id
    with acting_as(operator):
        for unknown in ("", "lunch"):
            with pytest.raises(ValidationError):
                operators.set_availability(operator.account_id, available=False, reason=unknown)
        operators.set_availability(operator.account_id, available=True, reason="")
    assert holder(superuser, chat_id) == operator.account_id
    for why in ("break", "wrap-up"):
        with acting_as(operator):
            operators.set_availability(operator.account_id, available=False, reason=why)
        row = superuser.execute(
            "SELECT is_available, availability_reason FROM operators"
        ).fetchone()
        assert row == (False, why)
        assert holder(superuser, chat_id) == operator.account_id, "a break keeps what one holds"
    second = waiting()
    assert holder(superuser, second) is None, "and brings nothing new"
    with acting_as(operator):
        operators.set_availability(operator.account_id, available=False, reason="offline")
    assert holder(superuser, chat_id) is None
    rows = superuser.execute(
        "SELECT end_reason, excluded_operator_ids FROM chat_assignments AS a"
        " JOIN chat_queue AS q ON q.chat_id = a.chat_id"
    ).fetchall()
    assert rows == [("offline", [])]
    assert superuser.execute("SELECT current_chat_count FROM operators").fetchone() == (0,)


def test_a_suspended_operator_cannot_come_back_alone(
    app: Flask, superuser: psycopg.Connection
) -> None:
    operator = factories.operator()
    factories.change_operator(operator, is_suspended=True, suspension_reason="Complaints")
    assert operator.account_id
    with acting_as(operator), pytest.raises(Forbidden, match="Complaints"):
        operators.set_availability(operator.account_id, available=True, reason="")
    row = superuser.execute("SELECT is_available FROM operators").fetchone()
    assert row == (False,)


def test_the_next_chat_after_a_reply(app: Flask, superuser: psycopg.Connection) -> None:
    operator = factories.operator(available=True)
    chats = [waiting() for _ in range(3)]
    desk: Any = app.test_client()
    desk.become(operator)

    def reply(chat_id: UUID) -> Any:
        form = {
            "client_id": str(chat_id),
            "content": "hi",
            "assignment_number": "1",
            "seen_seq": "9",
        }
        return desk.post(
            f"/operator/chat/{chat_id}/messages", data=form, headers={"Accept": "application/json"}
        ).get_json()["next"]

    assert reply(chats[1]) == f"/operator/chat/{chats[0]}", "the one that waits longest"
    assert reply(chats[0]) == f"/operator/chat/{chats[2]}"
    assert reply(chats[2]) is None
    more = [waiting() for _ in range(3)]
    # Two minutes of waiting are 6 points, silver is 20, an escalated chat 50.
    superuser.execute(
        "UPDATE chats SET waiting_since = waiting_since - interval '2 minutes' WHERE id = %s",
        (more[0],),
    )
    superuser.execute(
        "UPDATE real_users SET user_tier = 'silver' WHERE id ="
        " (SELECT real_user_id FROM chats WHERE id = %s)",
        (more[1],),
    )
    superuser.execute("UPDATE chats SET status = 'escalated' WHERE id = %s", (more[2],))
    assert operator.account_id
    with acting_as(operator):
        order = [operator_reads.next_waiting(operator.account_id, but=chats[0])]
        superuser.execute("UPDATE chats SET status = 'active' WHERE id = %s", (more[2],))
        order.append(operator_reads.next_waiting(operator.account_id, but=more[2]))
        order.append(operator_reads.next_waiting(operator.account_id, but=more[1]))
    assert order == [more[2], more[1], more[0]], "as urgent as in the queue"
    assert operator.account_id
    switched = desk.post("/operator/auto-next", data={}, headers={"HX-Request": "true"})
    assert switched.status_code == 200
    assert superuser.execute("SELECT auto_next FROM operators").fetchone() == (False,)
    desk.post("/operator/auto-next", data={"auto_next": "on"})
    assert superuser.execute("SELECT auto_next FROM operators").fetchone() == (True,)


def test_an_operator_says_what_a_chat_is_answered_in(
    app: Flask, superuser: psycopg.Connection
) -> None:
    """The next one is chosen by it, and is told so; what the person chose on /me stays."""
    olga = factories.operator(available=True)
    chat = waiting()
    desk: Any = app.test_client()
    desk.become(olga)
    here = f"/operator/chat/{chat}"
    assert "Yours because: speaks English." in desk.get(here).text
    assert desk.post(f"{here}/language", data={"language": "fr"}).status_code == 400
    assert desk.post(f"{here}/language", data={"language": "sw"}).status_code == 303
    assert '<option value="sw" selected>' in desk.get(here).text
    factories.operator(available=True, languages=["en"])
    swahili = factories.operator(available=True, languages=["sw"])
    assert olga.account_id
    assignment.hand_back(
        chat_id=chat, operator_id=olga.account_id, number=1, reason="they write Swahili"
    )
    assert superuser.execute(
        "SELECT c.assigned_operator_id, a.routing_reason, u.language FROM chats AS c"
        " JOIN chat_assignments AS a ON a.chat_id = c.id AND a.ended_at IS NULL"
        " JOIN real_users AS u ON u.id = c.real_user_id"
    ).fetchall() == [(swahili.account_id, "speaks Swahili", "en")]


def test_a_chat_its_character_holds_back_says_so(app: Flask, superuser: psycopg.Connection) -> None:
    olga = factories.operator(available=True, max_chats=5)
    busy = factories.character(max_concurrent_chats=1)
    for _ in range(2):
        waiting(character=busy)
    assert silence.sweep().assigned == 0
    desk: Any = app.test_client()
    desk.become(olga)
    assert "character speaks in many chats" in desk.get("/operator/queue").text
    superuser.execute("UPDATE fictional_users SET max_concurrent_chats = 5")
    silence.sweep()
    assert "character speaks" not in desk.get("/operator/queue").text
