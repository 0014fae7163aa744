"""The Paystack simulator as a server of ``./dev run``: on loopback, with a made-up key of its own."""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys
import urllib.request
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
#: by its path, because importing Fantooo takes longer than all the rest of its start
_PROGRAM = ROOT / "fantooo" / "gateways" / "doubles" / "paystack"


class PaystackSimulator:
    """One simulator, its memory under ``home/paystack``.

    ``webhook_url`` is where its events go; without one, where they went before. ``by_itself``:
    phones answer and refunds move on without being told to.
    """

    def __init__(self, home: Path, *, webhook_url: str = "", by_itself: bool = False) -> None:
        home = home.resolve()
        self._process: subprocess.Popen[bytes] | None = None
        self._was_ready = False
        self._options = [
            *(["--webhook-url", webhook_url] if webhook_url else []),
            *(["--by-itself"] if by_itself else []),
        ]
        self.secret_key = f"sk_test_{secrets.token_hex(20)}"
        self.port = 0
        self.data = home / "paystack"
        self.log = home / "log" / "paystack.log"

    @property
    def url(self) -> str:
        """Where its API is, the same after a restart."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """What tells Fantooo to pay here."""
        return {"PAYSTACK_BASE_URL": self.url, "PAYSTACK_SECRET_KEY": self.secret_key}

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
                self.port = free_port()
            self._process = self._spawn()
            if self._becomes_ready():
                self._was_ready = True
                return
        raise EmbeddedServerError(f"The Paystack simulator did not start:\n{tail(self.log)}")

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

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return spawn(
                [
                    *(sys.executable, _PROGRAM, "--home", self.data, "--port", str(self.port)),
                    *self._options,
                ],
                env={"PAYSTACK_SECRET_KEY": self.secret_key},
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
