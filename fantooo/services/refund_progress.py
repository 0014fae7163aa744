"""Refunds at the provider: asked for once, followed to their end, whoever brings the news.

The provider knows no key against a second refund. So each carries our reference in its note, and
before one is asked for, those that exist are looked through.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from fantooo.domain import buying
from fantooo.domain.errors import NotFound, ServiceUnavailable
from fantooo.domain.events import BalanceChanged, PaymentChanged
from fantooo.gateways import paystack
from fantooo.gateways.paystack import (
    ProviderAnswerInvalid,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    RefundView,
    TransactionView,
)
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Transaction
from fantooo.queries import refunds as reads
from fantooo.services import exceptions_inbox, outbox, payments, reconciliation, refund_booking

log = structlog.get_logger(__name__)

#: whoever asks has so long before another may ask; longer than any call can take
_LEASE = timedelta(minutes=5)
_BATCH = 100


def settle(refund_id: UUID) -> str:
    """Asks for a refund, or what became of it, and books the answer; returns its status then.

    Safe at any time and any number of times at once. Raises ``NotFound``, or ``ProviderError``
    when there is no answer.
    """
    with unit_of_work(as_system=True) as work:
        row = work.session.get(Transaction, refund_id)
        if row is None or row.type != "refund":
            raise NotFound
        status, known = row.status, (row.provider_response or {}).get("id")
    if status == "processing" and known:
        return _book(refund_id, paystack.client().fetch_refund(int(known)))
    return _send(refund_id) if status in reads.OPEN else status


def settle_open(now: datetime | None = None) -> int:
    """Goes on with every refund that has not ended; returns how many ended."""
    if not payments.is_open():
        return 0
    now = now or datetime.now(UTC)
    with unit_of_work(as_system=True) as work:
        left = list(
            work.session.scalars(
                select(Transaction.id)
                .where(
                    Transaction.type == "refund",
                    Transaction.status.in_(reads.OPEN),
                    Transaction.created_at <= now,
                )
                .order_by(Transaction.created_at)
                .limit(_BATCH)
            )
        )
    ended = 0
    for refund_id in left:
        try:
            ended += settle(refund_id) not in reads.OPEN
        except ProviderUnavailable:
            log.warning("refunds_not_checked", left=len(left) - ended)
            break
        except ProviderError as error:
            log.warning("refund_not_checked", refund_id=str(refund_id), error=str(error))
    return ended


def heard(reference: str) -> None:
    """The provider announced something about refunds of a payment: all of them are looked at.

    Announcements name no refund, so they are a reason to ask. What was given back without us (in
    the provider's dashboard) waits for a person. Raises ``NotFound``, ``ProviderError``.
    """
    with unit_of_work(as_system=True) as work:
        bought = work.session.scalar(
            select(Transaction).where(
                Transaction.payment_provider == payments.PROVIDER,
                Transaction.provider_reference == reference,
                Transaction.type == "purchase",
            )
        )
        if bought is None:
            raise NotFound
        purchase_id = bought.id
        number = (bought.provider_response or {}).get("id")
        ours = dict(
            work.session.execute(
                select(Transaction.provider_reference, Transaction.id).where(
                    Transaction.refunds_id == purchase_id
                )
            ).all()
        )
    for view in _at_provider(reference, number):
        mine = ours.get(view.merchant_note)
        if mine is not None:
            _book(mine, view)
        else:
            _unknown(reference, purchase_id, view)


def compare_lists(stretch: timedelta | None = None) -> int:
    """Compares refunds, then payments, with the provider's lists: of a stretch, or since last time.

    Returns how many payments do not fit. Raises ``ServiceUnavailable``.
    """
    stretch = stretch or reconciliation.since_last(datetime.now(UTC))
    find_unknown(stretch)
    return reconciliation.reconcile(stretch=stretch)


def find_unknown(stretch: timedelta) -> int:
    """Goes through the provider's refunds of a stretch until now, whose announcements may have been lost.

    Ours are booked; each that was made without us waits for a person. Returns how many payments it
    looked at. Raises ``ServiceUnavailable`` when the provider does not answer.
    """
    if not payments.is_open():
        return 0
    until = datetime.now(UTC)
    looked_at: set[str] = set()
    unreadable: list[ProviderAnswerInvalid] = []
    try:
        for view in paystack.client().refunds(
            since=until - stretch, until=until, unreadable=unreadable
        ):
            reference = view.transaction_reference
            if reference and reference not in looked_at:
                looked_at.add(reference)
                try:
                    heard(reference)
                except NotFound:
                    pass
                except ProviderAnswerInvalid as error:
                    unreadable.append(error)
    except ProviderError as error:
        raise ServiceUnavailable from error
    reconciliation.tell_unreadable("refunds", unreadable)
    return len(looked_at)


def adopt(refund: Transaction, view: RefundView) -> None:
    """Makes a refund that was begun without us one that is followed to its end, by its number."""
    refund.status = "processing"
    refund.provider_response = _kept(view)


def send_back(view: TransactionView, note: str) -> None:
    """Sends a payment back whole that has no row of ours; ``note`` is how it is known again.

    The provider gives nothing back twice, so doing it again does nothing. Raises ``ProviderError``.
    """
    if _found(view.reference, view.id, note) is not None:
        return
    try:
        paystack.client().refund(reference=view.reference, amount=view.amount, merchant_note=note)
    except ProviderRefused:
        # Somebody else's press may have come first.
        if _found(view.reference, view.id, note) is None:
            raise


def _send(refund_id: UUID) -> str:
    """Asks the provider for a refund, unless it has it already or somebody is asking now."""
    with unit_of_work(as_system=True) as work:
        _wallet, bought, refund = _lock(work, refund_id)
        if refund.status not in reads.OPEN:
            return refund.status
        kept = dict(refund.provider_response or {})
        now = datetime.now(UTC)
        if reads.is_disputed(bought.id) or _leased(kept, now):
            return refund.status
        refund.provider_response = kept | {"asked_at": now.isoformat()}
        reference, ours = bought.provider_reference or "", refund.provider_reference or ""
        number = (bought.provider_response or {}).get("id")
        amount = buying.cents(refund.amount)
    try:
        view = _found(reference, number, ours)
        if view is None:
            view = paystack.client().refund(reference=reference, amount=amount, merchant_note=ours)
    except ProviderRefused as refused:
        if refused.is_about_us:
            _let_go(refund_id)
            raise
        # It may say no because it has done it: what it has counts.
        view = _found(reference, number, ours)
        if view is None:
            return _refused(refund_id, refused.message or "refused")
    except ProviderError as error:
        if not error.outcome_unknown:
            _let_go(refund_id)
        raise
    return _book(refund_id, view)


def _leased(kept: dict[str, Any], now: datetime) -> bool:
    asked_at: str = kept.get("asked_at") or ""
    return asked_at != "" and now - datetime.fromisoformat(asked_at) < _LEASE


def _let_go(refund_id: UUID) -> None:
    """Nothing was asked: the next one may ask at once."""
    with unit_of_work(as_system=True) as work:
        _wallet, _bought, refund = _lock(work, refund_id)
        kept = dict(refund.provider_response or {})
        kept.pop("asked_at", None)
        refund.provider_response = kept


def _found(reference: str, number: int | None, ours: str) -> RefundView | None:
    """The provider's refund that carries our reference."""
    for view in _at_provider(reference, number):
        if view.merchant_note == ours:
            return view
    return None


def _at_provider(reference: str, number: int | None) -> list[RefundView]:
    client = paystack.client()
    known = number if number is not None else client.verify(reference).id
    return list(client.refunds(transaction_id=int(known)))


def _refused(refund_id: UUID, reason: str) -> str:
    with unit_of_work(as_system=True) as work:
        wallet, bought, refund = _lock(work, refund_id)
        if refund.status in reads.OPEN:
            refund_booking.fail(work, wallet, bought, refund, reason[:200])
        return refund.status


def _book(refund_id: UUID, view: RefundView) -> str:
    """Brings our row in line with what the provider said, once."""
    with unit_of_work(as_system=True) as work:
        wallet, bought, refund = _lock(work, refund_id)
        if refund.status not in reads.OPEN:
            _compare_end(work, refund, view)
            return refund.status
        before = (refund.provider_response or {}).get("status")
        refund.provider_response = (refund.provider_response or {}) | _kept(view)
        amount = f"{buying.money(refund.amount)} {refund.currency}"
        if view.status == "processed":
            _compare(work, refund, view)
            refund_booking.succeed(work, wallet, bought, refund)
            notice = f"{amount} were sent back to where you paid from."
            work.emit(BalanceChanged(wallet.id, wallet.credits, notice))
        elif view.status == "failed":
            refund_booking.fail(
                work, wallet, bought, refund, "The payment service could not send it"
            )
        else:
            if refund.status == "pending":
                refund.status = "processing"
                work.emit(PaymentChanged(wallet.id, bought.id))
            if view.status == "needs-attention" and before != view.status:
                message = "A refund needs attention in the provider's dashboard."
                details = {"amount": amount}
                outbox.tell_admins(work, "payment_failed", refund.id, message, details)
        return refund.status


def _compare(work: UnitOfWork, refund: Transaction, view: RefundView) -> None:
    if (view.amount, view.currency) != (buying.cents(refund.amount), refund.currency):
        exceptions_inbox.note(
            work,
            kind="differs",
            reference=refund.provider_reference or "",
            transaction_id=refund.refunds_id,
            details={"refunded": view.amount, "currency": view.currency},
        )


def _compare_end(work: UnitOfWork, refund: Transaction, view: RefundView) -> None:
    """Whether one that ended here ended otherwise there: money or credits are twice somewhere then."""
    theirs = {"processed": "success", "failed": "failed"}.get(view.status)
    if theirs is not None and theirs != refund.status:
        which = {"refund": view.id, "ended here": refund.status}
        exceptions_inbox.note_other_end(
            work, refund.refunds_id, refund.provider_reference, theirs, **which
        )


def _unknown(reference: str, purchase_id: UUID, view: RefundView) -> None:
    if view.status == "failed":
        return
    with unit_of_work(as_system=True) as work:
        exceptions_inbox.note(
            work,
            kind="unknown_refund",
            reference=reference,
            transaction_id=purchase_id,
            details={"refund": view.id, "amount": view.amount, "currency": view.currency},
        )


def _lock(work: UnitOfWork, refund_id: UUID) -> tuple[Any, Transaction, Transaction]:
    purchase_id = work.session.scalar(
        select(Transaction.refunds_id).where(Transaction.id == refund_id)
    )
    if purchase_id is None:
        raise NotFound
    wallet, bought = refund_booking.lock(work, purchase_id)
    return wallet, bought, refund_booking.lock_row(work, refund_id)


def _kept(view: RefundView) -> dict[str, Any]:
    return {
        "id": view.id,
        "status": view.status,
        "amount": view.amount,
        "currency": view.currency,
        "expected_at": view.expected_at.isoformat() if view.expected_at else None,
    }
