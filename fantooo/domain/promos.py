"""Promo codes: what one takes off a price or adds to a package, and why one cannot be used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_UP, Decimal
from uuid import UUID

from fantooo.domain import buying
from fantooo.domain.buying import LEAST_PAYMENT, Package, money

#: how a code helps, with the words for it
KINDS: dict[str, str] = {
    "percent": "Percent off",
    "fixed": "Amount off",
    "bonus": "Bonus credits",
}
PERCENT_MAX = 90
CODE = re.compile(r"[A-Z0-9-]{3,20}")

#: one text for what is unknown, switched off or yet to come, so that nobody learns of it by guessing
INVALID = "This code is not valid."
ENDED = "This code has ended."
USED_UP = "This code has been used up."
ONCE = "You have used this code already."
OFTEN = "You have used this code as often as one can."
FIRST = "This code is for a first purchase."
WAITING = "You began a payment with a promo code and have not finished it yet."
NOTHING_OFF = "This code is not for this package."


@dataclass(frozen=True)
class Promo:
    """A code as its maker set it up. None means without that limit."""

    id: UUID
    code: str
    kind: str
    value: int
    currency: str
    min_price: Decimal | None
    max_uses: int | None
    budget_amount: Decimal | None
    per_user_limit: int
    first_purchase_only: bool
    valid_from: datetime
    valid_until: datetime | None
    is_active: bool


@dataclass(frozen=True)
class Usage:
    """How far a code is used, and what one person did. Reserved counts like used."""

    uses: int = 0
    discounts: Decimal = Decimal(0)
    own: int = 0
    #: this person's purchases with any code that are neither paid nor given up
    own_open: int = 0
    #: the same with this very code
    own_waiting: int = 0
    has_bought: bool = False


@dataclass(frozen=True)
class Deal:
    """What a code does for one package: ``discount`` less to pay, ``bonus`` credits more."""

    promo_id: UUID
    code: str
    discount: Decimal
    bonus: int


@dataclass(frozen=True)
class Offer:
    """A package with what a code does for it, or why the code is not for it."""

    package: Package
    deal: Deal | None = None
    misfit: str = ""

    @property
    def to_pay(self) -> Decimal:
        """What is asked for, in the package's currency."""
        return self.package.price - self.discount

    @property
    def discount(self) -> Decimal:
        """What the code takes off."""
        return self.deal.discount if self.deal else Decimal(0)

    @property
    def promo_bonus(self) -> int:
        """The credits that the code adds."""
        return self.deal.bonus if self.deal else 0

    @property
    def bonus(self) -> int:
        """All that comes on top of the package's credits."""
        return self.package.bonus + self.promo_bonus

    @property
    def label(self) -> str:
        """What the card says: ``50 Credits - 320 KES``."""
        return buying.label(self.package.credits, self.to_pay, self.package.currency)

    @property
    def price_a_credit(self) -> Decimal:
        """What one credit costs, all bonus counted."""
        return buying.price_a_credit(self.to_pay, self.package.credits + self.bonus)

    @property
    def shown(self) -> str:
        """What a page that shows this offer sends along with the order."""
        return shown(self.to_pay, self.package.credits, self.bonus)


def shown(to_pay: Decimal, credits: int, bonus: int) -> str:
    """Price and credits as one word: what a page showed is compared by it with what is asked."""
    return f"{to_pay:.2f}-{credits}-{bonus}"


def fold(typed: str) -> str:
    """A code as it is kept, from what people type: capitals, no blanks; "" when it cannot be one."""
    code = "".join(typed.split()).upper()
    return code if CODE.fullmatch(code) else ""


def refusal(promo: Promo | None, usage: Usage, now: datetime) -> str:
    """Why a person cannot use a code for anything; empty when they can."""
    if promo is None or now < promo.valid_from:
        return INVALID
    if promo.valid_until is not None and now >= promo.valid_until:
        return ENDED
    if not promo.is_active:
        return INVALID
    return used_up(promo, usage)


def used_up(promo: Promo, usage: Usage, discount: Decimal = Decimal(0)) -> str:
    """Why nothing is left of a code for a person and a discount; empty when it is."""
    # What concerns the person alone comes first: it stays true whatever others do.
    if promo.first_purchase_only and usage.has_bought:
        return FIRST
    if promo.first_purchase_only and usage.own_open:
        return WAITING
    if usage.own >= promo.per_user_limit:
        if usage.own_waiting:
            return WAITING
        return ONCE if promo.per_user_limit == 1 else OFTEN
    if promo.max_uses is not None and usage.uses >= promo.max_uses:
        return USED_UP
    left = None if promo.budget_amount is None else promo.budget_amount - usage.discounts
    if left is not None and (left <= 0 or left < discount):
        return USED_UP
    return ""


def misfit(promo: Promo, usage: Usage, package: Package) -> str:
    """Why a code that may be used is not for this package; empty when it is."""
    if package.currency != promo.currency:
        return NOTHING_OFF
    if promo.min_price is not None and package.price < promo.min_price:
        return f"Valid on packages of {money(promo.min_price)} {promo.currency} or more."
    if promo.kind == "bonus":
        return ""
    discount = _discount(promo, package.price)
    if discount <= 0:
        return NOTHING_OFF
    if promo.budget_amount is not None and usage.discounts + discount > promo.budget_amount:
        return "What is left of this code is too little for this package."
    return ""


def deal(promo: Promo, package: Package) -> Deal:
    """What a code that fits does for a package."""
    if promo.kind == "bonus":
        return Deal(promo.id, promo.code, Decimal(0), promo.value)
    return Deal(promo.id, promo.code, _discount(promo, package.price), 0)


def words(promo_kind: str, value: int, currency: str) -> str:
    """``20 % off``, ``100 KES off``, ``30 bonus credits``."""
    if promo_kind == "percent":
        return f"{value} % off"
    if promo_kind == "fixed":
        return f"{money(Decimal(value))} {currency} off"
    return f"{value} bonus credits"


def note(code: str, discount: Decimal, paid: Decimal, currency: str) -> str:
    """``KARIBU20: 80 KES off 400 KES``; the code alone when it took nothing off, "" without one."""
    if not discount:
        return code
    return f"{code}: {money(discount)} {currency} off {money(paid + discount)} {currency}"


def _discount(promo: Promo, price: Decimal) -> Decimal:
    """What is taken off: whole units, rounded for the buyer, and the provider's least is left."""
    if promo.kind == "percent":
        wished = (price * promo.value / 100).quantize(Decimal(1), ROUND_UP)
    else:
        wished = Decimal(promo.value)
    return max(Decimal(0), min(wished, price - LEAST_PAYMENT))
