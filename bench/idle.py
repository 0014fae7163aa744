"""Open pages that do nothing: what a socket costs, and whether many slow the rest."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench.lines import Ear, Loop
from bench.world import World

_AT_ONCE = 100


@dataclass(frozen=True)
class Idle:
    """``kib`` a socket in the web workers (unique set size), and how long it took to open all."""

    sockets: int
    kib: float
    seconds: float


class IdleSockets:
    """Sockets of different users on the bench's own loop."""

    def __init__(self, world: World, loop: Loop, most: int) -> None:
        assert world.server is not None
        self.world = world
        self.loop = loop
        self.port = world.server.port
        self.ears: list[Ear] = []
        self._cookies = world.idle_cookies(most)
        self._before = self._memory()

    def open_up_to(self, wanted: int) -> Idle:
        began = time.perf_counter()
        while len(self.ears) < wanted:
            batch = [
                Ear(self.loop, self.port, cookie, None, "inbox", None)
                for cookie in self._cookies[len(self.ears) : min(wanted, len(self.ears) + _AT_ONCE)]
            ]
            assert self.loop.until(lambda made=batch: all(e.ready for e in made), 60), "not ready"  # type: ignore[misc]
            self.ears += batch
        seconds = time.perf_counter() - began
        assert not any(ear.closed for ear in self.ears)
        return Idle(wanted, (self._memory() - self._before) / wanted / 1024, seconds)

    def _memory(self) -> int:
        return sum(w.memory_full_info().uss for w in self.world.processes()["gunicorn workers"])

    def close(self) -> None:
        for ear in self.ears:
            ear.close()
