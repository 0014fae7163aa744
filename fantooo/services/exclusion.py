"""Self-exclusion, and recognising who comes back with another account.

Only keyed hashes are kept: of the phone or card a purchase was paid with, of the e-mail address, and
of a random value in the browser's cookie. Locks: real_users first, as everywhere.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from fantooo.domain import limits as rules
from fantooo.domain.errors import SelfExcluded, ValidationError
from fantooo.domain.events import SessionEnded
from fantooo.gateways.paystack import TransactionView
from fantooo.infra import crypto, signing
from fantooo.infra.passwords import new_token
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import (
    AccountPause,
    ExclusionMark,
    LimitChange,
    PayerMark,
    RealUser,
    Session,
    Transaction,
)
from fantooo.services import credits, limits, outbox, security

log = structlog.get_logger(__name__)

#: why spending is frozen when somebody pays with what belongs to a person who excluded themselves
EXCLUDED_PAYER = "excluded_payer"
_COME_BACK = "come-back"
#: how long the page that asks whether one wants to come back can be answered
_COME_BACK_SECONDS = 15 * 60


def exclude(account_id: UUID, *, length: str, typed: str, device: str) -> str:
    """Keeps somebody out from now on, signs them out everywhere and marks what recognises them.

    ``device`` is the value of this browser's cookie, empty when it has none; returns the value to
    keep there. Raises ``ValidationError`` at ``length`` or ``confirmation``.
    """
    if typed.strip().casefold() != rules.EXCLUSION_WORD:
        raise ValidationError({"confirmation": f"Type “{rules.EXCLUSION_WORD}” to confirm"})
    device = device or new_token()
    with unit_of_work(as_system=True) as work:
        wallet = credits.lock_wallet(work, account_id)
        now = datetime.now(UTC)
        until = rules.excluded_until(length, now)
        if wallet.self_excluded_until is not None and wallet.self_excluded_until >= until:
            raise SelfExcluded(account_id, wallet.self_excluded_until)
        wallet.self_excluded_until = until
        work.session.add(
            AccountPause(
                real_user_id=account_id, kind="self_exclusion", starts_at=now, ends_at=until
            )
        )
        work.session.add(LimitChange(real_user_id=account_id, what="self_exclusion"))
        marks = [("device", device_hash(device))]
        if wallet.email_hash is not None and wallet.email_confirmed_at is not None:
            # One that was only typed may be somebody else's.
            marks.append(("email", wallet.email_hash))
        marks += [(row.kind, row.mark) for row in _paid_with(work, account_id)]
        _mark(work, account_id, marks, until)
        work.session.execute(delete(Session).where(Session.account_id == account_id))
        security.add(work, "session_revoked", account_id, why="self_exclusion")
        work.emit(SessionEnded(account_id))
    limits.CHANGED.labels("self_exclusion").inc()
    log.info("self_excluded", length=length)
    return device


def check_sign_in(work: UnitOfWork, account_id: UUID) -> None:
    """Refuses a sign-in of somebody who excluded themselves, in the transaction of the session.

    Locks the wallet, so that no session is opened beside the ones an exclusion ends. Raises
    ``SelfExcluded``.
    """
    until = credits.lock_wallet(work, account_id).self_excluded_until
    if until is not None:
        raise SelfExcluded(account_id, until)


def way_back(excluded: SelfExcluded) -> str:
    """A token that ends an exclusion whose time is over; empty while it is not."""
    now = datetime.now(UTC)
    if excluded.until > now:
        return ""
    return signing.sign(_COME_BACK, [str(excluded.account_id), int(now.timestamp())])


def come_back(token: str) -> None:
    """Ends an exclusion whose time is over, because the person asks for it.

    Raises ``ValidationError`` for a token that is not ours or too old, and while the time runs.
    """
    found = signing.unsign(_COME_BACK, token)
    now = datetime.now(UTC)
    if not isinstance(found, list) or now.timestamp() - found[1] > _COME_BACK_SECONDS:
        raise ValidationError(message="This page has been open too long. Log in and ask again.")
    account_id = UUID(found[0])
    with unit_of_work(as_system=True) as work:
        wallet = credits.lock_wallet(work, account_id)
        if wallet.self_excluded_until is None:
            return
        if wallet.self_excluded_until > now:
            raise ValidationError(
                message=f"That is possible from {rules.when(wallet.self_excluded_until)} on."
            )
        wallet.self_excluded_until = None
        for pause in work.session.scalars(
            select(AccountPause).where(
                AccountPause.real_user_id == account_id,
                AccountPause.kind == "self_exclusion",
                AccountPause.ended_on_request_at.is_(None),
            )
        ):
            pause.ended_on_request_at = now
        work.session.execute(delete(ExclusionMark).where(ExclusionMark.real_user_id == account_id))
        work.session.add(LimitChange(real_user_id=account_id, what="came_back"))
    limits.CHANGED.labels("came_back").inc()


def excluded_here(device: str) -> datetime | None:
    """Until when somebody has excluded themselves in the browser with that cookie; None: nobody."""
    if not device:
        return None
    with unit_of_work(as_system=True) as work:
        return work.session.scalar(
            select(func.max(ExclusionMark.until)).where(
                ExclusionMark.kind == "device",
                ExclusionMark.mark == device_hash(device),
                ExclusionMark.until > func.now(),
            )
        )


def device_hash(device: str) -> bytes:
    """The mark of a browser."""
    return crypto.keyed_hash("device", device[:200])


def keep_phone(work: UnitOfWork, order: Transaction, phone: str) -> None:
    """Keeps a hash of the phone that was asked for money; it counts once the purchase is paid."""
    _keep(work, order, "phone", phone)


def note_payer(
    work: UnitOfWork, wallet: RealUser, bought: Transaction, view: TransactionView
) -> None:
    """After a purchase was credited: keeps hashes of what it was paid with, and looks whose they are.

    What belongs to somebody else who excluded themselves freezes this wallet's spending until admins
    have looked. The money was paid, so the credits are there all the same.
    """
    if wallet.deleted_at is not None:
        return
    _keep(work, bought, "card", view.card_signature)
    _keep(work, bought, "phone", view.payer_phone)
    marks = [
        (row.kind, row.mark)
        for row in work.session.scalars(
            select(PayerMark).where(PayerMark.transaction_id == bought.id)
        )
    ]
    if wallet.self_excluded_until is not None:
        _mark(work, wallet.id, marks, wallet.self_excluded_until)
    if any(_is_anothers(work, wallet.id, bought, kind, mark) for kind, mark in marks):
        limits.freeze_spending(work, wallet, EXCLUDED_PAYER)
        _tell_admins(work, wallet.id, "phone or card", "high")


def note_email(work: UnitOfWork, account_id: UUID, email_hash: bytes | None) -> None:
    """Tells admins when an address is that of somebody else who excluded themselves.

    Nobody has confirmed it, so it proves nothing, and the person is told nothing.
    """
    if email_hash and _owner(work, account_id, "email", email_hash) is not None:
        _tell_admins(work, account_id, "unconfirmed e-mail address", "normal")


def note_confirmed_email(work: UnitOfWork, wallet: RealUser) -> None:
    """An address its owner has just proven: that of somebody else who excluded themselves freezes.

    Whoever reads that mail is that person. Admins look at it and decide.
    """
    if wallet.email_hash and _owner(work, wallet.id, "email", wallet.email_hash) is not None:
        limits.freeze_spending(work, wallet, EXCLUDED_PAYER)
        _tell_admins(work, wallet.id, "confirmed e-mail address", "high")


def forget_old_marks() -> int:
    """Removes marks whose time is over; returns how many."""
    with unit_of_work(as_system=True) as work:
        return len(
            work.session.scalars(
                delete(ExclusionMark)
                .where(ExclusionMark.until <= func.now())
                .returning(ExclusionMark.id)
            ).all()
        )


def _keep(work: UnitOfWork, order: Transaction, kind: str, value: str) -> None:
    if not value:
        return
    work.session.execute(
        insert(PayerMark)
        .values(
            real_user_id=order.real_user_id,
            transaction_id=order.id,
            kind=kind,
            mark=crypto.keyed_hash(f"payer {kind}", value),
        )
        .on_conflict_do_nothing()
    )


def _paid_with(work: UnitOfWork, account_id: UUID) -> list[PayerMark]:
    """Marks of purchases that were paid: a number somebody only typed proves nothing."""
    return list(
        work.session.scalars(
            select(PayerMark)
            .join(Transaction, Transaction.id == PayerMark.transaction_id)
            .where(
                PayerMark.real_user_id == account_id,
                Transaction.status.in_(("success", "refunded")),
            )
        )
    )


def _mark(
    work: UnitOfWork, account_id: UUID, marks: list[tuple[str, bytes]], until: datetime
) -> None:
    for kind, mark in marks:
        adding = insert(ExclusionMark).values(
            kind=kind, mark=mark, real_user_id=account_id, until=until
        )
        work.session.execute(adding.on_conflict_do_nothing())


def _owner(work: UnitOfWork, account_id: UUID, kind: str, mark: bytes) -> ExclusionMark | None:
    return work.session.scalars(
        select(ExclusionMark)
        .where(
            ExclusionMark.kind == kind,
            ExclusionMark.mark == mark,
            ExclusionMark.real_user_id != account_id,
            ExclusionMark.until > func.now(),
        )
        .limit(1)
    ).first()


def _is_anothers(
    work: UnitOfWork, account_id: UUID, bought: Transaction, kind: str, mark: bytes
) -> bool:
    """Whether a mark is of somebody else who excluded themselves, and nobody has judged it yet.

    Who paid with it after that and can pay again was looked at: only people end a freeze.
    """
    owner = _owner(work, account_id, kind, mark)
    if owner is None:
        return False
    judged = work.session.scalar(
        select(func.count())
        .select_from(PayerMark)
        .join(Transaction, Transaction.id == PayerMark.transaction_id)
        .where(
            PayerMark.real_user_id == account_id,
            PayerMark.transaction_id != bought.id,
            PayerMark.kind == kind,
            PayerMark.mark == mark,
            Transaction.status.in_(("success", "refunded")),
            Transaction.completed_at > owner.created_at,
            Transaction.completed_at < bought.created_at,
        )
    )
    return not judged


def _tell_admins(work: UnitOfWork, account_id: UUID, by: str, priority: str) -> None:
    outbox.tell_admins(
        work,
        "security_alert",
        account_id,
        f"This account may belong to somebody who excluded themselves: same {by}.",
        {"recognised_by": by},
        priority,
    )
