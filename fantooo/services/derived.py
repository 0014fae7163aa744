"""Figures of characters, and of packages, that are derived from rows, recomputed by jobs.

Never counted up on the way: a row that many chats share would slow every send.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Integer,
    Numeric,
    Subquery,
    cast,
    func,
    or_,
    select,
    update,
)

from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import (
    Chat,
    ChatAssignment,
    ChatRating,
    CreditPackage,
    Favorite,
    FictionalUser,
    PackageView,
    Transaction,
)

_RECENTLY = timedelta(days=30)
#: replies needed before a response time is told
RESPONSES_NEEDED = 10
#: a chat with so many messages counts as one that somebody liked
_LIKED_MESSAGES = 10


def recompute_totals(now: datetime | None = None) -> int:
    """Favourites, ratings and response times of all characters; returns how many rows changed."""
    since = (now or datetime.now(UTC)) - _RECENTLY
    favorites = (
        select(Favorite.fictional_user_id.label("id"), func.count().label("favorites"))
        .group_by(Favorite.fictional_user_id)
        .subquery()
    )
    ratings = (
        select(
            ChatRating.fictional_user_id.label("id"),
            func.count().label("ratings"),
            cast(func.avg(ChatRating.stars), Numeric(3, 2)).label("average"),
        )
        .group_by(ChatRating.fictional_user_id)
        .subquery()
    )
    seconds = func.percentile_cont(0.5).within_group(ChatAssignment.first_reply_seconds)
    responses = (
        select(
            Chat.fictional_user_id.label("id"),
            cast(func.round(cast(seconds, Numeric)), Integer).label("seconds"),
        )
        .join(Chat, Chat.id == ChatAssignment.chat_id)
        .where(ChatAssignment.first_reply_at >= since)
        .group_by(Chat.fictional_user_id)
        .having(func.count() >= RESPONSES_NEEDED)
        .subquery()
    )
    return _write(
        favorites,
        ratings,
        responses,
        favorite_count=func.coalesce(favorites.c.favorites, 0),
        rating_count=func.coalesce(ratings.c.ratings, 0),
        rating_average=func.coalesce(ratings.c.average, 0),
        response_seconds=responses.c.seconds,
    )


def recompute_popularity(now: datetime | None = None) -> int:
    """Chats with ten messages and more, and favourites, of the last 30 days; never revenue."""
    since = (now or datetime.now(UTC)) - _RECENTLY
    liked = (
        select(Chat.fictional_user_id.label("id"), func.count().label("chats"))
        .where(Chat.message_count >= _LIKED_MESSAGES, Chat.last_message_at >= since)
        .group_by(Chat.fictional_user_id)
        .subquery()
    )
    favorites = (
        select(Favorite.fictional_user_id.label("id"), func.count().label("favorites"))
        .where(Favorite.created_at >= since)
        .group_by(Favorite.fictional_user_id)
        .subquery()
    )
    popularity = func.coalesce(liked.c.chats, 0) + func.coalesce(favorites.c.favorites, 0)
    return _write(liked, favorites, popularity_score=popularity)


def recompute_conversion() -> int:
    """Of a hundred people a package was shown to, how many bought it; returns how many rows changed."""
    bought = (
        select(Transaction.real_user_id, Transaction.package_id)
        .where(Transaction.type == "purchase", Transaction.status.in_(("success", "refunded")))
        .distinct()
        .subquery()
    )
    rate = (
        select(
            PackageView.package_id.label("id"),
            cast(100 * func.count(bought.c.package_id) / cast(func.count(), Numeric), Numeric(5, 2))
            .label("rate"),
        )
        .outerjoin(
            bought,
            (bought.c.package_id == PackageView.package_id)
            & (bought.c.real_user_id == PackageView.real_user_id),
        )
        .group_by(PackageView.package_id)
        .subquery()
    )  # fmt: skip
    with unit_of_work(as_system=True) as work:
        changed = work.session.execute(
            update(CreditPackage)
            .where(
                CreditPackage.id == rate.c.id,
                CreditPackage.conversion_rate.is_distinct_from(rate.c.rate),
            )
            .values(conversion_rate=rate.c.rate)
            .returning(CreditPackage.id)
            .execution_options(synchronize_session=False)
        ).all()
        return len(changed)


def _write(*sources: Subquery, **values: ColumnElement[object]) -> int:
    """Sets columns of all characters from sub-queries by character; rows that are right stay."""
    found = select(FictionalUser.id, *(value.label(name) for name, value in values.items()))
    joined = FictionalUser.__table__
    for source in sources:
        joined = joined.outerjoin(source, source.c.id == FictionalUser.id)
    fresh = found.select_from(joined).subquery()
    changed = or_(
        *(getattr(FictionalUser, name).is_distinct_from(fresh.c[name]) for name in values)
    )
    with unit_of_work(as_system=True) as work:
        rows = work.session.execute(
            update(FictionalUser)
            .where(FictionalUser.id == fresh.c.id, changed)
            .values({name: fresh.c[name] for name in values})
            .returning(FictionalUser.id)
            .execution_options(synchronize_session=False)
        ).all()
        return len(rows)
