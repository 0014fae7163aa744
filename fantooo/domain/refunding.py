"""Giving back: why, and how much. Money in its own unit, credits whole; what was bought apart from bonus.

Shares of a purchase are counted from its beginning (what all refunds so far and this one amount to,
less what was taken before), so that parts never add up to more than the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from fractions import Fraction

#: what a user can say of an own message
ASKED_REASONS = {
    "accidental_send": "I sent it by accident",
    "inappropriate_content": "The reply was not acceptable",
    "system_error": "Something went wrong",
}
#: every reason, as admins read it
REASONS = {
    "accidental_send": "Sent by accident",
    "inappropriate_content": "Inappropriate content",
    "system_error": "Something went wrong",
    "admin_discretion": "Our own decision",
    "account_deletion": "Account deleted",
    "unanswered": "Nobody answered in time",
}
#: why admins give credits back that nobody has asked for
GIVEN_REASONS = {name: REASONS[name] for name in ("admin_discretion", *ASKED_REASONS)}
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Sold:
    """A purchase: what was paid, and the credits that it brought."""

    paid: Decimal
    credits: int
    bonus: int


@dataclass(frozen=True)
class Part:
    """Some of it that goes back, or went back: money, bought credits and bonus credits."""

    amount: Decimal = Decimal(0)
    credits: int = 0
    bonus: int = 0


@dataclass(frozen=True)
class Purse:
    """What is in the wallet now: all credits, and how many of them were given."""

    credits: int
    bonus: int

    @property
    def bought(self) -> int:
        """Credits that were paid for and not spent."""
        return self.credits - self.bonus


class NotRefundable(ValueError):
    """Why so much cannot be given back."""


def left(sold: Sold, before: Part) -> Decimal:
    """How much money of a purchase can still go back."""
    return sold.paid - before.amount


def due(sold: Sold, before: Part, amount: Decimal) -> Part:
    """What ``amount`` must take back, if nothing of it had been spent.

    In proportion to what was paid, rounded up; all that is left for all that is left. Raises
    ``NotRefundable`` for less than a cent, and for more than is left.
    """
    if amount > left(sold, before):
        raise NotRefundable("That is more than is left of this payment")
    if amount <= 0 or amount != amount.quantize(_CENT):
        raise NotRefundable("An amount is whole cents above 0")
    until = before.amount + amount
    return Part(
        amount=amount,
        credits=_share(sold.credits, until, sold.paid) - _share(sold.credits, before.amount, sold.paid),
        bonus=_share(sold.bonus, until, sold.paid) - _share(sold.bonus, before.amount, sold.paid),
    )  # fmt: skip


def to_take(
    sold: Sold, before: Part, purse: Purse, amount: Decimal, *, goodwill: bool = False
) -> Part:
    """What giving ``amount`` back takes out of the wallet, which never goes below zero.

    Bonus is taken as far as it is still there: it was spent first. Bought credits must be there,
    unless ``goodwill`` gives the money back for spent ones too. Raises ``NotRefundable``.
    """
    wanted = due(sold, before, amount)
    # What was taken otherwise than in proportion must not lead above what was bought.
    credits = min(wanted.credits, sold.credits - before.credits)
    bonus = min(wanted.bonus, sold.bonus - before.bonus)
    if credits > purse.bought and not goodwill:
        raise NotRefundable(
            f"{credits} bought credits would have to come back, and {purse.bought} are left"
        )
    return Part(amount, min(credits, purse.bought), min(bonus, purse.bonus))


def unused(sold: Sold, before: Part, bought_left: int, newer: int) -> int:
    """Bought credits of a purchase that are still there, the newest purchases counted first.

    ``bought_left``: bought credits in the wallet; ``newer``: those that later purchases brought and
    that did not go back.
    """
    return max(0, min(sold.credits - before.credits, bought_left - newer))


def withdrawal(sold: Sold, before: Part, purse: Purse, newer: int) -> Part:
    """What withdrawing from a purchase gives back: the share of its price that is unused.

    Bonus counts like the rest: it came with the purchase and is spent first, so whoever used it
    pays for it at the price of each credit that came, given or bought; else every purchase would be
    a gift of its bonus. All that is left of the money for all that is left of the credits: what
    earlier parts rounded up is nobody's gain. Nothing unused is a part of nothing.
    """
    credits = unused(sold, before, purse.bought, newer)
    if credits == 0:
        return Part()
    amount, bonus_left = left(sold, before), sold.bonus - before.bonus
    if credits < sold.credits - before.credits or purse.bonus < bonus_left:
        of_bought = Fraction(credits, sold.credits)
        of_all = Fraction(credits + min(purse.bonus, bonus_left), sold.credits + sold.bonus)
        share = min(of_bought, of_all)
        worth = (sold.paid * share.numerator / share.denominator).quantize(_CENT, ROUND_DOWN)
        amount = min(worth, amount)
    if amount <= 0:
        return Part()
    bonus = min(_share(sold.bonus, Decimal(credits), Decimal(sold.credits)), bonus_left)
    return Part(amount, credits, max(0, min(bonus, purse.bonus)))


def withdrawable_until(paid_at: datetime, days: int) -> datetime:
    """The moment until which somebody may withdraw from a purchase."""
    return paid_at + timedelta(days=days)


def _share(of: int, part: Decimal, whole: Decimal) -> int:
    return int((of * part / whole).to_integral_value(ROUND_CEILING))
