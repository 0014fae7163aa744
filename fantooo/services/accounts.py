"""Accounts: signing up, signing in and out, and making staff."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import current_app, has_request_context, request
from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.exc import IntegrityError

from fantooo.domain import people, texts
from fantooo.domain.errors import NotFound, Unauthorized, ValidationError
from fantooo.domain.events import SessionEnded
from fantooo.domain.people import Registration
from fantooo.domain.viewer import DEFAULT_PERMISSIONS
from fantooo.infra.client_address import client_address
from fantooo.infra.passwords import hash_password, new_token, token_hash, verify_password
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import Account, Admin, Consent, Operator, RealUser, Session
from fantooo.queries import settings
from fantooo.services import addresses, audit, deletion, exclusion, places, security
from fantooo.services.credits import grant_bonus

WRONG = "Wrong user name, e-mail or password."
#: the doors of staff ask for an address
WRONG_STAFF = "Wrong e-mail or password."


@dataclass(frozen=True)
class SignIn:
    """A session that was just made: the token for the cookie, and who it is."""

    token: str
    account_id: UUID
    role: str


def register(form: Registration) -> SignIn:
    """Makes a user account with its welcome credits and recorded consent, and signs it in.

    Raises ``ValidationError`` with the text for each field.
    """
    errors: dict[str, str] = {}
    for step in (1, 2, 3):
        errors |= people.check_step(step, form)
    if errors:
        raise ValidationError(errors)
    password_hash = hash_password(form.password)
    town = places.locate(form.location)
    try:
        with unit_of_work(as_system=True) as work:
            account = _add_account(work, "user", form.username.casefold(), password_hash)
            work.session.add(
                RealUser(
                    id=account.id,
                    username=form.username,
                    display_name=form.username,
                    age=people.age_of(form.age),
                    gender=form.gender,
                    looking_for=form.looking_for,
                    location=town.location,
                    latitude=town.latitude,
                    longitude=town.longitude,
                )
            )
            work.session.flush()
            _record_consent(work, account.id)
            welcome = settings.current().welcome_credits
            if welcome:
                grant_bonus(
                    work,
                    user_id=account.id,
                    amount=welcome,
                    kind="welcome_bonus",
                    reason="Welcome to Fantooo",
                )
            return _open_session(work, account)
    except IntegrityError as error:
        if "uq_accounts_login" in str(error.orig) or "uq_real_users_username" in str(error.orig):
            raise ValidationError({"username": "This name is taken"}) from error
        raise


def agree(account_id: UUID) -> None:
    """Records that a user agrees to all texts in their present versions."""
    with unit_of_work(as_system=True) as work:
        _record_consent(work, account_id)


def name_available(username: str) -> tuple[str, list[str]]:
    """Why a user name cannot be had (empty when it can), and two free ones like it."""
    problem = people.check_username(username)
    variants = people.name_variants(username)
    with unit_of_work(as_system=True) as work:
        logins = set(
            work.session.scalars(
                select(Account.login).where(
                    Account.login.in_([username.casefold(), *(v.casefold() for v in variants)])
                )
            )
        )
    if not problem and username.casefold() in logins:
        problem = "This name is taken"
    if not problem:
        return "", []
    taken = {variant: variant.casefold() in logins for variant in variants}
    return problem, people.name_suggestions(username, taken)


def sign_in(login: str, password: str, role: str) -> SignIn:
    """Opens a session for an account of one role: by login, users also by confirmed e-mail address.

    Raises ``Unauthorized`` with the same text whatever was wrong, after the same work;
    ``SelfExcluded`` or ``DeletionPending`` when all was right and the person asked to be kept out,
    or to be deleted.
    """
    with unit_of_work(as_system=True) as work:
        which: ColumnElement[bool] = Account.login == login.strip().casefold()
        if role == "user" and "@" in login:
            # No user name has that sign.
            which = Account.id == addresses.confirmed_owner(work, login)
        account = work.session.scalar(select(Account).where(which, Account.role == role))
    fits = verify_password(account.password_hash if account else None, password)
    with unit_of_work(as_system=True) as work:
        if account is None or not fits or not account.is_active:
            security.add(work, "failed_login", account.id if account else None, role=role)
            failed = True
        else:
            failed = False
            if role == "user":
                exclusion.check_sign_in(work, account.id)
                deletion.check_sign_in(work, account.id)
            account = work.session.merge(account, load=True)
            account.last_login_at = datetime.now(UTC)
            opened = _open_session(work, account)
    if failed:
        raise Unauthorized(WRONG if role == "user" else WRONG_STAFF)
    return opened


def sign_out(token: str) -> None:
    """Ends one session; its cookie and sockets are worth nothing from now on."""
    with unit_of_work(as_system=True) as work:
        row = work.session.execute(
            delete(Session)
            .where(Session.token_hash == token_hash(token))
            .returning(Session.id, Session.account_id)
        ).one_or_none()
        if row is None:
            return
        security.add(work, "logout", row.account_id)
        work.emit(SessionEnded(row.account_id, row.id))


def setup_is_open() -> bool:
    """Whether the first admin can still be made at /setup: a token is set and no admin exists."""
    if not current_app.config["SETTINGS"].admin_setup_token:
        return False
    with unit_of_work(as_system=True) as work:
        return not work.session.scalar(select(func.count()).select_from(Admin))


def set_up_first_admin(*, token: str, name: str, email: str, password: str) -> SignIn:
    """Makes the first super admin. The token works once, because then an admin exists.

    Raises ``NotFound`` when set-up is over, ``ValidationError`` for a wrong token or bad input.
    """
    expected: str = current_app.config["SETTINGS"].admin_setup_token
    if not expected:
        raise NotFound
    if not hmac.compare_digest(token.encode(), expected.encode()):
        raise ValidationError({"token": "Wrong setup token"})
    _account_id, opened = _add_admin(name, email, password, "super_admin", first=True)
    if opened is None:
        raise NotFound
    return opened


def create_admin(*, name: str, email: str, password: str, role: str) -> UUID:
    """Makes an admin of a role (command line). Raises ``ValidationError``."""
    return _add_admin(name, email, password, role, first=False)[0]


def create_operator(
    *,
    name: str,
    email: str,
    password: str,
    specializations: list[str],
    languages: list[str],
    skill_level: str,
) -> UUID:
    """Makes an operator. Raises ``ValidationError``."""
    _check_staff(name, email, password)
    password_hash = hash_password(password)
    with unit_of_work(as_system=True) as work:
        account = _add_account(work, "operator", email.strip().casefold(), password_hash)
        work.session.add(
            Operator(
                id=account.id,
                name=name.strip(),
                email=email.strip().casefold(),
                specializations=specializations,
                languages=languages,
                skill_level=skill_level,
            )
        )
        audit.add(work, None, "operator_created", ("operator", account.id))
        return account.id


def delete_expired_sessions() -> int:
    """Removes sessions past their end; returns how many."""
    with unit_of_work(as_system=True) as work:
        gone = work.session.execute(
            delete(Session).where(Session.expires_at <= func.now()).returning(Session.id)
        ).all()
        return len(gone)


def _add_account(work: UnitOfWork, role: str, login: str, password_hash: str) -> Account:
    account = Account(role=role, login=login, password_hash=password_hash)
    work.session.add(account)
    work.session.flush()
    return account


def _record_consent(work: UnitOfWork, account_id: UUID) -> None:
    for name, version in texts.to_agree_to():
        work.session.add(Consent(account_id=account_id, text_name=name, text_version=version))


def _open_session(work: UnitOfWork, account: Account) -> SignIn:
    token = new_token()
    config = current_app.config["SETTINGS"]
    life = (
        timedelta(days=config.session_days)
        if account.role == "user"
        else timedelta(hours=config.staff_session_hours)
    )
    inside = has_request_context()
    work.session.add(
        Session(
            account_id=account.id,
            token_hash=token_hash(token),
            address=client_address() if inside else "",
            user_agent=request.headers.get("User-Agent", "")[:300] if inside else "",
            expires_at=datetime.now(UTC) + life,
        )
    )
    security.add(work, "login", account.id, role=account.role)
    return SignIn(token, account.id, account.role)


def _check_staff(name: str, email: str, password: str) -> None:
    errors = {}
    if not 2 <= len(name.strip()) <= 80:
        errors["name"] = "Enter a name"
    if people.check_email(people.normal_email(email)):
        errors["email"] = "Enter an e-mail address"
    problem = people.check_password(password, email.strip().partition("@")[0])
    if problem:
        errors["password"] = problem
    if errors:
        raise ValidationError(errors)


def _add_admin(
    name: str, email: str, password: str, role: str, *, first: bool
) -> tuple[UUID, SignIn | None]:
    """Makes an admin; the first one, who made themselves, is signed in at once."""
    if role not in DEFAULT_PERMISSIONS:
        raise ValidationError({"role": "There is no such role"})
    _check_staff(name, email, password)
    password_hash = hash_password(password)
    try:
        with unit_of_work(as_system=True) as work:
            # Two people with the token at once: the second one finds an admin.
            work.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('fantooo_setup'))"))
            if first and work.session.scalar(select(func.count()).select_from(Admin)):
                raise NotFound
            account = _add_account(work, "admin", email.strip().casefold(), password_hash)
            work.session.add(
                Admin(
                    id=account.id,
                    name=name.strip(),
                    email=email.strip().casefold(),
                    role=role,
                    permissions=dict.fromkeys(sorted(DEFAULT_PERMISSIONS[role]), True),
                )
            )
            work.session.flush()
            audit.add(
                work,
                account.id,
                "admin_created",
                ("admin", account.id),
                after={"role": role, "first": first},
            )
            return account.id, _open_session(work, account) if first else None
    except IntegrityError as error:
        if "uq_accounts_login" in str(error.orig):
            raise ValidationError({"email": "This address is taken"}) from error
        raise
