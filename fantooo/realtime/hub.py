"""Who listens to what in this process: one Redis subscriber, a channel per account and chat.

A frame travels through Redis as ``kind + "|" + chat + "|" + frame``; the kinds are in ``wire``.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from typing import TypeVar
from uuid import UUID

import gevent
import redis
import structlog
from prometheus_client import Gauge

from fantooo.realtime import wire
from fantooo.realtime.connection import ACCESS_ENDED, Connection

log = structlog.get_logger(__name__)

OPEN = Gauge("fantooo_sockets", "Open sockets", multiprocess_mode="livesum")
Key = TypeVar("Key")
_PING_SECONDS = 20.0
_SILENCE_SECONDS = 50.0


class Hub:
    """The sockets of one process and their subscriptions."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._channels: dict[str, set[Connection]] = {}
        #: channels that Redis has confirmed: nothing published to them passes us by
        self._confirmed: set[str] = set()
        self._connections: set[Connection] = set()
        self._by_account: Counter[UUID | None] = Counter()
        self._by_address: Counter[str] = Counter()
        self._pubsub: redis.client.PubSub | None = None
        self._listening = False

    def count(self, *, account: UUID | None = None, address: str = "") -> int:
        """Open sockets of an account, or from an address."""
        if account is not None:
            return self._by_account[account]
        return self._by_address[address]

    def add(self, connection: Connection) -> None:
        """Takes a new socket in; it hears its account's channel from now on."""
        self._connections.add(connection)
        self._by_account[connection.viewer.account_id] += 1
        self._by_address[connection.address] += 1
        OPEN.set(len(self._connections))
        if not self._listening:
            self._listening = True
            gevent.spawn(self._listen)

    def remove(self, connection: Connection) -> None:
        """Forgets a socket and the channels that nobody else here listens to."""
        self._connections.discard(connection)
        _take_one(self._by_account, connection.viewer.account_id)
        _take_one(self._by_address, connection.address)
        OPEN.set(len(self._connections))
        for channel in list(connection.channels):
            self.leave(connection, channel)

    def join(self, connection: Connection, *channels: str) -> None:
        """Subscribes a socket. After its hello it hears ``ready`` once Redis has confirmed all.

        The page catches up on ``ready``: what was published before is in the database by then.
        """
        new = []
        for channel in channels:
            connection.channels.add(channel)
            listeners = self._channels.get(channel)
            if listeners is None:
                listeners = self._channels[channel] = set()
                new.append(channel)
            listeners.add(connection)
        if new and self._pubsub is not None:
            try:
                self._pubsub.subscribe(*new)  # type: ignore[no-untyped-call]
            except redis.RedisError:
                log.warning("subscribe_failed")  # the listener connects anew and subscribes to all
        self._tell_if_ready(connection)

    def leave(self, connection: Connection, channel: str) -> None:
        """Ends one subscription of a socket."""
        connection.channels.discard(channel)
        listeners = self._channels.get(channel)
        if listeners is None:
            return
        listeners.discard(connection)
        if not listeners:
            del self._channels[channel]
            self._confirmed.discard(channel)
            if self._pubsub is not None:
                try:
                    self._pubsub.unsubscribe(channel)  # type: ignore[no-untyped-call]
                except redis.RedisError:
                    log.warning("unsubscribe_failed")

    def close_all(self, code: int) -> None:
        """Closes every socket of this process."""
        for connection in list(self._connections):
            connection.close(code, "restart")

    def _tell_if_ready(self, connection: Connection) -> None:
        if connection.greeted and connection.channels <= self._confirmed:
            connection.push(wire.READY)

    def _listen(self) -> None:
        while True:
            client = redis.Redis.from_url(
                self._url, socket_timeout=None, socket_connect_timeout=2, health_check_interval=0
            )
            try:
                pubsub = client.pubsub()  # type: ignore[no-untyped-call]
                known = set(self._channels)
                # Never empty, so that there is a connection to read from. Until it stands nobody
                # else may subscribe: each would open one of its own, and only one is read.
                pubsub.subscribe("fantooo:hub", *known)
                self._pubsub = pubsub
                if joined := self._channels.keys() - known:
                    pubsub.subscribe(*joined)
                self._read(pubsub)
            except Exception as error:  # noqa: BLE001 (deaf for ever would be worse than any fault)
                log.warning("subscriber_lost", error_type=type(error).__name__)
            finally:
                self._pubsub = None
                self._confirmed.clear()
                client.close()
            gevent.sleep(0.2 + random.random() * 0.5)  # noqa: S311 (spreads reconnects)

    def _read(self, pubsub: redis.client.PubSub) -> None:
        heard = asked = time.monotonic()
        while True:
            message = pubsub.get_message(timeout=_PING_SECONDS)
            now = time.monotonic()
            if message is not None:
                heard = now
                try:
                    self._take(message)
                except Exception:
                    log.exception("frame_failed")
            elif now - heard > _SILENCE_SECONDS:
                raise redis.ConnectionError("silent")
            if now - asked > _PING_SECONDS:
                asked = now
                pubsub.ping()
                self._pulse()

    def _pulse(self) -> None:
        """Asks operators' pages for a beat: timers of hidden tabs sleep, messages wake them."""
        for connection in list(self._connections):
            if connection.side == "operator":
                connection.push(wire.PULSE)

    def _take(self, message: dict[str, object]) -> None:
        raw = message["channel"]
        channel = raw.decode() if isinstance(raw, bytes) else str(raw)
        if message["type"] == "subscribe":
            if channel in self._channels:
                self._confirmed.add(channel)
                for connection in list(self._channels[channel]):
                    self._tell_if_ready(connection)
        elif message["type"] == "message":
            data = message["data"]
            self.deliver(channel, data.decode() if isinstance(data, bytes) else str(data))

    def deliver(self, channel: str, payload: str) -> None:
        """Hands one published frame to the sockets that should have it."""
        kind, chat, frame = payload.split("|", 2)
        for connection in list(self._channels.get(channel, ())):
            shows = connection.chat is not None and str(connection.chat) == chat
            if kind == wire.CONTROL:
                self._control(connection, json.loads(frame))
            elif kind == wire.PRESENCE:
                _tell_presence(connection, online=frame == "1")
            elif kind in wire.SIDE:
                if shows and connection.side != wire.SIDE[kind]:
                    connection.push(frame)
            else:
                _hand(connection, kind, frame, shows=shows)

    def _control(self, connection: Connection, order: dict[str, str | None]) -> None:
        if order["do"] == "end_session":
            if order["session"] in (None, str(connection.viewer.session_id)):
                connection.close(ACCESS_ENDED, "access ended")
        elif order["do"] == "show":
            connection.shows_online = order["shown"] == "1"
        elif order["do"] == "unassign":
            chat = UUID(str(order["chat"]))
            if connection.asking == chat:
                connection.asking = None
            if connection.chat == chat:
                self.leave_chat(connection)

    def leave_chat(self, connection: Connection) -> None:
        """The page no longer may hear the chat it shows, or shows another one."""
        connection.chat = connection.chat_user = None
        for channel in [c for c in connection.channels if not c.startswith(wire.ACCOUNT)]:
            if channel != wire.OPERATORS:
                self.leave(connection, channel)


def _hand(connection: Connection, kind: str, frame: str, *, shows: bool) -> None:
    if shows or kind == wire.FOR_ALL:
        connection.push(frame)
    if kind == wire.OWN_READ or (kind == wire.NEWS and not shows):
        connection.push(wire.elsewhere(connection.side))


def _tell_presence(connection: Connection, *, online: bool) -> None:
    if connection.chat is not None and connection.side == "operator":
        connection.push(wire.presence(connection.chat, online=online))


def _take_one(counter: Counter[Key], key: Key) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
