"""What is kept about a user and may be read by them, as it is stored: for a copy of their own.

Which tables: those of whose rows a user reads only their own (``models/access.py``), so that a new
table is in the copy as soon as it has rules.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Column, select

from fantooo.extensions import db
from fantooo.models import Base, Chat, FictionalUser, RealUser, access

#: sealed and hashed by us: the words themselves are given in their place
_LEFT_OUT = ("email_sealed", "email_hash")
_STAFF = ("operators", "admins")


def tables() -> list[str]:
    """The tables that are part of a copy."""
    return [name for name, rule in _rules().items() if access.ME in rule.rows]


def rows(table: str) -> list[dict[str, Any]]:
    """The viewer's own rows of one of ``tables``, the oldest first where rows have an age."""
    read = Base.metadata.tables[table]
    names = _rules()[table].columns or read.columns.keys()
    columns = [read.columns[name] for name in names if name not in _LEFT_OUT]
    # Which rows, row security says. The ids of most are as old as the row.
    found = db.session.execute(
        select(*(each for each in columns if not _names_staff(each))).order_by(*read.primary_key)
    )
    return [dict(row._mapping) for row in found]  # noqa: SLF001 (SQLAlchemy's public name)


def characters() -> list[dict[str, Any]]:
    """The characters of the viewer's chats, by the ids that chats name them with."""
    found = db.session.execute(
        select(FictionalUser.id, FictionalUser.name, FictionalUser.age, FictionalUser.location)
        .where(FictionalUser.id.in_(select(Chat.fictional_user_id)))
        .order_by(FictionalUser.name, FictionalUser.id)
    )
    return [dict(row._mapping) for row in found]  # noqa: SLF001 (SQLAlchemy's public name)


def sealed_email(account_id: UUID) -> str | None:
    """The address as it is kept, for whoever may open it."""
    return db.session.get_one(RealUser, account_id).email_sealed


def _names_staff(column: Column[Any]) -> bool:
    """Who of our team did something is theirs, not the user's."""
    return any(key.column.table.name in _STAFF for key in column.foreign_keys)


def _rules() -> dict[str, access.Rule]:
    return {
        name: rule
        for name, rules in access.TABLES.items()
        for rule in rules
        if (rule.role, rule.command) == (access.USER, "SELECT")
    }
