"""Who may open a socket, what it may say and hear, when it ends, and what one can do to the others."""

from __future__ import annotations

import json
import signal
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psutil
import pytest
import redis
import websocket

from fantooo.domain.viewer import Viewer
from fantooo.embedded import process
from fantooo.infra.database import acting_as
from fantooo.realtime import wire
from fantooo.services import assignment, credits, exclusion, messages, silence
from tests.live.load import Caller
from tests.live.page import close_code, dial, greet, hang_up, say
from tests.support import factories
from tests.support.cluster import Place
from tests.support.pace import within
from tests.support.server import LiveServer, fetch

# One server for all of them, also where the tests of other files are shared out one by one.
pytestmark = pytest.mark.xdist_group("sockets")

_SECONDS_TO_CLOSE = 1.0
_LIMIT = 8192


@pytest.fixture(scope="module")
def server(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    made = LiveServer(place, tmp_path_factory.mktemp("sockets"))
    made.start("web")
    yield made
    made.stop()
    # Nothing that any test sent was answered by an accident.
    wrong = [
        line
        for line in made.log_text().splitlines()
        if "socket_failed" in line or "unhandled_error" in line or "Traceback" in line
    ]
    assert wrong == []


@pytest.fixture
def small(place: Place, tmp_path) -> Iterator[LiveServer]:
    """One worker with a single database connection, and low caps."""
    made = LiveServer(
        place,
        tmp_path,
        workers=1,
        database_pool_size=1,
        sockets_per_account=3,
        sockets_per_address=20,
        socket_recheck_seconds=0.5,
        send_recheck_seconds=0.2,
    )
    made.start("web")
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def _lines_end_with_their_test() -> Iterator[None]:
    yield
    hang_up()


class Talk:
    """Two users, each with a chat held by an operator of their own."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        character = server.character()
        with server.acting():
            self.anna, self.ben = factories.user(10_000), factories.user(10_000)
            self.annas = factories.open_chat(self.anna, character)
            self.bens = factories.open_chat(self.ben, character)
            self.olga = factories.operator(available=True, max_chats=1)
            factories.send(self.anna, self.annas, "Habari")
            self.otto = factories.operator(available=True, max_chats=1)
            factories.send(self.ben, self.bens, "Habari")
            self.admin = factories.admin()
        assert self.holder(self.annas) == self.olga.account_id
        assert self.holder(self.bens) == self.otto.account_id

    def holder(self, chat_id: UUID) -> UUID | None:
        return self.row(chat_id)[0]

    def row(self, chat_id: UUID) -> tuple[Any, ...]:
        with self.server.place.connect(self.server.database) as connection:
            found = connection.execute(
                "SELECT assigned_operator_id, event_seq, user_read_seq, operator_read_seq,"
                " user_delivered_seq, operator_delivered_seq FROM chats WHERE id = %s",
                (chat_id,),
            ).fetchone()
        assert found
        return found

    def end(self) -> None:
        with self.server.acting():
            for viewer in (self.olga, self.otto):
                assert viewer.account_id
                assignment.release_all(viewer.account_id, "offline")
                with self.server.place.connect(self.server.database) as connection:
                    connection.execute(
                        "UPDATE operators SET is_available = false, availability_reason = 'offline'"
                    )
                    connection.execute("UPDATE chats SET waiting_since = NULL")
                    connection.execute("DELETE FROM chat_queue")


@pytest.fixture
def talk(server: LiveServer) -> Iterator[Talk]:
    made = Talk(server)
    yield made
    made.end()


def cookie_of(server: LiveServer, viewer: Viewer) -> str:
    return Caller(server, viewer).cookie


def refused(server: LiveServer, cookie: str, **options: Any) -> int:
    """The status of a handshake that must fail; 302 leads to the login page."""
    try:
        dial(server, cookie, redirect_limit=0, **options)
    except websocket.WebSocketBadStatusException as error:
        return int(error.status_code)
    except websocket.WebSocketException as error:
        assert "Redirect limit" in str(error)
        return 302
    return 101


def next_frame(line: websocket.WebSocket, kind: str, seconds: float = 10) -> dict[str, Any]:
    line.settimeout(seconds)
    while True:
        frame: dict[str, Any] = json.loads(line.recv())
        if frame["type"] == kind:
            return frame


def everything_until_closed(line: websocket.WebSocket) -> tuple[list[dict[str, Any]], int]:
    """All frames that were still to come, and the close code."""
    frames = []
    line.settimeout(10)
    while True:
        opcode, data = line.recv_data(control_frame=True)
        if opcode == websocket.ABNF.OPCODE_TEXT:
            frames.append(json.loads(data))
        elif opcode == websocket.ABNF.OPCODE_CLOSE:
            return frames, int.from_bytes(data[:2], "big")


def test_origins(server: LiveServer, talk: Talk) -> None:
    cookie, port = cookie_of(server, talk.anna), server.port
    for origin in (
        None,
        "",
        "null",
        "http://evil.example",
        f"http://127.0.0.1.evil.example:{port}",
        "http://127.0.0.1.evil.example",
        f"http://chat.127.0.0.1:{port}",
        f"http://127.0.0.1:{port + 1}",
        "http://127.0.0.1",
        f"https://127.0.0.1:{port}",
        f"HTTP://127.0.0.1:{port}",
        f"http://LOCALHOST:{port}",
        f"http://localhost:{port}",
        f"http://127.0.0.1:{port}/",
        f"http://127.0.0.1:{port}0",
        f"http://127.0.0.1:{port}@evil.example",
        f"http://evil.example/http://127.0.0.1:{port}",
        f"http://evil.example http://127.0.0.1:{port}",
        f"//127.0.0.1:{port}",
    ):
        assert refused(server, cookie, origin=origin) == 403, origin
    line = dial(server, cookie)
    greet(line, talk.annas)
    line.close()


def test_who_may_not_open(server: LiveServer, talk: Talk) -> None:
    to_log_in = (302, 401)
    good = Caller(server, talk.anna)
    name, value = good.cookie.split("=", 1)
    for cookie in ("", f"{name}=", f"{name}=forged", f"{name}={value[:-2]}xx", f"other={value}"):
        assert refused(server, cookie) in to_log_in, cookie
    changes = {
        "expired": "UPDATE sessions SET expires_at = now() - interval '1 second' WHERE account_id = %s",
        "revoked": "DELETE FROM sessions WHERE account_id = %s",
        "banned": "UPDATE real_users SET is_banned = true WHERE id = %s",
        "banned for a time": "UPDATE real_users SET is_banned = true,"
        " banned_until = now() + interval '1 day' WHERE id = %s",
        "deleted": "UPDATE real_users SET deleted_at = now() WHERE id = %s",
        "closed": "UPDATE accounts SET is_active = false WHERE id = %s",
    }
    for why, statement in changes.items():
        with server.acting():
            viewer = factories.user()
        cookie = cookie_of(server, viewer)
        dial(server, cookie).close()
        with server.place.connect(server.database) as connection:
            assert connection.execute(statement, (viewer.account_id,)).rowcount  # type: ignore[arg-type]
        assert refused(server, cookie) in to_log_in, why


def test_a_session_opens_its_own_account_only(server: LiveServer, talk: Talk) -> None:
    """Whatever a page says it is, the session decides."""
    line = dial(server, cookie_of(server, talk.ben))
    greet(line, None)
    say(line, type="hello", chat=str(talk.annas), page="desk", account=str(talk.anna.account_id))
    # Its own answer, or the next greeting would take it for the one that the chat is heard.
    assert next_frame(line, "ready")
    greet(line, talk.bens)
    with server.acting():
        factories.send(talk.anna, talk.annas, "for Olga only")
        factories.send(talk.ben, talk.bens, "my own")
    frame = next_frame(line, "message")
    assert frame["chat"] == str(talk.bens)
    line.close()


def _message(talk: Talk, content: str = "Over the line") -> dict[str, Any]:
    """A message of Anna's as her page sends it: every side's fields are in it."""
    with talk.server.acting(), acting_as(talk.anna):
        assert talk.anna.account_id
        quote = messages.composer_of(talk.annas, talk.anna.account_id).quote
    return {"content": content, "quote": quote, "assignment_number": "1", "seen_seq": 9}


def test_messages_go_over_the_socket(server: LiveServer, talk: Talk) -> None:
    """Its sender is answered, all pages of both sides get it; a second tab gets no answer."""
    pages = [dial(server, cookie_of(server, talk.anna)) for _ in range(2)]
    desk = dial(server, cookie_of(server, talk.olga))
    for line in pages:
        greet(line, talk.annas)
    greet(desk, talk.annas, "desk")
    number = str(uuid4())
    say(pages[0], type="send", chat=str(talk.annas), client_id=number, **_message(talk))
    answer = next_frame(pages[0], "answer")
    assert (answer["client_id"], answer["status"], answer["retry_after"]) == (number, 200, 0)
    assert answer["body"]["client_id"] == number
    assert "Over the line" in next_frame(desk, "message")["content"]
    say(
        desk,
        type="send",
        chat=str(talk.annas),
        client_id=str(uuid4()),
        content="And back",
        assignment_number=1,
        seen_seq=talk.row(talk.annas)[1],
    )
    assert next_frame(desk, "answer")["status"] == 200
    with server.acting():
        factories.sign_out_everywhere(talk.anna)
    for line in pages:
        frames, _code = everything_until_closed(line)
        heard = [f["content"] for f in frames if f["type"] == "message"]
        assert "And back" in heard[-1]
        assert [f for f in frames if f["type"] == "answer"] == [], "the one answer was read above"


def test_a_session_that_ended_unheard_sends_nothing_for_long(place: Place, tmp_path) -> None:
    """No push told of its end, and the look at who listens is a minute away."""
    server = LiveServer(place, tmp_path, workers=1, send_recheck_seconds=0.3)
    server.start("web")
    try:
        talk = Talk(server)
        caller = Caller(server, talk.anna)
        line = dial(server, caller.cookie)
        greet(line, talk.annas)
        server.change("DELETE FROM sessions WHERE account_id = %s", talk.anna.account_id)
        began = time.monotonic()
        closed = False
        while not closed:
            say(line, type="send", chat=str(talk.annas), content="", client_id=str(uuid4()))
            opcode, data = line.recv_data()
            closed = opcode == websocket.ABNF.OPCODE_CLOSE
            assert time.monotonic() - began < within(5)
        assert int.from_bytes(data[:2], "big") == 4001
        assert refused(server, caller.cookie) in (302, 401)
    finally:
        server.stop()


def test_a_look_holds_nothing_while_a_message_is_sent(small: LiveServer) -> None:
    """One connection is all there is: who keeps it from the look waits for themselves."""
    talk = Talk(small)
    line = dial(small, cookie_of(small, talk.anna))
    greet(line, talk.annas)
    began = time.monotonic()
    # Beyond two looks of half a second each.
    while time.monotonic() - began < 1.2:
        frame = {"chat": str(talk.annas), "client_id": str(uuid4()), **_message(talk)}
        say(line, type="send", **frame)
        assert next_frame(line, "answer")["status"] == 200


def test_who_writes_over_the_socket_is_here(place: Place, tmp_path) -> None:
    """An hour of writing is an hour of use, although no request tells of it."""
    server = LiveServer(place, tmp_path, workers=1)
    server.start("web")
    try:
        talk = Talk(server)
        line = dial(server, cookie_of(server, talk.anna))
        greet(line, talk.annas)
        server.change(
            "INSERT INTO active_stretches (real_user_id, began_at, last_at, active_seconds)"
            " VALUES (%s, now() - interval '9 minutes', now() - interval '2 minutes', 60)"
            " ON CONFLICT (real_user_id) DO UPDATE SET last_at = excluded.last_at,"
            " began_at = excluded.began_at, active_seconds = 60",
            talk.anna.account_id,
        )
        say(line, type="send", chat=str(talk.annas), client_id=str(uuid4()), content="")
        next_frame(line, "answer")
        seconds = server.one(
            "SELECT active_seconds FROM active_stretches WHERE real_user_id = %s",
            talk.anna.account_id,
        )
        assert seconds > 60
    finally:
        server.stop()


def _wait_for_locks(server: LiveServer) -> int:
    """How many of the server's connections wait for somebody else's lock."""
    with server.place.connect(server.database) as looker:
        row = looker.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        ).fetchone()
    return int(row[0]) if row else 0


class Held:
    """Both places of a server with one connection, taken by forms that wait for Ben's chat."""

    def __init__(self, server: LiveServer, talk: Talk) -> None:
        self._server = server
        self._talk = talk
        self._callers = [Caller(server, talk.ben) for _ in range(2)]
        self._pool = ThreadPoolExecutor(2)

    def __enter__(self) -> Self:
        server, talk = self._server, self._talk
        with server.acting():
            sent = factories.send(talk.ben, talk.bens)
        assert sent.composer
        self._holder = server.place.connect(server.database)
        self._holder.autocommit = False
        self._holder.execute("SELECT 1 FROM chats WHERE id = %s FOR UPDATE", (talk.bens,))
        form = {"content": "Held", "quote": sent.composer.quote}
        path = f"/chat/{talk.bens}/messages"
        self._answers = [
            self._pool.submit(caller.ask, "POST", path, {**form, "client_id": str(uuid4())})
            for caller in self._callers
        ]
        assert process.wait_until(lambda: _wait_for_locks(server) > 0, seconds=10)
        return self

    def release(self) -> None:
        self._holder.rollback()

    def __exit__(self, *_error: object) -> None:
        self._holder.close()
        for answer in self._answers:
            answer.result(30)
        for caller in self._callers:
            caller.close()
        self._pool.shutdown()


def test_access_that_ends_while_a_message_waits_ends_the_message(small: LiveServer) -> None:
    """Asked for when it is its turn, as a form is, not when it came."""
    talk = Talk(small)
    line = dial(small, cookie_of(small, talk.anna))
    greet(line, talk.annas)
    frame = {"chat": str(talk.annas), "client_id": str(uuid4()), **_message(talk, "Too late")}
    before = _refused(small, "unauthorized")
    with Held(small, talk) as held:
        say(line, type="send", **frame)
        assert next_frame(line, "taken")["client_id"] == frame["client_id"]
        with small.acting():
            factories.sign_out_everywhere(talk.anna)
        assert close_code(line) == 4001
        held.release()
    # Refused, not only late.
    assert process.wait_until(lambda: _refused(small, "unauthorized") > before, seconds=within(10))
    assert small.one("SELECT count(*) FROM messages WHERE content = 'Too late'") == 0


def _refused(server: LiveServer, reason: str) -> float:
    """Messages refused for a reason, by the one worker's own count."""
    _status, text = fetch(f"{server.url}/metrics")
    name = f'fantooo_messages_refused_total{{reason="{reason}"}}'
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


def test_a_message_that_waits_is_said_to_be_taken(small: LiveServer) -> None:
    """Its page then knows that the line is not dead."""
    talk = Talk(small)
    line = dial(small, cookie_of(small, talk.anna))
    greet(line, talk.annas)
    frame = {"chat": str(talk.annas), "client_id": str(uuid4()), **_message(talk, "In good time")}
    with Held(small, talk) as held:
        say(line, type="send", **frame)
        assert next_frame(line, "taken")["client_id"] == frame["client_id"]
        held.release()
        assert next_frame(line, "answer")["status"] == 200
    assert small.one("SELECT count(*) FROM messages WHERE content = 'In good time'") == 1


def test_other_peoples_chats_stay_silent(server: LiveServer, talk: Talk) -> None:
    """Hello, typing, read marks and messages for a chat that is not mine: nothing heard, nothing moved."""
    strangers = [talk.ben, talk.otto, talk.admin]
    lines = []
    for viewer in strangers:
        line = dial(server, cookie_of(server, viewer))
        greet(line, None)
        say(line, type="hello", chat=str(talk.annas), page="desk")
        lines.append(line)
    anna, olga = (
        dial(server, cookie_of(server, talk.anna)),
        dial(server, cookie_of(server, talk.olga)),
    )
    greet(anna, talk.annas)
    greet(olga, talk.annas, "desk")
    before = talk.row(talk.annas)
    for line in lines:
        for on in (True, False):
            say(line, type="typing", chat=str(talk.annas), on=on)
        say(line, type="seen", chat=str(talk.annas), read=99, delivered=99)
        say(line, type="send", chat=str(talk.annas), client_id=NOBODYS, **_message(talk))
        assert next_frame(line, "answer")["status"] in (403, 404)
        say(line, type="beat")
    # Those who may are heard: so the others would have been by now.
    for line in lines:
        greet(line, None)
    say(olga, type="typing", chat=str(talk.annas), on=True)
    assert next_frame(anna, "typing") == {"type": "typing", "chat": str(talk.annas), "on": True}
    say(anna, type="typing", chat=str(talk.annas), on=True)
    assert next_frame(olga, "typing")["on"] is True
    assert talk.row(talk.annas) == before
    with server.acting():
        factories.send(talk.anna, talk.annas, "Nothing for strangers")
        factories.reply(talk.olga, talk.annas, "Only for Anna")
        for viewer in [talk.anna, talk.olga, *strangers]:
            factories.sign_out_everywhere(viewer)
    for line in lines:
        frames, code = everything_until_closed(line)
        assert code == 4001
        assert [f for f in frames if str(talk.annas) in json.dumps(f)] == []
        assert {f["type"] for f in frames} <= {"ready", "queue", "unread", "presence"}
    for line in (anna, olga):
        frames, _code = everything_until_closed(line)
        assert sum(f["type"] == "message" for f in frames) == 2
        # One hello each, one typing each: nobody else's was handed on.
        assert [f for f in frames if f["type"] == "typing"] == []


def _log_out(server: LiveServer, caller: Caller) -> None:
    status, _body = caller.ask("POST", "/logout", {"x": "y"})
    assert status in (302, 303), status


def test_access_that_ends_closes_within_a_second(server: LiveServer, talk: Talk) -> None:
    took = {}

    def closing(what: str, viewer: Viewer, end: Callable[[Caller], object]) -> None:
        caller = Caller(server, viewer)
        lines = [dial(server, caller.cookie) for _ in range(4)]
        for line in lines:
            greet(line, None)
        began = time.monotonic()
        end(caller)
        assert {close_code(line) for line in lines} == {4001}, what
        took[what] = time.monotonic() - began
        assert took[what] < within(_SECONDS_TO_CLOSE), took
        assert refused(server, caller.cookie) in (302, 401), what
        caller.close()

    def revoke(caller: Caller) -> None:
        with server.acting():
            factories.sign_out_everywhere(caller.viewer)

    def exclude(caller: Caller) -> None:
        with server.acting():
            assert caller.viewer.account_id
            exclusion.exclude(caller.viewer.account_id, length="6m", typed="stop", device="")

    closing("logout", talk.anna, lambda caller: _log_out(server, caller))
    closing("all sessions of a user", talk.anna, revoke)
    closing("all sessions of an operator", talk.olga, revoke)
    closing("all sessions of an admin", talk.admin, revoke)
    closing("a user who excludes themselves", talk.anna, exclude)
    shown = ", ".join(f"{what} {seconds:.2f}" for what, seconds in took.items())
    print(f"\n[sockets] seconds from the end of access to 4001: {shown}")


@pytest.mark.parametrize("says", ["nothing", "typing"])
def test_a_page_that_only_listens_is_looked_at_again(small: LiveServer, says: str) -> None:
    """A session that ends by itself, or while Redis was away: no push tells it, and no beat comes."""
    talk = Talk(small)
    caller = Caller(small, talk.anna)
    line = dial(small, caller.cookie)
    greet(line, talk.annas)
    small.change("DELETE FROM sessions WHERE account_id = %s", talk.anna.account_id)
    stop = threading.Event()

    def talking() -> None:
        with suppress(OSError, websocket.WebSocketException):
            while not stop.wait(0.05):
                say(line, type="typing", chat=str(talk.annas), on=True)

    speaker = threading.Thread(target=talking)
    if says == "typing":
        speaker.start()
    try:
        assert close_code(line) == 4001
    finally:
        stop.set()
        if says == "typing":
            speaker.join()
    assert refused(small, caller.cookie) in (302, 401)
    caller.close()


def test_logging_out_one_session_leaves_the_others(server: LiveServer, talk: Talk) -> None:
    here, there = Caller(server, talk.anna), Caller(server, talk.anna)
    mine, other = dial(server, here.cookie), dial(server, there.cookie)
    greet(mine, talk.annas)
    greet(other, talk.annas)
    _log_out(server, here)
    assert close_code(mine) == 4001
    with server.acting():
        factories.reply(talk.olga, talk.annas, "Still there?")
    assert next_frame(other, "message")["chat"] == str(talk.annas)
    here.close()


def _silent_for(server: LiveServer, viewer: Viewer, seconds: int) -> None:
    server.change(
        "UPDATE operators SET last_activity = now() - make_interval(secs => %s) WHERE id = %s",
        seconds,
        viewer.account_id,
    )


def test_an_operator_who_goes_from_page_to_page_is_there(server: LiveServer, talk: Talk) -> None:
    """No page of theirs lives long enough for a second beat; each one's opening is a beat."""
    fresh = (
        "SELECT count(*) FROM operators WHERE id = %s"
        " AND last_activity > now() - interval '50 seconds'"
    )
    cookie = cookie_of(server, talk.olga)
    for _page in range(3):
        _silent_for(server, talk.olga, 55)
        line = dial(server, cookie)
        greet(line, talk.annas, "desk")
        server.wait_for(fresh, talk.olga.account_id)
        line.close()
    with server.acting():
        assert silence.sweep().returned == 0
    assert talk.holder(talk.annas) == talk.olga.account_id
    there = "SELECT is_available FROM operators WHERE id = %s"
    assert server.one(there, talk.olga.account_id) is True


def test_an_operator_who_comes_back_is_given_what_waits(server: LiveServer, talk: Talk) -> None:
    """Silent for longer than a minute and not switched off yet: the page that opens says so."""
    with server.acting():
        back = factories.operator(available=True)
    _silent_for(server, back, 75)
    with server.acting():
        carol = factories.user()
        chat = factories.open_chat(carol, server.character())
        factories.send(carol, chat, "Anybody there?")
    assert talk.holder(chat) is None
    greet(dial(server, cookie_of(server, back)), None, "waiting")
    holder = "SELECT assigned_operator_id = %s FROM chats WHERE id = %s"
    server.wait_for(holder, back.account_id, chat)
    with server.acting():
        assert back.account_id
        assert silence.sweep().returned == 0
        assignment.release_all(back.account_id, "offline")


class LateConfirmations:
    """Stands before Redis: its answers to who subscribes come through once ``confirm`` is set."""

    def __init__(self, redis_url: str) -> None:
        redis_at = urlsplit(redis_url)
        self._redis = redis_at.hostname, redis_at.port
        self._door = socket.create_server(("127.0.0.1", 0))
        own = f"127.0.0.1:{self._door.getsockname()[1]}"
        self.url = redis_url.replace(f"{redis_at.hostname}:{redis_at.port}", own)
        self.confirm = threading.Event()
        threading.Thread(target=self._let_in, daemon=True).start()

    def _let_in(self) -> None:
        with suppress(OSError):
            while True:
                near, far = self._door.accept()[0], socket.create_connection(self._redis)
                subscribes = threading.Event()
                for hand_on, ends in (self._ask, (near, far)), (self._answer, (far, near)):
                    threading.Thread(target=hand_on, args=(*ends, subscribes), daemon=True).start()

    def _ask(self, near: socket.socket, far: socket.socket, subscribes: threading.Event) -> None:
        with suppress(OSError), near:
            while asked := near.recv(65536):
                if b"SUBSCRIBE" in asked:
                    subscribes.set()
                far.sendall(asked)
            # Redis answers that by ending too.
            far.shutdown(socket.SHUT_WR)

    def _answer(self, far: socket.socket, near: socket.socket, subscribes: threading.Event) -> None:
        with suppress(OSError), far:
            while answer := far.recv(65536):
                if subscribes.is_set():
                    self.confirm.wait()
                near.sendall(answer)

    def close(self) -> None:
        self.confirm.set()
        # A door that is only closed keeps who waits at it.
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()


def test_ready_waits_until_redis_has_confirmed(place: Place, tmp_path) -> None:
    """A page that caught up before could miss for ever what was published in between."""
    between = LateConfirmations(place.redis_url)
    server = LiveServer(place, tmp_path, workers=1, redis_url=between.url)
    try:
        server.start("web")
        talk = Talk(server)
        line = dial(server, cookie_of(server, talk.olga))
        say(line, type="hello", chat=str(talk.annas), page="desk")
        # Said when the page has joined its chat: a ready that waits for nothing is before it.
        assert json.loads(line.recv())["type"] == "presence"
        between.confirm.set()
        assert json.loads(line.recv())["type"] == "ready"
    finally:
        server.stop()
        between.close()


def test_a_chat_taken_away_is_not_heard_any_more(server: LiveServer, talk: Talk) -> None:
    olga, anna = (
        dial(server, cookie_of(server, talk.olga)),
        dial(server, cookie_of(server, talk.anna)),
    )
    greet(olga, talk.annas, "desk")
    greet(anna, talk.annas)
    say(anna, type="typing", chat=str(talk.annas), on=True)
    assert next_frame(olga, "typing")
    with server.acting():
        assert talk.olga.account_id
        began = time.monotonic()
        assignment.release_all(talk.olga.account_id, "silence", exclude=True)
    assert next_frame(olga, "unassigned")["chat"] == str(talk.annas)
    assert time.monotonic() - began < within(_SECONDS_TO_CLOSE)
    before = talk.row(talk.annas)
    say(olga, type="typing", chat=str(talk.annas), on=True)
    say(olga, type="seen", chat=str(talk.annas), read=99, delivered=99)
    # No word of olga's page that it shows another one: it is the server that lets go.
    say(anna, type="typing", chat=str(talk.annas), on=False)
    greet(anna, talk.annas)
    with server.acting():
        factories.send(talk.anna, talk.annas, "To the next one")
    say(olga, type="hello", chat=str(talk.annas), page="desk")
    with server.acting():
        for viewer in (talk.olga, talk.anna):
            factories.sign_out_everywhere(viewer)
    heard, _code = everything_until_closed(olga)
    assert {f["type"] for f in heard} <= {"queue", "ready"}, heard
    heard, _code = everything_until_closed(anna)
    assert [f for f in heard if f["type"] == "typing"] == []
    after = talk.row(talk.annas)
    assert after[2:] == before[2:] and after[1] == before[1] + 1


NOBODYS = "00000000-0000-7000-8000-000000000000"
#: what a page may say wrong, and the close code; None: it is ignored and the socket stays
BAD: dict[str, tuple[str | bytes, int | None]] = {
    "too long": ('{"type":"beat","x":"' + "a" * _LIMIT + '"}', 1009),
    "far too long": ("a" * 1_000_000, 1009),
    "no JSON": ("hello", 1003),
    "nothing": ("", 1003),
    "half": ('{"type":"beat"', 1003),
    "a list": ('["hello"]', 1003),
    "a string": ('"hello"', 1003),
    "a number": ("1", 1003),
    "null": ("null", 1003),
    "no type": ("{}", 1003),
    "no uuid": ('{"type":"hello","chat":"1"}', 1003),
    "a chat of the wrong type": ('{"type":"hello","chat":["x"]}', 1003),
    "a chat that is a number": ('{"type":"hello","chat":7}', 1003),
    "nested deeply": ("[" * 4000, 1003),
    "nested deeply and closed": ('{"type":' + "[" * 4000 + "]" * 4000 + "}", 1003),
    "a huge number": ('{"type":"beat","chat":' + "9" * 5000 + "}", 1003),
    "binary": (b'{"type":"beat"}', 1003),
    "an unknown kind": ('{"type":"promote","role":"admin"}', None),
    "a kind of the wrong type": ('{"type":{"a":1}}', None),
    "a kind that is null": ('{"type":null}', None),
    "a zero byte": ('{"type":"be\\u0000at"}', None),
    "half a character": ('{"type":"\\ud800"}', None),
    "infinite": ('{"type":"beat","x":Infinity}', None),
    "typing about no chat": ('{"type":"typing","on":"yes"}', None),
    "a message to no chat": ('{"type":"send","client_id":"a","content":"hi"}', None),
    "a message without an id": (f'{{"type":"send","chat":"{NOBODYS}","content":"hi"}}', 1003),
    "a message with a list for an id": (
        f'{{"type":"send","chat":"{NOBODYS}","client_id":["a"]}}',
        1003,
    ),
    "a message with an endless id": (
        f'{{"type":"send","chat":"{NOBODYS}","client_id":"{"a" * 37}"}}',
        1003,
    ),
    "a message with half an id": (
        f'{{"type":"send","chat":"{NOBODYS}","client_id":"\\ud800"}}',
        1003,
    ),
    "a message to nobody's chat": (
        f'{{"type":"send","chat":"{NOBODYS}","client_id":"a","content":{{"a":1}}}}',
        None,
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_frames(server: LiveServer, what: str) -> None:
    text, code = BAD[what]
    with server.acting():
        viewer = factories.user()
    line = dial(server, cookie_of(server, viewer))
    greet(line, None)
    if isinstance(text, bytes):
        line.send_binary(text)
    else:
        try:
            line.send(text)
        except (OSError, websocket.WebSocketException):
            assert code == 1009  # closed before all of it had arrived
    if code is None:
        greet(line, None)
        line.close()
    else:
        assert close_code(line) in ((code, 1006) if what == "far too long" else (code,))


@pytest.mark.parametrize(
    "mark",
    [-1, 2**62, 2**80, 1.5, "7", None, True, [1], {"a": 1}],
    ids=lambda mark: json.dumps(mark)[:12],
)
def test_bad_marks(server: LiveServer, talk: Talk, mark: object) -> None:
    line = dial(server, cookie_of(server, talk.anna))
    greet(line, talk.annas)
    before = talk.row(talk.annas)
    say(line, type="seen", chat=str(talk.annas), read=mark)
    assert close_code(line) == 1003
    assert talk.row(talk.annas) == before


def test_a_long_message_in_pieces_is_too_long_as_well(server: LiveServer, talk: Talk) -> None:
    line = dial(server, cookie_of(server, talk.anna))
    greet(line, talk.annas)
    frame = websocket.ABNF
    line.send_frame(frame.create_frame("a" * 4000, frame.OPCODE_TEXT, 0))
    try:
        for _ in range(4):
            line.send_frame(frame.create_frame("a" * 4000, frame.OPCODE_CONT, 0))
    except (OSError, websocket.WebSocketException):
        pass  # closed already
    assert close_code(line) in (1009, 1006)


def test_a_flood_is_closed_and_others_do_not_notice(server: LiveServer, talk: Talk) -> None:
    other = dial(server, cookie_of(server, talk.ben))
    greet(other, talk.bens)
    flooders = [dial(server, cookie_of(server, talk.anna)) for _ in range(4)]
    ended = []

    def flood(line: websocket.WebSocket) -> None:
        try:
            for _ in range(20_000):
                say(line, type="beat")
        except (OSError, websocket.WebSocketException):
            ended.append(line)

    threads = [threading.Thread(target=flood, args=(line,), daemon=True) for line in flooders]
    for thread in threads:
        thread.start()
    worst = 0.0
    for _ in range(20):
        began = time.monotonic()
        greet(other, talk.bens)
        worst = max(worst, time.monotonic() - began)
    for thread in threads:
        thread.join(30)
    assert len(ended) == 4, "a flood was taken to its end"
    assert worst < within(2), worst
    other.close()


def test_caps(small: LiveServer) -> None:
    with small.acting():
        viewers = [factories.user() for _ in range(8)]
    lines = []
    cookie = cookie_of(small, viewers[0])
    for _ in range(3):
        lines.append(dial(small, cookie))
        greet(lines[-1], None)
    assert close_code(dial(small, cookie)) == 1013, "a fourth of one account"
    for viewer in viewers[1:6]:
        cookie = cookie_of(small, viewer)
        for _ in range(3):
            lines.append(dial(small, cookie))
            greet(lines[-1], None)
    cookie = cookie_of(small, viewers[6])
    for _ in range(2):
        lines.append(dial(small, cookie))
        greet(lines[-1], None)
    assert len(lines) == 20
    assert close_code(dial(small, cookie_of(small, viewers[7]))) == 1013, "a 21st of one address"
    # What is closed is free again.
    lines.pop().close()
    assert process.wait_until(lambda: _opens(small, viewers[7]), seconds=5)
    for line in lines:
        line.close()


def _opens(server: LiveServer, viewer: Viewer) -> bool:
    line = dial(server, cookie_of(server, viewer))
    say(line, type="hello", chat=None, page="chat")
    try:
        return bool(json.loads(line.recv())["type"] == "ready")
    except (ValueError, websocket.WebSocketException):
        return False
    finally:
        line.shutdown()


def test_an_idle_socket_holds_no_database_connection(small: LiveServer) -> None:
    character = small.character()
    with small.acting():
        viewers = [factories.user() for _ in range(7)]
        chats = {viewer: factories.open_chat(viewer, character) for viewer in viewers}
    lines = []
    for viewer in viewers:
        cookie = cookie_of(small, viewer)
        for _ in range(2):
            lines.append(dial(small, cookie))
            greet(lines[-1], chats[viewer])
            say(lines[-1], type="seen", chat=str(chats[viewer]), read=1, delivered=1)
            say(lines[-1], type="beat")
            greet(lines[-1], chats[viewer])
    with small.place.connect(small.database) as connection:
        found = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'fantooo_app'"
        ).fetchone()
    assert len(lines) == 14 and found
    # Five of the worker at most, and those of this test's own application.
    assert found[0] <= 5 + 5 and found[1] == 0
    for viewer in viewers:
        caller = Caller(small, viewer)
        assert caller.ask("GET", "/chats/unread")[0] == 200
        caller.close()
    for line in lines:
        line.close()


# One against the others


def _percentile(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


class Pushes:
    """How long after its send a message is on the other side's page, send by send."""

    def __init__(self, server: LiveServer, talk: Talk) -> None:
        self.sender = Caller(server, talk.anna)
        self.path = f"/chat/{talk.annas}/messages"
        self.line = dial(server, cookie_of(server, talk.olga))
        greet(self.line, talk.annas, "desk")
        with server.acting():
            sent = factories.send(talk.anna, talk.annas)
        assert sent.composer
        self.quote = sent.composer.quote
        next_frame(self.line, "message")

    def measure(self, count: int) -> list[float]:
        took = []
        for number in range(count):
            client_id = f"00000000-0000-4000-8000-{time.time_ns() % 10**12:012d}"
            began = time.monotonic()
            status, body = self.sender.ask(
                "POST",
                self.path,
                {"content": f"Number {number}", "client_id": client_id, "quote": self.quote},
            )
            assert status == 200, body[:300]
            while next_frame(self.line, "message")["client_id"] != client_id:
                pass
            took.append(time.monotonic() - began)
            self.quote = json.loads(body)["content"].split('name="quote" value="')[1].split('"')[0]
        return took

    def close(self) -> None:
        self.sender.close()
        self.line.close()


def _dropped(server: LiveServer) -> float:
    """Sockets closed as too slow, by the one worker's own count."""
    _status, text = fetch(f"{server.url}/metrics")
    lines = [
        line for line in text.splitlines() if line.startswith("fantooo_sockets_dropped_total{")
    ]
    return sum(float(line.split()[-1]) for line in lines if 'code="1013"' in line)


def test_readers_that_do_not_read(place: Place, tmp_path, full: bool) -> None:
    """They are let go as too slow; the others' messages arrive as fast as without them."""
    readers, sends = (200, 400) if full else (50, 150)
    server = LiveServer(place, tmp_path, workers=1)
    server.start("web")
    talk = Talk(server)
    pushes = Pushes(server, talk)
    web = psutil.Process(server.processes["web"].pid).children()[0]
    client = redis.Redis.from_url(place.redis_url)
    try:
        pushes.measure(30)
        alone = pushes.measure(sends)
        cookie = cookie_of(server, talk.ben)
        lines = []
        for _ in range(readers):
            line = dial(server, cookie, sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)])
            greet(line, None)
            lines.append(line)
        before = web.memory_info().rss
        stop = threading.Event()

        def pour() -> None:
            assert talk.ben.account_id
            frame = wire.dump({"type": "notice", "text": "x" * 4096})
            while not stop.wait(0.01):
                client.publish(wire.account(talk.ben.account_id), wire.payload(wire.FOR_ALL, frame))

        pouring = threading.Thread(target=pour, daemon=True)
        pouring.start()
        beside = pushes.measure(sends)
        all_gone = process.wait_until(lambda: _dropped(server) >= readers, seconds=20)
        grown = (web.memory_info().rss - before) / 2**20
        stop.set()
        pouring.join()
        assert all_gone, f"{_dropped(server):.0f} of {readers} were let go"
        p99 = _percentile(alone, 0.99), _percentile(beside, 0.99)
        print(
            f"\n[sockets] {readers} readers that do not read: push p50 / p99"
            f" {_percentile(alone, 0.5) * 1000:.1f} / {p99[0] * 1000:.1f} ms alone,"
            f" {_percentile(beside, 0.5) * 1000:.1f} / {p99[1] * 1000:.1f} ms beside them;"
            f" worker grew by {grown:.0f} MB; all closed as too slow"
        )
        # One frame to all of them is work; each blocked writer would be the three seconds it is given.
        assert p99[1] < 5 * p99[0] + 1.0
        assert grown < 20 + readers * 0.5
        for line in lines:
            line.shutdown()
    finally:
        pushes.close()
        client.close()
        server.stop()


def test_all_come_back_at_once(server: LiveServer, full: bool) -> None:
    """Every line is cut, each chat moves on, everybody dials in the same moment and catches up."""
    people, each = (50, 10) if full else (10, 6)
    character = server.character()
    with server.acting():
        viewers = [factories.user() for _ in range(people)]
        chats = [factories.open_chat(viewer, character) for viewer in viewers]
    callers = [Caller(server, viewer) for viewer in viewers]
    pages = [(caller, chat) for caller, chat in zip(callers, chats, strict=True)] * each
    barrier = threading.Barrier(len(pages))

    def come(page: tuple[Caller, UUID]) -> tuple[float, websocket.WebSocket]:
        caller, chat_id = page
        barrier.wait()
        began = time.monotonic()
        line = dial(server, caller.cookie, timeout=60)
        greet(line, chat_id)
        return time.monotonic() - began, line

    with ThreadPoolExecutor(len(pages)) as pool:
        for _took, line in pool.map(come, pages):
            line.shutdown()
        with server.acting():
            for viewer, chat_id in zip(viewers, chats, strict=True):
                factories.send(viewer, chat_id, "Written meanwhile")
        results = list(pool.map(come, pages))
    seconds = sorted(took for took, _line in results)
    for caller, chat_id in zip(callers, chats, strict=True):
        status, body = caller.ask("GET", f"/chat/{chat_id}/changes?seen=0&oldest=")
        assert status == 200
        assert "Written meanwhile" in body
        caller.close()
    for _took, line in results:
        line.shutdown()
    print(
        f"\n[sockets] {len(pages)} came back at once: all ready, median {seconds[len(seconds) // 2]:.2f} s,"
        f" last {seconds[-1]:.2f} s"
    )
    assert seconds[-1] < within(30 if full else 10)


def test_a_stopping_server_says_so_and_answers_what_it_began(place: Place, tmp_path) -> None:
    server = LiveServer(place, tmp_path, workers=2)
    server.start("web")
    talk = Talk(server)
    try:
        lines = [dial(server, cookie_of(server, talk.ben)) for _ in range(12)]
        for line in lines:
            greet(line, talk.bens)
        with server.acting():
            sent = factories.send(talk.anna, talk.annas)
        assert sent.composer
        form = {"content": "On my way out", "quote": sent.composer.quote}
        callers = [Caller(server, talk.anna) for _ in range(6)]
        with place.connect(server.database) as holder, ThreadPoolExecutor(6) as pool:
            holder.autocommit = False
            holder.execute("SELECT 1 FROM chats WHERE id = %s FOR UPDATE", (talk.annas,))
            answers = [
                pool.submit(caller.ask, "POST", f"/chat/{talk.annas}/messages",
                            {**form, "client_id": f"00000000-0000-4000-8000-{number:012d}"})
                for number, caller in enumerate(callers)
            ]  # fmt: skip
            all_wait = process.wait_until(
                lambda: _wait_for_locks(server) == len(callers), seconds=10
            )
            assert all_wait, "the sends are not in flight"
            began = time.monotonic()
            process.ask_to_stop(server.processes["web"], signal.SIGTERM)
            codes = [close_code(line) for line in lines]
            seconds = time.monotonic() - began
            holder.rollback()
            statuses = [answer.result(20)[0] for answer in answers]
        for caller in callers:
            caller.close()
        assert codes == [1012] * len(lines)
        assert seconds < within(_SECONDS_TO_CLOSE)
        # Under its lock all of them found the free messages or credits they were shown.
        assert set(statuses) <= {200, 409}, statuses
        assert statuses.count(200) >= 1
        assert server.processes["web"].wait(12) == 0
        with server.acting():
            assert credits.verify_ledger() == []
        print(
            f"\n[sockets] 1012 to {len(lines)} pages {seconds:.2f} s after SIGTERM; sends: {statuses}"
        )
    finally:
        server.stop()
