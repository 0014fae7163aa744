"""Everybody who may come to a route, each at a browser of their own, over one world of rows."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import psycopg
from flask import Flask

from fantooo.domain.viewer import Viewer
from tests.conftest import _Client
from tests.integration.world import World, build
from tests.support import factories

#: who comes: owner and holder are the two sides of the chat that rows name; banned and suspended
#: hold nothing
ACTORS = (
    "anonymous", "owner", "other", "banned", "holder", "operator", "suspended",
    "admin", "super_admin", "moderator",
)  # fmt: skip
#: written by refusals themselves, by looking at a profile, and by being here
_NOTED = {"security_audit_log", "profile_views", "package_views", "active_stretches"}


@dataclass
class Cast:
    """The world's people at their browsers. ``state`` tells whether anything was changed."""

    app: Flask
    world: World
    people: dict[str, Viewer]
    connection: psycopg.Connection
    #: a character nobody has written to
    unmet: UUID

    def browser(self, actor: str) -> _Client:
        """A fresh browser, signed in as ``actor``."""
        made: _Client = self.app.test_client()  # type: ignore[assignment]
        return made if actor == "anonymous" else made.become(self.people[actor])

    def state(self) -> dict[str, str]:
        """A digest of every table's rows, as a superuser sees them."""
        tables = self.connection.execute(
            "SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace"
            " AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        ).fetchall()
        query = " UNION ALL ".join(
            f"SELECT '{name}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
            f" FROM {name} AS t"
            for (name,) in tables
            if name not in _NOTED
        )
        return dict(self.connection.execute(query).fetchall())  # type: ignore[arg-type]

    @property
    def chat(self) -> UUID:
        """The chat that ``owner`` has and ``holder`` holds."""
        return self.world.annas

    @property
    def receipt(self) -> str:
        """The number in the address of the owner's receipt."""
        return self._one("SELECT id FROM receipts WHERE transaction_id = %s")

    @property
    def reference(self) -> str:
        """What the owner's purchase is called at the provider."""
        return self._one("SELECT provider_reference FROM transactions WHERE id = %s")

    def _one(self, query: str) -> str:
        row = self.connection.execute(query, (self.world.purchase,)).fetchone()  # type: ignore[arg-type]
        assert row
        return str(row[0])


def assemble(app: Flask, connection: psycopg.Connection) -> Cast:
    """Makes the world and its people on the app's empty database."""
    world = build(connection)
    banned = factories.user()
    factories.ban(banned)
    suspended = factories.operator()
    factories.change_operator(suspended, is_suspended=True, suspension_reason="Too many complaints")
    people = {
        "owner": world.anna,
        "other": world.ben,
        "banned": banned,
        "holder": world.olga,
        "operator": world.otto,
        "suspended": suspended,
        "admin": factories.admin("admin"),
        "super_admin": world.admin,
        "moderator": factories.admin("moderator"),
    }
    folder = app.config["SETTINGS"].media_dir / "characters" / "nia"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "0-128.webp").write_bytes(b"RIFF")
    return Cast(app, world, people, connection, factories.character(name="Unmet"))
