"""Handing work to RQ by dotted name, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from flask import current_app
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from fantooo.infra import redis

if TYPE_CHECKING:
    from rq.job import Job

#: short work, and what takes seconds of computing: each has workers of its own
Name = Literal["default", "slow"]
QUEUES: tuple[Name, ...] = get_args(Name)


def queue(name: Name = "default") -> Queue:
    """One of the queues, on this process's Redis."""
    return Queue(name, connection=redis.client(), serializer=JSONSerializer)


def enqueue(name: str, *arguments: str | int, queue_name: Name = "default") -> Job:
    """Puts the job with the dotted ``name`` into a queue; arguments must be plain JSON.

    Raises ``redis.RedisError`` when Redis is away.
    """
    return queue(queue_name).enqueue(
        name,
        *arguments,
        retry=Retry(max=3, interval=[5, 30, 120]),
        job_timeout=current_app.config.get("JOB_TIMEOUT", 300),
        result_ttl=300,
        failure_ttl=7 * 24 * 3600,
    )


def waiting() -> int:
    """How many jobs wait, in all queues."""
    counts: list[Any] = [queue(name).count for name in QUEUES]
    return sum(int(count) for count in counts)
