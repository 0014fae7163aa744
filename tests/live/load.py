"""People who write without pause and try again like the page does: same client_id, by form if the socket is gone."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg
import websocket
from itsdangerous import URLSafeTimedSerializer

from fantooo.domain.viewer import Viewer
from tests.support import factories
from tests.support.server import LiveServer

_QUOTE = re.compile(r'name="quote" value="([^"]+)"')
#: the one answer to what passes by itself; the page tries again
_TRY_AGAIN = 503


class Caller:
    """A signed-in browser without a page: one kept connection, session cookie and CSRF token."""

    def __init__(self, server: LiveServer, viewer: Viewer) -> None:
        self.server = server
        self.viewer = viewer
        opened = server.sign_in(viewer)
        app = server.app
        seed = uuid.uuid4().hex
        session = {"_user_id": opened.token, "_fresh": True, "_permanent": True, "csrf_token": seed}
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        self.cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(session)}"
        csrf = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(seed)
        self.headers = {
            "Cookie": self.cookie,
            "X-CSRFToken": csrf if isinstance(csrf, str) else csrf.decode(),
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, form: dict[str, object] | None = None) -> tuple[int, str]:
        """Status and body. Raises ``OSError`` or ``HTTPException`` when the line breaks."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            body = urlencode(form) if form else None
            self._connection.request(method, path, body, self.headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Acknowledged:
    """A send that the server has answered with 200."""

    client_id: str
    chat_id: UUID
    seq: int
    began: float
    ended: float


@dataclass
class Tally:
    """What all writers saw, shared between them."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    tried: set[str] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: object) -> None:
        with self.lock:
            self.statuses[str(what)] += 1

    def fault(self, text: str) -> None:
        with self.lock:
            self.faults.append(text)


class Load:
    """Users and operators, a thread each. ``start`` and ``stop``; what they saw is in ``tally``."""

    def __init__(self, server: LiveServer, *, users: int, operators: int) -> None:
        self.server = server
        self.tally = Tally()
        character = server.character()
        with server.acting():
            team = [
                factories.operator(available=True, max_chats=users + 1) for _ in range(operators)
            ]
            people = [factories.user(100_000) for _ in range(users)]
            self.chats = {viewer: factories.open_chat(viewer, character) for viewer in people}
        self._users = [_User(self, Caller(server, v), self.chats[v]) for v in people]
        self._operators = [_Operator(self, Caller(server, v)) for v in team]
        self.stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        self.stopping.clear()
        self._threads = [
            threading.Thread(target=writer.run, daemon=True)
            for writer in [*self._users, *self._operators]
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Lets everybody finish what they began: an open send is tried until it is answered."""
        self.stopping.set()
        for thread in self._threads:
            thread.join(70)
        for writer in [*self._users, *self._operators]:
            writer.caller.close()
        assert not any(thread.is_alive() for thread in self._threads), "a writer never ended"
        assert self.tally.statuses["by socket"], "nobody wrote over a socket"

    def acknowledged_since(self, moment: float) -> dict[UUID, float]:
        """For each chat whose user began a send after ``moment``: when the first was answered."""
        first: dict[UUID, float] = {}
        for sent in list(self.tally.acknowledged):
            if sent.began >= moment:
                first[sent.chat_id] = min(first.get(sent.chat_id, sent.ended), sent.ended)
        return first


class _Line:
    """A user's socket, as far as it takes to send over it; opened anew after it was lost."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._line: websocket.WebSocket | None = None

    def ask(self, **message: str) -> tuple[int, str] | None:
        """Status and body of the answer; None when the line was lost, or stays closed."""
        try:
            line = self._line or self._open()
            line.send(json.dumps({"type": "send", **message}))
            while True:
                frame = json.loads(line.recv() or "{}")
                if not frame:
                    raise ConnectionError("closed")
                if frame["type"] == "answer" and frame["client_id"] == message["client_id"]:
                    return frame["status"], json.dumps(frame["body"])
        except (OSError, websocket.WebSocketException):
            self.close()
            return None

    def _open(self) -> websocket.WebSocket:
        server = self._caller.server
        self._line = websocket.create_connection(
            f"ws://127.0.0.1:{server.port}/ws",
            cookie=self._caller.cookie,
            origin=server.url,
            timeout=5,
        )
        return self._line

    def close(self) -> None:
        if self._line is not None:
            self._line.shutdown()
            self._line = None


class _User:
    def __init__(self, load: Load, caller: Caller, chat_id: UUID) -> None:
        self.load = load
        self.caller = caller
        self.line = _Line(caller)
        self.chat_id = chat_id
        self.quote = ""

    def run(self) -> None:
        while not self.load.stopping.wait(0.01):
            try:
                self._send_one()
            except Exception as error:  # noqa: BLE001
                self.load.tally.fault(f"user: {error!r}")
                break
        self.line.close()

    def _send_one(self) -> None:
        tally = self.load.tally
        client_id = str(uuid.uuid4())
        with tally.lock:
            tally.tried.add(client_id)
        began = time.monotonic()
        give_up = began + 60
        while time.monotonic() < give_up:
            try:
                if not self.quote:
                    self._read_quote()
                    continue
                message = {
                    "content": f"It is {client_id}",
                    "client_id": client_id,
                    "quote": self.quote,
                }
                answer = self.line.ask(chat=str(self.chat_id), **message)
                if answer is None:
                    tally.note("line lost")
                    path = f"/chat/{self.chat_id}/messages"
                    answer = self.caller.ask("POST", path, {**message})
                else:
                    tally.note("by socket")
                status, body = answer
            except (OSError, http.client.HTTPException) as error:
                tally.note(type(error).__name__)
                time.sleep(0.05)  # the page's back-off, shortened
                continue
            tally.note(status)
            if status == 200:
                envelope = json.loads(body)
                self._keep_quote(envelope["content"])
                assert envelope["client_id"] == client_id
                sent = Acknowledged(
                    client_id, self.chat_id, envelope["seq"], began, time.monotonic()
                )
                with tally.lock:
                    tally.acknowledged.append(sent)
                return
            if status == 409:
                self._keep_quote(json.loads(body)["error"]["composer"])
            elif status != _TRY_AGAIN:
                tally.fault(f"user: {status} {body[:300]}")
                return
            else:
                time.sleep(0.05)
        tally.fault(f"user: {client_id} was not answered in a minute")

    def _read_quote(self) -> None:
        self.caller.headers["Accept"] = "text/html"
        try:
            status, body = self.caller.ask("GET", f"/chat/{self.chat_id}")
        finally:
            self.caller.headers["Accept"] = "application/json"
        if status == 200:
            self._keep_quote(body)
        else:
            self.load.tally.note(f"page {status}")
            if status != _TRY_AGAIN:
                self.load.tally.fault(f"page: {status} {body[:300]}")
            time.sleep(0.05)

    def _keep_quote(self, html: str) -> None:
        found = _QUOTE.search(html)
        if found:
            self.quote = found.group(1)


class _Operator:
    """Answers what waits; now and then hands a chat back, so that it must find somebody else."""

    _WAITING = (
        "SELECT id, assignment_count, event_seq FROM chats"
        " WHERE assigned_operator_id = %s AND waiting_since IS NOT NULL"
    )

    def __init__(self, load: Load, caller: Caller) -> None:
        self.load = load
        self.caller = caller

    def run(self) -> None:
        while not self.load.stopping.wait(0.03):
            try:
                for chat_id, number, seen in self._waiting():
                    self._answer(chat_id, number, seen)
            except psycopg.OperationalError:
                time.sleep(0.05)
            except (OSError, http.client.HTTPException) as error:
                self.load.tally.note(f"operator {type(error).__name__}")

    def _waiting(self) -> list[Any]:
        server = self.load.server
        with server.place.connect(server.database) as connection:
            return connection.execute(self._WAITING, (self.caller.viewer.account_id,)).fetchall()

    def _answer(self, chat_id: UUID, number: int, seen: int) -> None:
        form: dict[str, object] = {"assignment_number": number}
        if random.random() < 0.1:
            where, form["reason"] = "handback", "wrap-up"
        else:
            where = "messages"
            form |= {"client_id": uuid.uuid4(), "content": "Tell me more!", "seen_seq": seen}
        status, body = self.caller.ask("POST", f"/operator/chat/{chat_id}/{where}", form)
        self.load.tally.note(f"operator {where} {status}")
        if status >= 500 and status != _TRY_AGAIN:
            self.load.tally.fault(f"operator: {status} {body[:300]}")
