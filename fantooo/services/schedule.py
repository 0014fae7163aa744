"""What runs when: claiming due runs, handing them to the worker, and keeping their outcome.

The unique row ``job_runs (name, due_at)`` is leader lock and catch-up in one: any number of
schedulers may run, and what fell due while none did is claimed late, the newest run of each job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from croniter import croniter
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import aliased

from fantooo.domain.pricing import EAT
from fantooo.infra import job_queue, reporting
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import JobRun

log = structlog.get_logger(__name__)

#: a run handed over so long ago without an outcome was lost with its worker
LOST_AFTER = timedelta(minutes=10)
_KEPT = timedelta(days=7)
_OPEN = ("claimed", "enqueued", "running")
#: so long an open run is believed to be under way; then a newer one may start beside it
_TRUSTED_FOR = timedelta(seconds=30)


@dataclass(frozen=True)
class Entry:
    """One line of the schedule: a cron line in Nairobi's time and the job's dotted name.

    What takes seconds of computing goes to the slow queue, whose worker holds up nothing else.
    """

    name: str
    cron: str
    task: str
    queue: job_queue.Name = "default"

    def last_due(self, now: datetime) -> datetime:
        """The latest moment at or before ``now`` when this was due."""
        local = now.astimezone(EAT) + timedelta(seconds=1)
        due: datetime = croniter(self.cron, local).get_prev(datetime)
        return due


def claim_due(entries: Iterable[Entry], now: datetime) -> list[str]:
    """Claims what is due and hands it to the worker. Returns the names handed over.

    A run that is claimed but could not be handed over (Redis away) is tried again by a later call.
    """
    entries = list(entries)
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(JobRun)
            .where(JobRun.status.in_(("enqueued", "running")), JobRun.claimed_at < now - LOST_AFTER)
            .values(status="claimed", claimed_at=func.now())
        )
        under_way = set(
            work.session.scalars(
                select(JobRun.name).where(
                    JobRun.status.in_(_OPEN), JobRun.claimed_at > now - _TRUSTED_FOR
                )
            )
        )
        # While worker or Redis are away, open runs of a job must not pile up: a run that is under
        # way keeps the next one back, and a newer one takes the place of those before it.
        due = [
            {"name": e.name, "due_at": e.last_due(now)} for e in entries if e.name not in under_way
        ]
        if due:
            work.session.execute(insert(JobRun).values(due).on_conflict_do_nothing())
            newer = aliased(JobRun)
            work.session.execute(
                update(JobRun)
                .where(
                    JobRun.status.in_(_OPEN),
                    exists().where(newer.name == JobRun.name, newer.due_at > JobRun.due_at),
                )
                .values(status="failed", error="a newer run took its place")
                .execution_options(synchronize_session=False)
            )
    handed = []
    by_name = {e.name: e for e in entries}
    for name, due_at in _claimed():
        if name in by_name and _hand_over(by_name[name], due_at):
            handed.append(name)
    return handed


def _claimed() -> list[tuple[str, datetime]]:
    with unit_of_work(as_system=True) as work:
        rows = work.session.execute(
            select(JobRun.name, JobRun.due_at).where(JobRun.status == "claimed")
        ).all()
        return [(row.name, row.due_at) for row in rows]


def _hand_over(entry: Entry, due_at: datetime) -> bool:
    with unit_of_work(as_system=True) as work:
        mine = work.session.execute(
            update(JobRun)
            .where(JobRun.name == entry.name, JobRun.due_at == due_at, JobRun.status == "claimed")
            .values(status="enqueued", claimed_at=func.now())
            .returning(JobRun.name)
        ).one_or_none()
        if mine is None:
            return False
        # Inside the transaction: when Redis is away the claim stays open. Jobs may run twice.
        job_queue.enqueue(entry.task, due_at.isoformat(), queue_name=entry.queue)
    return True


def run(name: str, due_at: str, work_of_job: Callable[[], Any]) -> None:
    """Runs a job's work and keeps its outcome. Re-raises what it raised."""
    due = datetime.fromisoformat(due_at)
    _note(name, due, status="running", started_at=func.now())
    try:
        result = work_of_job()
    except Exception as error:
        _note(name, due, status="failed", finished_at=func.now(), error=repr(error)[:2000])
        log.exception("job_failed", job=name)
        reporting.report(error)
        raise
    values = asdict(result) if is_dataclass(result) and not isinstance(result, type) else result
    _note(name, due, status="done", finished_at=func.now(), result={"value": values}, error=None)


def _note(name: str, due: datetime, **values: Any) -> None:
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(JobRun).where(JobRun.name == name, JobRun.due_at == due).values(**values)
        )


def last_done(name: str) -> datetime | None:
    """When the newest run of a job that was done ended, None when there is no trace of one."""
    with unit_of_work(as_system=True) as work:
        return work.session.scalar(
            select(JobRun.finished_at)
            .where(JobRun.name == name, JobRun.status == "done")
            .order_by(JobRun.due_at.desc())
            .limit(1)
        )


@dataclass(frozen=True)
class LastRun:
    """The newest run of a job."""

    name: str
    due_at: datetime
    status: str
    finished_at: datetime | None
    error: str | None


def last_runs() -> list[LastRun]:
    """The newest run of each job, by name."""
    with unit_of_work(as_system=True) as work:
        rows = work.session.execute(
            select(JobRun.name, JobRun.due_at, JobRun.status, JobRun.finished_at, JobRun.error)
            .ext(distinct_on(JobRun.name))
            .order_by(JobRun.name, JobRun.due_at.desc())
        ).all()
        return [LastRun(*row) for row in rows]


def forget_old_runs(now: datetime) -> int:
    """Removes runs older than a week; returns how many."""
    with unit_of_work(as_system=True) as work:
        gone = work.session.execute(
            delete(JobRun).where(JobRun.due_at < now - _KEPT).returning(JobRun.name)
        ).all()
        return len(gone)
