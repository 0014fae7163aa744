"""Since when an operator is away: a chat that wakes up meanwhile goes to somebody else.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("operators", sa.Column("away_since", sa.DateTime(timezone=True), nullable=True))
    # Nobody knows since when; what wakes up from now on does not wait for who is away.
    op.execute("UPDATE operators SET away_since = now() WHERE NOT is_available")


def downgrade() -> None:
    op.drop_column("operators", "away_since")
