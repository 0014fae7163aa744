"""Leaving: the wish, the days to change one's mind, and the end of everything that leads to a person.

Movements of money stay, as the law wants them, without a name to them. Bought credits that are left
go back to where they were paid from, or are given up, as chosen; what was given is given up. Locks:
chats, then the wallet, then requests and transactions.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import ColumnElement, delete, func, or_, select, true, update

from fantooo.domain import states
from fantooo.domain.errors import DeletionPending, ValidationError
from fantooo.domain.events import SessionEnded
from fantooo.infra import reporting, signing
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import (
    Account,
    ActiveStretch,
    Chat,
    ChatAssignment,
    ChatRating,
    CreditRefund,
    CreditTransfer,
    DataRequest,
    DeletedUser,
    Favorite,
    Message,
    MessageDraft,
    Operator,
    OutboxEntry,
    PackageView,
    PayerMark,
    ProfileNote,
    ProfileNoteHistory,
    ProfileView,
    RealUser,
    Session,
    Transaction,
    UserPhoto,
    WebhookEvent,
)
from fantooo.queries import refunds as refund_reads, settings
from fantooo.services import (
    assignment,
    credentials,
    credits,
    money_refunds,
    outbox,
    payments,
    photos,
    refund_booking,
    refunds,
    security,
)

log = structlog.get_logger(__name__)

Unused = Literal["refund", "forfeit"]

LEFT = Counter("fantooo_accounts_left", "Wishes to be deleted, by what became of them", ["what"])

#: what stands where words were, and where a name was
GONE = "(deleted)"
NOBODY = "Somebody who left"
#: by which refunds and deductions of a deletion are known
_REASON = "Account deleted"
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
        now = datetime.now(UTC)
        chats = _lock_chats(work, account_id)
        wallet = credits.lock_wallet(work, account_id)
        if wallet.deletion_due_at is not None:
            return wallet.deletion_due_at
        _close_chats(work, wallet, chats, now)
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
    """A token that takes this very wish back."""
    moment = int(datetime.now(UTC).timestamp())
    return signing.sign(_KEEP, [str(pending.account_id), moment, pending.due.isoformat()])


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
        if wallet.deletion_due_at is None or wallet.deletion_due_at.isoformat() != found[2]:
            return  # another wish than the one the page was about
        wallet.deletion_due_at = None
        _move(_open_request(work, account_id), "cancelled")
    LEFT.labels("stayed").inc()


def complete_due(now: datetime | None = None) -> int:
    """Does what is due: deletes, and ends those whose money has arrived. Returns how many it did.

    One that fails is reported and tried again by the next run; it keeps nobody else from theirs.
    """
    now = now or datetime.now(UTC)
    deeds = [
        (deed, account_id)
        for status, deed in (("pending", _delete), ("settling", _end))
        for account_id in _due(status, now)
    ]
    done = 0
    for deed, account_id in deeds:
        try:
            done += deed(account_id, now)
        except Exception as error:
            log.exception("deletion_failed", account_id=str(account_id))
            reporting.report(error)
    return done


def _due(status: str, now: datetime) -> list[UUID]:
    with unit_of_work(as_system=True) as work:
        return list(
            work.session.scalars(
                select(DataRequest.real_user_id)
                .where(DataRequest.status == status, DataRequest.due_at <= now)
                .order_by(DataRequest.due_at)
                .limit(_BATCH)
            )
        )


def _delete(account_id: UUID, now: datetime) -> bool:
    """Gives back or gives up what is left, and forgets the person, in one transaction."""
    begun: list[UUID] = []
    with unit_of_work(as_system=True) as work:
        chats = _lock_chats(work, account_id)
        wallet = credits.lock_wallet(work, account_id)
        request = _open_request(work, account_id)
        # It may have been taken back, and wished anew for a later day, since it was looked for.
        if request is None or request.status != "pending" or request.due_at > now:
            return False
        _close_chats(work, wallet, chats, now)
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
        # Who gives up what was there at the wish has not given up what was paid after it.
        since = None if request.unused == "refund" else request.created_at
        begun, record.refund_amount = _give_back(work, wallet, since)
        _give_up(work, wallet)
        _forget(work, wallet, now)
        request.deleted_user_id = record.id
        _move(request, "settling")
    for refund_id in begun:
        money_refunds.send_soon(refund_id)
    LEFT.labels("deleted").inc()
    log.info("account_deleted", refunds=len(begun))
    return True


def _give_back(
    work: UnitOfWork, wallet: RealUser, since: datetime | None
) -> tuple[list[UUID], Decimal]:
    """Begins a refund of what is unused of each purchase (credited after ``since``), newest first.

    That of a disputed one waits for the bank, and gives way to it (services/refund_progress.py).
    """
    begun, amount = [], Decimal(0)
    purchases = work.session.scalars(
        select(Transaction)
        .where(
            Transaction.real_user_id == wallet.id,
            Transaction.type == "purchase",
            Transaction.status.in_(refund_reads.CREDITED),
            Transaction.payment_provider == payments.PROVIDER,
            Transaction.completed_at > since if since else true(),
        )
        .order_by(Transaction.completed_at.desc(), Transaction.id.desc())
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for bought in purchases:
        part = refund_reads.withdrawable(bought, wallet)
        if part.amount > 0:
            begun.append(refund_booking.begin(work, wallet, bought, part, _REASON).id)
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
        reason=_REASON,
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
    wallet.username, wallet.display_name = nobody, NOBODY
    wallet.age, wallet.age_given_on = 18, now.date()
    wallet.gender, wallet.looking_for, wallet.language = "other", "both", "en"
    wallet.location = wallet.bio = ""
    wallet.latitude = wallet.longitude = wallet.theme = wallet.ban_reason = None
    wallet.email_sealed = wallet.email_hash = None
    wallet.email_confirmed_at = wallet.email_refused_at = wallet.unseen_payment_id = None
    wallet.notify_push = wallet.notify_email = []
    wallet.show_online = wallet.show_place = False
    wallet.deleted_at = now
    account = session.get_one(Account, account_id)
    account.login, account.password_hash, account.is_active = nobody, _NO_HASH, False
    account.last_login_at = None
    _scrub(work, account_id)
    photos.remove_files_of(work, account_id)
    for table, mine in _rows_of(account_id):
        session.execute(delete(table).where(mine).execution_options(synchronize_session=False))
    session.flush()


def _scrub(work: UnitOfWork, account_id: UUID, *tables: Any) -> None:
    """Overwrites the words of and about somebody in rows that stay: of all tables, or of some."""
    for table, mine, values in _words_of(account_id):
        if not tables or table in tables:
            work.session.execute(
                update(table)
                .where(mine)
                .values(**values)
                .execution_options(synchronize_session=False)
            )


def _chats_of(account_id: UUID) -> Any:
    return select(Chat.id).where(Chat.real_user_id == account_id)


def _words_of(account_id: UUID) -> list[tuple[Any, ColumnElement[bool], dict[str, Any]]]:
    """Where words by or about somebody stand in rows that stay, and what stands there afterwards."""
    references = select(Transaction.provider_reference).where(
        Transaction.real_user_id == account_id
    )
    return [
        (
            Message,
            Message.chat_id.in_(_chats_of(account_id)),
            {"content": GONE, "deleted_at": func.coalesce(Message.deleted_at, func.now())},
        ),
        (CreditRefund, CreditRefund.user_id == account_id, {"words": "", "notes": ""}),
        (ChatAssignment, ChatAssignment.chat_id.in_(_chats_of(account_id)), {"end_note": None}),
        (DataRequest, DataRequest.real_user_id == account_id, {"reason": ""}),
        # Phone, card and address of the payer, as the provider announced them. What is not dealt
        # with yet is still needed.
        (
            WebhookEvent,
            WebhookEvent.reference.in_(references)
            & WebhookEvent.status.in_(("processed", "ignored")),
            {"raw": b""},
        ),
        (Transaction, Transaction.real_user_id == account_id, {"checkout_url": None}),
    ]


def _rows_of(account_id: UUID) -> list[tuple[Any, ColumnElement[bool]]]:
    """Rows that are of nobody's use once somebody has left, those that others point to last."""
    notes = select(ProfileNote.id).where(ProfileNote.real_user_id == account_id)
    return [
        (Session, Session.account_id == account_id),
        (MessageDraft, MessageDraft.chat_id.in_(_chats_of(account_id))),
        (ProfileNoteHistory, ProfileNoteHistory.note_id.in_(notes)),
        (ProfileNote, ProfileNote.real_user_id == account_id),
        (Favorite, Favorite.real_user_id == account_id),
        (ProfileView, ProfileView.real_user_id == account_id),
        (PackageView, PackageView.real_user_id == account_id),
        (ChatRating, ChatRating.real_user_id == account_id),
        (ActiveStretch, ActiveStretch.real_user_id == account_id),
        (UserPhoto, UserPhoto.real_user_id == account_id),
        # Links to an address; receipts name none.
        (OutboxEntry, OutboxEntry.payload["about"].astext == str(account_id)),
        # Who asked to be kept out is recognised by exclusion marks, which end by themselves.
        (PayerMark, PayerMark.real_user_id == account_id),
    ]


def _end(account_id: UUID, _now: datetime) -> bool:
    """Ends a deletion once what went back has arrived, and keeps what a look at the rows has found."""
    with unit_of_work(as_system=True) as work:
        wallet = credits.lock_wallet(work, account_id)
        request = _open_request(work, account_id)
        if request is None or request.status != "settling":
            return False
        sent_back = work.session.scalars(
            select(Transaction).where(
                Transaction.real_user_id == account_id,
                Transaction.type == "refund",
                Transaction.reason == _REASON,
            )
        ).all()
        if any(each.status in ("pending", "processing") for each in sent_back):
            return False
        # The provider has announced meanwhile what became of the money.
        _scrub(work, account_id, WebhookEvent)
        failed = any(each.status == "failed" for each in sent_back)
        record = work.session.get_one(DeletedUser, request.deleted_user_id)
        record.refund_processed = bool(sent_back) and not failed
        record.data_anonymized = _is_nobody(work, wallet)
        record.messages_anonymized = _is_scrubbed(work, account_id, Message)
        if not (record.data_anonymized and record.messages_anonymized):
            message = "Something was left of an account that was deleted."
            outbox.tell_admins(work, "system_error", record.id, message, {}, "critical")
            return False
        _move(request, "completed")
    return True


def _is_nobody(work: UnitOfWork, wallet: RealUser) -> bool:
    """Whether neither the person's own rows nor any other say who it was."""
    account = work.session.get_one(Account, wallet.id)
    own = (
        wallet.display_name == NOBODY,
        account.login == wallet.username,
        account.password_hash == _NO_HASH,
        not account.is_active,
        not (wallet.location or wallet.bio or wallet.email_sealed or wallet.email_hash),
        wallet.latitude is None,
        not photos.has_files(wallet.id),
    )
    gone = all(
        not work.session.scalar(select(select(table).where(mine).exists()))
        for table, mine in _rows_of(wallet.id)
    )
    tables = {table for table, _mine, _values in _words_of(wallet.id)} - {Message}
    return all(own) and gone and all(_is_scrubbed(work, wallet.id, table) for table in tables)


def _is_scrubbed(work: UnitOfWork, account_id: UUID, wanted: Any) -> bool:
    for table, mine, values in _words_of(account_id):
        if table is not wanted:
            continue
        differs = or_(
            *(
                getattr(table, name).is_distinct_from(value)
                for name, value in values.items()
                if name != "deleted_at"
            )
        )
        if work.session.scalar(select(select(table).where(mine, differs).exists())):
            return False
    return True


def _lock_chats(work: UnitOfWork, account_id: UUID) -> list[Chat]:
    return list(
        work.session.scalars(
            select(Chat)
            .where(Chat.real_user_id == account_id, Chat.status.not_in(("closed", "archived")))
            .order_by(Chat.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _close_chats(work: UnitOfWork, wallet: RealUser, chats: list[Chat], now: datetime) -> None:
    """Takes locked chats from the team, so that no operator sees or plays them any more.

    What was paid for and will not be answered comes back first (product.md 2.6).
    """
    held = [chat.assigned_operator_id for chat in chats if chat.assigned_operator_id]
    if held:
        work.session.execute(
            select(Operator.id).where(Operator.id.in_(held)).order_by(Operator.id).with_for_update()
        )
    for chat in chats:
        if chat.waiting_since is not None:
            refunds.return_waiting(work, chat, wallet, now)
        states.check_transition(states.CHAT, chat.status, "closed")
        chat.waiting_since = None
        assignment.end_for_closing(work, chat)
        assignment.leave_queue(work, chat)
        chat.status, chat.close_reason, chat.closed_at = "closed", "user", now


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
