"""pgrls on all policies of a migrated database. What it complains of is listed here with its reason."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.support.cluster import TEMPLATE, Place

#: these roles are for staff, jobs and definer functions; a viewer's identity narrows the others
_TRUSTED = ("owner_all", "system_", "admin_", "auth_")
_OPEN = {
    "chat_queue.operator_select": "the live queue; its columns name nobody",
    "fictional_users.operator_select": "operators play all characters",
    "fictional_users.sender_select": "a send looks whether the character is published",
    "system_settings.operator_select": "prices and promises are public",
    "system_settings.public_select": "prices and promises are public",
    "system_settings.sender_select": "a send compares the version of its quote",
    "system_settings.user_select": "prices and promises are public",
    "credit_packages.user_select": "what is on offer is for everybody",
    "fictional_users.finder_select": "the function that reads them gives out who is published",
    "search_terms.operator_select": "single words; whom they describe, its own policy says",
    "search_terms.public_select": "single words; whom they describe, its own policy says",
    "search_terms.user_select": "single words; whom they describe, its own policy says",
    "outbox.operator_insert": "what must happen after a commit is added by whoever commits",
    "outbox.user_insert": "what must happen after a commit is added by whoever commits",
}
_ROWS = {"SEC005", "SEC008", "SEC028", "SEC038"}
#: rule and place -> why it is right here
_ELSEWHERE = {
    ("SEC001", "alembic_version"): "one revision number, readable by fantooo_system only",
    ("SEC014", "send_message"): "owned by fantooo_sender, whose own policies hold inside",
    ("SEC014", "session_account"): "owned by fantooo_auth, which reads five columns and no more",
    ("SEC014", "published_characters"): "owned by fantooo_finder; ids of who is for everybody",
    ("SEC014", "ensure_message_partitions"): "makes tables, takes a month and a number, no text",
    ("PERF003", "fictional_users.public_select"): "a few thousand rows, found by their own indexes",
    ("PERF003", "fictional_users.user_select"): "a few thousand rows, found by their own indexes",
    ("PERF003", "media.public_select"): "found by its name, which is unique",
    ("PERF003", "media.user_select"): "found by its name, which is unique",
    ("PERF003", "media.operator_select"): "found by its name, which is unique",
    ("PERF003", "messages.user_update"): "asked with the message's id, its primary key",
    (
        "PERF003",
        "send_requests.sender_insert",
    ): "asked with the chat and client id, its primary key",
    (
        "PERF003",
        "send_requests.sender_select",
    ): "asked with the chat and client id, its primary key",
}
_WHOLE_RULES = {
    "SEC007": "restrictive floors are not used: one policy a role and command, held by a test",
    "SEC013": "our triggers touch updated_at, keep search terms or refuse changes; they run as the caller",
}


def _lint(place: Place, database: str) -> list[dict[str, str]]:
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("pgrls"), "lint", "--schemas", "public"),
            *("--format", "json", "--database-url"),
            f"postgresql://postgres@/{database}?host={place.sockets}",
        ],
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("{"), done.stderr
    found: list[dict[str, str]] = json.loads(done.stdout)["violations"]
    return found


def _reason(rule: str, where: str) -> str | None:
    """Why a finding is right here; None when nobody has said so."""
    policy = where.rpartition(".")[2]
    if rule in _ROWS:
        return (
            "a role no viewer takes by itself" if policy.startswith(_TRUSTED) else _OPEN.get(where)
        )
    return _ELSEWHERE.get((rule, where)) or _WHOLE_RULES.get(rule)


def test_every_finding_has_its_reason(place: Place) -> None:
    found = [
        (each["rule_id"], each["location"].removeprefix("public."))
        for each in _lint(place, TEMPLATE)
    ]
    assert len(found) > 100, "it looked at our policies"
    assert [each for each in found if _reason(*each) is None] == []
    # A reason that nothing needs any more goes.
    assert {where for rule, where in found if rule in _ROWS} >= set(_OPEN)
    assert set(found) >= set(_ELSEWHERE)
    assert {rule for rule, _where in found} >= set(_WHOLE_RULES)


def test_it_finds_a_policy_that_lets_all_in(place: Place) -> None:
    """The linter is not blind: one wrong policy on a copy is an error without a reason."""
    name = place.clone()
    try:
        with place.connect(name) as connection:
            connection.execute("DROP POLICY user_select ON chats")
            connection.execute(
                "CREATE POLICY user_select ON chats FOR SELECT TO fantooo_user USING (true)"
            )
        wrong = [
            (each["rule_id"], each["severity"])
            for each in _lint(place, name)
            if _reason(each["rule_id"], each["location"].removeprefix("public.")) is None
        ]
        assert ("SEC038", "error") in wrong
    finally:
        place.drop(name)
