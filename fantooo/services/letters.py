"""Letters to users: what each says, to whom, and when it is not written after all.

A letter is an entry of the outbox that names a row; everything else is read when it is sent, so that
nobody is written to whose address is gone by then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any
from uuid import UUID

import structlog
from flask import current_app, render_template
from sqlalchemy import select, update

from fantooo.gateways import mail
from fantooo.infra import crypto
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import RealUser, Receipt
from fantooo.queries import payments
from fantooo.services import address_links, receipts

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Letter:
    """What a letter needs: whom it goes to, and what its template shows."""

    account_id: UUID
    address: str
    subject: str
    shown: dict[str, Any]
    attached: list[tuple[str, bytes]] = field(default_factory=list)


def send(entry_id: UUID, payload: Mapping[str, Any]) -> None:
    """Sends the letter an entry of the outbox asks for, or none when nobody is to get it any more.

    Raises ``mail.MailError``. The entry's id is the letter's own, with every try.
    """
    kind = payload["letter"]
    with unit_of_work(as_system=True) as work:
        letter = _LETTERS[kind](work, UUID(payload["about"]))
    if letter is None:
        log.info("letter_dropped", letter=kind)
        return
    try:
        mail.send(_message(entry_id, kind, letter))
    except mail.MailRefused:
        _note_answer(letter, refused_at=datetime.now(UTC))
        raise
    _note_answer(letter, refused_at=None)
    log.info("letter_sent", letter=kind)


def _note_answer(letter: _Letter, *, refused_at: datetime | None) -> None:
    """Keeps for /me whether the present address takes our letters."""
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(RealUser)
            .where(
                RealUser.id == letter.account_id,
                RealUser.email_hash == crypto.keyed_hash("email", letter.address),
                RealUser.email_refused_at.is_distinct_from(refused_at),
            )
            .values(email_refused_at=refused_at)
        )


def _message(entry_id: UUID, kind: str, letter: _Letter) -> EmailMessage:
    settings = current_app.config["SETTINGS"]
    shown = {
        "home": settings.public_url,
        "support": settings.support_email,
        "subject": letter.subject,
        **letter.shown,
    }
    made = EmailMessage()
    made["From"] = formataddr(("Fantooo", settings.mail_from))
    made["To"] = letter.address
    made["Reply-To"] = settings.support_email
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = f"<{entry_id}@{settings.mail_from.rpartition('@')[2]}>"
    # So that no holiday notice comes back.
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(render_template(f"emails/{kind}.txt", **shown))
    made.add_alternative(render_template(f"emails/{kind}.html", **shown), subtype="html")
    for name, content in letter.attached:
        made.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return made


def _confirm_email(work: UnitOfWork, account_id: UUID) -> _Letter | None:
    """The link to an address that is not confirmed yet.

    It may be a stranger's, so no word goes there that a user chose, not even a name.
    """
    user = _somebody(work, account_id)
    if user is None or user.email_confirmed_at is not None:
        return None
    return _Letter(
        user.id,
        crypto.unseal(user.email_sealed or ""),
        "Confirm your e-mail address",
        {
            "path": f"/verify-email/{address_links.token(user.id, user.email_hash or b'')}",
            "hours": address_links.HOURS,
        },
    )


def _receipt(work: UnitOfWork, receipt_id: UUID) -> _Letter | None:
    """A receipt, to a confirmed address alone."""
    issued = work.session.get_one(Receipt, receipt_id)
    user = _somebody(work, issued.real_user_id)
    if user is None or user.email_confirmed_at is None:
        return None
    view = payments.receipt(receipt_id)
    return _Letter(
        user.id,
        crypto.unseal(user.email_sealed or ""),
        f"Receipt {view.number}",
        {
            "name": user.display_name,
            "view": view,
            "lines": receipts.lines(view),
            "disclosure": receipts.DISCLOSURE,
        },
        [(f"fantooo-receipt-{view.number}.pdf", receipts.pdf(view))],
    )


def _somebody(work: UnitOfWork, account_id: UUID) -> RealUser | None:
    """A user who is still there and has an address."""
    return work.session.scalar(
        select(RealUser).where(
            RealUser.id == account_id,
            RealUser.deleted_at.is_(None),
            RealUser.email_sealed.is_not(None),
        )
    )


_LETTERS: dict[str, Callable[[UnitOfWork, UUID], _Letter | None]] = {
    "confirm_email": _confirm_email,
    "receipt": _receipt,
}
