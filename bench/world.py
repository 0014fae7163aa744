"""What the bench runs against: own durable servers, real gunicorn, and the people in it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psutil

from fantooo.domain import texts
from fantooo.domain.viewer import Viewer
from tests.live.load import Caller
from tests.support import factories
from tests.support.cluster import Cluster
from tests.support.server import LiveServer

PAIRS = 50
#: noon in Nairobi, so that no run crosses a change of rate
NOON = "2026-11-24T09:00:00+00:00"
_DAY = 86_400


@dataclass(frozen=True)
class Pair:
    """A user and the operator who holds the chat."""

    chat_id: UUID
    user: Viewer
    operator: Viewer
    user_caller: Caller
    operator_caller: Caller
    quote: str


class World:
    """Starts everything; ``close`` ends and removes it."""

    def __init__(self, workers: int = 2) -> None:
        self.cluster = Cluster(durable=True)
        self.home = Path(tempfile.mkdtemp(prefix="fantooo-bench-"))
        self.server: LiveServer | None = None
        self.workers = workers

    def start(self) -> LiveServer:
        self.cluster.start()
        # Limits are raised by setting; the limiter stays in the path.
        server = LiveServer(
            self.cluster.place,
            self.home,
            workers=self.workers,
            fantooo_clock=NOON,
            # Fifty pairs write many times a second each; people write seconds apart, and then each
            # message over a socket pays for a look at its session.
            send_recheck_seconds=0,
            limit_messages="100000000 per minute",
            limit_messages_address="100000000 per minute",
        )
        self.server = server
        with server.acting():
            # Nobody answers here: paid from the first message on, and nobody is sent home.
            for key, value in (
                ("free_messages", 0),
                ("warn_after", _DAY),
                ("return_after", _DAY),
                ("heartbeat_after", _DAY),
                ("escalate_after", _DAY),
                ("unanswered_refund_minutes", _DAY),
            ):
                factories.set_setting(key, value)
        server.start("web", "worker", "scheduler")
        return server

    def pairs(self, count: int = PAIRS) -> list[Pair]:
        server = self.server
        assert server is not None
        character = server.character()
        made = []
        with server.acting():
            for _ in range(count):
                user = factories.user(1_000_000)
                chat_id = factories.open_chat(user, character)
                # One place and nobody else with room: this operator gets this chat.
                operator = factories.operator(available=True, max_chats=1)
                composer = factories.send(user, chat_id).composer
                assert composer is not None and composer.price == 1
                made.append((chat_id, user, operator, composer.quote))
        return [
            Pair(chat, user, operator, Caller(server, user), Caller(server, operator), quote)
            for chat, user, operator, quote in made
        ]

    def idle_cookies(self, count: int) -> list[str]:
        """Cookies of ``count`` signed-in users who only keep a page open."""
        server = self.server
        assert server is not None
        signer = server.app.session_interface.get_signing_serializer(server.app)  # type: ignore[attr-defined]
        with server.acting():
            factories.user(0)
        with server.place.connect(server.database) as connection:
            model = connection.execute(
                "SELECT id FROM real_users WHERE credits = 0 ORDER BY id DESC LIMIT 1"
            ).fetchone()
            assert model
            tokens = [f"idle-{n}" for n in range(count)]
            hashes = [hashlib.sha256(token.encode()).digest() for token in tokens]
            connection.execute(
                "CREATE TEMP TABLE people AS SELECT uuidv7() AS id, 'idle' || n AS name, h AS hash"
                " FROM unnest(%s::bytea[]) WITH ORDINALITY AS t (h, n)",
                (hashes,),
            )
            for table, changes in (
                ("accounts", "'id', p.id, 'login', p.name"),
                ("real_users", "'id', p.id, 'username', p.name"),
            ):
                named = connection.execute(
                    "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
                    " WHERE table_name = %s AND is_generated = 'NEVER'",
                    (table,),
                ).fetchone()
                assert named
                connection.execute(
                    f"INSERT INTO {table} ({named[0]}) SELECT {named[0]} FROM"  # type: ignore[arg-type]
                    f" (SELECT (jsonb_populate_record(m, jsonb_build_object({changes}))).*"
                    f" FROM {table} AS m, people AS p WHERE m.id = %s) AS copies",
                    (model[0],),
                )
            for text_name, version in texts.to_agree_to():
                connection.execute(
                    "INSERT INTO consents (account_id, text_name, text_version)"
                    " SELECT id, %s, %s FROM people",
                    (text_name, version),
                )
            connection.execute(
                "INSERT INTO sessions (account_id, token_hash, address, user_agent, expires_at)"
                " SELECT id, hash, '', '', now() + interval '1 day' FROM people"
            )
        name = server.app.config["SESSION_COOKIE_NAME"]
        return [
            f"{name}={signer.dumps({'_user_id': token, '_fresh': True, '_permanent': True})}"
            for token in tokens
        ]

    def processes(self) -> dict[str, list[psutil.Process]]:
        """Who takes part, by name."""
        server = self.server
        assert server is not None
        postmaster = psutil.Process(self.cluster.postgres.pid)
        web = psutil.Process(server.processes["web"].pid)
        return {
            "gunicorn workers": web.children(),
            "PostgreSQL": [postmaster, *postmaster.children()],
            "Redis": [psutil.Process(self.cluster.redis.pid)],
            "job worker and scheduler": [
                member
                for name in ("worker", "scheduler")
                for root in [psutil.Process(server.processes[name].pid)]
                for member in [root, *root.children(recursive=True)]
            ],
            "generator": [psutil.Process()],
        }

    def close(self) -> None:
        if self.server is not None:
            self.server.stop()
        self.cluster.stop()
        shutil.rmtree(self.home, ignore_errors=True)
