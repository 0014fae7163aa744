"""Photos that users add of themselves.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "user_photos",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("placeholder", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "widths",
            postgresql.ARRAY(sa.SmallInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("is_main", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_user_photos_size")),
        sa.CheckConstraint("length(placeholder) <= 300", name=op.f("ck_user_photos_placeholder")),
        sa.ForeignKeyConstraint(
            ["real_user_id"], ["real_users.id"], name=op.f("fk_user_photos_real_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_photos")),
    )
    op.create_index("ix_user_photos_real_user_id", "user_photos", ["real_user_id"])
    op.create_index(
        "uq_user_photos_main",
        "user_photos",
        ["real_user_id"],
        unique=True,
        postgresql_where=sa.text("is_main"),
    )


def downgrade() -> None:
    # Their files stay below media/photos: whoever goes back for good removes that folder.
    op.drop_table("user_photos")
