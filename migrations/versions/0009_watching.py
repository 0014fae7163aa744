"""To whom packages were shown, and when purchases failed: for conversion rates and alarms.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FAILED = sa.text("failed_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "package_views",
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column(
            "viewed_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["package_id"], ["credit_packages.id"], name=op.f("fk_package_views_package_id")
        ),
        sa.ForeignKeyConstraint(
            ["real_user_id"], ["real_users.id"], name=op.f("fk_package_views_real_user_id")
        ),
        sa.PrimaryKeyConstraint("real_user_id", "package_id", name=op.f("pk_package_views")),
    )
    op.create_index("ix_package_views_package_id", "package_views", ["package_id"])
    op.add_column(
        "transactions", sa.Column("failed_at", postgresql.TIMESTAMP(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_transactions_failed_at", "transactions", ["failed_at"], postgresql_where=_FAILED
    )


def downgrade() -> None:
    op.drop_index("ix_transactions_failed_at", table_name="transactions", postgresql_where=_FAILED)
    op.drop_column("transactions", "failed_at")
    op.drop_table("package_views")
