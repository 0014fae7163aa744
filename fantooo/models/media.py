"""Media: what is known of each picture in the storage."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, created_at, new_id


class Media(Base):
    """One picture. Its files are ``<name>-<width>.avif`` and ``.webp``, and never change."""

    __tablename__ = "media"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("kind IN ('character', 'user')", name="kind"),
        CheckConstraint("width > 0 AND height > 0", name="size"),
        # Placeholders travel with every page that shows the picture.
        CheckConstraint("length(placeholder) <= 300", name="placeholder"),
    )

    id: Mapped[UUID] = new_id()
    name: Mapped[str]
    #: of a character, for everybody, or brought along by a user
    kind: Mapped[str]
    #: of the whole picture, in pixels
    width: Mapped[int]
    height: Mapped[int]
    #: a ``data:`` address of the picture in a few blurred spots
    placeholder: Mapped[str] = mapped_column(server_default=text("''"))
    #: the sizes that are ready to be served in every format, ascending
    widths: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default=text("'{}'"))
    created_at: Mapped[datetime] = created_at()
