"""Photos of oneself on /me."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from fantooo.infra.pictures import MOST_BYTES
from fantooo.services import photos
from fantooo.web import guards, limits
from fantooo.web.me import answer, own
from fantooo.web.user import blueprint


@blueprint.post("/me/photos")
# Each is decoded and drawn anew in several sizes.
@limits.by_account("photos", "limit_photos")
def add_photo() -> ResponseReturnValue:
    """Adds a photo."""
    sent = request.files.get("photo")
    # One byte more than may be is enough to know.
    data = sent.stream.read(MOST_BYTES + 1) if sent else b""
    return answer("photos", lambda: photos.add(guards.account_id(), data), {})


@blueprint.post("/me/photos/<uuid:photo_id>/main")
@own
def choose_photo(photo_id: UUID) -> ResponseReturnValue:
    """Makes a photo the one that stands for oneself."""
    return answer("photos", lambda: photos.choose(guards.account_id(), photo_id), {})


@blueprint.post("/me/photos/<uuid:photo_id>/remove")
@own
def remove_photo(photo_id: UUID) -> ResponseReturnValue:
    """Removes a photo at once."""
    return answer("photos", lambda: photos.remove(guards.account_id(), photo_id), {})
