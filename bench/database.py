"""What PostgreSQL alone can do: pgbench calling the same function on the same chats."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from bench.world import Pair, World
from fantooo.embedded import places

_SCRIPT = """\\set n random(1, {pairs})
SELECT s.outcome FROM bench_pairs AS p, send_message(p.account, p.chat, gen_random_uuid(), 'real',
 'Good evening, how was your day by the sea?', 'text', 1, false, 0, 0, 'free', false, p.version,
 '{{}}', 'normal', 15, '{{}}', NULL, NULL) AS s WHERE p.n = :n;
"""


def pgbench(
    world: World, pairs: list[Pair], *, clients: int = 8, seconds: int = 8
) -> dict[str, float]:
    """Calls a second and milliseconds a call."""
    server = world.server
    assert server is not None
    with server.place.connect(server.database) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_pairs")
        connection.execute(
            "CREATE TABLE bench_pairs (n int PRIMARY KEY, account uuid, chat uuid, version bigint)"
        )
        row = connection.execute("SELECT coalesce(max(version), 0) FROM system_settings").fetchone()
        assert row
        for n, pair in enumerate(pairs, 1):
            connection.execute(
                "INSERT INTO bench_pairs VALUES (%s, %s, %s, %s)",
                (n, pair.user.account_id, pair.chat_id, row[0]),
            )
        outcome = connection.execute(
            _SCRIPT.split("\n", 1)[1].format().replace(":n", "1").strip()  # type: ignore[arg-type]
        ).fetchone()
        assert outcome == ("sent",), outcome
    postgres = world.cluster.postgres
    program = places.postgres_programs(postgres.home, places.server_account()) / "pgbench"
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "send.sql"
        script.write_text(_SCRIPT.format(pairs=len(pairs)))
        done = subprocess.run(
            [program, "-h", postgres.sockets, "-U", "postgres", "-n", "-M", "prepared", "-f", script,
             "-c", str(clients), "-j", "2", "-T", str(seconds), server.database],
            capture_output=True, text=True,
        )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    latency = re.search(r"latency average = ([\d.]+)", done.stdout)
    assert rate and latency, done.stdout
    return {"rate": float(rate.group(1)), "ms": float(latency.group(1))}
