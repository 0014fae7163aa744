"""Messages flow both ways while lines are cut: every page shows what the database holds, in order."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
import uuid
from collections.abc import Iterator

import pytest

from fantooo.services import credits
from tests.live.load import Caller
from tests.live.page import Page
from tests.support import factories
from tests.support.cluster import Cluster
from tests.support.server import LiveServer

_QUOTE = re.compile(r'name="quote" value="([^"]+)"')


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Servers of our own, because Redis is restarted."""
    made = Cluster()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def server(cluster: Cluster, tmp_path) -> Iterator[LiveServer]:
    made = LiveServer(cluster.place, tmp_path)
    made.start("web")
    yield made
    made.stop()


class Writer(threading.Thread):
    """Sends until told to stop; a send that broke is tried again with the same client_id."""

    def __init__(self, page: Page, caller: Caller, number: int | None) -> None:
        super().__init__(daemon=True)
        self.page, self.caller, self.number = page, caller, number
        self.stopping = threading.Event()
        self.sent = 0
        self.refused: dict[int, int] = {}
        self.quote = ""

    def run(self) -> None:
        while not self.stopping.is_set():
            client_id = str(uuid.uuid4())
            while not self._send(client_id) and not self.stopping.is_set():
                self.stopping.wait(0.01)
        self.caller.close()

    def _send(self, client_id: str) -> bool:
        form: dict[str, object] = {"content": f"It is {client_id}", "client_id": client_id}
        if self.number is None:
            form["quote"] = self.quote
        else:
            form |= {"assignment_number": self.number, "seen_seq": self.page.seen}
        try:
            status, body = self.caller.ask("POST", f"{self.page.path}/messages", form)
            if status == 200:
                envelope = json.loads(body)
                self._keep_quote(envelope["content"])
                self.sent += 1
                self.page.take(envelope)
                return True
        except (OSError, http.client.HTTPException):
            return False
        self.refused[status] = self.refused.get(status, 0) + 1
        if status == 409 and self.number is not None:
            # Newer messages, or three in a row: the page must change first.
            at = self.page.seen
            self.page.wait(lambda: self.page.seen > at, 0.2)
        return False

    def _keep_quote(self, html: str) -> None:
        found = _QUOTE.search(html)
        if found:
            self.quote = found.group(1)


def test_every_page_equals_the_database(server: LiveServer, cluster: Cluster, full: bool) -> None:
    messages, cuts, restarts = (5000, 100, 2) if full else (300, 10, 1)
    character = server.character()
    with server.acting():
        user = factories.user(100_000)
        chat_id = factories.open_chat(user, character)
        operator = factories.operator(available=True)
        first = factories.send(user, chat_id)
    # Two pages of the user (two tabs) and the operator's desk.
    pages = [
        Page(Caller(server, user), chat_id, "user"),
        Page(Caller(server, user), chat_id, "user"),
        Page(Caller(server, operator), chat_id, "operator"),
    ]
    writers = [
        Writer(pages[0], Caller(server, user), None),
        Writer(pages[2], Caller(server, operator), 1),
    ]
    assert first.composer is not None
    writers[0].quote = first.composer.quote
    began = time.monotonic()
    for writer in writers:
        writer.start()
    cut_at = {messages * (n + 1) // (cuts + 1) for n in range(cuts)}
    restart_at = {messages * (n + 1) // (restarts + 1) for n in range(restarts)}
    done = 0
    while done < messages:
        assert pages[0].wait(lambda: sum(w.sent for w in writers) > done, 60), [
            w.refused for w in writers
        ]
        done += 1
        if done in cut_at:
            random.choice(pages).cut()
        if done in restart_at:
            cluster.redis.kill()
            cluster.redis.start()
    for writer in writers:
        writer.stopping.set()
    for writer in writers:
        writer.join(30)
    seconds = time.monotonic() - began
    try:
        compare(server, pages, chat_id)
    finally:
        for page in pages:
            page.close()
    with server.acting():
        assert credits.verify_ledger() == []
    print(
        f"\n[catch-up] {sum(w.sent for w in writers)} messages both ways in {seconds:.1f} s,"
        f" {cuts} cuts, {restarts} restarts of Redis, 3 pages: 0 gaps, 0 doubles, 0 disorder;"
        f" {sum(p.connects for p in pages)} connects, {sum(p.catch_ups for p in pages)} catch-ups,"
        f" {sum(p.reloads for p in pages)} reloads"
    )


def compare(server: LiveServer, pages: list[Page], chat_id: uuid.UUID) -> None:
    """Each page shows what is stored: all of it, once, in order; a reloaded one its newest part."""
    with server.place.connect(server.database) as connection:
        last = _event_seq(connection, chat_id)
        for page in pages:
            # Marks still move while pages tell what they have read.
            arrived = page.wait(lambda p=page: p.seen >= last, 20)  # type: ignore[misc]
            assert arrived, (page.kind, page.seen, last, page.faults)
        stored = [
            (str(row[0]), row[1])
            for row in connection.execute(
                "SELECT id, seq FROM messages WHERE chat_id = %s ORDER BY seq", (chat_id,)
            ).fetchall()
        ]
    ids = [one for one, _seq in stored]
    assert ids == sorted(ids), "id order is seq order"
    for page in pages:
        assert page.faults == []
        assert page.bubbles == stored[-len(page.bubbles) :]
        if not page.reloads:
            assert page.bubbles == stored


def _event_seq(connection, chat_id: uuid.UUID) -> int:
    row = connection.execute("SELECT event_seq FROM chats WHERE id = %s", (chat_id,)).fetchone()
    assert row
    return int(row[0])
