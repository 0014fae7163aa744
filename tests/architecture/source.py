"""Reads the project's Python files as syntax trees, for the rules that tests hold them against."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Import:
    """One import. ``named`` is the full dotted name that was asked for."""

    module: str
    named: str
    line: int
    #: only read by the type checker, never run
    typing_only: bool


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


@cache
def modules() -> dict[str, Path]:
    """Dotted name -> file, of the product and its jobs."""
    found = {}
    for package in ("fantooo", "jobs"):
        for path in sorted((ROOT / package).rglob("*.py")):
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[dotted.removesuffix(".__init__")] = path
    return found


def room(module: str) -> str:
    """The room of a module: domain, models, web, ...; a file of its own is its own room."""
    package, _, rest = module.partition(".")
    return "jobs" if package == "jobs" else rest.partition(".")[0] or "app"


def imports(path: Path, module: str) -> list[Import]:
    """All imports of a file, ``from x import y`` as x.y where that is a module, else as x."""
    found: list[Import] = []

    def visit(node: ast.AST, typing_only: bool) -> None:
        for child in ast.iter_child_nodes(node):
            inside = typing_only
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                for statement in child.body:
                    visit(ast.Module([statement], []), True)
                for statement in child.orelse:
                    visit(ast.Module([statement], []), typing_only)
                continue
            if isinstance(child, ast.Import):
                found.extend(
                    Import(module, alias.name, child.lineno, inside) for alias in child.names
                )
            elif isinstance(child, ast.ImportFrom):
                base = child.module or ""
                if child.level:
                    raise AssertionError(f"{path}:{child.lineno}: relative import")
                for alias in child.names:
                    full = f"{base}.{alias.name}"
                    named = full if full in modules() else base
                    found.append(Import(module, named, child.lineno, inside))
            visit(child, inside)

    visit(tree(path), False)
    return found


def calls(path: Path, name: str) -> list[ast.Call]:
    """All calls of a function or method of that name."""
    return [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == name)
            or (isinstance(node.func, ast.Attribute) and node.func.attr == name)
        )
    ]
