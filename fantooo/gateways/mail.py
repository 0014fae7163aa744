"""Letters by SMTP: how they leave us and how that fails. No database, no words of letters.

``MAIL_URL`` says where to: ``smtp://`` begins plainly and demands STARTTLS, ``smtps://`` is encrypted
from the first byte, ``smtp+plain://`` never is and is meant for a server on the same machine.
No exception or log line holds an address of a person.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from flask import current_app

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
        server = _open(url)
    except smtplib.SMTPResponseException as error:
        # Whatever it says before it has seen a letter is about us, and is mended by people.
        raise MailUnavailable(f"answered {error.smtp_code} at the door") from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailUnavailable(type(error).__name__) from None
    try:
        server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(next(iter(error.recipients.values()))[0]) from None
    except smtplib.SMTPSenderRefused as error:
        raise MailUnavailable(f"our sender was answered {error.smtp_code}") from None
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code) from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailUnavailable(type(error).__name__) from None
    finally:
        # Taken is taken, however the farewell goes.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _refusal(code: int) -> MailError:
    """The server's answer without its words, which may repeat the address."""
    if 500 <= code < 600:
        return MailRefused(f"refused with {code}")
    return MailUnavailable(f"answered {code}")


def _open(url: str) -> smtplib.SMTP:
    """A connection that may send, encrypted and signed in as the address asks for."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    context = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
        if parts.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=_SECONDS)
    )
    try:
        if parts.scheme == "smtp":
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server
