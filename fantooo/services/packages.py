"""Packages of credits, as admins make, change and switch them. All audited with before and after.

A change touches no purchase: each keeps a snapshot of what it bought.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from fantooo.domain import shop as rules
from fantooo.domain.errors import NotFound, ValidationError
from fantooo.domain.shop import PackageWish
from fantooo.infra.unit_of_work import UnitOfWork, unit_of_work
from fantooo.models import AuditEntry, CreditPackage, PackageView
from fantooo.services import audit

_CHANGED = "package_changed"


def note_views(account_id: UUID, package_ids: Sequence[UUID]) -> None:
    """Remembers, once, that packages were shown to somebody."""
    if not package_ids:
        return
    with unit_of_work() as work:
        work.session.execute(
            insert(PackageView)
            .values([{"real_user_id": account_id, "package_id": each} for each in package_ids])
            .on_conflict_do_nothing()
        )


def create(wish: PackageWish, admin_id: UUID) -> UUID:
    """Makes a package that is on offer from its first moment on.

    Raises ``ValidationError`` for a discount: nothing was asked for it before.
    """
    with unit_of_work(as_system=True) as work:
        made = CreditPackage(**wish.values(), currency=current_app.config["SETTINGS"].currency)
        made.discount_until = _discount_until(wish, [])
        work.session.add(made)
        work.session.flush()
        audit.add(work, admin_id, "package_made", ("credit_package", made.id), after=_told(made))
        return made.id


def change(package_id: UUID, wish: PackageWish, admin_id: UUID) -> None:
    """Changes a package for those who buy it from now on.

    Raises ``NotFound``, or ``ValidationError`` for a discount against a price never asked.
    """
    now = datetime.now(UTC)
    with unit_of_work(as_system=True) as work:
        row = _lock(work, package_id)
        before = _told(row)
        asked = _asked(work, package_id, now)
        if row.is_active and row.valid_from <= now:
            asked.append((row.price, now))
        for column, value in wish.values().items():
            is_moment = column in ("valid_from", "valid_until")
            if not (is_moment and rules.same_minute(value, getattr(row, column))):
                setattr(row, column, value)
        row.discount_until = _discount_until(wish, asked)
        after = _told(row)
        if after != before:
            subject = ("credit_package", package_id)
            audit.add(work, admin_id, _CHANGED, subject, before=before, after=after)


def switch(package_id: UUID, admin_id: UUID, *, on: bool) -> None:
    """Takes a package off the page, or puts it there again; payments under way go on.

    Raises ``NotFound``, or ``ValidationError`` for switching on what has ended.
    """
    with unit_of_work(as_system=True) as work:
        row = _lock(work, package_id)
        if on and row.valid_until is not None and row.valid_until <= datetime.now(UTC):
            raise ValidationError(message="This package has ended. Give it another end first.")
        if row.is_active == on:
            return
        before = _told(row)
        row.is_active = on
        subject = ("credit_package", package_id)
        audit.add(work, admin_id, _CHANGED, subject, before=before, after=_told(row))


def _lock(work: UnitOfWork, package_id: UUID) -> CreditPackage:
    row = work.session.scalars(
        select(CreditPackage).where(CreditPackage.id == package_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _told(row: CreditPackage) -> dict[str, Any]:
    """A package as the audit log keeps it."""
    columns = ("name", "credits", "bonus_credits", "price", "currency", "badge_text", "is_featured",
               "discount_percentage", "variant", "is_active", "valid_from", "valid_until")  # fmt: skip
    return rules.plain({column: getattr(row, column) for column in columns})


def _asked(work: UnitOfWork, package_id: UUID, now: datetime) -> list[tuple[Decimal, datetime]]:
    """The prices a package was on offer for in the last 30 days, with when each ended."""
    entries = work.session.scalars(
        select(AuditEntry).where(
            AuditEntry.subject_type == "credit_package",
            AuditEntry.subject_id == package_id,
            AuditEntry.action == _CHANGED,
            AuditEntry.created_at > now - rules.ASKED_FOR,
        )
    )
    return [
        (Decimal(entry.before["price"]), entry.created_at)
        for entry in entries
        if entry.before is not None and entry.before["is_active"]
    ]


def _discount_until(wish: PackageWish, asked: list[tuple[Decimal, datetime]]) -> datetime | None:
    if wish.discount_percentage is None:
        return None
    until = rules.discount_until(wish.price, wish.discount_percentage, asked)
    if until is None:
        raise ValidationError({"discount_percentage": rules.discount_error(wish.price, asked)})
    return until
