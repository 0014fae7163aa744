"""The Redis connection of this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import redis
from flask import current_app
from redis.exceptions import RedisError

__all__ = ["RedisError", "client", "first_in", "for_worker", "install"]

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask, url: str) -> None:
    """Makes the client; it connects with its first command."""
    app.extensions["fantooo_redis_url"] = url
    app.extensions["fantooo_redis"] = redis.Redis.from_url(
        url, socket_timeout=2, socket_connect_timeout=1, health_check_interval=30
    )


def client() -> redis.Redis:
    """This process's client. Commands raise ``redis.RedisError`` when the server is away."""
    connection: redis.Redis = current_app.extensions["fantooo_redis"]
    return connection


def first_in(name: str, seconds: int) -> bool:
    """Whether nobody asked this for ``name`` within so many seconds. Raises ``RedisError``."""
    return bool(client().set(name, 1, nx=True, ex=seconds))


def for_worker() -> redis.Redis:
    """A client for RQ's worker, which waits for minutes on one command."""
    return redis.Redis.from_url(
        current_app.extensions["fantooo_redis_url"], socket_connect_timeout=2
    )
