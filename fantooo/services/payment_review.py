"""What admins do about payments: asking the provider, and deciding what does not fit. All audited."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
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
    exceptions_inbox,
    money_refunds,
    payments,
    refund_booking,
    refund_progress,
    webhooks,
)

#: what one press does about each kind of exception; one that differs is for people alone
FIXES = {
    "paid_not_credited": "Credit it now",
    "credited_not_paid": "Take back the credits",
    "unknown_refund": "Book this refund",
    "unknown_reference": "Refund payment",
    "not_sent_back": "Refund payment again",
    "unreadable_announcement": "Read it again",
}
#: what is about no payment that we know
_OF_NOBODY = frozenset({"unknown_reference", "unreadable_announcement"})

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


def turn_down(transaction_id: UUID, admin_id: UUID, reason: str) -> str:
    """Ends the review of a payment that is not what was ordered: not credited, and it goes back.

    The provider is asked first: what fits by now is credited after all. Returns what was done, in
    words. Raises ``NotFound``, ``ValidationError`` without a reason or when there is no review, or
    ``ServiceUnavailable``.
    """
    why = audit.reason(reason)
    if verify(transaction_id, admin_id) in refunds.CREDITED:
        return "It fits by now, so it was credited. The person has been told."
    with unit_of_work(as_system=True) as work:
        begun = payments.turn_down(work, transaction_id, admin_id)
        waits = "pending" in approvals.answers(work, "money_refund", transaction_id)
        exceptions_inbox.settle_all(work, transaction_id, admin_id, why)
        _audit(work, admin_id, "payment_review_rejected", transaction_id, why)
    if waits:
        return "Decided. What was paid goes back when a second admin agrees."
    if begun is None:
        return "Decided. Nothing of it is with us, so nothing goes back."
    money_refunds.send_soon(begun)
    return "Decided. What was paid goes back."


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

    The provider is asked first, because what was noted may be over. Paid and not credited: every
    announcement is processed again. Credited and not paid, or given back without us: our books
    follow, and the credits are taken as far as they are there. Paid under a reference that is not
    ours, or not credited and not sent back: it goes back to whoever paid. Announced in a way that we
    could not read: it is read again. Raises ``NotFound``, ``ValidationError`` when a person has to
    find another way, or ``ServiceUnavailable``.
    """
    with unit_of_work(as_system=True) as work:
        found = work.session.get(ReconciliationException, exception_id)
        if found is None or found.resolved_at is not None:
            raise NotFound
        work.session.expunge(found)
        deed = _DEEDS.get(found.kind)
        if deed is None or (found.transaction_id is None and found.kind not in _OF_NOBODY):
            raise ValidationError(message="Nothing can be done about this by itself")
        # Before anything moves, so that it is known who moved it, whatever comes between.
        subject = found.transaction_id or found.id
        _audit(work, admin_id, f"{found.kind}_fix_pressed", subject, found.reference)
    try:
        return deed(found, admin_id)
    except ProviderRefused as error:
        raise ValidationError(message="The payment service refuses it: look there") from error
    except ProviderError as error:
        raise ServiceUnavailable(payments.AWAY) from error


def _credit_now(found: ReconciliationException, admin_id: UUID) -> str:
    webhooks.replay(found.reference)
    if payments.settle_now(found.reference) not in refunds.CREDITED:
        raise ValidationError(message="It could not be credited: look at the payment’s history")
    with unit_of_work(as_system=True) as work:
        _resolve(work, found.id, admin_id, "Credited")
    return "Credited. The person has been told."


def _take_credits_back(found: ReconciliationException, admin_id: UUID) -> str:
    try:
        said = paystack.client().verify(found.reference).status
    except UnknownReference:
        said = "unknown"
    with unit_of_work(as_system=True) as work:
        wallet, bought = refund_booking.lock(work, _purchase_of(found))
        if said == "success":
            _resolve(work, found.id, admin_id, "The payment service says now that it was paid")
            return "The payment service says now that it was paid: nothing was taken."
        _resolve(work, found.id, admin_id, "Our books follow the payment service")
        amount = bought.amount - refunds.given_back(bought.id).amount
        row, taken = _take_back(work, wallet, bought, amount)
        refund_booking.succeed(work, wallet, bought, row)
    return f"Booked as given back: {buying.money(amount)} {bought.currency}, {taken} credits taken."


def _book_refund(found: ReconciliationException, admin_id: UUID) -> str:
    """A refund that was begun in the provider's dashboard: ours from now on, whatever its end is."""
    view = paystack.client().fetch_refund(int(found.details["refund"]))
    with unit_of_work(as_system=True) as work:
        wallet, bought = refund_booking.lock(work, _purchase_of(found))
        if view.status == "failed":
            _resolve(work, found.id, admin_id, "It failed, so there is nothing to book")
            return "That refund failed by now: there is nothing to book."
        _resolve(work, found.id, admin_id, "Our books follow the payment service")
        left = bought.amount - refunds.given_back(bought.id).amount
        amount = min(left, Decimal(view.amount) / 100)
        row, taken = _take_back(work, wallet, bought, amount)
        refund_progress.adopt(row, view)
        row_id = row.id
    refund_progress.settle(row_id)
    return f"Booked as given back: {buying.money(amount)} {bought.currency}, {taken} credits taken."


def _send_unknown_back(found: ReconciliationException, admin_id: UUID) -> str:
    """Has the provider send a payment back that is nobody's here."""
    try:
        view = paystack.client().verify(found.reference)
    except UnknownReference as error:
        raise ValidationError(message="The payment service does not know it: look there") from error
    if view.status != "success":
        raise ValidationError(message=f"The payment service says {view.status}: look there")
    amount = Decimal(view.amount) / 100
    if approvals.needed(amount, view.currency):
        raise ValidationError(message=_SO_MUCH)
    now = datetime.now(UTC)
    disputes = paystack.client().disputes(since=view.paid_at or now - _RECENTLY, until=now)
    if any(dispute.transaction_reference == found.reference for dispute in disputes):
        raise ValidationError(message="It is disputed: the bank sends it back, or does not")
    refund_progress.send_back(view, f"unknown-{found.id}")
    done = f"Sent back to whoever paid: {buying.money(amount)} {view.currency}"
    with unit_of_work(as_system=True) as work, suppress(NotFound):
        # Somebody may have called it dealt with meanwhile; the audit log knows who sent it.
        _resolve(work, found.id, admin_id, done)
    return done


def _send_back_again(found: ReconciliationException, admin_id: UUID) -> str:
    """Begins the refund of a payment that was not credited once more."""
    payments.settle_now(found.reference)
    with unit_of_work(as_system=True) as work:
        wallet, bought = refund_booking.lock(work, _purchase_of(found))
        if refunds.is_disputed(bought.id):
            raise ValidationError(message="This payment is disputed: the bank decides about it")
        begun = payments.give_back_uncredited(work, wallet, bought, admin_id)
        if begun is not None:
            done = "Sent back again"
        elif "pending" in approvals.answers(work, "money_refund", bought.id):
            done = "A second admin has to agree"
        else:
            done = "Nothing of it is with us any more"
        _resolve(work, found.id, admin_id, done)
    if begun is not None:
        money_refunds.send_soon(begun)
    return f"{done}."


def _read_again(found: ReconciliationException, admin_id: UUID) -> str:
    """For an announcement that a newer version of ours may understand."""
    status = webhooks.read_again(found.reference)
    if status == "stored":
        # It can be read by now, and the job does what it asks for once the provider answers.
        raise ServiceUnavailable(payments.AWAY)
    if status == "failed":
        raise ValidationError(
            message="It still cannot be read: look in the payment service's dashboard"
        )
    done = "Read, and done" if status == "processed" else "Read: it asks for nothing"
    with unit_of_work(as_system=True) as work:
        _resolve(work, found.id, admin_id, done)
    return f"{done}."


#: what one press does, by the kind of what does not fit
_DEEDS: dict[str, Callable[[ReconciliationException, UUID], str]] = {
    "paid_not_credited": _credit_now,
    "credited_not_paid": _take_credits_back,
    "unknown_refund": _book_refund,
    "unknown_reference": _send_unknown_back,
    "not_sent_back": _send_back_again,
    "unreadable_announcement": _read_again,
}


def _purchase_of(found: ReconciliationException) -> UUID:
    if found.transaction_id is None:
        raise NotFound
    return found.transaction_id


def _take_back(
    work: UnitOfWork, wallet: RealUser, bought: Transaction, amount: Decimal
) -> tuple[Transaction, int]:
    """Books money as on its way back that went without us; and how many credits that took."""
    if bought.status not in refunds.CREDITED:
        raise ValidationError(message="This payment was not credited")
    try:
        part = refund_booking.to_take(wallet, bought, amount, goodwill=True)
    except refunding.NotRefundable as error:
        raise ValidationError(message=str(error)) from error
    row = refund_booking.begin(work, wallet, bought, part, "Taken back by the payment service")
    taken = part.credits + part.bonus
    notice = f"A payment did not stay with us, so we took {text.in_credits(taken)} back."
    work.emit(BalanceChanged(wallet.id, wallet.credits, notice))
    return row, taken


def _resolve(work: UnitOfWork, exception_id: UUID, admin_id: UUID, why: str) -> None:
    subject = exceptions_inbox.settle(work, exception_id, admin_id, why)
    _audit(work, admin_id, "payment_exception_settled", subject, why)


def _audit(work: UnitOfWork, admin_id: UUID, action: str, subject: UUID, reason: str) -> None:
    audit.add(work, admin_id, action, ("transaction", subject), reason)
