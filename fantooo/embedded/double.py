"""A double of an outside service as a server of ``./dev run``: a program of its own, on loopback."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Mapping

from fantooo.config import ROOT
from fantooo.embedded.process import spawn, wait_until
from fantooo.embedded.server import PortServer

_READY_SECONDS = 30.0


class Double(PortServer):
    """One double. Subclasses say how it is called.

    The program lies in ``gateways/doubles`` and is started by its path, because importing Fantooo
    takes longer than all the rest of its start. It answers ``/_control/health``.
    """

    @property
    def url(self) -> str:
        """Where it speaks HTTP, the same after a restart."""
        return f"http://127.0.0.1:{self.port}"

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
                    *(sys.executable, program, self.name),
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
