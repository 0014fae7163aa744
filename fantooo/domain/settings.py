"""The settings an admin can change while Fantooo runs: names, types, defaults and ranges."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class SystemSettings:
    """All values at one moment. ``version`` rises with every change; price quotes carry it."""

    version: int = 0

    # Prices in credits (product.md 5)
    free_messages: int = 3
    price_text: int = 1
    price_gif: int = 1
    price_image: int = 2
    price_voice: int = 3
    price_video: int = 5
    evening_multiplier: Decimal = Decimal("1.2")
    evening_from_hour: int = 18
    evening_until_hour: int = 23
    featured_multiplier: Decimal = Decimal("1.5")
    discount_free: int = 0
    discount_bronze: int = 0
    discount_silver: int = 0
    discount_gold: int = 0
    discount_platinum: int = 0
    welcome_credits: int = 10

    # Rank in the queue (product.md 7, details.md)
    #: so many seconds of waiting are one point, without cap, so that nobody starves
    points_seconds: int = 20
    points_tier_step: int = 10
    points_lifetime_value_kes: int = 1000
    points_lifetime_value_max: int = 20
    points_paid: int = 15
    points_first: int = 10
    points_escalated: int = 50
    rank_urgent: int = 70
    rank_high: int = 40
    rank_normal: int = 15

    # Links to confirm an e-mail address, an hour: it may be a stranger's
    links_per_account: int = 3
    links_per_address: int = 5

    # Silence and a chat's life, in seconds unless named otherwise
    warn_after: int = 120
    return_after: int = 180
    heartbeat_after: int = 60
    escalate_after: int = 900
    escalate_attempts: int = 3
    idle_after_minutes: int = 30
    close_after_hours: int = 24
    archive_after_days: int = 90
    junior_max_chats: int = 3

    # Buying (product.md 5): tiers by lifetime spend, and what a purchase brings on top, in percent
    tier_bronze_kes: int = 1000
    tier_silver_kes: int = 5000
    tier_gold_kes: int = 20_000
    tier_platinum_kes: int = 50_000
    tier_bonus_bronze: int = 0
    tier_bonus_silver: int = 5
    tier_bonus_gold: int = 10
    tier_bonus_platinum: int = 15
    #: so many points are swapped for so many credits
    points_swapped: int = 100
    points_credits: int = 5
    #: a payment that nobody finished is asked about a last time, then given up
    payment_open_hours: int = 24
    #: somebody who left the provider's page may come back to it for so long
    payment_abandoned_minutes: int = 30

    # Giving back: above these a second admin decides (product.md 8); KES and credits
    approval_amount: int = 1000
    approval_credits: int = 200
    #: so long after paying people may take back what they have not used of it
    withdrawal_days: int = 14

    # What admins are told of: so many failed purchases in ten minutes; so many of a hundred credits
    # charged on a day given back, once that many were charged (details.md)
    alarm_failed_payments: int = 5
    alarm_refund_percent: int = 5
    alarm_refund_least_charged: int = 100

    #: whoever asks to be deleted may change their mind for so long; all is done by day 7 (product.md 11)
    deletion_grace_days: int = 6

    # A chat the character is not answered in costs nothing (product.md 2.6)
    unanswered_refund_minutes: int = 30

    # Everybody but admins is asked to come back later
    maintenance_mode: bool = False


_DEFAULTS = SystemSettings()


def build(version: int, stored: dict[str, Any]) -> SystemSettings:
    """Settings from what the database holds; unknown keys are left out, missing ones default."""
    known = {f.name for f in fields(SystemSettings)} - {"version"}
    values: dict[str, Any] = {
        key: check(key, value) for key, value in stored.items() if key in known
    }
    return SystemSettings(version=version, **values)


def check(key: str, value: Any) -> int | Decimal:
    """``value`` in the setting's own type. Raises ValueError for a wrong type or a negative one."""
    default = getattr(_DEFAULTS, key, None)
    if default is None or key == "version":
        raise ValueError(f"There is no setting called {key}")
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise ValueError(f"{key} must be true or false")  # noqa: TRY004 (one error for bad input)
        return value
    if isinstance(value, bool):
        raise ValueError(f"{key} must be a number")  # noqa: TRY004 (one error for bad input)
    number = Decimal(str(value))
    if number < 0:
        raise ValueError(f"{key} must not be negative")
    if isinstance(default, Decimal):
        return number
    if number != int(number):
        raise ValueError(f"{key} must be a whole number")
    return int(number)
