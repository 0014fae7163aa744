"""Every database role against every table and command, on the real database.

The expected rights are written out here by hand, from what the product says about who may know and
do what, not from ``models/access.py``: the two must agree because both are right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.types.json import Jsonb

from fantooo.models import Base
from tests.conftest import _end, _make_app
from tests.integration.world import World, build
from tests.support.cluster import Place

ROLES = ("none", "public", "user", "operator", "admin", "system")

#: S I U D: all rows. s i u d: only rows that are one's own (OWN says which). A star: some columns
#: only (COLUMNS says which). Empty: nothing at all. Role "none" is the login before it took a role.
#:                        public   user        operator    admin    system
MATRIX: dict[str, tuple[str, str, str, str, str]] = {
    "accounts":            ("",     "",         "",         "S*",    "S I U D"),
    "sessions":            ("",     "s*",       "",         "",      "S I U D"),
    "consents":            ("",     "s",        "",         "S",     "S I"),
    "real_users":          ("",     "s u*",     "s*",       "S",     "S I U*"),
    "operators":           ("",     "",         "s u*",     "S",     "S I U D"),
    "admins":              ("",     "",         "",         "S",     "S I U D"),
    "fictional_users":     ("s*",   "s*",       "S",        "S",     "S I U D"),
    "search_terms":        ("S",    "S",        "S",        "S",     "S I"),
    "media":               ("s*",   "s*",       "s*",       "S",     "S I U D"),
    "user_photos":         ("",     "s i u* d", "s",        "S",     "S U* D"),
    "favorites":           ("",     "s i d",    "",         "",      "S D"),
    "profile_views":       ("",     "s i u*",   "",         "",      "S D"),
    "package_views":       ("",     "s i",      "",         "",      "S D"),
    "chat_ratings":        ("",     "s i u*",   "",         "S",     "S D"),
    "chats":               ("",     "s i* u*",  "s u*",     "S",     "S I U D"),
    "messages":            ("",     "s* u*",    "s",        "S*",    "S I U*"),
    "send_requests":       ("",     "",         "",         "",      "S D"),
    "message_drafts":      ("",     "s i u d",  "s i u d",  "",      "S D"),
    "profile_notes":       ("",     "",         "s i u",    "S",     "S I D"),
    "profile_note_history":("",     "",         "i",        "S",     "S D"),
    "chat_queue":          ("",     "",         "S*",       "S",     "S I U D"),
    "chat_assignments":    ("",     "",         "s",        "S",     "S I U D"),
    "credit_transfers":    ("",     "s",        "",         "S",     "S I"),
    "transactions":        ("",     "s",        "",         "S",     "S I U*"),
    "credit_packages":     ("",     "S",        "",         "S",     "S I U D"),
    "promo_codes":         ("",     "",         "",         "S",     "S I U*"),
    "promo_redemptions":   ("",     "",         "",         "S",     "S I U*"),
    "idempotency_keys":    ("",     "",         "",         "",      "S I D"),
    "webhook_events":      ("",     "",         "",         "S*",    "S I U*"),
    "receipts":            ("",     "s",        "",         "S",     "S I"),
    "loyalty_entries":     ("",     "s",        "",         "S",     "S I"),
    "reconciliation_runs": ("",     "",         "",         "S",     "S I U*"),
    "reconciliation_exceptions": ("", "",       "",         "S",     "S I U*"),
    "spending_limits":     ("",     "s",        "",         "S",     "S I U*"),
    "limit_changes":       ("",     "s",        "",         "S",     "S I"),
    "account_pauses":      ("",     "s",        "",         "S",     "S I U*"),
    "exclusion_marks":     ("",     "",         "",         "",      "S I D"),
    "payer_marks":         ("",     "",         "",         "",      "S I D"),
    "active_stretches":    ("",     "s i u*",   "",         "",      "S D"),
    "credit_refunds":      ("",     "s*",       "",         "S",     "S I U*"),
    "approvals":           ("",     "s*",       "",         "S",     "S I U*"),
    "disputes":            ("",     "",         "",         "S",     "S I U*"),
    "data_requests":       ("",     "",         "",         "S",     "S I U*"),
    "deleted_users":       ("",     "",         "",         "S",     "S I U*"),
    "system_settings":     ("S",    "S",        "S",        "S",     "S I U"),
    "system_settings_history": ("", "",         "",         "S",     "S I"),
    "audit_log":           ("",     "",         "i",        "S i",   "S I"),
    "security_audit_log":  ("",     "",         "",         "S",     "S I"),
    "outbox":              ("",     "I",        "I",        "I",     "S I U D"),
    "job_runs":            ("",     "",         "",         "S",     "S I U D"),
    "admin_notifications": ("",     "",         "",         "S",     "S I U D"),
}  # fmt: skip

#: which rows are whose, by table and role; {me} is the account
OWN = {
    ("sessions", "user"): "account_id = {me}",
    ("consents", "user"): "account_id = {me}",
    ("real_users", "user"): "id = {me}",
    ("real_users", "operator"): "id IN (SELECT real_user_id FROM chats WHERE assigned_operator_id = {me})",
    ("operators", "operator"): "id = {me}",
    ("fictional_users", "public"): "is_active AND deleted_at IS NULL",
    ("fictional_users", "user"): "is_active AND deleted_at IS NULL"
    " OR id IN (SELECT fictional_user_id FROM chats WHERE real_user_id = {me})",
    ("media", "public"): "kind = 'character'",
    ("media", "user"): "kind = 'character'",
    ("media", "operator"): "kind = 'character'",
    ("user_photos", "user"): "real_user_id = {me}",
    ("user_photos", "operator"): "real_user_id IN (SELECT real_user_id FROM chats WHERE assigned_operator_id = {me})",
    ("favorites", "user"): "real_user_id = {me}",
    ("profile_views", "user"): "real_user_id = {me}",
    ("package_views", "user"): "real_user_id = {me}",
    ("chat_ratings", "user"): "real_user_id = {me}",
    ("chats", "user"): "real_user_id = {me}",
    ("chats", "operator"): "assigned_operator_id = {me}",
    ("messages", "user"): "chat_id IN (SELECT id FROM chats WHERE real_user_id = {me})",
    ("messages", "operator"): "chat_id IN (SELECT id FROM chats WHERE assigned_operator_id = {me})",
    ("message_drafts", "user"): "account_id = {me}",
    ("message_drafts", "operator"): "account_id = {me}",
    ("profile_notes", "operator"): "real_user_id IN (SELECT real_user_id FROM chats WHERE assigned_operator_id = {me})"
    " OR fictional_user_id IN (SELECT fictional_user_id FROM chats WHERE assigned_operator_id = {me})",
    ("profile_note_history", "operator"): "note_id IN (SELECT id FROM profile_notes WHERE"
    " real_user_id IN (SELECT real_user_id FROM chats WHERE assigned_operator_id = {me})"
    " OR fictional_user_id IN (SELECT fictional_user_id FROM chats WHERE assigned_operator_id = {me}))",
    ("chat_assignments", "operator"): "operator_id = {me}",
    ("credit_transfers", "user"): "real_user_id = {me}",
    ("transactions", "user"): "real_user_id = {me}",
    ("receipts", "user"): "real_user_id = {me}",
    ("loyalty_entries", "user"): "real_user_id = {me}",
    ("spending_limits", "user"): "real_user_id = {me}",
    ("limit_changes", "user"): "real_user_id = {me}",
    ("account_pauses", "user"): "real_user_id = {me}",
    ("active_stretches", "user"): "real_user_id = {me}",
    ("credit_refunds", "user"): "user_id = {me}",
    ("approvals", "user"): "user_id = {me} AND kind = 'withdrawal'",
    ("audit_log", "operator"): "actor_id = {me}",
    ("audit_log", "admin"): "actor_id = {me}",
}  # fmt: skip

#: where a command reaches fewer rows than reading does
OWN_FOR = {
    ("messages", "user", "U"): "sender_type = 'real'"
    " AND chat_id IN (SELECT id FROM chats WHERE real_user_id = {me})",
}  # fmt: skip

CARD = (
    "id slug name age gender location tagline bio personality_traits interests occupation education"
    " relationship_status profile_pictures response_style tags category popularity_score is_active"
    " is_featured featured_until favorite_count rating_average rating_count response_seconds search"
    " search_words created_at deleted_at"
)
#: what is seen of these does not depend on who one is alone
NOBODYS = ("fictional_users", "media")
PICTURE = "name kind width height placeholder widths"
#: where a star stands: exactly these columns
COLUMNS = {
    ("accounts", "admin", "S"): "id role is_active last_login_at created_at",
    ("sessions", "user", "S"): "id account_id user_agent created_at last_seen_at expires_at",
    ("real_users", "user", "U"): "display_name bio location latitude longitude looking_for language"
    " theme notify_push notify_email show_online show_place",
    ("real_users", "operator", "S"): "id display_name age age_given_on gender location_shown bio"
    " language user_tier show_online created_at",
    ("real_users", "system", "U"): "credits bonus_credits last_active_at is_banned ban_reason"
    " banned_until total_spent user_tier loyalty_points language email_sealed email_hash email_confirmed_at"
    " email_refused_at paused_until"
    " self_excluded_until spending_frozen_reason owed_credits username display_name age age_given_on"
    " gender looking_for location latitude longitude bio theme notify_push notify_email show_online"
    " show_place deletion_due_at deleted_at unseen_payment_id",
    ("user_photos", "user", "U"): "widths is_main",
    ("user_photos", "system", "U"): "widths",
    ("messages", "system", "U"): "content deleted_at",
    ("data_requests", "system", "U"): "status deleted_user_id ended_at reason",
    ("deleted_users", "system", "U"): "refund_amount refund_processed data_anonymized"
    " messages_anonymized",
    ("operators", "operator", "U"): "is_available availability_reason away_since last_activity"
    " auto_next",
    ("fictional_users", "public", "S"): CARD,
    ("fictional_users", "user", "S"): CARD,
    ("media", "public", "S"): PICTURE,
    ("media", "user", "S"): PICTURE,
    ("media", "operator", "S"): PICTURE,
    ("profile_views", "user", "U"): "viewed_at",
    ("chat_ratings", "user", "U"): "stars rated_at",
    ("chats", "user", "I"): "real_user_id fictional_user_id",
    ("chats", "user", "U"): "event_seq user_read_seq user_delivered_seq",
    ("chats", "operator", "U"): "event_seq operator_read_seq operator_delivered_seq language",
    ("messages", "user", "S"): "id chat_id seq changed_seq sender_type content content_type client_id"
    " is_free_message credits_charged is_edited edited_by_staff status created_at deleted_at",
    ("messages", "user", "U"): "changed_seq deleted_at",
    ("messages", "admin", "S"): "id chat_id sender_type credits_charged created_at",
    ("chat_queue", "operator", "S"): "id priority priority_score score_parts entered_queue_at held_back",
    ("transactions", "system", "U"): "status failure_reason completed_at failed_at refunded_at provider_response"
    " checkout_url webhook_received_count last_webhook_at needs_manual_review review_reason"
    " reviewed_by reviewed_at",
    ("promo_codes", "system", "U"): "is_active",
    ("promo_redemptions", "system", "U"): "status settled_at",
    ("credit_refunds", "user", "S"): "id user_id amount reason message_id chat_id words notes status"
    " requested_by_user created_at processed_at",
    ("credit_refunds", "system", "U"): "status reason processed_by processed_at notes words",
    ("approvals", "user", "S"): "id kind subject_id user_id amount unit status created_at decided_at",
    ("approvals", "system", "U"): "status decided_by decided_at decision_reason",
    ("disputes", "system", "U"): "status provider_status due_at resolution refund_id owed_credits"
    " evidence_sent_at resolved_at",
    ("webhook_events", "admin", "S"): "id provider event_key event reference received_count status"
    " error received_at last_received_at processed_at",
    ("webhook_events", "system", "U"): "received_count last_received_at status error processed_at raw",
    ("reconciliation_runs", "system", "U"): "finished_at payments_seen credited exceptions",
    ("reconciliation_exceptions", "system", "U"): "resolved_at resolved_by resolution",
    ("spending_limits", "system", "U"): "amount pending_amount pending_removal pending_since",
    ("account_pauses", "system", "U"): "ended_on_request_at",
    ("active_stretches", "user", "U"): "began_at last_at active_seconds",
}  # fmt: skip

#: said once more in words, because these matter most: nobody of the role can read the column
NEVER_READ = {
    "public": ["real_users", "chats", "messages", "operators", "admins", "accounts", "sessions"],
    "user": ["operators", "admins", "accounts", "profile_notes", "profile_note_history",
             "promo_codes", "promo_redemptions"],
    "operator": ["admins", "accounts", "sessions", "transactions", "credit_transfers", "send_requests",
                 "receipts", "loyalty_entries", "webhook_events", "spending_limits", "limit_changes",
                 "account_pauses", "exclusion_marks", "payer_marks", "active_stretches",
                 "credit_refunds", "approvals", "disputes"],
    "admin": ["sessions", "send_requests", "message_drafts", "exclusion_marks", "payer_marks",
              "active_stretches"],
}  # fmt: skip
HIDDEN = [
    ("user", "messages", "handled_by_operator_id"),
    ("user", "fictional_users", "personality_guidelines"),
    ("user", "fictional_users", "response_templates"),
    ("public", "fictional_users", "personality_guidelines"),
    ("public", "fictional_users", "response_templates"),
    ("operator", "real_users", "credits"),
    ("operator", "real_users", "bonus_credits"),
    ("operator", "real_users", "total_spent"),
    ("operator", "real_users", "loyalty_points"),
    ("admin", "webhook_events", "raw"),
    ("operator", "real_users", "paused_until"),
    ("operator", "real_users", "self_excluded_until"),
    ("operator", "real_users", "spending_frozen_reason"),
    ("operator", "real_users", "unseen_payment_id"),
    ("operator", "real_users", "username"),
    ("operator", "real_users", "location"),
    ("operator", "real_users", "latitude"),
    ("operator", "real_users", "email_sealed"),
    ("operator", "real_users", "email_hash"),
    ("operator", "real_users", "email_confirmed_at"),
    ("operator", "real_users", "email_refused_at"),
    ("user", "sessions", "token_hash"),
    ("operator", "chat_queue", "chat_id"),
    ("operator", "chat_queue", "user_lifetime_value"),
    ("user", "credit_refunds", "processed_by"),
    ("user", "approvals", "requested_by"),
    ("admin", "messages", "content"),
    ("admin", "accounts", "password_hash"),
    ("admin", "accounts", "login"),
]
COMMANDS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}


class Bed:
    """The world's database, asked as one of the roles."""

    def __init__(self, place: Place, name: str, world: World) -> None:
        self.world = world
        self.superuser = place.connect(name)
        self.login = psycopg.connect(host=place.sockets, user="fantooo_app", dbname=name)
        self.me = {
            "user": world.anna.account_id,
            "operator": world.olga.account_id,
            "admin": world.admin.account_id,
        }
        self.columns = {
            name: [column.name for column in table.columns] for name, table in Base.metadata.tables.items()
        }  # fmt: skip
        self.computed = {
            (table.name, column.name)
            for table in Base.metadata.tables.values()
            for column in table.columns
            if column.computed is not None or column.identity is not None
        }

    def close(self) -> None:
        self.superuser.close()
        self.login.close()

    def count(self, table: str, where: str = "true") -> int:
        row = self.superuser.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()  # type: ignore[arg-type]
        assert row
        return int(row[0])

    def own(self, table: str, role: str, letter: str = "S") -> str:
        rows = OWN_FOR.get((table, role, letter)) or OWN[table, role]
        return rows.replace("{me}", f"'{self.me.get(role)}'")

    def ask(self, role: str, statement: str, values: Any = None) -> psycopg.Cursor[Any]:
        """Runs a statement as a role would, and undoes it."""
        cursor = self.login.cursor()
        try:
            if role != "none":
                cursor.execute(
                    "SELECT set_config('role', %s, true), set_config('app.account_id', %s, true)",
                    (f"fantooo_{role}", str(self.me.get(role, ""))),
                )
            cursor.execute(statement, values)  # type: ignore[call-overload]
            return cursor
        finally:
            self.login.rollback()


@pytest.fixture(scope="module")
def bed(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    name = place.clone()
    app = _make_app(place, name, tmp_path_factory.mktemp("world"))
    with app.app_context(), place.connect(name) as connection:
        world = build(connection)
    made = Bed(place, name, world)
    yield made
    made.close()
    _end(app)
    place.drop(name)


def rights(table: str, role: str) -> dict[str, tuple[bool, bool]]:
    """Letter -> (own rows only, some columns only)."""
    if role == "none":
        return {}
    cell = MATRIX[table][ROLES.index(role) - 1]
    return {word[0].upper(): (word[0].islower(), word.endswith("*")) for word in cell.split()}


def columns_of(bed: Bed, table: str, role: str, letter: str) -> list[str]:
    """The columns a role has for a command it holds."""
    if rights(table, role)[letter][1]:
        return COLUMNS[table, role, letter].split()
    return bed.columns[table]


def test_the_matrix_has_every_table(bed: Bed) -> None:
    found = bed.superuser.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition"
        " AND relname NOT IN ('alembic_version', 'pg_stat_statements', 'pg_stat_statements_info')"
    ).fetchall()
    assert {row[0] for row in found} == set(MATRIX) == set(Base.metadata.tables)


def test_every_table_holds_rows_of_several_people(bed: Bed) -> None:
    """Else counting rows would prove nothing."""
    assert [table for table in MATRIX if bed.count(table) == 0] == []
    for table, role in OWN:
        mine, all_rows = bed.count(table, bed.own(table, role)), bed.count(table)
        assert 0 < mine < all_rows, (table, role, mine, all_rows)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", MATRIX)
def test_select(bed: Bed, table: str, role: str) -> None:
    held = rights(table, role)
    if "S" not in held:
        for column in bed.columns[table]:
            with pytest.raises(errors.InsufficientPrivilege):
                bed.ask(role, f"SELECT {column} FROM {table}")
        with pytest.raises(errors.InsufficientPrivilege):
            bed.ask(role, f"SELECT count(*) FROM {table}")
        return
    own_only, some_columns = held["S"]
    allowed = columns_of(bed, table, role, "S")
    # No WHERE: whoever forgets it still sees only this.
    seen = bed.ask(role, f"SELECT {', '.join(allowed)} FROM {table}").rowcount
    expected = bed.own(table, role) if own_only else "true"
    assert seen == bed.count(table, expected)
    for column in set(bed.columns[table]) - set(allowed):
        with pytest.raises(errors.InsufficientPrivilege):
            bed.ask(role, f"SELECT {column} FROM {table}")
    if some_columns:
        with pytest.raises(errors.InsufficientPrivilege):
            bed.ask(role, f"SELECT * FROM {table}")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", MATRIX)
def test_insert(bed: Bed, table: str, role: str) -> None:
    """Rows that exist are offered again: past the policy they meet the unique key, else they do not."""
    held = rights(table, role)
    writable = [c for c in bed.columns[table] if (table, c) not in bed.computed]
    rows = bed.superuser.execute(f"SELECT to_jsonb(t), t.* FROM {table} AS t LIMIT 50").fetchall()  # type: ignore[arg-type]
    if "I" not in held:
        for column in writable:
            with pytest.raises(errors.InsufficientPrivilege):
                bed.ask(role, f"INSERT INTO {table} ({column}) SELECT NULL WHERE false")
        return
    own_only, _some = held["I"]
    allowed = [c for c in columns_of(bed, table, role, "I") if c in writable]
    for column in set(writable) - set(allowed):
        with pytest.raises(errors.InsufficientPrivilege):
            bed.ask(role, f"INSERT INTO {table} ({column}) SELECT NULL WHERE false")
    mine = {True: 0, False: 0}
    names = ", ".join(allowed)
    for row in rows:
        is_own = not own_only or _is_own(bed, table, role, row[0])
        mine[is_own] += 1
        statement = f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{table}, %s)"
        if is_own:
            try:
                bed.ask(role, statement, (Jsonb(row[0]),))
            except (errors.UniqueViolation, errors.NotNullViolation):
                pass  # past the policy: constraints are looked at after it
        else:
            with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
                bed.ask(role, statement, (Jsonb(row[0]),))
    assert mine[True] > 0
    if own_only:
        assert mine[False] > 0


def _is_own(bed: Bed, table: str, role: str, row: dict[str, Any]) -> bool:
    found = bed.superuser.execute(
        sql.SQL("SELECT {} FROM jsonb_populate_record(NULL::{}, %s) AS t").format(
            sql.SQL(bed.own(table, role)),  # type: ignore[arg-type]
            sql.Identifier(table),
        ),
        (Jsonb(row),),
    ).fetchone()
    assert found
    return bool(found[0])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", MATRIX)
def test_update(bed: Bed, table: str, role: str) -> None:
    held = rights(table, role)
    writable = [c for c in bed.columns[table] if (table, c) not in bed.computed]
    allowed = columns_of(bed, table, role, "U") if "U" in held else []
    for column in writable:
        statement = f"UPDATE {table} SET {column} = {column}"
        if column not in allowed:
            with pytest.raises(errors.InsufficientPrivilege):
                bed.ask(role, statement)
    if not allowed:
        return
    own_only = held["U"][0]
    expected = bed.count(table, bed.own(table, role, "U") if own_only else "true")
    for column in [c for c in allowed if c in writable]:
        assert bed.ask(role, f"UPDATE {table} SET {column} = {column}").rowcount == expected


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", MATRIX)
def test_delete(bed: Bed, table: str, role: str) -> None:
    held = rights(table, role)
    if "D" not in held:
        with pytest.raises(errors.InsufficientPrivilege):
            bed.ask(role, f"DELETE FROM {table}")
        return
    own_only = held["D"][0]
    expected = bed.count(table, bed.own(table, role) if own_only else "true")
    try:
        assert bed.ask(role, f"DELETE FROM {table}").rowcount == expected
    except (errors.ForeignKeyViolation, errors.RestrictViolation):
        assert role == "system", "allowed, but rows still point there"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", MATRIX)
def test_truncate_is_for_nobody(bed: Bed, table: str, role: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        bed.ask(role, f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(("role", "table", "column"), HIDDEN)
def test_hidden_columns(bed: Bed, role: str, table: str, column: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        bed.ask(role, f"SELECT {column} FROM {table}")
    # Nor by way of a condition, an order or a whole row.
    for clause in (
        f"SELECT 1 FROM {table} WHERE {column} IS NOT NULL",
        f"SELECT 1 FROM {table} ORDER BY {column}",
        f"SELECT {table} FROM {table}",
        f"SELECT to_jsonb({table}) FROM {table}",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            bed.ask(role, clause)


@pytest.mark.parametrize(
    ("role", "table"), [(role, table) for role, tables in NEVER_READ.items() for table in tables]
)
def test_tables_a_role_never_reads(bed: Bed, role: str, table: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        bed.ask(role, f"SELECT 1 FROM {table}")


@pytest.mark.parametrize("role", ["user", "operator"])
def test_a_row_cannot_be_given_away(bed: Bed, role: str) -> None:
    """WITH CHECK: what is mine stays mine, and nothing of others becomes mine."""
    column = {"user": "real_user_id", "operator": "assigned_operator_id"}[role]
    with pytest.raises(errors.InsufficientPrivilege):
        bed.ask(role, f"UPDATE chats SET {column} = uuidv7()")
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        bed.ask(role, "UPDATE message_drafts SET account_id = %s", (bed.world.ben.account_id,))
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        bed.ask(role, "UPDATE message_drafts SET chat_id = %s", (bed.world.waiting,))


@pytest.mark.parametrize("role", ["public", "user", "operator", "admin", "system"])
def test_without_an_account_there_are_no_own_rows(bed: Bed, role: str) -> None:
    """A transaction whose identity was forgotten sees nobody's rows, not everybody's."""
    cursor = bed.login.cursor()
    try:
        cursor.execute("SELECT set_config('role', %s, true)", (f"fantooo_{role}",))
        for table, asked in OWN:
            if asked != role or table in NOBODYS or "S" not in rights(table, role):
                continue
            if not rights(table, role)["S"][0]:
                continue
            cursor.execute(f"SELECT count({columns_of(bed, table, role, 'S')[0]}) FROM {table}")  # type: ignore[arg-type]
            assert cursor.fetchone() == (0,), table
    finally:
        bed.login.rollback()


@pytest.mark.parametrize(
    "role",
    [
        "fantooo_owner",
        "fantooo_sender",
        "fantooo_auth",
        "fantooo_finder",
        "fantooo_deploy",
        "postgres",
    ],
)
def test_the_login_cannot_become_more(bed: Bed, role: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        bed.ask("none", f"SET ROLE {role}")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (a int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE chats DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE credit_transfers DISABLE TRIGGER ALL",
        "DROP POLICY user_select ON chats",
        "SET session_replication_role = replica",
        "COPY chats TO '/tmp/x'",
        "SELECT pg_read_file('PG_VERSION')",
    ],
)
@pytest.mark.parametrize("role", ROLES)
def test_no_role_can_change_the_house(bed: Bed, role: str, statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedObject)):
        bed.ask(role, statement)


def test_partitions_are_reached_through_their_parent_only(bed: Bed) -> None:
    partitions = [
        row[0]
        for row in bed.superuser.execute(
            "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    ]
    assert len(partitions) >= 4
    for partition in partitions:
        for role in ROLES:
            for command in ("SELECT 1 FROM {}", "DELETE FROM {}", "UPDATE {} SET seq = seq"):
                with pytest.raises(errors.InsufficientPrivilege):
                    bed.ask(role, command.format(partition))


APPEND_ONLY = (
    "credit_transfers", "audit_log", "security_audit_log", "system_settings_history", "consents",
)  # fmt: skip
REFUSED = [(table, verb) for table in APPEND_ONLY for verb in ("UPDATE", "DELETE")]
# What was written about somebody goes when they leave; it is never changed.
REFUSED.append(("profile_note_history", "UPDATE"))


@pytest.mark.parametrize("table", (*APPEND_ONLY, "profile_note_history", "receipts"))
def test_what_is_append_only_cannot_be_emptied(bed: Bed, table: str) -> None:
    for role in ("fantooo_owner", "postgres"):
        with bed.superuser.transaction(force_rollback=True):
            bed.superuser.execute(f"SET LOCAL ROLE {role}")  # type: ignore[arg-type]
            with pytest.raises(errors.RestrictViolation), bed.superuser.transaction():
                bed.superuser.execute(f"TRUNCATE {table} CASCADE")  # type: ignore[arg-type]


@pytest.mark.parametrize(("table", "verb"), REFUSED)
def test_what_is_append_only_refuses_even_its_owner(bed: Bed, table: str, verb: str) -> None:
    column = bed.columns[table][-1]
    statement = (
        f"UPDATE {table} SET {column} = {column}" if verb == "UPDATE" else f"DELETE FROM {table}"
    )
    for role in ("fantooo_owner", "postgres"):
        with bed.superuser.transaction(force_rollback=True):
            bed.superuser.execute(f"SET LOCAL ROLE {role}")  # type: ignore[arg-type]
            with (
                pytest.raises(errors.RestrictViolation, match=f"{table} is append-only"),
                bed.superuser.transaction(),
            ):
                bed.superuser.execute(statement)  # type: ignore[arg-type]
    for role in ROLES:
        with pytest.raises(errors.InsufficientPrivilege):
            bed.ask(role, statement)
