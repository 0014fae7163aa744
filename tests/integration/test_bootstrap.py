"""``flask db bootstrap``: rights of the schema, passwords of the logins, safe to repeat."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from fantooo.cli.bootstrap import prepare
from tests.support.cluster import Place


@pytest.fixture
def bootstrapped(place: Place) -> Iterator[str]:
    name = f"t_{uuid.uuid4().hex[:12]}"
    for _again in range(2):
        prepare(place.url("postgres", "postgres"), place.url("fantooo_app", name))
    yield name
    place.drop(name)


def test_the_database_belongs_to_the_owner_role(place: Place, bootstrapped: str) -> None:
    with place.connect() as connection:
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", (bootstrapped,)
        ).fetchone()
    assert owner == ("fantooo_owner",)


def test_only_the_owner_makes_things_in_public(place: Place, bootstrapped: str) -> None:
    with place.connect(bootstrapped) as connection:
        rights = dict(
            connection.execute(
                "SELECT rolname, has_schema_privilege(oid, 'public', 'CREATE') FROM pg_roles"
                " WHERE rolname LIKE 'fantooo%'"
            ).fetchall()
        )
        temporary = connection.execute(
            "SELECT has_database_privilege('fantooo_app', current_database(), 'TEMPORARY')"
        ).fetchone()
    assert [name for name, may in rights.items() if may] == ["fantooo_owner"]
    assert temporary == (False,)


def test_no_login_is_more_than_it_must_be(place: Place, bootstrapped: str) -> None:
    with place.connect() as connection:
        rows = connection.execute(
            "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE 'fantooo%'"
            " AND NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolinherit)"
        ).fetchall()
    assert len(rows) == 11
    assert {name for name, login in rows if login} == {"fantooo_app", "fantooo_deploy"}


def test_extensions_are_there(place: Place, bootstrapped: str) -> None:
    with place.connect(bootstrapped) as connection:
        names = {row[0] for row in connection.execute("SELECT extname FROM pg_extension")}
    assert {"pg_trgm", "unaccent", "pg_stat_statements"} <= names


def test_passwords_are_given_hashed(place: Place, bootstrapped: str) -> None:
    url = place.url("fantooo_deploy", bootstrapped)
    with place.connect() as connection:
        prepare(
            place.url("postgres", "postgres"),
            place.url("fantooo_app", bootstrapped),
            url.replace("fantooo_deploy@", "fantooo_deploy:s%2Fcret@"),
        )
        kept = connection.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = 'fantooo_deploy'"
        ).fetchone()
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD NULL").format(sql.Identifier("fantooo_deploy"))
        )
    assert kept
    assert kept[0].startswith("SCRAM-SHA-256$")


def test_without_a_superuser_it_says_so(make_app: Callable[..., Flask]) -> None:
    bare = make_app(database_bootstrap_url="")
    result = bare.test_cli_runner().invoke(args=["db", "bootstrap"])
    assert result.exit_code == 1
    assert "DATABASE_BOOTSTRAP_URL" in result.output


def test_a_wrong_address_is_an_error(place: Place) -> None:
    with pytest.raises(psycopg.OperationalError):
        prepare("postgresql+psycopg://postgres@/postgres?host=/nowhere")
