"""What becomes of an order: credited once, whoever brings the news, failed, or looked at by a person.

Credits come from the snapshot in our row after the provider's own answer fits (architecture.md 7).
Who orders is in services/orders.py. Locks: real_users before transactions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from flask import current_app
from prometheus_client import Counter
from sqlalchemy import select, update

from fantooo.domain import buying, states
from fantooo.domain.buying import PROVIDER_STATES
from fantooo.domain.errors import (
    NotFound,
    ServiceUnavailable,
    ValidationError,
)
from fantooo.domain.events import BalanceChanged, PaymentChanged
from fantooo.gateways import paystack
from fantooo.gateways.paystack import (
    ProviderError,
    ProviderUnavailable,
    TransactionView,
    UnknownReference,
)
from fantooo.infra import job_queue, redis, reporting
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import RealUser, Transaction
from fantooo.queries import refunds, settings
from fantooo.services import (
    approvals,
    credits,
    exclusion,
    limits,
    outbox,
    promos,
    receipts,
    refund_booking,
)

log = structlog.get_logger(__name__)

PROVIDER = "paystack"

ENDED = Counter("fantooo_purchases_ended", "Purchases that came to an end", ["status", "reason"])

#: what people are told when there is no answer
AWAY = "The payment service does not answer right now. Please try again."
#: fresher payments are still being made, and their news is on its way
_ASK_AFTER = timedelta(minutes=2)
#: an order the provider does not know by then never reached it
_ON_ITS_WAY = timedelta(minutes=5)
#: a payment that its payer watches is asked about so often
_WATCHED_SECONDS = 10
_BATCH = 200
#: why a payment that a person looked at failed
_NOT_ORDERED = "not what was ordered"
#: why a payment failed, where it was not the provider who said so
_OUR_REASONS = ("abandoned", "expired", "unreachable", "refused", "replaced", _NOT_ORDERED)


def is_open() -> bool:
    """Whether there is a provider to pay at: development may have none."""
    return bool(current_app.config["SETTINGS"].paystack_secret_key)


def settle(reference: str) -> str:
    """Asks the provider what became of a payment and books it; returns our status after that.

    Safe to run at any time and any number of times at once: credits are booked under the wallet's
    and the transaction's lock, along the transition table, with a unique transfer. Raises
    ``NotFound`` when there is no such purchase, ``ProviderError`` when there is no answer.
    """
    owner = _owner(reference)
    try:
        view: TransactionView | None = paystack.client().verify(reference)
    except UnknownReference:
        view = None  # the provider never got the order
    return _book(reference, owner, view)


def settle_now(reference: str) -> str:
    """``settle`` for people. Raises ``ServiceUnavailable`` when the provider does not answer."""
    try:
        return settle(reference)
    except ProviderError as error:
        raise ServiceUnavailable(AWAY) from error


def ask_soon(reference: str) -> None:
    """Has a job ask the provider now, because the payer came back; a lost wish costs minutes."""
    try:
        job_queue.enqueue("jobs.tasks.settle_payment", reference)
    except redis.RedisError:
        log.warning("payment_not_enqueued", reference=reference)


def ask_while_watched(reference: str) -> None:
    """``ask_soon`` for a page that somebody looks at: every few seconds, however many look.

    A prompt on a phone that was declined is announced by nobody.
    """
    try:
        if redis.first_in(f"payment-asked:{reference}", _WATCHED_SECONDS):
            ask_soon(reference)
    except redis.RedisError:
        log.warning("payment_not_watched", reference=reference)


def settle_open(now: datetime | None = None) -> int:
    """Asks about every payment that is still open; returns how many came to an end.

    Of charges only successful ones are announced, so this finds those that failed, and what a
    lost webhook did not tell. A payment open for too long is asked about a last time.
    """
    if not is_open():
        return 0
    now = now or datetime.now(UTC)
    with unit_of_work(as_system=True) as work:
        references = list(
            work.session.scalars(
                select(Transaction.provider_reference)
                .where(
                    Transaction.type == "purchase",
                    Transaction.status.in_(refunds.OPEN),
                    # What a person decides about is not asked about.
                    ~Transaction.needs_manual_review,
                    Transaction.payment_provider == PROVIDER,
                    Transaction.created_at <= now - _ASK_AFTER,
                )
                .order_by(Transaction.created_at)
                .limit(_BATCH)
            )
        )
    ended = 0
    for reference in references:
        if reference is None:
            continue
        try:
            ended += settle(reference) not in refunds.OPEN
        except ProviderUnavailable:
            log.warning("payments_not_checked", left=len(references) - ended)
            break
        except ProviderError as error:
            log.warning("payment_not_checked", reference=reference, error=str(error))
        except Exception as error:
            # One that breaks keeps nobody else's from being asked about.
            log.exception("payment_not_booked", reference=reference)
            reporting.report(error)
    return ended


def _owner(reference: str) -> UUID:
    with unit_of_work(as_system=True) as work:
        found = work.session.scalar(
            select(Transaction.real_user_id).where(
                # A refund has a reference as well, and another way to its end.
                Transaction.type == "purchase",
                Transaction.payment_provider == PROVIDER,
                Transaction.provider_reference == reference,
            )
        )
    if found is None:
        raise NotFound
    return found


def _book(reference: str, owner: UUID, view: TransactionView | None) -> str:
    """Brings our row in line with what the provider said, once."""
    with unit_of_work(as_system=True) as work:
        wallet = credits.lock_wallet(work, owner)
        bought = lock(work, reference)
        if view is not None:
            bought.provider_response = _kept(view)
        if bought.status in ("success", "refunded"):
            return bought.status
        if _is_decided_against(bought):
            asked = approvals.answers(work, "money_refund", bought.id)
            if not asked and not refunds.of_purchase(bought.id):
                # It was paid after somebody had decided.
                give_back_uncredited(work, wallet, bought, None)
            return bought.status
        _follow(work, wallet, bought, view)
        return bought.status


def _follow(
    work: UnitOfWork, wallet: RealUser, bought: Transaction, view: TransactionView | None
) -> None:
    """Moves an order on that is open, given up or under review."""
    age = datetime.now(UTC) - bought.created_at
    current = settings.current(fresh=True)
    expired = age > timedelta(hours=current.payment_open_hours)
    state = "pending" if view is None else PROVIDER_STATES.get(view.status, "unknown")
    if view is not None and state == "success":
        _succeed(work, wallet, bought, view)
    elif view is not None and state in ("refunded", "unknown"):
        _review(work, bought, f"The provider says {view.status}")
    elif view is not None and view.status == "failed":
        fail(work, bought, view.gateway_response[:200] or "declined")
    elif expired:
        fail(work, bought, "expired")
    elif (
        view is not None
        and view.status == "abandoned"
        # Until somebody has paid, the provider calls every checkout abandoned.
        and age > timedelta(minutes=current.payment_abandoned_minutes)
    ):
        fail(work, bought, "abandoned")
    elif view is None and bought.checkout_url is None and age > _ON_ITS_WAY:
        fail(work, bought, "unreachable")
    elif state == "processing" and bought.status == "pending":
        bought.status = "processing"
        work.emit(PaymentChanged(bought.real_user_id, bought.id))


def note_seen(account_id: UUID, transaction_id: UUID) -> None:
    """Keeps that somebody has seen that a payment of theirs was credited."""
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(RealUser)
            .where(RealUser.id == account_id, RealUser.unseen_payment_id == transaction_id)
            .values(unseen_payment_id=None)
        )


def turn_down(work: UnitOfWork, transaction_id: UUID, admin_id: UUID) -> UUID | None:
    """Ends a review in the caller's transaction: the purchase failed, and what was paid goes back.

    Returns the refund that is to be sent, or None when nothing was paid or a second admin has to
    agree. Raises ``NotFound``, or ``ValidationError`` when nobody is waiting for a decision or the
    payer's bank is deciding.
    """
    found = work.session.get(Transaction, transaction_id)
    if found is None or found.provider_reference is None:
        raise NotFound
    wallet = credits.lock_wallet(work, found.real_user_id)
    bought = lock(work, found.provider_reference)
    if not bought.needs_manual_review:
        raise ValidationError(message="This payment is not under review")
    if refunds.is_disputed(bought.id):
        raise ValidationError(message="This payment is disputed: the bank decides about it")
    bought.needs_manual_review = False
    bought.reviewed_by = admin_id
    bought.reviewed_at = datetime.now(UTC)
    if bought.status == "failed":
        # It had been given up before it was paid, for another reason.
        bought.failure_reason = _NOT_ORDERED
        work.emit(PaymentChanged(bought.real_user_id, bought.id))
    fail(work, bought, _NOT_ORDERED)
    return give_back_uncredited(work, wallet, bought, admin_id)


def give_back_uncredited(
    work: UnitOfWork, wallet: RealUser, bought: Transaction, admin_id: UUID | None
) -> UUID | None:
    """Begins a refund of what we still have of a locked payment that was turned down, if any.

    Above the set amount an admin needs a second one, who is asked here unless one has agreed; the
    platform itself (``admin_id`` None) needs nobody. None: nothing begins now.
    """
    kept = refunds.kept_uncredited(bought)
    if kept is None or not _is_decided_against(bought) or refunds.is_disputed(bought.id):
        return None
    amount, currency = kept
    if (
        admin_id is not None
        and approvals.needed(amount, currency)
        and "done" not in approvals.answers(work, "money_refund", bought.id)
    ):
        wish = approvals.Wish(
            kind="money_refund",
            subject_id=bought.id,
            user_id=wallet.id,
            amount=amount,
            unit=currency,
            requested_by=admin_id,
            reason=_NOT_ORDERED.capitalize(),
            payload={"uncredited": True},
        )
        approvals.ask(work, wish)
        return None
    reason = _NOT_ORDERED.capitalize()
    return refund_booking.begin_uncredited(work, wallet, bought, amount, currency, reason).id


def _succeed(
    work: UnitOfWork, wallet: RealUser, bought: Transaction, view: TransactionView
) -> None:
    """Credits the snapshot if what was paid is what was asked for; else somebody looks at it."""
    wrong = view.differs(
        amount=buying.cents(bought.amount),
        currency=bought.currency,
        domain=paystack.client().domain,
    )
    if wrong:
        _review(
            work,
            bought,
            f"Paid {buying.money(Decimal(view.amount) / 100)} {view.currency} ({view.domain}), ordered"
            f" {buying.money(bought.amount)} {bought.currency}: {', '.join(wrong)} differs",
        )
        return
    twins = [
        each
        for each in open_twins(work, bought.real_user_id, bought.package_id)
        if each is not bought
    ]
    unwanted = _unwanted(work, wallet, bought, twins)
    # What goes back was not what its buyer got: the other way to the same stays open.
    _credit(work, wallet, bought, [] if unwanted else twins)
    exclusion.note_payer(work, wallet, bought, view)
    if unwanted and wallet.deleted_at is None:
        _send_back(work, wallet, bought, unwanted)


def _unwanted(
    work: UnitOfWork, wallet: RealUser, bought: Transaction, twins: Sequence[Transaction]
) -> str:
    """Why money that arrives after all is not kept, in words for the payer; empty when it is.

    The page of a payment that was given up stays payable at the provider. Meanwhile its buyer may
    have bought the same by trying again, spent what their limit allows, asked for a break, or the
    promo code may have been used. ``twins`` end when it is kept, so they do not stand against it.
    """
    if bought.status != "failed":
        return ""
    since = work.session.scalars(
        select(Transaction).where(
            Transaction.real_user_id == wallet.id,
            Transaction.type == "purchase",
            Transaction.package_id == bought.package_id,
            Transaction.status == "success",
            Transaction.completed_at > bought.created_at,
        )
    )
    if any(refunds.given_back(each.id).amount < each.amount for each in since):
        return "You had bought the same by another payment since."
    ending = [each.id for each in twins]
    against = limits.against(work, wallet, bought.amount, without=ending)[1]
    return against or promos.against_late(work, bought, without=ending)


def _send_back(work: UnitOfWork, wallet: RealUser, bought: Transaction, why: str) -> None:
    """Credited as it was paid, and in the same transaction taken back and on its way to the payer."""
    part = refunds.withdrawable(bought, wallet)
    if part.amount <= 0:
        return  # it has paid what was owed after a lost dispute
    refund_booking.begin(
        work, wallet, bought, part, f"It arrived after the payment had ended. {why}"
    )
    notice = (
        f"{buying.money(part.amount)} {bought.currency} arrived for a payment that was over, and"
        f" are going back to you. {why}"
    )
    work.emit(BalanceChanged(wallet.id, wallet.credits, notice))
    log.info("late_payment_sent_back", reference=bought.provider_reference)


def _is_decided_against(bought: Transaction) -> bool:
    """Whether a person has looked at it and given no credits for it: that holds."""
    return bought.status == "failed" and bought.failure_reason == _NOT_ORDERED


def _credit(
    work: UnitOfWork, wallet: RealUser, bought: Transaction, replaced: Sequence[Transaction]
) -> None:
    """Credits a locked purchase and ends what it replaces."""
    states.check_transition(states.PAYMENT, bought.status, "success")
    bought.status = "success"
    if bought.needs_manual_review:
        # The provider says now what it could not say when somebody was to look at it.
        bought.needs_manual_review, bought.review_reason = False, None
    bought.failure_reason = bought.failed_at = None
    bought.completed_at = datetime.now(UTC)
    promos.settle(work, bought, paid=True)
    replace(work, replaced)
    credits.add_purchase(work, wallet, bought)
    receipt_id = receipts.issue(work, bought)
    if wallet.email_confirmed_at is not None:
        outbox.add(work, "letter", {"letter": "receipt", "about": str(receipt_id)})
    if wallet.deleted_at is None:
        wallet.unseen_payment_id = bought.id
    else:
        # Nobody is there any more to use it, so it goes back to where it came from.
        part = refunds.withdrawable(bought, wallet)
        if part.amount > 0:
            refund_booking.begin(work, wallet, bought, part, "Account deleted")
    work.emit(PaymentChanged(bought.real_user_id, bought.id))
    ENDED.labels("success", "").inc()
    log.info("purchase_credited", reference=bought.provider_reference)


def replace(work: UnitOfWork, orders: Sequence[Transaction]) -> None:
    """Ends locked orders because there is another of the same wish (``open_twins``).

    Their pages stay payable at the provider; what is paid there goes back (``_unwanted``).
    """
    for each in orders:
        fail(work, each, "replaced")


def open_twins(work: UnitOfWork, buyer_id: UUID, package_id: UUID | None) -> Sequence[Transaction]:
    """What is open of one wish: a package of a buyer, whose lock is held. All are locked."""
    return work.session.scalars(
        select(Transaction)
        .where(
            Transaction.real_user_id == buyer_id,
            Transaction.type == "purchase",
            Transaction.package_id == package_id,
            Transaction.status.in_(refunds.OPEN),
            ~Transaction.needs_manual_review,
        )
        .order_by(Transaction.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def fail(work: UnitOfWork, bought: Transaction, reason: str) -> None:
    """Ends a locked purchase that brought nothing, for ``reason``; what failed already stays as it is."""
    if bought.status == "failed":
        return
    states.check_transition(states.PAYMENT, bought.status, "failed")
    bought.status = "failed"
    bought.failure_reason = reason
    bought.failed_at = datetime.now(UTC)
    promos.settle(work, bought, paid=False)
    work.emit(PaymentChanged(bought.real_user_id, bought.id))
    known = reason if reason in _OUR_REASONS else "declined"
    ENDED.labels("failed", known).inc()
    log.info("purchase_failed", reference=bought.provider_reference, reason=known)


def _review(work: UnitOfWork, bought: Transaction, reason: str) -> None:
    """Leaves a payment to a person; once somebody has decided, it stays decided."""
    if bought.needs_manual_review or bought.reviewed_at is not None:
        return
    bought.needs_manual_review = True
    bought.review_reason = reason
    outbox.tell_admins(
        work,
        "payment_failed",
        bought.id,
        "A payment does not match its order and needs a decision.",
        {"reference": bought.provider_reference},
    )
    work.emit(PaymentChanged(bought.real_user_id, bought.id))
    log.warning("payment_needs_review", reference=bought.provider_reference, reason=reason)


def _kept(view: TransactionView) -> dict[str, Any]:
    return {
        "id": view.id,
        "status": view.status,
        "amount": view.amount,
        "currency": view.currency,
        "domain": view.domain,
        "channel": view.channel,
        "fees": view.fees,
        "paid_at": view.paid_at.isoformat() if view.paid_at else None,
        "gateway_response": view.gateway_response[:200],
    }


def lock(work: UnitOfWork, reference: str) -> Transaction:
    """A purchase as it is now, under its lock; its wallet is locked already, or not needed."""
    return work.session.scalars(
        select(Transaction)
        .where(
            Transaction.payment_provider == PROVIDER, Transaction.provider_reference == reference
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
