"""Limits people set themselves: spending, breaks, self-exclusion and the check of time (product.md 2.7)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from fantooo.domain.buying import money
from fantooo.domain.errors import ValidationError
from fantooo.domain.pricing import EAT, day_begins

PERIODS = ("day", "week", "month")
#: how a raise waits, and how long after it was asked for it can be confirmed
RAISE_AFTER = timedelta(hours=24)
LAPSES_AFTER = timedelta(days=7)
MOST = Decimal(1_000_000)
TIME_OUTS = {
    "24h": ("24 hours", timedelta(hours=24)),
    "7d": ("7 days", timedelta(days=7)),
    "30d": ("30 days", timedelta(days=30)),
}
#: how long self-exclusion can be, in calendar months
EXCLUSIONS = {
    "6m": ("6 months", 6),
    "1y": ("1 year", 12),
    "2y": ("2 years", 24),
    "5y": ("5 years", 60),
}
#: what is typed to be sure
EXCLUSION_WORD = "stop"
#: so much use, and there is a word about it
CHECK_AFTER = timedelta(minutes=60)
#: a pause longer than this was no use
LONGEST_GAP = timedelta(minutes=15)
#: who was away for so long begins a new stretch
NEW_STRETCH_AFTER = timedelta(hours=6)
FROZEN = "Your payments are being checked; you can read, and free messages still work."


@dataclass(frozen=True)
class Limit:
    """The limit of one period, in the currency of the house; ``amount`` None: there is none.

    What is pending is a raise to ``pending_amount`` or, with ``pending_removal``, the limit's end.
    """

    period: str
    amount: Decimal | None = None
    pending_amount: Decimal | None = None
    pending_removal: bool = False
    pending_since: datetime | None = None

    @property
    def confirm_from(self) -> datetime | None:
        """When what is pending can be confirmed."""
        return self.pending_since + RAISE_AFTER if self.pending_since else None

    @property
    def lapses_at(self) -> datetime | None:
        """When what is pending is forgotten."""
        return self.pending_since + LAPSES_AFTER if self.pending_since else None

    def pending(self, now: datetime) -> str:
        """What became of a wish for more: ``none``, ``waiting``, ``ready`` or ``lapsed``."""
        if self.pending_since is None:
            return "none"
        if now >= self.pending_since + LAPSES_AFTER:
            return "lapsed"
        return "ready" if now >= self.pending_since + RAISE_AFTER else "waiting"

    def without_wish(self) -> Limit:
        """The same limit with nothing pending."""
        return Limit(self.period, self.amount)


@dataclass(frozen=True)
class Use:
    """How much of a limit is used in the present period, which ends at ``ends``."""

    limit: Limit
    spent: Decimal
    begins: datetime
    ends: datetime

    @property
    def left(self) -> Decimal | None:
        """What can still be spent; None without a limit."""
        if self.limit.amount is None:
            return None
        return max(Decimal(0), self.limit.amount - self.spent)


@dataclass(frozen=True)
class Stretch:
    """Time of use since ``began_at``: gaps are not counted."""

    began_at: datetime
    last_at: datetime
    active: timedelta = timedelta(0)

    @property
    def is_due(self) -> bool:
        """Whether it is time for a word about it."""
        return self.active >= CHECK_AFTER


def stretch(period: str, moment: datetime) -> tuple[datetime, datetime]:
    """Begin and end of the calendar day, week (from Monday) or month of Nairobi that holds ``moment``."""
    day = day_begins(moment)
    if period == "day":
        return day, day + timedelta(days=1)
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    if period == "month":
        first = day.replace(day=1)
        return first, first + timedelta(days=calendar.monthrange(first.year, first.month)[1])
    raise ValueError(period)


def read_amount(typed: str, field: str, currency: str) -> Decimal:
    """A whole amount from what people type (``1,000``, ``1000 KES``). Raises ``ValidationError``."""
    unit = currency.casefold()
    plain = typed.strip().casefold().removesuffix(unit).removeprefix(unit)
    plain = plain.replace(",", "").replace(" ", "")
    if not (plain.isascii() and plain.isdigit()) or not 1 <= int(plain[:12]) <= MOST:
        raise ValidationError({field: f"Enter a whole amount, from 1 to {money(MOST)} {currency}"})
    return Decimal(int(plain))


def ask(limit: Limit, wanted: Decimal | None, now: datetime) -> tuple[Limit, str]:
    """The limit after somebody asked for ``wanted`` (None: no limit), and what that was.

    Less holds at once and takes back a wish for more; more only begins to wait. The second value is
    ``set``, ``lowered``, ``cancelled``, ``raise_asked``, ``removal_asked`` or empty: no change.
    """
    if limit.amount is None:
        return (limit, "") if wanted is None else (Limit(limit.period, wanted), "set")
    if wanted is not None and wanted <= limit.amount:
        if wanted < limit.amount:
            return Limit(limit.period, wanted), "lowered"
        return limit.without_wish(), "cancelled" if limit.pending_since else ""
    wish = replace(limit, pending_amount=wanted, pending_removal=wanted is None, pending_since=now)
    if replace(wish, pending_since=limit.pending_since) == limit and limit.pending(now) != "lapsed":
        return limit, ""  # the same wish again does not begin to wait anew
    return wish, "removal_asked" if wanted is None else "raise_asked"


def confirm(limit: Limit, now: datetime) -> tuple[Limit, str]:
    """The limit after what was pending is confirmed: ``raised`` or ``removed``.

    Raises ``ValidationError`` when there is nothing to confirm, or not yet.
    """
    state = limit.pending(now)
    if state == "waiting":
        raise ValidationError(
            {limit.period: f"You can confirm this from {when(limit.confirm_from)} on"}
        )
    if state != "ready":
        raise ValidationError({limit.period: "There is nothing to confirm any more"})
    if limit.pending_removal:
        return Limit(limit.period), "removed"
    return Limit(limit.period, limit.pending_amount), "raised"


def refusal(uses: Iterable[Use], price: Decimal, currency: str) -> str:
    """Why a purchase at ``price`` would pass a limit, in words; empty when it would not."""
    passed = [use for use in uses if use.left is not None and price > use.left]
    if not passed:
        return ""
    # The one that holds longest: waiting for another's end would not help.
    use = max(passed, key=lambda each: each.ends)
    left = f"{money(use.left)} {currency} are left" if use.left else "nothing is left"
    most = money(use.limit.amount or Decimal(0))
    return (
        f"This would pass your own limit of {most} {currency} a {use.limit.period}:"
        f" {left} until {ends_in_words(use)}."
    )


def ends_in_words(use: Use) -> str:
    """When a period ends, in Nairobi: midnight, ``Monday, 30 Nov``, ``1 Dec``."""
    day = use.ends.astimezone(EAT)
    if use.limit.period == "day":
        return "midnight"
    named = f"{day.day} {day.strftime('%b')}"
    return f"Monday, {named}" if use.limit.period == "week" else named


def when(moment: datetime | None) -> str:
    """``24 Nov 2026, 20:04``, in Nairobi."""
    if moment is None:
        return ""
    local = moment.astimezone(EAT)
    return f"{local.day} {local.strftime('%b %Y, %H:%M')}"


def on_a_break(until: datetime) -> str:
    """What somebody reads who wants to write or buy on a break."""
    return f"You are taking a break until {when(until)}, as you asked. You can read everything."


def paused_until(
    paused: datetime | None, excluded: datetime | None, now: datetime
) -> datetime | None:
    """The end of a break that holds at ``now``. Self-exclusion holds until it was asked to end."""
    if excluded is not None:
        return excluded
    return paused if paused is not None and paused > now else None


def time_outs_after(until: datetime | None, now: datetime) -> list[tuple[str, str]]:
    """Value and words of the time-outs that would end well after the present one."""
    return [
        (value, words)
        for value, (words, length) in TIME_OUTS.items()
        # Not the one that was just taken.
        if until is None or now + length >= until + timedelta(hours=1)
    ]


def time_out_until(choice: str, now: datetime) -> datetime:
    """When a time-out ends. Raises ``ValidationError`` for a length that there is not."""
    if choice not in TIME_OUTS:
        raise ValidationError({"length": "Choose how long"})
    return now + TIME_OUTS[choice][1]


def excluded_until(choice: str, now: datetime) -> datetime:
    """When self-exclusion can be asked to end: the same day some months later, in Nairobi.

    Raises ``ValidationError`` for a length that there is not.
    """
    if choice not in EXCLUSIONS:
        raise ValidationError({"length": "Choose how long"})
    local = now.astimezone(EAT)
    months = local.month - 1 + EXCLUSIONS[choice][1]
    year, month = local.year + months // 12, months % 12 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day)


def go_on(present: Stretch | None, now: datetime) -> Stretch:
    """The stretch of use after somebody did something at ``now``."""
    if present is None or now - present.last_at >= NEW_STRETCH_AFTER:
        return Stretch(now, now)
    gap = max(timedelta(0), now - present.last_at)
    counted = gap if gap <= LONGEST_GAP else timedelta(0)
    return Stretch(present.began_at, max(now, present.last_at), present.active + counted)


def is_due(active_seconds: int) -> bool:
    """Whether so much use is worth a word."""
    return timedelta(seconds=active_seconds) >= CHECK_AFTER


def duration_in_words(active: timedelta) -> str:
    """``1 hour``, ``1 hour 5 minutes``, ``2 hours``."""
    hours, minutes = divmod(int(active.total_seconds()) // 60, 60)
    parts = [(hours, "hour"), (minutes, "minute")]
    return " ".join(f"{n} {word}{'s' if n != 1 else ''}" for n, word in parts if n) or "0 minutes"
