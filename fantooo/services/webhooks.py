"""The provider's announcements: stored raw and counted first, processed by a job, replayable.

Storing comes before everything: a failure to store is an error, so that the provider tries again.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from flask import current_app
from prometheus_client import Counter
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from fantooo.domain.errors import InvalidSignature, NotFound
from fantooo.gateways import paystack
from fantooo.gateways.paystack import (
    DisputeView,
    ProviderAnswerInvalid,
    ProviderError,
    ProviderRefused,
    RefundView,
    TransactionView,
)
from fantooo.gateways.paystack_answers import EVENTS
from fantooo.infra import job_queue, redis, reporting
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Transaction, WebhookEvent
from fantooo.services import disputes, exceptions_inbox, payments, refund_progress

log = structlog.get_logger(__name__)

RECEIVED = Counter("fantooo_webhooks", "Webhooks received", ["event", "outcome"])

_TASK = "jobs.tasks.process_webhook"
_BATCH = 100
#: ours have 28 characters, and the provider takes no more than 100
_LONGEST_REFERENCE = 100
#: what is fresher is being processed by its own job
_LEFT_AFTER = timedelta(seconds=20)
#: what the provider refuses to tell about for so long is for people
_GIVEN_UP_AFTER = timedelta(hours=1)


def receive(raw: bytes, signature: str | None) -> None:
    """Stores one announcement, or counts it once more; its processing follows by job.

    Raises ``InvalidSignature`` (401) and stores nothing when it is not the provider's.
    """
    secret = current_app.config["SETTINGS"].paystack_secret_key
    if not paystack.check_signature(raw, signature, secret):
        RECEIVED.labels("unknown", "bad_signature").inc()
        raise InvalidSignature
    name, key, reference, error = _read(raw)
    known = name if name in EVENTS else "unknown"
    with unit_of_work(as_system=True) as work:
        event_id, count = work.session.execute(
            insert(WebhookEvent)
            .values(
                provider=payments.PROVIDER,
                event_key=key,
                event=name,
                reference=reference,
                raw=raw,
                status="failed" if error else "stored",
                error=error or None,
            )
            .on_conflict_do_update(
                index_elements=["provider", "event_key"],
                set_={
                    "received_count": WebhookEvent.received_count + 1,
                    "last_received_at": datetime.now(UTC),
                },
            )
            .returning(WebhookEvent.id, WebhookEvent.received_count)
        ).one()
        if reference:
            work.session.execute(
                update(Transaction)
                .where(
                    Transaction.payment_provider == payments.PROVIDER,
                    Transaction.provider_reference == reference,
                )
                .values(
                    webhook_received_count=Transaction.webhook_received_count + 1,
                    last_webhook_at=datetime.now(UTC),
                )
            )
        if error:
            _leave_to_people(work, key, name, error)
    RECEIVED.labels(known, "stored").inc()
    if count == 1 and not error:
        _process_soon(event_id)


def process(event_id: UUID) -> str:
    """Does what an announcement asks for; returns its status then. Safe to run again."""
    with unit_of_work(as_system=True) as work:
        stored = work.session.get(WebhookEvent, event_id)
        # What was announced too long ago, or of somebody who left, has no body any more.
        if stored is None or stored.status in ("processed", "ignored") or not stored.raw:
            return stored.status if stored else "ignored"
        raw, key, name = stored.raw, stored.event_key, stored.event
        is_old = datetime.now(UTC) - stored.received_at > _GIVEN_UP_AFTER
    error: str | None
    try:
        status, error = _act(raw), None
    except ProviderAnswerInvalid as invalid:
        status, error = "failed", str(invalid)
    except ProviderRefused as refused:
        # Our key may be wrong for a while, or what was announced not known there yet.
        gives_up = is_old and not refused.is_about_us
        status, error = "failed" if gives_up else "stored", str(refused)
    except ProviderError as unavailable:
        # It stays open: the inbox is gone through again.
        status, error = "stored", str(unavailable)
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(WebhookEvent)
            .where(WebhookEvent.id == event_id)
            .values(
                status=status,
                error=error,
                processed_at=datetime.now(UTC) if error is None else None,
            )
        )
        if status == "failed":
            _leave_to_people(work, key, name, error or "")
    return status


def process_stored(now: datetime | None = None) -> int:
    """Goes through what is stored and not processed yet; returns how many were processed."""
    now = now or datetime.now(UTC)
    with unit_of_work(as_system=True) as work:
        left = list(
            work.session.scalars(
                select(WebhookEvent.id)
                .where(
                    WebhookEvent.status == "stored",
                    WebhookEvent.received_at <= now - _LEFT_AFTER,
                )
                .order_by(WebhookEvent.received_at)
                .limit(_BATCH)
            )
        )
    return sum(_process_one(event_id) in ("processed", "ignored") for event_id in left)


def _process_one(event_id: UUID) -> str:
    """``process`` in a row of others: one that breaks keeps nobody else's from being processed."""
    try:
        return process(event_id)
    except Exception as error:
        log.exception("webhook_failed", event_id=str(event_id))
        reporting.report(error)
        return "stored"


def replay(reference: str) -> int:
    """Processes all announcements about one payment again; returns how many there are."""
    with unit_of_work(as_system=True) as work:
        found = list(
            work.session.scalars(
                update(WebhookEvent)
                .where(WebhookEvent.reference == reference, WebhookEvent.raw != b"")
                .values(status="stored")
                .returning(WebhookEvent.id)
            )
        )
    for event_id in sorted(found):
        process(event_id)
    return len(found)


def read_again(event_key: str) -> str:
    """Reads one announcement anew that could not be read, and does what it asks for.

    Returns its status then: ``failed`` when it cannot be read still. Raises ``NotFound``.
    """
    with unit_of_work(as_system=True) as work:
        stored = work.session.scalar(
            select(WebhookEvent)
            .where(WebhookEvent.provider == payments.PROVIDER, WebhookEvent.event_key == event_key)
            .with_for_update()
        )
        if stored is None:
            raise NotFound
        if _read(stored.raw)[3]:
            return "failed"
        # Its key stays as people know it, so news that came in another way too is done twice: safe.
        stored.status, stored.error = "stored", None
        event_id = stored.id
    return process(event_id)


def _leave_to_people(work: UnitOfWork, key: str, name: str, error: str) -> None:
    exceptions_inbox.note(
        work,
        kind="unreadable_announcement",
        reference=key,
        details={"announced": name, "why": error},
    )


def _read(raw: bytes) -> tuple[str, str, str | None, str]:
    """Name, key and reference of an announcement, and why it cannot be read."""
    try:
        event = paystack.read_event(raw)
    except ProviderAnswerInvalid as error:
        return "unreadable", f"unreadable:{hashlib.sha256(raw).hexdigest()}", None, str(error)
    reference = _reference(event.view)
    said = f"{event.name}{event.key}{reference}"
    if not _can_be_kept(said) or len(reference or "") > _LONGEST_REFERENCE:
        return (
            "unreadable",
            f"unreadable:{hashlib.sha256(raw).hexdigest()}",
            None,
            "not a reference",
        )
    return event.name[:100], event.key[:500], reference, ""


def _can_be_kept(said: str) -> bool:
    """Whether a text can be stored: JSON may hold a null sign, and halves of signs."""
    return "\0" not in said and not any("\ud800" <= sign <= "\udfff" for sign in said)


def _reference(view: TransactionView | RefundView | DisputeView | None) -> str | None:
    """Our reference of the payment that an announcement is about."""
    if isinstance(view, TransactionView):
        return view.reference
    return view.transaction_reference if view else None


def _act(raw: bytes) -> str:
    event = paystack.read_event(raw)
    if event.name not in EVENTS:
        return "ignored"
    view = event.view
    if view is None:
        return "ignored"
    try:
        match view:
            case TransactionView():
                payments.settle(view.reference)
            case RefundView():
                refund_progress.heard(view.transaction_reference or "")
            case DisputeView():
                disputes.heard(view.id)
    except NotFound:
        with unit_of_work(as_system=True) as work:
            _unknown(work, view)
    return "processed"


def _unknown(work: UnitOfWork, view: TransactionView | RefundView | DisputeView) -> None:
    """Something about a payment that did not begin here."""
    reference = _reference(view) or f"{view.id}"
    if isinstance(view, TransactionView):
        details = exceptions_inbox.facts(view)
    elif exceptions_inbox.was_noted(work, reference):
        return  # people know of it, and may be sending it back just now
    else:
        details = {"provider_id": view.id, "currency": view.currency}
    exceptions_inbox.note(work, kind="unknown_reference", reference=reference, details=details)


def _process_soon(event_id: UUID) -> None:
    try:
        job_queue.enqueue(_TASK, str(event_id))
    except redis.RedisError:
        # The inbox is gone through every ten seconds.
        log.warning("webhook_not_enqueued", event_id=str(event_id))
