"""The SQL that makes the database's grants and policies those of ``access.TABLES``."""

from __future__ import annotations

from fantooo.models.access import APP, OWNER, ROLES, TABLES, Rule


def policy_name(rule: Rule) -> str:
    """The name of a rule's policy, for example ``user_select``."""
    return f"{rule.role.removeprefix('fantooo_')}_{rule.command.lower()}"


def _policy(table: str, rule: Rule) -> str:
    using = "" if rule.command == "INSERT" else f" USING ({rule.rows})"
    check = f" WITH CHECK ({rule.rows})" if rule.command in ("INSERT", "UPDATE") else ""
    return (
        f"CREATE POLICY {policy_name(rule)} ON {table} FOR {rule.command} TO {rule.role}"
        f"{using}{check}"
    )


def _grant(table: str, rule: Rule) -> str:
    columns = f" ({', '.join(rule.columns)})" if rule.columns else ""
    return f"GRANT {rule.command}{columns} ON {table} TO {rule.role}"


def statements() -> list[str]:
    """SQL that makes the database's grants and policies exactly those of ``TABLES``.

    It first takes everything away, so it may be run again after any change. Partitions get no
    grants at all: they are reached through their parent only.
    """
    roles = ", ".join(ROLES)
    sql = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {APP}, {roles}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {APP}, {roles}",
        (
            "DO $$ DECLARE r record; BEGIN FOR r IN SELECT policyname, tablename FROM pg_policies"
            " WHERE schemaname = 'public' LOOP EXECUTE format('DROP POLICY %I ON %I', r.policyname,"
            " r.tablename); END LOOP; END $$"
        ),
        f"GRANT USAGE ON SCHEMA public TO {APP}, {roles}",
    ]
    for table, rules in TABLES.items():
        sql += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            # FORCE binds the owner too: without this, data migrations would touch 0 rows in silence.
            f"CREATE POLICY owner_all ON {table} TO {OWNER} USING (true) WITH CHECK (true)",
        ]
        for rule in rules:
            sql += [_policy(table, rule), _grant(table, rule)]
    return sql
