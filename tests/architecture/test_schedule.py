"""The table of what runs when: names resolve, lines are valid, every job is one line."""

from __future__ import annotations

import ast
import importlib
import inspect

from croniter import croniter

from jobs.schedule import SCHEDULE
from tests.architecture.source import ROOT, tree


def test_every_name_resolves() -> None:
    for entry in SCHEDULE:
        module, _, name = entry.task.rpartition(".")
        task = getattr(importlib.import_module(module), name)
        assert list(inspect.signature(task).parameters) == ["due_at"], entry.name


def test_names_are_unique() -> None:
    names = [entry.name for entry in SCHEDULE]
    assert len(names) == len(set(names))
    tasks = [entry.task for entry in SCHEDULE]
    assert len(tasks) == len(set(tasks))


def test_lines_are_valid() -> None:
    assert [entry.name for entry in SCHEDULE if not croniter.is_valid(entry.cron)] == []


def test_every_task_runs_under_its_own_name() -> None:
    """``run("x", due_at, ...)``: the outcome must go to the row that was claimed."""
    by_task = {entry.task.rpartition(".")[2]: entry.name for entry in SCHEDULE}
    written = {}
    asked_for = set()
    for node in tree(ROOT / "jobs" / "tasks.py").body:
        if isinstance(node, ast.FunctionDef):
            body = [line for line in node.body if not _docstring(line)]
            assert len(body) == 1, f"{node.name} is more than one line into a service"
            call = body[0].value  # type: ignore[attr-defined]
            if not isinstance(call.func, ast.Name):
                asked_for.add(f"jobs.tasks.{node.name}")
                continue
            assert call.func.id == "run"
            assert ast.unparse(call.args[1]) == "due_at"
            written[node.name] = call.args[0].value
    assert written == by_task
    # What is on no line of the schedule is handed over by a service, by its dotted name.
    named = {
        value.value
        for path in (ROOT / "fantooo" / "services").glob("*.py")
        for value in ast.walk(tree(path))
        if isinstance(value, ast.Constant) and str(value.value).startswith("jobs.tasks.")
    }
    assert asked_for == named


def _docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
