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


def _forget_connections() -> None:
    db.session.remove()
    db.engine.dispose()


def _columns(connection: psycopg.Connection) -> set[str]:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'real_users'"
    ).fetchall()
    return {row[0] for row in rows}
