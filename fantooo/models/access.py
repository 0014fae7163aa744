"""Who may do what with which rows and columns: the one table of data behind all grants and policies.

``access_sql`` turns it into SQL, ``flask db upgrade`` applies it, a catalogue test compares the
database with it. The roles stop a forgotten WHERE, not SQL injection: the one login can take each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Command = Literal["SELECT", "INSERT", "UPDATE", "DELETE"]

PUBLIC, USER, OPERATOR, ADMIN, SYSTEM = (
    "fantooo_public",
    "fantooo_user",
    "fantooo_operator",
    "fantooo_admin",
    "fantooo_system",
)
SENDER, AUTH, FINDER = "fantooo_sender", "fantooo_auth", "fantooo_finder"
OWNER, APP = "fantooo_owner", "fantooo_app"
#: roles a request's or job's transaction may take
VIEWER_ROLES = (PUBLIC, USER, OPERATOR, ADMIN, SYSTEM)
ROLES = (*VIEWER_ROLES, SENDER, AUTH, FINDER)

#: wrapped in a sub-select so that it is computed once a statement, not once a row
ME = "(SELECT app_account_id())"


@dataclass(frozen=True)
class Rule:
    """One role's right to one command on one table: which rows, which columns (None: all)."""

    role: str
    command: Command
    rows: str = "true"
    columns: tuple[str, ...] | None = None


def _all(*roles: str) -> tuple[Rule, ...]:
    commands: tuple[Command, ...] = ("SELECT", "INSERT", "UPDATE", "DELETE")
    return tuple(Rule(role, command) for role in roles for command in commands)


def _append(*roles: str, read: bool = True) -> tuple[Rule, ...]:
    """Rows are added and perhaps read, never changed."""
    added = tuple(Rule(role, "INSERT") for role in roles)
    return added + (tuple(Rule(role, "SELECT") for role in roles) if read else ())


CHARACTER_CARD = (
    "id", "slug", "name", "age", "gender", "location", "tagline", "bio", "personality_traits",
    "interests", "occupation", "education", "relationship_status", "profile_pictures",
    "response_style", "tags", "category", "popularity_score", "is_active", "is_featured",
    "featured_until", "favorite_count", "rating_average", "rating_count", "response_seconds",
    "search", "search_words", "created_at", "deleted_at",
)  # fmt: skip
#: what a send asks about a character
CHARACTER_FOR_SENDER = (
    "id", "is_active", "deleted_at", "is_featured", "featured_until", "category", "response_style",
)  # fmt: skip
#: what characters are found by where only inverted indexes serve
CHARACTER_FOR_FINDER = ("id", "is_active", "deleted_at", "tags", "interests", "search")
#: what a page needs to show a picture
PICTURE = ("name", "kind", "width", "height", "placeholder", "widths")
PUBLISHED = "is_active AND deleted_at IS NULL"
IN_MY_CHATS = "id IN (SELECT fictional_user_id FROM chats)"
MESSAGE_FOR_USER = (
    "id", "chat_id", "seq", "changed_seq", "sender_type", "content", "content_type", "client_id",
    "is_free_message", "credits_charged", "is_edited", "edited_by_staff", "status", "created_at",
    "deleted_at",
)  # fmt: skip
PERSON_FOR_OPERATOR = (
    "id", "display_name", "age", "age_given_on", "gender", "location_shown", "bio", "language",
    "user_tier", "show_online", "created_at",
)  # fmt: skip
#: what people may change of themselves, on /me
PERSON_BY_THEMSELVES = (
    "display_name", "bio", "location", "latitude", "longitude", "looking_for", "language", "theme",
    "notify_push", "notify_email", "show_online", "show_place",
)  # fmt: skip
#: what the platform keeps of somebody, beside what they say of themselves
STANDING = (
    "credits", "bonus_credits", "last_active_at", "is_banned", "ban_reason", "banned_until",
    "total_spent", "user_tier", "loyalty_points", "owed_credits", "language", "email_sealed",
    "email_hash", "email_confirmed_at", "email_refused_at", "paused_until", "self_excluded_until",
    "spending_frozen_reason", "unseen_payment_id",
)  # fmt: skip
#: what is overwritten of somebody who leaves (beside what the system writes anyway)
FORGOTTEN = (
    "username", "display_name", "age", "age_given_on", "gender", "looking_for", "location", "latitude",
    "longitude", "bio", "theme", "notify_push", "notify_email", "show_online", "show_place",
)  # fmt: skip
SESSION_FOR_USER = (
    "id", "account_id", "user_agent", "created_at", "last_seen_at", "expires_at",
)  # fmt: skip
#: who decided is the house's own matter
REFUND_FOR_USER = (
    "id", "user_id", "amount", "reason", "message_id", "chat_id", "words", "notes", "status",
    "requested_by_user", "created_at", "processed_at",
)  # fmt: skip
APPROVAL_FOR_USER = (
    "id", "kind", "subject_id", "user_id", "amount", "unit", "status", "created_at", "decided_at",
)  # fmt: skip
MY_CHAT = f"chat_id IN (SELECT id FROM chats WHERE real_user_id = {ME})"  # noqa: S608
MY_HELD_CHAT = f"chat_id IN (SELECT id FROM chats WHERE assigned_operator_id = {ME})"  # noqa: S608
MINE = f"real_user_id = {ME}"
EITHER_SIDE = f"real_user_id = {ME} OR assigned_operator_id = {ME}"

TABLES: dict[str, tuple[Rule, ...]] = {
    "accounts": (
        *_all(SYSTEM),
        Rule(AUTH, "SELECT", columns=("id", "role", "is_active")),
        Rule(ADMIN, "SELECT", columns=("id", "role", "is_active", "last_login_at", "created_at")),
    ),
    "sessions": (
        *_all(SYSTEM),
        Rule(USER, "SELECT", f"account_id = {ME}", SESSION_FOR_USER),
        Rule(
            AUTH,
            "SELECT",
            columns=("id", "account_id", "token_hash", "expires_at", "last_seen_at"),
        ),
    ),
    "consents": (
        *_append(SYSTEM),
        Rule(USER, "SELECT", f"account_id = {ME}"),
        Rule(ADMIN, "SELECT"),
        Rule(AUTH, "SELECT", columns=("account_id", "text_name", "text_version")),
    ),
    "real_users": (
        Rule(USER, "SELECT", f"id = {ME}"),
        Rule(USER, "UPDATE", f"id = {ME}", PERSON_BY_THEMSELVES),
        Rule(OPERATOR, "SELECT", "id IN (SELECT real_user_id FROM chats)", PERSON_FOR_OPERATOR),
        Rule(ADMIN, "SELECT"),
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "INSERT"),
        # The wallet's columns are the platform's alone to write, each movement with its transfer:
        # services/credits.py, services/refunds.py and send_message.
        Rule(
            SYSTEM,
            "UPDATE",
            # Whoever leaves is made nobody: services/deletion.py.
            columns=(*STANDING, *FORGOTTEN, "deletion_due_at", "deleted_at"),
        ),
        Rule(SENDER, "SELECT", f"id = {ME}"),
        Rule(
            SENDER,
            "UPDATE",
            f"id = {ME}",
            (
                "credits",
                "bonus_credits",
                "loyalty_points",
                "total_messages_sent",
                "last_active_at",
            ),
        ),
        Rule(
            AUTH,
            "SELECT",
            columns=(
                "id",
                "display_name",
                "credits",
                "is_banned",
                "banned_until",
                "deleted_at",
                "show_online",
                "self_excluded_until",
                "unseen_payment_id",
            ),
        ),
    ),
    "operators": (
        Rule(OPERATOR, "SELECT", f"id = {ME}"),
        Rule(
            OPERATOR,
            "UPDATE",
            f"id = {ME}",
            ("is_available", "availability_reason", "away_since", "last_activity", "auto_next"),
        ),
        Rule(ADMIN, "SELECT"),
        *_all(SYSTEM),
        Rule(SENDER, "SELECT", f"id = {ME}"),
        Rule(
            SENDER,
            "UPDATE",
            f"id = {ME}",
            ("total_messages_sent", "last_activity", "idle_since"),
        ),
        Rule(AUTH, "SELECT", columns=("id", "name", "is_active", "is_suspended", "deleted_at")),
    ),
    "admins": (
        Rule(ADMIN, "SELECT"),
        *_all(SYSTEM),
        Rule(
            AUTH, "SELECT", columns=("id", "name", "role", "permissions", "is_active", "deleted_at")
        ),
    ),
    "fictional_users": (
        Rule(PUBLIC, "SELECT", PUBLISHED, CHARACTER_CARD),
        Rule(USER, "SELECT", f"({PUBLISHED}) OR {IN_MY_CHATS}", CHARACTER_CARD),
        Rule(OPERATOR, "SELECT"),
        Rule(ADMIN, "SELECT"),
        *_all(SYSTEM),
        Rule(SENDER, "SELECT", columns=CHARACTER_FOR_SENDER),
        Rule(FINDER, "SELECT", columns=CHARACTER_FOR_FINDER),
    ),
    "search_terms": (
        *(Rule(role, "SELECT") for role in (PUBLIC, USER, OPERATOR, ADMIN)),
        # The trigger writes as whoever changes a character.
        *_append(SYSTEM),
    ),
    "media": (
        # Pictures of characters are for everybody; what users bring along is in user_photos.
        *(Rule(r, "SELECT", "kind = 'character'", PICTURE) for r in (PUBLIC, USER, OPERATOR)),
        Rule(ADMIN, "SELECT"),
        *_all(SYSTEM),
    ),
    # Seen by their owner, by who holds a chat of theirs and by admins; what others ask for is not there.
    "user_photos": (
        *(Rule(USER, command, MINE) for command in ("SELECT", "INSERT", "DELETE")),
        Rule(USER, "UPDATE", MINE, ("widths", "is_main")),
        Rule(OPERATOR, "SELECT", "real_user_id IN (SELECT real_user_id FROM chats)"),
        Rule(ADMIN, "SELECT"),
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "UPDATE", columns=("widths",)),
        Rule(SYSTEM, "DELETE"),
    ),
    "favorites": (
        *(Rule(USER, command, MINE) for command in ("SELECT", "INSERT", "DELETE")),
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "DELETE"),
    ),
    "profile_views": (
        *(Rule(USER, command, MINE) for command in ("SELECT", "INSERT")),
        Rule(USER, "UPDATE", MINE, ("viewed_at",)),
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "DELETE"),
    ),
    "chat_ratings": (
        Rule(USER, "SELECT", MINE),
        Rule(USER, "INSERT", f"{MINE} AND {MY_CHAT}"),
        Rule(USER, "UPDATE", f"{MINE} AND {MY_CHAT}", ("stars", "rated_at")),
        Rule(ADMIN, "SELECT"),
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "DELETE"),
    ),
    "chats": (
        Rule(USER, "SELECT", f"real_user_id = {ME}"),
        Rule(USER, "INSERT", f"real_user_id = {ME}", ("real_user_id", "fictional_user_id")),
        Rule(
            USER,
            "UPDATE",
            f"real_user_id = {ME}",
            ("event_seq", "user_read_seq", "user_delivered_seq"),
        ),
        Rule(OPERATOR, "SELECT", f"assigned_operator_id = {ME}"),
        Rule(
            OPERATOR,
            "UPDATE",
            f"assigned_operator_id = {ME}",
            ("event_seq", "operator_read_seq", "operator_delivered_seq", "language"),
        ),
        Rule(ADMIN, "SELECT"),
        *_all(SYSTEM),
        Rule(SENDER, "SELECT", EITHER_SIDE),
        Rule(SENDER, "UPDATE", EITHER_SIDE),
    ),
    "messages": (
        Rule(USER, "SELECT", MY_CHAT, MESSAGE_FOR_USER),
        # Taking an own message back; the words stay in the row, for a report.
        Rule(USER, "UPDATE", f"{MY_CHAT} AND sender_type = 'real'", ("deleted_at", "changed_seq")),
        Rule(OPERATOR, "SELECT", MY_HELD_CHAT),
        # Counting is for the dashboard; reading a private chat needs a reason and its own door.
        Rule(
            ADMIN,
            "SELECT",
            columns=("id", "chat_id", "sender_type", "credits_charged", "created_at"),
        ),
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "INSERT"),
        # The words of who has left.
        Rule(SYSTEM, "UPDATE", columns=("content", "deleted_at")),
        Rule(SENDER, "INSERT", "chat_id IN (SELECT id FROM chats)"),
    ),
    "send_requests": (
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "DELETE"),
        Rule(SENDER, "SELECT", f"account_id = {ME}"),
        Rule(SENDER, "INSERT", f"account_id = {ME}"),
    ),
    "message_drafts": (
        *(
            Rule(role, command, f"account_id = {ME} AND {scope}")
            for role, scope in ((USER, MY_CHAT), (OPERATOR, MY_HELD_CHAT))
            for command in ("SELECT", "INSERT", "UPDATE", "DELETE")
        ),
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "DELETE"),
        Rule(SENDER, "SELECT", f"account_id = {ME}", ("chat_id", "account_id")),
        Rule(SENDER, "DELETE", f"account_id = {ME}"),
    ),
    "profile_notes": (
        *(
            Rule(
                OPERATOR,
                command,
                "real_user_id IN (SELECT real_user_id FROM chats)"
                " OR fictional_user_id IN (SELECT fictional_user_id FROM chats)",
            )
            for command in ("SELECT", "INSERT", "UPDATE")
        ),
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        Rule(SYSTEM, "DELETE"),
    ),
    "profile_note_history": (
        Rule(OPERATOR, "INSERT", "note_id IN (SELECT id FROM profile_notes)"),
        Rule(ADMIN, "SELECT"),
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "DELETE"),
    ),
    "data_requests": (
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        Rule(SYSTEM, "UPDATE", columns=("status", "deleted_user_id", "ended_at", "reason")),
    ),
    "deleted_users": (
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        Rule(
            SYSTEM,
            "UPDATE",
            columns=(
                "refund_amount",
                "refund_processed",
                "data_anonymized",
                "messages_anonymized",
            ),
        ),
    ),
    "chat_queue": (
        Rule(
            OPERATOR,
            "SELECT",
            columns=(
                *("id", "priority", "priority_score", "score_parts", "entered_queue_at"),
                "held_back",
            ),
        ),
        Rule(ADMIN, "SELECT"),
        *_all(SYSTEM),
        Rule(SENDER, "INSERT", "chat_id IN (SELECT id FROM chats)"),
        Rule(SENDER, "SELECT", "chat_id IN (SELECT id FROM chats)"),
        Rule(
            SENDER,
            "UPDATE",
            "chat_id IN (SELECT id FROM chats)",
            ("priority", "priority_score", "score_parts"),
        ),
    ),
    "chat_assignments": (
        Rule(OPERATOR, "SELECT", f"operator_id = {ME}"),
        Rule(ADMIN, "SELECT"),
        *_all(SYSTEM),
        Rule(SENDER, "SELECT", f"operator_id = {ME}"),
        Rule(
            SENDER,
            "UPDATE",
            f"operator_id = {ME}",
            ("first_reply_at", "first_reply_seconds", "replies"),
        ),
    ),
    "credit_transfers": (
        Rule(USER, "SELECT", f"real_user_id = {ME}"),
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        Rule(SENDER, "INSERT", f"real_user_id = {ME}"),
    ),
    "transactions": (
        Rule(USER, "SELECT", f"real_user_id = {ME}"),
        Rule(ADMIN, "SELECT"),
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "INSERT"),
        # Who bought what for how much is never changed.
        Rule(
            SYSTEM,
            "UPDATE",
            columns=(
                "status",
                "failure_reason",
                "completed_at",
                "failed_at",
                "refunded_at",
                "provider_response",
                "checkout_url",
                "webhook_received_count",
                "last_webhook_at",
                "needs_manual_review",
                "review_reason",
                "reviewed_by",
                "reviewed_at",
            ),
        ),
    ),
    "credit_packages": (
        *(Rule(role, "SELECT") for role in (USER, ADMIN)),
        *_all(SYSTEM),
    ),
    "package_views": (
        *(Rule(USER, command, MINE) for command in ("SELECT", "INSERT")),
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "DELETE"),
    ),
    # No user reads codes: what one types is answered by the service, one code at a time.
    "promo_codes": (
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        # What a code gives is never changed.
        Rule(SYSTEM, "UPDATE", columns=("is_active",)),
    ),
    "promo_redemptions": (
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        Rule(SYSTEM, "UPDATE", columns=("status", "settled_at")),
    ),
    "idempotency_keys": (*_append(SYSTEM), Rule(SYSTEM, "DELETE")),
    "webhook_events": (
        Rule(
            ADMIN,
            "SELECT",
            columns=(
                "id",
                "provider",
                "event_key",
                "event",
                "reference",
                "received_count",
                "status",
                "error",
                "received_at",
                "last_received_at",
                "processed_at",
            ),
        ),
        *_append(SYSTEM),
        Rule(
            SYSTEM,
            "UPDATE",
            columns=(
                "received_count",
                "last_received_at",
                "status",
                "error",
                "processed_at",
                "raw",
            ),
        ),
    ),
    "receipts": (Rule(USER, "SELECT", MINE), Rule(ADMIN, "SELECT"), *_append(SYSTEM)),
    "loyalty_entries": (Rule(USER, "SELECT", MINE), Rule(ADMIN, "SELECT"), *_append(SYSTEM)),
    "reconciliation_runs": (
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        Rule(
            SYSTEM,
            "UPDATE",
            columns=("finished_at", "payments_seen", "credited", "exceptions"),
        ),
    ),
    "reconciliation_exceptions": (
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        Rule(SYSTEM, "UPDATE", columns=("resolved_at", "resolved_by", "resolution")),
    ),
    "spending_limits": (
        Rule(USER, "SELECT", MINE),
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        Rule(
            SYSTEM,
            "UPDATE",
            columns=("amount", "pending_amount", "pending_removal", "pending_since"),
        ),
    ),
    "limit_changes": (Rule(USER, "SELECT", MINE), Rule(ADMIN, "SELECT"), *_append(SYSTEM)),
    "account_pauses": (
        Rule(USER, "SELECT", MINE),
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        Rule(SYSTEM, "UPDATE", columns=("ended_on_request_at",)),
    ),
    # Whom a mark belongs to is nobody's to read.
    "exclusion_marks": (*_append(SYSTEM), Rule(SYSTEM, "DELETE")),
    "payer_marks": (*_append(SYSTEM), Rule(SYSTEM, "DELETE")),
    "active_stretches": (
        *(Rule(USER, command, MINE) for command in ("SELECT", "INSERT")),
        Rule(USER, "UPDATE", MINE, ("began_at", "last_at", "active_seconds")),
        Rule(AUTH, "SELECT", columns=("real_user_id", "last_at", "active_seconds")),
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "DELETE"),
    ),
    "credit_refunds": (
        Rule(USER, "SELECT", f"user_id = {ME}", REFUND_FOR_USER),
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        # Whose credits of which message is never changed.
        Rule(
            SYSTEM,
            "UPDATE",
            columns=("status", "reason", "processed_by", "processed_at", "notes", "words"),
        ),
    ),
    "approvals": (
        # Whoever withdraws from a purchase sees that it waits.
        Rule(USER, "SELECT", f"user_id = {ME} AND kind = 'withdrawal'", APPROVAL_FOR_USER),
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        Rule(SYSTEM, "UPDATE", columns=("status", "decided_by", "decided_at", "decision_reason")),
    ),
    "disputes": (
        Rule(ADMIN, "SELECT"),
        *_append(SYSTEM),
        Rule(
            SYSTEM,
            "UPDATE",
            columns=(
                "status",
                "provider_status",
                "due_at",
                "resolution",
                "refund_id",
                "owed_credits",
                "evidence_sent_at",
                "resolved_at",
            ),
        ),
    ),
    "system_settings": (
        *(Rule(role, "SELECT") for role in (PUBLIC, USER, OPERATOR, ADMIN, SENDER)),
        Rule(SYSTEM, "SELECT"),
        Rule(SYSTEM, "INSERT"),
        Rule(SYSTEM, "UPDATE"),
    ),
    "system_settings_history": (Rule(ADMIN, "SELECT"), *_append(SYSTEM)),
    "audit_log": (
        Rule(OPERATOR, "INSERT", f"actor_id = {ME}"),
        Rule(ADMIN, "SELECT"),
        Rule(ADMIN, "INSERT", f"actor_id = {ME}"),
        *_append(SYSTEM),
    ),
    "security_audit_log": (Rule(ADMIN, "SELECT"), *_append(SYSTEM)),
    "outbox": (
        *(Rule(role, "INSERT") for role in (USER, OPERATOR, ADMIN)),
        *_all(SYSTEM),
    ),
    "job_runs": (Rule(ADMIN, "SELECT"), *_all(SYSTEM)),
    "admin_notifications": (Rule(ADMIN, "SELECT"), *_all(SYSTEM)),
}
