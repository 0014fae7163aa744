"""The language a chat is answered in, when an operator chose it; chats that a full character holds back.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chats", sa.Column("language", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_chats_language"), "chats", "language IN ('en', 'sw')")
    op.add_column(
        "chat_queue",
        sa.Column("held_back", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_index(
        "ix_credit_transfers_created_at",
        "credit_transfers",
        ["created_at"],
        postgresql_using="brin",
    )


def downgrade() -> None:
    op.drop_index(
        "ix_credit_transfers_created_at", table_name="credit_transfers", postgresql_using="brin"
    )
    op.drop_column("chat_queue", "held_back")
    op.drop_constraint(op.f("ck_chats_language"), "chats")
    op.drop_column("chats", "language")
