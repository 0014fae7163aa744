"""What a message costs, in credits. The only place where prices are computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from fantooo.domain.settings import SystemSettings

EAT = ZoneInfo("Africa/Nairobi")


def day_begins(moment: datetime) -> datetime:
    """Midnight in Nairobi of the day that ``moment`` is in."""
    return midnight(moment.astimezone(EAT).date())


def midnight(day: date) -> datetime:
    """The moment at which ``day`` begins in Nairobi."""
    return datetime.combine(day, time(), EAT)


#: a shown price holds this long at most, and never across a change of rate
QUOTE_VALID = timedelta(minutes=30)


@dataclass(frozen=True)
class Price:
    """A price with the factors that made it, kept with every charge."""

    credits: int
    is_free: bool
    base: int
    evening: bool
    featured: bool
    discount_percent: int

    @property
    def reason(self) -> str:
        """Why it costs this much, for the composer; empty when nothing is special."""
        if self.is_free:
            return "free"
        words = []
        if self.evening:
            words.append("evening rate")
        if self.featured:
            words.append("featured character")
        return ", ".join(words)

    def factors(self) -> dict[str, Any]:
        """What a ledger row keeps, ready for JSON."""
        return {
            "base": self.base,
            "evening": self.evening,
            "featured": self.featured,
            "discount_percent": self.discount_percent,
        }


def is_evening(moment: datetime, settings: SystemSettings) -> bool:
    """Whether ``moment`` lies in the evening hours of Nairobi (18:00 to 22:59 by default)."""
    hour = moment.astimezone(EAT).hour
    return settings.evening_from_hour <= hour < settings.evening_until_hour


def rate_ends_at(moment: datetime, settings: SystemSettings) -> datetime:
    """When the rate that holds at ``moment`` next changes, or ``QUOTE_VALID`` later if earlier."""
    local = moment.astimezone(EAT)
    ends = moment + QUOTE_VALID
    for hour in (settings.evening_from_hour, settings.evening_until_hour):
        boundary = day_begins(moment) + timedelta(hours=hour)
        # An evening that begins at midnight begins tomorrow.
        ends = min(ends, boundary if boundary > local else boundary + timedelta(days=1))
    return ends


def message_price(
    *,
    content_type: str,
    free_used: int,
    tier: str,
    featured: bool,
    moment: datetime,
    settings: SystemSettings,
) -> Price:
    """The price of one message of a user.

    The first messages of a chat, of any kind, are free. Then the base price by kind, times the
    evening and featured multipliers, less the tier's discount, in ``Decimal``, rounded up once.
    """
    base = int(getattr(settings, f"price_{content_type}"))
    evening = is_evening(moment, settings)
    discount = int(getattr(settings, f"discount_{tier}"))
    if free_used < settings.free_messages:
        return Price(0, True, base, evening, featured, discount)
    amount = Decimal(base)
    if evening:
        amount *= settings.evening_multiplier
    if featured:
        amount *= settings.featured_multiplier
    amount *= Decimal(100 - min(discount, 100)) / 100
    return Price(
        int(amount.to_integral_value(rounding=ROUND_CEILING)),
        False,
        base,
        evening,
        featured,
        discount,
    )
