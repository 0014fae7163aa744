"""Letters by SMTP: how they leave us and how that fails. No database, no words of letters.

``MAIL_URL`` says where to: ``smtp://`` begins plainly and demands STARTTLS, ``smtps://`` is encrypted
from the first byte, ``smtp+plain://`` never is and is meant for a server on the same machine.
No exception or log line holds an address of a person.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import contextmanager
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from flask import current_app

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MailError", "MailRefused", "MailUnavailable", "send"]

_SECONDS = 20.0
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class MailError(Exception):
    """A letter was not taken."""


class MailUnavailable(MailError):
    """Not now: no server, no connection, or it is busy. Another try may succeed."""


class MailRefused(MailError):
    """Never: the server knows no such mailbox, or will not have this letter."""


def send(letter: EmailMessage) -> None:
    """Hands one letter over. Raises ``MailUnavailable`` or ``MailRefused``.

    A server that takes a letter and dies before it says so gets it again with the next try, under
    the same Message-ID, by which mailboxes tell that they have it.
    """
    url = current_app.config["SETTINGS"].mail_url
    if not url:
        raise MailUnavailable("MAIL_URL is not set")
    try:
        with _server(url) as server:
            server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise _refusal(code) from None
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused) as error:
        # Our own fault, and mended by a setting: no letter is given up for it.
        raise MailUnavailable(f"our sign-in or sender answered {error.smtp_code}") from None
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code) from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailUnavailable(type(error).__name__) from None


def _refusal(code: int) -> MailError:
    """The server's answer without its words, which may repeat the address."""
    if 500 <= code < 600:
        return MailRefused(f"refused with {code}")
    return MailUnavailable(f"answered {code}")


@contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    context = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
        if parts.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=_SECONDS)
    )
    with server:
        if parts.scheme == "smtp":
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
