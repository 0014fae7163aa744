"""Photos of oneself on /me, and the larger request that brings one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import request, session
from flask.typing import ResponseReturnValue

from fantooo.infra.pictures import MOST_BYTES
from fantooo.services import photos
from fantooo.web import guards, limits
from fantooo.web.me import answer, own
from fantooo.web.user import blueprint

if TYPE_CHECKING:
    from flask import Flask

#: Endpoints that take files, with the bytes of a request they read at most: more than a photo may
#: have, so that a photo too large is refused beside its field and not by a page.
TAKES_FILES = {"user.add_photo": 3 * MOST_BYTES}


def install(app: Flask) -> None:
    """Lets requests that bring files be larger than others, before anybody reads them."""
    # After the request id, before what extensions have added: they read the form.
    first, *others = app.before_request_funcs.get(None, [])
    app.before_request_funcs[None] = [first, _let_in, *others]


def _let_in() -> None:
    # Without a session nobody may send a file anyway, so nothing large is taken either.
    if request.endpoint in TAKES_FILES and "_user_id" in session:
        request.max_content_length = TAKES_FILES[request.endpoint]


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
