"""Hashing passwords with argon2id, away from the worker's event loop."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from fantooo.infra import threads

# OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """The argon2id hash of ``password``, with its own salt."""
    return threads.quick(_hasher.hash, password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` fits. Takes as long for a missing hash, so that no answer tells which."""
    known = password_hash or _decoy()
    try:
        fits = threads.quick(_hasher.verify, known, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


@cache
def _decoy() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def new_token() -> str:
    """256 random bits as text, for sessions and links."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()
