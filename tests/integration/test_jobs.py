"""Timed work: refunds, the outbox, the schedule, a chat's ages, partitions and cleaning up.

Every job is also run twice: the second time it does nothing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import redis
from flask import Flask
from sqlalchemy import update

from fantooo.domain.events import BalanceChanged
from fantooo.extensions import db
from fantooo.infra import bus, job_queue
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import JobRun
from fantooo.services import (
    chats,
    credits,
    housekeeping,
    outbox,
    partitions,
    refunds,
    schedule,
    silence,
)
from jobs import tasks
from jobs.schedule import SCHEDULE
from tests.conftest import Clock
from tests.support import factories

AFTERNOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


def later(**by: float) -> datetime:
    return datetime.now(UTC) + timedelta(**by)


def one(superuser: psycopg.Connection, query: str, *values: object) -> Any:
    return superuser.execute(query, values).fetchone()  # type: ignore[arg-type]


# No answer, no charge


@pytest.fixture
def paid(clock: Clock, app: Flask) -> Any:
    """A chat with three free and two paid messages that nobody has answered; the user had 20."""
    clock.set(AFTERNOON)
    user = factories.user(credits=20)
    chat_id = factories.open_chat(user)
    for number in range(5):
        factories.send(user, chat_id, f"message {number}")
    return user, chat_id


def test_unanswered_messages_come_back_together_and_once(
    paid: Any, app: Flask, superuser: psycopg.Connection
) -> None:
    user, chat_id = paid
    heard: list[Any] = []
    bus.subscribe(app, heard.append)
    wallet = "SELECT credits, bonus_credits FROM real_users"
    assert one(superuser, wallet) == (18, 18)
    assert refunds.return_unanswered(later(minutes=29)) == 0
    assert refunds.return_unanswered(later(minutes=31)) == 2
    assert refunds.return_unanswered(later(minutes=32)) == 0
    app.extensions["fantooo_listeners"].remove(heard.append)
    assert one(superuser, wallet) == (20, 20)
    assert [e for e in heard if isinstance(e, BalanceChanged)] == [
        BalanceChanged(
            user.account_id, 20, "Nobody answered in time, so 2 credits are back in your balance."
        )
    ]
    row = one(superuser, "SELECT free_messages_used, paid_messages_count FROM chats")
    assert row == (3, 2), "the free count does not come back"
    assert credits.verify_ledger() == []
    page: Any = app.test_client()
    html = page.become(user).get(f"/chat/{chat_id}").get_data(as_text=True)
    assert "2 credits</b> came back to you" in html
    # A late answer costs nothing, and the next message is paid again.
    operator = factories.operator(available=True)
    factories.reply(operator, chat_id)
    assert one(superuser, wallet) == (20, 20)
    factories.send(user, chat_id)
    assert one(superuser, wallet) == (19, 19)
    assert credits.verify_ledger() == []


def test_what_was_answered_stays_paid(paid: Any, superuser: psycopg.Connection) -> None:
    user, chat_id = paid
    operator = factories.operator(available=True)
    factories.reply(operator, chat_id)
    factories.send(user, chat_id, "after the answer")
    assert refunds.return_unanswered(later(minutes=31)) == 1, "only what came after the answer"
    assert one(superuser, "SELECT credits FROM real_users") == (18,)


def test_each_message_has_its_own_half_hour(paid: Any, superuser: psycopg.Connection) -> None:
    """Triggers refuse to change a charge, so time itself is moved: the promise gets shorter."""
    user, chat_id = paid
    superuser.execute("UPDATE chats SET waiting_since = now() - interval '1 hour'")
    assert refunds.return_unanswered(later(minutes=29)) == 0, (
        "the chat waits long, its messages do not"
    )
    assert refunds.return_unanswered(later(minutes=31)) == 2


def test_a_bought_credit_comes_back_as_bought(
    clock: Clock, superuser: psycopg.Connection, app: Flask
) -> None:
    clock.set(AFTERNOON)
    user = factories.user()
    chat_id = factories.open_chat(user)
    superuser.execute("UPDATE real_users SET bonus_credits = 1")
    for _ in range(5):
        factories.send(user, chat_id)
    assert one(superuser, "SELECT credits, bonus_credits FROM real_users") == (8, 0)
    assert refunds.return_unanswered(later(minutes=31)) == 2
    assert one(superuser, "SELECT credits, bonus_credits FROM real_users") == (10, 1)


def test_one_credit_is_told_as_one(clock: Clock, app: Flask) -> None:
    clock.set(AFTERNOON)
    user = factories.user()
    chat_id = factories.open_chat(user)
    for _ in range(4):
        factories.send(user, chat_id)
    heard: list[Any] = []
    bus.subscribe(app, heard.append)
    assert refunds.return_unanswered(later(minutes=31)) == 1
    app.extensions["fantooo_listeners"].remove(heard.append)
    assert [e.notice for e in heard if isinstance(e, BalanceChanged)] == [
        "Nobody answered in time, so 1 credit is back in your balance."
    ]


# The outbox


def add(topic: str = "admin_notification", **payload: Any) -> None:
    with unit_of_work(as_system=True) as work:
        outbox.add(work, topic, {"type": "system_error", "message": "m", **payload})


def test_the_outbox_does_each_thing_once(app: Flask, superuser: psycopg.Connection) -> None:
    add()
    add(message="second")
    assert outbox.deliver() == 2
    assert outbox.deliver() == 0
    assert one(superuser, "SELECT count(*) FROM admin_notifications") == (2,)
    with pytest.raises(KeyError):
        add("no such topic")
    with pytest.raises(RuntimeError), unit_of_work(as_system=True) as work:
        outbox.add(work, "admin_notification", {"type": "system_error", "message": "never"})
        raise RuntimeError
    assert outbox.deliver() == 0, "what was rolled back never happened"


def test_what_fails_is_tried_again_later_and_later(
    app: Flask, superuser: psycopg.Connection
) -> None:
    add(type="no such type")
    add(message="fine")
    assert outbox.deliver() == 1, "one that fails holds up no other"
    waits = []
    for attempt in range(1, 12):
        row = one(
            superuser,
            "SELECT attempts, round(extract(epoch FROM next_attempt_at - now()))::int, last_error,"
            " done_at FROM outbox WHERE attempts > 0",
        )
        assert row[0] == attempt
        assert "CheckViolation" in row[2] or "IntegrityError" in row[2]
        assert row[3] is None
        waits.append(row[1])
        assert outbox.deliver() == 0
        superuser.execute("UPDATE outbox SET next_attempt_at = now() WHERE attempts > 0")
        outbox.deliver()
    expected = [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
    assert all(abs(wait - wanted) <= 2 for wait, wanted in zip(waits, expected, strict=True))
    superuser.execute(
        'UPDATE outbox SET payload = payload || \'{"type": "security_alert"}\','
        " next_attempt_at = now() WHERE attempts > 0"
    )
    assert outbox.deliver() == 1, "once its cause is mended it goes through"


def test_two_workers_share_the_outbox(
    app: Flask, superuser: psycopg.Connection, place: Any
) -> None:
    add()
    entry = one(superuser, "SELECT id FROM outbox")[0]
    with place.connect(db.engine.url.database) as other:
        other.autocommit = False
        other.execute("SELECT 1 FROM outbox WHERE id = %s FOR UPDATE", (entry,))
        assert outbox.deliver() == 0, "somebody else is at it"
        other.rollback()
    assert outbox.deliver() == 1


# The schedule

EVERY_MINUTE = schedule.Entry("idle_chats", "* * * * *", "jobs.tasks.idle_chats")
NIGHTLY = schedule.Entry("archive_chats", "20 3 * * *", "jobs.tasks.archive_chats")
BOTH = (EVERY_MINUTE, NIGHTLY)


@pytest.mark.parametrize(
    ("entry", "now", "due"),
    [
        (EVERY_MINUTE, "2026-11-24T10:00:00+00:00", "2026-11-24T10:00:00+00:00"),
        (EVERY_MINUTE, "2026-11-24T10:00:59+00:00", "2026-11-24T10:00:00+00:00"),
        # 03:20 in Nairobi is 00:20 UTC
        (NIGHTLY, "2026-11-24T00:19:59+00:00", "2026-11-23T00:20:00+00:00"),
        (NIGHTLY, "2026-11-24T00:20:00+00:00", "2026-11-24T00:20:00+00:00"),
    ],
)
def test_due_in_nairobi(entry: schedule.Entry, now: str, due: str) -> None:
    assert entry.last_due(datetime.fromisoformat(now)) == datetime.fromisoformat(due)


def test_a_run_is_claimed_once(app: Flask, superuser: psycopg.Connection) -> None:
    now = datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC)
    assert sorted(schedule.claim_due(BOTH, now)) == ["archive_chats", "idle_chats"]
    assert schedule.claim_due(BOTH, now + timedelta(seconds=30)) == []
    a_minute_later = now + timedelta(seconds=60)
    assert schedule.claim_due(BOTH, a_minute_later) == [], "one open run of a job is enough"
    superuser.execute("UPDATE job_runs SET status = 'done'")
    assert schedule.claim_due(BOTH, a_minute_later) == ["idle_chats"]
    assert job_queue.waiting() == 3


def test_a_worker_that_is_away_finds_one_run_of_each(app: Flask) -> None:
    now = datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC)
    for minute in range(9):
        schedule.claim_due(BOTH, now + timedelta(minutes=minute))
    assert job_queue.waiting() == 2


def test_what_was_missed_is_caught_up_once(app: Flask, superuser: psycopg.Connection) -> None:
    now = datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC)
    schedule.claim_due(BOTH, now)
    superuser.execute("UPDATE job_runs SET status = 'done'")
    three_days = now + timedelta(days=3)
    assert sorted(schedule.claim_due(BOTH, three_days)) == ["archive_chats", "idle_chats"]
    assert job_queue.waiting() == 4, "the newest run of each, not thousands"


@pytest.mark.fresh_db
def test_two_schedulers_claim_once_between_them(app: Flask) -> None:
    from fantooo.domain.viewer import SYSTEM
    from tests.support import race

    for minute in range(5):
        now = datetime(2026, 11, 24, 10, minute, 5, tzinfo=UTC)
        results = race.race(app, [(SYSTEM, lambda n=now: schedule.claim_due(BOTH, n))] * 4)
        assert race.of(results, Exception) == []
        handed = [name for names in results for name in names]
        assert handed.count("idle_chats") == 1
        assert handed.count("archive_chats") == (1 if minute == 0 else 0)
        with unit_of_work(as_system=True) as work:
            work.session.execute(update(JobRun).values(status="done"))
    assert job_queue.waiting() == 6


def test_redis_away_hands_over_later(
    app: Flask, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC)
    with monkeypatch.context() as away:
        away.setitem(
            app.extensions, "fantooo_redis", redis.Redis(host="127.0.0.1", port=1, socket_timeout=1)
        )
        with pytest.raises(redis.RedisError):
            schedule.claim_due((EVERY_MINUTE,), now)
    assert one(superuser, "SELECT status FROM job_runs") == ("claimed",)
    assert schedule.claim_due((EVERY_MINUTE,), now + timedelta(seconds=2)) == ["idle_chats"]
    assert job_queue.waiting() == 1


def test_a_run_lost_with_its_worker_is_handed_over_again(
    app: Flask, superuser: psycopg.Connection
) -> None:
    # A nightly one, so that nothing newer falls due meanwhile.
    now = datetime.now(UTC)
    schedule.claim_due((NIGHTLY,), now)
    assert schedule.claim_due((NIGHTLY,), now + timedelta(minutes=1)) == []
    superuser.execute(
        "UPDATE job_runs SET claimed_at = now() - interval '11 minutes', status = 'running'"
    )
    assert schedule.claim_due((NIGHTLY,), now) == ["archive_chats"]


def test_outcomes_are_kept(app: Flask, superuser: psycopg.Connection) -> None:
    now = datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC)
    schedule.claim_due((EVERY_MINUTE,), now)
    due = EVERY_MINUTE.last_due(now).isoformat()
    schedule.run("idle_chats", due, lambda: silence.Sweep(warned=2))
    status = "SELECT status, result, error, started_at IS NOT NULL, finished_at IS NOT NULL FROM job_runs"
    value = {"warned": 2, "returned": 0, "escalated": 0, "assigned": 0}
    assert one(superuser, status) == ("done", {"value": value}, None, True, True)

    def fail() -> None:
        raise ZeroDivisionError("inner words")

    with pytest.raises(ZeroDivisionError):
        schedule.run("idle_chats", due, fail)
    assert one(superuser, status)[0] == "failed"
    (last,) = schedule.last_runs()
    assert (last.name, last.status) == ("idle_chats", "failed")
    assert "ZeroDivisionError('inner words')" in (last.error or "")


def test_every_job_runs_twice_without_harm(paid: Any, superuser: psycopg.Connection) -> None:
    """Whatever a job finds, it does it once; then the world is as it was."""
    superuser.execute("UPDATE chats SET waiting_since = now() - interval '31 minutes'")
    factories.operator(available=True)
    due = datetime.now(UTC).replace(microsecond=0).isoformat()
    digest = (
        "SELECT (SELECT md5(string_agg(c::text, '|' ORDER BY id)) FROM chats AS c),"
        " (SELECT count(*) FROM credit_transfers), (SELECT count(*) FROM chat_assignments),"
        " (SELECT count(*) FROM admin_notifications), (SELECT sum(credits) FROM real_users),"
        " (SELECT count(*) FROM sessions), (SELECT count(*) FROM messages)"
    )
    for entry in SCHEDULE:
        job = getattr(tasks, entry.task.rpartition(".")[2])
        job(due)
        after_once = one(superuser, digest)
        job(due)
        assert one(superuser, digest) == after_once, entry.name
    assert credits.verify_ledger() == []


def test_a_worker_does_what_the_scheduler_claimed(
    app: Flask, superuser: psycopg.Connection
) -> None:
    """Through the real commands: `flask jobs schedule --once`, then `flask jobs work --burst`."""
    # The command takes signals; in the main thread it gives them back only at its end.
    import signal

    from rq import SimpleWorker
    from rq.serializers import JSONSerializer

    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        done = app.test_cli_runner().invoke(args=["jobs", "schedule", "--once"])
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert done.exit_code == 0, done.output
    assert job_queue.waiting() == len(SCHEDULE)
    for name in job_queue.QUEUES:
        queue = job_queue.queue(name)
        assert queue.count == sum(entry.queue == name for entry in SCHEDULE)
        worker = SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="ERROR")
    rows = superuser.execute("SELECT name, status, error FROM job_runs ORDER BY name").fetchall()
    assert rows == [(name, "done", None) for name in sorted(entry.name for entry in SCHEDULE)]
    shown = app.test_cli_runner().invoke(args=["jobs", "status"]).output
    for entry in SCHEDULE:
        assert f"{entry.name:<22}done" in shown
    assert "0 jobs wait in the queue." in shown


# A chat's ages


def age(superuser: psycopg.Connection, chat_id: UUID, interval: str) -> None:
    superuser.execute(
        "UPDATE chats SET last_message_at = now() - %s::interval WHERE id = %s", (interval, chat_id)
    )


@pytest.mark.parametrize("status", ["closed", "archived"])
def test_nobody_holds_a_closed_chat(app: Flask, superuser: psycopg.Connection, status: str) -> None:
    """Whatever closes a chat: the database refuses to leave it with its operator."""
    user, operator = factories.user(), factories.operator(available=True)
    chat_id = factories.open_chat(user)
    factories.send(user, chat_id)
    factories.reply(operator, chat_id)
    closes = "UPDATE chats SET status = %s, closed_at = now(), close_reason = 'inactivity'"
    with pytest.raises(psycopg.errors.CheckViolation, match="nobody_holds_closed_chats"):
        superuser.execute(closes, (status,))
    lets_go = ", assigned_operator_id = NULL, assignment_time = NULL"
    superuser.execute(closes + lets_go, (status,))
    with pytest.raises(psycopg.errors.CheckViolation, match="nobody_holds_closed_chats"):
        superuser.execute(
            "UPDATE chats SET assigned_operator_id = %s, assignment_time = now()",
            (operator.account_id,),
        )


def test_idle_closed_archived(app: Flask, superuser: psycopg.Connection) -> None:
    user, operator = factories.user(), factories.operator(available=True)
    chat_id = factories.open_chat(user)
    factories.send(user, chat_id)
    factories.reply(operator, chat_id)
    state = "SELECT status, close_reason, assigned_operator_id IS NOT NULL FROM chats"
    assert chats.idle_quiet_chats(later(minutes=29)) == 0
    assert chats.idle_quiet_chats(later(minutes=31)) == 1
    assert one(superuser, state) == ("idle", None, True)
    assert chats.close_quiet_chats(later(hours=23, minutes=59)) == 0
    assert chats.close_quiet_chats(later(hours=24, minutes=1)) == 1
    assert one(superuser, state) == ("closed", "inactivity", False)
    ended = one(superuser, "SELECT end_reason FROM chat_assignments")
    assert ended == ("closed",)
    assert one(superuser, "SELECT current_chat_count FROM operators") == (0,)
    assert chats.archive_closed_chats(later(days=90, hours=23)) == 0
    assert chats.archive_closed_chats(later(days=91, hours=2)) == 1
    assert one(superuser, state)[0] == "archived"
    factories.send(user, chat_id)
    assert one(superuser, state) == ("active", None, True)


def test_nothing_ages_while_a_user_waits(app: Flask, superuser: psycopg.Connection) -> None:
    user = factories.user()
    chat_id = factories.open_chat(user)
    factories.send(user, chat_id)
    age(superuser, chat_id, "10 days")
    assert (chats.idle_quiet_chats(), chats.close_quiet_chats()) == (0, 0)
    superuser.execute("UPDATE chats SET status = 'escalated'")
    assert chats.close_quiet_chats() == 0
    superuser.execute("UPDATE chats SET waiting_since = NULL")
    assert chats.close_quiet_chats() == 0, "an escalated chat is closed by people"


def test_a_chat_nobody_wrote_in_is_closed_too(app: Flask, superuser: psycopg.Connection) -> None:
    factories.open_chat(factories.user())
    assert chats.close_quiet_chats(later(hours=25)) == 1
    assert chats.close_quiet_chats(later(hours=25)) == 0


def test_the_hours_are_settings(app: Flask) -> None:
    factories.open_chat(factories.user())
    factories.set_setting("close_after_hours", 1)
    assert chats.close_quiet_chats(later(hours=2)) == 1


# Partitions


def test_partitions_are_there_three_months_ahead(app: Flask, superuser: psycopg.Connection) -> None:
    names = {
        row[0]
        for row in superuser.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'messages'::regclass"
        ).fetchall()
    }
    today = datetime.now(UTC)
    months = [(today.year * 12 + today.month - 1 + n) for n in range(4)]
    assert {f"messages_{m // 12}_{m % 12 + 1:02}" for m in months} <= names
    assert partitions.newest_months_ahead() >= 3
    assert partitions.ensure() == 0, "twice makes nothing"


@pytest.mark.fresh_db
def test_missing_partitions_are_made_with_exact_borders(
    app: Flask, superuser: psycopg.Connection
) -> None:
    assert partitions.ensure(date(2031, 11, 5), 3) == 3
    assert partitions.ensure(date(2031, 11, 30), 4) == 1
    for moment, month in (
        ("2031-11-30 23:59:59.999+00", "2031_11"),
        ("2031-12-01 00:00:00+00", "2031_12"),
        ("2032-02-29 12:00:00+00", "2032_02"),
    ):
        row = one(
            superuser,
            "WITH u AS (SELECT uuidv7(%s::timestamptz - clock_timestamp()) AS id)"
            " SELECT c.relname FROM u, pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'messages'::regclass AND"
            " pg_get_expr(c.relpartbound, c.oid) LIKE '%%FROM (''' || left(u.id::text, 0) || '%%'"
            " AND u.id >= substring(pg_get_expr(c.relpartbound, c.oid) FROM 'FROM \\(''([^'']+)')::uuid"
            " AND u.id < substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \\(''([^'']+)')::uuid",
            moment,
        )
        assert row == (f"messages_{month}",), moment
    superuser.execute("DROP TABLE messages_2031_12")
    assert partitions.ensure(date(2031, 11, 1), 4) == 1
    for wrong in (0, 241):
        with pytest.raises(Exception, match="months must be"):
            partitions.ensure(date(2031, 11, 1), wrong)


# Cleaning up


def test_what_is_past_its_use_goes(app: Flask, superuser: psycopg.Connection) -> None:
    user = factories.user()
    chat_id = factories.open_chat(user)
    factories.send(user, chat_id, "old")
    superuser.execute("UPDATE send_requests SET created_at = now() - interval '32 days'")
    factories.send(user, chat_id, "new")
    factories.sign_in(user)
    superuser.execute(
        "UPDATE sessions SET expires_at = now() WHERE id = (SELECT id FROM sessions LIMIT 1)"
    )
    superuser.execute(
        "INSERT INTO job_runs (name, due_at) VALUES ('a', now() - interval '8 days'), ('a', now())"
    )
    superuser.execute(
        "INSERT INTO exclusion_marks (kind, mark, real_user_id, until)"
        " SELECT 'device', 'x', id, now() - interval '1 minute' FROM real_users"
    )
    superuser.execute(
        "INSERT INTO webhook_events (provider, event_key, event, raw, status, received_at) VALUES"
        " ('paystack', 'a', 'x', '{}', 'processed', now() - interval '91 days'),"
        " ('paystack', 'b', 'x', '{}', 'failed', now() - interval '91 days'),"
        " ('paystack', 'c', 'x', '{}', 'processed', now() - interval '89 days')"
    )
    assert housekeeping.clean() == housekeeping.Cleaned(
        sessions=1, job_runs=1, send_requests=1, outbox=0, exclusion_marks=1, webhook_bodies=1
    )
    assert housekeeping.clean() == housekeeping.Cleaned(0, 0, 0, 0, 0, 0)
    bodies = superuser.execute("SELECT event_key FROM webhook_events WHERE raw <> '' ORDER BY 1")
    assert bodies.fetchall() == [("b",), ("c",)], "what is not done with can be replayed"
    for table, kept in (("sessions", 1), ("job_runs", 1), ("send_requests", 1), ("messages", 2)):
        assert one(superuser, f"SELECT count(*) FROM {table}") == (kept,)
