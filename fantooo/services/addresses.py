"""A user's e-mail address: given, proven by a link that is sent there, and what it is good for then.

Nothing is sent to an address but the link before its owner has followed that.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from fantooo.domain import people
from fantooo.domain.errors import ValidationError
from fantooo.infra import crypto
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import OutboxEntry, RealUser
from fantooo.queries import settings
from fantooo.services import address_links, credentials, credits, exclusion, outbox, security

TOO_MANY = "Too many links were sent in the last hour. Look in your mail, or try again later."
GONE = "This link is too old, or belongs to another address. Ask for a new one under Me."


class Confirmation(StrEnum):
    """What became of a link."""

    CONFIRMED = "confirmed"
    #: another account has proven the same address
    TAKEN = "taken"


def change(account_id: UUID, *, email: str, present: str) -> None:
    """Keeps, changes or, when ``email`` is empty, removes a user's address; a new one gets the link.

    Who else has it changes nothing: the answer must not tell, and nobody has proven it theirs.
    Raises ``ValidationError`` with the text for each field, also when too many links were sent.
    """
    address = people.normal_email(email)
    problem = people.check_email(address) if address else ""
    if problem:
        raise ValidationError({"email": problem})
    credentials.check_password(account_id, present, field="email_password")
    hashed = crypto.keyed_hash("email", address) if address else None
    with unit_of_work(as_system=True) as work:
        wallet = credits.lock_wallet(work, account_id)
        if hashed == wallet.email_hash and (hashed is None or wallet.email_confirmed_at):
            return
        wallet.email_sealed = crypto.seal(address) if address else None
        wallet.email_hash = hashed
        wallet.email_confirmed_at = wallet.email_refused_at = None
        exclusion.note_email(work, account_id, hashed)
        if hashed is not None:
            _send_link(work, account_id, hashed)
        security.add(work, "email_changed", account_id, what="set" if address else "removed")


def send_link_again(account_id: UUID) -> None:
    """Sends the link once more. Does nothing when there is no address, or it is confirmed.

    Raises ``ValidationError`` when it was sent too often already.
    """
    with unit_of_work(as_system=True) as work:
        wallet = credits.lock_wallet(work, account_id)
        if wallet.email_hash is not None and wallet.email_confirmed_at is None:
            wallet.email_refused_at = None
            _send_link(work, account_id, wallet.email_hash)


def whose(token: str) -> UUID | None:
    """Whose present address a link proves; None when it is not ours, too old, or of another one."""
    found = address_links.read(token)
    if found is None:
        return None
    account_id, hashed = found
    with unit_of_work(as_system=True) as work:
        present = select(RealUser.email_hash).where(
            RealUser.id == account_id, RealUser.deleted_at.is_(None)
        )
        return account_id if work.session.scalar(present) == hashed else None


def confirm(token: str) -> Confirmation:
    """Keeps that an address is its user's own. Following a link twice is harmless.

    An address that somebody else proved before stays theirs. One of a person who excluded themselves
    freezes spending, as a phone or a card does. Raises ``ValidationError`` for a link that is not
    ours, too old, or of an earlier address.
    """
    found = address_links.read(token)
    if found is None:
        raise ValidationError(message=GONE)
    account_id, hashed = found
    with unit_of_work(as_system=True) as work:
        # All who gave this address, in the order of their ids: of two who confirm it, one waits here.
        givers = work.session.scalars(
            select(RealUser)
            .where(RealUser.email_hash == hashed, RealUser.deleted_at.is_(None))
            .order_by(RealUser.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        wallet = next((giver for giver in givers if giver.id == account_id), None)
        if wallet is None:
            raise ValidationError(message=GONE)
        if wallet.email_confirmed_at is not None:
            return Confirmation.CONFIRMED
        exclusion.note_confirmed_email(work, wallet)
        if any(giver.email_confirmed_at for giver in givers):
            return Confirmation.TAKEN
        wallet.email_confirmed_at = datetime.now(UTC)
        wallet.email_refused_at = None
        security.add(work, "email_changed", account_id, what="confirmed")
    return Confirmation.CONFIRMED


def confirmed_owner(work: UnitOfWork, address: str) -> UUID | None:
    """Whose confirmed address that is."""
    return work.session.scalar(
        select(RealUser.id).where(
            RealUser.email_hash == crypto.keyed_hash("email", people.normal_email(address)),
            RealUser.email_confirmed_at.is_not(None),
        )
    )


def _send_link(work: UnitOfWork, account_id: UUID, hashed: bytes) -> None:
    """Counts under the wallet's lock; letters to one address by several accounts nearly so."""
    current = settings.current()
    address = hashed.hex()
    hour_ago = func.now() - timedelta(hours=1)
    letters = (
        select(func.count())
        .select_from(OutboxEntry)
        .where(OutboxEntry.topic == "letter", OutboxEntry.created_at > hour_ago)
    )
    for name, value, most in (
        ("about", str(account_id), current.links_per_account),
        ("address", address, current.links_per_address),
    ):
        if (
            work.session.scalar(letters.where(OutboxEntry.payload[name].astext == value)) or 0
        ) >= most:
            raise ValidationError({"email": TOO_MANY})
    outbox.add(
        work,
        "letter",
        {"letter": "confirm_email", "about": str(account_id), "address": address},
    )
