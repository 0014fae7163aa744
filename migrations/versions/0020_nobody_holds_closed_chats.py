"""Nobody holds a chat that is closed or archived.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NAME = "ck_chats_nobody_holds_closed_chats"
_HELD = "status IN ('closed', 'archived') AND assigned_operator_id IS NOT NULL"


def upgrade() -> None:
    # What closing has always done, for a row that something else has closed: the turn ends, and the
    # operator has room again.
    op.execute(
        "UPDATE chat_assignments AS a SET ended_at = now(), end_reason = 'closed'"  # noqa: S608
        f" FROM (SELECT id FROM chats WHERE {_HELD}) AS held"
        " WHERE a.chat_id = held.id AND a.ended_at IS NULL"
    )
    op.execute(
        "UPDATE operators AS o"  # noqa: S608
        " SET current_chat_count = greatest(0, o.current_chat_count - held.chats)"
        f" FROM (SELECT assigned_operator_id, count(*) AS chats FROM chats WHERE {_HELD}"
        " GROUP BY assigned_operator_id) AS held WHERE o.id = held.assigned_operator_id"
    )
    op.execute(
        "UPDATE chats SET assigned_operator_id = NULL, assignment_time = NULL, warned_at = NULL"  # noqa: S608
        f" WHERE {_HELD}"
    )
    op.create_check_constraint(op.f(_NAME), "chats", f"NOT ({_HELD})")


def downgrade() -> None:
    op.drop_constraint(op.f(_NAME), "chats")
