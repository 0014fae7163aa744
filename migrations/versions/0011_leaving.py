"""Leaving: requests for deletion, and what is kept of who has left.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OPEN = sa.text("status IN ('pending', 'settling')")


def _moment(name: str, *, default: bool = False, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        postgresql.TIMESTAMP(timezone=True),
        server_default=sa.text("now()") if default else None,
        nullable=nullable,
    )


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False)


def _words(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False)


def _money(name: str, default: str | None = None) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.Numeric(precision=12, scale=2),
        server_default=sa.text(default) if default else None,
        nullable=False,
    )


def _no(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "deleted_users",
        _id(),
        _words("deletion_reason"),
        _moment("deletion_requested_at"),
        _moment("deletion_completed_at", default=True),
        sa.Column("account_age_days", sa.Integer(), nullable=False),
        _money("total_spent"),
        sa.Column("total_messages_sent", sa.Integer(), nullable=False),
        sa.Column("unused_credits", sa.Integer(), nullable=False),
        _money("refund_amount", "0"),
        _no("refund_processed"),
        _no("data_anonymized"),
        _no("messages_anonymized"),
        sa.CheckConstraint("unused_credits >= 0", name=op.f("ck_deleted_users_unused_credits")),
        sa.CheckConstraint("refund_amount >= 0", name=op.f("ck_deleted_users_refund_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deleted_users")),
    )
    op.create_index(
        "ix_deleted_users_date", "deleted_users", [sa.text("deletion_completed_at DESC")]
    )
    op.create_table(
        "data_requests",
        _id(),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'deletion'"), nullable=False),
        sa.Column("unused", sa.Text(), nullable=False),
        _words("reason"),
        sa.Column("status", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("deleted_user_id", sa.Uuid(), nullable=True),
        _moment("created_at", default=True),
        _moment("due_at"),
        _moment("ended_at", nullable=True),
        sa.CheckConstraint("kind = 'deletion'", name=op.f("ck_data_requests_kind")),
        sa.CheckConstraint("unused IN ('refund', 'forfeit')", name=op.f("ck_data_requests_unused")),
        sa.CheckConstraint(
            "status IN ('pending', 'settling', 'completed', 'cancelled')",
            name=op.f("ck_data_requests_status"),
        ),
        sa.CheckConstraint(
            "(status IN ('completed', 'cancelled')) = (ended_at IS NOT NULL)",
            name=op.f("ck_data_requests_ended_has_time"),
        ),
        sa.CheckConstraint(
            "(status IN ('settling', 'completed')) = (deleted_user_id IS NOT NULL)",
            name=op.f("ck_data_requests_done_leaves_a_record"),
        ),
        sa.ForeignKeyConstraint(
            ["deleted_user_id"], ["deleted_users.id"], name=op.f("fk_data_requests_deleted_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["real_user_id"], ["real_users.id"], name=op.f("fk_data_requests_real_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
    )
    op.create_index("ix_data_requests_real_user_id", "data_requests", ["real_user_id"])
    op.create_index("ix_data_requests_deleted_user_id", "data_requests", ["deleted_user_id"])
    op.create_index(
        "uq_data_requests_open",
        "data_requests",
        ["real_user_id"],
        unique=True,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_data_requests_due", "data_requests", ["due_at"], postgresql_where=_OPEN)
    op.add_column("real_users", _moment("deletion_due_at", nullable=True))
    # Earlier texts about somebody who leaves go with the note; changing them stays impossible.
    _append_only("UPDATE")


def downgrade() -> None:
    _append_only("UPDATE OR DELETE")
    op.drop_column("real_users", "deletion_due_at")
    op.drop_table("data_requests")
    op.drop_table("deleted_users")


def _append_only(commands: str) -> None:
    op.execute("DROP TRIGGER append_only ON profile_note_history")
    op.execute(
        f"CREATE TRIGGER append_only BEFORE {commands} ON profile_note_history"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
