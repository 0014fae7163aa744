"""Limits people set: spending, breaks, self-exclusion with its marks, time of use.

Revision ID: 0007
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TRIGGERS = """
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON spending_limits FOR EACH ROW
EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON limit_changes FOR EACH ROW
EXECUTE FUNCTION refuse_change();
"""


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    default = None if nullable else sa.text("now()")
    return sa.Column(
        name, postgresql.TIMESTAMP(timezone=True), server_default=default, nullable=nullable
    )


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False)


def _amount(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Numeric(precision=12, scale=2), nullable=True)


def _user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["real_user_id"], ["real_users.id"], name=op.f(f"fk_{table}_real_user_id")
    )


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    table = "spending_limits"
    op.create_table(
        table,
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        _amount("amount"),
        _amount("pending_amount"),
        sa.Column("pending_removal", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _time("pending_since", nullable=True),
        _time("updated_at"),
        _check(table, "period", "period IN ('day', 'week', 'month')"),
        _check(table, "amount", "amount > 0"),
        _check(table, "pending_is_more", "pending_amount > amount"),
        _check(
            table,
            "pending_has_time",
            "(pending_since IS NOT NULL) = (pending_amount IS NOT NULL OR pending_removal)",
        ),
        _check(table, "one_wish", "pending_amount IS NULL OR NOT pending_removal"),
        _check(table, "wish_needs_limit", "pending_since IS NULL OR amount IS NOT NULL"),
        _user(table),
        sa.PrimaryKeyConstraint("real_user_id", "period", name=op.f(f"pk_{table}")),
    )
    table = "limit_changes"
    op.create_table(
        table,
        _id(),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=True),
        _amount("old_amount"),
        _amount("new_amount"),
        _time("created_at"),
        _check(
            table,
            "what",
            "what IN ('set', 'lowered', 'cancelled', 'raise_asked', 'removal_asked', 'raised',"
            " 'removed', 'offer_declined', 'time_out', 'self_exclusion', 'came_back')",
        ),
        _check(table, "period", "period IN ('day', 'week', 'month')"),
        _user(table),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index("ix_limit_changes_real_user_id", table, ["real_user_id", "id"])
    table = "account_pauses"
    op.create_table(
        table,
        _id(),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _time("starts_at"),
        sa.Column("ends_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        _time("ended_on_request_at", nullable=True),
        _check(table, "kind", "kind IN ('time_out', 'self_exclusion')"),
        _check(table, "stretch", "ends_at > starts_at"),
        _check(
            table,
            "never_ended_early",
            "ended_on_request_at IS NULL OR (kind = 'self_exclusion'"
            " AND ended_on_request_at >= ends_at)",
        ),
        _user(table),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index("ix_account_pauses_real_user_id", table, ["real_user_id", "id"])
    table = "exclusion_marks"
    op.create_table(
        table,
        _id(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("until", postgresql.TIMESTAMP(timezone=True), nullable=False),
        _time("created_at"),
        _check(table, "kind", "kind IN ('email', 'phone', 'card', 'device')"),
        _user(table),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index("uq_exclusion_marks_mark", table, ["kind", "mark", "real_user_id"], unique=True)
    op.create_index("ix_exclusion_marks_real_user_id", table, ["real_user_id"])
    table = "payer_marks"
    op.create_table(
        table,
        _id(),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        _time("created_at"),
        _check(table, "kind", "kind IN ('phone', 'card')"),
        _user(table),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_payer_marks_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        "uq_payer_marks_transaction", table, ["transaction_id", "kind", "mark"], unique=True
    )
    op.create_index("ix_payer_marks_real_user_id", table, ["real_user_id"])
    table = "active_stretches"
    op.create_table(
        table,
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        _time("began_at"),
        _time("last_at"),
        sa.Column("active_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _check(table, "active_seconds", "active_seconds >= 0"),
        _check(table, "stretch", "last_at >= began_at"),
        _user(table),
        sa.PrimaryKeyConstraint("real_user_id", name=op.f(f"pk_{table}")),
    )
    op.add_column("real_users", _time("paused_until", nullable=True))
    op.add_column("real_users", _time("self_excluded_until", nullable=True))
    op.add_column("real_users", sa.Column("spending_frozen_reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_real_users_freeze_has_reason"), "real_users", "spending_frozen_reason <> ''"
    )
    op.get_bind().exec_driver_sql(_TRIGGERS)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_real_users_freeze_has_reason"), "real_users")
    for column in ("spending_frozen_reason", "self_excluded_until", "paused_until"):
        op.drop_column("real_users", column)
    for table in (
        "active_stretches",
        "payer_marks",
        "exclusion_marks",
        "account_pauses",
        "limit_changes",
        "spending_limits",
    ):
        op.drop_table(table)
