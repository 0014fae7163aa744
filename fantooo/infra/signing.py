"""Signed values that travel through a page or a letter and come back."""

from __future__ import annotations

from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer


def _serializer(purpose: str) -> URLSafeSerializer:
    cache = current_app.extensions.setdefault("fantooo_signers", {})
    if purpose not in cache:
        cache[purpose] = URLSafeSerializer(current_app.config["SECRET_KEY"], salt=purpose)
    signer: URLSafeSerializer = cache[purpose]
    return signer


def sign(purpose: str, value: Any) -> str:
    """``value`` (plain JSON) as text only we can have made, for one purpose."""
    signed = _serializer(purpose).dumps(value)
    return signed if isinstance(signed, str) else signed.decode()


def unsign(purpose: str, token: str) -> Any | None:
    """The value behind ``token``, or None when it is not ours."""
    try:
        return _serializer(purpose).loads(token)
    except BadData:
        return None
