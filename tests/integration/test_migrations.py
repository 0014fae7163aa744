"""Going back and forward again with rows in the tables."""

from __future__ import annotations

from collections.abc import Callable

import flask_migrate
import psycopg
from alembic.script import ScriptDirectory
from flask import Flask

from fantooo.extensions import db
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


def _forget_connections() -> None:
    db.session.remove()
    db.engine.dispose()


def _columns(connection: psycopg.Connection) -> set[str]:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'real_users'"
    ).fetchall()
    return {row[0] for row in rows}
