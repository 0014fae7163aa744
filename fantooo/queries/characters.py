"""Characters as people find them: published ones, public columns only."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    false,
    func,
    select,
)
from sqlalchemy.orm import aliased

from fantooo.domain.errors import NotFound
from fantooo.extensions import db
from fantooo.infra.database import current_viewer
from fantooo.models import Favorite, FictionalUser as F
from fantooo.queries import pictures
from fantooo.queries.pictures import Picture


@dataclass(frozen=True)
class CharacterCard:
    """What a list shows of a character. Equal ones look the same."""

    id: UUID
    slug: str
    name: str
    age: int
    location: str
    tagline: str
    #: the one that stands for the character, None while none is ready
    picture: Picture | None
    is_featured: bool
    rating_average: Decimal
    rating_count: int
    #: median seconds to the first reply; None while too few replies are known
    response_seconds: int | None
    #: whether the viewer keeps it among the favourites
    is_favorite: bool


@dataclass(frozen=True)
class Character(CharacterCard):
    """What anybody may know about a character."""

    gender: str
    category: str | None
    tags: list[str]
    bio: str
    personality_traits: list[str]
    interests: list[str]
    occupation: str | None
    education: str | None
    relationship_status: str | None
    response_style: str
    #: those that are ready, the first one for cards
    pictures: list[Picture]


def _favorite() -> ColumnElement[bool]:
    return _KEPT if current_viewer.get().role == "user" else false()


def published() -> ColumnElement[bool]:
    """The condition of a character that people may find, as the partial indexes have it."""
    return and_(F.is_active, F.deleted_at.is_(None))


def card(row: Row[Any]) -> CharacterCard:
    """A row of ``card_columns`` as a card; columns behind them are left out."""
    values = _named(CharacterCard, row)
    return CharacterCard(**{**values, "picture": pictures.first(values["picture"])})


def character(row: Row[Any]) -> Character:
    """A row of ``columns`` as a character; columns behind them are left out."""
    values = _named(Character, row)
    found = pictures.read(values["pictures"])
    return Character(**{**values, "pictures": found, "picture": found[0] if found else None})


def card_columns() -> tuple[Any, ...]:
    """The columns of a ``CharacterCard``, by its names."""
    return (*_OF_A_CARD, _FIRST_PICTURE, _favorite().label("is_favorite"))


def columns() -> tuple[Any, ...]:
    """The columns of a ``Character``, by its names."""
    return (*_OF_A_CARD, *_BEYOND_A_CARD, _favorite().label("is_favorite"))


def get(character_id: UUID, *, published_only: bool = True) -> Character:
    """One character. Raises ``NotFound`` when there is none this viewer may see."""
    is_user = current_viewer.get().role == "user"
    statement = _one(is_user, published_only)
    row = db.session.execute(statement, {"character_id": character_id}).one_or_none()
    if row is None:
        raise NotFound
    return character(row)


@functools.cache
def _one(_is_user: bool, published_only: bool) -> Select[*tuple[Any, ...]]:
    """The statement of ``get``, put together once for each kind of viewer."""
    statement = select(*columns()).where(F.id == bindparam("character_id", type_=Uuid()))
    return statement.where(published()) if published_only else statement


def _named(wanted: type[CharacterCard], row: Row[Any]) -> dict[str, Any]:
    values = row._mapping  # noqa: SLF001 (SQLAlchemy's public name)
    return {
        # Cards have one picture, profiles all; whatever else is missing is a mistake.
        name: values.get(name) if name in ("picture", "pictures") else values[name]
        for name in wanted.__dataclass_fields__
    }


# Made once: putting these together takes as long as asking for them.
_kept = aliased(Favorite)
_KEPT = exists().where(
    _kept.fictional_user_id == F.id,
    _kept.real_user_id
    == bindparam("viewer", callable_=lambda: current_viewer.get().account_id, type_=Uuid()),
)
_OF_A_CARD = (
    F.id,
    F.slug,
    F.name,
    F.age,
    F.location,
    F.tagline,
    (F.is_featured & (F.featured_until.is_(None) | (F.featured_until > func.now()))).label(
        "is_featured"
    ),
    F.rating_average,
    F.rating_count,
    F.response_seconds,
)
_FIRST_PICTURE = pictures.of_character(1).label("picture")
_BEYOND_A_CARD = (
    F.gender,
    F.category,
    F.tags,
    F.bio,
    F.personality_traits,
    F.interests,
    F.occupation,
    F.education,
    F.relationship_status,
    F.response_style,
    pictures.of_character().label("pictures"),
)
