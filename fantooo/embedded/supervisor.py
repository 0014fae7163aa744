"""Runs everything Fantooo consists of on one machine, watches it, and stops all of it again."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from fantooo.config import DEVELOPMENT_SECRET, ROOT, Settings
from fantooo.embedded.mail import MailCatcher
from fantooo.embedded.paystack import PaystackSimulator
from fantooo.embedded.postgres import Postgres
from fantooo.embedded.process import (
    EmbeddedServerError,
    ask_to_stop,
    kill_tree,
    spawn,
    stop,
    wait_until,
)
from fantooo.embedded.redis import RedisServer

#: written while Fantooo runs, so that `./dev flask` in another terminal finds its servers
ENVIRONMENT_FILE = "run.env"
_WATCH_SECONDS = 0.2
_READY_SECONDS = 60.0
#: longer than gunicorn's own patience with open requests
_GRACE_SECONDS = 11.0
_SERVER_GRACE_SECONDS = 2.0
#: so many ends of one program within a minute mean that starting it again does not help
_RESTARTS = 5
_RESTART_WINDOW_SECONDS = 60.0


@dataclass
class _Watched:
    """Something that must run: how it is started, how it ended, and when it was started again."""

    name: str
    start: Callable[[], None]
    exit_code: Callable[[], int | None]
    restarts: deque[float] = field(default_factory=lambda: deque(maxlen=_RESTARTS))

    def restart(self) -> bool:
        """Starts it again; returns False, and does not, when that happened too often."""
        now = time.monotonic()
        if len(self.restarts) == _RESTARTS and now - self.restarts[0] < _RESTART_WINDOW_SECONDS:
            return False
        self.restarts.append(now)
        self.start()
        return True


class _Program:
    """One of our own processes, its output passed on line by line under its name."""

    def __init__(self, name: str, arguments: Sequence[str], env: dict[str, str]) -> None:
        self.name = name
        self.process: subprocess.Popen[bytes] | None = None
        self._arguments = arguments
        self._env = env

    def start(self) -> None:
        """Starts the program, after the rest of an earlier run of it is gone."""
        if self.process is not None:
            kill_tree(self.process)
        self.process = spawn(
            [sys.executable, "-m", *self._arguments],
            env=self._env,
            cwd=ROOT,
            output=subprocess.PIPE,
        )
        threading.Thread(
            target=_pass_on, args=(self.name, self.process.stdout), daemon=True
        ).start()

    def exit_code(self) -> int | None:
        """How it ended, None while it runs or before it was started."""
        return None if self.process is None else self.process.poll()


class Supervisor:
    """Starts web, workers and scheduler, and first what they need and were given no address of.

    That is PostgreSQL, Redis, the Paystack simulator where there is no key, and the mail catcher
    where there is no mail server.
    """

    def __init__(self, settings: Settings, announce: Callable[[str], None]) -> None:
        self._settings = settings
        self._announce = announce
        self._home = settings.fantooo_home.resolve()
        self._address = f"http://127.0.0.1:{settings.port}"
        self._stopping = threading.Event()
        self._lock: IO[str] | None = None
        self._postgres: Postgres | None = None
        self._redis: RedisServer | None = None
        self._paystack: PaystackSimulator | None = None
        self._mail: MailCatcher | None = None
        self._servers: list[_Watched] = []
        self._programs: list[_Program] = []
        self.env: dict[str, str] = {}

    @property
    def letters_url(self) -> str:
        """Where letters of ours can be read that nobody gets; empty when they are really sent."""
        return "" if self._mail is None else self._mail.url

    def run(self, prepare: Sequence[str]) -> int:
        """Starts everything and stays until Ctrl-C or SIGTERM, then stops everything.

        ``prepare`` is the Flask command that makes the database ready for the first request.
        Calls ``announce`` with the address once requests are answered. Returns the exit code;
        raises ``EmbeddedServerError`` when something does not start.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            self._take_home()
            self._wait_for_port()
            self._start_servers()
            self._prepare_database(prepare)
            if not self._stopping.is_set():
                # What people wait for first; jobs for minutes and nights do not slow its start.
                self._start_programs(
                    ("web", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), "wsgi:app"),
                    ("worker", "flask", "jobs", "work"),
                )
                ready = self._web_answers()
                self._start_programs(
                    ("slow", "flask", "jobs", "work", "--slow"),
                    ("scheduler", "flask", "jobs", "schedule"),
                )
                if ready:
                    self._announce(self._address)
                elif not self._stopping.is_set():
                    _say("fantooo", f"{self._address} does not answer yet; see the lines above")
            return self._watch()
        finally:
            self._stop()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _take_home(self) -> None:
        self._home.mkdir(parents=True, exist_ok=True)
        self._lock = (self._home / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise EmbeddedServerError(
                f"Fantooo already runs from {self._home}."
                " Stop it, or set FANTOOO_HOME and PORT to run a second one beside it."
            ) from error

    def _wait_for_port(self) -> None:
        # The web server of a killed predecessor needs a moment to let go.
        if not wait_until(lambda: self._stopping.is_set() or self._port_is_free(), seconds=12):
            raise EmbeddedServerError(
                f"Port {self._settings.port} is taken by another program. Set PORT to another one."
            )

    def _port_is_free(self) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self._settings.port))
            except OSError:
                return False
            return True

    def _start_servers(self) -> None:
        self.env = {
            "FLASK_APP": "wsgi",
            "FANTOOO_HOME": str(self._home),
            "PORT": str(self._settings.port),
            "PYTHONUNBUFFERED": "1",
            "SECRET_KEY": self._secret_key(),
        }
        if not self._settings.database_url:
            self._postgres = postgres = Postgres(self._home)
            if postgres.home != self._home:
                _say(
                    "postgres",
                    f"the account 'nobody' cannot enter {self._home}: data is in {postgres.home}",
                )
            self._start_server("postgres", postgres.start, lambda: postgres.exit_code)
            self.env |= {
                "DATABASE_URL": postgres.url("fantooo_app", "fantooo"),
                "DATABASE_DEPLOY_URL": postgres.url("fantooo_deploy", "fantooo"),
                "DATABASE_BOOTSTRAP_URL": postgres.url("postgres", "postgres"),
            }
        if not self._settings.redis_url:
            self._redis = redis = RedisServer(self._home)
            self._start_server("redis", redis.start, lambda: redis.exit_code)
            self.env["REDIS_URL"] = redis.url
        if not self._settings.paystack_secret_key:
            self._paystack = paystack = PaystackSimulator(
                self._home,
                webhook_url=f"{self._address}/webhooks/paystack",
                by_itself=True,
            )
            self._start_server("paystack", paystack.start, lambda: paystack.exit_code)
            self.env |= paystack.env
        if not self._settings.mail_url:
            self._mail = mail = MailCatcher(self._home)
            self._start_server("mail", mail.start, lambda: mail.exit_code)
            self.env |= mail.env
        self._note_environment()

    def _start_server(
        self, name: str, start: Callable[[], None], exit_code: Callable[[], int | None]
    ) -> None:
        if self._stopping.is_set():
            return
        began = time.monotonic()
        start()
        self._servers.append(_Watched(name, start, exit_code))
        _say(name, f"ready after {time.monotonic() - began:.1f} s")

    def _secret_key(self) -> str:
        given = self._settings.secret_key
        if given != DEVELOPMENT_SECRET:
            return given
        path = self._home / "secret-key"
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(48))
        return path.read_text()

    def _note_environment(self) -> None:
        lines = [f"{name}={value}\n" for name, value in self.env.items()]
        _write_private(self._home / ENVIRONMENT_FILE, "".join(lines))

    def _prepare_database(self, command: Sequence[str]) -> None:
        if self._stopping.is_set():
            return
        began = time.monotonic()
        program = _Program("database", ["flask", *command], self.env)
        program.start()
        while (code := program.exit_code()) is None:
            if self._stopping.wait(0.05) and program.process is not None:
                stop(program.process, signal.SIGTERM, 5)
                return
        if code != 0:
            raise EmbeddedServerError("The database could not be made ready; see the lines above.")
        _say("database", f"ready after {time.monotonic() - began:.1f} s")

    def _start_programs(self, *commands: tuple[str, ...]) -> None:
        for name, *arguments in commands:
            program = _Program(name, arguments, self.env)
            program.start()
            self._programs.append(program)

    def _web_answers(self) -> bool:
        address = f"{self._address}/health/ready?for=web"
        web = self._programs[0]
        wait_until(
            lambda: self._stopping.is_set() or web.exit_code() is not None or _answers(address),
            seconds=_READY_SECONDS,
        )
        if self._stopping.is_set():
            return False
        if web.exit_code() is not None:
            raise EmbeddedServerError("The web server did not start; see the lines above.")
        return _answers(address)

    def _watch(self) -> int:
        """Starts again what ends by itself, and says so, until told to stop."""
        programs = [_Watched(p.name, p.start, p.exit_code) for p in self._programs]
        while not self._stopping.wait(_WATCH_SECONDS):
            for watched in (*self._servers, *programs):
                code = watched.exit_code()
                if code is None:
                    continue
                _say("fantooo", f"{watched.name} ended unexpectedly ({_how(code)})")
                if not watched.restart():
                    _say("fantooo", f"{watched.name} keeps ending: giving up")
                    return 1
                _say("fantooo", f"{watched.name} runs again")
        return 0

    def _stop(self) -> None:
        started = [p for p in self._programs if p.process is not None]
        if started or self._servers:
            _say("fantooo", "stopping")
        deadline = time.monotonic() + _GRACE_SECONDS
        for program in started:
            if program.process:
                ask_to_stop(program.process, signal.SIGTERM)
        for program in started:
            left = deadline - time.monotonic()
            if program.process and not stop(program.process, signal.SIGTERM, left):
                _say("fantooo", f"{program.name} did not stop in time and was killed")
        # Last, because the programs finish their work with them.
        for server in (self._mail, self._paystack, self._redis, self._postgres):
            if server is not None:
                server.stop(_SERVER_GRACE_SECONDS)
        if self._lock is not None:
            if self._servers:
                (self._home / ENVIRONMENT_FILE).unlink(missing_ok=True)
            self._lock.close()


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"code {code}"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)
    except OSError:
        return False


def _pass_on(name: str, stream: IO[bytes]) -> None:
    with stream:
        for line in stream:
            _say(name, line.decode(errors="replace").rstrip())


def _say(name: str, text: str) -> None:
    # Who read it may be gone; what was started is still to be stopped, and its own lines to be read.
    with suppress(OSError):
        # One write a line, so that the lines of several programs do not mix.
        sys.stdout.write(f"{name:<10}| {text}\n")
        sys.stdout.flush()
