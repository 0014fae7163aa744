"""One's own limits and breaks: how much of each limit is used, and how long one has been here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from flask import current_app
from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from fantooo.domain import limits as rules
from fantooo.domain.limits import Limit, Use
from fantooo.extensions import db
from fantooo.models import (
    ActiveStretch,
    CreditTransfer,
    LimitChange,
    RealUser,
    SpendingLimit,
    Transaction,
)
from fantooo.queries import refunds


@dataclass(frozen=True)
class Standing:
    """Why somebody cannot buy or write now, if so: the end of a break, and a freeze."""

    on_a_break_until: datetime | None
    is_frozen: bool


@dataclass(frozen=True)
class TimeHere:
    """A stretch of use and what went in it."""

    active: timedelta
    began_at: datetime
    credits: int
    paid: Decimal


def uses(account_id: UUID, now: datetime | None = None, without: Sequence[UUID] = ()) -> list[Use]:
    """Each period with its limit, if there is one, and what was spent of it.

    Under the wallet's lock and with the transaction's own time this is what counts. The purchases
    ``without`` are not counted.
    """
    now = now or datetime.now(UTC)
    set_ = {
        row.period: limit_of(row)
        for row in db.session.scalars(
            select(SpendingLimit).where(SpendingLimit.real_user_id == account_id)
        )
    }
    stretches = {period: rules.stretch(period, now) for period in rules.PERIODS}
    spent = (
        _spent(account_id, stretches, without) if any(one.amount for one in set_.values()) else {}
    )
    return [
        Use(set_.get(period, Limit(period)), spent.get(period, Decimal(0)), *stretches[period])
        for period in rules.PERIODS
    ]


def limit_of(row: SpendingLimit) -> Limit:
    """A row as the rules know it."""
    return Limit(row.period, row.amount, row.pending_amount, row.pending_removal, row.pending_since)


def _spent(
    account_id: UUID, stretches: dict[str, tuple[datetime, datetime]], without: Sequence[UUID]
) -> dict[str, Decimal]:
    """Money of purchases in each stretch, less what went back.

    It counts where it came: the page of an order stays payable long after the day it was made on.
    What is open can come at any moment, so it counts in each stretch.
    """
    back = aliased(Transaction)
    returned = (
        select(func.coalesce(func.sum(back.amount), 0))
        .where(back.refunds_id == Transaction.id, back.status == "success")
        .scalar_subquery()
    )
    is_open = Transaction.status.in_(refunds.OPEN)
    sums = [
        func.coalesce(
            func.sum(Transaction.amount - returned).filter(
                or_(
                    is_open,
                    (Transaction.completed_at >= begins) & (Transaction.completed_at < ends),
                )
            ),
            0,
        ).label(period)
        for period, (begins, ends) in stretches.items()
    ]
    row = db.session.execute(
        select(*sums).where(
            Transaction.real_user_id == account_id,
            Transaction.type == "purchase",
            or_(is_open, Transaction.status == "success"),
            Transaction.currency == current_app.config["SETTINGS"].currency,
            Transaction.id.not_in(without),
        )
    ).one()
    return {period: Decimal(getattr(row, period)) for period in stretches}


def standing(account_id: UUID) -> Standing:
    """Whether somebody is on a break, or what they pay is being checked."""
    row = db.session.execute(
        select(
            RealUser.paused_until, RealUser.self_excluded_until, RealUser.spending_frozen_reason
        ).where(RealUser.id == account_id)
    ).one()
    until = rules.paused_until(row.paused_until, row.self_excluded_until, datetime.now(UTC))
    return Standing(until, row.spending_frozen_reason is not None)


def is_offered(account_id: UUID) -> bool:
    """Whether a limit may still be offered: nothing was ever said about one."""
    return not db.session.scalar(select(exists().where(LimitChange.real_user_id == account_id)))


def any_set(of: Iterable[Use]) -> list[Use]:
    """Those periods that have a limit."""
    return [use for use in of if use.limit.amount is not None]


def time_here(account_id: UUID) -> TimeHere | None:
    """The present stretch of use with what went in it; None before the first."""
    found = db.session.get(ActiveStretch, account_id)
    if found is None:
        return None
    return went_in(account_id, found.began_at, timedelta(seconds=found.active_seconds))


def went_in(account_id: UUID, began_at: datetime, active: timedelta) -> TimeHere:
    """What somebody used and paid since ``began_at``."""
    used = (
        select(func.coalesce(func.sum(CreditTransfer.amount), 0))
        .where(
            CreditTransfer.real_user_id == account_id,
            CreditTransfer.kind == "message_charge",
            CreditTransfer.created_at >= began_at,
        )
        .scalar_subquery()
    )
    paid = (
        select(func.coalesce(func.sum(Transaction.amount), 0))
        .where(
            Transaction.real_user_id == account_id,
            Transaction.type == "purchase",
            Transaction.status == "success",
            Transaction.completed_at >= began_at,
        )
        .scalar_subquery()
    )
    row = db.session.execute(select(used.label("used"), paid.label("paid"))).one()
    return TimeHere(active, began_at, int(row.used), Decimal(row.paid))
