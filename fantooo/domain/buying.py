"""What buying brings: packages with their bonus, tiers by spend, points, and references."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from fantooo.domain.settings import SystemSettings

#: from the highest down; somebody below all of them is ``free``
PAID_TIERS = ("platinum", "gold", "silver", "bronze")
#: what the provider says of a payment, mapped once to ours (details.md, Money)
PROVIDER_STATES = {
    "ongoing": "processing",
    "pending": "processing",
    "processing": "processing",
    "queued": "processing",
    "success": "success",
    "failed": "failed",
    "abandoned": "failed",
    "reversed": "refunded",
}


#: the provider takes nothing smaller, in units of the currency
LEAST_PAYMENT = Decimal(3)
#: which new buyers a package is shown to; none of them: to everybody
HALVES = ("a", "b")


@dataclass(frozen=True)
class Package:
    """A package as it is offered to one person: ``tier_bonus`` is theirs."""

    id: UUID
    name: str
    credits: int
    bonus_credits: int
    tier_bonus: int
    price: Decimal
    currency: str
    badge_text: str = ""
    discount_percentage: int = 0
    is_featured: bool = False
    #: until when it is on offer; None: no end is set
    valid_until: datetime | None = None

    @property
    def bonus(self) -> int:
        """All that comes on top of ``credits``."""
        return self.bonus_credits + self.tier_bonus

    @property
    def total(self) -> int:
        """Credits in all."""
        return self.credits + self.bonus

    @property
    def label(self) -> str:
        """What the button says: ``50 Credits - 400 KES``."""
        return label(self.credits, self.price, self.currency)

    @property
    def price_a_credit(self) -> Decimal:
        """What one credit costs with all bonus counted, in the package's currency."""
        return price_a_credit(self.price, self.total)

    def snapshot(self) -> dict[str, Any]:
        """What a purchase keeps, ready for JSON."""
        return asdict(self) | {"id": str(self.id), "price": str(self.price)}


def label(credits: int, price: Decimal, currency: str) -> str:
    """``50 Credits - 400 KES``, the original's words for a package."""
    return f"{credits} Credits - {money(price)} {currency}"


def price_a_credit(price: Decimal, credits: int) -> Decimal:
    """What one of so many credits costs, to the cent."""
    return (price / credits).quantize(Decimal("0.01"), ROUND_HALF_UP)


def money(amount: Decimal) -> str:
    """``1,900`` or ``99.50``: no cents where there are none."""
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def cents(amount: Decimal) -> int:
    """``amount`` in the provider's unit. Raises ValueError for a fraction of a cent."""
    whole = amount * 100
    if whole != whole.to_integral_value():
        raise ValueError(f"{amount} is not whole cents")
    return int(whole)


def tier_of(spent: Decimal, settings: SystemSettings) -> str:
    """The tier that so much spend (paid less refunded, in KES) brings (product.md 5)."""
    for tier in PAID_TIERS:
        if spent >= getattr(settings, f"tier_{tier}_kes"):
            return tier
    return "free"


def tier_bonus(credits: int, tier: str, settings: SystemSettings) -> int:
    """Credits that a tier adds to a purchase of ``credits``; fractions are not given."""
    return credits * int(getattr(settings, f"tier_bonus_{tier}", 0)) // 100


def half_of(account_id: UUID) -> str:
    """The half of all people somebody belongs to, for variants: random, and always the same."""
    return HALVES[hashlib.sha256(account_id.bytes).digest()[0] % len(HALVES)]


def new_reference() -> str:
    """Our name for one attempt to pay, in the provider's alphabet; cannot be guessed."""
    return f"fan-{secrets.token_hex(12)}"


def receipt_number(year: int, number: int) -> str:
    """``FAN-2026-000042``."""
    return f"FAN-{year}-{number:06d}"
