"""Who may import whom: the rooms of the house, read from the source."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.architecture.source import ROOT, Import, calls, imports, modules, room, tree

#: room -> the other rooms it may import; whatever is not here may not be imported at all
MAY_IMPORT = {
    "domain": set(),
    "config": set(),
    "models": {"domain"},
    "extensions": {"models", "infra"},
    "infra": {"domain", "config", "models", "extensions"},
    "queries": {"domain", "models", "infra", "extensions"},
    "services": {"domain", "models", "infra", "extensions", "queries", "gateways"},
    "gateways": {"domain", "config", "infra"},
    "fragments": {"domain", "queries"},
    "web": {"domain", "config", "infra", "extensions", "queries", "services", "fragments"},
    "realtime": {"domain", "config", "infra", "extensions", "queries", "services", "fragments"},
    "embedded": {"config"},
    "demo": {"domain", "config", "infra", "models", "queries", "services", "embedded"},
    "cli": {"domain", "config", "infra", "extensions", "queries", "services", "embedded", "demo"},
    "app": {"config", "extensions", "infra", "web", "cli", "realtime"},
    "jobs": {"services"},
}
#: what only type checkers read may also come from a room above, for these
TYPING_ONLY = {("fragments", "services")}
#: services that act as the platform itself, whoever asked
AS_SYSTEM = {
    "fantooo.services.accounts",
    "fantooo.services.alerts",
    "fantooo.services.addresses",
    "fantooo.services.own_data",
    "fantooo.services.alarms",
    "fantooo.services.approving",
    "fantooo.services.assignment",
    "fantooo.services.chats",
    "fantooo.services.checks",
    "fantooo.services.credentials",
    "fantooo.services.deletion",
    "fantooo.services.credits",
    "fantooo.services.derived",
    "fantooo.services.disputes",
    "fantooo.services.exclusion",
    "fantooo.services.expiry",
    "fantooo.services.gauges",
    "fantooo.services.grants",
    "fantooo.services.housekeeping",
    "fantooo.services.letters",
    "fantooo.services.limits",
    "fantooo.services.message_refunds",
    "fantooo.services.money_refunds",
    "fantooo.services.outbox",
    "fantooo.services.partitions",
    "fantooo.services.packages",
    "fantooo.services.payment_review",
    "fantooo.services.orders",
    "fantooo.services.payments",
    "fantooo.services.photos",
    "fantooo.services.pictures",
    "fantooo.services.promos",
    "fantooo.services.reconciliation",
    "fantooo.services.refund_progress",
    "fantooo.services.refunds",
    "fantooo.services.schedule",
    "fantooo.services.security",
    "fantooo.services.settings",
    "fantooo.services.silence",
    "fantooo.services.team",
    "fantooo.services.webhooks",
    "fantooo.demo.live",
    "fantooo.demo.seed",
}
ALL = sorted(modules().items())


def _imports() -> list[Import]:
    return [found for module, path in ALL for found in imports(path, module)]


def _our_own(named: str) -> bool:
    return named.partition(".")[0] in ("fantooo", "jobs")


def test_every_room_has_a_rule() -> None:
    assert {room(module) for module, _path in ALL} <= set(MAY_IMPORT)


def test_rooms_import_one_way() -> None:
    wrong = []
    for found in _imports():
        if not _our_own(found.named):
            continue
        mine, theirs = room(found.module), room(found.named)
        if mine == theirs or theirs in MAY_IMPORT[mine]:
            continue
        if found.named == "fantooo":
            continue  # the package itself: `from fantooo import extensions` names the module
        if found.typing_only and (mine, theirs) in TYPING_ONLY:
            continue
        wrong.append(f"{found.module}:{found.line} imports {found.named}")
    assert wrong == []


def test_domain_is_standard_library_only() -> None:
    wrong = [
        f"{found.module}:{found.line} imports {found.named}"
        for found in _imports()
        if room(found.module) == "domain"
        and found.named.partition(".")[0] not in {*sys.stdlib_module_names, "fantooo"}
    ]
    assert wrong == []


def test_the_product_never_imports_its_jobs() -> None:
    assert [
        found
        for found in _imports()
        if found.module.startswith("fantooo") and found.named.partition(".")[0] == "jobs"
    ] == []


@pytest.mark.parametrize(("one", "other"), [("web", "realtime"), ("realtime", "web")])
def test_web_and_realtime_meet_only_in_templates(one: str, other: str) -> None:
    assert [
        found
        for found in _imports()
        if found.module.startswith(f"fantooo.{one}") and found.named.startswith(f"fantooo.{other}")
    ] == []


def test_only_messages_sends() -> None:
    """The SQL function trusts the account it is given, so one module alone may call it."""
    speaking_of_it = set()
    for module, path in ALL:
        texts = [
            node.value
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        code = [text for text in texts if "send_message(" in text]
        if code:
            speaking_of_it.add(module)
    assert speaking_of_it == {"fantooo.services.messages"}
    callers = {module for module, path in ALL if calls(path, "call_function")}
    assert callers == {"fantooo.services.messages", "fantooo.queries.sessions"}


def test_only_listed_services_act_as_the_platform() -> None:
    found = set()
    for module, path in ALL:
        for call in calls(path, "unit_of_work"):
            for keyword in call.keywords:
                assert keyword.arg == "as_system"
                assert ast.unparse(keyword.value) == "True", f"{module}: say it, or leave it"
                found.add(module)
    assert found <= AS_SYSTEM, found - AS_SYSTEM
    assert found == AS_SYSTEM, "listed, but not needed any more"


@pytest.mark.parametrize("layer", ["web", "realtime", "fragments", "queries"])
def test_only_services_write(layer: str) -> None:
    """No unit of work, commit or statement that writes outside of services."""
    wrong = []
    for module, path in ALL:
        if room(module) != layer:
            continue
        for name in ("unit_of_work", "commit", "flush", "add", "insert", "update", "delete"):
            wrong += [
                f"{module}:{call.lineno} {ast.unparse(call)[:60]}"
                for call in calls(path, name)
                if not _harmless(call)
            ]
    assert wrong == []


def _harmless(call: ast.Call) -> bool:
    """Methods of that name on sets, dictionaries, headers, hubs and environments."""
    if not isinstance(call.func, ast.Attribute):
        return False
    return call.func.attr in ("add", "update", "delete") and "session" not in ast.unparse(
        call.func.value
    )


def test_no_statements_in_web() -> None:
    wrong = []
    for found in _imports():
        if room(found.module) in ("web", "realtime", "fragments") and found.named.startswith(
            ("sqlalchemy", "psycopg", "flask_sqlalchemy", "fantooo.models")
        ):
            # Readiness asks the server itself whether it answers.
            if found.module != "fantooo.web.health":
                wrong.append(f"{found.module}:{found.line} imports {found.named}")
    assert wrong == []


def test_prices_are_computed_in_one_place() -> None:
    words = ("evening_multiplier", "featured_multiplier", "price_text", "discount_free")
    users = {
        module
        for module, path in ALL
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Attribute) and node.attr in words)
    }
    # The page that explains prices shows the settings; it computes nothing.
    assert users <= {"fantooo.domain.pricing", "fantooo.web.public"}


def test_business_rules_do_not_print() -> None:
    assert [module for module, path in ALL if room(module) != "cli" and calls(path, "print")] == []


@pytest.mark.parametrize(("module", "path"), ALL, ids=[module for module, _path in ALL])
def test_modules_say_what_they_are(module: str, path: object) -> None:
    assert ast.get_docstring(tree(path)), f"{module} opens without a word"  # type: ignore[arg-type]


def test_modules_stay_small() -> None:
    long = {
        module: lines for module, path in ALL if (lines := len(path.read_text().splitlines())) > 600
    }
    assert long == {}


def test_importing_opens_no_connection() -> None:
    """A process without servers can import everything."""
    import subprocess

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            (
                "import socket\n"
                "def refuse(*a, **k): raise AssertionError('a connection was opened')\n"
                "socket.socket.connect = refuse\n"
                "import fantooo, jobs.tasks, jobs.schedule, fantooo.embedded.supervisor"
            ),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
