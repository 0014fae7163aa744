"""What the composer of a user's chat needs to know to show a price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from fantooo.domain import limits
from fantooo.domain.errors import ChatNotFound
from fantooo.extensions import db
from fantooo.models import Chat, FictionalUser, RealUser


@dataclass(frozen=True)
class PriceBasis:
    """Everything a price depends on, and what the user has."""

    chat_id: UUID
    account_id: UUID
    free_used: int
    tier: str
    featured: bool
    lifetime_value: Decimal
    first: bool
    balance: int
    is_frozen: bool
    character_name: str
    character_published: bool
    on_a_break_until: datetime | None
    spending_frozen: bool


# Made once: putting it together takes as long as asking for it.
_BASIS = (
    select(
        Chat.free_messages_used,
        Chat.message_count,
        Chat.is_frozen,
        RealUser.user_tier,
        RealUser.total_spent,
        RealUser.credits,
        # By the database's clock, as the send function judges it.
        (
            FictionalUser.is_featured
            & (FictionalUser.featured_until.is_(None) | (FictionalUser.featured_until > func.now()))
        ).label("featured"),
        RealUser.paused_until,
        RealUser.self_excluded_until,
        RealUser.spending_frozen_reason,
        FictionalUser.name,
        FictionalUser.is_active,
        FictionalUser.deleted_at,
    )
    .join(RealUser, RealUser.id == Chat.real_user_id)
    .join(FictionalUser, FictionalUser.id == Chat.fictional_user_id)
    .where(
        Chat.id == bindparam("chat_id", type_=Uuid()),
        Chat.real_user_id == bindparam("account_id", type_=Uuid()),
    )
)


def price_basis(chat_id: UUID, account_id: UUID) -> PriceBasis:
    """The viewer's own chat, wallet and character in one read. Raises ``ChatNotFound``."""
    row = db.session.execute(_BASIS, {"chat_id": chat_id, "account_id": account_id}).one_or_none()
    if row is None:
        raise ChatNotFound
    return PriceBasis(
        chat_id=chat_id,
        account_id=account_id,
        free_used=row.free_messages_used,
        tier=row.user_tier,
        featured=row.featured,
        lifetime_value=row.total_spent,
        first=row.message_count == 0,
        balance=row.credits,
        is_frozen=row.is_frozen,
        character_name=row.name,
        character_published=row.is_active and row.deleted_at is None,
        on_a_break_until=limits.paused_until(
            row.paused_until, row.self_excluded_until, datetime.now(UTC)
        ),
        spending_frozen=row.spending_frozen_reason is not None,
    )
