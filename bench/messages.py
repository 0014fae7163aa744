"""The send path: from a user's POST to the frame on the operator's page."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import count
from random import getrandbits
from urllib.parse import urlencode

import psutil

from bench.lines import Ear, Line, Loop
from bench.world import Pair, World

_KEY = b'"client_id":"'


@dataclass
class Result:
    """One run. Latencies in ms; ``live`` from the POST to the other party's frame."""

    name: str
    seconds: float
    acknowledged: int
    delivered: int
    doubled: int
    lost: int
    live: list[float] = field(repr=False)
    answers: list[float] = field(repr=False)
    statuses: dict[int, int]
    cpu: dict[str, float]

    @property
    def rate(self) -> float:
        return self.acknowledged / self.seconds

    @staticmethod
    def percentile(values: list[float], share: float) -> float:
        ordered = sorted(values)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class Bench:
    """The pairs, each with a line to send on and both parties' live sockets."""

    def __init__(self, world: World, pairs: list[Pair]) -> None:
        assert world.server is not None
        self.world = world
        self.loop = Loop()
        port = world.server.port
        self.lines = [Line(self.loop, port, self._answered) for _ in pairs]
        self.requests = [self._request(pair, port) for pair in pairs]
        self.ears = []
        for pair in pairs:
            chat = str(pair.chat_id)
            self.ears.append(
                Ear(self.loop, port, pair.operator_caller.cookie, chat, "desk", self._heard)
            )
            self.ears.append(Ear(self.loop, port, pair.user_caller.cookie, chat, "chat", None))
        assert self.loop.until(lambda: all(e.ready for e in self.ears), 30), "sockets not ready"
        self._number = count(1)
        self._run_id = 0
        self._index = {line: n for n, line in enumerate(self.lines)}
        self._reset()

    @staticmethod
    def _request(pair: Pair, port: int) -> tuple[bytes, bytes]:
        """Everything but the client's id, once: it is longer than what is left to do."""
        caller = pair.user_caller
        form = urlencode({"content": "Good evening, how was your day by the sea?"})
        tail = f"&{urlencode({'quote': pair.quote})}&{form}"
        head = (
            f"POST /chat/{pair.chat_id}/messages HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            + "".join(f"{name}: {value}\r\n" for name, value in caller.headers.items())
            + f"Content-Length: {len('client_id=') + 36 + len(tail)}\r\n\r\nclient_id="
        )
        return head.encode(), tail.encode()

    def _reset(self) -> None:
        self._run_id = getrandbits(32)
        self._began: dict[bytes, float] = {}
        self._sent: dict[int, tuple[bytes, float]] = {}
        self._heard_ids: set[bytes] = set()
        self._acknowledged: set[bytes] = set()
        self._doubled = 0
        self._live: list[float] = []
        self._answers: list[float] = []
        self._statuses: Counter[int] = Counter()
        self._waiting: list[deque[float]] = [deque() for _ in self.lines]
        self._closed_loop = False

    def _send(self, n: int, began: float) -> None:
        client_id = b"%08x-0000-4000-8000-%012x" % (self._run_id, next(self._number))
        head, tail = self.requests[n]
        self._began[client_id] = began
        self._sent[n] = (client_id, began)
        self.lines[n].send(head + client_id + tail)

    def _answered(self, line: Line, status: int, body: bytes, now: float) -> None:
        n = self._index[line]
        client_id, began = self._sent.pop(n)
        self._statuses[status] += 1
        if status == 200:
            self._acknowledged.add(client_id)
            self._answers.append((now - began) * 1000)
        if self._waiting[n]:
            self._send(n, self._waiting[n].popleft())
        elif self._closed_loop:
            self._send(n, time.perf_counter())

    def _heard(self, frame: bytes, now: float) -> None:
        at = frame.find(_KEY)
        if at < 0:
            return
        client_id = frame[at + len(_KEY) : at + len(_KEY) + 36]
        began = self._began.get(client_id)
        if began is None:
            return
        if client_id in self._heard_ids:
            self._doubled += 1
            return
        self._heard_ids.add(client_id)
        self._live.append((now - began) * 1000)

    def saturate(self, seconds: float, name: str = "saturation") -> Result:
        """Every pair sends its next message as soon as the last one was answered."""
        self._reset()
        before, start = self._cpu(), time.perf_counter()
        self._closed_loop = True
        for n in range(len(self.lines)):
            self._send(n, time.perf_counter())
        while time.perf_counter() < start + seconds:
            self.loop.turn(0.05)
        taken = time.perf_counter() - start
        self._closed_loop = False
        return self._result(name, taken, len(self._acknowledged), before)

    def paced(self, rate: int, seconds: float, name: str = "") -> Result:
        """A message every 1/rate seconds, by the clock, whether or not the server keeps up.

        A message whose pair still waits for its last answer counts from when it was due.
        """
        self._reset()
        before, start = self._cpu(), time.perf_counter()
        total, sent, pairs = int(rate * seconds), 0, len(self.lines)
        while sent < total:
            now = time.perf_counter()
            while sent < total and start + sent / rate <= now:
                n = sent % pairs
                if self.lines[n].busy or self._waiting[n]:
                    self._waiting[n].append(start + sent / rate)
                else:
                    self._send(n, time.perf_counter())
                sent += 1
            self.loop.turn(start + sent / rate - time.perf_counter())
        # A line that still waits for its answer must not be given to the next run.
        assert self.loop.until(lambda: not self._sent, 120), "answers are missing"
        taken = time.perf_counter() - start
        return self._result(name or f"{rate}/s", taken, len(self._acknowledged), before)

    def _result(
        self, name: str, taken: float, acknowledged: int, before: dict[str, float]
    ) -> Result:
        after = self._cpu()
        self.loop.until(lambda: not self._sent and self._acknowledged <= self._heard_ids, 5)
        return Result(
            name=name,
            seconds=taken,
            acknowledged=acknowledged,
            delivered=len(self._heard_ids),
            doubled=self._doubled,
            lost=len(self._acknowledged - self._heard_ids),
            live=self._live,
            answers=self._answers,
            statuses=dict(self._statuses),
            cpu={k: after.get(k, 0) - v for k, v in before.items()},
        )

    def _cpu(self) -> dict[str, float]:
        used = {}
        for name, members in self.world.processes().items():
            total = 0.0
            for member in members:
                try:
                    times = member.cpu_times()
                except psutil.NoSuchProcess:
                    continue
                # With what those used that it has buried: a database process lives with its connection.
                total += times.user + times.system + times.children_user + times.children_system
            used[name] = total
        return used

    def close(self) -> None:
        for each in [*self.lines, *self.ears]:
            each.close()
