"""Fantooo's own programs that kill themselves (kill -9) at a named point, once, when they are told to.

``python -m tests.support.dying jobs work`` is the worker, ``tests.support.dying:app`` what gunicorn
serves. A point is armed by a file of its name in the folder that DYING_AT names; who comes by
removes the file and is dead, so that exactly one process dies and it is seen from outside.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fantooo.gateways.paystack import Paystack
from fantooo.services import (
    credits,
    money_refunds,
    payments,
    refund_booking,
    refund_progress,
    webhooks,
)

FOLDER = "DYING_AT"

#: name: which program, whose function, its name, and whether death comes before the call or after it
POINTS: dict[str, tuple[str, Any, str, str]] = {
    "buy: order written": ("web", Paystack, "initialize", "before"),
    "buy: checkout made": ("web", Paystack, "initialize", "after"),
    "buy: before the prompt": ("web", Paystack, "charge_mpesa", "before"),
    "buy: prompt sent": ("web", Paystack, "charge_mpesa", "after"),
    "webhook: not stored": ("web", webhooks, "receive", "before"),
    "webhook: stored": ("web", webhooks, "receive", "after"),
    "webhook: provider asked": ("worker", Paystack, "verify", "after"),
    "webhook: credited, not committed": ("worker", credits, "add_purchase", "after"),
    "webhook: credited": ("worker", payments, "settle", "after"),
    "refund: written": ("web", money_refunds, "send_soon", "before"),
    "refund: not asked for": ("worker", Paystack, "refund", "before"),
    "refund: asked for": ("worker", Paystack, "refund", "after"),
    "refund: booked, not committed": ("worker", refund_booking, "succeed", "after"),
    "refund: booked": ("worker", refund_progress, "heard", "after"),
}


def arm(folder: Path, point: str) -> Path:
    """The next process that comes by dies; returns the file that is gone then."""
    assert point in POINTS
    flag = folder / point
    flag.touch()
    return flag


def _install() -> None:
    folder = Path(os.environ[FOLDER])
    for point, (_program, where, name, when) in POINTS.items():
        setattr(where, name, _deadly(getattr(where, name), folder / point, when == "after"))


def _deadly(call: Callable[..., Any], flag: Path, after: bool) -> Callable[..., Any]:
    @functools.wraps(call)
    def deadly(*args: Any, **kwargs: Any) -> Any:
        if not after:
            _die_if(flag)
        result = call(*args, **kwargs)
        if after:
            _die_if(flag)
        return result

    return deadly


def _die_if(flag: Path) -> None:
    try:
        flag.unlink()
    except FileNotFoundError:
        return
    if "jobs" in sys.argv:
        # A job runs in a child of its worker: both die.
        os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


if FOLDER in os.environ:
    _install()
    if __name__ == "__main__":
        from flask.cli import main

        main()
    else:
        from wsgi import app as app
