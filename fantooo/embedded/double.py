"""A double of an outside service as a server of ``./dev run``: a program of its own, on loopback."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from fantooo.config import ROOT
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


class Double:
    """One double, its memory under ``home/name``. Subclasses say how it is called.

    The program lies in ``gateways/doubles`` and is started by its path, because importing Fantooo
    takes longer than all the rest of its start. It answers ``/_control/health``.
    """

    def __init__(self, name: str, home: Path) -> None:
        home = home.resolve()
        self._name = name
        self._process: subprocess.Popen[bytes] | None = None
        self._was_ready = False
        self.port = 0
        self.data = home / name
        self.log = home / "log" / f"{name}.log"

    @property
    def url(self) -> str:
        """Where it speaks HTTP, the same after a restart."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def exit_code(self) -> int | None:
        """How it ended, None while it runs or before it was started."""
        return None if self._process is None else self._process.poll()

    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

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
        raise EmbeddedServerError(f"The double of {self._name} did not start:\n{tail(self.log)}")

    def stop(self, seconds: float = 5.0) -> None:
        """An orderly end; it remembers everything."""
        if self._process is not None:
            stop(self._process, signal.SIGTERM, seconds)
            self._process = None

    def kill(self) -> None:
        """A crash, for tests."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def choose_ports(self) -> None:
        """Where it will listen."""
        self.port = free_port()

    def options(self) -> list[str]:
        """What its command line says beside its home and its port."""
        return []

    def secrets(self) -> Mapping[str, str]:
        """What it reads from its environment, because everybody can read a command line."""
        return {}

    def _spawn(self) -> subprocess.Popen[bytes]:
        program = str(ROOT / "fantooo" / "gateways" / "doubles")
        with self.log.open("ab") as log:
            return spawn(
                [
                    *(sys.executable, program, self._name),
                    *("--home", str(self.data), "--port", str(self.port), *self.options()),
                ],
                env=self.secrets(),
                cwd=ROOT,
                output=log,
            )

    def _becomes_ready(self) -> bool:
        wait_until(lambda: not self.alive() or self._answers(), seconds=_READY_SECONDS, every=0.03)
        return self.alive() and self._answers()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_control/health", timeout=2) as answer:  # noqa: S310 (our own address)
                return bool(answer.status == 200)
        except OSError:
            return False
