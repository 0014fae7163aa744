"""Lets only so many requests begin at once; the others wait in line, before they hold anything.

Whoever has begun asks the database several times. Were everybody let in, each of these questions would
stand in line behind everybody else's, and when very many come at once nobody would be done in time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import current_app, g, request

from fantooo.domain.errors import ServiceUnavailable
from fantooo.web.guards import MACHINE_ENDPOINTS

if TYPE_CHECKING:
    from flask import Flask

_PLACES = "fantooo_places"
#: some wait for somebody else's server, a lock or a password's hash, and use no connection meanwhile
_PER_CONNECTION = 2
#: rather late than in vain: the last of very many stands behind all others
_PATIENCE_SECONDS = 15.0
#: what machines ask must not wait behind people, and a socket stays for hours
_FREE = MACHINE_ENDPOINTS | {"socket.live"}


def install(app: Flask) -> None:
    """Makes requests wait for one of the places, two for each connection of the database's pool.

    Who waits in vain gets ``ServiceUnavailable``.
    """
    app.extensions[_PLACES] = threading.BoundedSemaphore(
        app.config["SETTINGS"].database_pool_size * _PER_CONNECTION
    )
    app.before_request(_enter)
    app.teardown_request(_leave)


@contextmanager
def place() -> Iterator[None]:
    """Holds one of the places for what is no request. Raises ``ServiceUnavailable``."""
    _take()
    try:
        yield
    finally:
        current_app.extensions[_PLACES].release()


def _take() -> None:
    if not current_app.extensions[_PLACES].acquire(timeout=_PATIENCE_SECONDS):
        raise ServiceUnavailable


def _enter() -> None:
    if request.endpoint not in _FREE:
        _take()
        g.has_place = True


def _leave(_error: BaseException | None) -> None:
    if g.pop("has_place", False):
        current_app.extensions[_PLACES].release()
