"""One index for all that can be wished of a character: who fits is counted without reading anybody.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_fictional_users_wishes",
        "fictional_users",
        ["gender", "response_style", "category", "location", "age", "is_featured", "id"],
        postgresql_where=sa.text("is_active AND deleted_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_fictional_users_wishes", table_name="fictional_users")
