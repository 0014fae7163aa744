"""The payment whose good end its buyer has not seen on a page yet.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("real_users", sa.Column("unseen_payment_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_real_users_unseen_payment_id"),
        "real_users",
        "transactions",
        ["unseen_payment_id"],
        ["id"],
    )
    op.create_index(
        "ix_real_users_unseen_payment_id",
        "real_users",
        ["unseen_payment_id"],
        postgresql_where=sa.text("unseen_payment_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_real_users_unseen_payment_id", "real_users")
    op.drop_constraint(op.f("fk_real_users_unseen_payment_id"), "real_users")
    op.drop_column("real_users", "unseen_payment_id")
