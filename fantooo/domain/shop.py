"""What admins type about packages and promo codes: read, checked, and told to the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from fantooo.domain.buying import HALVES, LEAST_PAYMENT, money
from fantooo.domain.errors import ValidationError
from fantooo.domain.pricing import EAT
from fantooo.domain.promos import CODE, KINDS, PERCENT_MAX

#: a price counts as really asked for so long (details.md, Money)
ASKED_FOR = timedelta(days=30)
_MONEY_MAX = Decimal(1_000_000)
_NUMBER_MAX = 100_000
_USES_MAX = 1_000_000


@dataclass(frozen=True)
class PackageWish:
    """A package as an admin wants it."""

    name: str
    credits: int
    price: Decimal
    bonus_credits: int
    badge_text: str | None
    is_featured: bool
    discount_percentage: int | None
    variant: str | None
    valid_from: datetime
    valid_until: datetime | None

    def values(self) -> dict[str, Any]:
        """The columns to write."""
        return asdict(self)


@dataclass(frozen=True)
class PromoWish:
    """A promo code as an admin wants it."""

    code: str
    kind: str
    value: int
    min_price: Decimal | None
    max_uses: int | None
    budget_amount: Decimal | None
    per_user_limit: int
    first_purchase_only: bool
    valid_from: datetime
    valid_until: datetime | None

    def values(self) -> dict[str, Any]:
        """The columns to write."""
        return asdict(self)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON has them."""
    return {
        key: value.isoformat()
        if isinstance(value, datetime)
        else f"{value:.2f}"
        if isinstance(value, Decimal)
        else value
        for key, value in values.items()
    }


def read_package(form: Mapping[str, str], now: datetime) -> PackageWish:
    """A package from the form; without a beginning it begins ``now``. Raises ``ValidationError`` with every field that is wrong."""
    read = _Reader(form)
    wish = PackageWish(
        name=read.words("name", 40, required=True) or "",
        credits=read.number("credits", 1, _NUMBER_MAX) or 0,
        price=read.money("price", LEAST_PAYMENT, required=True) or Decimal(0),
        bonus_credits=read.number("bonus_credits", 0, _NUMBER_MAX, default=0) or 0,
        badge_text=read.words("badge_text", 30),
        is_featured="is_featured" in form,
        discount_percentage=read.number("discount_percentage", 1, 99, required=False),
        variant=read.choice("variant", HALVES, required=False) or None,
        valid_from=read.moment("valid_from") or now,
        valid_until=read.moment("valid_until"),
    )
    read.stretch(wish.valid_from, wish.valid_until)
    read.done()
    return wish


def read_promo(form: Mapping[str, str], now: datetime) -> PromoWish:
    """A promo code from the form; without a beginning it begins ``now``. Raises ``ValidationError`` with every field that is wrong."""
    read = _Reader(form)
    code = "".join(form.get("code", "").split()).upper()
    if not CODE.fullmatch(code):
        read.errors["code"] = "Use 3 to 20 letters, digits or -"
    kind = read.choice("kind", KINDS)
    most = PERCENT_MAX if kind == "percent" else _NUMBER_MAX
    wish = PromoWish(
        code=code,
        kind=kind,
        value=read.number("value", 1, most) or 0,
        min_price=read.money("min_price", Decimal(1)),
        max_uses=read.number("max_uses", 1, _USES_MAX, required=False),
        budget_amount=read.money("budget_amount", Decimal(1)),
        per_user_limit=read.number("per_user_limit", 1, 1000, default=1) or 1,
        first_purchase_only="first_purchase_only" in form,
        valid_from=read.moment("valid_from") or now,
        valid_until=read.moment("valid_until"),
    )
    if kind == "bonus" and wish.budget_amount is not None:
        read.errors["budget_amount"] = "Bonus credits take nothing off; limit the uses instead"
    read.stretch(wish.valid_from, wish.valid_until)
    read.done()
    return wish


def same_minute(typed: datetime | None, stored: datetime | None) -> bool:
    """Whether a form sent back the moment it was given: its field knows no seconds."""
    if typed is None or stored is None:
        return typed is stored
    return typed == stored.replace(second=0, microsecond=0)


def discount_until(
    price: Decimal, percent: int, asked: Sequence[tuple[Decimal, datetime]]
) -> datetime | None:
    """Until when a discount may be shown with a price; None when it may not.

    ``asked`` are prices with the moment each was last asked. A discount is only shown against a
    price that was really asked in the last 30 days.
    """
    honest = [at for earlier, at in asked if earlier * (100 - percent) >= price * 100]
    return max(honest) + ASKED_FOR if honest else None


def discount_error(price: Decimal, asked: Sequence[tuple[Decimal, datetime]]) -> str:
    """Why a discount cannot be shown, with the largest one that could."""
    highest = max((earlier for earlier, _at in asked), default=price)
    most = int((highest - price) * 100 / highest)
    told = f"the highest was {money(highest)}"
    return (
        f"Only against a price asked in the last 30 days: {told}, so at most {most} %"
        if most > 0
        else "Only against a higher price that was asked in the last 30 days; there was none"
    )


class _Reader:
    """Reads one form and gathers what is wrong with it."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self.form = form
        self.errors: dict[str, str] = {}

    def done(self) -> None:
        """Raises ``ValidationError`` when anything was wrong."""
        if self.errors:
            raise ValidationError(self.errors)

    def words(self, name: str, most: int, *, required: bool = False) -> str | None:
        text = " ".join(self.form.get(name, "").split())
        if required and not text:
            self.errors[name] = "Give it a name"
        elif len(text) > most:
            self.errors[name] = f"Use at most {most} characters"
        return text or None

    def number(
        self, name: str, least: int, most: int, *, required: bool = True, default: int | None = None
    ) -> int | None:
        text = self.form.get(name, "").strip()
        if not text and (default is not None or not required):
            return default
        # isascii: int() also reads digits of other scripts.
        if not (
            text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most
        ):
            self.errors[name] = f"Enter a whole number from {least:,} to {most:,}"
            return None
        return int(text)

    def money(self, name: str, least: Decimal, *, required: bool = False) -> Decimal | None:
        text = self.form.get(name, "").strip()
        if not text and not required:
            return None
        try:
            amount = Decimal(text) if text.isascii() and len(text) <= 12 else Decimal("NaN")
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or not least <= amount <= _MONEY_MAX or amount * 100 % 1:
            self.errors[name] = f"Enter an amount from {money(least)} to {money(_MONEY_MAX)}"
            return None
        return amount

    def choice(
        self, name: str, options: Sequence[str] | Mapping[str, str], *, required: bool = True
    ) -> str:
        chosen = self.form.get(name, "")
        if chosen not in options and (chosen or required):
            self.errors[name] = "Choose one"
            return ""
        return chosen

    def moment(self, name: str) -> datetime | None:
        """What ``datetime-local`` sends, in Nairobi's time."""
        text = self.form.get(name, "").strip()
        if not text:
            return None
        try:
            return datetime.fromisoformat(text).replace(tzinfo=EAT)
        except ValueError:
            self.errors[name] = "Enter a day and a time"
            return None

    def stretch(self, begins: datetime, ends: datetime | None) -> None:
        if ends is not None and ends <= begins:
            self.errors.setdefault("valid_until", "It must end after it begins")
