"""Whether somebody has a page open: a sorted set of sockets per account in Redis, by expiry."""

from __future__ import annotations

import time
from uuid import UUID

from fantooo.infra import redis
from fantooo.realtime import wire

#: a socket that did not beat for so long does not count, even if its process died
_SECONDS = 70


def _key(account_id: UUID) -> str:
    return f"online:{account_id}"


def enter(account_id: UUID, socket_id: int, process: str) -> None:
    """Notes a socket, or that it is still there, and tells who watches."""
    key = _key(account_id)
    with redis.client().pipeline(transaction=False) as pipe:
        pipe.zadd(key, {f"{process}:{socket_id}": time.time() + _SECONDS})
        pipe.expire(key, _SECONDS)
        pipe.publish(wire.user(account_id), wire.payload(wire.PRESENCE, "1"))
        pipe.execute()


def leave(account_id: UUID, socket_id: int, process: str) -> None:
    """Forgets a socket; the last one tells who watches."""
    client = redis.client()
    client.zrem(_key(account_id), f"{process}:{socket_id}")
    if not is_online(account_id):
        client.publish(wire.user(account_id), wire.payload(wire.PRESENCE, "0"))


def hide(account_id: UUID) -> None:
    """Forgets all of an account's sockets, which may not be seen any more, and tells who watches."""
    client = redis.client()
    client.delete(_key(account_id))
    client.publish(wire.user(account_id), wire.payload(wire.PRESENCE, "0"))


def is_online(account_id: UUID) -> bool:
    """Whether any socket of the account is open in any process and may be seen."""
    count: int = redis.client().zcount(_key(account_id), time.time(), "+inf")  # type: ignore[assignment]
    return count > 0
