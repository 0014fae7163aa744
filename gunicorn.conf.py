"""gunicorn's settings. psycopg and Fantooo must not be imported here: workers patch first."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

_production = os.environ.get("FANTOOO_ENV") == "production"
_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

bind = f"{'0.0.0.0' if _production else '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"  # noqa: S104
workers = int(os.environ.get("WEB_CONCURRENCY") or _cores)
worker_class = "gevent"
#: live sockets stay connected: the default of 1,000 would be the limit of people online
worker_connections = 10_000
backlog = 2048
graceful_timeout = 10
timeout = 60
keepalive = 5
control_socket_disable = True
preload_app = False
#: Fantooo logs its requests itself, with their ids
accesslog = None
loglevel = "info" if _production else "warning"

_SERVICE_RESTART = 1012

# Workers write their figures here, so that any of them answers /metrics for all.
_METRICS = os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix="fantooo-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _METRICS


def child_exit(_server: Any, worker: Any) -> None:
    """Forgets the open sockets of a worker that has ended."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(_server: Any) -> None:
    """Leaves nothing behind."""
    shutil.rmtree(_METRICS, ignore_errors=True)


def post_worker_init(worker: Any) -> None:
    """Checks that queries do not block the loop, and lets live pages go as soon as we stop."""
    import gevent
    import psycopg.waiting

    from fantooo import realtime

    if psycopg.waiting.wait is not psycopg.waiting.wait_poll:
        raise RuntimeError("psycopg was imported before gevent patched: every query would block.")

    def close_sockets_when_told_to_stop() -> None:
        while worker.alive:
            gevent.sleep(0.05)
        # Else the worker waits its whole grace for them, and browsers see a broken connection.
        realtime.close_all(_SERVICE_RESTART)

    gevent.spawn(close_sockets_when_told_to_stop)
