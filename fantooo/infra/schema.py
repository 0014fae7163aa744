"""Brings grants, policies and SQL functions in line with their sources, after each upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from fantooo.config import ROOT
from fantooo.models import access, access_sql

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SQL_DIR = ROOT / "fantooo" / "services" / "sql"
#: function name -> the role without login that owns it, and who may call it
FUNCTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "send_message": (access.SENDER, (access.APP,)),
    "session_account": (access.AUTH, (access.APP,)),
    "published_characters": (access.FINDER, access.VIEWER_ROLES),
}


def function_sources() -> dict[str, str]:
    """The SQL of each function, by its name, which is also the file's."""
    return {name: (SQL_DIR / f"{name}.sql").read_text() for name in FUNCTIONS}


def synchronise(connection: Connection) -> None:
    """Applies grants and policies, then replaces the functions. Works as fantooo_owner."""
    for statement in access_sql.statements():
        _run(connection, statement)
    for name, source in function_sources().items():
        _replace_function(connection, name, source, *FUNCTIONS[name])
    for function in ("app_account_id()", "immutable_join(text[])", "immutable_plain(text)"):
        connection.exec_driver_sql(
            f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC;"
            f"GRANT EXECUTE ON FUNCTION {function} TO {access.APP}, {', '.join(access.ROLES)}"
        )
    # `flask doctor` compares it with the newest revision.
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {access.SYSTEM}")
    connection.exec_driver_sql(
        "REVOKE ALL ON FUNCTION ensure_message_partitions(date, integer) FROM PUBLIC;"
        "GRANT EXECUTE ON FUNCTION ensure_message_partitions(date, integer)"
        f" TO {access.APP}, {access.SYSTEM}"
    )


def _run(connection: Connection, sql: str) -> None:
    # psycopg takes a percent sign for a parameter, even where none are given.
    connection.exec_driver_sql(sql.replace("%", "%%"))


def _replace_function(
    connection: Connection, name: str, source: str, owner: str, callers: tuple[str, ...]
) -> None:
    """Drops every version of a function and makes it anew, owned by a role without login."""
    existing = connection.execute(
        text("SELECT oid::regprocedure::text FROM pg_proc WHERE proname = :name"), {"name": name}
    ).scalars()
    for signature in list(existing):
        # Only the owner, or a role that may become it, can drop it.
        connection.exec_driver_sql(f"SET ROLE {owner}")
        connection.exec_driver_sql(f"DROP FUNCTION {signature}")
        connection.exec_driver_sql("SET ROLE fantooo_owner")
    _run(connection, source)
    signature = connection.execute(
        text("SELECT oid::regprocedure::text FROM pg_proc WHERE proname = :name"), {"name": name}
    ).scalar_one()
    connection.exec_driver_sql(f"GRANT CREATE ON SCHEMA public TO {owner}")
    connection.exec_driver_sql(f"ALTER FUNCTION {signature} OWNER TO {owner}")
    connection.exec_driver_sql(f"REVOKE CREATE ON SCHEMA public FROM {owner}")
    connection.exec_driver_sql(f"SET ROLE {owner}")
    connection.exec_driver_sql(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    connection.exec_driver_sql(f"GRANT EXECUTE ON FUNCTION {signature} TO {', '.join(callers)}")
    connection.exec_driver_sql("SET ROLE fantooo_owner")
