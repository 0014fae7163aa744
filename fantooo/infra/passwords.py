"""Hashing passwords with argon2id, away from the worker's event loop."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

import gevent
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

# OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """The argon2id hash of ``password``, with its own salt."""
    return str(_in_thread(_hasher.hash, password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` fits. Takes as long for a missing hash, so that no answer tells which."""
    known = password_hash or _decoy()
    try:
        fits = bool(_in_thread(_hasher.verify, known, password))
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


@cache
def _decoy() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def _in_thread(function: object, *arguments: str) -> object:
    """argon2 is some 30 ms of CPU: in a gevent worker it would hold up every socket."""
    if not callable(function):
        raise TypeError
    hub = gevent.get_hub()
    if not _is_patched():
        return function(*arguments)
    return hub.threadpool.apply(function, arguments)


def _is_patched() -> bool:
    from gevent import monkey  # noqa: PLC0415

    return bool(monkey.is_module_patched("threading"))


def new_token() -> str:
    """256 random bits as text, for sessions and links."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()
