"""The Paystack simulator as a server of ``./dev run``, with a made-up key of its own."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from fantooo.embedded.double import Double


class PaystackSimulator(Double):
    """One simulator. ``webhook_url`` is where its events go; without one, where they went before.

    ``by_itself``: phones answer and refunds move on without being told to.
    """

    def __init__(self, home: Path, *, webhook_url: str = "", by_itself: bool = False) -> None:
        super().__init__("paystack", home)
        self._webhook_url = webhook_url
        self._by_itself = by_itself
        self.secret_key = f"sk_test_{secrets.token_hex(20)}"

    @property
    def env(self) -> dict[str, str]:
        """What tells Fantooo to pay here."""
        return {"PAYSTACK_BASE_URL": self.url, "PAYSTACK_SECRET_KEY": self.secret_key}

    def options(self) -> list[str]:
        """Where announcements go, and whether things move on by themselves."""
        return [
            *(["--webhook-url", self._webhook_url] if self._webhook_url else []),
            *(["--by-itself"] if self._by_itself else []),
        ]

    def secrets(self) -> Mapping[str, str]:
        """The key that its callers must know."""
        return {"PAYSTACK_SECRET_KEY": self.secret_key}
