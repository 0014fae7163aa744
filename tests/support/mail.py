"""The mail catcher for tests: what came, and what it does wrong next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from fantooo.embedded import mail


class MailCatcher:
    """The real catcher process. Between tests ``reset`` makes it forget everything."""

    def __init__(self, home: Path) -> None:
        self.server = mail.MailCatcher(home)
        self._http = httpx.Client(trust_env=False, timeout=20)

    def start(self) -> None:
        self.server.start()

    def stop(self) -> None:
        self._http.close()
        self.server.stop()

    @property
    def url(self) -> str:
        """Its pages."""
        return self.server.url

    @property
    def settings(self) -> dict[str, str]:
        """Settings of an application that sends its letters here."""
        return {"mail_url": self.server.env["MAIL_URL"]}

    def letters(self) -> list[dict[str, Any]]:
        """All letters, oldest first: recipients, subject, headers, text, html, attachments."""
        return list(self._http.get(f"{self.url}/_control/letters").json())

    def next(self, how: str, times: int = 1) -> None:
        """The next letter: unknown (550), busy (451), lost answer (kept, and the line cut)."""
        answer = self._http.post(f"{self.url}/_control/next", json={"how": how, "times": times})
        assert answer.status_code == 200, answer.text

    def reset(self) -> None:
        """No letters, no orders."""
        self._http.post(f"{self.url}/_control/reset", json={})
