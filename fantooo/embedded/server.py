"""What the servers of ``./dev run`` have in common: a process of ours, and a port of its own."""

from __future__ import annotations

import signal
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path

from fantooo.embedded.process import EmbeddedServerError, free_port, stop, tail

#: a port that was free a moment ago may be taken
_PORTS_TRIED = 5


class OwnProcess:
    """A server that runs, or does not."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def exit_code(self) -> int | None:
        """How it ended, None while it runs or before it was started."""
        return None if self._process is None else self._process.poll()

    def alive(self) -> bool:
        """Whether it was started and still runs."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """A crash, for tests."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class PortServer(OwnProcess, ABC):
    """One that listens on a loopback port, the same after a restart; its data under ``home/name``."""

    def __init__(self, name: str, home: Path, *, port: int | None = None) -> None:
        super().__init__()
        home = home.resolve()
        self.name = name
        self._was_ready = port is not None
        self.port = port or 0
        self.data = home / name
        self.log = home / "log" / f"{name}.log"

    def start(self) -> None:
        """Starts it and waits until it answers. Raises ``EmbeddedServerError``."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        for _attempt in range(1 if self._was_ready else _PORTS_TRIED):
            if not self._was_ready:
                self.choose_ports()
            self._process = self._spawn()
            if self._becomes_ready():
                self._was_ready = True
                return
        raise EmbeddedServerError(f"{self.name} did not start:\n{tail(self.log)}")

    def stop(self, seconds: float = 10.0) -> None:
        """An orderly end: what it holds is written first."""
        if self._process is not None:
            stop(self._process, signal.SIGTERM, seconds)
            self._process = None

    def choose_ports(self) -> None:
        """Where it will listen."""
        self.port = free_port()

    @abstractmethod
    def _spawn(self) -> subprocess.Popen[bytes]:
        """Begins the process."""

    @abstractmethod
    def _becomes_ready(self) -> bool:
        """Waits until it answers; whether it does."""
