"""When the mail server of somebody's address last refused a letter.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "real_users",
        sa.Column("email_refused_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
    )
    op.create_check_constraint(
        op.f("ck_real_users_refused_email_is_there"),
        "real_users",
        "email_refused_at IS NULL OR email_hash IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_real_users_refused_email_is_there"), "real_users")
    op.drop_column("real_users", "email_refused_at")
