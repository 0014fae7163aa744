"""Buying: packages, purchases with their story, webhooks, receipts, points, reconciliation.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: what is on offer at first (product.md 5): credits, bonus, price in KES, badge
_PACKAGES = (
    ("Taste", 20, 0, 180, None, False),
    ("Evening", 50, 0, 400, None, False),
    ("Week", 120, 10, 850, "Our suggestion", True),
    ("Month", 300, 40, 1900, None, False),
    ("Season", 700, 120, 4000, "Lowest price a credit", False),
)
_TRANSFER_KINDS_0001 = (
    "(kind = 'message_charge' AND debit_account = 'wallet' AND credit_account = 'usage')"
    " OR (kind = 'message_refund' AND debit_account = 'refunds')"
    " OR (kind IN ('welcome_bonus', 'bonus') AND debit_account = 'bonus'"
    " AND bonus_amount = amount)"
    " OR (kind = 'purchase' AND debit_account = 'sales')"
    " OR (kind = 'deduction' AND credit_account = 'forfeited')"
)
_TRANSFER_KINDS = (
    "(kind = 'message_charge' AND debit_account = 'wallet' AND credit_account = 'usage')"
    " OR (kind = 'message_refund' AND debit_account = 'refunds')"
    " OR (kind IN ('welcome_bonus', 'bonus') AND debit_account = 'bonus'"
    " AND bonus_amount = amount)"
    " OR (kind = 'purchase' AND debit_account = 'sales' AND bonus_amount = 0)"
    " OR (kind IN ('purchase_bonus', 'points') AND debit_account = 'bonus'"
    " AND bonus_amount = amount)"
    " OR (kind = 'deduction' AND credit_account = 'forfeited')"
)
_CHECKS = (
    ("transactions", "bonus_credits", "bonus_credits >= 0"),
    ("transactions", "discount_amount", "discount_amount >= 0"),
    (
        "transactions",
        "purchase_has_package",
        (
            "type <> 'purchase' OR (amount > 0 AND package_snapshot IS NOT NULL"
            " AND provider_reference IS NOT NULL)"
        ),
    ),
    (
        "transactions",
        "only_failures_have_reasons",
        "(status = 'failed') >= (failure_reason IS NOT NULL)",
    ),
    (
        "transactions",
        "review_has_reason",
        "needs_manual_review = (review_reason IS NOT NULL AND reviewed_at IS NULL)",
    ),
    ("transactions", "channel", "channel IN ('checkout', 'mpesa')"),
    ("real_users", "loyalty_points_not_negative", "loyalty_points >= 0"),
)
#: what was bought and spent before there were snapshots and points
_BACKFILL = """
UPDATE transactions
SET package_snapshot = jsonb_build_object('credits', credits_amount, 'price', amount)
WHERE type = 'purchase';
INSERT INTO loyalty_entries (real_user_id, points, kind, cause_id, created_at)
SELECT real_user_id, -amount, 'taken_back', cause_id, created_at
FROM credit_transfers WHERE kind = 'message_refund';
UPDATE real_users AS u SET loyalty_points = t.points
FROM (
    SELECT real_user_id, sum(CASE kind WHEN 'message_charge' THEN amount ELSE -amount END) AS points
    FROM credit_transfers WHERE kind IN ('message_charge', 'message_refund') GROUP BY real_user_id
) AS t WHERE t.real_user_id = u.id;
"""
_TRIGGERS = """
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON credit_packages FOR EACH ROW
EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON receipts FOR EACH ROW
EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loyalty_entries FOR EACH ROW
EXECUTE FUNCTION refuse_change();
"""


def _transfer_kinds(kinds: str) -> None:
    name = op.f("ck_credit_transfers_kind_fits_accounts")
    op.drop_constraint(name, "credit_transfers")
    op.create_check_constraint(name, "credit_transfers", kinds)


def upgrade() -> None:
    op.create_table(
        "credit_packages",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("price", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("currency", sa.Text(), server_default=sa.text("'KES'"), nullable=False),
        sa.Column("is_featured", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("badge_text", sa.Text(), nullable=True),
        sa.Column("discount_percentage", sa.Integer(), nullable=True),
        sa.Column("bonus_credits", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "valid_from",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("valid_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("variant", sa.Text(), nullable=True),
        sa.Column("conversion_rate", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_credit_packages_currency")),
        sa.CheckConstraint("bonus_credits >= 0", name=op.f("ck_credit_packages_bonus_credits")),
        sa.CheckConstraint("credits > 0", name=op.f("ck_credit_packages_credits")),
        sa.CheckConstraint(
            "discount_percentage BETWEEN 1 AND 99",
            name=op.f("ck_credit_packages_discount_percentage"),
        ),
        sa.CheckConstraint("price > 0", name=op.f("ck_credit_packages_price")),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_credit_packages_validity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_packages")),
    )
    op.create_index(
        "ix_credit_packages_offered",
        "credit_packages",
        ["currency", "price"],
        unique=False,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "reconciliation_runs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("since", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("until", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "started_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("payments_seen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("credited", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("exceptions", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("until > since", name=op.f("ck_reconciliation_runs_stretch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_runs")),
    )
    op.create_index(
        "ix_reconciliation_runs_newest",
        "reconciliation_runs",
        [sa.literal_column("started_at DESC")],
        unique=False,
    )
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'stored'"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column(
            "received_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "last_received_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("processed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('stored', 'processed', 'ignored', 'failed')",
            name=op.f("ck_webhook_events_status"),
        ),
        sa.CheckConstraint("received_count > 0", name=op.f("ck_webhook_events_received_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
    )
    op.create_index(
        "ix_webhook_events_open",
        "webhook_events",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('stored', 'failed')"),
    )
    op.create_index("ix_webhook_events_reference", "webhook_events", ["reference"], unique=False)
    op.create_index(
        "uq_webhook_events_event_key", "webhook_events", ["provider", "event_key"], unique=True
    )
    op.create_table(
        "loyalty_entries",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('swapped', 'taken_back')", name=op.f("ck_loyalty_entries_kind")
        ),
        sa.CheckConstraint("points < 0", name=op.f("ck_loyalty_entries_points")),
        sa.ForeignKeyConstraint(
            ["real_user_id"], ["real_users.id"], name=op.f("fk_loyalty_entries_real_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_entries")),
    )
    op.create_index(
        "ix_loyalty_entries_real_user_id", "loyalty_entries", ["real_user_id", "id"], unique=False
    )
    op.create_index(
        "uq_loyalty_entries_cause", "loyalty_entries", ["kind", "cause_id"], unique=True
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_idempotency_keys_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_idempotency_keys_transaction_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(
        "ix_idempotency_keys_transaction_id", "idempotency_keys", ["transaction_id"], unique=False
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "issued_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_receipts_number")),
        sa.ForeignKeyConstraint(
            ["real_user_id"], ["real_users.id"], name=op.f("fk_receipts_real_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_receipts_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    op.create_index("ix_receipts_real_user_id", "receipts", ["real_user_id"], unique=False)
    op.create_index("uq_receipts_number", "receipts", ["year", "number"], unique=True)
    op.create_index("uq_receipts_transaction_id", "receipts", ["transaction_id"], unique=True)
    op.create_table(
        "reconciliation_exceptions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=True),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "found_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("resolved_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('paid_not_credited', 'credited_not_paid', 'differs', 'unknown_reference')",
            name=op.f("ck_reconciliation_exceptions_kind"),
        ),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolution IS NULL)",
            name=op.f("ck_reconciliation_exceptions_resolved_has_resolution"),
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["admins.id"], name=op.f("fk_reconciliation_exceptions_resolved_by")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["transactions.id"],
            name=op.f("fk_reconciliation_exceptions_transaction_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_exceptions")),
    )
    op.create_index(
        "ix_reconciliation_exceptions_resolved_by",
        "reconciliation_exceptions",
        ["resolved_by"],
        unique=False,
    )
    op.create_index(
        "ix_reconciliation_exceptions_transaction_id",
        "reconciliation_exceptions",
        ["transaction_id"],
        unique=False,
    )
    op.create_index(
        "uq_reconciliation_exceptions_open",
        "reconciliation_exceptions",
        ["kind", "reference"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.add_column(
        "real_users",
        sa.Column("loyalty_points", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "transactions",
        sa.Column("bonus_credits", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "transactions",
        sa.Column("provider_response", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
    op.add_column("transactions", sa.Column("channel", sa.Text(), nullable=True))
    op.add_column("transactions", sa.Column("checkout_url", sa.Text(), nullable=True))
    op.add_column("transactions", sa.Column("return_to", sa.Text(), nullable=True))
    op.add_column("transactions", sa.Column("failure_reason", sa.Text(), nullable=True))
    op.add_column(
        "transactions",
        sa.Column(
            "webhook_received_count", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
    )
    op.add_column(
        "transactions",
        sa.Column("last_webhook_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
    )
    op.add_column("transactions", sa.Column("package_id", sa.Uuid(), nullable=True))
    op.add_column(
        "transactions",
        sa.Column("package_snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
    op.add_column("transactions", sa.Column("promo_code", sa.Text(), nullable=True))
    op.add_column(
        "transactions",
        sa.Column(
            "discount_amount",
            sa.Numeric(precision=12, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
    )
    op.add_column(
        "transactions",
        sa.Column(
            "needs_manual_review", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.add_column("transactions", sa.Column("review_reason", sa.Text(), nullable=True))
    op.add_column("transactions", sa.Column("reviewed_by", sa.Uuid(), nullable=True))
    op.add_column(
        "transactions", sa.Column("reviewed_at", postgresql.TIMESTAMP(timezone=True), nullable=True)
    )
    op.add_column(
        "transactions", sa.Column("refunded_at", postgresql.TIMESTAMP(timezone=True), nullable=True)
    )
    op.create_index("ix_transactions_package_id", "transactions", ["package_id"], unique=False)
    op.create_index(
        "ix_transactions_review",
        "transactions",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("needs_manual_review"),
    )
    op.create_index("ix_transactions_reviewed_by", "transactions", ["reviewed_by"], unique=False)
    op.create_foreign_key(
        op.f("fk_transactions_reviewed_by"), "transactions", "admins", ["reviewed_by"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_transactions_package_id"),
        "transactions",
        "credit_packages",
        ["package_id"],
        ["id"],
    )
    op.get_bind().exec_driver_sql(_BACKFILL)
    for table, name, condition in _CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    _transfer_kinds(_TRANSFER_KINDS)
    op.get_bind().exec_driver_sql(_TRIGGERS)
    packages = sa.table(
        "credit_packages",
        *(
            sa.column(name)
            for name in ("name", "credits", "bonus_credits", "price", "badge_text", "is_featured")
        ),
    )
    names = [column.name for column in packages.columns]
    op.bulk_insert(packages, [dict(zip(names, row, strict=True)) for row in _PACKAGES])


def downgrade() -> None:
    # What the older release has no word for cannot stay; nobody goes back with money in the house.
    _transfer_kinds(_TRANSFER_KINDS_0001)
    for table, name, _condition in _CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.drop_constraint(op.f("fk_transactions_package_id"), "transactions", type_="foreignkey")
    op.drop_constraint(op.f("fk_transactions_reviewed_by"), "transactions", type_="foreignkey")
    op.drop_index("ix_transactions_reviewed_by", table_name="transactions")
    op.drop_index(
        "ix_transactions_review",
        table_name="transactions",
        postgresql_where=sa.text("needs_manual_review"),
    )
    op.drop_index("ix_transactions_package_id", table_name="transactions")
    op.drop_column("transactions", "refunded_at")
    op.drop_column("transactions", "reviewed_at")
    op.drop_column("transactions", "reviewed_by")
    op.drop_column("transactions", "review_reason")
    op.drop_column("transactions", "needs_manual_review")
    op.drop_column("transactions", "discount_amount")
    op.drop_column("transactions", "promo_code")
    op.drop_column("transactions", "package_snapshot")
    op.drop_column("transactions", "package_id")
    op.drop_column("transactions", "last_webhook_at")
    op.drop_column("transactions", "webhook_received_count")
    op.drop_column("transactions", "failure_reason")
    op.drop_column("transactions", "return_to")
    op.drop_column("transactions", "checkout_url")
    op.drop_column("transactions", "channel")
    op.drop_column("transactions", "provider_response")
    op.drop_column("transactions", "bonus_credits")
    op.drop_column("real_users", "loyalty_points")
    op.drop_index(
        "uq_reconciliation_exceptions_open",
        table_name="reconciliation_exceptions",
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.drop_index(
        "ix_reconciliation_exceptions_transaction_id", table_name="reconciliation_exceptions"
    )
    op.drop_index(
        "ix_reconciliation_exceptions_resolved_by", table_name="reconciliation_exceptions"
    )
    op.drop_table("reconciliation_exceptions")
    op.drop_index("uq_receipts_transaction_id", table_name="receipts")
    op.drop_index("uq_receipts_number", table_name="receipts")
    op.drop_index("ix_receipts_real_user_id", table_name="receipts")
    op.drop_table("receipts")
    op.drop_index("ix_idempotency_keys_transaction_id", table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_index("uq_loyalty_entries_cause", table_name="loyalty_entries")
    op.drop_index("ix_loyalty_entries_real_user_id", table_name="loyalty_entries")
    op.drop_table("loyalty_entries")
    op.drop_index("uq_webhook_events_event_key", table_name="webhook_events")
    op.drop_index("ix_webhook_events_reference", table_name="webhook_events")
    op.drop_index(
        "ix_webhook_events_open",
        table_name="webhook_events",
        postgresql_where=sa.text("status IN ('stored', 'failed')"),
    )
    op.drop_table("webhook_events")
    op.drop_index("ix_reconciliation_runs_newest", table_name="reconciliation_runs")
    op.drop_table("reconciliation_runs")
    op.drop_index(
        "ix_credit_packages_offered",
        table_name="credit_packages",
        postgresql_where=sa.text("is_active"),
    )
    op.drop_table("credit_packages")
