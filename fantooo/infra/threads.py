"""Work of the processor in a web worker: in real threads, so that the sockets beside it go on."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import ParamSpec, TypeVar, cast

import gevent
from gevent import monkey
from gevent.threadpool import ThreadPool

Given = ParamSpec("Given")
Made = TypeVar("Made")

#: pictures that are worked on at once in a process: each may hold some 300 MB of pixels
_LARGE_AT_ONCE = 2


def quick(function: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
    """``function`` in the hub's pool: for some milliseconds of work, such as argon2."""
    if not _in_worker():
        return function(*given, **named)
    return _apply(gevent.get_hub().threadpool, lambda: function(*given, **named))


def heavy(function: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
    """``function`` in a small pool of its own, where it waits for its turn: work that takes memory.

    Passwords never queue behind it.
    """
    if not _in_worker():
        return function(*given, **named)
    return _apply(_large(), lambda: function(*given, **named))


def _apply(pool: ThreadPool, work: Callable[[], Made]) -> Made:
    """Brings back what ``work`` returns or raises."""

    def tried() -> tuple[Made | None, Exception | None]:
        # The pool would print what is raised: a wrong password is no fault of ours.
        try:
            return work(), None
        except Exception as error:  # noqa: BLE001 (raised again, where it was asked for)
            return None, error

    made, error = pool.apply(tried)
    if error is not None:
        raise error
    return cast("Made", made)


@cache
def _large() -> ThreadPool:
    return ThreadPool(_LARGE_AT_ONCE)


def _in_worker() -> bool:
    """Whether this process serves sockets with gevent; elsewhere nobody is held up."""
    return bool(monkey.is_module_patched("threading"))
