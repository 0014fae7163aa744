"""A whole Fantooo for tests: real gunicorn workers, a real job worker, on a database of its own."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import redis
from flask import Flask
from sqlalchemy import select

from fantooo import create_app
from fantooo.config import ROOT
from fantooo.domain.pricing import EAT
from fantooo.domain.viewer import Viewer
from fantooo.embedded import process
from fantooo.extensions import db
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import Account, FictionalUser
from fantooo.services import accounts
from fantooo.services.accounts import SignIn
from tests.support import factories
from tests.support.cluster import Place
from tests.support.pace import within

_READY_SECONDS = 90.0


class LiveServer:
    """Processes of one Fantooo at ``url``. ``app`` acts on the same data from inside the test."""

    def __init__(
        self,
        place: Place,
        home: Path,
        *,
        workers: int = 2,
        served: str = "wsgi:app",
        flask: str = "flask",
        **changes: object,
    ) -> None:
        """``served`` is what gunicorn serves, ``flask`` the module whose commands are the jobs' programs."""
        self.place = place
        self._served = served
        self._flask = flask
        self.home = home
        self.port = process.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = place.clone()
        changes = {"port": self.port, "app_url": self.url, "log_level": "WARNING", **changes}
        self.env = place.environment(self.database, home, **changes)
        self.env |= {"WEB_CONCURRENCY": str(workers), "PYTHONUNBUFFERED": "1"}
        self.app: Flask = create_app(place.settings(self.database, home, **changes))
        self.log = home / "server.log"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    # Processes

    def start(self, *names: str) -> None:
        """Starts some or all of ``web``, ``worker`` and ``scheduler``; waits until web answers."""
        commands = {
            "web": ["gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), self._served],
            "worker": [self._flask, "jobs", "work"],
            "scheduler": [self._flask, "jobs", "schedule"],
        }
        for name in names or ("web", "worker"):
            with self.log.open("ab") as log:
                self.processes[name] = process.spawn(
                    [sys.executable, "-m", *commands[name]], env=self.env, cwd=ROOT, output=log
                )
        if "web" in self.processes:
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        ready = process.wait_until(self.answers, seconds=_READY_SECONDS)
        assert ready, f"the server did not start:\n{process.tail(self.log, 40)}"

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready?for=web", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self, name: str) -> None:
        """kill -9 of one program and all it started."""
        process.kill_tree(self.processes.pop(name))

    def stop(self) -> None:
        """Ends all programs, forgets the database."""
        for each in self.processes.values():
            process.ask_to_stop(each, signal.SIGTERM)
        for each in self.processes.values():
            process.stop(each, signal.SIGTERM, 12)
        self.processes.clear()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self.place.drop(self.database)

    def forget(self) -> None:
        """Removes all data, so that another test can use the same processes."""
        self.place.empty(self.database)
        client = redis.Redis.from_url(self.place.redis_url)
        # The worker's own keys stay: it is running.
        keys = [key for key in client.scan_iter() if not key.startswith(b"rq:")]
        if keys:
            client.delete(*keys)
        client.close()
        self.app.extensions.pop("fantooo_settings", None)
        shutil.rmtree(self.home / "media", ignore_errors=True)

    def log_text(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def flask(self, *arguments: str) -> str:
        """Runs a Flask command against this server's data; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    # Data, by the same services

    @contextlib.contextmanager
    def acting(self) -> Iterator[Flask]:
        """An app context on the server's data, for factories and for looking at rows."""
        with self.app.app_context():
            try:
                yield self.app
            finally:
                db.session.remove()

    def character(self, **changes: object) -> UUID:
        """A published character, with its pictures on disk."""
        with self.acting():
            made = factories.character(**changes)
            with unit_of_work(as_system=True) as work:
                names = work.session.get_one(FictionalUser, made).profile_pictures
        factories.paint(self.app, *names)
        return made

    def one(self, query: str, *values: object) -> Any:
        """The first column of the first row of a query, past all policies; None without a row."""
        with self.place.connect(self.database) as connection:
            row = connection.execute(query, values).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None

    def wait_for(self, query: str, *values: object) -> Any:
        """Waits until ``one`` finds something true; returns it."""
        found = process.wait_until(lambda: self.one(query, *values), seconds=within(20))
        assert found, f"never true: {query}"
        return self.one(query, *values)

    def change(self, statement: str, *values: object) -> None:
        """Changes rows past all policies: what time, or somebody else, would have changed."""
        with self.place.connect(self.database) as connection:
            done = connection.execute(statement, values)  # type: ignore[arg-type]
        assert done.rowcount, "no row was changed"

    def sign_in(self, viewer: Viewer) -> SignIn:
        """A new session for somebody a factory made."""
        with self.acting():
            with unit_of_work(as_system=True) as work:
                login = work.session.scalars(
                    select(Account.login).where(Account.id == viewer.account_id)
                ).one()
            return accounts.sign_in(login, factories.PASSWORD, viewer.role)

    def cookie(self, opened: SignIn) -> dict[str, str]:
        """The cookie a browser holds once it is signed in, as Playwright takes it."""
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        value = serializer.dumps({"_user_id": opened.token, "_fresh": True, "_permanent": True})
        return {"name": self.app.config["SESSION_COOKIE_NAME"], "value": value, "url": self.url}


def today_at(hour: int) -> datetime:
    """A full hour of today in Nairobi, for a server's clock."""
    return datetime.now(EAT).replace(hour=hour, minute=0, second=0, microsecond=0)


def fetch(url: str, **headers: str) -> tuple[int, str]:
    """One GET without a browser: status and body."""
    request: Any = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
