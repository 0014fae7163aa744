"""Running many at once: every thread stands at a barrier, then all go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from fantooo.domain.viewer import ANONYMOUS, Viewer
from fantooo.extensions import db
from fantooo.infra.database import acting_as


def race(
    app: Flask, tasks: Sequence[tuple[Viewer, Callable[[], Any]]], seconds: float = 60
) -> list[Any]:
    """Runs all tasks at once, each under its viewer; returns results or exceptions in order."""
    barrier = threading.Barrier(len(tasks))
    results: list[Any] = [None] * len(tasks)

    def run(index: int, viewer: Viewer, task: Callable[[], Any]) -> None:
        with app.app_context(), acting_as(viewer):
            barrier.wait()
            try:
                results[index] = task()
            except Exception as error:  # noqa: BLE001
                results[index] = error
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=run, args=(i, viewer or ANONYMOUS, task), daemon=True)
        for i, (viewer, task) in enumerate(tasks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    assert not any(thread.is_alive() for thread in threads), "a thread did not end: deadlock?"
    return results


def of(results: Sequence[Any], kind: type) -> list[Any]:
    """Those results that are of one type."""
    return [result for result in results if isinstance(result, kind)]
