"""Leaving: the wish, the days to change one's mind, and the end of everything that leads to a person.

Movements of money stay, as the law wants them, without a name to them. Bought credits that are left
go back to where they were paid from, or are given up, as chosen; what was given is given up. Locks:
chats, then the wallet, then requests and transactions.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal, get_args
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import delete, func, or_, select, update

from fantooo.domain import states
from fantooo.domain.errors import DeletionPending, ValidationError
from fantooo.domain.events import SessionEnded
from fantooo.infra import signing
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import (
    Account,
    Chat,
    ChatRating,
    CreditRefund,
    CreditTransfer,
    DataRequest,
    DeletedUser,
    Dispute,
    ExclusionMark,
    Favorite,
    Message,
    MessageDraft,
    PackageView,
    PayerMark,
    ProfileNote,
    ProfileNoteHistory,
    ProfileView,
    RealUser,
    Session,
    Transaction,
)
from fantooo.queries import refunds as refund_reads, settings
from fantooo.services import (
    assignment,
    credentials,
    credits,
    money_refunds,
    payments,
    refund_booking,
    security,
)

log = structlog.get_logger(__name__)

Unused = Literal["refund", "forfeit"]

LEFT = Counter("fantooo_accounts_left", "Wishes to be deleted, by what became of them", ["what"])

#: what stands where words were
GONE = "(deleted)"
#: what no password can lead to
_NO_HASH = "!"
_KEEP = "keep-account"
#: how long the page that asks whether one wants to stay can be answered
_KEEP_SECONDS = 15 * 60
_REASON_MAX = 500
_BATCH = 50


def ask(account_id: UUID, *, password: str, unused: str, reason: str) -> datetime:
    """Somebody wants to be deleted; returns until when they may change their mind.

    They are signed out everywhere, and their chats leave the team at once. Raises
    ``ValidationError`` for a wrong ``password`` or an ``unused`` that is none of ``Unused``.
    """
    if unused not in get_args(Unused):
        raise ValidationError({"unused": "Choose what happens to your credits"})
    credentials.check_password(account_id, password, field="password")
    with unit_of_work(as_system=True) as work:
        _close_chats(work, account_id)
        wallet = credits.lock_wallet(work, account_id)
        if wallet.deletion_due_at is not None:
            return wallet.deletion_due_at
        now = datetime.now(UTC)
        due = now + timedelta(days=settings.current(fresh=True).deletion_grace_days)
        wallet.deletion_due_at = due
        work.session.add(
            DataRequest(
                real_user_id=account_id,
                unused=unused,
                reason=" ".join(reason.split())[:_REASON_MAX],
                created_at=now,
                due_at=due,
            )
        )
        work.session.execute(delete(Session).where(Session.account_id == account_id))
        security.add(work, "session_revoked", account_id, why="deletion")
        work.emit(SessionEnded(account_id))
    LEFT.labels("asked").inc()
    return due


def check_sign_in(work: UnitOfWork, account_id: UUID) -> None:
    """Refuses a sign-in of somebody who asked to be deleted, in the transaction of the session.

    Raises ``DeletionPending``.
    """
    due = credits.lock_wallet(work, account_id).deletion_due_at
    if due is not None:
        raise DeletionPending(account_id, due)


def way_back(pending: DeletionPending) -> str:
    """A token that keeps the account."""
    moment = int(datetime.now(UTC).timestamp())
    return signing.sign(_KEEP, [str(pending.account_id), moment])


def keep(token: str) -> None:
    """Takes the wish back, because the person asks for it.

    Raises ``ValidationError`` for a token that is not ours or too old, and when it is too late.
    """
    found = signing.unsign(_KEEP, token)
    if not isinstance(found, list) or datetime.now(UTC).timestamp() - found[1] > _KEEP_SECONDS:
        raise ValidationError(message="This page has been open too long. Log in and ask again.")
    account_id = UUID(found[0])
    with unit_of_work(as_system=True) as work:
        wallet = credits.lock_wallet(work, account_id)
        if wallet.deleted_at is not None:
            raise ValidationError(message="This account is deleted already.")
        if wallet.deletion_due_at is None:
            return
        wallet.deletion_due_at = None
        _move(_open_request(work, account_id), "cancelled")
    LEFT.labels("stayed").inc()


def complete_due(now: datetime | None = None) -> int:
    """Does what is due: deletes, and ends those whose money has arrived. Returns how many it did."""
    now = now or datetime.now(UTC)
    with unit_of_work(as_system=True) as work:
        due = list(
            work.session.execute(
                select(DataRequest.real_user_id, DataRequest.status)
                .where(DataRequest.status.in_(("pending", "settling")), DataRequest.due_at <= now)
                .order_by(DataRequest.due_at)
                .limit(_BATCH)
            )
        )
    done = 0
    for account_id, status in due:
        done += _delete(account_id, now) if status == "pending" else _end(account_id)
    return done


def _delete(account_id: UUID, now: datetime) -> bool:
    """Gives back or gives up what is left, and forgets the person, in one transaction."""
    begun: list[UUID] = []
    with unit_of_work(as_system=True) as work:
        _close_chats(work, account_id)
        wallet = credits.lock_wallet(work, account_id)
        request = _open_request(work, account_id)
        if request is None or request.status != "pending" or wallet.deletion_due_at is None:
            return False
        record = DeletedUser(
            deletion_reason=request.reason,
            deletion_requested_at=request.created_at,
            account_age_days=(now - wallet.created_at).days,
            total_spent=wallet.total_spent,
            total_messages_sent=wallet.total_messages_sent,
            unused_credits=wallet.credits,
        )
        work.session.add(record)
        work.session.flush()
        if request.unused == "refund":
            begun, record.refund_amount = _give_back(work, wallet)
        _give_up(work, wallet)
        _forget(work, wallet, now)
        request.deleted_user_id = record.id
        request.reason = ""
        _move(request, "settling")
    for refund_id in begun:
        money_refunds.send_soon(refund_id)
    LEFT.labels("deleted").inc()
    log.info("account_deleted", refunds=len(begun))
    return True


def _give_back(work: UnitOfWork, wallet: RealUser) -> tuple[list[UUID], Decimal]:
    """Begins a refund of what is unused of each purchase, the newest first."""
    begun, amount = [], Decimal(0)
    disputed = select(Dispute.transaction_id).where(Dispute.status == "open")
    purchases = work.session.scalars(
        select(Transaction)
        .where(
            Transaction.real_user_id == wallet.id,
            Transaction.type == "purchase",
            Transaction.status.in_(refund_reads.CREDITED),
            Transaction.payment_provider == payments.PROVIDER,
            # The bank decides about those.
            Transaction.id.not_in(disputed),
        )
        .order_by(Transaction.completed_at.desc(), Transaction.id.desc())
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for bought in purchases:
        part = refund_reads.withdrawable(bought, wallet)
        if part.amount > 0:
            begun.append(refund_booking.begin(work, wallet, bought, part, "Account deleted").id)
            amount += part.amount
    return begun, amount


def _give_up(work: UnitOfWork, wallet: RealUser) -> None:
    """Takes what is left in the wallet out of it, as a movement like any other."""
    if not wallet.credits:
        return
    taken = Transaction(
        real_user_id=wallet.id,
        type="deduction",
        credits_amount=wallet.credits,
        reason="Account deleted",
        status="success",
        completed_at=datetime.now(UTC),
    )
    work.session.add(taken)
    work.session.flush()
    work.session.add(
        CreditTransfer(
            real_user_id=wallet.id,
            debit_account="wallet",
            credit_account="forfeited",
            amount=wallet.credits,
            bonus_amount=wallet.bonus_credits,
            kind="deduction",
            cause_id=taken.id,
        )
    )
    wallet.credits = wallet.bonus_credits = 0


def _forget(work: UnitOfWork, wallet: RealUser, now: datetime) -> None:
    """Overwrites and removes whatever says who somebody was."""
    session, account_id = work.session, wallet.id
    nobody = f"gone_{secrets.token_hex(7)}"
    wallet.username = nobody
    wallet.display_name = "Somebody who left"
    wallet.age, wallet.age_given_on = 18, now.date()
    wallet.gender, wallet.looking_for = "other", "both"
    wallet.location = wallet.bio = ""
    wallet.latitude = wallet.longitude = None
    wallet.email_sealed = wallet.email_hash = wallet.theme = None
    wallet.notify_push = wallet.notify_email = []
    wallet.show_online = wallet.show_place = False
    wallet.deleted_at = now
    account = session.get_one(Account, account_id)
    account.login, account.password_hash, account.is_active = nobody, _NO_HASH, False
    chats = select(Chat.id).where(Chat.real_user_id == account_id)
    session.execute(
        update(Message)
        .where(Message.chat_id.in_(chats))
        .values(content=GONE, deleted_at=func.coalesce(Message.deleted_at, now))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(CreditRefund).where(CreditRefund.user_id == account_id).values(words="", notes="")
    )
    notes = select(ProfileNote.id).where(ProfileNote.real_user_id == account_id)
    marks = [PayerMark] if wallet.self_excluded_until is None else []
    for table, mine in (
        (Session, Session.account_id == account_id),
        (MessageDraft, MessageDraft.account_id == account_id),
        (ProfileNoteHistory, ProfileNoteHistory.note_id.in_(notes)),
        (ProfileNote, ProfileNote.real_user_id == account_id),
        (Favorite, Favorite.real_user_id == account_id),
        (ProfileView, ProfileView.real_user_id == account_id),
        (PackageView, PackageView.real_user_id == account_id),
        (ChatRating, ChatRating.real_user_id == account_id),
        # Who asked to be kept out is still recognised until that time is over.
        *((each, each.real_user_id == account_id) for each in marks),
    ):
        session.execute(delete(table).where(mine).execution_options(synchronize_session=False))
    session.flush()


def _end(account_id: UUID) -> bool:
    """Ends a deletion once what went back has arrived, and keeps that nothing is left to be found."""
    with unit_of_work(as_system=True) as work:
        wallet = credits.lock_wallet(work, account_id)
        request = _open_request(work, account_id)
        if request is None or request.status != "settling":
            return False
        open_refunds = work.session.scalar(
            select(func.count()).where(
                Transaction.real_user_id == account_id,
                Transaction.type == "refund",
                Transaction.status.in_(("pending", "processing")),
            )
        )
        if open_refunds:
            return False
        record = work.session.get_one(DeletedUser, request.deleted_user_id)
        record.refund_processed = record.refund_amount > 0
        record.data_anonymized = _is_nobody(work, wallet)
        record.messages_anonymized = _has_no_words(work, account_id)
        _move(request, "completed")
    return True


def _is_nobody(work: UnitOfWork, wallet: RealUser) -> bool:
    kept = work.session.scalar(
        select(func.count())
        .select_from(Account)
        .where(
            Account.id == wallet.id,
            or_(
                Account.login != wallet.username,
                Account.password_hash != _NO_HASH,
                Account.is_active,
            ),
        )
    )
    left = sum(
        work.session.scalar(select(func.count()).select_from(table).where(mine)) or 0
        for table, mine in (
            (Session, Session.account_id == wallet.id),
            (ProfileNote, ProfileNote.real_user_id == wallet.id),
            (Favorite, Favorite.real_user_id == wallet.id),
            (MessageDraft, MessageDraft.account_id == wallet.id),
            (
                ExclusionMark,
                (ExclusionMark.real_user_id == wallet.id) & (ExclusionMark.until <= func.now()),
            ),
        )
    )
    words = (wallet.location, wallet.bio, wallet.email_sealed or "")
    return not (kept or left or any(words) or wallet.deleted_at is None)


def _has_no_words(work: UnitOfWork, account_id: UUID) -> bool:
    chats = select(Chat.id).where(Chat.real_user_id == account_id)
    return not work.session.scalar(
        select(func.count())
        .select_from(Message)
        .where(Message.chat_id.in_(chats), Message.content != GONE)
    )


def _close_chats(work: UnitOfWork, account_id: UUID) -> None:
    """Takes the person's chats from the team, so that nobody sees or plays them any more."""
    for chat in work.session.scalars(
        select(Chat)
        .where(Chat.real_user_id == account_id, Chat.status.not_in(("closed", "archived")))
        .order_by(Chat.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ):
        states.check_transition(states.CHAT, chat.status, "closed")
        chat.waiting_since = None
        assignment.leave_queue(work, chat)
        assignment.end_for_closing(work, chat)
        chat.status, chat.close_reason, chat.closed_at = "closed", "user", datetime.now(UTC)


def _open_request(work: UnitOfWork, account_id: UUID) -> DataRequest | None:
    return work.session.scalar(
        select(DataRequest)
        .where(
            DataRequest.real_user_id == account_id,
            DataRequest.status.in_(("pending", "settling")),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _move(request: DataRequest | None, status: str) -> None:
    if request is None:
        return
    states.check_transition(states.DATA_REQUEST, request.status, status)
    request.status = status
    if status in ("completed", "cancelled"):
        request.ended_at = datetime.now(UTC)
