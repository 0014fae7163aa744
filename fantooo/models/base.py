"""The declarative base: naming rules, column types and the two columns every table has."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, MetaData, Numeric, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

MONEY = Numeric(12, 2)


class Base(DeclarativeBase):
    """Base of all models. Times are timestamptz, strings are text, money is NUMERIC(12,2)."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    # A registry, not a type_annotation_map: Flask-SQLAlchemy subclasses this base once more.
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            UUID: Uuid(),
            datetime: TIMESTAMP(timezone=True),
            str: Text(),
            Decimal: MONEY,
            dict[str, Any]: JSONB(),
            list[str]: ARRAY(Text()),
            list[UUID]: ARRAY(Uuid()),
        },
    )


def new_id() -> Mapped[UUID]:
    """A primary key drawn by the database as a UUIDv7, so that it begins with its time."""
    return mapped_column(primary_key=True, server_default=text("uuidv7()"))


def created_at() -> Mapped[datetime]:
    """When the row was made, by the database's clock."""
    return mapped_column(server_default=text("now()"))


def updated_at() -> Mapped[datetime]:
    """When the row last changed; a trigger keeps it, so no role needs a grant on it."""
    return mapped_column(server_default=text("now()"))


def counter() -> Mapped[int]:
    """A number that starts at 0 and is never NULL."""
    return mapped_column(BigInteger, server_default=text("0"))
