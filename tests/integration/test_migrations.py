"""Going back and forward again with rows in the tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import flask_migrate
import psycopg
from alembic.script import ScriptDirectory
from flask import Flask

from fantooo.extensions import db
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import Transaction
from fantooo.services import credits, promos, refunds
from tests.support import factories
from tests.support.cluster import Place


def test_what_people_say_of_themselves(make_app: Callable[..., Flask], place: Place) -> None:
    """0004: old columns keep their rows both ways; a log that may never shrink is no obstacle."""
    app = make_app()
    folder = app.extensions["migrate"].directory
    with app.app_context():
        anna = factories.user(username="anna_k", location="Kisumu")
        name = app.extensions["sqlalchemy"].engine.url.database
        before = ScriptDirectory(folder).get_revision("0004").down_revision
        with place.connect(name) as connection:
            connection.execute(
                "UPDATE real_users SET bio = 'Tea', show_place = false, notify_push = '{replies}'"
            )
            connection.execute(
                "INSERT INTO security_audit_log (event, account_id) VALUES ('password_changed', %s)",
                (anna.account_id,),
            )
            _forget_connections()
            flask_migrate.downgrade(directory=folder, revision=str(before))
            assert _columns(connection).isdisjoint({"bio", "location_shown", "email_sealed"})
            flask_migrate.upgrade(directory=folder)
            assert connection.execute(
                "SELECT username, location, location_shown, bio, notify_push, show_online FROM real_users"
            ).fetchall() == [("anna_k", "Kisumu", "Kisumu", "", [], True)]
            seen = "SELECT count(*) FROM sessions WHERE last_seen_at = created_at"
            assert connection.execute(seen).fetchone() == (1,)
            events = "SELECT count(*) FROM security_audit_log WHERE event = 'password_changed'"
            assert connection.execute(events).fetchone() == (1,)


def test_promo_codes(make_app: Callable[..., Flask], place: Place) -> None:
    """0006: purchases keep the price that a code made both ways, and money may still arrive."""
    app = make_app()
    folder = app.extensions["migrate"].directory
    with app.app_context():
        anna = factories.user()
        assert anna.account_id
        package = factories.package(discount_percentage=10, discount_until=datetime.now(UTC))
        made = factories.purchase(anna.account_id, package, promo=factories.promo(), paid=False)
        name = app.extensions["sqlalchemy"].engine.url.database
        before = ScriptDirectory(folder).get_revision("0006").down_revision
        with place.connect(name) as connection:
            _forget_connections()
            flask_migrate.downgrade(directory=folder, revision=str(before))
            # The older release wrote down percentages without an end, and any word for a variant.
            connection.execute("UPDATE credit_packages SET variant = 'A/B' WHERE name = 'Week'")
            assert connection.execute("SELECT to_regclass('promo_codes')").fetchone() == (None,)
            flask_migrate.upgrade(directory=folder)
            kept = "SELECT amount, discount_amount FROM transactions WHERE id = %s"
            assert connection.execute(kept, (made,)).fetchone() == (320, 80)
            packages = "SELECT DISTINCT discount_percentage, variant FROM credit_packages"
            assert connection.execute(packages).fetchall() == [(None, None)]
        _forget_connections()
        with unit_of_work(as_system=True) as work:
            promos.settle(work, work.session.get_one(Transaction, made), paid=True)
        assert credits.verify_ledger() == []


def test_what_came_back_by_itself_gets_its_row(
    make_app: Callable[..., Flask], place: Place
) -> None:
    """0008: returns of the time before are recorded as what they were."""
    app = make_app()
    folder = app.extensions["migrate"].directory
    with app.app_context():
        anna = factories.user()
        chat = factories.open_chat(anna)
        for _ in range(5):
            factories.send(anna, chat)
        assert refunds.return_unanswered(datetime.now(UTC) + timedelta(minutes=31)) == 2
        name = app.extensions["sqlalchemy"].engine.url.database
        before = ScriptDirectory(folder).get_revision("0008").down_revision
        kept = "SELECT user_id, amount, message_id, chat_id, reason, status FROM credit_refunds"
        with place.connect(name) as connection:
            rows = connection.execute(f"{kept} ORDER BY message_id").fetchall()
            assert [row[4:] for row in rows] == [("unanswered", "completed")] * 2
            _forget_connections()
            flask_migrate.downgrade(directory=folder, revision=str(before))
            assert _columns(connection).isdisjoint({"owed_credits"})
            flask_migrate.upgrade(directory=folder)
            assert connection.execute(f"{kept} ORDER BY message_id").fetchall() == rows
        assert credits.verify_ledger() == []


def test_nobody_holds_closed_chats(make_app: Callable[..., Flask], place: Place) -> None:
    """0020: a closed chat that somebody held is let go; who holds an open one keeps it."""
    app = make_app()
    folder = app.extensions["migrate"].directory
    with app.app_context():
        anna = factories.user(100)
        olga = factories.operator(available=True)
        held, shut, put_away = (factories.open_chat(anna) for _ in range(3))
        for chat in (held, shut, put_away):
            factories.send(anna, chat)
            factories.reply(olga, chat)
        name = app.extensions["sqlalchemy"].engine.url.database
        before = ScriptDirectory(folder).get_revision("0020").down_revision
        with place.connect(name) as connection:
            _forget_connections()
            flask_migrate.downgrade(directory=folder, revision=str(before))
            connection.execute(
                "UPDATE chats SET status = CASE id WHEN %s THEN 'closed' ELSE 'archived' END,"
                " closed_at = now() WHERE id <> %s",
                (shut, held),
            )
            flask_migrate.upgrade(directory=folder)
            turns = "SELECT chat_id, end_reason FROM chat_assignments ORDER BY number, assigned_at"
            assert connection.execute(turns).fetchall() == [
                (held, None),
                (shut, "closed"),
                (put_away, "closed"),
            ]
            places = "SELECT current_chat_count FROM operators"
            assert connection.execute(places).fetchall() == [(1,)]
            holds = "SELECT id FROM chats WHERE assigned_operator_id IS NOT NULL"
            assert connection.execute(holds).fetchall() == [(held,)]
        _forget_connections()
        # Both go on as if they had been closed in the usual way.
        factories.send(anna, shut)
        factories.reply(olga, shut)
        assert credits.verify_ledger() == []


def test_every_step_back_and_forward(make_app: Callable[..., Flask], place: Place) -> None:
    """From each older release, rows in the tables, to this one: nothing is lost, all works on."""
    app = make_app()
    folder = app.extensions["migrate"].directory
    with app.app_context():
        anna = factories.user()
        kept_by = factories.operator(available=True)
        chat = factories.open_chat(anna)
        for _ in range(5):
            factories.send(anna, chat)
        factories.reply(kept_by, chat)
        name = app.extensions["sqlalchemy"].engine.url.database
        revisions = [each.revision for each in ScriptDirectory(folder).walk_revisions()]
        with place.connect(name) as connection:
            before = _rows(connection)
            assert before["messages"] == 6 and before["credit_transfers"] == 3
            for revision in revisions[1:]:
                _forget_connections()
                flask_migrate.downgrade(directory=folder, revision=revision)
                flask_migrate.upgrade(directory=folder)
                assert _rows(connection) == before, revision
        assert credits.verify_ledger() == []
        factories.send(anna, chat)
        factories.reply(kept_by, chat)
        with place.connect(name) as connection:
            assert _rows(connection)["messages"] == 8


def test_to_nothing_and_back(make_app: Callable[..., Flask], place: Place) -> None:
    """Undoing all leaves nothing behind, and doing all again makes the same house."""
    app = make_app()
    folder = app.extensions["migrate"].directory
    with app.app_context():
        factories.user()
        name = app.extensions["sqlalchemy"].engine.url.database
        with place.connect(name) as connection:
            before = _house(connection)
            _forget_connections()
            flask_migrate.downgrade(directory=folder, revision="base")
            assert _house(connection) == set()
            flask_migrate.upgrade(directory=folder)
            assert _house(connection) == before
        assert factories.user()


def _rows(connection: psycopg.Connection) -> dict[str, int]:
    """How many rows each table has that people's words and credits are in."""
    tables = (
        *("accounts", "real_users", "operators", "fictional_users", "chats", "messages"),
        *("chat_assignments", "chat_queue", "send_requests", "credit_transfers", "transactions"),
        *("consents", "sessions", "system_settings"),
    )
    counted = {}
    for table in tables:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]
        assert row
        counted[table] = int(row[0])
    return counted


def _house(connection: psycopg.Connection) -> set[str]:
    """Columns, constraints, indexes, policies, functions and triggers, as words."""
    found = {
        str(row[0])
        for row in connection.execute(
            "SELECT concat_ws(' ', table_schema || '.' || table_name || '.' || column_name, data_type,"
            " generation_expression, column_default) FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name !~ '_[0-9]{4}_?[0-9]{2}$'"
            "  AND table_name NOT LIKE 'pg_stat%'"
            " UNION SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)"
            "  FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
            " UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " UNION SELECT concat_ws(' ', tablename, policyname, roles, cmd, qual, with_check)"
            "  FROM pg_policies"
            " UNION SELECT p.oid::regprocedure || ' ' || p.prosrc FROM pg_proc AS p"
            "  LEFT JOIN pg_depend AS d ON d.objid = p.oid AND d.deptype = 'e'"
            "  WHERE p.pronamespace = 'public'::regnamespace AND d.objid IS NULL"
            " UNION SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        )
    }
    return {each for each in found if "alembic_version" not in each}


def _forget_connections() -> None:
    db.session.remove()
    db.engine.dispose()


def _columns(connection: psycopg.Connection) -> set[str]:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'real_users'"
    ).fetchall()
    return {row[0] for row in rows}
