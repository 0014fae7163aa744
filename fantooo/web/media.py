"""Pictures, from the storage. A proxy may serve the same files itself."""

from __future__ import annotations

import re

from flask import Blueprint, request, send_file
from flask.typing import ResponseReturnValue

from fantooo.domain.errors import NotFound
from fantooo.infra import storage

blueprint = Blueprint("media", __name__)
#: pictures of characters in one of their sizes; other media will have doors with guards of their own
_PUBLIC = re.compile(r"characters/[a-z0-9-]{1,60}/[a-z0-9-]{1,60}-\d{2,4}\.(avif|webp)")


@blueprint.get("/media/<path:name>")
def picture(name: str) -> ResponseReturnValue:
    """One picture in one size and format; only names we make ourselves are looked up."""
    named = _PUBLIC.fullmatch(name)
    if named is None:
        raise NotFound
    try:
        file = storage.media().open(name)
    except FileNotFoundError as error:
        raise NotFound from error
    # The name says what is in the file, so it is its own tag.
    response = send_file(file, mimetype=f"image/{named[1]}", etag=name.rpartition("/")[2])
    if response.status_code == 200:
        response.content_length = file.seek(0, 2)
        file.seek(0)
    if response.status_code == 304 or request.method == "HEAD":
        # Nothing of it is sent, so nobody else would close it.
        file.close()
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
