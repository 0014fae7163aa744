"""The proof of the ledger on a million movements: seconds, memory, and ten planted faults."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench import data
from fantooo.config import ROOT
from tests.support.cluster import Cluster, Place

#: half of the messages are people's own, and all but three of a chat are paid
_SIZE = data.Size(characters=100, users=2_000, operators=20, chats=8_000, messages=2_070_000)

_MONEY = (
    """
    INSERT INTO credit_transfers (id, real_user_id, debit_account, credit_account, amount, kind,
        cause_id, chat_id, price_factors, created_at)
    SELECT uuidv7(m.created_at - now()), c.real_user_id, 'wallet', 'usage', 1, 'message_charge', m.id,
        m.chat_id, '{"base": 1}', m.created_at
    FROM messages AS m JOIN chats AS c ON c.id = m.chat_id
    WHERE m.sender_type = 'real' AND m.seq > 6
    """,
    """
    UPDATE messages SET credits_charged = 1, is_free_message = false
    WHERE sender_type = 'real' AND seq > 6
    """,
    """
    CREATE TEMP TABLE spent AS SELECT real_user_id AS id, count(*) AS credits,
        ceil(count(*) / 700.0)::integer AS packages
    FROM credit_transfers GROUP BY real_user_id
    """,
    """
    INSERT INTO transactions (real_user_id, type, amount, credits_amount, reason, payment_provider,
        provider_reference, channel, status, package_snapshot, created_at, completed_at)
    SELECT id, 'purchase', 4000, 700, 'Season', 'paystack', 'fan-' || id || '-' || n, 'checkout',
        'success', '{"credits": 700, "price": "4000.00"}', now() - interval '61 days',
        now() - interval '61 days'
    FROM spent, generate_series(1, packages) AS n
    """,
    """
    INSERT INTO credit_transfers (id, real_user_id, debit_account, credit_account, amount, kind,
        cause_id, created_at)
    SELECT uuidv7(created_at - now()), real_user_id, 'sales', 'wallet', 700, 'purchase', id, created_at
    FROM transactions
    """,
    """
    UPDATE real_users AS u SET credits = s.packages * 700 - s.credits, total_spent = s.packages * 4000,
        loyalty_points = s.credits
    FROM spent AS s WHERE s.id = u.id
    """,
    """
    UPDATE chats AS c SET total_credits_spent = t.n FROM (SELECT chat_id, count(*) AS n
        FROM credit_transfers WHERE chat_id IS NOT NULL GROUP BY chat_id) AS t WHERE t.chat_id = c.id
    """,
    "ANALYZE",
)

#: ten single rows of a million, and the invariant that each breaks
_ONE_USER = "(SELECT id FROM real_users ORDER BY id OFFSET {} LIMIT 1)"
_ONE_CHARGE = (
    "(SELECT {} FROM credit_transfers WHERE kind = 'message_charge' ORDER BY id OFFSET {} LIMIT 1)"
)
_PLANTED = (
    ("stored balance = sum of transfers",
     f"UPDATE real_users SET credits = credits + 1 WHERE id = {_ONE_USER.format(700)}"),
    ("stored bonus = sum of bonus parts",
     f"UPDATE real_users SET bonus_credits = 1 WHERE id = {_ONE_USER.format(701)}"),
    ("spend = credited purchases less refunds",
     f"UPDATE real_users SET total_spent = total_spent - 1 WHERE id = {_ONE_USER.format(702)}"),
    ("points = credits spent less entries",
     f"UPDATE real_users SET loyalty_points = loyalty_points + 1 WHERE id = {_ONE_USER.format(703)}"),
    ("owed = lost disputes less what was paid",
     f"UPDATE real_users SET owed_credits = 1 WHERE id = {_ONE_USER.format(704)}"),
    ("each charged message has one transfer of its price",
     f"UPDATE messages SET credits_charged = 2 WHERE id = {_ONE_CHARGE.format('cause_id', 400_000)}"),
    ("each charge belongs to a message",
     f"DELETE FROM messages WHERE id = {_ONE_CHARGE.format('cause_id', 500_000)}"),
    ("each charge was paid by the chat's user",
     "UPDATE credit_transfers SET real_user_id = " + _ONE_USER.format(3)
     + f" WHERE id = {_ONE_CHARGE.format('id', 600_000)}"),
    ("credits bought are those of the package",
     ("UPDATE transactions SET amount = 3999 WHERE id = (SELECT id FROM transactions ORDER BY id"
     " OFFSET 900 LIMIT 1)")),
    ("no wallet was ever below zero",
     ("UPDATE credit_transfers SET id = uuidv7(interval '70 days') WHERE id IN (SELECT id"
     f" FROM credit_transfers WHERE kind = 'purchase' AND real_user_id = {_ONE_USER.format(705)})")),
)  # fmt: skip


@dataclass(frozen=True)
class Proof:
    """One run of ``flask ledger verify``; memory in MB, of the command and of its database's process."""

    name: str
    seconds: float
    command_mb: float
    database_mb: float
    found: int
    planted: int


def run() -> list[Proof]:
    """Makes the million, proves it clean, plants, proves again; printed as it comes."""
    cluster = Cluster(durable=True)
    place = cluster.start()
    try:
        name = place.clone()
        with place.connect(name) as superuser:
            data.grow(superuser, _SIZE)
            superuser.execute("SET session_replication_role = replica")
            for statement in _MONEY:
                superuser.execute(statement)  # type: ignore[arg-type]
            row = superuser.execute("SELECT count(*) FROM credit_transfers").fetchone()
            assert row
            _say(f"{row[0]:,} movements of {_SIZE.users:,} wallets")
            clean = _verify(place, name, "clean", ())
            for _invariant, statement in _PLANTED:
                done = superuser.execute(statement)  # type: ignore[arg-type]
                assert done.rowcount, statement
            planted = tuple(invariant for invariant, _statement in _PLANTED)
            broken = _verify(place, name, "ten faults planted", planted)
        return [clean, broken]
    finally:
        cluster.stop()


def _verify(place: Place, name: str, what: str, planted: tuple[str, ...]) -> Proof:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        program = subprocess.Popen(
            [sys.executable, "-m", "flask", "ledger", "verify"],
            env=place.environment(name, Path(home)),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        command, database = 0.0, 0.0
        while program.poll() is None:
            command = max(command, _mb(program.pid))
            database = max(database, _database_mb(place, name))
            time.sleep(0.1)
        assert program.stdout
        printed = program.stdout.read()
    broken = set(re.findall(r"BROKEN  ([^:]+):", printed))
    found = sum(invariant in broken for invariant in planted)
    proof = Proof(what, time.monotonic() - began, command, database, found, len(planted))
    _say(
        f"{what}: {proof.seconds:.1f} s, {command:.0f} MB in the command, {database:.0f} MB in the"
        f" database's processes, found {found} of {len(planted)}"
    )
    if bool(program.returncode) != bool(planted) or found != len(planted):
        _say(printed)
    return proof


def _mb(pid: int) -> float:
    try:
        return float(psutil.Process(pid).memory_info().rss) / 1e6
    except psutil.Error:
        return 0.0


def _database_mb(place: Place, name: str) -> float:
    """What the backends of the proof hold of their own, without the pages they share."""
    with place.connect() as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND usename = 'fantooo_app'",
            (name,),
        ).fetchall()
        workers = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE leader_pid = ANY(%s)", ([r[0] for r in rows],)
        ).fetchall()
    total = 0.0
    for (pid,) in [*rows, *workers]:
        try:
            memory = psutil.Process(pid).memory_info()
            total += float(memory.rss - memory.shared) / 1e6
        except psutil.Error:
            continue
    return total


def _say(text: str) -> None:
    print(text, flush=True)
