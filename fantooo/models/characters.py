"""Characters: the fictional users people write to."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Numeric, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, created_at, new_id, updated_at

#: what is searched by word beginnings, the weightier parts first (english also knows word stems)
_SEARCH = (
    "setweight(to_tsvector('simple', immutable_plain(name)), 'A') || "
    "setweight(to_tsvector('english', immutable_plain(location || ' ' || coalesce(occupation, '')"
    " || ' ' || immutable_join(tags) || ' ' || immutable_join(interests))), 'B') || "
    "setweight(to_tsvector('english', immutable_plain(tagline || ' ' || response_style || ' ' ||"
    " coalesce(category, '') || ' ' || immutable_join(personality_traits))), 'C') || "
    "setweight(to_tsvector('english', immutable_plain(bio || ' ' || coalesce(education, ''))), 'D')"
)
#: the short words a misspelt one is compared with
_WORDS = (
    "immutable_plain(name || ' ' || location || ' ' || coalesce(occupation, '') || ' ' ||"
    " immutable_join(tags) || ' ' || immutable_join(interests) || ' ' ||"
    " immutable_join(personality_traits) || ' ' || response_style || ' ' ||"
    " coalesce(category, ''))"
)
_PUBLISHED = text("is_active AND deleted_at IS NULL")
#: who has no known response time yet comes last in the order by it
NO_RESPONSE_TIME = 2_147_483_647


class FictionalUser(Base):
    """A character with profile, pictures and the guidelines by which operators play it."""

    __tablename__ = "fictional_users"
    __table_args__ = (
        CheckConstraint("age BETWEEN 18 AND 100", name="age_range"),
        CheckConstraint("gender IN ('male', 'female', 'other')", name="gender"),
        CheckConstraint(
            "response_style IN ('flirty', 'romantic', 'friendly', 'intellectual', 'playful')",
            name="response_style",
        ),
        CheckConstraint(
            "cardinality(profile_pictures) BETWEEN 3 AND 10", name="three_to_ten_pictures"
        ),
        CheckConstraint("max_concurrent_chats BETWEEN 1 AND 1000", name="max_concurrent_chats"),
        Index("uq_fictional_users_slug", "slug", unique=True),
        CheckConstraint("rating_average BETWEEN 0 AND 5", name="rating_average"),
        CheckConstraint("rating_count >= 0", name="rating_count"),
        CheckConstraint("favorite_count >= 0", name="favorite_count"),
        CheckConstraint("response_seconds >= 0", name="response_seconds"),
        # One index an order: filters are looked at while walking along it.
        Index(
            "ix_fictional_users_recommended",
            "is_featured",
            "popularity_score",
            "id",
            postgresql_where=_PUBLISHED,
        ),
        Index(
            "ix_fictional_users_rated",
            "rating_average",
            "popularity_score",
            "id",
            postgresql_where=_PUBLISHED,
        ),
        Index(
            "ix_fictional_users_fastest",
            text(f"coalesce(response_seconds, {NO_RESPONSE_TIME})"),
            "id",
            postgresql_where=_PUBLISHED,
        ),
        Index("ix_fictional_users_new", "id", postgresql_where=_PUBLISHED),
        # Whoever fits is counted from it alone, whatever is wished: it is a twentieth of the table.
        Index(
            "ix_fictional_users_wishes",
            "gender",
            "response_style",
            "category",
            "location",
            "age",
            "is_featured",
            "id",
            postgresql_where=_PUBLISHED,
        ),
        Index("ix_fictional_users_search", "search", postgresql_using="gin"),
        Index("ix_fictional_users_tags", "tags", postgresql_using="gin"),
        Index("ix_fictional_users_interests", "interests", postgresql_using="gin"),
    )

    id: Mapped[UUID] = new_id()
    slug: Mapped[str]
    name: Mapped[str]
    age: Mapped[int]
    gender: Mapped[str]
    location: Mapped[str]
    tagline: Mapped[str] = mapped_column(server_default=text("''"))
    bio: Mapped[str]
    personality_traits: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    interests: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    occupation: Mapped[str | None]
    education: Mapped[str | None]
    relationship_status: Mapped[str | None]
    #: names in ``media``, first one on the card
    profile_pictures: Mapped[list[str]]
    response_style: Mapped[str]
    response_templates: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    personality_guidelines: Mapped[str] = mapped_column(server_default=text("''"))
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    category: Mapped[str | None]
    #: chats with 10 messages and more, and favourites, of the last 30 days; never revenue
    popularity_score: Mapped[int] = mapped_column(server_default=text("0"))
    favorite_count: Mapped[int] = mapped_column(server_default=text("0"))
    rating_average: Mapped[Decimal] = mapped_column(Numeric(3, 2), server_default=text("0"))
    rating_count: Mapped[int] = mapped_column(server_default=text("0"))
    #: median seconds to the first reply of the last 30 days; None under 10 replies
    response_seconds: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    is_featured: Mapped[bool] = mapped_column(server_default=text("false"))
    featured_until: Mapped[datetime | None]
    max_concurrent_chats: Mapped[int] = mapped_column(server_default=text("10"))
    search: Mapped[str] = mapped_column(
        TSVECTOR, Computed(_SEARCH, persisted=True), deferred=True, deferred_raiseload=True
    )
    search_words: Mapped[str] = mapped_column(
        Computed(_WORDS, persisted=True), deferred=True, deferred_raiseload=True
    )
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = updated_at()
    deleted_at: Mapped[datetime | None]


class SearchTerm(Base):
    """A word that characters are described by, kept by a trigger; misspelt ones are compared with it."""

    __tablename__ = "search_terms"
    __table_args__ = (
        Index(
            "ix_search_terms_alike",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
    )

    word: Mapped[str] = mapped_column(primary_key=True)


class Favorite(Base):
    """A character that a user wants to find again."""

    __tablename__ = "favorites"
    __table_args__ = (
        Index("ix_favorites_newest", "real_user_id", text("created_at DESC")),
        Index("ix_favorites_fictional_user_id", "fictional_user_id"),
    )

    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"), primary_key=True)
    fictional_user_id: Mapped[UUID] = mapped_column(
        ForeignKey("fictional_users.id"), primary_key=True
    )
    created_at: Mapped[datetime] = created_at()


class ProfileView(Base):
    """When a user last looked at a character's profile: one row each, for "recently viewed"."""

    __tablename__ = "profile_views"
    __table_args__ = (
        Index("ix_profile_views_newest", "real_user_id", text("viewed_at DESC")),
        Index("ix_profile_views_fictional_user_id", "fictional_user_id"),
    )

    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"), primary_key=True)
    fictional_user_id: Mapped[UUID] = mapped_column(
        ForeignKey("fictional_users.id"), primary_key=True
    )
    viewed_at: Mapped[datetime] = created_at()


class ChatRating(Base):
    """How a user likes a chat: one to five stars, changed by giving them again."""

    __tablename__ = "chat_ratings"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        Index("ix_chat_ratings_fictional_user_id", "fictional_user_id"),
        Index("ix_chat_ratings_real_user_id", "real_user_id"),
    )

    chat_id: Mapped[UUID] = mapped_column(ForeignKey("chats.id"), primary_key=True)
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    fictional_user_id: Mapped[UUID] = mapped_column(ForeignKey("fictional_users.id"))
    stars: Mapped[int]
    rated_at: Mapped[datetime] = created_at()
