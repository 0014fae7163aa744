"""Money refunds in our books: the row, the credits it takes back, how it ends.

Locks: real_users, then the purchase, then the refund. Corrections are new rows: what a failed refund
had taken comes back by movements of its own.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import select

from fantooo.domain import buying, refunding, states
from fantooo.domain.errors import NotFound
from fantooo.domain.events import BalanceChanged, PaymentChanged
from fantooo.domain.refunding import Part, Purse, Sold
from fantooo.infra.unit_of_work import UnitOfWork
from fantooo.models import CreditTransfer, RealUser, Transaction
from fantooo.queries import refunds as reads, settings
from fantooo.services import credits, exceptions_inbox, outbox

log = structlog.get_logger(__name__)

ENDED = Counter("fantooo_money_refunds_ended", "Money refunds that came to an end", ["status"])


def lock(work: UnitOfWork, purchase_id: UUID) -> tuple[RealUser, Transaction]:
    """The wallet and a credited purchase of it, locked in that order. Raises ``NotFound``."""
    user_id = work.session.scalar(
        select(Transaction.real_user_id).where(
            Transaction.id == purchase_id, Transaction.type == "purchase"
        )
    )
    if user_id is None:
        raise NotFound
    return credits.lock_wallet(work, user_id), lock_row(work, purchase_id)


def lock_row(work: UnitOfWork, transaction_id: UUID) -> Transaction:
    """One transaction as it is now; its wallet is locked already."""
    return work.session.scalars(
        select(Transaction)
        .where(Transaction.id == transaction_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def to_take(wallet: RealUser, bought: Transaction, amount: Decimal, *, goodwill: bool) -> Part:
    """What giving ``amount`` of a purchase back takes. Raises ``refunding.NotRefundable``."""
    return refunding.to_take(
        sold(bought),
        reads.given_back(bought.id),
        Purse(wallet.credits, wallet.bonus_credits),
        amount,
        goodwill=goodwill,
    )


def sold(bought: Transaction) -> Sold:
    """A purchase as arithmetic."""
    return Sold(bought.amount, bought.credits_amount, bought.bonus_credits)


def begin(
    work: UnitOfWork, wallet: RealUser, bought: Transaction, part: Part, reason: str
) -> Transaction:
    """Writes a refund and takes its credits back, in one transaction."""
    refund = _row(work, bought, part, bought.currency, reason)
    _move(work, wallet, refund, back=False)
    work.emit(PaymentChanged(wallet.id, bought.id))
    return refund


def begin_uncredited(
    work: UnitOfWork,
    wallet: RealUser,
    bought: Transaction,
    amount: Decimal,
    currency: str,
    reason: str,
) -> Transaction:
    """Writes a refund of what was paid for a purchase that brought no credits, and takes none.

    ``amount`` and ``currency`` are what the provider took, which may not be what was asked for.
    """
    refund = _row(work, bought, Part(amount), currency, reason)
    work.emit(PaymentChanged(wallet.id, bought.id))
    return refund


def _row(
    work: UnitOfWork, bought: Transaction, part: Part, currency: str, reason: str
) -> Transaction:
    refund = Transaction(
        real_user_id=bought.real_user_id,
        type="refund",
        refunds_id=bought.id,
        amount=part.amount,
        currency=currency,
        credits_amount=part.credits,
        bonus_credits=part.bonus,
        reason=reason,
        payment_provider=bought.payment_provider,
        provider_reference=f"ref-{secrets.token_hex(12)}",
        status="pending",
    )
    work.session.add(refund)
    work.session.flush()
    return refund


def succeed(work: UnitOfWork, wallet: RealUser, bought: Transaction, refund: Transaction) -> None:
    """The money is back with the payer. A purchase of which nothing is left becomes refunded."""
    states.check_transition(states.MONEY_REFUND, refund.status, "success")
    refund.status = "success"
    refund.completed_at = datetime.now(UTC)
    work.session.flush()
    done = work.session.scalars(
        select(Transaction.amount).where(
            Transaction.refunds_id == bought.id, Transaction.status == "success"
        )
    )
    if bought.status == "success" and sum(done, Decimal(0)) >= bought.amount:
        states.check_transition(states.PAYMENT, bought.status, "refunded")
        bought.status = "refunded"
        bought.refunded_at = refund.completed_at
    ENDED.labels("success").inc()
    work.emit(PaymentChanged(wallet.id, bought.id))
    log.info("refund_done", reference=refund.provider_reference)


def fail(
    work: UnitOfWork, wallet: RealUser, bought: Transaction, refund: Transaction, reason: str
) -> None:
    """The money did not go back: the credits return, and admins hear of it."""
    states.check_transition(states.MONEY_REFUND, refund.status, "failed")
    refund.status = "failed"
    refund.failure_reason = reason
    notice = f"{buying.money(refund.amount)} {refund.currency} could not be sent back"
    if bought.status in reads.CREDITED:
        _move(work, wallet, refund, back=True)
        notice += ", so your credits are as before"
        message = "A refund failed. Its credits are back in the wallet."
        outbox.tell_admins(work, "payment_failed", refund.id, message, {"detail": reason})
    else:
        # Nothing in the wallet would tell of this money any more.
        exceptions_inbox.note(
            work,
            kind="not_sent_back",
            reference=bought.provider_reference or "",
            transaction_id=bought.id,
            details={
                "amount": buying.cents(refund.amount),
                "currency": refund.currency,
                "refund": refund.provider_reference,
                "why": reason,
            },
        )
    work.emit(BalanceChanged(wallet.id, wallet.credits, f"{notice}. We look into it."))
    work.emit(PaymentChanged(wallet.id, bought.id))
    ENDED.labels("failed").inc()
    log.warning("refund_failed", reference=refund.provider_reference, reason=reason)


def _move(work: UnitOfWork, wallet: RealUser, refund: Transaction, *, back: bool) -> None:
    """Credits, spend and tier of a refund; ``back``: as if it had never been."""
    kinds = (
        ("refund_failed", "bonus_refund_failed")
        if back
        else ("purchase_refund", "purchase_bonus_refund")
    )
    given = refund.bonus_credits
    for kind, house, amount, bonus in (
        (kinds[0], "sales", refund.credits_amount, 0),
        (kinds[1], "bonus", given, given),
    ):
        if amount:
            work.session.add(
                CreditTransfer(
                    real_user_id=wallet.id,
                    debit_account=house if back else "wallet",
                    credit_account="wallet" if back else house,
                    amount=amount,
                    bonus_amount=bonus,
                    kind=kind,
                    cause_id=refund.id,
                )
            )
    sign = 1 if back else -1
    wallet.credits += sign * (refund.credits_amount + given)
    wallet.bonus_credits += sign * given
    wallet.total_spent += sign * refund.amount
    wallet.user_tier = buying.tier_of(wallet.total_spent, settings.current(fresh=True))
    work.session.flush()
