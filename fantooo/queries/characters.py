"""Characters as people find them: published ones, public columns only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, false, select
from sqlalchemy.orm import aliased

from fantooo.domain.errors import NotFound
from fantooo.extensions import db
from fantooo.infra.database import current_viewer
from fantooo.models import Favorite, FictionalUser as F
from fantooo.queries import pictures
from fantooo.queries.pictures import Picture


@dataclass(frozen=True)
class CharacterCard:
    """What anybody may know about a character."""

    id: UUID
    slug: str
    name: str
    age: int
    gender: str
    location: str
    tagline: str
    bio: str
    personality_traits: list[str]
    interests: list[str]
    occupation: str | None
    education: str | None
    relationship_status: str | None
    response_style: str
    tags: list[str]
    category: str | None
    #: those that are ready, the first one for cards; a list of cards knows no others
    pictures: list[Picture]
    is_featured: bool
    is_active: bool
    favorite_count: int
    rating_average: Decimal
    rating_count: int
    #: median seconds to the first reply; None while too few replies are known
    response_seconds: int | None
    #: whether the viewer keeps it among the favourites
    is_favorite: bool

    @property
    def picture(self) -> Picture | None:
        """The one that stands for the character, None while none is ready."""
        return self.pictures[0] if self.pictures else None


def _featured() -> ColumnElement[bool]:
    return F.is_featured & (F.featured_until.is_(None) | (F.featured_until > datetime.now(UTC)))


def _favorite() -> ColumnElement[bool]:
    viewer = current_viewer.get()
    if viewer.role != "user":
        return false()
    kept = aliased(Favorite)
    return exists().where(kept.fictional_user_id == F.id, kept.real_user_id == viewer.account_id)


def published() -> ColumnElement[bool]:
    """The condition of a character that people may find, as the partial indexes have it."""
    return and_(F.is_active, F.deleted_at.is_(None))


def card(row: Row[Any]) -> CharacterCard:
    """A row of ``card_columns`` as a card; columns behind them are left out."""
    values = row._mapping  # noqa: SLF001 (SQLAlchemy's public name)
    named = {name: values[name] for name in CharacterCard.__dataclass_fields__}
    return CharacterCard(**{**named, "pictures": pictures.read(values["pictures"])})


def card_columns(*, all_pictures: bool = False) -> tuple[Any, ...]:
    """The columns of a ``CharacterCard``, by its names; only its first picture, unless told."""
    return (
        F.id,
        F.slug,
        F.name,
        F.age,
        F.gender,
        F.location,
        F.tagline,
        F.bio,
        F.personality_traits,
        F.interests,
        F.occupation,
        F.education,
        F.relationship_status,
        F.response_style,
        F.tags,
        F.category,
        pictures.of_character(None if all_pictures else 1).label("pictures"),
        _featured().label("is_featured"),
        (F.is_active & F.deleted_at.is_(None)).label("is_active"),
        F.favorite_count,
        F.rating_average,
        F.rating_count,
        F.response_seconds,
        _favorite().label("is_favorite"),
    )


def get(character_id: UUID, *, published_only: bool = True) -> CharacterCard:
    """One character. Raises ``NotFound`` when there is none this viewer may see."""
    statement = select(*card_columns(all_pictures=True)).where(F.id == character_id)
    if published_only:
        statement = statement.where(published())
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return card(row)
