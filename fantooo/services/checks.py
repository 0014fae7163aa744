"""Whether what Fantooo needs is in place: one table, asked by ``flask doctor`` and by health pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

import structlog
from flask import current_app
from sqlalchemy import text

from fantooo.extensions import db
from fantooo.infra import redis, schema, storage
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.queries import sessions
from fantooo.services import partitions, schedule

log = structlog.get_logger(__name__)

#: without these no page can be served; the others can be away for a while
FOR_WEB = ("database", "migrations", "redis")
#: what can change while Fantooo runs; the rest only changes with a release
FOR_HEALTH = (*FOR_WEB, "auth", "realtime", "storage", "jobs", "partitions")
_ECHO_SECONDS = 1.0
_KEPT_SECONDS = 2.0
#: the sweep is due every 10 s: this late means that scheduler or worker do not run
_JOBS_LATE = timedelta(seconds=90)


@dataclass(frozen=True)
class Health:
    """``status`` is healthy, degraded (pages work) or unhealthy; ``checks`` says what is right."""

    status: str
    checks: dict[str, bool]


def health(names: tuple[str, ...] = FOR_HEALTH) -> Health:
    """How the named checks stand, as of at most two seconds ago: anybody may ask.

    What is wrong is logged, not told: exceptions name inner things.
    """
    kept: dict[tuple[str, ...], tuple[float, Health]] = current_app.extensions.setdefault(
        "fantooo_health", {}
    )
    if names not in kept or time.monotonic() - kept[names][0] > _KEPT_SECONDS:
        kept[names] = (time.monotonic(), _health(names))
    return kept[names][1]


def _health(names: tuple[str, ...]) -> Health:
    results = {}
    for name in names:
        problem = problem_with(name)
        results[name] = not problem
        if problem:
            log.warning("check_failed", check=name, problem=problem)
    if all(results.values()):
        return Health("healthy", results)
    works = all(results.get(name, True) for name in FOR_WEB)
    return Health("degraded" if works else "unhealthy", results)


def problem_with(name: str) -> str:
    """What is wrong with one of ``CHECKS`` and what to do; empty when nothing is."""
    try:
        return CHECKS[name]()
    except Exception as error:  # noqa: BLE001 (whatever it is, this is not in place)
        return f"{type(error).__name__}: {error}".splitlines()[0][:300]


def _database() -> str:
    with db.engine.connect() as connection:
        version: int = connection.scalar(text("SHOW server_version_num"))
    return "" if int(version) >= 180000 else "PostgreSQL 18 or newer is needed"


@cache
def _newest_revisions() -> frozenset[str]:
    from alembic.config import Config  # noqa: PLC0415 (slow to import, only needed here)
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", current_app.extensions["migrate"].directory)
    return frozenset(ScriptDirectory.from_config(config).get_heads())


def _migrations() -> str:
    with unit_of_work(as_system=True) as work:
        present = set(work.session.scalars(text("SELECT version_num FROM alembic_version")))
    return "" if present == _newest_revisions() else "run `flask db upgrade`"


def _functions() -> str:
    with unit_of_work(as_system=True) as work:
        for name, source in schema.function_sources().items():
            body = work.session.scalar(
                text("SELECT prosrc FROM pg_proc WHERE proname = :name"), {"name": name}
            )
            if not body or body.strip() not in source:
                return f"{name} differs from its file; run `flask db upgrade`"
    return ""


def _row_security() -> str:
    with unit_of_work(as_system=True) as work:
        loose = list(
            work.session.scalars(
                text(
                    "SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n"
                    " ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
                    " AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
                    " AND c.relname <> 'alembic_version'"
                    " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
                )
            )
        )
    return f"no forced row security on {', '.join(loose)}" if loose else ""


def _partitions() -> str:
    ahead = partitions.newest_months_ahead()
    if ahead >= partitions.MONTHS_AHEAD:
        return ""
    return f"only {ahead} months ahead; run `flask partitions ensure`"


def _redis() -> str:
    redis.client().ping()
    return ""


def _auth() -> str:
    """A session can be looked up: that of nobody."""
    return "" if sessions.viewer_of(f"health-{uuid4()}") is None else "a made-up session was found"


def _realtime() -> str:
    """What is published comes back."""
    channel = f"fantooo:echo:{uuid4()}"
    with redis.client().pubsub() as listener:  # type: ignore[no-untyped-call]
        listener.subscribe(channel)
        until = time.monotonic() + _ECHO_SECONDS
        published = False
        while (left := until - time.monotonic()) > 0:
            message = listener.get_message(timeout=left)
            if message is None:
                continue
            if message["type"] == "message":
                return ""
            if not published:
                published = True
                redis.client().publish(channel, "echo")
    return "a published frame did not come back"


def _storage() -> str:
    """A file can be written and read."""
    kept, name = storage.media(), f"health-{uuid4()}"
    try:
        kept.save(name, b"fine")
        with kept.open(name) as file:
            return "" if file.read() == b"fine" else "a file came back changed"
    finally:
        kept.delete(name)


def _jobs() -> str:
    """Scheduler and worker do their work: the sweep of the silence rules was done just now."""
    done_at = schedule.last_done("silence_sweep")
    if done_at is not None and datetime.now(UTC) - done_at < _JOBS_LATE:
        return ""
    return "no timed work was done lately; do `flask jobs work` and `flask jobs schedule` run?"


def _assets() -> str:
    manifest = Path(current_app.static_folder or "") / "dist" / "manifest.json"
    return "" if manifest.exists() else "static/dist is missing; run `./dev assets`"


def warnings() -> list[str]:
    """What works, but is not as production should be."""
    settings = current_app.config["SETTINGS"]
    if not settings.paystack_secret_key:
        return ["payments: PAYSTACK_SECRET_KEY is not set: nobody can buy"]
    if settings.is_production and not settings.moves_real_money:
        return ["payments: a test key in production: people get credits, and no money moves"]
    return []


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "functions": _functions,
    "row security": _row_security,
    "partitions": _partitions,
    "redis": _redis,
    "auth": _auth,
    "realtime": _realtime,
    "storage": _storage,
    "jobs": _jobs,
    "assets": _assets,
}
