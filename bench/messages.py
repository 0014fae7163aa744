"""The send path: from a user's frame, or form, to the frame on the operator's page."""

from __future__ import annotations

import json
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
_ANSWER = b'{"type":"answer","client_id":"'
_STATUS = b'","status":'
_CONTENT = "Good evening, how was your day by the sea?"


@dataclass
class Result:
    """One run. Latencies in ms; ``live`` from sending to the other party's frame."""

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
        self.lines = [Line(self.loop, port, self._answered_form) for _ in pairs]
        self.forms = [self._form(pair, port) for pair in pairs]
        self.frames = [self._frame(pair) for pair in pairs]
        self.desks = [
            Ear(self.loop, port, p.operator_caller.cookie, str(p.chat_id), "desk", self._heard)
            for p in pairs
        ]
        self.pages = [
            Ear(self.loop, port, p.user_caller.cookie, str(p.chat_id), "chat", self._answered_frame)
            for p in pairs
        ]
        self.by_form = False
        ears = [*self.desks, *self.pages]
        assert self.loop.until(lambda: all(e.ready for e in ears), 30), "sockets not ready"
        self._number = count(1)
        self._run_id = 0
        self._line_numbers = {line: n for n, line in enumerate(self.lines)}
        self._reset()

    @staticmethod
    def _frame(pair: Pair) -> tuple[bytes, bytes]:
        """Everything but the client's id, once: it is longer than what is left to do."""
        fields = {"chat": str(pair.chat_id), "content": _CONTENT, "quote": pair.quote}
        start = json.dumps({"type": "send", **fields})
        return f'{start[:-1]},"client_id":"'.encode(), b'"}'

    @staticmethod
    def _form(pair: Pair, port: int) -> tuple[bytes, bytes]:
        """The same as a request."""
        caller = pair.user_caller
        form = urlencode({"content": _CONTENT})
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
        self._senders: dict[bytes, int] = {}
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
        self._began[client_id] = began
        self._sent[n] = (client_id, began)
        if self.by_form:
            head, tail = self.forms[n]
            self.lines[n].send(head + client_id + tail)
        else:
            self._senders[client_id] = n
            head, tail = self.frames[n]
            self.pages[n].say(head + client_id + tail)

    def _answered_form(self, line: Line, status: int, body: bytes, now: float) -> None:
        self._answered(self._line_numbers[line], status, now)

    def _answered_frame(self, frame: bytes, now: float) -> None:
        if not frame.startswith(_ANSWER):
            return
        client_id = frame[len(_ANSWER) : len(_ANSWER) + 36]
        at = len(_ANSWER) + 36 + len(_STATUS)
        self._answered(self._senders.pop(client_id), int(frame[at : at + 3]), now)

    def _answered(self, n: int, status: int, now: float) -> None:
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
                if n in self._sent or self._waiting[n]:
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
        for each in [*self.lines, *self.desks, *self.pages]:
            each.close()
