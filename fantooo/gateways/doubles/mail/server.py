"""Takes letters by SMTP and shows them over HTTP, both on loopback, until it is told to stop."""

from __future__ import annotations

import argparse
import json
import logging
import re
import signal
import threading
from collections import deque
from collections.abc import Sequence
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

from fantooo.gateways.doubles.mail.letters import Letters

if TYPE_CHECKING:
    from types import FrameType

    from aiosmtpd.smtp import SMTP, Envelope, Session

_log = logging.getLogger("mail-catcher")
_LINK = re.compile(r"https?://[^\s<>\"]+")
#: what a mail server may answer instead of taking a letter, as tests ask for it
_REFUSALS = {
    "unknown": "550 5.1.1 No such mailbox",
    "busy": "451 4.3.0 Try again later",
}
_STYLE = """:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 42rem; margin: 0 auto; padding: 16px }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }
li { margin-block: 8px }
"""
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<link rel="stylesheet" href="/style.css">
<h1>{title}</h1>
<p>No letter leaves this machine. <a href="/">All letters</a></p>
{body}</html>"""


class Postbox:
    """The SMTP side: keeps what comes, unless told to misbehave."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self.next: deque[str] = deque()

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Accepts a recipient, or says what the next order says."""
        if self.next and self.next[0] in _REFUSALS:
            return _REFUSALS[self.next.popleft()]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keeps a letter. ``lost answer``: it is kept, and the caller never hears so."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        self._letters.add(envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        if self.next and self.next[0] == "lost answer":
            self.next.popleft()
            if server.transport is not None:
                server.transport.close()
        return "250 OK"


class _Pages(BaseHTTPRequestHandler):
    """The HTTP side: pages for people, ``/_control`` for tests."""

    letters: Letters
    postbox: Postbox

    def do_GET(self) -> None:
        """Health, all letters as JSON, the list, one letter, one letter as it came."""
        if self.path == "/_control/health":
            self._answer(200, "application/json", b'{"ready": true}')
        elif self.path == "/_control/letters":
            found = [self.letters.read(number) for number in self.letters.numbers()]
            self._answer(200, "application/json", json.dumps(found).encode())
        elif self.path == "/style.css":
            self._answer(200, "text/css; charset=utf-8", _STYLE.encode())
        elif self.path == "/":
            self._page("Letters", _list(self.letters))
        elif match := re.fullmatch(r"/(\d{1,9})(\.eml)?", self.path):
            self._letter(int(match[1]), raw=bool(match[2]))
        else:
            self._page("Nothing here", "", 404)

    def do_POST(self) -> None:
        """Forgets everything, or places an order for the next letter."""
        # JSON alone, so that no page in a browser can use it unasked.
        if self.headers.get_content_type() != "application/json":
            self._answer(415, "text/plain", b"JSON, please")
            return
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        if self.path == "/_control/reset":
            self.letters.forget()
            self.postbox.next.clear()
        elif self.path == "/_control/next" and given.get("how") in {*_REFUSALS, "lost answer"}:
            self.postbox.next.extend([given["how"]] * int(given.get("times", 1)))
        else:
            self._answer(404, "text/plain", b"No such order")
            return
        self._answer(200, "application/json", b"{}")

    def log_message(self, *_arguments: Any) -> None:
        """Nothing: the paths say little, and addresses of people stay out of logs."""

    def _letter(self, number: int, *, raw: bool) -> None:
        letter = self.letters.read(number)
        if letter is None:
            self._page("Nothing here", "", 404)
        elif raw:
            self._answer(200, "message/rfc822", self.letters.raw(number) or b"")
        else:
            self._page(letter["subject"], _shown(letter))

    def _page(self, title: str, body: str, status: int = 200) -> None:
        page = _PAGE.format(title=escape(title), body=body)
        self._answer(status, "text/html; charset=utf-8", page.encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'")
        self.end_headers()
        self.wfile.write(body)


def _list(letters: Letters) -> str:
    found = [letters.read(number) for number in reversed(letters.numbers())]
    rows = [
        f'<li><a href="/{letter["number"]}">{escape(letter["subject"])}</a>'
        f" to {escape(', '.join(letter['recipients']))}"
        for letter in found
        if letter
    ]
    return f"<ol reversed>{''.join(rows)}</ol>" if rows else "<p>No letter has come yet.</p>"


def _shown(letter: dict[str, Any]) -> str:
    text = _LINK.sub(lambda link: f'<a href="{link[0]}">{link[0]}</a>', escape(letter["text"]))
    attached = "".join(
        f"<li>{escape(part['name'] or 'without a name')} ({part['bytes']} bytes)"
        for part in letter["attachments"]
    )
    return (
        f"<p>To {escape(', '.join(letter['recipients']))},"
        f' <a href="/{letter["number"]}.eml">as it came</a></p><pre>{text}</pre>'
        + (f"<h2>Attached</h2><ul>{attached}</ul>" if attached else "")
    )


def main(arguments: Sequence[str]) -> int:
    """Serves as the command line says until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="mail catcher", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="where its letters lie")
    parser.add_argument("--port", type=int, required=True, help="of its pages, on loopback")
    parser.add_argument("--smtp-port", type=int, required=True, help="of letters, on loopback")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    # It notes who writes to whom.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    letters = Letters(given.home)
    postbox = Postbox(letters)
    smtp = Controller(postbox, hostname="127.0.0.1", port=given.smtp_port)
    smtp.start()
    pages = type("Pages", (_Pages,), {"letters": letters, "postbox": postbox})
    server = ThreadingHTTPServer(("127.0.0.1", given.port), pages)
    server.daemon_threads = True

    def stop(_number: int, _frame: FrameType | None) -> None:
        # On another thread: it waits for the loop that this signal interrupted.
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    _log.info("no letter leaves: read them at http://127.0.0.1:%s", given.port)
    server.serve_forever(poll_interval=0.5)
    server.server_close()
    smtp.stop()
    return 0
