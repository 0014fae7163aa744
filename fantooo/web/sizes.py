"""Which requests may be larger than a form, and how large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request, session

from fantooo.infra.pictures import MOST_BYTES

if TYPE_CHECKING:
    from flask import Flask

#: Endpoints that take files, with the bytes of a request they read at most: more than a photo may
#: have, so that a photo too large is refused beside its field and not by a page.
TAKES_FILES = {"user.add_photo": 3 * MOST_BYTES}
#: endpoints that programs send to, without a session; far above what they send
TAKES_MORE = {"webhooks.paystack": 256 * 1024}


def install(app: Flask) -> None:
    """Lets some requests be larger than others, before anybody reads them."""
    # After the request id, before what extensions have added: they read the form.
    first, *others = app.before_request_funcs.get(None, [])
    app.before_request_funcs[None] = [first, _let_in, *others]


def _let_in() -> None:
    endpoint = request.endpoint or ""
    if endpoint in TAKES_MORE:
        request.max_content_length = TAKES_MORE[endpoint]
    # Without a session nobody may send a file anyway, so nothing large is taken either.
    elif endpoint in TAKES_FILES and "_user_id" in session:
        request.max_content_length = TAKES_FILES[endpoint]
