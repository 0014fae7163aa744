"""Our payments beside the provider's list, in both directions; what does not fit waits for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import structlog
from sqlalchemy import func, select, update

from fantooo.domain import buying
from fantooo.domain.errors import ServiceUnavailable
from fantooo.gateways import paystack
from fantooo.gateways.paystack import ProviderAnswerInvalid, ProviderError, TransactionView
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import ReconciliationRun, Transaction
from fantooo.queries import refunds
from fantooo.services import exceptions_inbox, outbox, payments

log = structlog.get_logger(__name__)

#: the provider lists payments by their beginning, and a page that was given up stays payable
_STRETCH = timedelta(days=30)
#: after an outage the days of the last run's end are gone through once more
_OVERLAP = timedelta(days=1)
#: what is younger may be on its way
_SETTLED = timedelta(minutes=30)


def since_last(until: datetime) -> timedelta:
    """As far back as has to be looked: the usual days, or more when the last run is longer ago."""
    with unit_of_work(as_system=True) as work:
        last = work.session.scalar(
            select(func.max(ReconciliationRun.until)).where(
                ReconciliationRun.finished_at.is_not(None),
                ReconciliationRun.until - ReconciliationRun.since >= _STRETCH,
            )
        )
    return max(_STRETCH, until - last + _OVERLAP) if last else _STRETCH


def reconcile(until: datetime | None = None, stretch: timedelta = _STRETCH) -> int:
    """Compares the last days with the provider's list; returns how many exceptions it found.

    A payment that succeeded and is not credited is settled at once; only what cannot be settled
    becomes an exception. Raises ``ServiceUnavailable`` when the provider does not answer.
    """
    if not payments.is_open():
        return 0
    until = until or datetime.now(UTC)
    since = until - stretch
    with unit_of_work(as_system=True) as work:
        run = ReconciliationRun(since=since, until=until)
        work.session.add(run)
        work.session.flush()
        run_id = run.id
    seen: set[str] = set()
    credited = exceptions = 0
    unreadable: list[ProviderAnswerInvalid] = []
    try:
        listed = paystack.client().transactions(
            since=since, until=until, status="success", unreadable=unreadable
        )
        for view in listed:
            seen.add(view.reference)
            was_credited, is_exception = _compare(view)
            credited += was_credited
            exceptions += is_exception
        exceptions += _ours_without_theirs(since, until - _SETTLED, seen, unreadable)
    except ProviderError as error:
        # The run stays unfinished, and the next one covers its days (since_last).
        raise ServiceUnavailable from error
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(ReconciliationRun)
            .where(ReconciliationRun.id == run_id)
            .values(
                finished_at=func.now(),
                payments_seen=len(seen),
                credited=credited,
                exceptions=exceptions,
            )
        )
    tell_unreadable("payments", unreadable)
    log.info("reconciled", payments=len(seen), credited=credited, exceptions=exceptions)
    return exceptions


def tell_unreadable(what: str, rows: Sequence[ProviderAnswerInvalid]) -> None:
    """Rows of a list that cannot be read keep no other from being compared; admins are told of them."""
    if not rows:
        return
    log.error("provider_rows_unreadable", what=what, rows=len(rows), first=str(rows[0]))
    with unit_of_work(as_system=True) as work:
        outbox.tell_admins(
            work,
            "payment_failed",
            # One for each list, while it is open.
            uuid5(NAMESPACE_OID, f"unreadable {what}"),
            f"The provider lists {what} that we cannot read. Compare the last days by hand.",
            {"detail": f"{len(rows)} of them"},
        )


def _compare(view: TransactionView) -> tuple[bool, bool]:
    """One successful payment of theirs: whether it was credited just now, and whether it is odd."""
    ours = _ours(view.reference)
    paid = exceptions_inbox.facts(view)
    if ours is None:
        return False, _note("unknown_reference", view.reference, paid, None)
    transaction_id, status, amount, currency, is_decided = ours
    wrong = view.differs(amount=amount, currency=currency, domain=paystack.client().domain)
    if wrong and not is_decided:
        kind = "differs"
        return False, _note(kind, view.reference, paid | {"differs": list(wrong)}, transaction_id)
    if status in ("success", "refunded"):
        return False, False
    try:
        status = payments.settle(view.reference)
    except ProviderError as error:
        log.warning("payment_not_checked", reference=view.reference, error=str(error))
    if status == "success":
        return True, False
    if is_decided:
        # A person has looked at it: what arrived since went back just now, and credits nothing.
        return False, False
    return False, _note("paid_not_credited", view.reference, paid, transaction_id)


def _ours_without_theirs(
    since: datetime, until: datetime, seen: set[str], unreadable: list[ProviderAnswerInvalid]
) -> int:
    """What we credited in a stretch and they do not list is asked for one by one, then noted."""
    with unit_of_work(as_system=True) as work:
        rows = work.session.execute(
            select(Transaction.id, Transaction.provider_reference, Transaction.amount).where(
                Transaction.type == "purchase",
                Transaction.status == "success",
                Transaction.payment_provider == payments.PROVIDER,
                Transaction.created_at.between(since, until),
            )
        ).all()
    found = 0
    for row in rows:
        reference = row.provider_reference or ""
        if reference in seen:
            continue
        try:
            status = paystack.client().verify(reference).status
        except paystack.UnknownReference:
            status = "unknown"
        except ProviderAnswerInvalid as error:
            unreadable.append(error)
            continue
        if status == "success" or (status == "reversed" and _went_back(row.id, row.amount)):
            continue
        found += _note("credited_not_paid", reference, {"the provider says": status}, row.id)
    return found


def _went_back(purchase_id: UUID, amount: Decimal) -> bool:
    """Whether we sent all of a payment back ourselves, so that its reversal is no surprise."""
    with unit_of_work(as_system=True):
        return refunds.given_back(purchase_id).amount >= amount


def _note(kind: str, reference: str, details: dict[str, Any], transaction_id: UUID | None) -> bool:
    with unit_of_work(as_system=True) as work:
        return exceptions_inbox.note(
            work, kind=kind, reference=reference, details=details, transaction_id=transaction_id
        )


def _ours(reference: str) -> tuple[UUID, str, int, str, bool] | None:
    with unit_of_work(as_system=True) as work:
        row = work.session.execute(
            select(
                Transaction.id,
                Transaction.status,
                Transaction.amount,
                Transaction.currency,
                Transaction.reviewed_at,
            ).where(
                Transaction.payment_provider == payments.PROVIDER,
                Transaction.provider_reference == reference,
            )
        ).one_or_none()
    if row is None:
        return None
    decided = row.reviewed_at is not None
    return row.id, row.status, buying.cents(row.amount), row.currency, decided
