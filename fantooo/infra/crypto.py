"""Sealing single fields, and looking them up by a keyed hash.

``FIELD_KEYS`` are secrets of 32 characters or more, newest first. New values are sealed and hashed
with the newest; older ones still open what they once sealed. Without any (never in production) one
is derived from the application's secret.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app

__all__ = ["InvalidToken", "keyed_hash", "seal", "unseal"]


def seal(text: str) -> str:
    """``text`` encrypted and authenticated, as text for a column."""
    return MultiFernet([_fernet(key) for key in _keys()]).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed with any of the keys. Raises ``InvalidToken``."""
    return MultiFernet([_fernet(key) for key in _keys()]).decrypt(sealed.encode()).decode()


def keyed_hash(purpose: str, text: str) -> bytes:
    """32 bytes that only equal texts of one purpose share; useless to whoever has no key."""
    return hmac.digest(_derived(_keys()[0], f"hash {purpose}"), text.encode(), "sha256")


def _keys() -> list[str]:
    settings = current_app.config["SETTINGS"]
    given = [key.strip() for key in settings.field_keys.split(",") if key.strip()]
    return given or [settings.secret_key]


def _fernet(key: str) -> Fernet:
    return Fernet(urlsafe_b64encode(_derived(key, "seal")))


def _derived(key: str, use: str) -> bytes:
    """A key for one use alone: what leaks of one says nothing of the other."""
    return hmac.digest(key.encode(), f"fantooo field {use}".encode(), hashlib.sha256)
