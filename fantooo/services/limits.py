"""Limits and time-outs people set, and the one place that asks them before money is asked for.

All of it happens under the wallet's lock, which buying and sending hold too: what was committed
here holds for every purchase and message after it. Locks: real_users before spending_limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import structlog
from flask import current_app
from prometheus_client import Counter
from sqlalchemy import func, select

from fantooo.domain import limits as rules
from fantooo.domain.errors import NotFound, SpendingPaused, ValidationError
from fantooo.domain.limits import Limit
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import (
    Account,
    AccountPause,
    Dispute,
    LimitChange,
    RealUser,
    SpendingLimit,
    Transaction,
)
from fantooo.queries import limits as reads
from fantooo.services import audit, credits

log = structlog.get_logger(__name__)

#: why spending is frozen while a payment is disputed
DISPUTED = "dispute"
CHANGED = Counter("fantooo_limits_changed", "What people did about their limits", ["what"])
REFUSED = Counter("fantooo_purchases_held_back", "Purchases that were not begun", ["reason"])


def check_purchase(
    work: UnitOfWork, wallet: RealUser, price: Decimal, *, without: Sequence[UUID] = ()
) -> None:
    """Refuses a purchase that its buyer asked to be kept from, before anything goes to the provider.

    ``wallet`` is locked by the caller, in the transaction that will hold the purchase. Raises
    ``SpendingPaused`` with the words for the person. Purchases ``without`` are ending.
    """
    reason, words = against(work, wallet, price, without=without)
    if words:
        REFUSED.labels(reason).inc()
        raise SpendingPaused(words, reason=reason)


def against(
    work: UnitOfWork, wallet: RealUser, price: Decimal, *, without: Sequence[UUID] = ()
) -> tuple[str, str]:
    """What keeps a locked wallet's owner from spending ``price`` now: why, and in words for them.

    Both are empty when nothing does. The purchases ``without`` are not counted: they are ending.
    """
    # The time that the purchase's row will have, so that it is counted where it was checked.
    now = work.session.scalars(select(func.now())).one()
    until = rules.paused_until(wallet.paused_until, wallet.self_excluded_until, now)
    reason, words = "", ""
    if until is not None:
        reason, words = "paused_by_user", rules.on_a_break(until)
    elif wallet.spending_frozen_reason is not None:
        reason, words = "spending_frozen", rules.FROZEN
    else:
        words = rules.refusal(reads.uses(wallet.id, now, without), price, _currency())
        reason = "limit" if words else ""
    return reason, words


def set_limit(account_id: UUID, period: str, typed: str) -> str:
    """Sets the limit of a period to what was typed: less at once, more after its time.

    Returns what that was (``domain.limits.ask``). Raises ``ValidationError`` at the period.
    """
    return _ask(account_id, period, rules.read_amount(typed, period, _currency()))


def _currency() -> str:
    return str(current_app.config["SETTINGS"].currency)


def remove_limit(account_id: UUID, period: str) -> str:
    """Asks for a limit to end, which takes as long as a raise."""
    return _ask(account_id, period, None)


def confirm(account_id: UUID, period: str) -> str:
    """Lets a raise or a removal hold whose time has come. Raises ``ValidationError``."""
    with unit_of_work(as_system=True) as work:
        now = _lock(work, account_id)[1]
        row = _row(work, account_id, period)
        before = reads.limit_of(row)
        after, what = rules.confirm(before, now)
        _write(work, row, before, after, what)
    CHANGED.labels(what).inc()
    return what


def keep(account_id: UUID, period: str) -> None:
    """Takes back a wish for more; the limit stays as it is."""
    with unit_of_work(as_system=True) as work:
        _lock(work, account_id)
        row = _row(work, account_id, period)
        before = reads.limit_of(row)
        if before.pending_since is not None:
            _write(work, row, before, before.without_wish(), "cancelled")


def decline_offer(account_id: UUID) -> None:
    """Notes that somebody wants no limit, so that they are not asked again."""
    with unit_of_work(as_system=True) as work:
        work.session.add(LimitChange(real_user_id=account_id, what="offer_declined"))


def take_time_out(account_id: UUID, length: str) -> datetime:
    """Begins a break at once; returns its end. It cannot be ended early, only made longer.

    Raises ``ValidationError`` at ``length``.
    """
    with unit_of_work(as_system=True) as work:
        wallet, now = _lock(work, account_id)
        until = rules.time_out_until(length, now)
        present = rules.paused_until(wallet.paused_until, wallet.self_excluded_until, now)
        if present is not None and present >= until:
            raise ValidationError(
                {"length": f"You are on a break until {rules.when(present)} already"}
            )
        wallet.paused_until = until
        work.session.add(
            AccountPause(real_user_id=account_id, kind="time_out", starts_at=now, ends_at=until)
        )
        work.session.add(LimitChange(real_user_id=account_id, what="time_out"))
    CHANGED.labels("time_out").inc()
    log.info("time_out_taken", length=length)
    return until


def freeze_spending(work: UnitOfWork, wallet: RealUser, reason: str) -> None:
    """Stops buying and paid messages of a locked wallet.

    Of two reasons the one that only a person ends is kept: a dispute ends by itself.
    """
    if wallet.spending_frozen_reason in (None, DISPUTED):
        wallet.spending_frozen_reason = reason
        log.warning("spending_frozen", account_id=str(wallet.id), reason=reason)


def unfreeze_spending(username: str, reason: str) -> None:
    """Ends a freeze, by an engineer's hand, with an audit entry; that of an open dispute stays.

    Raises ``NotFound``, or ``ValidationError`` when nothing is frozen or no reason is given.
    """
    why = audit.reason(reason)
    with unit_of_work(as_system=True) as work:
        account_id = work.session.scalar(
            select(Account.id).where(Account.login == username.strip().casefold())
        )
        if account_id is None or work.session.get(RealUser, account_id) is None:
            raise NotFound
        wallet = credits.lock_wallet(work, account_id)
        before = wallet.spending_frozen_reason
        thaw(work, wallet)
        if before == wallet.spending_frozen_reason:
            raise ValidationError(message="Nothing is frozen there that could be ended by hand")
        audit.add(
            work, None, "spending_unfrozen", ("real_user", wallet.id), why,
            before={"reason": before},
        )  # fmt: skip


def thaw(work: UnitOfWork, wallet: RealUser) -> None:
    """Ends whatever froze a locked wallet, but for disputes that are open."""
    disputed = work.session.scalar(
        select(Dispute.id)
        .join(Transaction, Transaction.id == Dispute.transaction_id)
        .where(Transaction.real_user_id == wallet.id, Dispute.status == "open")
        .limit(1)
    )
    wallet.spending_frozen_reason = DISPUTED if disputed is not None else None


def _ask(account_id: UUID, period: str, wanted: Decimal | None) -> str:
    with unit_of_work(as_system=True) as work:
        now = _lock(work, account_id)[1]
        row = _row(work, account_id, period)
        before = reads.limit_of(row)
        after, what = rules.ask(before, wanted, now)
        if what:
            _write(work, row, before, after, what)
    if what:
        CHANGED.labels(what).inc()
    return what


def _lock(work: UnitOfWork, account_id: UUID) -> tuple[RealUser, datetime]:
    """The wallet under its lock, and the time after it was had."""
    wallet = credits.lock_wallet(work, account_id)
    return wallet, work.session.scalars(select(func.clock_timestamp())).one()


def _row(work: UnitOfWork, account_id: UUID, period: str) -> SpendingLimit:
    """The limit's row, made when there is none. Raises ``ValidationError`` for no such period."""
    if period not in rules.PERIODS:
        raise ValidationError({"period": "There is no such limit"})
    found = work.session.get(SpendingLimit, (account_id, period), populate_existing=True)
    if found is None:
        found = SpendingLimit(real_user_id=account_id, period=period, pending_removal=False)
        work.session.add(found)
        work.session.flush()
    return found


def _write(work: UnitOfWork, row: SpendingLimit, before: Limit, after: Limit, what: str) -> None:
    row.amount = after.amount
    row.pending_amount = after.pending_amount
    row.pending_removal = after.pending_removal
    row.pending_since = after.pending_since
    wanted = after.pending_amount if what == "raise_asked" else after.amount
    work.session.add(
        LimitChange(
            real_user_id=row.real_user_id,
            what=what,
            period=row.period,
            old_amount=before.amount,
            new_amount=None if what == "removal_asked" else wanted,
        )
    )
