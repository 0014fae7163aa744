"""How things stand, for /metrics: read from the database when asked, the same from every process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import func, select

from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import ChatQueueEntry, JobRun, Operator, OutboxEntry
from fantooo.services import partitions


@dataclass(frozen=True)
class Reading:
    """One figure: metric name, what it means, value, labels."""

    name: str
    meaning: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


def readings() -> list[Reading]:
    """Queue, operators, outbox, partitions and timed work as they are now."""
    return [*_queue(), *_jobs(), _months()]


def _queue() -> Iterator[Reading]:
    with unit_of_work(as_system=True) as work:
        session = work.session
        waiting, oldest = session.execute(
            select(
                func.count(),
                func.extract("epoch", func.now() - func.min(ChatQueueEntry.entered_queue_at)),
            )
        ).one()
        available = session.scalar(
            select(func.count()).select_from(Operator).where(Operator.is_available)
        )
        undone = session.scalar(
            select(func.count()).select_from(OutboxEntry).where(OutboxEntry.done_at.is_(None))
        )
    yield Reading("fantooo_queue_chats", "Chats that wait for an operator", waiting)
    yield Reading("fantooo_queue_oldest_seconds", "Longest wait in the queue", oldest or 0)
    yield Reading("fantooo_operators_available", "Operators switched to available", available or 0)
    yield Reading("fantooo_outbox_entries", "Outbox entries not done yet", undone or 0)


def _jobs() -> Iterator[Reading]:
    with unit_of_work(as_system=True) as work:
        rows = work.session.execute(
            select(
                JobRun.name,
                func.extract(
                    "epoch",
                    func.now() - func.max(JobRun.finished_at).filter(JobRun.status == "done"),
                ).label("age"),
                func.count().filter(JobRun.status == "failed").label("failed"),
            ).group_by(JobRun.name)
        ).all()
    for row in rows:
        labels = {"name": row.name}
        if row.age is not None:
            meaning = "Seconds since a job was last done"
            yield Reading("fantooo_job_age_seconds", meaning, row.age, labels)
        meaning = "Failed runs of a job in the last week"
        yield Reading("fantooo_job_failures", meaning, row.failed, labels)


def _months() -> Reading:
    ahead = partitions.newest_months_ahead()
    return Reading("fantooo_partition_months_ahead", "Months with a partition of messages", ahead)
