"""The badge of the largest package in plainer words; what an admin has written since stays.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_BEFORE, _AFTER = "Lowest price a credit", "Lowest price per credit"


def upgrade() -> None:
    _call(_BEFORE, _AFTER)


def downgrade() -> None:
    _call(_AFTER, _BEFORE)


def _call(before: str, after: str) -> None:
    op.execute(
        f"UPDATE credit_packages SET badge_text = '{after}' WHERE badge_text = '{before}'"  # noqa: S608
    )
