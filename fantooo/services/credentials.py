"""What keeps an account one's own: its password, and where it is signed in."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update

from fantooo.domain import people
from fantooo.domain.errors import NotFound, ValidationError
from fantooo.domain.events import SessionEnded
from fantooo.infra.passwords import hash_password, verify_password
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Account, Session
from fantooo.services import security


def end_session(account_id: UUID, session_id: UUID) -> None:
    """Ends one of an account's sessions. Raises ``NotFound`` when it is not theirs, or over."""
    with unit_of_work(as_system=True) as work:
        if not _end(work, account_id, Session.id == session_id):
            raise NotFound


def end_other_sessions(account_id: UUID, but: UUID) -> int:
    """Ends all of an account's sessions but one; returns how many."""
    with unit_of_work(as_system=True) as work:
        return _end(work, account_id, Session.id != but)


def note_seen(session_id: UUID) -> None:
    """Keeps that a session is in use."""
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(Session).where(Session.id == session_id).values(last_seen_at=func.now())
        )


def change_password(
    account_id: UUID, session_id: UUID, *, present: str, password: str, again: str
) -> None:
    """Gives a user another password and ends all sessions but the present one.

    Raises ``ValidationError`` with the text for each field.
    """
    username = check_password(account_id, present, field="present")
    found = {
        "password": people.check_password(password, username),
        "confirmPassword": "" if password == again else "The two passwords differ",
    }
    if password == present:
        found["password"] = "This is your current password"  # noqa: S105 (the error's text)
    errors = {field: words for field, words in found.items() if words}
    if errors:
        raise ValidationError(errors)
    password_hash = hash_password(password)
    with unit_of_work(as_system=True) as work:
        work.session.execute(
            update(Account).where(Account.id == account_id).values(password_hash=password_hash)
        )
        security.add(work, "password_changed", account_id)
        _end(work, account_id, Session.id != session_id)


def _end(work: UnitOfWork, account_id: UUID, which: ColumnElement[bool]) -> int:
    """Ends those of an account's sessions; their pages hear of it after the commit."""
    gone = work.session.scalars(
        delete(Session).where(Session.account_id == account_id, which).returning(Session.id)
    ).all()
    for session_id in gone:
        work.emit(SessionEnded(account_id, session_id))
    if gone:
        security.add(work, "session_revoked", account_id, sessions=str(len(gone)))
    return len(gone)


def check_password(account_id: UUID, password: str, *, field: str) -> str:
    """The login name of an account whose present password this is. Raises ``ValidationError``."""
    with unit_of_work(as_system=True) as work:
        account = work.session.execute(
            select(Account.login, Account.role, Account.password_hash).where(
                Account.id == account_id
            )
        ).one()
    if verify_password(account.password_hash, password):
        return str(account.login)
    with unit_of_work(as_system=True) as work:
        security.add(work, "failed_login", account_id, role=account.role, at="me")
    raise ValidationError({field: "This is not your current password"})
