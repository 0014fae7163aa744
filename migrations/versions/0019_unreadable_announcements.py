"""Announcements that could not be read are something that does not fit, too.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_KINDS = (
    "'paid_not_credited', 'credited_not_paid', 'differs', 'unknown_reference', 'unknown_refund',"
    " 'not_sent_back'"
)


def _exceptions_are(kinds: str) -> None:
    name = op.f("ck_reconciliation_exceptions_kind")
    op.drop_constraint(name, "reconciliation_exceptions")
    op.create_check_constraint(name, "reconciliation_exceptions", f"kind IN ({kinds})")


def upgrade() -> None:
    _exceptions_are(f"{_KINDS}, 'unreadable_announcement'")


def downgrade() -> None:
    # The announcement itself stays in webhook_events; before, nothing pointed at it from here.
    op.execute("DELETE FROM reconciliation_exceptions WHERE kind = 'unreadable_announcement'")
    _exceptions_are(_KINDS)
