"""The Paystack simulator for tests: its control commands as methods, and a shop that gets webhooks."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from fantooo.embedded import paystack, process
from fantooo.gateways.paystack import Paystack


class PaystackSimulator:
    """The real simulator process. Between tests ``reset`` makes it forget everything."""

    def __init__(self, home: Path, *, webhook_url: str = "") -> None:
        self.server = paystack.PaystackSimulator(home, webhook_url=webhook_url)
        self._http = httpx.Client(trust_env=False, timeout=20)

    def start(self) -> None:
        self.server.start()

    def stop(self) -> None:
        self._http.close()
        self.server.stop()

    def restart(self, *, kill: bool = False) -> None:
        """Ends it, in order or by kill -9, and starts it again where it was."""
        self.server.kill() if kill else self.server.stop()
        self.server.start()

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def secret_key(self) -> str:
        return self.server.secret_key

    @property
    def settings(self) -> dict[str, str]:
        """Settings of an application that pays here: for ``make_app`` and ``own_server``."""
        return {"paystack_base_url": self.url, "paystack_secret_key": self.secret_key}

    def client(self, **changes: Any) -> Paystack:
        """Our own client, impatient, speaking to this simulator."""
        return Paystack(
            changes.pop("secret_key", self.secret_key),
            changes.pop("base_url", self.url),
            **{"connect_seconds": 2, "read_seconds": 5, "pause": lambda _seconds: None, **changes},
        )

    # Control

    def control(self, path: str, **given: Any) -> Any:
        """One command; see docs/payments.md."""
        answer = self._http.post(f"{self.url}/_control/{path}", json=given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def reset(self, **settings: Any) -> None:
        """Forgets everything; then sets ``settings`` (webhook_url, speed, mpesa_outcome, ...)."""
        self.control("reset")
        if settings:
            self.set(**settings)

    def set(self, **settings: Any) -> None:
        self.control("settings", **settings)

    def state(self) -> dict[str, Any]:
        """All it remembers: transactions, refunds, disputes, webhooks, orders, settings."""
        return dict(self._http.get(f"{self.url}/_control/state").json())

    def transaction(self, reference: str) -> dict[str, Any]:
        return next(t for t in self.state()["transactions"] if t["reference"] == reference)

    def webhooks(self, event: str = "") -> list[dict[str, Any]]:
        """Its webhooks, oldest first: event, body, state, attempts."""
        return [each for each in self.state()["webhooks"] if each["event"].startswith(event)]

    def next_webhook(self, how: str, **more: Any) -> None:
        """late (seconds), twice (copies), swapped, amount/currency (value), signature, unsigned, never.

        ``only`` is what the event begins with, ``times`` how often.
        """
        self.control("next/webhook", how=how, **more)

    def next_call(self, how: str, **more: Any) -> None:
        """error, timeout, garbage (body), slow (seconds), refuse (status, message).

        ``after`` lets the work be done first, ``only`` is what "METHOD /path" begins with, ``times``
        how often.
        """
        self.control("next/api", how=how, **more)

    def finish(self, reference: str, status: str = "success", **more: Any) -> dict[str, Any]:
        """What payer or bank made of a payment. ``amount``, ``currency``: what was really paid.

        ``announce=False`` sends no webhook; ``channel`` is card or mobile_money.
        """
        return dict(self.control(f"transactions/{reference}/finish", status=status, **more))

    def unknown_payment(self, amount: int = 18_000, **more: Any) -> dict[str, Any]:
        """A payment that the application knows nothing of: reference, created_at, announce, status."""
        return dict(self.control("transactions", amount=amount, **more))

    def open_dispute(self, reference: str, **more: Any) -> dict[str, Any]:
        """``amount`` in cents (all of it), ``due_in`` seconds (two days)."""
        return dict(self.control(f"transactions/{reference}/dispute", **more))

    def remind_dispute(self, number: int) -> dict[str, Any]:
        return dict(self.control(f"disputes/{number}/remind"))

    def resolve_dispute(self, number: int, resolution: str) -> dict[str, Any]:
        """``merchant-accepted``: we lost; ``declined``: we won."""
        return dict(self.control(f"disputes/{number}/resolve", resolution=resolution))

    def move_refund(self, number: int, status: str) -> dict[str, Any]:
        """processing, processed, failed or needs-attention."""
        return dict(self.control(f"refunds/{number}", status=status))

    def send_again(self, number: int) -> None:
        """Sends a webhook once more."""
        self.control(f"webhooks/{number}/send")

    def wait_for_webhooks(self, count: int, state: str = "delivered", event: str = "") -> None:
        """Waits until so many webhooks are in a state: delivered, waiting, dropped, held, ..."""
        reached = process.wait_until(
            lambda: sum(each["state"] == state for each in self.webhooks(event)) >= count,
            seconds=15,
        )
        assert reached, [
            (each["event"], each["state"], each["attempts"]) for each in self.webhooks()
        ]


class _Server(ThreadingHTTPServer):
    #: the default of 5 turns callers away
    request_queue_size = 128


class Shop:
    """Receives webhooks, and people who come back. ``answers`` are the next statuses, the last one stays.

    While ``open`` is cleared it takes them and does not answer.
    """

    def __init__(self) -> None:
        self.answers: list[int] = [200]
        self.open = threading.Event()
        self.open.set()
        self.received: list[tuple[float, bytes, dict[str, str]]] = []
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                names = {name.lower(): value for name, value in self.headers.items()}
                shop.received.append((time.monotonic(), raw, names))
                shop.open.wait(20)
                status = shop.answers.pop(0) if len(shop.answers) > 1 else shop.answers[0]
                with suppress(OSError):  # who sent it may be gone by now
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def do_GET(self) -> None:
                """Where a checkout leads back to."""
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/paystack"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self) -> None:
        self.open.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait_for(self, count: int) -> Sequence[tuple[float, bytes, dict[str, str]]]:
        arrived = process.wait_until(lambda: len(self.received) >= count, seconds=15, every=0.01)
        assert arrived, f"{len(self.received)} of {count} webhooks came"
        return self.received

    def events(self) -> list[str]:
        return [json.loads(raw)["event"] for _at, raw, _headers in self.received]
