"""``flask db bootstrap``: what only a superuser can do, before the first migration. Safe to repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import psycopg
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate.cli import db as migrate_group
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from fantooo.config import ROOT

if TYPE_CHECKING:
    from flask import Flask

_EXTENSIONS = ("pg_trgm", "unaccent", "pg_stat_statements")
#: the logins whose passwords are set to what their addresses say
_LOGINS = ("fantooo_app", "fantooo_deploy")


def install(app: Flask) -> None:
    """Adds the command to Flask-Migrate's ``db`` group."""
    migrate_group.add_command(bootstrap)
    app.cli.add_command(migrate_group)


@click.command("bootstrap")
@with_appcontext
def bootstrap() -> None:
    """Makes roles, database and extensions with DATABASE_BOOTSTRAP_URL. Safe to run again."""
    settings = current_app.config["SETTINGS"]
    if not settings.database_bootstrap_url:
        raise click.ClickException("Set DATABASE_BOOTSTRAP_URL to a superuser's address.")
    prepare(settings.database_bootstrap_url, settings.database_url, settings.database_deploy_url)


def prepare(superuser_url: str, *login_urls: str) -> None:
    """Makes the roles of the cluster, and a database with its extensions and schema rights.

    The first of ``login_urls`` names the database (else ``fantooo``); passwords in them are given
    to their logins. Raises ``psycopg.Error`` when the superuser's address does not work.
    """
    superuser = make_url(superuser_url)
    logins = [make_url(url) for url in login_urls if url]
    database = (logins[0].database if logins else None) or "fantooo"
    with _connect(superuser) as connection:
        # Roles belong to the cluster: two of these at once would both find them missing.
        connection.execute("SELECT pg_advisory_lock(hashtext('fantooo_bootstrap'))")
        connection.execute((ROOT / "migrations" / "sql" / "roles.sql").read_bytes())
        for url in logins:
            _set_password(connection, url)
        _make_database(connection, database)
        with _connect(superuser.set(database=database)) as inside:
            _set_up_schema(inside, database)


def _set_up_schema(connection: psycopg.Connection, database: str) -> None:
    for extension in _EXTENSIONS:
        connection.execute(
            sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
        )
    connection.execute(
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
        "GRANT USAGE ON SCHEMA public TO PUBLIC;"
        # With grant option: migrations let the functions' owners make their functions.
        "GRANT CREATE, USAGE ON SCHEMA public TO fantooo_owner WITH GRANT OPTION"
    )
    connection.execute(
        sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database))
    )


def _make_database(connection: psycopg.Connection, name: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        return
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER fantooo_owner").format(sql.Identifier(name))
    )


def _set_password(connection: psycopg.Connection, url: URL) -> None:
    if url.username not in _LOGINS or not url.password:
        return
    # Hashed here, so that no log of the server ever holds the password.
    hashed = connection.pgconn.encrypt_password(
        str(url.password).encode(), url.username.encode(), b"scram-sha-256"
    )
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(
            sql.Identifier(url.username), sql.Literal(hashed.decode())
        )
    )


def _connect(url: URL) -> psycopg.Connection:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=10)
