"""The words that characters are described by, once each: what misspelt words are compared with.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TERMS = "SELECT DISTINCT unnest(tsvector_to_array(to_tsvector('simple', search_words)))"
#: a word that nobody is described by any more stays and finds nobody
_KEEP = """
CREATE FUNCTION keep_search_terms() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_catalog
AS $$
BEGIN
    INSERT INTO search_terms (word)
    SELECT unnest(tsvector_to_array(to_tsvector('simple', NEW.search_words))) ORDER BY 1
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_search_terms_of_new AFTER INSERT ON fictional_users
    FOR EACH ROW EXECUTE FUNCTION keep_search_terms();
CREATE TRIGGER keep_search_terms_of_changed AFTER UPDATE ON fictional_users
    FOR EACH ROW WHEN (OLD.search_words IS DISTINCT FROM NEW.search_words)
    EXECUTE FUNCTION keep_search_terms();
"""


def upgrade() -> None:
    op.create_table(
        "search_terms",
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_terms")),
    )
    op.create_index(
        "ix_search_terms_alike",
        "search_terms",
        ["word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.execute(f"INSERT INTO search_terms (word) {_TERMS} FROM fictional_users")
    op.get_bind().exec_driver_sql(_KEEP)
    op.drop_index("ix_fictional_users_search_words", table_name="fictional_users")


def downgrade() -> None:
    op.create_index(
        "ix_fictional_users_search_words",
        "fictional_users",
        ["search_words"],
        postgresql_using="gin",
        postgresql_ops={"search_words": "gin_trgm_ops"},
    )
    for name in ("new", "changed"):
        op.execute(f"DROP TRIGGER keep_search_terms_of_{name} ON fictional_users")
    op.execute("DROP FUNCTION keep_search_terms()")
    op.drop_table("search_terms")
