"""Limits of time, for a machine as fast as it is now: a throttled one is no fault of the product."""

from __future__ import annotations

import time

_STEPS = 500_000
#: what the steps below take on the project's kind of machine at full speed
_USUAL_SECONDS = 0.03


def within(seconds: float) -> float:
    """``seconds``, or proportionally more when this machine is slower than usual right now."""
    taken = max(_measured() for _ in range(3))
    return seconds * max(1.0, taken / _USUAL_SECONDS)


def _measured() -> float:
    began = time.perf_counter()
    total = 0
    for number in range(_STEPS):
        total += number
    return time.perf_counter() - began
