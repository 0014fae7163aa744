"""What does not fit between us and the provider, until people have dealt with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from fantooo.domain import wording
from fantooo.domain.errors import NotFound
from fantooo.gateways.paystack import TransactionView
from fantooo.infra.unit_of_work import UnitOfWork
from fantooo.models import ReconciliationException
from fantooo.services import alerts, outbox


def note(
    work: UnitOfWork,
    *,
    kind: str,
    reference: str,
    details: dict[str, Any],
    transaction_id: UUID | None = None,
) -> bool:
    """Keeps something that does not fit, once; returns whether it is new.

    What somebody has dealt with is new only when it is not the same as then.
    """
    settled = work.session.scalar(
        select(ReconciliationException.id)
        .where(
            ReconciliationException.kind == kind,
            ReconciliationException.reference == reference,
            ReconciliationException.resolved_at.is_not(None),
            ReconciliationException.details == details,
        )
        .limit(1)
    )
    if settled is not None:
        return False
    added = work.session.scalar(
        insert(ReconciliationException)
        .values(kind=kind, reference=reference, details=details, transaction_id=transaction_id)
        .on_conflict_do_nothing()
        .returning(ReconciliationException.id)
    )
    if added is not None:
        message = f"Payment mismatch: {wording.in_words(kind).lower()}."
        outbox.tell_admins(
            work, "payment_failed", added, message, {"kind": kind, "reference": reference}
        )
    return added is not None


def note_other_end(
    work: UnitOfWork, transaction_id: UUID | None, reference: str | None, theirs: str, **which: Any
) -> None:
    """A dispute or refund that ended here and otherwise there is for people: money may have moved.

    ``which`` names it and how it ended here. One that goes on there is none yet, so callers say only
    real ends: what was asked may be older than what was booked since.
    """
    note(
        work,
        kind="differs",
        reference=reference or "",
        transaction_id=transaction_id,
        details={**which, "the provider says": theirs},
    )


def was_noted(work: UnitOfWork, reference: str) -> bool:
    """Whether people know already of a payment that did not begin here."""
    found = work.session.scalar(
        select(ReconciliationException.id)
        .where(
            ReconciliationException.kind == "unknown_reference",
            ReconciliationException.reference == reference,
        )
        .limit(1)
    )
    return found is not None


def settle(work: UnitOfWork, exception_id: UUID, admin_id: UUID, how: str) -> UUID:
    """Marks one as dealt with, under its lock, with what admins were told of it.

    Returns what it is about: a payment, or itself. Raises ``NotFound`` when somebody did already.
    """
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
    row.resolution = how
    alerts.settle_about(work, row.id)
    return row.transaction_id or row.id


def settle_all(work: UnitOfWork, transaction_id: UUID, admin_id: UUID, how: str) -> None:
    """The same for all that did not fit about a payment, because it was decided about."""
    left = work.session.scalars(
        select(ReconciliationException.id)
        .where(
            ReconciliationException.transaction_id == transaction_id,
            ReconciliationException.resolved_at.is_(None),
        )
        .order_by(ReconciliationException.id)
    ).all()
    for exception_id in left:
        settle(work, exception_id, admin_id, how)
    alerts.settle_about(work, transaction_id)


def facts(view: TransactionView) -> dict[str, Any]:
    """What is noted of a payment of theirs, whoever finds it."""
    return {"amount": view.amount, "currency": view.currency, "domain": view.domain}
