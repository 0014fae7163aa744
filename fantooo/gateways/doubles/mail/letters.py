"""Letters that came, each a file with its envelope, the newest last."""

from __future__ import annotations

import json
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any


class Letters:
    """All letters under ``home``. Safe for use by many threads."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._adding = threading.Lock()

    def add(self, sender: str, recipients: list[str], raw: bytes) -> None:
        """Keeps one letter; it is there as a whole or not at all."""
        with self._adding:
            number = max(self.numbers(), default=0) + 1
            envelope = {"number": number, "sender": sender, "recipients": recipients}
            (self._home / f"{number}.json").write_text(json.dumps(envelope))
            unfinished = self._home / f"{number}.part"
            unfinished.write_bytes(raw)
            unfinished.rename(self._home / f"{number}.eml")

    def numbers(self) -> list[int]:
        """The numbers of all letters, oldest first."""
        return sorted(int(path.stem) for path in self._home.glob("*.eml"))

    def read(self, number: int) -> dict[str, Any] | None:
        """One letter as plain data; None when there is none of that number."""
        try:
            raw = (self._home / f"{number}.eml").read_bytes()
            envelope = json.loads((self._home / f"{number}.json").read_text())
        except FileNotFoundError:
            return None
        message: EmailMessage = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
        return {
            **envelope,
            "headers": {name: str(value) for name, value in message.items()},
            "subject": str(message["Subject"] or ""),
            "text": _part(message, "plain"),
            "html": _part(message, "html"),
            "attachments": [
                {
                    "name": part.get_filename(),
                    "type": part.get_content_type(),
                    "bytes": len(part.get_payload(decode=True) or b""),
                }
                for part in message.iter_attachments()
            ],
        }

    def raw(self, number: int) -> bytes | None:
        """One letter as it came; None when there is none of that number."""
        try:
            return (self._home / f"{number}.eml").read_bytes()
        except FileNotFoundError:
            return None

    def forget(self) -> None:
        """Removes all letters."""
        with self._adding:
            for path in self._home.iterdir():
                path.unlink()


def _part(message: EmailMessage, kind: str) -> str:
    found = message.get_body(preferencelist=(kind,))
    return "" if found is None else str(found.get_content())
