"""Promo codes and their redemptions; until when a package's discount may be shown.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _moment(name: str, *, default: bool = False, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        postgresql.TIMESTAMP(timezone=True),
        server_default=sa.text("now()") if default else None,
        nullable=nullable,
    )


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "promo_codes",
        _id(),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), server_default=sa.text("'KES'"), nullable=False),
        sa.Column("min_price", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("budget_amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("per_user_limit", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "first_purchase_only", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        _moment("valid_from", default=True),
        _moment("valid_until", nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        _moment("created_at", default=True),
        sa.CheckConstraint("code ~ '^[A-Z0-9-]{3,20}$'", name=op.f("ck_promo_codes_code")),
        sa.CheckConstraint(
            "kind IN ('percent', 'fixed', 'bonus')", name=op.f("ck_promo_codes_kind")
        ),
        sa.CheckConstraint(
            "value > 0 AND (kind <> 'percent' OR value <= 90)", name=op.f("ck_promo_codes_value")
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_promo_codes_currency")),
        sa.CheckConstraint("min_price > 0", name=op.f("ck_promo_codes_min_price")),
        sa.CheckConstraint("max_uses > 0", name=op.f("ck_promo_codes_max_uses")),
        sa.CheckConstraint(
            "budget_amount IS NULL OR (budget_amount > 0 AND kind <> 'bonus')",
            name=op.f("ck_promo_codes_budget_amount"),
        ),
        sa.CheckConstraint("per_user_limit > 0", name=op.f("ck_promo_codes_per_user_limit")),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_promo_codes_validity")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["admins.id"], name=op.f("fk_promo_codes_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promo_codes")),
    )
    op.create_index("uq_promo_codes_code", "promo_codes", ["code"], unique=True)
    op.create_index("ix_promo_codes_created_by", "promo_codes", ["created_by"], unique=False)
    op.create_index(
        "ix_promo_codes_ending",
        "promo_codes",
        ["valid_until"],
        unique=False,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "promo_redemptions",
        _id(),
        sa.Column("promo_code_id", sa.Uuid(), nullable=False),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column(
            "discount_amount",
            sa.Numeric(precision=12, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("bonus_credits", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'reserved'"), nullable=False),
        _moment("created_at", default=True),
        _moment("settled_at", nullable=True),
        sa.CheckConstraint(
            "status IN ('reserved', 'used', 'released')", name=op.f("ck_promo_redemptions_status")
        ),
        sa.CheckConstraint(
            "(status = 'reserved') = (settled_at IS NULL)",
            name=op.f("ck_promo_redemptions_settled_has_time"),
        ),
        sa.CheckConstraint(
            "discount_amount >= 0", name=op.f("ck_promo_redemptions_discount_amount")
        ),
        sa.CheckConstraint("bonus_credits >= 0", name=op.f("ck_promo_redemptions_bonus_credits")),
        sa.CheckConstraint(
            "discount_amount > 0 OR bonus_credits > 0",
            name=op.f("ck_promo_redemptions_gives_something"),
        ),
        sa.ForeignKeyConstraint(
            ["promo_code_id"], ["promo_codes.id"], name=op.f("fk_promo_redemptions_promo_code_id")
        ),
        sa.ForeignKeyConstraint(
            ["real_user_id"], ["real_users.id"], name=op.f("fk_promo_redemptions_real_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["transactions.id"],
            name=op.f("fk_promo_redemptions_transaction_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promo_redemptions")),
    )
    op.create_index(
        "uq_promo_redemptions_transaction_id", "promo_redemptions", ["transaction_id"], unique=True
    )
    op.create_index(
        "ix_promo_redemptions_promo_code_id",
        "promo_redemptions",
        ["promo_code_id", "status"],
        unique=False,
    )
    op.create_index(
        "ix_promo_redemptions_real_user_id",
        "promo_redemptions",
        ["real_user_id", "promo_code_id"],
        unique=False,
    )
    op.add_column("credit_packages", _moment("discount_until", nullable=True))
    # Nobody knows what was asked before; and no word but these two was ever shown by.
    op.execute(
        "UPDATE credit_packages SET discount_percentage = NULL,"
        " variant = CASE WHEN variant IN ('a', 'b') THEN variant END"
        " WHERE discount_percentage IS NOT NULL OR variant IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_credit_packages_discount_has_end"),
        "credit_packages",
        "(discount_percentage IS NULL) = (discount_until IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_credit_packages_variant"), "credit_packages", "variant IN ('a', 'b')"
    )


def downgrade() -> None:
    # What a purchase was given stands in the purchase itself and stays.
    op.drop_constraint(op.f("ck_credit_packages_variant"), "credit_packages")
    op.drop_constraint(op.f("ck_credit_packages_discount_has_end"), "credit_packages")
    op.drop_column("credit_packages", "discount_until")
    op.drop_index("ix_promo_redemptions_real_user_id", table_name="promo_redemptions")
    op.drop_index("ix_promo_redemptions_promo_code_id", table_name="promo_redemptions")
    op.drop_index("uq_promo_redemptions_transaction_id", table_name="promo_redemptions")
    op.drop_table("promo_redemptions")
    op.drop_index(
        "ix_promo_codes_ending", table_name="promo_codes", postgresql_where=sa.text("is_active")
    )
    op.drop_index("ix_promo_codes_created_by", table_name="promo_codes")
    op.drop_index("uq_promo_codes_code", table_name="promo_codes")
    op.drop_table("promo_codes")
