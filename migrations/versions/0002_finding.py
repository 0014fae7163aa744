"""Finding a character: search by stems and misspelt words, orders, favourites, views, ratings.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PUBLISHED = sa.text("is_active AND deleted_at IS NULL")
_SEARCH_0001 = (
    "to_tsvector('simple', name || ' ' || tagline || ' ' || bio || ' ' || location || ' ' || "
    "coalesce(occupation, '') || ' ' || immutable_join(tags) || ' ' || immutable_join(interests)"
    " || ' ' || immutable_join(personality_traits))"
)
_SEARCH = (
    "setweight(to_tsvector('simple', immutable_plain(name)), 'A') || "
    "setweight(to_tsvector('english', immutable_plain(location || ' ' || coalesce(occupation, '')"
    " || ' ' || immutable_join(tags) || ' ' || immutable_join(interests))), 'B') || "
    "setweight(to_tsvector('english', immutable_plain(tagline || ' ' || response_style || ' ' ||"
    " coalesce(category, '') || ' ' || immutable_join(personality_traits))), 'C') || "
    "setweight(to_tsvector('english', immutable_plain(bio || ' ' || coalesce(education, ''))), 'D')"
)
_WORDS = (
    "immutable_plain(name || ' ' || location || ' ' || coalesce(occupation, '') || ' ' ||"
    " immutable_join(tags) || ' ' || immutable_join(interests) || ' ' ||"
    " immutable_join(personality_traits) || ' ' || response_style || ' ' ||"
    " coalesce(category, ''))"
)
#: unaccent is only STABLE, because its dictionary can be changed; ours is not
_PLAIN = """
CREATE FUNCTION immutable_plain(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = public, pg_catalog
RETURN lower(unaccent('unaccent'::regdictionary, words))
"""


def _time(name: str) -> sa.Column[object]:
    return sa.Column(
        name,
        postgresql.TIMESTAMP(timezone=True),
        server_default=sa.text("now()"),
        nullable=False,
    )


def _pair_table(name: str, time: str, newest: str) -> None:
    """One row for a user and a character, with a time."""
    op.create_table(
        name,
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("fictional_user_id", sa.Uuid(), nullable=False),
        _time(time),
        sa.ForeignKeyConstraint(
            ["fictional_user_id"],
            ["fictional_users.id"],
            name=op.f(f"fk_{name}_fictional_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["real_user_id"], ["real_users.id"], name=op.f(f"fk_{name}_real_user_id")
        ),
        sa.PrimaryKeyConstraint("real_user_id", "fictional_user_id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_fictional_user_id", name, ["fictional_user_id"])
    op.create_index(newest, name, ["real_user_id", sa.text(f"{time} DESC")])


def upgrade() -> None:
    op.execute(_PLAIN)
    for column in (
        sa.Column("favorite_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rating_average", sa.Numeric(3, 2), server_default=sa.text("0"), nullable=False),
        sa.Column("rating_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("response_seconds", sa.Integer(), nullable=True),
        sa.Column("search_words", sa.Text(), sa.Computed(_WORDS, persisted=True), nullable=False),
    ):
        op.add_column("fictional_users", column)
    for name, condition in (
        ("rating_average", "rating_average BETWEEN 0 AND 5"),
        ("rating_count", "rating_count >= 0"),
        ("favorite_count", "favorite_count >= 0"),
        ("response_seconds", "response_seconds >= 0"),
    ):
        op.create_check_constraint(op.f(f"ck_fictional_users_{name}"), "fictional_users", condition)
    op.execute(f"ALTER TABLE fictional_users ALTER COLUMN search SET EXPRESSION AS ({_SEARCH})")
    op.drop_index("ix_fictional_users_recommended", table_name="fictional_users")
    op.drop_index("ix_fictional_users_name_trgm", table_name="fictional_users")
    for name, columns in (
        ("recommended", ["is_featured", "popularity_score", "id"]),
        ("rated", ["rating_average", "popularity_score", "id"]),
        ("fastest", [sa.text("coalesce(response_seconds, 2147483647)"), "id"]),
        ("new", ["id"]),
    ):
        op.create_index(
            f"ix_fictional_users_{name}", "fictional_users", columns, postgresql_where=_PUBLISHED
        )
    op.create_index(
        "ix_fictional_users_search_words",
        "fictional_users",
        ["search_words"],
        postgresql_using="gin",
        postgresql_ops={"search_words": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_fictional_users_interests", "fictional_users", ["interests"], postgresql_using="gin"
    )
    _pair_table("favorites", "created_at", "ix_favorites_newest")
    _pair_table("profile_views", "viewed_at", "ix_profile_views_newest")
    op.create_table(
        "chat_ratings",
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("real_user_id", sa.Uuid(), nullable=False),
        sa.Column("fictional_user_id", sa.Uuid(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        _time("rated_at"),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_chat_ratings_stars")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_chat_ratings_chat_id")),
        sa.ForeignKeyConstraint(
            ["fictional_user_id"],
            ["fictional_users.id"],
            name=op.f("fk_chat_ratings_fictional_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["real_user_id"], ["real_users.id"], name=op.f("fk_chat_ratings_real_user_id")
        ),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_chat_ratings")),
    )
    op.create_index("ix_chat_ratings_fictional_user_id", "chat_ratings", ["fictional_user_id"])
    op.create_index("ix_chat_ratings_real_user_id", "chat_ratings", ["real_user_id"])


def downgrade() -> None:
    op.drop_table("chat_ratings")
    op.drop_table("profile_views")
    op.drop_table("favorites")
    for name in ("interests", "search_words", "new", "fastest", "rated", "recommended"):
        op.drop_index(f"ix_fictional_users_{name}", table_name="fictional_users")
    op.execute(
        f"ALTER TABLE fictional_users ALTER COLUMN search SET EXPRESSION AS ({_SEARCH_0001})"
    )
    for name in (
        "search_words",
        "response_seconds",
        "rating_count",
        "rating_average",
        "favorite_count",
    ):
        op.drop_column("fictional_users", name)
    op.execute("DROP FUNCTION immutable_plain(text)")
    op.create_index(
        "ix_fictional_users_recommended",
        "fictional_users",
        ["gender", sa.text("is_featured DESC"), sa.text("popularity_score DESC"), "id"],
        postgresql_where=_PUBLISHED,
    )
    op.create_index(
        "ix_fictional_users_name_trgm",
        "fictional_users",
        ["name"],
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
