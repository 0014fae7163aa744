"""``flask jobs work|schedule|status``."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import structlog
from flask import current_app
from flask.cli import AppGroup
from redis.exceptions import RedisError
from rq import Worker
from rq.serializers import JSONSerializer

from fantooo.extensions import db
from fantooo.infra import database, job_queue, redis, reporting
from fantooo.services import schedule as service

if TYPE_CHECKING:
    from types import FrameType

    from flask import Flask
    from rq import Queue
    from rq.executions import Execution
    from rq.job import Job

jobs = AppGroup("jobs", help="Timed work and its queue.")
log = structlog.get_logger(__name__)
_TICK_SECONDS = 1.0
_NICENESS = 15


class _AppWorker(Worker):
    """A worker whose forked jobs inherit the application instead of importing it anew."""

    told_to_stop = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.told_to_stop = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        # The parent's database connections must not be shared with this child.
        db.engine.dispose(close=False)
        try:
            return super().perform_job(job, queue, execution)
        finally:
            # This child ends without waiting for anybody.
            reporting.flush()


def install(app: Flask) -> None:
    """Adds the group."""
    app.cli.add_command(jobs)


@jobs.command("work")
@click.option("--burst", is_flag=True, help="End when the queue is empty.")
@click.option("--slow", is_flag=True, help="Do the jobs that take seconds of computing.")
def work(burst: bool, slow: bool) -> None:
    """Does queued jobs until told to stop."""
    if slow:
        # Whatever somebody waits for goes first.
        os.nice(_NICENESS)
    while True:
        worker = _AppWorker(
            [job_queue.queue("slow" if slow else "default")],
            connection=redis.for_worker(),
            serializer=JSONSerializer,
        )
        try:
            worker.work(burst=burst, with_scheduler=not burst, logging_level="WARNING")
        except RedisError as error:
            log.warning("worker_lost_redis", error_type=type(error).__name__)
        if burst or worker.told_to_stop:
            return
        # RQ's worker gives up when Redis dies at the wrong moment. Another one goes on from here.
        _wait_for_redis()


def _wait_for_redis() -> None:
    """Returns once Redis answers; a signal ends the program meanwhile."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: sys.exit(0))
    while True:
        time.sleep(_TICK_SECONDS)
        try:
            redis.client().ping()
        except RedisError:
            continue
        return


@jobs.command("schedule")
@click.option("--once", is_flag=True, help="Claim what is due now and end.")
def schedule(once: bool) -> None:
    """Claims due runs and hands them to the worker. Any number of these may run."""
    entries = current_app.extensions["fantooo_schedule"]
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    while True:
        try:
            service.claim_due(entries, datetime.now(UTC))
        except Exception as error:
            if not (isinstance(error, RedisError) or database.is_away(error)):
                raise
            # Claims are rows: the next round goes on where this one stopped.
            log.warning("schedule_waits", error_type=type(error).__name__)
        finally:
            db.session.remove()
        if once or stop.wait(_TICK_SECONDS):
            return


@jobs.command("status")
def status() -> None:
    """The newest run of each job, and how many jobs wait."""
    for run in service.last_runs():
        finished = run.finished_at.isoformat(timespec="seconds") if run.finished_at else "-"
        click.echo(
            f"{run.name:<22}{run.status:<10} due {run.due_at.isoformat(timespec='seconds')}"
            f"  finished {finished}  {run.error or ''}"
        )
    click.echo(f"{job_queue.waiting()} jobs wait in the queue.")
