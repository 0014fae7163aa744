"""House rules of security and money, read from the source; each is shown to find what it is for."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

import pytest

from tests.architecture.source import ROOT, modules, room

Finding = tuple[int, str]
Rule = Callable[[str, ast.Module], list[Finding]]


def _calls(tree: ast.Module) -> list[tuple[ast.Call, str]]:
    """Every call with the dotted text of what is called."""
    return [(n, ast.unparse(n.func)) for n in ast.walk(tree) if isinstance(n, ast.Call)]


def no_unescaped_markup(module: str, tree: ast.Module) -> list[Finding]:
    """Messages are text: nothing tells Jinja that a string is safe."""
    return [
        (call.lineno, name)
        for call, name in _calls(tree)
        if name.rpartition(".")[2]
        in ("Markup", "mark_safe", "render_template_string", "from_string")
    ]


def no_statement_from_input(module: str, tree: ast.Module) -> list[Finding]:
    """SQL is constant text with parameters; only what names database objects is built."""
    if room(module) in ("infra", "embedded", "models", "demo") or module == "fantooo.cli.bootstrap":
        return []
    constants = {
        target.id
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    found = []
    for call, name in _calls(tree):
        place = {"text": 0, "exec_driver_sql": 0, "call_function": 1}.get(name.rpartition(".")[2])
        if place is None:
            continue
        for argument in call.args[place : place + 1]:
            parts = [
                part
                for part in ast.walk(argument)
                if isinstance(part, (ast.JoinedStr, ast.BinOp))
                or (isinstance(part, ast.Call) and ast.unparse(part.func).endswith(".format"))
            ]
            if parts and not _built_from_constants(argument, constants | {"query"}):
                found.append((call.lineno, ast.unparse(call)[:80]))
    return found


def _built_from_constants(node: ast.AST, constants: set[str]) -> bool:
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return names <= constants


def identity_is_set_in_one_place(module: str, tree: ast.Module) -> list[Finding]:
    """``set_config`` and SET ROLE belong to the unit of work's infrastructure."""
    if module in ("fantooo.infra.database", "fantooo.infra.schema", "fantooo.cli.bootstrap"):
        return []
    words = re.compile(r"set_config\(|\bSET (?:LOCAL |SESSION )?ROLE\b|row_security", re.IGNORECASE)
    return [
        (node.lineno, node.value[:60])
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and words.search(node.value)
        and not _is_docstring(node, tree)
    ]


def _is_docstring(node: ast.Constant, tree: ast.Module) -> bool:
    return any(
        isinstance(each, ast.Expr) and each.value is node for each in ast.walk(tree)
    )  # fmt: skip


def the_unit_of_work_commits(module: str, tree: ast.Module) -> list[Finding]:
    """One service call is one transaction; nobody else ends it."""
    if module == "fantooo.infra.unit_of_work":
        return []
    return [
        (call.lineno, name)
        for call, name in _calls(tree)
        if name.rpartition(".")[2] in ("commit", "begin_nested")
        # Migrations of the cluster itself, before any session exists.
        and not module.startswith(("fantooo.cli.bootstrap", "fantooo.embedded"))
    ]


def rows_are_asked_for_through_their_door(module: str, tree: ast.Module) -> list[Finding]:
    """Web and sockets fetch nothing by id themselves: queries ask as the viewer, or answer 404."""
    if room(module) not in ("web", "realtime", "fragments"):
        return []
    return [
        (call.lineno, name)
        for call, name in _calls(tree)
        if re.search(r"session(\(\))?\.(get|get_one|query|execute|scalars?)$", name)
        or name.endswith((".get_or_404", ".first_or_404", ".one_or_404"))
    ]


def nothing_is_published_before_its_commit(module: str, tree: ast.Module) -> list[Finding]:
    """In services events wait in the unit of work; only sending, which has none, publishes itself."""
    # The check of health publishes to itself.
    exempt = {"fantooo.services.messages", "fantooo.services.checks"}
    if room(module) != "services" or module in exempt:
        return []
    return [
        (call.lineno, name)
        for call, name in _calls(tree)
        if name in ("bus.publish", "redis.client") or name.endswith(".publish")
    ]


def secrets_are_compared_in_constant_time(module: str, tree: ast.Module) -> list[Finding]:
    """A token is never compared by ``==``."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(
            isinstance(o, (ast.Eq, ast.NotEq)) for o in node.ops
        ):
            words = [ast.unparse(side) for side in (node.left, *node.comparators)]
            if any(re.search(r"(?:^|[._])(?:token|secret|signature)$", w) for w in words):
                found.append((node.lineno, ast.unparse(node)[:80]))
    return found


RULES: list[tuple[Rule, str, str]] = [
    # rule, module of the example, example that it must find
    (no_unescaped_markup, "fantooo.web.chat", "body = Markup(message.content)"),
    (no_unescaped_markup, "fantooo.fragments", "render_template_string('<b>' + name)"),
    (no_statement_from_input, "fantooo.queries.chats", "session.execute(text(f'SELECT {column}'))"),
    (no_statement_from_input, "fantooo.services.chats", "text('SELECT ' + name)"),
    (no_statement_from_input, "fantooo.services.chats", "text('SELECT {}'.format(name))"),
    (identity_is_set_in_one_place, "fantooo.services.chats", "sql = \"SELECT set_config('role', 'x')\""),
    (identity_is_set_in_one_place, "fantooo.queries.chats", "sql = 'SET LOCAL ROLE fantooo_owner'"),
    (the_unit_of_work_commits, "fantooo.services.chats", "db.session.commit()"),
    (rows_are_asked_for_through_their_door, "fantooo.web.chat", "db.session.get(Chat, chat_id)"),
    (rows_are_asked_for_through_their_door, "fantooo.web.chat", "db.session.execute(select(Chat))"),
    (nothing_is_published_before_its_commit, "fantooo.services.chats", "bus.publish(event)"),
    (secrets_are_compared_in_constant_time, "fantooo.services.accounts", "given == settings.token"),
]  # fmt: skip
ALL = sorted({rule for rule, _module, _example in RULES}, key=lambda rule: rule.__name__)


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.__name__)
def test_house_rule(rule: Rule) -> None:
    wrong = [
        f"{module}:{line} {what}"
        for module, path in sorted(modules().items())
        for line, what in rule(module, ast.parse(path.read_text()))
    ]
    assert wrong == []


@pytest.mark.parametrize(("rule", "module", "example"), RULES)
def test_each_rule_finds_what_it_is_for(rule: Rule, module: str, example: str) -> None:
    assert rule(module, ast.parse(example))


def test_templates_trust_no_string() -> None:
    """No ``|safe``, no autoescape switched off, in any template."""
    trusting = re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\(")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "templates").rglob("*"))
        if path.is_file()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if trusting.search(line)
    ]
    assert wrong == []
    assert trusting.search("{{ message.content | safe }}")
    assert trusting.search("{% autoescape false %}")
