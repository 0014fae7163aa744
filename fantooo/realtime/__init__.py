"""Live pages: the socket endpoint, who listens to what, and pushes of what was committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fantooo.infra import bus
from fantooo.realtime import endpoint, pushes
from fantooo.realtime.hub import Hub

if TYPE_CHECKING:
    from flask import Flask

    from fantooo.realtime.endpoint import TakeMessage

_hubs: list[Hub] = []


def install(app: Flask, *, take_message: TakeMessage) -> None:
    """Adds the socket to ``app`` and pushes its events to Redis after each commit.

    ``take_message`` sends the messages that come from pages over it.
    """
    settings = app.config["SETTINGS"]
    hub = Hub(settings.redis_url or "redis://127.0.0.1:6379/0")
    app.extensions["fantooo_hub"] = hub
    _hubs.append(hub)
    bus.subscribe(app, pushes.push)
    endpoint.install(app, take_message)


def close_all(code: int) -> None:
    """Closes every socket of this process; with 1012 browsers come back to another worker."""
    for hub in _hubs:
        hub.close_all(code)
