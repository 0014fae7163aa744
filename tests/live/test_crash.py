"""kill -9 of everything under load: nothing acknowledged is lost, nothing is charged twice."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from fantooo.embedded import process
from fantooo.services import credits, silence
from tests.live.load import Load
from tests.support.cluster import Cluster
from tests.support.server import LiveServer

USERS, OPERATORS = 6, 3
_RECOVERY_SECONDS = 40.0
#: what a crash next door must never leave in the log: an answer nobody foresaw, or none at all
_FAULT = re.compile(
    r"unhandled_error|Error handling request|socket_failed|TypeError|AttributeError"
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Durable servers of our own: the run's own ones do not survive a crash."""
    made = Cluster(durable=True)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def server(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    home: Path = tmp_path_factory.mktemp("crash")
    made = LiveServer(cluster.place, home)
    made.start("web", "worker", "scheduler")
    yield made
    made.stop()


@pytest.fixture
def load(server: LiveServer) -> Iterator[Load]:
    """People who write; everything is checked once they have stopped."""
    made = Load(server, users=USERS, operators=OPERATORS)
    made.start()
    until(lambda: len(made.acknowledged_since(0)) == USERS, "the load did not start")
    yield made
    made.stop()


def until(
    condition: Callable[[], bool], complaint: str, seconds: float = _RECOVERY_SECONDS
) -> None:
    assert process.wait_until(condition, seconds=seconds), complaint


def wait_for_recovery(load: Load, since: float) -> float:
    """Waits until every user has sent anew, and once more; returns the seconds to the first."""
    until(
        lambda: len(load.acknowledged_since(since)) == USERS, f"no recovery: {load.tally.statuses}"
    )
    seconds = max(load.acknowledged_since(since).values()) - since
    again = time.monotonic()
    until(lambda: len(load.acknowledged_since(again)) == USERS, "the load stopped after recovery")
    return seconds


def verify(server: LiveServer, load: Load) -> None:
    """Everything that was answered is stored once, charged once, and waits for somebody."""
    tally = load.tally
    load.stop()
    assert tally.faults == [], server.log_text()[-6000:]
    ended = {name for name, each in server.processes.items() if each.poll() is not None}
    assert ended == set(), "what nobody killed runs on"
    wrong = [line for line in server.log_text().splitlines() if _FAULT.search(line)]
    assert wrong == [], wrong[:3]
    acknowledged = {sent.client_id: sent for sent in tally.acknowledged}
    assert len(acknowledged) == len(tally.acknowledged)
    assert set(acknowledged) == tally.tried, "every send was answered in the end"
    with server.place.connect(server.database) as connection:
        stored = connection.execute(
            "SELECT m.client_id::text, count(*), max(m.seq), count(t.id), max(m.credits_charged)"
            " FROM messages AS m LEFT JOIN credit_transfers AS t ON t.cause_id = m.id"
            " WHERE m.chat_id = ANY(%s) AND m.sender_type = 'real' GROUP BY m.client_id",
            (list(load.chats.values()),),
        ).fetchall()
        gaps = connection.execute(
            "SELECT c.id FROM chats AS c JOIN messages AS m ON m.chat_id = c.id"
            " GROUP BY c.id HAVING count(*) <> max(m.seq) OR count(DISTINCT m.seq) <> count(*)"
            " OR max(m.seq) <> c.event_seq OR c.message_count <> count(*)"
        ).fetchall()
        disorder = connection.execute(
            "SELECT chat_id FROM (SELECT chat_id, id, lag(id) OVER (PARTITION BY chat_id ORDER BY seq)"
            " AS before FROM messages) AS m WHERE before > id"
        ).fetchall()
    lost = set(acknowledged) - {row[0] for row in stored}
    doubled = [row for row in stored if row[1] != 1 or row[3] > 1]
    moved = [row for row in stored if acknowledged[row[0]].seq != row[2]]
    assert (len(lost), doubled, moved, gaps, disorder) == (0, [], [], [], [])
    with server.acting():
        silence.sweep()
        assert credits.verify_ledger() == []
    with server.place.connect(server.database) as connection:
        stuck = connection.execute(
            "SELECT c.id FROM chats AS c LEFT JOIN chat_queue AS q ON q.chat_id = c.id"
            " WHERE c.waiting_since IS NOT NULL AND (c.assigned_operator_id IS NULL) = (q.id IS NULL)"
        ).fetchall()
        idle = connection.execute(
            "SELECT q.chat_id FROM chat_queue AS q JOIN operators AS o ON o.is_available"
            " AND o.current_chat_count < o.max_concurrent_chats"
            " AND o.id <> ALL (q.excluded_operator_ids)"
            " AND o.last_activity > now() - interval '50 seconds'"
        ).fetchall()
        counts = connection.execute(
            "SELECT o.id FROM operators AS o LEFT JOIN chats AS c ON c.assigned_operator_id = o.id"
            " GROUP BY o.id HAVING o.current_chat_count <> count(c.id)"
        ).fetchall()
    assert (stuck, idle, counts) == ([], [], [])


def report(load: Load, what: str, seconds: list[float]) -> None:
    shown = ", ".join(f"{each:.2f}" for each in seconds)
    print(
        f"\n[crash] {what}: {len(load.tally.acknowledged)} sends acknowledged, 0 lost, 0 doubled;"
        f" seconds to recover: {shown}; answers: {dict(load.tally.statuses)}"
    )


def test_web_workers(server: LiveServer, load: Load, full: bool) -> None:
    seconds = []
    for _ in range(10 if full else 3):
        master = psutil.Process(server.processes["web"].pid)
        victim = master.children()[0]
        since = time.monotonic()
        victim.kill()
        seconds.append(wait_for_recovery(load, since))
        until(lambda m=master: len(m.children()) == 2, "gunicorn did not replace its worker")  # type: ignore[misc]
    verify(server, load)
    report(load, "web worker", seconds)


def test_all_of_web(server: LiveServer, load: Load) -> None:
    since = time.monotonic()
    server.kill("web")
    server.start("web")
    seconds = wait_for_recovery(load, since)
    verify(server, load)
    report(load, "gunicorn and all workers", [seconds])


def _sweeps_done(server: LiveServer, since: float) -> int:
    """How many sweeps were handed over and finished in the last seconds."""
    with server.place.connect(server.database) as connection:
        row = connection.execute(
            "SELECT count(*) FROM job_runs WHERE name = 'silence_sweep' AND status = 'done'"
            " AND claimed_at > now() - make_interval(secs => %s)",
            (time.monotonic() - since,),
        ).fetchone()
    assert row
    return int(row[0])


@pytest.mark.parametrize("name", ["worker", "scheduler"])
def test_jobs(server: LiveServer, load: Load, name: str) -> None:
    since = time.monotonic()
    server.kill(name)
    server.start(name)
    until(lambda: _sweeps_done(server, since) > 0, "no sweep ran after the crash")
    seconds = time.monotonic() - since
    verify(server, load)
    report(load, f"job {name}", [seconds])


def test_redis(server: LiveServer, load: Load, cluster: Cluster, full: bool) -> None:
    seconds, without = [], []
    for _ in range(3 if full else 1):
        since = time.monotonic()
        cluster.redis.kill()
        # Messages do not need Redis: they must go on without it.
        without.append(wait_for_recovery(load, since))
        back = time.monotonic()
        cluster.redis.start()
        seconds.append(wait_for_recovery(load, back))
        until(lambda s=back: _sweeps_done(server, s) > 0, "no sweep ran after the crash")  # type: ignore[misc]
    verify(server, load)
    report(load, f"Redis (sending without it after {max(without):.2f} s)", seconds)


def test_postgres(server: LiveServer, load: Load, cluster: Cluster, full: bool) -> None:
    seconds = []
    for kill in (_postmaster, _backend, _postmaster)[: 3 if full else 2]:
        since = time.monotonic()
        kill(cluster)
        seconds.append(wait_for_recovery(load, since))
    until(lambda: _sweeps_done(server, since) > 0, "no sweep ran after the crash")
    verify(server, load)
    report(load, "PostgreSQL (postmaster, one backend)", seconds)


def _postmaster(cluster: Cluster) -> None:
    cluster.postgres.kill()
    cluster.postgres.start()


def _backend(cluster: Cluster) -> None:
    """One backend dies: PostgreSQL then ends all others and recovers by itself."""
    for child in psutil.Process(cluster.postgres.pid).children():
        # Backends come and go while they are looked through.
        with suppress(psutil.NoSuchProcess):
            if any("fantooo_app" in part for part in child.cmdline()):
                child.kill()
                return
    pytest.fail("no backend of ours was there")
