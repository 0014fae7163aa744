"""What admins do about payments: asking the provider, and deciding what does not fit. All audited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from fantooo.domain import buying, refunding, text
from fantooo.domain.errors import NotFound, ServiceUnavailable, ValidationError
from fantooo.domain.events import BalanceChanged
from fantooo.gateways import paystack
from fantooo.gateways.paystack import ProviderError, ProviderRefused, UnknownReference
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import RealUser, ReconciliationException, Transaction
from fantooo.queries import refunds
from fantooo.services import (
    approvals,
    audit,
    payments,
    refund_booking,
    refund_progress,
    webhooks,
)

Decision = Literal["credit", "reject"]

#: what one press does about each kind of exception; one that differs is for people alone
FIXES = {
    "paid_not_credited": "Credit it now",
    "credited_not_paid": "Take its credits back",
    "unknown_refund": "Book this refund",
    "unknown_reference": "Send it back",
}

#: as far back as disputes are looked through when nobody knows when something was paid
_RECENTLY = timedelta(days=90)
_SO_MUCH = (
    "So much needs a second admin: send it back together, in the payment service's dashboard, and"
    " say so here."
)


def verify(transaction_id: UUID, admin_id: UUID) -> str:
    """Asks the provider about one purchase and books it; returns its status then.

    Raises ``NotFound``, or ``ServiceUnavailable`` when the provider does not answer.
    """
    return payments.settle_now(_asked_about(transaction_id, admin_id, "payment_verified"))


def replay(transaction_id: UUID, admin_id: UUID) -> int:
    """Processes every announcement about a purchase again; returns how many. Raises ``NotFound``."""
    return webhooks.replay(_asked_about(transaction_id, admin_id, "payment_replayed"))


def _asked_about(transaction_id: UUID, admin_id: UUID, action: str) -> str:
    """The reference of a purchase that an admin does something about. Raises ``NotFound``."""
    with unit_of_work(as_system=True) as work:
        reference = work.session.scalar(
            select(Transaction.provider_reference).where(
                Transaction.id == transaction_id, Transaction.type == "purchase"
            )
        )
        if reference is None:
            raise NotFound
        _audit(work, admin_id, action, transaction_id, "")
    return reference


def decide(transaction_id: UUID, admin_id: UUID, decision: Decision, reason: str) -> None:
    """Ends the review of a payment that is not what was ordered: credited all the same, or not.

    Raises ``NotFound``, or ``ValidationError`` without a reason or when there is no review.
    """
    why = audit.reason(reason)
    with unit_of_work(as_system=True) as work:
        payments.end_review(work, transaction_id, admin_id, credit=decision == "credit")
        _audit(work, admin_id, f"payment_review_{decision}ed", transaction_id, why)


def note_export(admin_id: UUID, what: str) -> None:
    """Keeps who took which figures and names out of the house."""
    with unit_of_work(as_system=True) as work:
        audit.add(work, admin_id, "payments_exported", ("admin", admin_id), what)


def settle_exception(exception_id: UUID, admin_id: UUID, reason: str) -> None:
    """Marks something that did not fit as dealt with. Raises ``NotFound``, ``ValidationError``."""
    why = audit.reason(reason)
    with unit_of_work(as_system=True) as work:
        _resolve(work, exception_id, admin_id, why)


def fix(exception_id: UUID, admin_id: UUID) -> str:
    """Does what helps against something that does not fit, once; returns what it did, in words.

    Paid and not credited: every announcement is processed again and the provider asked. Credited and
    not paid, or given back without us: our books follow, and the credits are taken as far as they
    are there. Paid under a reference that is not ours: it goes back to whoever paid. Raises
    ``NotFound``, ``ValidationError`` when a person has to find another way, or
    ``ServiceUnavailable``.
    """
    with unit_of_work(as_system=True) as work:
        found = work.session.get(ReconciliationException, exception_id)
        if found is None or found.resolved_at is not None:
            raise NotFound
        work.session.expunge(found)
    if found.kind == "unknown_reference":
        done = _send_back(found.reference, found.id)
        with unit_of_work(as_system=True) as work:
            _resolve(work, exception_id, admin_id, done)
        return done
    if found.kind not in FIXES or found.transaction_id is None:
        raise ValidationError(message="Nothing can be done about this by itself")
    if found.kind == "paid_not_credited":
        webhooks.replay(found.reference)
        if payments.settle_now(found.reference) not in refunds.CREDITED:
            raise ValidationError(message="It could not be credited: look at its story")
        with unit_of_work(as_system=True) as work:
            _resolve(work, exception_id, admin_id, "Credited")
        return "Credited. The person has been told."
    with unit_of_work(as_system=True) as work:
        wallet, bought = refund_booking.lock(work, found.transaction_id)
        _resolve(work, exception_id, admin_id, "Our books follow the payment service")
        amount = bought.amount - refunds.given_back(bought.id).amount
        if found.kind == "unknown_refund":
            amount = min(amount, Decimal(int(found.details.get("amount") or 0)) / 100)
        taken = _take_back(work, wallet, bought, amount)
    return f"Booked as given back: {buying.money(amount)} {bought.currency}, {taken} credits taken."


def _send_back(reference: str, exception_id: UUID) -> str:
    """Has the provider send a payment back that is nobody's here; returns what it did, in words."""
    try:
        view = paystack.client().verify(reference)
        if view.status != "success":
            raise ValidationError(message=f"The payment service says {view.status}: look there")
        amount = Decimal(view.amount) / 100
        if approvals.needed(amount, view.currency):
            raise ValidationError(message=_SO_MUCH)
        now = datetime.now(UTC)
        disputes = paystack.client().disputes(since=view.paid_at or now - _RECENTLY, until=now)
        if any(dispute.transaction_reference == reference for dispute in disputes):
            raise ValidationError(message="It is disputed: the bank sends it back, or does not")
        refund_progress.send_back(view, f"unknown-{exception_id}")
    except (UnknownReference, ProviderRefused) as error:
        raise ValidationError(
            message="The payment service cannot send it back: look in its dashboard"
        ) from error
    except ProviderError as error:
        raise ServiceUnavailable(payments.AWAY) from error
    return f"Sent back to whoever paid: {buying.money(amount)} {view.currency}"


def _take_back(work: UnitOfWork, wallet: RealUser, bought: Transaction, amount: Decimal) -> int:
    """Books money as gone back that went without us; returns how many credits that took."""
    if bought.status not in refunds.CREDITED:
        raise ValidationError(message="This payment was not credited")
    try:
        part = refund_booking.to_take(wallet, bought, amount, goodwill=True)
    except refunding.NotRefundable as error:
        raise ValidationError(message=str(error)) from error
    row = refund_booking.begin(work, wallet, bought, part, "Taken back by the payment service")
    refund_booking.succeed(work, wallet, bought, row)
    taken = part.credits + part.bonus
    notice = f"A payment did not stay with us, so we took {text.in_credits(taken)} back."
    work.emit(BalanceChanged(wallet.id, wallet.credits, notice))
    return taken


def _resolve(work: UnitOfWork, exception_id: UUID, admin_id: UUID, why: str) -> None:
    """Marks it as dealt with, under its lock. Raises ``NotFound`` when somebody did already."""
    row = work.session.scalar(
        select(ReconciliationException)
        .where(
            ReconciliationException.id == exception_id,
            ReconciliationException.resolved_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    row.resolved_at = datetime.now(UTC)
    row.resolved_by = admin_id
    row.resolution = why
    _audit(work, admin_id, "payment_exception_settled", row.transaction_id or row.id, why)


def _audit(work: UnitOfWork, admin_id: UUID, action: str, subject: UUID, reason: str) -> None:
    audit.add(work, admin_id, action, ("transaction", subject), reason)
