"""The price a composer shows, signed, so that sending needs no read before it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from fantooo.domain import pricing, ranking
from fantooo.domain.pricing import Price
from fantooo.domain.settings import SystemSettings
from fantooo.infra import clock, signing

_PURPOSE = "message-quote"


@dataclass(frozen=True)
class Quote:
    """What one text message of one account in one chat costs, and the snapshot that decided it."""

    chat_id: str
    account_id: str
    free_used: int
    tier: str
    featured: bool
    lifetime_value: str
    first: bool
    settings_version: int
    free_limit: int
    price: int
    is_free: bool
    base: int
    evening: bool
    discount: int
    #: seconds since 1970 until which the price holds
    valid_until: float

    @property
    def still_holds(self) -> bool:
        """Whether its time has not run out."""
        return clock.now().timestamp() < self.valid_until

    @property
    def as_price(self) -> Price:
        """The price with its factors."""
        return Price(
            self.price, self.is_free, self.base, self.evening, self.featured, self.discount
        )

    def token(self) -> str:
        """The quote as the signed text a page carries."""
        return signing.sign(_PURPOSE, list(asdict(self).values()))

    def reason(self) -> str:
        """Why it costs this much, in the words of the composer."""
        if self.is_free:
            return f"free, {self.free_limit - self.free_used} left"
        return self.as_price.reason

    def queue_points(self, settings: SystemSettings) -> tuple[str, int, dict[str, int]]:
        """Priority, points and their parts, should this message put its chat into the queue."""
        parts = ranking.score_parts(
            tier=self.tier,
            lifetime_value=Decimal(self.lifetime_value),
            paid=self.price > 0,
            first=self.first,
            escalated=False,
            settings=settings,
        )
        score = sum(parts.values())
        return ranking.priority(score, settings), score, parts


@dataclass(frozen=True)
class Snapshot:
    """What a price depends on, as the database says."""

    chat_id: UUID
    account_id: UUID
    free_used: int
    tier: str
    featured: bool
    lifetime_value: Decimal
    first: bool


def make(snapshot: Snapshot, settings: SystemSettings, moment: datetime | None = None) -> Quote:
    """The quote for the next text message."""
    moment = moment or clock.now()
    price = pricing.message_price(
        content_type="text",
        free_used=snapshot.free_used,
        tier=snapshot.tier,
        featured=snapshot.featured,
        moment=moment,
        settings=settings,
    )
    return Quote(
        chat_id=str(snapshot.chat_id),
        account_id=str(snapshot.account_id),
        free_used=snapshot.free_used,
        tier=snapshot.tier,
        featured=snapshot.featured,
        lifetime_value=str(snapshot.lifetime_value),
        first=snapshot.first,
        settings_version=settings.version,
        free_limit=settings.free_messages,
        price=price.credits,
        is_free=price.is_free,
        base=price.base,
        evening=price.evening,
        discount=price.discount_percent,
        valid_until=pricing.rate_ends_at(moment, settings).astimezone(UTC).timestamp(),
    )


def after(quote: Quote, free_used: int, settings: SystemSettings) -> Quote:
    """The quote for the message after one sent under ``quote``; reads nothing."""
    return make(
        Snapshot(
            chat_id=UUID(quote.chat_id),
            account_id=UUID(quote.account_id),
            free_used=free_used,
            tier=quote.tier,
            featured=quote.featured,
            lifetime_value=Decimal(quote.lifetime_value),
            first=False,
        ),
        settings,
    )


def read(token: str, *, chat_id: UUID, account_id: UUID) -> Quote | None:
    """The quote behind a token, or None when it is not ours, or not for this chat and account."""
    values: Any = signing.unsign(_PURPOSE, token)
    if not isinstance(values, list) or len(values) != len(Quote.__dataclass_fields__):
        return None
    quote = Quote(*values)
    if quote.chat_id != str(chat_id) or quote.account_id != str(account_id):
        return None
    return quote
