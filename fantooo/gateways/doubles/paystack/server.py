"""Puts the simulator together and serves it on loopback until it is told to stop."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from fantooo.gateways.doubles.paystack import api, checkout, control
from fantooo.gateways.doubles.paystack.provider import BY_ITSELF, Provider, Refusal
from fantooo.gateways.doubles.paystack.store import Store
from fantooo.gateways.doubles.paystack.webhooks import Webhooks

if TYPE_CHECKING:
    from types import FrameType

_log = logging.getLogger("paystack-simulator")


class _Handler(WSGIRequestHandler):
    """Keeps connections open, as the provider does, and writes down no request: they name people."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_arguments: Any) -> None:
        """Nothing."""


def main(arguments: Sequence[str]) -> int:
    """Serves as the command line says. The secret key comes from PAYSTACK_SECRET_KEY."""
    parser = argparse.ArgumentParser(prog="paystack simulator", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="where its memory lies")
    parser.add_argument("--port", type=int, required=True, help="on loopback")
    parser.add_argument("--webhook-url", default=None, help="where events go; nowhere when empty")
    parser.add_argument(
        "--by-itself",
        action="store_true",
        help="phones answer and refunds move on without being told to",
    )
    given = parser.parse_args(arguments)
    secret = os.environ.get("PAYSTACK_SECRET_KEY", "")
    if not secret:
        parser.error("PAYSTACK_SECRET_KEY is not set")
    return serve(
        given.home, given.port, secret, webhook_url=given.webhook_url, by_itself=given.by_itself
    )


def make(provider: Provider, secret: str) -> Flask:
    """The application."""
    app = Flask(__name__)
    app.config.update(SECRET=secret, BEGAN=time.monotonic(), MAX_CONTENT_LENGTH=256 * 1024)
    app.extensions["provider"] = provider
    app.extensions["stopping"] = threading.Event()
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for blueprint in (api.blueprint, checkout.blueprint, control.blueprint):
        app.register_blueprint(blueprint)
    app.register_error_handler(Refusal, api.refused)
    return app


def serve(home: Path, port: int, secret: str, *, webhook_url: str | None, by_itself: bool) -> int:
    """Serves from the memory in ``home`` until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    store = Store(home / "simulator.sqlite")
    provider = Provider(store, Webhooks(store, secret))
    changes: dict[str, Any] = {} if webhook_url is None else {"webhook_url": webhook_url}
    provider.change(**(changes | (BY_ITSELF if by_itself else {})))
    app = make(provider, secret)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler)
    server.daemon_threads = True  # type: ignore[attr-defined]

    def stop(_number: int, _frame: FrameType | None) -> None:
        app.extensions["stopping"].set()
        # On another thread: it waits for the loop that this signal interrupted.
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    clock = threading.Thread(target=provider.run, name="clock", daemon=True)
    clock.start()
    _log.info("no real money: listening on http://127.0.0.1:%s", port)
    server.serve_forever(poll_interval=0.5)
    provider.stop()
    clock.join(2)
    server.server_close()
    store.close()
    return 0
