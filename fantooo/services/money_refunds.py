"""Who wants money back: an admin for a payer, or a payer who withdraws within the days they have.

Above the set amount it waits for a second admin. The row and its credits come first, in one
transaction; a job asks the provider after the commit (services/refund_progress.py).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal
from uuid import UUID

import structlog
from sqlalchemy import func, select

from fantooo.domain import buying, refunding, text
from fantooo.domain.errors import NotFound, ValidationError
from fantooo.domain.events import BalanceChanged, PaymentChanged
from fantooo.domain.refunding import Part
from fantooo.infra import clock, job_queue, redis
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Approval, IdempotencyKey, RealUser, Transaction
from fantooo.queries import refunds as reads
from fantooo.services import approvals, audit, payments, refund_booking

log = structlog.get_logger(__name__)

Outcome = Literal["begun", "waiting"]


def refund(
    *, purchase_id: UUID, admin_id: UUID, amount: Decimal, reason: str, goodwill: bool, key: UUID
) -> Outcome:
    """An admin gives ``amount`` of a credited purchase back.

    ``goodwill`` gives it back although its credits were spent. ``key`` is drawn with the form:
    pressed twice it is one refund. Raises ``NotFound`` or ``ValidationError``.
    """
    why = audit.reason(reason)
    begun: UUID | None = None
    with unit_of_work(as_system=True) as work:
        wallet, bought = refund_booking.lock(work, purchase_id)
        if work.session.get(IdempotencyKey, (admin_id, key)) is not None:
            return "begun"
        if approvals.is_asked(work, admin_id, key):
            return "waiting"
        _refuse(bought)
        part = _to_take(wallet, bought, amount, goodwill=goodwill)
        if approvals.needed(amount, bought.currency, before=_sent_lately(work, bought)):
            wish = approvals.Wish(
                kind="money_refund",
                subject_id=bought.id,
                user_id=wallet.id,
                amount=amount,
                unit=bought.currency,
                requested_by=admin_id,
                reason=why,
                payload={"goodwill": goodwill, "key": str(key)},
            )
            approvals.ask(work, wish)
            _note(work, admin_id, "refund_proposed", bought, why, part)
            return "waiting"
        begun = _begin(work, wallet, bought, part, why, (admin_id, key))
        _note(work, admin_id, "refund_begun", bought, why, part)
    send_soon(begun)
    return "begun"


def refund_approved(work: UnitOfWork, wallet: RealUser, wish: Approval, admin_id: UUID) -> UUID:
    """Begins what a second admin agreed to, in their transaction; returns the refund's id."""
    bought = refund_booking.lock_row(work, wish.subject_id)
    if wish.payload.get("uncredited"):
        begun = payments.give_back_uncredited(work, wallet, bought, None)
        if begun is None:
            raise ValidationError(message="Nothing of this payment is with us any more")
        return begun
    _refuse(bought)
    part = _to_take(wallet, bought, wish.amount, goodwill=bool(wish.payload.get("goodwill")))
    key = (wish.requested_by, UUID(wish.payload["key"]))
    begun = _begin(work, wallet, bought, part, wish.reason, key)
    _note(work, admin_id, "refund_begun", bought, wish.reason, part)
    return begun


def withdraw(*, account_id: UUID, receipt_id: UUID, key: UUID) -> Outcome:
    """A payer takes back what is unused of a purchase, in the days they have for it.

    Raises ``NotFound``, or ``ValidationError`` when it is too late or nothing is left.
    """
    purchase_id = reads.withdrawal(receipt_id).purchase_id
    begun: UUID | None = None
    with unit_of_work(as_system=True) as work:
        wallet, bought = refund_booking.lock(work, purchase_id)
        if wallet.id != account_id:
            raise NotFound
        if work.session.get(IdempotencyKey, (account_id, key)) is not None:
            return "begun"
        if approvals.is_asked(work, account_id, key):
            return "waiting"
        if clock.now() > reads.deadline(bought):
            raise ValidationError(message="The days for withdrawing from this purchase are over")
        _refuse(bought)
        part = _unused(bought, wallet)
        if approvals.needed(part.amount, bought.currency, before=_sent_lately(work, bought)):
            wish = approvals.Wish(
                kind="withdrawal",
                subject_id=bought.id,
                user_id=wallet.id,
                amount=part.amount,
                unit=bought.currency,
                requested_by=account_id,
                reason="Withdrawal",
                payload={"key": str(key)},
            )
            approvals.ask(work, wish)
            work.emit(PaymentChanged(wallet.id, bought.id))
            return "waiting"
        begun = _begin(work, wallet, bought, part, "Withdrawal", (account_id, key))
    send_soon(begun)
    return "begun"


def withdraw_approved(work: UnitOfWork, wallet: RealUser, wish: Approval, admin_id: UUID) -> UUID:
    """Begins a withdrawal that a person had to look at: what is unused by now, once.

    It was wished in time, so the days are not asked about again.
    """
    bought = refund_booking.lock_row(work, wish.subject_id)
    _refuse(bought)
    part = _unused(bought, wallet)
    key = (wish.requested_by, UUID(wish.payload["key"]))
    begun = _begin(work, wallet, bought, part, wish.reason, key)
    _note(work, admin_id, "withdrawal_begun", bought, wish.reason, part)
    return begun


def send_soon(refund_id: UUID) -> None:
    """Has a job ask the provider now; a lost wish costs minutes."""
    try:
        job_queue.enqueue("jobs.tasks.send_refund", str(refund_id))
    except redis.RedisError:
        log.warning("refund_not_enqueued", refund_id=str(refund_id))


def _sent_lately(work: UnitOfWork, bought: Transaction) -> Decimal:
    """Money that went back of this purchase, and lately of the same payer's others."""
    lately = Transaction.created_at > func.now() - approvals.TOGETHER
    return work.session.scalar(
        select(func.coalesce(func.sum(Transaction.amount), Decimal(0))).where(
            Transaction.real_user_id == bought.real_user_id,
            Transaction.type == "refund",
            Transaction.status != "failed",
            Transaction.currency == bought.currency,
            (Transaction.refunds_id == bought.id) | lately,
        )
    ) or Decimal(0)


def _refuse(bought: Transaction) -> None:
    """Only what was paid at the provider and is not disputed can be sent back."""
    if bought.status not in reads.CREDITED:
        raise ValidationError(message="This payment was not credited")
    if bought.payment_provider != payments.PROVIDER:
        raise ValidationError(message="This payment was not made through the payment service")
    if reads.is_disputed(bought.id):
        raise ValidationError(message="This payment is disputed: the bank decides about it")


def _to_take(wallet: RealUser, bought: Transaction, amount: Decimal, *, goodwill: bool) -> Part:
    try:
        return refund_booking.to_take(wallet, bought, amount, goodwill=goodwill)
    except refunding.NotRefundable as error:
        raise ValidationError({"amount": str(error)}) from error


def _unused(bought: Transaction, wallet: RealUser) -> Part:
    part = reads.withdrawable(bought, wallet)
    if part.amount <= 0:
        raise ValidationError(message="Nothing of this purchase is unused")
    return part


def _begin(
    work: UnitOfWork,
    wallet: RealUser,
    bought: Transaction,
    part: Part,
    why: str,
    key: tuple[UUID, UUID],
) -> UUID:
    made = refund_booking.begin(work, wallet, bought, part, why)
    work.session.add(IdempotencyKey(account_id=key[0], key=key[1], transaction_id=made.id))
    amount = f"{buying.money(part.amount)} {bought.currency}"
    taken = part.credits + part.bonus
    notice = f"{amount} are going back to you"
    notice += f"; we took {text.in_credits(taken)} back." if taken else "."
    work.emit(BalanceChanged(wallet.id, wallet.credits, notice))
    return made.id


def _note(
    work: UnitOfWork, admin_id: UUID, action: str, bought: Transaction, why: str, part: Part
) -> None:
    audit.add(
        work, admin_id, action, ("transaction", bought.id), why,
        after={"amount": str(part.amount), "credits": part.credits, "bonus": part.bonus},
    )  # fmt: skip
