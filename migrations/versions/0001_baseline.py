"""Baseline: the tables of the first conversation and the money core.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql"


def _run(file_name: str) -> None:
    # psycopg takes a percent sign for a parameter, even where none are given.
    op.get_bind().exec_driver_sql((SQL / file_name).read_text().replace("%", "%%"))


def upgrade() -> None:
    _run("baseline_before.sql")
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("last_login_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
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
        sa.CheckConstraint(
            "login = lower(login) AND login <> ''",
            name=op.f("ck_accounts_login_folded"),
        ),
        sa.CheckConstraint("role IN ('user', 'operator', 'admin')", name=op.f("ck_accounts_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )
    op.create_index("uq_accounts_login", "accounts", ["login"], unique=True)
    op.create_table(
        "admin_notifications",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("priority", sa.Text(), server_default=sa.text("'normal'"), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("resolved_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "priority IN ('low', 'normal', 'high', 'critical')",
            name=op.f("ck_admin_notifications_priority"),
        ),
        sa.CheckConstraint(
            "type IN ('operator_suspended', 'chat_escalation', 'payment_failed', 'high_refund_rate', 'system_error', 'security_alert')",
            name=op.f("ck_admin_notifications_type"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_notifications")),
    )
    op.create_index(
        "ix_admin_notifications_open",
        "admin_notifications",
        [sa.literal_column("created_at DESC")],
        unique=False,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index(
        "uq_admin_notifications_subject",
        "admin_notifications",
        ["type", "subject_id"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "fictional_users",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=False),
        sa.Column("gender", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("tagline", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column(
            "personality_traits",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "interests",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("occupation", sa.Text(), nullable=True),
        sa.Column("education", sa.Text(), nullable=True),
        sa.Column("relationship_status", sa.Text(), nullable=True),
        sa.Column("profile_pictures", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("response_style", sa.Text(), nullable=False),
        sa.Column(
            "response_templates",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "personality_guidelines",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
        ),
        sa.Column(
            "tags",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column(
            "popularity_score",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_featured", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("featured_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "max_concurrent_chats",
            sa.Integer(),
            server_default=sa.text("10"),
            nullable=False,
        ),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('simple', name || ' ' || tagline || ' ' || bio || ' ' || location || ' ' || coalesce(occupation, '') || ' ' || immutable_join(tags) || ' ' || immutable_join(interests) || ' ' || immutable_join(personality_traits))",
                persisted=True,
            ),
            nullable=False,
        ),
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
        sa.Column("deleted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "gender IN ('male', 'female', 'other')",
            name=op.f("ck_fictional_users_gender"),
        ),
        sa.CheckConstraint(
            "response_style IN ('flirty', 'romantic', 'friendly', 'intellectual', 'playful')",
            name=op.f("ck_fictional_users_response_style"),
        ),
        sa.CheckConstraint("age BETWEEN 18 AND 100", name=op.f("ck_fictional_users_age_range")),
        sa.CheckConstraint(
            "cardinality(profile_pictures) BETWEEN 3 AND 10",
            name=op.f("ck_fictional_users_three_to_ten_pictures"),
        ),
        sa.CheckConstraint(
            "max_concurrent_chats BETWEEN 1 AND 1000",
            name=op.f("ck_fictional_users_max_concurrent_chats"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fictional_users")),
    )
    op.create_index(
        "ix_fictional_users_name_trgm",
        "fictional_users",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_fictional_users_recommended",
        "fictional_users",
        [
            "gender",
            sa.literal_column("is_featured DESC"),
            sa.literal_column("popularity_score DESC"),
            "id",
        ],
        unique=False,
        postgresql_where=sa.text("is_active AND deleted_at IS NULL"),
    )
    op.create_index(
        "ix_fictional_users_search",
        "fictional_users",
        ["search"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_fictional_users_tags",
        "fictional_users",
        ["tags"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index("uq_fictional_users_slug", "fictional_users", ["slug"], unique=True)
    op.create_table(
        "job_runs",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'claimed'"), nullable=False),
        sa.Column(
            "claimed_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('claimed', 'enqueued', 'running', 'done', 'failed')",
            name=op.f("ck_job_runs_status"),
        ),
        sa.PrimaryKeyConstraint("name", "due_at", name=op.f("pk_job_runs")),
    )
    op.create_index(
        "ix_job_runs_name_due_at",
        "job_runs",
        ["name", sa.literal_column("due_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_job_runs_open",
        "job_runs",
        ["claimed_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('claimed', 'enqueued', 'running')"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column(
            "next_attempt_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("done_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_attempts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "security_audit_log",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("user_agent", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "event IN ('login', 'logout', 'failed_login', 'permission_denied', 'data_access')",
            name=op.f("ck_security_audit_log_event"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_audit_log")),
    )
    op.create_index(
        "ix_security_audit_log_account_id",
        "security_audit_log",
        ["account_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "system_settings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_system_settings_version")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_system_settings")),
    )
    op.create_table(
        "admins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column(
            "permissions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
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
        sa.Column("deleted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('super_admin', 'admin', 'moderator')", name=op.f("ck_admins_role")
        ),
        sa.ForeignKeyConstraint(["id"], ["accounts.id"], name=op.f("fk_admins_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admins")),
    )
    op.create_index("uq_admins_email", "admins", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("request_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_audit_log_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index(
        "ix_audit_log_actor_id",
        "audit_log",
        ["actor_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_audit_log_subject",
        "audit_log",
        ["subject_type", "subject_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("text_name", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column(
            "given_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_consents_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_account_id", "consents", ["account_id"], unique=False)
    op.create_table(
        "operators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column(
            "specializations",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "languages",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{en}'"),
            nullable=False,
        ),
        sa.Column("skill_level", sa.Text(), server_default=sa.text("'junior'"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "is_available",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
        sa.Column(
            "availability_reason",
            sa.Text(),
            server_default=sa.text("'offline'"),
            nullable=False,
        ),
        sa.Column("auto_next", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "max_concurrent_chats",
            sa.Integer(),
            server_default=sa.text("5"),
            nullable=False,
        ),
        sa.Column(
            "current_chat_count",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "total_messages_sent",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "total_chats_handled",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "quality_score",
            sa.Numeric(precision=12, scale=2),
            server_default=sa.text("100"),
            nullable=False,
        ),
        sa.Column("idle_incidents", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "reassignment_count",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "is_suspended",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
        sa.Column("suspension_reason", sa.Text(), nullable=True),
        sa.Column("suspended_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "last_activity",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "idle_since",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
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
        sa.Column("deleted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "availability_reason IN ('available', 'break', 'wrap-up', 'offline')",
            name=op.f("ck_operators_availability_reason"),
        ),
        sa.CheckConstraint(
            "is_available = (availability_reason = 'available')",
            name=op.f("ck_operators_available_has_no_reason"),
        ),
        sa.CheckConstraint(
            "skill_level IN ('junior', 'mid', 'senior', 'expert')",
            name=op.f("ck_operators_skill_level"),
        ),
        sa.CheckConstraint("current_chat_count >= 0", name=op.f("ck_operators_current_chat_count")),
        sa.CheckConstraint(
            "max_concurrent_chats BETWEEN 1 AND 50",
            name=op.f("ck_operators_max_concurrent_chats"),
        ),
        sa.CheckConstraint(
            "quality_score BETWEEN 0 AND 100", name=op.f("ck_operators_quality_score")
        ),
        sa.ForeignKeyConstraint(["id"], ["accounts.id"], name=op.f("fk_operators_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operators")),
    )
    op.create_index(
        "ix_operators_available",
        "operators",
        ["is_available", "is_active"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_operators_quality",
        "operators",
        [sa.literal_column("quality_score DESC")],
        unique=False,
    )
    op.create_index(
        "ix_operators_specializations",
        "operators",
        ["specializations"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "uq_operators_email",
        "operators",
        [sa.literal_column("lower(email)")],
        unique=True,
    )
    op.create_table(
        "real_users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=False),
        sa.Column(
            "age_given_on",
            sa.Date(),
            server_default=sa.text("current_date"),
            nullable=False,
        ),
        sa.Column("gender", sa.Text(), nullable=False),
        sa.Column("looking_for", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default=sa.text("'en'"), nullable=False),
        sa.Column("credits", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("bonus_credits", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "total_spent",
            sa.Numeric(precision=12, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("user_tier", sa.Text(), server_default=sa.text("'free'"), nullable=False),
        sa.Column(
            "total_messages_sent",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "last_active_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("is_banned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ban_reason", sa.Text(), nullable=True),
        sa.Column("banned_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
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
        sa.Column("deleted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "gender IN ('male', 'female', 'other')", name=op.f("ck_real_users_gender")
        ),
        sa.CheckConstraint("language IN ('en', 'sw')", name=op.f("ck_real_users_language")),
        sa.CheckConstraint(
            "looking_for IN ('male', 'female', 'both')",
            name=op.f("ck_real_users_looking_for"),
        ),
        sa.CheckConstraint(
            "user_tier IN ('free', 'bronze', 'silver', 'gold', 'platinum')",
            name=op.f("ck_real_users_user_tier"),
        ),
        sa.CheckConstraint(
            "username ~ '^[A-Za-z0-9_]{3,20}$'",
            name=op.f("ck_real_users_username_form"),
        ),
        sa.CheckConstraint("age BETWEEN 18 AND 100", name=op.f("ck_real_users_age_range")),
        sa.CheckConstraint(
            "bonus_credits BETWEEN 0 AND credits",
            name=op.f("ck_real_users_bonus_within_credits"),
        ),
        sa.CheckConstraint("credits >= 0", name=op.f("ck_real_users_credits_not_negative")),
        sa.CheckConstraint("total_spent >= 0", name=op.f("ck_real_users_total_spent_not_negative")),
        sa.ForeignKeyConstraint(["id"], ["accounts.id"], name=op.f("fk_real_users_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_real_users")),
    )
    op.create_index(
        "ix_real_users_last_active",
        "real_users",
        [sa.literal_column("last_active_at DESC")],
        unique=False,
    )
    op.create_index("ix_real_users_tier", "real_users", ["user_tier"], unique=False)
    op.create_index(
        "uq_real_users_username",
        "real_users",
        [sa.literal_column("lower(username)")],
        unique=True,
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("user_agent", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "octet_length(token_hash) = 32",
            name=op.f("ck_sessions_token_hash_is_sha256"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_sessions_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"], unique=False)
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], unique=False)
    op.create_index("uq_sessions_token_hash", "sessions", ["token_hash"], unique=True)
    op.create_table(
        "system_settings_history",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("old_value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("new_value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column(
            "changed_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["accounts.id"],
            name=op.f("fk_system_settings_history_changed_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_settings_history")),
    )
    op.create_index(
        "ix_system_settings_history_changed_by",
        "system_settings_history",
        ["changed_by"],
        unique=False,
    )
    op.create_index(
        "ix_system_settings_history_key",
        "system_settings_history",
        ["key", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "chats",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("fictional_user_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("closed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("assigned_operator_id", sa.Uuid(), nullable=True),
        sa.Column("assignment_time", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "assignment_count",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("last_operator_id", sa.Uuid(), nullable=True),
        sa.Column("event_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "user_read_seq",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "user_delivered_seq",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "operator_read_seq",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "operator_delivered_seq",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "message_count",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "free_messages_used",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "paid_messages_count",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "total_credits_spent",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("replies_in_row", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_frozen", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("waiting_since", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("warned_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("first_message_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_message_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_message_id", sa.Uuid(), nullable=True),
        sa.Column("last_user_message_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "last_fictional_message_at",
            postgresql.TIMESTAMP(timezone=True),
            nullable=True,
        ),
        sa.Column(
            "last_user_seq",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "last_fictional_seq",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
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
        sa.CheckConstraint(
            "(status IN ('closed', 'archived')) = (closed_at IS NOT NULL)",
            name=op.f("ck_chats_closed_has_time"),
        ),
        sa.CheckConstraint(
            "NOT (status IN ('idle', 'closed', 'archived') AND waiting_since IS NOT NULL)",
            name=op.f("ck_chats_waiting_chats_stay_open"),
        ),
        sa.CheckConstraint(
            "close_reason IN ('inactivity', 'user', 'operator', 'admin', 'ban', 'character_withdrawn')",
            name=op.f("ck_chats_close_reason"),
        ),
        sa.CheckConstraint(
            "status IN ('active', 'idle', 'closed', 'archived', 'escalated')",
            name=op.f("ck_chats_status"),
        ),
        sa.CheckConstraint(
            "(assigned_operator_id IS NULL) = (assignment_time IS NULL)",
            name=op.f("ck_chats_assignment_complete"),
        ),
        sa.CheckConstraint("free_messages_used >= 0", name=op.f("ck_chats_free_messages_used")),
        sa.CheckConstraint("total_credits_spent >= 0", name=op.f("ck_chats_total_credits_spent")),
        sa.CheckConstraint(
            "user_read_seq <= event_seq AND operator_read_seq <= event_seq AND user_delivered_seq <= event_seq AND operator_delivered_seq <= event_seq",
            name=op.f("ck_chats_pointers_within_events"),
        ),
        sa.ForeignKeyConstraint(
            ["assigned_operator_id"],
            ["operators.id"],
            name=op.f("fk_chats_assigned_operator_id"),
        ),
        sa.ForeignKeyConstraint(
            ["fictional_user_id"],
            ["fictional_users.id"],
            name=op.f("fk_chats_fictional_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["last_operator_id"],
            ["operators.id"],
            name=op.f("fk_chats_last_operator_id"),
        ),
        sa.ForeignKeyConstraint(
            ["real_user_id"], ["real_users.id"], name=op.f("fk_chats_real_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
        sa.UniqueConstraint(
            "real_user_id",
            "fictional_user_id",
            name=op.f("uq_chats_real_user_id_fictional_user_id"),
        ),
    )
    op.create_index(
        "ix_chats_assigned",
        "chats",
        ["assigned_operator_id", "waiting_since"],
        unique=False,
        postgresql_where=sa.text("assigned_operator_id IS NOT NULL"),
    )
    op.create_index("ix_chats_fictional_user_id", "chats", ["fictional_user_id"], unique=False)
    op.create_index(
        "ix_chats_inbox",
        "chats",
        ["real_user_id", sa.literal_column("last_message_at DESC NULLS LAST")],
        unique=False,
    )
    op.create_index(
        "ix_chats_status_last_message",
        "chats",
        ["status", "last_message_at"],
        unique=False,
    )
    op.create_index(
        "ix_chats_waiting",
        "chats",
        ["waiting_since"],
        unique=False,
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
    )
    op.create_table(
        "profile_notes",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("real_user_id", sa.Uuid(), nullable=True),
        sa.Column("fictional_user_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=False),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(real_user_id IS NULL) <> (fictional_user_id IS NULL)",
            name=op.f("ck_profile_notes_one_subject"),
        ),
        sa.CheckConstraint(
            "char_length(content) <= 4000", name=op.f("ck_profile_notes_content_length")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_profile_notes_version")),
        sa.ForeignKeyConstraint(
            ["fictional_user_id"],
            ["fictional_users.id"],
            name=op.f("fk_profile_notes_fictional_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["real_user_id"],
            ["real_users.id"],
            name=op.f("fk_profile_notes_real_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["accounts.id"], name=op.f("fk_profile_notes_updated_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_notes")),
    )
    op.create_index("ix_profile_notes_updated_by", "profile_notes", ["updated_by"], unique=False)
    op.create_index(
        "uq_profile_notes_fictional_user_id",
        "profile_notes",
        ["fictional_user_id"],
        unique=True,
    )
    op.create_index("uq_profile_notes_real_user_id", "profile_notes", ["real_user_id"], unique=True)
    op.create_table(
        "transactions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=12, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("currency", sa.Text(), server_default=sa.text("'KES'"), nullable=False),
        sa.Column("credits_amount", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("payment_provider", sa.Text(), nullable=True),
        sa.Column("provider_reference", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("completed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_transactions_currency")),
        sa.CheckConstraint(
            "status IN ('pending', 'processing', 'success', 'failed', 'refunded')",
            name=op.f("ck_transactions_status"),
        ),
        sa.CheckConstraint(
            "type IN ('purchase', 'refund', 'bonus', 'deduction')",
            name=op.f("ck_transactions_type"),
        ),
        sa.CheckConstraint(
            "(payment_provider IS NULL) = (provider_reference IS NULL)",
            name=op.f("ck_transactions_provider_has_reference"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_transactions_amount")),
        sa.CheckConstraint("credits_amount > 0", name=op.f("ck_transactions_credits_amount")),
        sa.ForeignKeyConstraint(
            ["real_user_id"],
            ["real_users.id"],
            name=op.f("fk_transactions_real_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
    )
    op.create_index(
        "ix_transactions_real_user_id",
        "transactions",
        ["real_user_id", sa.literal_column("created_at DESC")],
        unique=False,
    )
    op.create_index("ix_transactions_status", "transactions", ["status"], unique=False)
    op.create_index(
        "uq_transactions_provider_reference",
        "transactions",
        ["payment_provider", "provider_reference"],
        unique=True,
    )
    op.create_table(
        "chat_assignments",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("routing_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "assigned_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("first_reply_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("first_reply_seconds", sa.Integer(), nullable=True),
        sa.Column("replies", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("end_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "end_reason IN ('handed_back', 'silence', 'heartbeat_lost', 'offline', 'closed', 'suspended', 'reassigned')",
            name=op.f("ck_chat_assignments_end_reason"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)",
            name=op.f("ck_chat_assignments_ended_with_reason"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_chat_assignments_number")),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_chat_assignments_chat_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operators.id"],
            name=op.f("fk_chat_assignments_operator_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_assignments")),
    )
    op.create_index(
        "ix_chat_assignments_operator_id",
        "chat_assignments",
        ["operator_id", sa.literal_column("assigned_at DESC")],
        unique=False,
    )
    op.create_index(
        "uq_chat_assignments_chat_id_number",
        "chat_assignments",
        ["chat_id", "number"],
        unique=True,
    )
    op.create_index(
        "uq_chat_assignments_one_holder",
        "chat_assignments",
        ["chat_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "chat_queue",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("priority_score", sa.Integer(), nullable=False),
        sa.Column(
            "score_parts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("user_tier", sa.Text(), nullable=False),
        sa.Column(
            "user_lifetime_value",
            sa.Numeric(precision=12, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "required_specializations",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("language", sa.Text(), server_default=sa.text("'en'"), nullable=False),
        sa.Column("preferred_operator_id", sa.Uuid(), nullable=True),
        sa.Column(
            "excluded_operator_ids",
            postgresql.ARRAY(sa.Uuid()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "entered_queue_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("escalated_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "priority IN ('urgent', 'high', 'normal', 'low')",
            name=op.f("ck_chat_queue_priority"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_chat_queue_attempts")),
        sa.CheckConstraint("priority_score >= 0", name=op.f("ck_chat_queue_priority_score")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_chat_queue_chat_id")),
        sa.ForeignKeyConstraint(
            ["preferred_operator_id"],
            ["operators.id"],
            name=op.f("fk_chat_queue_preferred_operator_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_queue")),
    )
    op.create_index(
        "ix_chat_queue_preferred_operator_id",
        "chat_queue",
        ["preferred_operator_id"],
        unique=False,
    )
    op.create_index("uq_chat_queue_chat_id", "chat_queue", ["chat_id"], unique=True)
    op.create_table(
        "credit_transfers",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("debit_account", sa.Text(), nullable=False),
        sa.Column("credit_account", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("bonus_amount", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=True),
        sa.Column("price_factors", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(debit_account = 'wallet') <> (credit_account = 'wallet')",
            name=op.f("ck_credit_transfers_one_side_is_a_wallet"),
        ),
        sa.CheckConstraint(
            "(kind = 'message_charge' AND debit_account = 'wallet' AND credit_account = 'usage') OR (kind = 'message_refund' AND debit_account = 'refunds') OR (kind IN ('welcome_bonus', 'bonus') AND debit_account = 'bonus' AND bonus_amount = amount) OR (kind = 'purchase' AND debit_account = 'sales') OR (kind = 'deduction' AND credit_account = 'forfeited')",
            name=op.f("ck_credit_transfers_kind_fits_accounts"),
        ),
        sa.CheckConstraint(
            "(kind = 'message_charge') = (price_factors IS NOT NULL)",
            name=op.f("ck_credit_transfers_charges_keep_factors"),
        ),
        sa.CheckConstraint(
            "credit_account IN ('wallet', 'sales', 'usage', 'bonus', 'refunds', 'forfeited')",
            name=op.f("ck_credit_transfers_credit_account"),
        ),
        sa.CheckConstraint(
            "debit_account IN ('wallet', 'sales', 'usage', 'bonus', 'refunds', 'forfeited')",
            name=op.f("ck_credit_transfers_debit_account"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_transfers_amount_positive")),
        sa.CheckConstraint(
            "bonus_amount BETWEEN 0 AND amount",
            name=op.f("ck_credit_transfers_bonus_within_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_credit_transfers_chat_id")
        ),
        sa.ForeignKeyConstraint(
            ["real_user_id"],
            ["real_users.id"],
            name=op.f("fk_credit_transfers_real_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_transfers")),
    )
    op.create_index(
        "ix_credit_transfers_chat_id",
        "credit_transfers",
        ["chat_id"],
        unique=False,
        postgresql_where=sa.text("chat_id IS NOT NULL"),
    )
    op.create_index(
        "ix_credit_transfers_real_user_id",
        "credit_transfers",
        ["real_user_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_credit_transfers_cause",
        "credit_transfers",
        ["kind", "cause_id"],
        unique=True,
    )
    op.create_table(
        "message_drafts",
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "char_length(content) BETWEEN 1 AND 1000",
            name=op.f("ck_message_drafts_content_length"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_message_drafts_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_message_drafts_chat_id")),
        sa.PrimaryKeyConstraint("chat_id", "account_id", name=op.f("pk_message_drafts")),
    )
    op.create_index("ix_message_drafts_account_id", "message_drafts", ["account_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("changed_seq", sa.Integer(), nullable=False),
        sa.Column("sender_type", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), server_default=sa.text("'text'"), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("handled_by_operator_id", sa.Uuid(), nullable=True),
        sa.Column(
            "is_free_message",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
        sa.Column("credits_charged", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_edited", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "edited_by_staff",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
        sa.Column("status", sa.Text(), server_default=sa.text("'sent'"), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("deleted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(sender_type = 'fictional') = (handled_by_operator_id IS NOT NULL)",
            name=op.f("ck_messages_replies_have_an_operator"),
        ),
        sa.CheckConstraint(
            "content_type IN ('text', 'image', 'voice', 'video', 'gif')",
            name=op.f("ck_messages_content_type"),
        ),
        sa.CheckConstraint(
            "sender_type = 'real' OR credits_charged = 0",
            name=op.f("ck_messages_receiving_is_free"),
        ),
        sa.CheckConstraint(
            "sender_type IN ('real', 'fictional')", name=op.f("ck_messages_sender_type")
        ),
        sa.CheckConstraint("status IN ('sent', 'failed')", name=op.f("ck_messages_status")),
        sa.CheckConstraint(
            "NOT (is_free_message AND credits_charged > 0)",
            name=op.f("ck_messages_free_costs_nothing"),
        ),
        sa.CheckConstraint("changed_seq >= seq AND seq > 0", name=op.f("ck_messages_seq_order")),
        sa.CheckConstraint(
            "char_length(content) BETWEEN 1 AND 1000",
            name=op.f("ck_messages_content_length"),
        ),
        sa.CheckConstraint("credits_charged >= 0", name=op.f("ck_messages_credits_charged")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_messages_chat_id")),
        sa.ForeignKeyConstraint(
            ["handled_by_operator_id"],
            ["operators.id"],
            name=op.f("fk_messages_handled_by_operator_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index(
        "ix_messages_chat_id_changed_seq",
        "messages",
        ["chat_id", "changed_seq"],
        unique=False,
    )
    op.create_index("ix_messages_chat_id_id", "messages", ["chat_id", "id"], unique=False)
    op.create_index(
        "ix_messages_handled_by_operator_id",
        "messages",
        ["handled_by_operator_id", "id"],
        unique=False,
    )
    op.create_table(
        "profile_note_history",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["profile_notes.id"],
            name=op.f("fk_profile_note_history_note_id"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by"],
            ["accounts.id"],
            name=op.f("fk_profile_note_history_written_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_note_history")),
    )
    op.create_index(
        "ix_profile_note_history_note_id",
        "profile_note_history",
        ["note_id"],
        unique=False,
    )
    op.create_index(
        "ix_profile_note_history_written_by",
        "profile_note_history",
        ["written_by"],
        unique=False,
    )
    op.create_table(
        "send_requests",
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("free_messages_used", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("seq > 0", name=op.f("ck_send_requests_seq")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_send_requests_chat_id")),
        sa.PrimaryKeyConstraint(
            "chat_id", "client_id", "account_id", name=op.f("pk_send_requests")
        ),
    )
    op.create_index(
        "ix_send_requests_created_at",
        "send_requests",
        ["created_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.get_bind().exec_driver_sql((SQL / "baseline_after.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    _run("baseline_undo_before.sql")
    op.drop_index(
        "ix_send_requests_created_at",
        table_name="send_requests",
        postgresql_using="brin",
    )
    op.drop_table("send_requests")
    op.drop_index("ix_profile_note_history_written_by", table_name="profile_note_history")
    op.drop_index("ix_profile_note_history_note_id", table_name="profile_note_history")
    op.drop_table("profile_note_history")
    op.drop_index("ix_messages_handled_by_operator_id", table_name="messages")
    op.drop_index("ix_messages_chat_id_id", table_name="messages")
    op.drop_index("ix_messages_chat_id_changed_seq", table_name="messages")
    op.drop_table("messages")
    op.drop_index("ix_message_drafts_account_id", table_name="message_drafts")
    op.drop_table("message_drafts")
    op.drop_index("uq_credit_transfers_cause", table_name="credit_transfers")
    op.drop_index("ix_credit_transfers_real_user_id", table_name="credit_transfers")
    op.drop_index(
        "ix_credit_transfers_chat_id",
        table_name="credit_transfers",
        postgresql_where=sa.text("chat_id IS NOT NULL"),
    )
    op.drop_table("credit_transfers")
    op.drop_index("uq_chat_queue_chat_id", table_name="chat_queue")
    op.drop_index("ix_chat_queue_preferred_operator_id", table_name="chat_queue")
    op.drop_table("chat_queue")
    op.drop_index(
        "uq_chat_assignments_one_holder",
        table_name="chat_assignments",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("uq_chat_assignments_chat_id_number", table_name="chat_assignments")
    op.drop_index("ix_chat_assignments_operator_id", table_name="chat_assignments")
    op.drop_table("chat_assignments")
    op.drop_index("uq_transactions_provider_reference", table_name="transactions")
    op.drop_index("ix_transactions_status", table_name="transactions")
    op.drop_index("ix_transactions_real_user_id", table_name="transactions")
    op.drop_table("transactions")
    op.drop_index("uq_profile_notes_real_user_id", table_name="profile_notes")
    op.drop_index("uq_profile_notes_fictional_user_id", table_name="profile_notes")
    op.drop_index("ix_profile_notes_updated_by", table_name="profile_notes")
    op.drop_table("profile_notes")
    op.drop_index(
        "ix_chats_waiting",
        table_name="chats",
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
    )
    op.drop_index("ix_chats_status_last_message", table_name="chats")
    op.drop_index("ix_chats_inbox", table_name="chats")
    op.drop_index("ix_chats_fictional_user_id", table_name="chats")
    op.drop_index(
        "ix_chats_assigned",
        table_name="chats",
        postgresql_where=sa.text("assigned_operator_id IS NOT NULL"),
    )
    op.drop_table("chats")
    op.drop_index("ix_system_settings_history_key", table_name="system_settings_history")
    op.drop_index("ix_system_settings_history_changed_by", table_name="system_settings_history")
    op.drop_table("system_settings_history")
    op.drop_index("uq_sessions_token_hash", table_name="sessions")
    op.drop_index("ix_sessions_expires_at", table_name="sessions")
    op.drop_index("ix_sessions_account_id", table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("uq_real_users_username", table_name="real_users")
    op.drop_index("ix_real_users_tier", table_name="real_users")
    op.drop_index("ix_real_users_last_active", table_name="real_users")
    op.drop_table("real_users")
    op.drop_index("uq_operators_email", table_name="operators")
    op.drop_index("ix_operators_specializations", table_name="operators", postgresql_using="gin")
    op.drop_index("ix_operators_quality", table_name="operators")
    op.drop_index(
        "ix_operators_available",
        table_name="operators",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_table("operators")
    op.drop_index("ix_consents_account_id", table_name="consents")
    op.drop_table("consents")
    op.drop_index("ix_audit_log_subject", table_name="audit_log")
    op.drop_index("ix_audit_log_actor_id", table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_index("uq_admins_email", table_name="admins")
    op.drop_table("admins")
    op.drop_table("system_settings")
    op.drop_index("ix_security_audit_log_account_id", table_name="security_audit_log")
    op.drop_table("security_audit_log")
    op.drop_index(
        "ix_outbox_due",
        table_name="outbox",
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_table("outbox")
    op.drop_index(
        "ix_job_runs_open",
        table_name="job_runs",
        postgresql_where=sa.text("status IN ('claimed', 'enqueued', 'running')"),
    )
    op.drop_index("ix_job_runs_name_due_at", table_name="job_runs")
    op.drop_table("job_runs")
    op.drop_index("uq_fictional_users_slug", table_name="fictional_users")
    op.drop_index("ix_fictional_users_tags", table_name="fictional_users", postgresql_using="gin")
    op.drop_index(
        "ix_fictional_users_search",
        table_name="fictional_users",
        postgresql_using="gin",
    )
    op.drop_index(
        "ix_fictional_users_recommended",
        table_name="fictional_users",
        postgresql_where=sa.text("is_active AND deleted_at IS NULL"),
    )
    op.drop_index(
        "ix_fictional_users_name_trgm",
        table_name="fictional_users",
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.drop_table("fictional_users")
    op.drop_index(
        "uq_admin_notifications_subject",
        table_name="admin_notifications",
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.drop_index(
        "ix_admin_notifications_open",
        table_name="admin_notifications",
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.drop_table("admin_notifications")
    op.drop_index("uq_accounts_login", table_name="accounts")
    op.drop_table("accounts")
    _run("baseline_undo_after.sql")
