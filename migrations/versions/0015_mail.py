"""Confirmed e-mail addresses: one account each.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "real_users",
        sa.Column("email_confirmed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
    )
    op.create_check_constraint(
        op.f("ck_real_users_confirmed_email_is_there"),
        "real_users",
        "email_confirmed_at IS NULL OR email_hash IS NOT NULL",
    )
    op.create_index(
        "uq_real_users_confirmed_email",
        "real_users",
        ["email_hash"],
        unique=True,
        postgresql_where=sa.text("email_confirmed_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_real_users_confirmed_email",
        table_name="real_users",
        postgresql_where=sa.text("email_confirmed_at IS NOT NULL"),
    )
    op.drop_constraint(op.f("ck_real_users_confirmed_email_is_there"), "real_users")
    op.drop_column("real_users", "email_confirmed_at")
