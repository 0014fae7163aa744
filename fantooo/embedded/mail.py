"""The mail catcher as a server of ``./dev run``: it takes every letter and delivers none."""

from __future__ import annotations

from pathlib import Path

from fantooo.embedded.double import Double
from fantooo.embedded.process import free_port


class MailCatcher(Double):
    """One catcher; ``url`` is the page on which its letters can be read."""

    def __init__(self, home: Path) -> None:
        super().__init__("mail", home)
        self.smtp_port = 0

    @property
    def env(self) -> dict[str, str]:
        """What tells Fantooo to send its letters here."""
        return {"MAIL_URL": f"smtp+plain://127.0.0.1:{self.smtp_port}"}

    def choose_ports(self) -> None:
        """One for reading, one for letters."""
        super().choose_ports()
        self.smtp_port = free_port()

    def options(self) -> list[str]:
        """Where letters come in."""
        return ["--smtp-port", str(self.smtp_port)]
