"""The application as a proxy would hand it on: compressed, as docs/operations.md tells to set one up.

And, for comparison, a bare page: one query and 24 rows, with nothing of Fantooo in it.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from flask import Flask, render_template_string

from fantooo import create_app

Start = Callable[..., Any]
_KINDS = ("text/", "application/json", "image/svg+xml")
_LIST = "<!doctype html><title>Bare</title><ul>{% for row in rows %}<li>{{ row[0] }}: {{ row[1] }}</li>{% endfor %}</ul>"


class Compressed:
    """A WSGI application whose texts leave it compressed."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/ws" or "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return self._app(environ, start_response)
        answer: list[Any] = []
        parts = self._app(environ, lambda *given: answer.append(given))
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        status, headers = answer[0][:2]
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        if kind.startswith(_KINDS) and body:
            body = gzip.compress(body, 6)
            headers = [each for each in headers if each[0].lower() != "content-length"]
            headers += [("Content-Length", str(len(body))), ("Content-Encoding", "gzip")]
        start_response(status, headers)
        return [body]


def compressed() -> Compressed:
    """What `gunicorn "bench.served:compressed()"` serves."""
    return Compressed(create_app().wsgi_app)


def bare() -> Flask:
    """A Flask page as small as one can be that still asks the database for 24 rows."""
    app = Flask("bare")
    address = os.environ["DATABASE_URL"].replace("+psycopg", "")
    kept: list[psycopg.Connection] = []

    @app.get("/")
    def page() -> str:
        connection = kept.pop() if kept else psycopg.connect(address, autocommit=True)
        rows = connection.execute("SELECT n, n * n FROM generate_series(1, 24) AS n").fetchall()
        kept.append(connection)
        return render_template_string(_LIST, rows=rows)

    return app
