"""A chat page without a browser: socket, catch-up and the gate, as static/js does it."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import websocket

from tests.live.load import Caller
from tests.support.server import LiveServer

_BUBBLE = re.compile(r'<li id="m-([0-9a-f-]{36})"[^>]* data-seq="(\d+)"')
_PARTIAL = re.compile(
    r'<hx-partial hx-target="([^"]+)" hx-swap="(\w+)">(.*?)</hx-partial>', re.DOTALL
)
_SEEN = re.compile(r'data-seen="(\d+)"')

_dialled: list[websocket.WebSocket] = []


def dial(server: LiveServer, cookie: str = "", **options: Any) -> websocket.WebSocket:
    """An open socket. ``origin`` None leaves the header out; raises ``WebSocketException``."""
    options = {"origin": server.url, "timeout": 20, **options}
    if options["origin"] is None:
        options |= {"suppress_origin": True, "origin": None}
    line = websocket.create_connection(
        f"ws://127.0.0.1:{server.port}/ws", cookie=cookie or None, **options
    )
    _dialled.append(line)
    return line


def hang_up() -> None:
    """Ends every line that a test dialled and left open."""
    while _dialled:
        _dialled.pop().shutdown()


def greet(line: websocket.WebSocket, chat_id: UUID | None, page: str = "chat") -> None:
    """Says hello and waits for ``ready``."""
    say(line, type="hello", chat=str(chat_id) if chat_id else None, page=page)
    while json.loads(line.recv())["type"] != "ready":
        pass


def say(line: websocket.WebSocket, **frame: Any) -> None:
    line.send(json.dumps(frame))


def close_code(line: websocket.WebSocket) -> int:
    """Reads until the server closes; returns its code, 1006 when the line just broke."""
    try:
        while True:
            opcode, data = line.recv_data(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return int(struct.unpack(">H", data[:2])[0]) if len(data) >= 2 else 1005
            if opcode == websocket.ABNF.OPCODE_PING:
                line.pong(data)
    except (OSError, websocket.WebSocketException):
        return 1006


class Page:
    """Keeps ``bubbles`` as its page would show them. ``cut`` breaks the line; it comes back."""

    def __init__(self, caller: Caller, chat_id: UUID, side: str) -> None:
        self.caller = caller
        self.chat_id = chat_id
        self.path = f"/chat/{chat_id}" if side == "user" else f"/operator/chat/{chat_id}"
        self.kind = "chat" if side == "user" else "desk"
        self.bubbles: list[tuple[str, int]] = []
        self.faults: list[str] = []
        self.seen = 0
        self.catch_ups = self.reloads = self.connects = 0
        self.changed = threading.Condition(threading.RLock())
        self._line: websocket.WebSocket | None = None
        self._ending = False
        self._load()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    # One function, three doors: the socket, the answer to a send, the catch-up

    def take(self, envelope: dict[str, Any]) -> None:
        with self.changed:
            seq = envelope["seq"]
            if seq <= self.seen:
                return
            if seq > self.seen + 1:
                self.catch_up()
                return
            self._apply(envelope)
            self.seen = seq
            self.changed.notify_all()

    def catch_up(self) -> None:
        with self.changed:
            self.catch_ups += 1
            oldest = self.bubbles[0][0] if self.bubbles else ""
            status, text = self.caller.ask(
                "GET", f"{self.path}/changes?seen={self.seen}&oldest={oldest}"
            )
            if status != 200:
                raise ConnectionError(f"changes: {status}")
            body = json.loads(text)
            if body["reload"]:
                self.reloads += 1
                self._load()
                return
            for item in body["items"]:
                self._apply(item)
            self.seen = max(self.seen, body["seq"])
            self.changed.notify_all()

    def wait(self, condition: Callable[[], bool], seconds: float = 30) -> bool:
        with self.changed:
            return self.changed.wait_for(condition, seconds)

    def cut(self) -> None:
        """The line breaks without a word."""
        line = self._line
        if line is not None and line.sock is not None:
            with contextlib.suppress(OSError):
                line.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._ending = True
        self.cut()
        self._thread.join(20)
        self.caller.close()

    def _apply(self, envelope: dict[str, Any]) -> None:
        for target, swap, html in _PARTIAL.findall(envelope.get("content", "")):
            found = _BUBBLE.search(html)
            if target == "#messages" and swap == "beforeend" and found:
                bubble = (found.group(1), int(found.group(2)))
                if bubble in self.bubbles:
                    self.faults.append(f"double {bubble}")
                self.bubbles.append(bubble)
            elif target.startswith("#m-") and target[3:] not in {b[0] for b in self.bubbles}:
                self.faults.append(f"change of a missing bubble {target}")

    def _load(self) -> None:
        self.caller.headers["Accept"] = "text/html"
        try:
            status, html = self.caller.ask("GET", self.path)
        finally:
            self.caller.headers["Accept"] = "application/json"
        assert status == 200, (status, html[:200])
        found = _SEEN.search(html)
        assert found
        self.bubbles = [(one, int(seq)) for one, seq in _BUBBLE.findall(html)]
        self.seen = int(found.group(1))

    def _live(self) -> None:
        while not self._ending:
            try:
                self._line = dial(self.caller.server, self.caller.cookie)
                self.connects += 1
                say(self._line, type="hello", chat=str(self.chat_id), page=self.kind)
                while not self._ending:
                    text = self._line.recv()
                    if not text:
                        break
                    self._frame(json.loads(text))
            except (OSError, websocket.WebSocketException, ConnectionError):
                pass
            except Exception as error:  # noqa: BLE001
                self.faults.append(repr(error))
                return
            finally:
                if self._line is not None:
                    self._line.shutdown()
            if not self._ending:
                time.sleep(0.05)  # the page's back-off, shortened

    def _frame(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "ready":
            self.catch_up()
        elif "seq" in frame and frame.get("chat") == str(self.chat_id):
            self.take(frame)
            if frame["type"] == "message" and self._line is not None:
                say(
                    self._line,
                    type="seen",
                    chat=str(self.chat_id),
                    delivered=self.seen,
                    read=self.seen,
                )
