"""Giving back: refunds of messages and of money, approvals by a second admin, disputes.

Revision ID: 0008
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TRANSFER_KINDS_0005 = (
    "(kind = 'message_charge' AND debit_account = 'wallet' AND credit_account = 'usage')"
    " OR (kind = 'message_refund' AND debit_account = 'refunds')"
    " OR (kind IN ('welcome_bonus', 'bonus') AND debit_account = 'bonus'"
    " AND bonus_amount = amount)"
    " OR (kind = 'purchase' AND debit_account = 'sales' AND bonus_amount = 0)"
    " OR (kind IN ('purchase_bonus', 'points') AND debit_account = 'bonus'"
    " AND bonus_amount = amount)"
    " OR (kind = 'deduction' AND credit_account = 'forfeited')"
)
_TRANSFER_KINDS = (
    f"{_TRANSFER_KINDS_0005}"
    " OR (kind IN ('purchase_refund', 'owed_paid') AND credit_account = 'sales'"
    " AND bonus_amount = 0)"
    " OR (kind = 'purchase_bonus_refund' AND credit_account = 'bonus'"
    " AND bonus_amount = amount)"
    " OR (kind = 'refund_failed' AND debit_account = 'sales' AND bonus_amount = 0)"
    " OR (kind = 'bonus_refund_failed' AND debit_account = 'bonus'"
    " AND bonus_amount = amount)"
)
_ODD_0005 = "'paid_not_credited', 'credited_not_paid', 'differs', 'unknown_reference'"
#: what came back by itself has its row too
_BACKFILL = """
INSERT INTO credit_refunds
    (user_id, amount, reason, message_id, chat_id, status, created_at, processed_at)
SELECT real_user_id, amount, 'unanswered', cause_id, chat_id, 'completed', created_at, created_at
FROM credit_transfers WHERE kind = 'message_refund';
"""


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False)


def _text(name: str, default: str | None = "''") -> sa.Column[str]:
    given = None if default is None else sa.text(default)
    return sa.Column(name, sa.Text(), server_default=given, nullable=False)


def _moment(name: str, *, now: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        postgresql.TIMESTAMP(timezone=True),
        server_default=sa.text("now()") if now else None,
        nullable=not now,
    )


def _money(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Numeric(precision=12, scale=2), nullable=False)


def _to(table: str, name: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [target], name=op.f(f"fk_{table}_{name}"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _recheck(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def upgrade() -> None:
    _credit_refunds()
    _approvals()
    op.add_column(
        "real_users",
        sa.Column("owed_credits", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_real_users_owed_credits_not_negative"), "real_users", "owed_credits >= 0"
    )
    op.add_column("transactions", sa.Column("refunds_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_transactions_refunds_id"), "transactions", "transactions", ["refunds_id"], ["id"]
    )
    op.create_index(
        "ix_transactions_refunds_id",
        "transactions",
        ["refunds_id"],
        postgresql_where=sa.text("refunds_id IS NOT NULL"),
    )
    op.create_check_constraint(
        op.f("ck_transactions_refund_of_a_purchase"),
        "transactions",
        "(type = 'refund') = (refunds_id IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_transactions_refund_amount"), "transactions", "type <> 'refund' OR amount > 0"
    )
    _recheck(
        "transactions",
        "credits_amount",
        "credits_amount > 0 OR (type = 'refund' AND credits_amount = 0)",
    )
    _recheck("credit_transfers", "kind_fits_accounts", _TRANSFER_KINDS)
    _recheck("reconciliation_exceptions", "kind", f"kind IN ({_ODD_0005}, 'unknown_refund')")
    _disputes()


def _credit_refunds() -> None:
    table = "credit_refunds"
    op.create_table(
        table,
        _id(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        _text("reason", None),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("chat_id", sa.Uuid(), nullable=True),
        sa.Column("processed_by", sa.Uuid(), nullable=True),
        _text("words"),
        _text("notes"),
        _text("status", "'completed'"),
        sa.Column(
            "requested_by_user", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        _moment("created_at", now=True),
        _moment("processed_at"),
        _check(table, "amount", "amount > 0"),
        _check(
            table,
            "reason",
            "reason IN ('accidental_send', 'inappropriate_content', 'system_error',"
            " 'admin_discretion', 'account_deletion', 'unanswered')",
        ),
        _check(table, "status", "status IN ('pending', 'completed', 'rejected')"),
        _check(table, "is_of_a_message", "(message_id IS NULL) = (reason = 'account_deletion')"),
        _check(table, "message_has_chat", "(message_id IS NULL) = (chat_id IS NULL)"),
        _check(table, "ended_has_time", "(status = 'pending') = (processed_at IS NULL)"),
        _check(
            table,
            "ended_by_somebody",
            "reason IN ('unanswered', 'account_deletion')"
            " OR (status = 'pending') = (processed_by IS NULL)",
        ),
        _check(table, "words_length", "char_length(words) <= 500"),
        _check(table, "notes_length", "char_length(notes) <= 500"),
        _to(table, "user_id", "real_users.id"),
        _to(table, "chat_id", "chats.id"),
        _to(table, "processed_by", "admins.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_refunds")),
    )
    op.create_index(
        "uq_credit_refunds_message_id",
        table,
        ["message_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'rejected'"),
    )
    op.create_index("ix_credit_refunds_user_id", table, ["user_id", sa.text("created_at DESC")])
    op.create_index("ix_credit_refunds_processed_by", table, ["processed_by"])
    op.create_index("ix_credit_refunds_chat_id", table, ["chat_id"])
    op.create_index(
        "ix_credit_refunds_open",
        table,
        ["created_at"],
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.get_bind().exec_driver_sql(_BACKFILL)


def _approvals() -> None:
    table = "approvals"
    op.create_table(
        table,
        _id(),
        _text("kind", None),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        _money("amount"),
        _text("unit", None),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        _text("reason"),
        _text("status", "'pending'"),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        _text("decision_reason"),
        _moment("created_at", now=True),
        _moment("decided_at"),
        _check(
            table,
            "kind",
            "kind IN ('message_refund', 'credit_grant', 'money_refund', 'withdrawal')",
        ),
        _check(table, "amount", "amount > 0"),
        _check(table, "unit", "unit = 'credits' OR unit ~ '^[A-Z]{3}$'"),
        _check(table, "status", "status IN ('pending', 'done', 'rejected')"),
        _check(table, "four_eyes", "decided_by <> requested_by"),
        _check(
            table,
            "decided_by_somebody",
            "(status = 'pending') = (decided_by IS NULL)"
            " AND (decided_by IS NULL) = (decided_at IS NULL)",
        ),
        _to(table, "user_id", "real_users.id"),
        _to(table, "requested_by", "accounts.id"),
        _to(table, "decided_by", "admins.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index(
        "uq_approvals_open",
        table,
        ["kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    for name in ("user_id", "requested_by", "decided_by"):
        op.create_index(f"ix_approvals_{name}", table, [name])


def _disputes() -> None:
    table = "disputes"
    op.create_table(
        table,
        _id(),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.BigInteger(), nullable=False),
        _text("status", "'open'"),
        _text("provider_status", None),
        _moment("due_at"),
        _money("amount"),
        _text("reason"),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("owed_credits", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("evidence_sent_at"),
        _moment("created_at", now=True),
        _moment("resolved_at"),
        _check(table, "status", "status IN ('open', 'won', 'lost')"),
        _check(table, "amount", "amount >= 0"),
        _check(table, "owed_credits", "owed_credits >= 0"),
        _check(table, "ended_has_time", "(status = 'open') = (resolved_at IS NULL)"),
        _to(table, "transaction_id", "transactions.id"),
        _to(table, "refund_id", "transactions.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    op.create_index("uq_disputes_provider_id", table, ["provider_id"], unique=True)
    op.create_index("ix_disputes_transaction_id", table, ["transaction_id"])
    op.create_index("ix_disputes_refund_id", table, ["refund_id"])
    op.create_index(
        "ix_disputes_open", table, ["due_at"], postgresql_where=sa.text("status = 'open'")
    )


def downgrade() -> None:
    # What the older release has no word for cannot stay; nobody goes back with money in the house.
    op.drop_table("disputes")
    _recheck("reconciliation_exceptions", "kind", f"kind IN ({_ODD_0005})")
    _recheck("credit_transfers", "kind_fits_accounts", _TRANSFER_KINDS_0005)
    _recheck("transactions", "credits_amount", "credits_amount > 0")
    op.drop_constraint(op.f("ck_transactions_refund_amount"), "transactions")
    op.drop_constraint(op.f("ck_transactions_refund_of_a_purchase"), "transactions")
    op.drop_index("ix_transactions_refunds_id", table_name="transactions")
    op.drop_constraint(op.f("fk_transactions_refunds_id"), "transactions", type_="foreignkey")
    op.drop_column("transactions", "refunds_id")
    op.drop_constraint(op.f("ck_real_users_owed_credits_not_negative"), "real_users")
    op.drop_column("real_users", "owed_credits")
    op.drop_table("approvals")
    op.drop_table("credit_refunds")
