"""Buying credits: the order first, then the provider; crediting once, whoever brings the news.

Our row stands before the provider is asked, and credits come from the snapshot in it after the
provider's own answer fits (architecture.md 7). Locks: real_users before transactions.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import structlog
from flask import current_app
from prometheus_client import Counter
from sqlalchemy import select

from fantooo.domain import buying, states
from fantooo.domain.buying import PROVIDER_STATES
from fantooo.domain.errors import (
    NotFound,
    PaymentFailed,
    PriceChanged,
    ServiceUnavailable,
    ValidationError,
)
from fantooo.domain.events import BalanceChanged, PaymentChanged
from fantooo.domain.promos import Offer
from fantooo.gateways import paystack
from fantooo.gateways.paystack import (
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    TransactionView,
    UnknownReference,
)
from fantooo.infra import job_queue, redis, reporting
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import IdempotencyKey, RealUser, Transaction
from fantooo.queries import payments as reads, refunds, settings
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
Channel = Literal["checkout", "mpesa"]

STARTED = Counter("fantooo_purchases_started", "Purchases begun", ["channel"])
ENDED = Counter("fantooo_purchases_ended", "Purchases that came to an end", ["status", "reason"])

_AWAY = "The payment service does not answer right now. Please try again."
_UNREACHABLE = (
    "We cannot reach the payment service right now. You were not charged; please try again."
)
_OTHER_PRICE = (
    "A price has changed since this page was made. You were not charged: look at it and pay again."
)
#: fresher payments are still being made, and their news is on its way
_ASK_AFTER = timedelta(minutes=2)
#: an order the provider does not know by then never reached it
_ON_ITS_WAY = timedelta(minutes=5)
_BATCH = 200
_MPESA_PHONE_DIGITS = 12
_TOO_GENEROUS = (
    "Less was paid than so many credits cost. Do not credit it, and the money goes back; credits can be"
    " given on the person's page, with a second admin."
)
#: why a payment that a person looked at failed
_NOT_ORDERED = "not what was ordered"


@dataclass(frozen=True)
class _Order:
    """A purchase as it was just written, or found under its key."""

    id: UUID
    reference: str
    amount: Decimal
    currency: str
    is_new: bool


def is_open() -> bool:
    """Whether there is a provider to pay at: development may have none."""
    return bool(current_app.config["SETTINGS"].paystack_secret_key)


def buy(
    *,
    account_id: UUID,
    package_id: UUID,
    key: UUID,
    channel: Channel,
    phone: str,
    return_to: str,
    callback_url: str,
    promo_code: str = "",
    shown: str = "",
) -> UUID:
    """Begins one purchase; returns its transaction's id, the same for the same ``key``.

    ``key`` is drawn with the page that shows the button: pressed twice it is one wish. ``shown`` is
    the ``Offer.shown`` that the page showed, if it did. Raises ``ValidationError`` for a phone
    number M-Pesa cannot have or a promo code that cannot be used, ``NotFound`` for a package that
    is not on offer, ``PriceChanged`` when it is offered otherwise than shown, ``SpendingPaused``
    when the buyer's own limit or break, or a freeze, is in the way, ``PaymentFailed`` when the
    provider cannot or will not take the payment. Nothing is ordered in any of these.
    """
    if not is_open():
        raise PaymentFailed("Buying is not open yet.")
    number = mpesa_number(phone) if channel == "mpesa" else ""
    order = _write_order(account_id, package_id, key, channel, return_to, promo_code, shown)
    if not order.is_new:
        return order.id
    STARTED.labels(channel).inc()
    if channel == "mpesa":
        _ask_phone(order, account_id, number)
    else:
        _open_checkout(order, account_id, callback_url)
    return order.id


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
        raise ServiceUnavailable(_AWAY) from error


def ask_soon(reference: str) -> None:
    """Has a job ask the provider now, because the payer came back; a lost wish costs minutes."""
    try:
        job_queue.enqueue("jobs.tasks.settle_payment", reference)
    except redis.RedisError:
        log.warning("payment_not_enqueued", reference=reference)


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
                    Transaction.status.in_(("pending", "processing")),
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
            ended += settle(reference) not in ("pending", "processing")
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


def mpesa_number(typed: str) -> str:
    """``254...`` from what people type (07.., 01.., +254..). Raises ``ValidationError``."""
    digits = "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
    if len(digits) == 10 and digits.startswith(("07", "01")):
        digits = "254" + digits[1:]
    elif len(digits) == 9 and digits.startswith(("7", "1")):
        digits = "254" + digits
    if len(digits) != _MPESA_PHONE_DIGITS or not digits.startswith(("2547", "2541")):
        raise ValidationError({"phone": "Enter a Kenyan M-Pesa number, such as 0712 345 678"})
    return digits


def payer_email(account_id: UUID) -> str:
    """The address a person pays under: ours, always the same, and nobody can tell whose it is."""
    config = current_app.config["SETTINGS"]
    name = hmac.new(
        config.secret_key.encode(), b"payer:" + account_id.bytes, hashlib.sha256
    ).hexdigest()
    return f"u-{name[:20]}@{config.payment_mail_domain}"


def _write_order(
    account_id: UUID,
    package_id: UUID,
    key: UUID,
    channel: Channel,
    return_to: str,
    promo_code: str,
    shown: str,
) -> _Order:
    with unit_of_work(as_system=True) as work:
        wallet = credits.lock_wallet(work, account_id)
        earlier = work.session.get(IdempotencyKey, (account_id, key))
        if earlier is not None:
            made = work.session.get_one(Transaction, earlier.transaction_id)
            return _order(made, is_new=False)
        package = reads.package(package_id, account_id, wallet.user_tier)
        offer = promos.agree(work, wallet, package, promo_code) if promo_code else Offer(package)
        if shown and shown != offer.shown:
            raise PriceChanged(_OTHER_PRICE)
        limits.check_purchase(work, wallet, offer.to_pay)
        made = Transaction(
            real_user_id=account_id,
            type="purchase",
            amount=offer.to_pay,
            currency=package.currency,
            credits_amount=package.credits,
            bonus_credits=offer.bonus,
            promo_code=offer.deal.code if offer.deal else None,
            discount_amount=offer.discount,
            reason=package.name,
            payment_provider=PROVIDER,
            provider_reference=buying.new_reference(),
            channel=channel,
            return_to=return_to or None,
            package_id=package.id,
            package_snapshot=package.snapshot(),
        )
        work.session.add(made)
        work.session.flush()
        if offer.deal:
            promos.reserve(work, offer.deal, made)
        work.session.add(IdempotencyKey(account_id=account_id, key=key, transaction_id=made.id))
        return _order(made, is_new=True)


def _order(made: Transaction, *, is_new: bool) -> _Order:
    return _Order(made.id, made.provider_reference or "", made.amount, made.currency, is_new)


def _open_checkout(order: _Order, account_id: UUID, callback_url: str) -> None:
    try:
        page = paystack.client().initialize(
            email=payer_email(account_id),
            amount=buying.cents(order.amount),
            currency=order.currency,
            reference=order.reference,
            callback_url=callback_url,
            metadata={"transaction": str(order.id)},
        )
    except ProviderError as error:
        # A page whose address we never saw cannot be paid on; the next try has its own reference.
        _give_up(order, "refused" if isinstance(error, ProviderRefused) else "unreachable", error)
        raise PaymentFailed(_unpaid(error)) from error
    with unit_of_work(as_system=True) as work:
        made = _lock(work, order.reference)
        made.checkout_url = page.authorization_url


def _ask_phone(order: _Order, account_id: UUID, number: str) -> None:
    try:
        charge = paystack.client().charge_mpesa(
            email=payer_email(account_id),
            amount=buying.cents(order.amount),
            phone=number,
            reference=order.reference,
            currency=order.currency,
            metadata={"transaction": str(order.id)},
        )
    except ProviderError as error:
        if not error.outcome_unknown:
            _give_up(order, "refused", error)
            raise PaymentFailed(_unpaid(error)) from error
        # The phone may have been asked: the page follows the payment, whatever became of it.
        log.warning("payment_outcome_unknown", reference=order.reference, error=str(error))
        charge = None
    with unit_of_work(as_system=True) as work:
        made = _lock(work, order.reference)
        exclusion.keep_phone(work, made, number)
        if made.status == "pending":
            made.status = "processing"
        if charge is not None:
            made.provider_response = {
                "status": charge.status,
                "display_text": charge.display_text[:300],
            }


def _unpaid(error: ProviderError) -> str:
    if isinstance(error, ProviderRefused):
        return "The payment service did not take this payment. You were not charged."
    return _UNREACHABLE


def _give_up(order: _Order, reason: str, error: ProviderError) -> None:
    log.warning("purchase_not_begun", reference=order.reference, reason=reason, error=str(error))
    with unit_of_work(as_system=True) as work:
        made = _lock(work, order.reference)
        if made.status in ("pending", "processing"):
            _fail(work, made, reason)


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
        bought = _lock(work, reference)
        if view is not None:
            bought.provider_response = _kept(view)
        if bought.status in ("success", "refunded") or _is_decided_against(bought):
            return bought.status
        now = datetime.now(UTC)
        age = now - bought.created_at
        current = settings.current(fresh=True)
        expired = age > timedelta(hours=current.payment_open_hours)
        state = "pending" if view is None else PROVIDER_STATES.get(view.status, "unknown")
        if view is not None and state == "success":
            _succeed(work, wallet, bought, view)
        elif view is not None and state in ("refunded", "unknown"):
            _review(work, bought, f"The provider says {view.status}")
        elif view is not None and view.status == "failed":
            _fail(work, bought, view.gateway_response[:200] or "declined")
        elif expired:
            _fail(work, bought, "expired")
        elif (
            view is not None
            and view.status == "abandoned"
            # Until somebody has paid, the provider calls every checkout abandoned.
            and age > timedelta(minutes=current.payment_abandoned_minutes)
        ):
            _fail(work, bought, "abandoned")
        elif view is None and bought.checkout_url is None and age > _ON_ITS_WAY:
            _fail(work, bought, "unreachable")
        elif state == "processing" and bought.status == "pending":
            bought.status = "processing"
            work.emit(PaymentChanged(bought.real_user_id, bought.id))
        return bought.status


def end_review(work: UnitOfWork, transaction_id: UUID, admin_id: UUID, *, credit: bool) -> None:
    """Ends a review in the caller's transaction: the snapshot is credited, or the purchase failed.

    What was paid for a purchase that is not credited goes back. Raises ``NotFound``, or
    ``ValidationError`` when nobody is waiting for a decision, and for more credits than one admin
    may give when less was paid than they cost.
    """
    found = work.session.get(Transaction, transaction_id)
    if found is None or found.provider_reference is None:
        raise NotFound
    wallet = credits.lock_wallet(work, found.real_user_id)
    bought = _lock(work, found.provider_reference)
    if not bought.needs_manual_review:
        raise ValidationError(message="This payment is not under review")
    paid = _paid_at_provider(bought)
    is_short = paid is None or paid[1] != bought.currency or paid[0] < bought.amount
    total = bought.credits_amount + bought.bonus_credits
    if credit and is_short and approvals.needed(total, approvals.CREDITS):
        raise ValidationError(message=_TOO_GENEROUS)
    bought.needs_manual_review = False
    bought.reviewed_by = admin_id
    bought.reviewed_at = datetime.now(UTC)
    if credit:
        _credit(work, wallet, bought)
        return
    _fail(work, bought, _NOT_ORDERED)
    if paid is not None:
        refund_booking.begin_uncredited(work, wallet, bought, *paid, "Not what was ordered")


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
            f"Paid {view.amount} {view.currency} ({view.domain}), ordered"
            f" {buying.cents(bought.amount)} {bought.currency}: {', '.join(wrong)} differs",
        )
        return
    unwanted = _unwanted(work, wallet, bought)
    _credit(work, wallet, bought)
    exclusion.note_payer(work, wallet, bought, view)
    if unwanted and wallet.deleted_at is None:
        _send_back(work, wallet, bought, unwanted)


def _unwanted(work: UnitOfWork, wallet: RealUser, bought: Transaction) -> str:
    """Why money that arrives after all is not kept, in words for the payer; empty when it is.

    The page of a payment that was given up stays payable at the provider. Meanwhile its buyer may
    have bought the same by trying again, spent what their limit allows, or asked for a break.
    """
    if bought.status != "failed":
        return ""
    instead = work.session.scalar(
        select(Transaction.id)
        .where(
            Transaction.real_user_id == wallet.id,
            Transaction.type == "purchase",
            Transaction.package_id == bought.package_id,
            Transaction.status.in_(refunds.CREDITED),
            Transaction.created_at > bought.created_at,
        )
        .limit(1)
    )
    if instead is not None:
        return "You had bought the same by another payment since."
    return limits.against(work, wallet, bought.amount)[1]


def _send_back(work: UnitOfWork, wallet: RealUser, bought: Transaction, why: str) -> None:
    """Credited as it was paid, and in the same transaction taken back and on its way to the payer."""
    part = refunds.withdrawable(bought, wallet)
    if part.amount <= 0:
        return  # it has paid what was owed after a lost dispute
    refund_booking.begin(work, wallet, bought, part, refunds.LATE)
    notice = (
        f"{buying.money(part.amount)} {bought.currency} arrived for a payment that was over, and"
        f" are going back to you. {why}"
    )
    work.emit(BalanceChanged(wallet.id, wallet.credits, notice))
    log.info("late_payment_sent_back", reference=bought.provider_reference)


def _is_decided_against(bought: Transaction) -> bool:
    """Whether a person has looked at it and given no credits for it: that holds."""
    return bought.status == "failed" and bought.failure_reason == _NOT_ORDERED


def _paid_at_provider(bought: Transaction) -> tuple[Decimal, str] | None:
    """What the provider took, as it said last: the amount and its currency; None when it took none."""
    said = bought.provider_response or {}
    amount, currency = said.get("amount"), said.get("currency")
    if said.get("status") != "success" or not amount or not currency:
        return None
    return Decimal(int(amount)) / 100, str(currency)


def _credit(work: UnitOfWork, wallet: RealUser, bought: Transaction) -> None:
    states.check_transition(states.PAYMENT, bought.status, "success")
    bought.status = "success"
    if bought.needs_manual_review:
        # The provider says now what it could not say when somebody was to look at it.
        bought.needs_manual_review, bought.review_reason = False, None
    bought.failure_reason = bought.failed_at = None
    bought.completed_at = datetime.now(UTC)
    promos.settle(work, bought, paid=True)
    credits.add_purchase(work, wallet, bought)
    receipt_id = receipts.issue(work, bought)
    if wallet.email_confirmed_at is not None:
        outbox.add(work, "letter", {"letter": "receipt", "about": str(receipt_id)})
    if wallet.deleted_at is not None:
        # Nobody is there any more to use it, so it goes back to where it came from.
        part = refunds.withdrawable(bought, wallet)
        if part.amount > 0:
            refund_booking.begin(work, wallet, bought, part, "Account deleted")
    work.emit(PaymentChanged(bought.real_user_id, bought.id))
    ENDED.labels("success", "").inc()
    log.info("purchase_credited", reference=bought.provider_reference)


def _fail(work: UnitOfWork, bought: Transaction, reason: str) -> None:
    if bought.status == "failed":
        return
    states.check_transition(states.PAYMENT, bought.status, "failed")
    bought.status = "failed"
    bought.failure_reason = reason
    bought.failed_at = datetime.now(UTC)
    promos.settle(work, bought, paid=False)
    work.emit(PaymentChanged(bought.real_user_id, bought.id))
    known = reason if reason in ("abandoned", "expired", "unreachable", "refused") else "declined"
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
        "A payment is not what was ordered and waits for a decision.",
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


def _lock(work: UnitOfWork, reference: str) -> Transaction:
    return work.session.scalars(
        select(Transaction)
        .where(
            Transaction.payment_provider == PROVIDER, Transaction.provider_reference == reference
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
