"""Pictures, from the storage. A proxy may serve those of characters itself."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue

from fantooo.domain.errors import NotFound
from fantooo.infra import storage
from fantooo.queries import photos
from fantooo.web import guards

blueprint = Blueprint("media", __name__)
#: pictures of characters in one of their sizes; other media have doors with guards of their own
_PUBLIC = re.compile(r"characters/[a-z0-9-]{1,60}/[a-z0-9-]{1,60}-\d{2,4}\.(avif|webp)")


@blueprint.get("/media/<path:name>")
def picture(name: str) -> ResponseReturnValue:
    """One picture in one size and format; only names we make ourselves are looked up."""
    named = _PUBLIC.fullmatch(name)
    if named is None:
        raise NotFound
    # The name says what is in the file, so it is its own tag.
    response = _send(name, named[1], tag=name.rpartition("/")[2])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@blueprint.get("/media/photos/<uuid:photo_id>-<int:width>.<any(avif, webp):format_>")
def photo(photo_id: UUID, width: int, format_: str) -> ResponseReturnValue:
    """A user's own photo, for those it is for; no cache keeps it, so that removed is removed."""
    response = _send(photos.file_for(guards.me(), photo_id, width, format_), format_, tag=False)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _send(name: str, format_: str, tag: str | bool) -> Response:
    try:
        file = storage.media().open(name)
    except FileNotFoundError as error:
        raise NotFound from error
    response = send_file(file, mimetype=f"image/{format_}", etag=tag)
    if response.status_code == 200:
        response.content_length = file.seek(0, 2)
        file.seek(0)
    if response.status_code == 304 or request.method == "HEAD":
        # Nothing of it is sent, so nobody else would close it.
        file.close()
    return response
