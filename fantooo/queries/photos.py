"""Users' own photos, as far as the present viewer may see them; where their files are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from fantooo.domain.errors import NotFound
from fantooo.domain.viewer import Viewer
from fantooo.extensions import db
from fantooo.infra import pictures
from fantooo.models import RealUser, UserPhoto
from fantooo.queries.pictures import Picture

_ORDER = (UserPhoto.is_main.desc(), UserPhoto.id)
#: the largest fills a phone; nothing larger of a private photo is kept
SIZES = tuple(each for each in pictures.WIDTHS if each <= 1080)


@dataclass(frozen=True)
class PhotoView:
    """One photo, with what it is called in forms."""

    id: UUID
    picture: Picture


def own(user_id: UUID) -> list[PhotoView]:
    """Somebody's photos that are ready, the one that stands for them first."""
    rows = db.session.execute(
        select(
            UserPhoto.id,
            UserPhoto.width,
            UserPhoto.height,
            UserPhoto.placeholder,
            UserPhoto.widths,
        )
        .where(UserPhoto.real_user_id == user_id, func.cardinality(UserPhoto.widths) > 0)
        .order_by(*_ORDER)
    )
    return [
        PhotoView(row.id, _picture(row.id, row.width, row.height, row.placeholder, row.widths))
        for row in rows
    ]


def of_person() -> ColumnElement[Any]:
    """All ready photos of the statement's user, for ``read``: nothing is asked for them alone."""
    one = func.jsonb_build_array(
        UserPhoto.id, UserPhoto.width, UserPhoto.height, UserPhoto.placeholder, UserPhoto.widths
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(one, *_ORDER), type_=JSONB))
        .where(UserPhoto.real_user_id == RealUser.id, func.cardinality(UserPhoto.widths) > 0)
        .correlate(RealUser)
        .scalar_subquery()
    )


def read(found: list[list[Any]] | None) -> list[Picture]:
    """The photos of a row's ``of_person``."""
    return [_picture(*values) for values in found or ()]


def file_for(viewer: Viewer, photo_id: UUID, width: int, format_: str) -> str:
    """The storage's name of a photo in one size.

    For its owner, operators who hold a chat of theirs, and admins who look after people. Raises
    ``NotFound`` for everybody else.
    """
    asks = viewer.role in ("user", "operator") or "manage_users" in viewer.permissions
    if not asks or viewer.is_banned or width not in SIZES:
        raise NotFound
    owner = db.session.scalar(
        select(UserPhoto.real_user_id).where(
            UserPhoto.id == photo_id, UserPhoto.widths.contains([width])
        )
    )
    if owner is None:
        raise NotFound
    return file_name(owner, photo_id, width, format_)


def sizes(width: int) -> list[int]:
    """Those of ``SIZES`` in which a photo so wide can be shown."""
    return [each for each in SIZES if each <= width]


def folder_of(user_id: UUID, photo_id: UUID | None = None) -> str:
    """Where the files of one photo are, or those of all of somebody's."""
    return f"photos/{user_id}/{photo_id}" if photo_id else f"photos/{user_id}"


def file_name(user_id: UUID, photo_id: UUID, width: int, format_: str) -> str:
    """The storage's name of a photo in one size and format."""
    return f"{folder_of(user_id, photo_id)}/{width}.{format_}"


def _picture(
    photo_id: UUID | str, width: int, height: int, placeholder: str, widths: tuple[int, ...]
) -> Picture:
    # An address names no account: whoever reads it over a shoulder learns nothing.
    return Picture(f"photos/{photo_id}", width, height, placeholder, widths)
