"""Webhooks: signed, sent, and sent again in the provider's rhythm until they are answered by 200."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fantooo.gateways.doubles.paystack import orders
from fantooo.gateways.doubles.paystack.store import Record, Store

#: seconds between attempts: every 3 minutes four times, then hourly for 72 hours
RETRY_AFTER = (*([180] * 4), *([3600] * 72))
_ANSWER_SECONDS = 15
_AT_ONCE = 16


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """An answer that leads elsewhere is no 200, and is not followed."""

    def redirect_request(self, *_arguments: Any) -> None:
        """Nowhere."""


# Straight to the shop: it is on this machine, not behind the network's proxy.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoDetours)


class Webhooks:
    """The provider's side of webhooks. ``due`` of a record is when it is to be sent next."""

    def __init__(self, store: Store, secret: str) -> None:
        self._store = store
        self._secret = secret
        self._senders = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhook")
        #: told when something may have become due
        self.wake: Callable[[], None] = lambda: None
        for record in store.all("webhook"):
            if record["state"] == "sending":  # we were killed before we knew the answer
                record |= {"state": "waiting", "due": time.time()}
                store.save(record)

    def stop(self) -> None:
        """Sends nothing more; what is under way is sent again after the next start."""
        self._senders.shutdown(wait=False, cancel_futures=True)

    def announce(self, event: str, data: dict[str, Any]) -> None:
        """Makes an event's webhook, as it should be or as the oldest order wants it."""
        with self._store.work():
            order = orders.take(self._store, "webhook", event) or {"how": ""}
            how = order["how"]
            if how in ("amount", "currency"):
                data = {**data, how: order.get("value", 100 if how == "amount" else "USD")}
            record: Record = {
                "event": event,
                "body": json.dumps({"event": event, "data": data}, separators=(",", ":")),
                "signature": how if how in ("signature", "unsigned") else "right",
                "state": "waiting",
                "due": time.time() + (float(order.get("seconds", 5)) if how == "late" else 0.0),
                "attempts": [],
                "releases": None,
            }
            if how == "never":
                record |= {"state": "dropped", "due": None}
            elif how == "swapped":
                record |= {"state": "held", "due": None}
            else:
                record["releases"] = self._held()
            for _copy in range(int(order.get("copies", 2)) if how == "twice" else 1):
                self._store.add("webhook", record)
        self.wake()

    def _held(self) -> int | None:
        """The webhook that was to be overtaken, and has been now."""
        for record in self._store.all("webhook"):
            if record["state"] == "held":
                record["state"] = "overtaken"
                self._store.save(record)
                return int(record["id"])
        return None

    def send_again(self, number: int) -> bool:
        """Sends one webhook now, whatever became of it; returns whether there is such a one."""
        with self._store.work():
            record = self._store.get("webhook", number)
            if record is None:
                return False
            self._store.save({**record, "state": "waiting", "due": time.time()})
        self.wake()
        return True

    def send_due(self) -> None:
        """Sends all whose time has come, many at once, and does not wait for the answers."""
        with self._store.work():
            ready = self._store.due("webhook", time.time())
            for record in ready:
                record |= {"state": "sending", "due": None}
                self._store.save(record)
        for record in ready:
            self._senders.submit(self._send, record)

    def _send(self, record: Record) -> None:
        settings = self._store.named("settings", "settings") or {}
        url = settings.get("webhook_url") or ""
        began = time.time()
        answer = self._post(url, record) if url else "nowhere to send it to"
        with self._store.work():
            kept = self._store.get("webhook", record["id"])
            if kept is None:  # forgotten while it was under way
                return
            kept["attempts"].append({"at": began, "answer": answer})
            number = len(kept["attempts"])
            if answer == 200:
                kept |= {"state": "delivered", "due": None}
            elif number > len(RETRY_AFTER):
                kept |= {"state": "given up", "due": None}
            else:
                pause = RETRY_AFTER[number - 1] / float(settings.get("speed", 1))
                kept |= {"state": "waiting", "due": time.time() + pause}
            self._store.save(kept)
            if kept["releases"] is not None:
                self._release(kept)
        self.wake()

    def _release(self, record: Record) -> None:
        overtaken = self._store.get("webhook", record["releases"])
        if overtaken is not None and overtaken["state"] == "overtaken":
            self._store.save({**overtaken, "state": "waiting", "due": time.time()})

    def _post(self, url: str, record: Record) -> int | str:
        body = record["body"].encode()
        headers = {"Content-Type": "application/json", "User-Agent": "Paystack-Simulator"}
        if record["signature"] != "unsigned":
            key = self._secret if record["signature"] == "right" else self._secret[::-1]
            headers["x-paystack-signature"] = hmac.new(
                key.encode(), body, hashlib.sha512
            ).hexdigest()
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310
        try:
            with _opener.open(request, timeout=_ANSWER_SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
