"""The people: real users, operators and admins. Each shares its account's id."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, counter, created_at, updated_at

TIERS = ("free", "bronze", "silver", "gold", "platinum")
_KINDS = "ARRAY['replies', 'refunds', 'payments', 'security']::text[]"


class RealUser(Base):
    """An adult who chats with characters. ``credits`` is the wallet's stored balance."""

    __tablename__ = "real_users"
    __table_args__ = (
        CheckConstraint("username ~ '^[A-Za-z0-9_]{3,20}$'", name="username_form"),
        CheckConstraint("age BETWEEN 18 AND 100", name="age_range"),
        CheckConstraint("gender IN ('male', 'female', 'other')", name="gender"),
        CheckConstraint("looking_for IN ('male', 'female', 'both')", name="looking_for"),
        CheckConstraint("credits >= 0", name="credits_not_negative"),
        CheckConstraint("bonus_credits BETWEEN 0 AND credits", name="bonus_within_credits"),
        CheckConstraint("total_spent >= 0", name="total_spent_not_negative"),
        CheckConstraint("loyalty_points >= 0", name="loyalty_points_not_negative"),
        CheckConstraint("owed_credits >= 0", name="owed_credits_not_negative"),
        CheckConstraint(
            "user_tier IN ('free', 'bronze', 'silver', 'gold', 'platinum')", name="user_tier"
        ),
        CheckConstraint("language IN ('en', 'sw')", name="language"),
        CheckConstraint("char_length(bio) <= 500", name="bio_length"),
        CheckConstraint("theme IN ('system', 'light', 'dark')", name="theme"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_position"),
        CheckConstraint("(email_sealed IS NULL) = (email_hash IS NULL)", name="whole_email"),
        CheckConstraint(
            "email_confirmed_at IS NULL OR email_hash IS NOT NULL", name="confirmed_email_is_there"
        ),
        CheckConstraint(
            "email_refused_at IS NULL OR email_hash IS NOT NULL", name="refused_email_is_there"
        ),
        CheckConstraint(f"notify_push <@ {_KINDS}", name="notify_push"),
        CheckConstraint(f"notify_email <@ {_KINDS}", name="notify_email"),
        CheckConstraint("spending_frozen_reason <> ''", name="freeze_has_reason"),
        Index("uq_real_users_username", text("lower(username)"), unique=True),
        Index("ix_real_users_tier", "user_tier"),
        Index("ix_real_users_last_active", text("last_active_at DESC")),
        Index(
            "ix_real_users_unseen_payment_id",
            "unseen_payment_id",
            postgresql_where=text("unseen_payment_id IS NOT NULL"),
        ),
        # Not unique: an address nobody has confirmed must not keep its owner out.
        Index("ix_real_users_email_hash", "email_hash"),
        Index(
            "uq_real_users_confirmed_email",
            "email_hash",
            unique=True,
            postgresql_where=text("email_confirmed_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    username: Mapped[str]
    display_name: Mapped[str]
    #: as typed, with the day it was given, so that it can be carried forward
    age: Mapped[int]
    age_given_on: Mapped[date] = mapped_column(Date, server_default=text("current_date"))
    gender: Mapped[str]
    looking_for: Mapped[str]
    location: Mapped[str]
    #: what operators read: the town, or nothing when the person keeps it to themselves
    location_shown: Mapped[str] = mapped_column(
        Computed("CASE WHEN show_place THEN location ELSE '' END", persisted=True)
    )
    #: of the town, to a tenth of a degree (some ten kilometres); None when we do not know the town
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    bio: Mapped[str] = mapped_column(server_default=text("''"))
    language: Mapped[str] = mapped_column(server_default=text("'en'"))
    #: None while nothing was chosen: then each browser's own choice holds
    theme: Mapped[str | None]
    #: the address as infra/crypto.py seals it, and its keyed hash to look it up by
    email_sealed: Mapped[str | None]
    email_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: when its owner followed the link sent there; None: anybody may have typed it
    email_confirmed_at: Mapped[datetime | None]
    #: when its mail server would not take our last letter
    email_refused_at: Mapped[datetime | None]
    notify_push: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    notify_email: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    show_online: Mapped[bool] = mapped_column(server_default=text("true"))
    show_place: Mapped[bool] = mapped_column(server_default=text("true"))
    credits: Mapped[int] = mapped_column(server_default=text("0"))
    #: how many of ``credits`` were given, not bought; spent first
    bonus_credits: Mapped[int] = mapped_column(server_default=text("0"))
    total_spent: Mapped[Decimal] = mapped_column(server_default=text("0"))
    user_tier: Mapped[str] = mapped_column(server_default=text("'free'"))
    #: one for each credit spent, less those swapped for credits or taken back
    loyalty_points: Mapped[int] = mapped_column(server_default=text("0"))
    #: spent credits of payments that the bank took back; the next purchase pays them first
    owed_credits: Mapped[int] = mapped_column(server_default=text("0"))
    total_messages_sent: Mapped[int] = counter()
    last_active_at: Mapped[datetime] = created_at()
    is_banned: Mapped[bool] = mapped_column(server_default=text("false"))
    ban_reason: Mapped[str | None]
    banned_until: Mapped[datetime | None]
    #: the end of a break one took; kept here because sending decides under this row's lock
    paused_until: Mapped[datetime | None]
    #: set while one has excluded oneself, also after that moment: it ends when it is asked to
    self_excluded_until: Mapped[datetime | None]
    #: why nothing can be bought or paid for now, as a word of ours; None: it can
    spending_frozen_reason: Mapped[str | None]
    #: the last payment that was credited, until its buyer has seen so on a page
    unseen_payment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("transactions.id", use_alter=True)
    )
    #: set while one has asked to be deleted and may still change one's mind
    deletion_due_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = updated_at()
    deleted_at: Mapped[datetime | None]


class Operator(Base):
    """A member of the team who plays characters."""

    __tablename__ = "operators"
    __table_args__ = (
        CheckConstraint("max_concurrent_chats BETWEEN 1 AND 50", name="max_concurrent_chats"),
        CheckConstraint("current_chat_count >= 0", name="current_chat_count"),
        CheckConstraint("skill_level IN ('junior', 'mid', 'senior', 'expert')", name="skill_level"),
        CheckConstraint("quality_score BETWEEN 0 AND 100", name="quality_score"),
        CheckConstraint(
            "availability_reason IN ('available', 'break', 'wrap-up', 'offline')",
            name="availability_reason",
        ),
        CheckConstraint(
            "is_available = (availability_reason = 'available')", name="available_has_no_reason"
        ),
        Index("uq_operators_email", text("lower(email)"), unique=True),
        Index(
            "ix_operators_available",
            "is_available",
            "is_active",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_operators_quality", text("quality_score DESC")),
        Index("ix_operators_specializations", "specializations", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    specializations: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    languages: Mapped[list[str]] = mapped_column(server_default=text("'{en}'"))
    skill_level: Mapped[str] = mapped_column(server_default=text("'junior'"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    is_available: Mapped[bool] = mapped_column(server_default=text("false"))
    availability_reason: Mapped[str] = mapped_column(server_default=text("'offline'"))
    #: since when not available; None while available, or when that was never said
    away_since: Mapped[datetime | None]
    auto_next: Mapped[bool] = mapped_column(server_default=text("true"))
    max_concurrent_chats: Mapped[int] = mapped_column(server_default=text("5"))
    #: chats held right now; kept by the assignment service under the operator's lock
    current_chat_count: Mapped[int] = mapped_column(server_default=text("0"))
    total_messages_sent: Mapped[int] = counter()
    total_chats_handled: Mapped[int] = counter()
    quality_score: Mapped[Decimal] = mapped_column(server_default=text("100"))
    idle_incidents: Mapped[int] = mapped_column(server_default=text("0"))
    reassignment_count: Mapped[int] = mapped_column(server_default=text("0"))
    is_suspended: Mapped[bool] = mapped_column(server_default=text("false"))
    suspension_reason: Mapped[str | None]
    suspended_until: Mapped[datetime | None]
    #: last heartbeat or request; older than a minute means silent
    last_activity: Mapped[datetime] = created_at()
    #: when this operator last got or answered a chat; the longest idle is chosen first
    idle_since: Mapped[datetime] = created_at()
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = updated_at()
    deleted_at: Mapped[datetime | None]


class Admin(Base):
    """A person who runs the platform. ``permissions`` is default deny."""

    __tablename__ = "admins"
    __table_args__ = (
        CheckConstraint("role IN ('super_admin', 'admin', 'moderator')", name="role"),
        Index("uq_admins_email", text("lower(email)"), unique=True),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    role: Mapped[str]
    permissions: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = updated_at()
    deleted_at: Mapped[datetime | None]
