"""Photos that users add of themselves: seen by who plays their characters and by admins, nobody else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from fantooo.models.base import Base, created_at, new_id


class UserPhoto(Base):
    """One photo. No file of it is ever without its row (services/photos.py)."""

    __tablename__ = "user_photos"
    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0", name="size"),
        # Placeholders travel with every page that shows the photo.
        CheckConstraint("length(placeholder) <= 300", name="placeholder"),
        Index("ix_user_photos_real_user_id", "real_user_id"),
        Index(
            "uq_user_photos_main",
            "real_user_id",
            unique=True,
            postgresql_where=text("is_main"),
        ),
    )

    id: Mapped[UUID] = new_id()
    real_user_id: Mapped[UUID] = mapped_column(ForeignKey("real_users.id"))
    #: of the upright photo, in pixels; of a giant one, as it was read
    width: Mapped[int]
    height: Mapped[int]
    #: a ``data:`` address of the photo in a few blurred spots
    placeholder: Mapped[str] = mapped_column(server_default=text("''"))
    #: the sizes that are ready in every format, ascending; none: the files are still being written
    widths: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default=text("'{}'"))
    #: chosen as the one that stands for the person; where none is, the oldest does
    is_main: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = created_at()
