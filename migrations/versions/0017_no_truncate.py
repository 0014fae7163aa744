"""What is only added to cannot be emptied either, not even by the owner of the tables.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

#: every table whose rows are refused a change, by the trigger that refuses it
_EACH = """
DO $$
DECLARE
    target regclass;
BEGIN
    FOR target IN SELECT tgrelid FROM pg_trigger WHERE tgname = 'append_only' AND tgparentid = 0 LOOP
        EXECUTE format({command!r}, target);
    END LOOP;
END
$$;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(
        _EACH.format(
            command="CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %s FOR EACH STATEMENT"
            " EXECUTE FUNCTION refuse_change()"
        ).replace("%", "%%")
    )


def downgrade() -> None:
    op.get_bind().exec_driver_sql(
        _EACH.format(command="DROP TRIGGER never_emptied ON %s").replace("%", "%%")
    )
