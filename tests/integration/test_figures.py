"""Numbers on pages equal plain queries; the ledger's proof finds each planted fault; the commands."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from fantooo.domain.pricing import EAT
from fantooo.infra import schema
from fantooo.infra.database import acting_as
from fantooo.queries import dashboard, operators
from fantooo.services import checks, credits, outbox
from tests.conftest import Clock
from tests.integration.cast import Cast
from tests.support import factories

# Figures


def one(superuser: psycopg.Connection, query: str, *values: object) -> Any:
    row = superuser.execute(query, values).fetchone()  # type: ignore[arg-type]
    assert row
    return row[0]


def test_the_dashboard_equals_plain_queries(cast: Cast) -> None:
    su = cast.connection
    factories.sign_up()
    factories.change_operator(
        factories.operator(),
        is_available=True,
        availability_reason="available",
        last_activity=datetime(2026, 1, 1, tzinfo=UTC),
    )
    su.execute(
        "INSERT INTO admin_notifications (type, message, resolved_at) VALUES ('system_error', 'x', now())"
    )
    su.execute("UPDATE chat_queue SET entered_queue_at = now() - interval '75 seconds'")
    with acting_as(cast.world.admin):
        shown = dashboard.figures(payments=True)
    midnight = datetime.now(EAT).replace(hour=0, minute=0, second=0, microsecond=0)
    plain = {
        "waiting": one(su, "SELECT count(*) FROM chats WHERE waiting_since IS NOT NULL AND assigned_operator_id IS NULL"),
        "operators_available": one(su, "SELECT count(*) FROM operators WHERE is_available AND last_activity > now() - interval '60 s'"),
        "operators_online": one(su, "SELECT count(*) FROM operators WHERE last_activity > now() - interval '60 s'"),
        "chats_held": one(su, "SELECT count(*) FROM chat_assignments WHERE ended_at IS NULL"),
        "messages_last_minute": one(su, "SELECT count(*) FROM messages WHERE created_at > now() - interval '1 minute'"),
        "credits_used_today": one(su, "SELECT coalesce(sum(credits_charged), 0) FROM messages WHERE created_at >= %s", midnight),
        "credits_outstanding": one(su, "SELECT sum(CASE WHEN credit_account = 'wallet' THEN amount ELSE -amount END) FROM credit_transfers"),
        "users": one(su, "SELECT count(*) FROM accounts WHERE role = 'user'"),
        "characters": one(su, "SELECT count(*) FROM fictional_users WHERE is_active"),
        "open_alerts": one(su, "SELECT count(*) FROM admin_notifications WHERE resolved_at IS NULL"),
    }  # fmt: skip
    assert {name: getattr(shown, name) for name in plain} == plain
    assert 74 <= shown.oldest_wait_seconds <= 90
    assert min(plain.values()) > 0, "a figure that is 0 proves nothing"
    page = cast.browser("moderator").get("/admin/dashboard/tiles").get_data(as_text=True)
    assert "<html" not in page
    for value in plain.values():
        assert f">{value:,}<" in page
    assert "1 min 1" in page or "1 min 2" in page
    su.execute("UPDATE chat_queue SET entered_queue_at = now() - interval '61 minutes'")
    page = cast.browser("moderator").get("/admin/dashboard/tiles").get_data(as_text=True)
    assert "1 h 1 min" in page


def test_an_empty_dashboard(app: Flask) -> None:
    admin = factories.admin()
    with acting_as(admin):
        shown = dashboard.figures(payments=True)
    assert (shown.waiting, shown.oldest_wait_seconds, shown.credits_outstanding) == (0, 0, 0)


def test_an_operator_s_today(app: Flask, superuser: psycopg.Connection, clock: Clock) -> None:
    operator, other = factories.operator(available=True), factories.operator()
    assert operator.account_id
    for _ in range(3):
        user = factories.user()
        chat_id = factories.open_chat(user)
        factories.send(user, chat_id)
        factories.reply(operator, chat_id)
    factories.reply(operator, chat_id)
    superuser.execute(
        "UPDATE chat_assignments SET first_reply_at = assigned_at + interval '10 s' * (1 + (SELECT"
        " count(*) FROM chat_assignments AS a WHERE a.assigned_at < chat_assignments.assigned_at))"
    )
    with acting_as(operator):
        shown = operators.today(operator.account_id)
    me = operator.account_id
    seconds = [
        row[0]
        for row in superuser.execute(
            "SELECT extract(epoch FROM first_reply_at - assigned_at) FROM chat_assignments"
        ).fetchall()
    ]
    assert shown == operators.Today(
        answered=one(superuser, "SELECT count(*) FROM messages WHERE handled_by_operator_id = %s", me),
        chats=one(superuser, "SELECT count(DISTINCT chat_id) FROM messages WHERE handled_by_operator_id = %s", me),
        median_seconds=int(statistics.median(seconds)),
    )  # fmt: skip
    assert (shown.answered, shown.chats, shown.median_seconds) == (4, 3, 20)
    assert other.account_id
    with acting_as(other):
        assert operators.today(operator.account_id) == operators.Today(0, 0, None), "mine alone"
    # Nairobi's midnight ends the day, whatever the hour in UTC.
    midnight = (datetime.now(EAT) + timedelta(days=1)).replace(hour=0, minute=0, second=1)
    clock.set(midnight)
    with acting_as(operator):
        assert operators.today(operator.account_id) == operators.Today(0, 0, None)


def test_the_queue_as_operators_see_it(app: Flask, superuser: psycopg.Connection) -> None:
    viewers = [factories.user() for _ in range(3)]
    superuser.execute(
        "UPDATE real_users SET user_tier = 'platinum', total_spent = 90000 WHERE id = %s",
        (viewers[0].account_id,),
    )
    for viewer in viewers:
        factories.send(viewer, factories.open_chat(viewer))
    superuser.execute(
        "UPDATE chat_queue SET entered_queue_at = now() - interval '65 seconds' WHERE user_tier = 'free'"
    )
    operator = factories.operator()
    with acting_as(operator):
        shown = operators.queue()
    plain = dict(
        superuser.execute("SELECT priority, count(*) FROM chat_queue GROUP BY 1").fetchall()  # type: ignore[arg-type]
    )
    assert {row.priority: row.count for row in shown.rows} == plain == {"urgent": 1, "low": 2}
    assert (shown.waiting, shown.rows[0].priority) == (3, "urgent")
    # What somebody has spent gives points and is told to no operator.
    assert set(shown.rows[0].reasons) == {"higher tier", "first message"}
    assert 64 <= shown.oldest_seconds <= 80
    desk: Any = app.test_client()
    page = desk.become(operator).get("/operator/queue").get_data(as_text=True)
    assert "<html" not in page
    assert "1:0" in page


def test_waiting_lifts_what_operators_see(app: Flask, superuser: psycopg.Connection) -> None:
    """A point for each 20 seconds, as in the order: a new user's 10 points become 80 in 24 minutes."""
    for _ in range(2):
        user = factories.user()
        factories.send(user, factories.open_chat(user))
    operator = factories.operator()

    def shown(waited: int) -> list[tuple[str, int, list[str]]]:
        superuser.execute(
            "UPDATE chat_queue SET entered_queue_at = now() - make_interval(secs => %s)"
            " WHERE id = (SELECT min(id::text)::uuid FROM chat_queue)",
            (waited,),
        )
        with acting_as(operator):
            return [(row.priority, row.count, row.reasons) for row in operators.queue().rows]

    first, lifted = ["first message"], ["first message", "long waiting"]
    assert shown(60) == [("low", 2, first)]
    assert shown(110) == [("normal", 1, lifted), ("low", 1, first)]
    assert shown(10 * 60 + 10) == [("high", 1, lifted), ("low", 1, first)]
    assert shown(24 * 60) == [("urgent", 1, lifted), ("low", 1, first)]
    stored = superuser.execute("SELECT DISTINCT priority, priority_score FROM chat_queue")
    assert stored.fetchall() == [("low", 10)], "the order counts waiting by itself"


def test_held_chats_the_longest_waiting_first(app: Flask, superuser: psycopg.Connection) -> None:
    operator = factories.operator(available=True)
    assert operator.account_id
    chats = []
    for _ in range(3):
        user = factories.user()
        chats.append(factories.open_chat(user))
        factories.send(user, chats[-1])
    factories.reply(operator, chats[0])
    superuser.execute(
        "UPDATE chats SET waiting_since = now() - interval '50 seconds' WHERE id = %s", (chats[2],)
    )
    with acting_as(operator):
        held = operators.held(operator.account_id)
        view = operators.own_view(operator.account_id)
    assert [each.chat_id for each in held] == [chats[2], chats[1], chats[0]]
    assert held[2].waiting_seconds is None
    assert 49 <= (held[0].waiting_seconds or 0) <= 60
    assert view.current_chat_count == len(held)


def test_somebody_else_s_standing_is_not_shown(app: Flask) -> None:
    from fantooo.domain.errors import NotFound

    one_, other = factories.operator(), factories.operator()
    assert other.account_id
    with acting_as(one_), pytest.raises(NotFound):
        operators.own_view(other.account_id)


# The ledger


@pytest.fixture
def ledger(app: Flask, superuser: psycopg.Connection, clock: Clock) -> UUID:
    """A chat with two charges, and a clean ledger; triggers and checks are out of the way."""
    clock.set(datetime(2026, 11, 24, 11, tzinfo=UTC))
    user = factories.user(credits=20)
    chat_id = factories.open_chat(user)
    for _ in range(5):
        factories.send(user, chat_id)
    assert user.account_id
    bought = factories.purchase(user.account_id, factories.package(bonus_credits=3))
    factories.refund(bought, 100)
    assert credits.verify_ledger() == []
    return chat_id


#: what is planted, and the invariants that must find it
FAULTS = {
    "a balance too high": (
        "UPDATE real_users SET credits = credits + 1", {"stored balance = sum of transfers"}),
    "a bonus too low": (
        "UPDATE real_users SET bonus_credits = bonus_credits - 1", {"stored bonus = sum of bonus parts"}),
    "a message that says it cost more": (
        "UPDATE messages SET credits_charged = 2 WHERE credits_charged = 1 AND seq = 4",
        {"each charged message has one transfer of its price"}),
    "a charged message without a transfer": (
        "UPDATE messages SET credits_charged = 1, is_free_message = false WHERE seq = 1",
        {"each charged message has one transfer of its price"}),
    "a charge without its message": (
        "DELETE FROM messages WHERE seq = 4", {"each charge belongs to a message"}),
    "a charge paid by somebody else": (
        "UPDATE chats SET real_user_id = (SELECT id FROM real_users WHERE username = 'Stranger')",
        {"each charge was paid by the chat's user"}),
    "a refund of more than was charged": (
        ("WITH r AS (INSERT INTO credit_transfers (real_user_id, debit_account, credit_account, amount,"
        " bonus_amount, kind, cause_id) SELECT real_user_id, 'refunds', 'wallet', 5, 0,"
        " 'message_refund', cause_id FROM credit_transfers WHERE kind = 'message_charge' LIMIT 1"
        " RETURNING 1) UPDATE real_users SET credits = credits + 5 WHERE username <> 'Stranger'"),
        {"refunds never exceed their charge", "each message that came back has its reason"}),
    "a refund of nothing": (
        ("WITH r AS (INSERT INTO credit_transfers (real_user_id, debit_account, credit_account, amount,"
        " bonus_amount, kind, cause_id) SELECT id, 'refunds', 'wallet', 1, 0, 'message_refund',"
        " uuidv7() FROM real_users WHERE username <> 'Stranger' RETURNING 1)"
        " UPDATE real_users SET credits = credits + 1 WHERE username <> 'Stranger'"),
        {"refunds never exceed their charge", "each message that came back has its reason"}),
    "a transaction of another amount": (
        "UPDATE transactions SET credits_amount = credits_amount + 1 WHERE type = 'bonus'",
        {"each completed transaction has one transfer"}),
    "a completed transaction without a transfer": (
        ("INSERT INTO transactions (real_user_id, type, credits_amount, status)"
        " SELECT id, 'bonus', 5, 'success' FROM real_users LIMIT 1"),
        {"each completed transaction has one transfer"}),
    "a transfer of a transaction that is not completed": (
        "UPDATE transactions SET status = 'pending' WHERE type = 'bonus'", {"each completed transaction has one transfer"}),
    "a purchase that promised more bonus": (
        "UPDATE transactions SET bonus_credits = 4 WHERE type = 'purchase'",
        {"each credited purchase brought its bonus"}),
    "a purchase for less than the package's price": (
        ("UPDATE transactions SET amount = 399 WHERE type = 'purchase'"),
        {"credits bought are those of the package", "spend = credited purchases less refunds"}),
    "a use that was not given back": (
        ("WITH t AS (INSERT INTO transactions (real_user_id, type, amount, credits_amount, status,"
        " failure_reason, payment_provider, provider_reference, package_snapshot, promo_code,"
        " discount_amount) SELECT real_user_id, type, 300, credits_amount, 'failed', 'abandoned',"
        " payment_provider, 'fan-other', package_snapshot, 'PLANTED', 100 FROM transactions"
        " WHERE type = 'purchase' RETURNING id, real_user_id), c AS (INSERT INTO promo_codes (code,"
        " kind, value, created_by) VALUES ('PLANTED', 'fixed', 100, uuidv7()) RETURNING id)"
        " INSERT INTO promo_redemptions (promo_code_id, real_user_id, transaction_id,"
        " discount_amount) SELECT c.id, t.real_user_id, t.id, 100 FROM t, c"),
        {"each use of a promo code stands as its purchase"}),
    "spend that nobody paid": (
        "UPDATE real_users SET total_spent = total_spent + 1", {"spend = credited purchases less refunds"}),
    "a message that nobody gave back": (
        ("INSERT INTO credit_refunds (user_id, amount, reason, message_id, chat_id, processed_at)"
        " SELECT real_user_id, amount, 'unanswered', cause_id, chat_id, now() FROM credit_transfers"
        " WHERE kind = 'message_charge' LIMIT 1"), {"each message that came back has its reason"}),
    "a money refund of more than was paid": (
        "UPDATE transactions SET amount = 401 WHERE type = 'refund'",
        {"money refunds never exceed their purchase", "spend = credited purchases less refunds",
         "a purchase is refunded when all of it went back"}),
    "a money refund of more credits than were bought": (
        "UPDATE transactions SET credits_amount = 51 WHERE type = 'refund'",
        {"money refunds never exceed their purchase", "each money refund took its credits"}),
    "a money refund that took less bonus": (
        "UPDATE transactions SET bonus_credits = bonus_credits - 1 WHERE type = 'refund'",
        {"each money refund took its credits"}),
    "a failed refund that kept the credits": (
        "UPDATE transactions SET status = 'failed', failure_reason = 'x' WHERE type = 'refund'",
        {"each money refund took its credits", "spend = credited purchases less refunds"}),
    "a purchase that is called refunded": (
        "UPDATE transactions SET status = 'refunded' WHERE type = 'purchase'",
        {"a purchase is refunded when all of it went back"}),
    "money sent back for a purchase that nobody decided about": (
        "UPDATE transactions SET status = 'failed', failure_reason = 'x' WHERE type = 'purchase'",
        {"what was not credited goes back as it was paid", "spend = credited purchases less refunds",
         "each completed transaction has one transfer", "each credited purchase brought its bonus"}),
    "credits owed for nothing": (
        "UPDATE real_users SET owed_credits = 1 WHERE username <> 'Stranger'",
        {"owed = lost disputes less what was paid"}),
    "a point too many": (
        "UPDATE real_users SET loyalty_points = loyalty_points + 1",
        {"points = credits spent less entries"}),
    "a chat's total too low": (
        "UPDATE chats SET total_credits_spent = 1", {"each chat's total = its charges"}),
    "a wallet that was below zero for a moment": (
        ("UPDATE credit_transfers SET id = uuidv7(interval '-1 day')"
        " WHERE kind = 'message_charge'"), {"no wallet was ever below zero"}),
}  # fmt: skip


def test_every_invariant_has_a_planted_fault() -> None:
    assert set().union(*(found for _sql, found in FAULTS.values())) == set(credits._INVARIANTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_proof_finds(
    app: Flask, ledger: UUID, superuser: psycopg.Connection, fault: str
) -> None:
    factories.sign_up(username="Stranger")
    planted, found = FAULTS[fault]
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(planted)  # type: ignore[arg-type]
    superuser.execute("RESET session_replication_role")
    assert {each.invariant for each in credits.verify_ledger()} == found
    done = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert done.exit_code == 1
    for invariant in found:
        assert f"BROKEN  {invariant}: " in done.output


def test_a_clean_ledger_says_so(app: Flask, ledger: UUID, superuser: psycopg.Connection) -> None:
    done = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert (done.exit_code, "The ledger adds up" in done.output) == (0, True)
    assert credits.verify_and_report() == 0
    assert one(superuser, "SELECT count(*) FROM outbox") == 0


def test_a_broken_ledger_tells_admins_once(
    app: Flask, ledger: UUID, superuser: psycopg.Connection
) -> None:
    superuser.execute("UPDATE real_users SET credits = credits + 1")
    for _night in range(2):
        assert credits.verify_and_report() == 1
        outbox.deliver()
    rows = superuser.execute("SELECT type, priority, details FROM admin_notifications").fetchall()
    assert rows == [
        ("system_error", "critical", {"invariants": ["stored balance = sum of transfers"]})
    ]


def test_the_proof_sees_one_moment(app: Flask, ledger: UUID, superuser: psycopg.Connection) -> None:
    """It may run while people write: all its queries read the same snapshot."""
    levels = []
    from sqlalchemy import event

    from fantooo.extensions import db

    def look(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "coalesce(t.total" in statement:
            levels.append(
                connection.connection.driver_connection.execute(
                    "SHOW transaction_isolation"
                ).fetchone()
            )

    event.listen(db.engine, "before_cursor_execute", look)
    credits.verify_ledger()
    event.remove(db.engine, "before_cursor_execute", look)
    assert set(levels) == {("repeatable read",)}


# The commands


def doctor(app: Flask) -> Any:
    return app.test_cli_runner().invoke(args=["doctor"])


def test_a_healthy_house(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("assets", "jobs"):
        monkeypatch.setitem(checks.CHECKS, name, lambda: "")
    monkeypatch.setattr(checks, "warnings", list)
    done = doctor(app)
    assert done.exit_code == 0, done.output
    assert [line[6:] for line in done.output.splitlines()] == list(checks.CHECKS)
    assert "FAIL" not in done.output


@pytest.mark.fresh_db
@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("UPDATE alembic_version SET version_num = 'old'", "migrations: run `flask db upgrade`"),
        ("ALTER TABLE chats NO FORCE ROW LEVEL SECURITY", "no forced row security on chats"),
        ("ALTER FUNCTION send_message RENAME TO other", "send_message differs from its file"),
        ("DROP TABLE {newest}", "run `flask partitions ensure`"),
    ],
)
def test_the_doctor_finds(
    app: Flask, superuser: psycopg.Connection, broken: str, words: str
) -> None:
    newest = one(
        superuser,
        "SELECT max(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'messages'::regclass",
    )
    superuser.execute(broken.format(newest=newest))  # type: ignore[arg-type]
    done = doctor(app)
    assert done.exit_code == 1
    assert [line for line in done.output.splitlines() if words in line and line.startswith("FAIL")]


@pytest.mark.parametrize(
    ("changes", "warned"),
    [
        ({}, "PAYSTACK_SECRET_KEY is not set: nobody can buy"),
        ({"paystack_secret_key": "sk_test_" + "k" * 40}, ""),
        ({"fantooo_env": "production"}, ""),
        (
            {"fantooo_env": "production", "paystack_secret_key": "sk_test_" + "k" * 40},
            "a test key in production",
        ),
    ],
)
def test_the_doctor_warns_of_keys_that_move_no_money(
    make_app: Callable[..., Flask], changes: dict[str, Any], warned: str
) -> None:
    production = {
        "app_url": "https://fantooo.example",
        "field_keys": "k" * 44,
        "support_email": "help@fantooo.example",
        "paystack_secret_key": "sk_live_" + "k" * 40,
        "payment_mail_domain": "pay.fantooo.example",
        "mail_url": "smtps://mail.fantooo.example",
        "mail_from": "no-reply@fantooo.example",
    }
    app = make_app(**(production if "fantooo_env" in changes else {}) | changes)
    lines = [line for line in doctor(app).output.splitlines() if line.startswith("WARN")]
    assert [warned in line for line in lines] == ([True] if warned else [])


def test_the_doctor_finds_what_is_away(make_app: Callable[..., Flask]) -> None:
    app = make_app(
        database_url="postgresql+psycopg://fantooo_app@/none?host=/nowhere",
        redis_url="redis://127.0.0.1:1/0",
    )
    output = doctor(app).output
    for line in ("FAIL  database: ", "FAIL  redis: "):
        assert line in output
    assert "Traceback" not in output


def test_missing_assets_are_named(
    app: Flask, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    assert "static/dist is missing" in checks.problem_with("assets")


@pytest.mark.fresh_db
def test_partitions_by_command(app: Flask, superuser: psycopg.Connection) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["partitions", "ensure"]).output == "0 partitions made.\n"
    newest = one(
        superuser,
        "SELECT max(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'messages'::regclass",
    )
    superuser.execute(f"DROP TABLE {newest}")  # type: ignore[arg-type]
    assert runner.invoke(args=["partitions", "ensure"]).output == "1 partitions made.\n"


def test_jobs_status_of_a_fresh_house(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["jobs", "status"])
    assert (done.exit_code, done.output) == (0, "0 jobs wait in the queue.\n")


def test_a_failed_run_says_why(app: Flask, superuser: psycopg.Connection) -> None:
    superuser.execute(
        "INSERT INTO job_runs (name, due_at, status, error) VALUES ('outbox', now(), 'failed', 'Boom()')"
    )
    output = app.test_cli_runner().invoke(args=["jobs", "status"]).output
    assert "outbox" in output and "failed" in output and "Boom()" in output


def test_seeding_refuses(app: Flask, superuser: psycopg.Connection) -> None:
    factories.character()
    before = one(superuser, "SELECT count(*) FROM real_users")
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["seed"])
    assert (refused.exit_code, "data already" in refused.output) == (1, True)
    assert runner.invoke(args=["seed", "--users", "1"]).exit_code == 2
    assert runner.invoke(args=["seed", "--chats", "0"]).exit_code == 2
    assert one(superuser, "SELECT count(*) FROM real_users") == before


def test_seeding_has_no_place_in_production(make_app: Callable[..., Flask]) -> None:
    production = make_app(
        fantooo_env="production",
        app_url="https://fantooo.example",
        field_keys="k" * 44,
        paystack_secret_key="sk_live_" + "k" * 40,
        payment_mail_domain="pay.fantooo.example",
        mail_url="smtps://mail.fantooo.example",
        mail_from="no-reply@fantooo.example",
        support_email="help@fantooo.example",
    )
    refused = production.test_cli_runner().invoke(args=["seed"])
    assert (refused.exit_code, "no place in production" in refused.output) == (1, True)


def test_each_file_of_sql_is_a_function_with_an_owner() -> None:
    assert {path.stem for path in schema.SQL_DIR.glob("*.sql")} == set(schema.FUNCTIONS)
