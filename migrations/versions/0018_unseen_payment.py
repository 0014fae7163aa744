"""The payment whose good end its buyer has not seen yet; money that could not be sent back.

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

_KINDS = (
    "'paid_not_credited', 'credited_not_paid', 'differs', 'unknown_reference', 'unknown_refund'"
)


def _exceptions_are(kinds: str) -> None:
    name = op.f("ck_reconciliation_exceptions_kind")
    op.drop_constraint(name, "reconciliation_exceptions")
    op.create_check_constraint(name, "reconciliation_exceptions", f"kind IN ({kinds})")


def upgrade() -> None:
    _exceptions_are(f"{_KINDS}, 'not_sent_back'")
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
    # Who is owed money must be known: these stay, under the nearest name there was.
    op.execute(
        "UPDATE reconciliation_exceptions SET kind = 'paid_not_credited' WHERE kind = 'not_sent_back'"
    )
    _exceptions_are(_KINDS)
    op.drop_index("ix_real_users_unseen_payment_id", "real_users")
    op.drop_constraint(op.f("fk_real_users_unseen_payment_id"), "real_users")
    op.drop_column("real_users", "unseen_payment_id")
