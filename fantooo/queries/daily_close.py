"""The daily close: what was earned and given back on each day, and what we owed at its end.

Days are Nairobi's. Credits come from the ledger, which never changes. Of money, fees may come in
later, and a refund that fails leaves the day it was begun on.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Numeric, and_, case, cast, func, select
from sqlalchemy.orm import aliased

from fantooo.domain.pricing import EAT
from fantooo.extensions import db
from fantooo.infra import clock
from fantooo.models import CreditTransfer as T, RealUser, Transaction
from fantooo.queries.refunds import CREDITED, of_credited

#: who was charged is given back under these kinds; the rest of what leaves wallets is no use of them
_USED = {"message_charge": 1, "message_refund": -1}
#: a refund that failed returns what it took: that was given before
_RETURNED = "bonus_refund_failed"


@dataclass(frozen=True)
class Close:
    """One day. Money in KES; ``outstanding`` are all credits in wallets at its end."""

    day: date
    purchases: int = 0
    revenue: Decimal = Decimal(0)
    discounts: Decimal = Decimal(0)
    #: what the provider kept of it, as far as it has told
    fees: Decimal = Decimal(0)
    refunds: int = 0
    given_back: Decimal = Decimal(0)
    credits_sold: int = 0
    bonus_given: int = 0
    credits_used: int = 0
    outstanding: int = 0
    outstanding_bought: int = 0

    @property
    def kept(self) -> Decimal:
        """Revenue less what went back and the provider's fees."""
        return self.revenue - self.given_back - self.fees


@dataclass(frozen=True)
class Return:
    """One refund of a month: its amounts add up to the days' where they ``count``."""

    at: datetime
    reference: str
    purchase: str
    username: str
    amount: Decimal
    currency: str
    credits: int
    bonus: int
    reason: str
    status: str
    completed_at: datetime | None
    failure: str
    #: not those that failed, nor those of payments that were never credited
    counts: bool


def today() -> date:
    """The day it is in Nairobi."""
    return clock.now().astimezone(EAT).date()


def month(day: date) -> list[Close]:
    """The days of a month up to today, the newest first; none of a month to come."""
    first = day.replace(day=1)
    last = min(first.replace(day=monthrange(first.year, first.month)[1]), today())
    if last < first:
        return []
    sold, back, moved = _sold(first, last), _given_back(first, last), _moved(first, last)
    outstanding, bought = _outstanding(_begin(first))
    closes = []
    for number in range((last - first).days + 1):
        each = first + timedelta(days=number)
        movement = moved.get(each)
        if movement is not None:
            outstanding += int(movement.net)
            bought += int(movement.net - movement.net_bonus)
        sale, returned = sold.get(each), back.get(each)
        closes.append(
            Close(
                day=each,
                purchases=sale.purchases if sale else 0,
                revenue=Decimal(sale.revenue) if sale else Decimal(0),
                discounts=Decimal(sale.discounts) if sale else Decimal(0),
                fees=Decimal(sale.fees) / 100 if sale else Decimal(0),
                refunds=returned.refunds if returned else 0,
                given_back=Decimal(returned.given_back) if returned else Decimal(0),
                credits_sold=int(movement.sold) if movement else 0,
                bonus_given=int(movement.given) if movement else 0,
                credits_used=int(movement.used) if movement else 0,
                outstanding=outstanding,
                outstanding_bought=bought,
            )
        )
    return closes[::-1]


def refunds(day: date) -> list[Return]:
    """Every refund that was begun in a month, in their order."""
    first = day.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    purchase = aliased(Transaction)
    rows = db.session.execute(
        select(
            Transaction,
            purchase.provider_reference,
            RealUser.username,
            and_(Transaction.status != "failed", of_credited()).label("counts"),
        )
        .join(purchase, purchase.id == Transaction.refunds_id)
        .join(RealUser, RealUser.id == Transaction.real_user_id)
        .where(Transaction.type == "refund", _within(Transaction.created_at, first, last))
        .order_by(Transaction.created_at, Transaction.id)
    )
    return [
        Return(
            at=row.created_at,
            reference=row.provider_reference or "",
            purchase=bought or "",
            username=username,
            amount=row.amount,
            currency=row.currency,
            credits=row.credits_amount,
            bonus=row.bonus_credits,
            reason=row.reason,
            status=row.status,
            completed_at=row.completed_at,
            failure=row.failure_reason or "",
            counts=counts,
        )
        for row, bought, username, counts in rows
    ]


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=EAT)


def _within(moment: Any, first: date, last: date) -> ColumnElement[bool]:
    return and_(moment >= _begin(first), moment < _begin(last + timedelta(days=1)))


def _day(moment: Any) -> ColumnElement[date]:
    return cast(func.timezone("Africa/Nairobi", moment), Date)


def _sold(first: date, last: date) -> dict[date, Any]:
    fees = cast(Transaction.provider_response["fees"].astext, Numeric)
    day = _day(Transaction.completed_at).label("day")
    rows = db.session.execute(
        select(
            day,
            func.count().label("purchases"),
            func.sum(Transaction.amount).label("revenue"),
            func.sum(Transaction.discount_amount).label("discounts"),
            func.coalesce(func.sum(fees), 0).label("fees"),
        )
        .where(
            Transaction.type == "purchase",
            Transaction.status.in_(CREDITED),
            _within(Transaction.completed_at, first, last),
        )
        .group_by(day)
    )
    return {row.day: row for row in rows}


def _given_back(first: date, last: date) -> dict[date, Any]:
    day = _day(Transaction.created_at).label("day")
    rows = db.session.execute(
        select(
            day,
            func.count().label("refunds"),
            func.sum(Transaction.amount).label("given_back"),
        )
        .where(
            Transaction.type == "refund",
            Transaction.status != "failed",
            of_credited(),
            _within(Transaction.created_at, first, last),
        )
        .group_by(day)
    )
    return {row.day: row for row in rows}


def _signed(amount: Any) -> ColumnElement[int]:
    return case((T.credit_account == "wallet", amount), else_=-amount)


def _moved(first: date, last: date) -> dict[date, Any]:
    day = _day(T.created_at).label("day")
    used = case(
        *((T.kind == kind, sign * T.amount) for kind, sign in _USED.items()),
        else_=0,
    )
    given = and_(T.debit_account == "bonus", T.kind != _RETURNED)
    rows = db.session.execute(
        select(
            day,
            func.sum(case((T.kind == "purchase", T.amount), else_=0)).label("sold"),
            func.sum(case((given, T.amount), else_=0)).label("given"),
            func.sum(used).label("used"),
            func.sum(_signed(T.amount)).label("net"),
            func.sum(_signed(T.bonus_amount)).label("net_bonus"),
        )
        .where(_within(T.created_at, first, last))
        .group_by(day)
    )
    return {row.day: row for row in rows}


def _outstanding(before: datetime) -> tuple[int, int]:
    """All credits in wallets at a moment, and those of them that were bought."""
    row = db.session.execute(
        select(
            func.coalesce(func.sum(_signed(T.amount)), 0),
            func.coalesce(func.sum(_signed(T.amount - T.bonus_amount)), 0),
        ).where(T.created_at < before)
    ).one()
    return int(row[0]), int(row[1])
