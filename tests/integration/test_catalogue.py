"""The database's own catalogue against the one table of rights and the SQL files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import psycopg
import pytest
from flask import Flask

from fantooo.infra import schema
from fantooo.models import Base, access, access_sql
from tests.support.cluster import TEMPLATE, Place

OURS = "relnamespace = 'public'::regnamespace AND relname NOT LIKE 'pg_stat_statements%'"
TABLES = sorted(access.TABLES)
#: roles that must never hold more than they need
LOGINS = ("fantooo_app", "fantooo_deploy")


@pytest.fixture(scope="module")
def catalogue(place: Place) -> Iterator[psycopg.Connection]:
    """The database as `flask db bootstrap` and `flask db upgrade` left it."""
    # A copy: nobody can clone the template while it is connected to.
    name = place.clone()
    with place.connect(name) as connection:
        yield connection
    place.drop(name)


def rows(connection: psycopg.Connection, query: str) -> list[tuple[object, ...]]:
    return connection.execute(query).fetchall()  # type: ignore[arg-type]


def test_every_table_has_its_rules() -> None:
    assert set(access.TABLES) == set(Base.metadata.tables)


def test_policies_are_exactly_those_of_the_table(catalogue: psycopg.Connection) -> None:
    found = {
        (row[0], row[1], row[2], tuple(row[3]), row[4] is not None, row[5] is not None)  # type: ignore[arg-type]
        for row in rows(
            catalogue,
            "SELECT tablename, policyname, cmd, roles, qual, with_check FROM pg_policies"
            " WHERE schemaname = 'public'",
        )
    }
    expected = {
        (
            table,
            access_sql.policy_name(rule),
            rule.command,
            (rule.role,),
            rule.command != "INSERT",
            rule.command in ("INSERT", "UPDATE"),
        )
        for table, rules in access.TABLES.items()
        for rule in rules
    }
    expected |= {
        (table, "owner_all", "ALL", (access.OWNER,), True, True) for table in access.TABLES
    }
    assert found == expected


def test_no_policy_widens_another(catalogue: psycopg.Connection) -> None:
    """Policies of one role and command are joined by OR: two of them would be a surprise."""
    assert (
        rows(
            catalogue,
            "SELECT tablename, roles, cmd FROM pg_policies WHERE schemaname = 'public'"
            " GROUP BY tablename, roles, cmd HAVING count(*) > 1",
        )
        == []
    )
    assert rows(catalogue, "SELECT polname FROM pg_policy WHERE NOT polpermissive") == []


def test_identity_is_asked_for_once_a_statement(catalogue: psycopg.Connection) -> None:
    """Outside of a sub-select the function would run once a row."""
    for table, name, qual, check in rows(
        catalogue,
        "SELECT tablename, policyname, coalesce(qual, ''), coalesce(with_check, '')"
        " FROM pg_policies WHERE schemaname = 'public'",
    ):
        for text in (str(qual), str(check)):
            bare = re.sub(r"\( SELECT (?:public\.)?app_account_id\(\)[^)]*\)", "", text)
            assert "app_account_id" not in bare, (table, name)


def test_policies_of_chats_read_no_table(catalogue: psycopg.Connection) -> None:
    """The others may read chats; if chats read one of them, they would go in circles."""
    for _name, qual in rows(
        catalogue,
        "SELECT policyname, coalesce(qual, '') || coalesce(with_check, '') FROM pg_policies"
        " WHERE tablename = 'chats'",
    ):
        assert " FROM " not in str(qual)


def test_row_security_is_on_and_forced_everywhere(catalogue: psycopg.Connection) -> None:
    found = {
        row[0]: (row[1], row[2])
        for row in rows(
            catalogue,
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
            f" WHERE {OURS} AND relkind IN ('r', 'p') AND NOT relispartition",
        )
    }
    assert found.pop("alembic_version") == (False, False)
    assert found == dict.fromkeys(access.TABLES, (True, True))


def test_every_table_belongs_to_the_owner(catalogue: psycopg.Connection) -> None:
    assert rows(
        catalogue,
        f"SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE {OURS}"
        " AND relkind IN ('r', 'p', 'S', 'v', 'm')",
    ) == [(access.OWNER,)]


@pytest.mark.parametrize("table", TABLES)
def test_grants_are_exactly_those_of_the_table(catalogue: psycopg.Connection, table: str) -> None:
    columns = [column.name for column in Base.metadata.tables[table].columns]
    expected = {
        (rule.role, rule.command, column)
        for rule in access.TABLES[table]
        if rule.command != "DELETE"
        for column in (rule.columns or columns)
    }
    found = {
        (role, command, column)
        for role, command, column in product(
            (*access.ROLES, access.APP, "fantooo_deploy", "public"),
            ("SELECT", "INSERT", "UPDATE", "REFERENCES"),
            columns,
        )
        if _holds(catalogue, f"has_column_privilege('{role}', '{table}', '{column}', '{command}')")
    }
    assert found == expected
    deleting = {rule.role for rule in access.TABLES[table] if rule.command == "DELETE"}
    for role in (*access.ROLES, access.APP, "fantooo_deploy", "public"):
        for command in ("DELETE", "TRUNCATE", "TRIGGER", "MAINTAIN"):
            held = _holds(catalogue, f"has_table_privilege('{role}', '{table}', '{command}')")
            assert held is (command == "DELETE" and role in deleting), (role, command)


def _holds(connection: psycopg.Connection, question: str) -> bool:
    return bool(rows(connection, f"SELECT {question}")[0][0])


def test_nothing_is_granted_on(catalogue: psycopg.Connection) -> None:
    """PUBLIC holds nothing on any table or sequence of ours; partitions are granted to nobody."""
    assert (
        rows(
            catalogue,
            f"SELECT relname FROM pg_class, aclexplode(relacl) AS a WHERE {OURS} AND a.grantee = 0",
        )
        == []
    )
    assert (
        rows(
            catalogue,
            f"SELECT relname, a.grantee::regrole FROM pg_class, aclexplode(relacl) AS a WHERE {OURS}"
            " AND relispartition AND a.grantee <> relowner",
        )
        == []
    )
    assert (
        rows(
            catalogue,
            "SELECT attrelid::regclass, attname FROM pg_attribute, aclexplode(attacl) AS a"
            " WHERE a.grantee = 0 AND attrelid::regclass::text !~ '^pg_'",
        )
        == []
    )


def test_nobody_may_pass_rights_on(catalogue: psycopg.Connection) -> None:
    assert (
        rows(
            catalogue,
            "SELECT table_name, grantee FROM information_schema.column_privileges"
            " WHERE table_schema = 'public' AND is_grantable = 'YES' AND grantee <> 'fantooo_owner'"
            " AND table_name NOT LIKE 'pg_stat_statements%'",
        )
        == []
    )


def test_the_schema_and_database_are_closed(catalogue: psycopg.Connection) -> None:
    for role in (*access.ROLES, *LOGINS, "public"):
        assert not _holds(catalogue, f"has_schema_privilege('{role}', 'public', 'CREATE')"), role
        for right in ("TEMPORARY", "CREATE"):
            held = _holds(
                # A copy has the template's tables, not its rights as a database.
                catalogue,
                f"has_database_privilege('{role}', '{TEMPLATE}', '{right}')",
            )
            assert not held, (role, right)


FUNCTIONS = (
    "SELECT p.oid::regprocedure::text, p.prosecdef, p.proconfig, p.proowner::regrole::text,"
    " EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a"
    "  WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE'), p.proname"
    " FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS ("
    "  SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid"
    "  AND d.deptype = 'e')"
)


def test_functions_with_rights_of_their_own_are_pinned(catalogue: psycopg.Connection) -> None:
    definers = [row for row in rows(catalogue, FUNCTIONS) if row[1]]
    assert {row[5]: row[3] for row in definers} == {
        "send_message": "fantooo_sender",
        "session_account": "fantooo_auth",
        "published_characters": "fantooo_finder",
        "ensure_message_partitions": "fantooo_owner",
    }
    for name, _definer, config, _owner, for_everybody, _short in definers:
        paths = [c for c in (config or []) if str(c).startswith("search_path=")]  # type: ignore[attr-defined]
        assert paths == ["search_path=public, pg_catalog, pg_temp"], name
        assert not for_everybody, f"{name} may be called by PUBLIC"


def test_every_function_has_a_search_path(catalogue: psycopg.Connection) -> None:
    assert [row[0] for row in rows(catalogue, FUNCTIONS) if not row[2]] == []


def test_who_may_call_what(catalogue: psycopg.Connection) -> None:
    callers = {
        "send_message": {access.APP},
        "session_account": {access.APP},
        "published_characters": set(access.VIEWER_ROLES),
        "ensure_message_partitions": {access.APP, access.SYSTEM},
    }
    for signature, _definer, _config, _owner, _public, name in rows(catalogue, FUNCTIONS):
        if name in callers:
            may = {
                role
                for role in (*access.ROLES, *LOGINS)
                if _holds(catalogue, f"has_function_privilege('{role}', '{signature}', 'EXECUTE')")
            }
            owner = {schema.FUNCTIONS[name][0]} if name in schema.FUNCTIONS else set()
            assert may - owner == callers[str(name)], name


@pytest.mark.parametrize("name", sorted(schema.FUNCTIONS))
def test_functions_are_those_of_their_files(catalogue: psycopg.Connection, name: str) -> None:
    source = schema.function_sources()[name]
    bodies = rows(catalogue, f"SELECT prosrc FROM pg_proc WHERE proname = '{name}'")
    assert len(bodies) == 1
    assert bodies[0][0] == source.split("$$")[1]


def test_roles_can_do_only_what_they_are_for(catalogue: psycopg.Connection) -> None:
    found = {
        row[0]: row[1:]
        for row in rows(
            catalogue,
            "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
            " rolinherit, rolreplication FROM pg_roles WHERE rolname LIKE 'fantooo\\_%'",
        )
    }
    assert set(found) == {*access.ROLES, access.OWNER, *LOGINS}
    for role, attributes in found.items():
        assert attributes == (role in LOGINS, False, False, False, False, False, False), role


def test_who_may_become_whom(catalogue: psycopg.Connection) -> None:
    found = {
        (row[0], row[1])
        for row in rows(
            catalogue,
            "SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members"
            " WHERE set_option AND roleid::regrole::text LIKE 'fantooo\\_%'"
            " AND member::regrole::text LIKE 'fantooo\\_%'",
        )
    }
    assert found == {
        *(("fantooo_app", role) for role in access.VIEWER_ROLES),
        ("fantooo_deploy", "fantooo_owner"),
        ("fantooo_owner", "fantooo_sender"),
        ("fantooo_owner", "fantooo_auth"),
        ("fantooo_owner", "fantooo_finder"),
    }
    assert (
        rows(
            catalogue,
            "SELECT member::regrole FROM pg_auth_members WHERE inherit_option"
            " AND member::regrole::text LIKE 'fantooo\\_%'",
        )
        == []
    )


def test_every_foreign_key_has_an_index(catalogue: psycopg.Connection) -> None:
    """Else deleting or locking the row it points to reads the whole table."""
    without = rows(
        catalogue,
        """
        SELECT c.conrelid::regclass::text, a.attname
        FROM pg_constraint AS c
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        JOIN pg_class AS t ON t.oid = c.conrelid AND NOT t.relispartition
        WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_index AS i
                          WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])
        """,
    )
    # Columns that are written for one operator at a time and never searched from that side.
    assert {f"{table}.{column}" for table, column in without} <= {"chats.last_operator_id"}


def test_times_carry_their_zone(catalogue: psycopg.Connection) -> None:
    assert (
        rows(
            catalogue,
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema ="
            " 'public' AND data_type = 'timestamp without time zone'",
        )
        == []
    )


# A month that was made since the last upgrade would spell its rights out for the first time.
@pytest.mark.fresh_db
def test_applying_the_rights_again_changes_nothing(app: Flask, place: Place) -> None:
    """`statements` may be run after any change: it ends where it began."""
    from sqlalchemy import create_engine, text

    from fantooo.extensions import db

    name = db.engine.url.database
    assert name
    question = (
        "SELECT md5(string_agg(relname || coalesce(relacl::text, '') || relrowsecurity, ',' ORDER BY"
        f" relname)) FROM pg_class WHERE {OURS}"
    )
    with place.connect(name) as connection:
        before = rows(connection, question)
        engine = create_engine(place.url("fantooo_deploy", name))
        with engine.begin() as deploy:
            deploy.execute(text("SET ROLE fantooo_owner"))
            schema.synchronise(deploy)
        engine.dispose()
        assert rows(connection, question) == before
