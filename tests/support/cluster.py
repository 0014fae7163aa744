"""The PostgreSQL and Redis of a test run, and databases cloned from one migrated template."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from psycopg import sql

from fantooo.config import ROOT, Settings
from fantooo.embedded.postgres import Postgres
from fantooo.embedded.redis import RedisServer

TEMPLATE = "tpl"
_ATTEMPTS = 5
#: Redis has 16 databases: 0, and for each process of the tests one, and two for servers apart
_WORKERS_AT_MOST = 5


@dataclass(frozen=True)
class Place:
    """Where a run's servers are: enough to reach them from another process."""

    sockets: str
    redis_url: str

    def apart(self, which: int = 1) -> Place:
        """The same with a Redis database of its own: two servers' workers take no jobs of each other.

        ``which`` is 1 or 2, for servers that run at the same time.
        """
        address, _, number = self.redis_url.rpartition("/")
        return replace(self, redis_url=f"{address}/{int(number) + which * _WORKERS_AT_MOST}")

    def url(self, login: str, database: str) -> str:
        return f"postgresql+psycopg://{login}@/{database}?host={self.sockets}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A superuser's connection, in autocommit."""
        return psycopg.connect(host=self.sockets, user="postgres", dbname=database, autocommit=True)

    def clone(self, name: str | None = None) -> str:
        """A fresh database with the schema and no rows; returns its name."""
        name = name or f"t_{uuid.uuid4().hex[:12]}"
        with self.connect() as connection:
            connection.execute(
                sql.SQL(
                    "CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG OWNER fantooo_owner"
                ).format(sql.Identifier(name), sql.Identifier(TEMPLATE))
            )
        return name

    def drop(self, name: str) -> None:
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def empty(self, database: str) -> None:
        """Removes all rows; what was migrated stays."""
        with self.connect(database) as connection:
            tables = connection.execute(
                "SELECT format('%I', relname) FROM pg_class AS c"
                " JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
                " AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
                " AND c.relname <> 'alembic_version'"
            ).fetchall()
            # DELETE, because TRUNCATE makes new files for each table and index: 90 ms instead of 2.
            # As a replica no trigger refuses it, and foreign keys do not ask for an order.
            gone = "; ".join(f"DELETE FROM {table}" for (table,) in tables)
            connection.execute("SET session_replication_role = replica")
            for attempt in range(_ATTEMPTS):
                try:
                    connection.execute(gone)  # type: ignore[arg-type]
                    return
                except psycopg.errors.DeadlockDetected:
                    # A server that still runs was in the middle of something.
                    if attempt == _ATTEMPTS - 1:
                        raise

    def settings(self, database: str, home: Path, **changes: object) -> Settings:
        """Settings of an application on one database. Limits are out of the way unless asked for."""
        values: dict[str, object] = {
            "fantooo_env": "test",
            "fantooo_home": home,
            "secret_key": "test-secret-key-of-more-than-32-characters",
            "database_url": self.url("fantooo_app", database),
            "database_deploy_url": self.url("fantooo_deploy", database),
            "database_bootstrap_url": self.url("postgres", "postgres"),
            "redis_url": self.redis_url,
            "log_level": "ERROR",
            "limit_messages": "100000 per minute",
            "limit_messages_address": "1000000 per minute",
            "limit_purchases": "100000 per minute",
            "limit_promo_codes": "100000 per minute",
            "limit_phone_prompts": "100000 per minute",
            "limit_sign_in": "100000 per minute",
            "limit_sign_in_address": "100000 per minute",
            "limit_name_check": "100000 per minute",
            "limit_sign_up_address": "100000 per minute",
            "limit_places": "100000 per minute",
            "limit_own_page": "100000 per minute",
            "limit_photos": "100000 per minute",
            "sockets_per_account": 1000,
            "sockets_per_address": 100000,
            **changes,
        }
        return Settings(**values)  # type: ignore[arg-type]

    def environment(self, database: str, home: Path, **changes: object) -> dict[str, str]:
        """The same settings as environment variables, for processes of their own."""
        settings = self.settings(database, home, **changes)
        values = {
            name.upper(): str(value)
            for name, value in settings.model_dump().items()
            if value not in (None, "")
        }
        return {**os.environ, **values, "FLASK_APP": "wsgi", "PYTHONPATH": str(ROOT)}


class Cluster:
    """Servers of one run. ``durable`` for tests that kill them."""

    def __init__(self, *, durable: bool = False) -> None:
        # Short, because a socket's path must be.
        self.home = Path(tempfile.mkdtemp(prefix="fantooo-test-"))
        self.home.chmod(0o755)
        self.postgres = Postgres(self.home, durable=durable)
        self.redis = RedisServer(self.home, durable=durable)

    def start(self) -> Place:
        """Starts both servers and migrates the template database with the real commands."""
        self.postgres.start()
        self.redis.start()
        place = self.place
        for command in (["db", "bootstrap"], ["db", "upgrade"]):
            done = subprocess.run(
                [sys.executable, "-m", "flask", *command],
                env=place.environment(TEMPLATE, self.home),
                cwd=ROOT,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise RuntimeError(f"flask {command} failed:\n{done.stdout}{done.stderr}")
        return place

    @property
    def place(self) -> Place:
        return Place(str(self.postgres.sockets), self.redis.url)

    def stop(self) -> None:
        self.redis.stop()
        self.postgres.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        if self.postgres.home != self.home:
            shutil.rmtree(self.postgres.home, ignore_errors=True)
