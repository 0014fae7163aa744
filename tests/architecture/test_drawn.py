"""What templates draw once and keep (``drawn``) depends on nothing but the values it is given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jinja2 import Environment, nodes

from fantooo.config import ROOT

TEMPLATES = ROOT / "templates"
#: differs from one viewer, request or moment to the next
OF_THE_MOMENT = {
    *("viewer", "request", "session", "g", "theme", "config"),
    *("csrf_token", "get_flashed_messages"),
}
_environment = Environment(autoescape=True)


def _parsed(source: str) -> nodes.Template:
    # Filters of the application are not known here, and need not be: nothing is compiled.
    return _environment.parse(source)


def _imported(tree: nodes.Template) -> dict[str, str]:
    """The file each imported macro comes from."""
    return {
        name: str(each.template.as_const())
        for each in tree.find_all(nodes.FromImport)
        for name in each.names
        if isinstance(name, str)
    }


def _macros(tree: nodes.Template) -> dict[str, nodes.Macro]:
    return {each.name: each for each in tree.find_all(nodes.Macro)}


def faults(path: str, sources: dict[str, str]) -> Iterator[str]:
    """What is wrong with the ``drawn`` calls of one of ``sources`` (text by path)."""
    tree = _parsed(sources[path])
    for call in tree.find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name == "drawn"):
            continue
        macro = call.args[0]
        if not isinstance(macro, nodes.Name):
            yield f"{path}: draws no macro by its name"
            continue
        imported = _imported(tree)
        if macro.name not in imported and path not in _only_imported(sources):
            # A template that is rendered makes its macros anew each time: they would never be found.
            yield f"{path}: {macro.name} is not imported"
            continue
        for name in _needs(imported.get(macro.name, path), macro.name, sources) & OF_THE_MOMENT:
            yield f"{path}: {macro.name} depends on {name}"


def _only_imported(sources: dict[str, str]) -> set[str]:
    """Files of which others import, and which have nothing beside macros to be rendered."""
    return {
        path
        for path, source in sources.items()
        if not any(
            not isinstance(part, nodes.TemplateData) or part.data.strip()
            for output in _parsed(source).body
            if isinstance(output, nodes.Output)
            for part in output.nodes
        )
        and "{% extends" not in source
        and "{% block" not in source
    }


def _needs(path: str, macro: str, sources: dict[str, str]) -> set[str]:
    """Every name a macro reads, those of the macros it calls included."""
    tree = _parsed(sources[path])
    imported, own = _imported(tree), _macros(tree)
    found = {each.name for each in own[macro].find_all(nodes.Name) if each.ctx == "load"}
    for name in set(found):
        if name in imported:
            found |= _needs(imported[name], name, sources)
        elif name in own and name != macro:
            found |= _needs(path, name, sources)
    return found


def _sources() -> dict[str, str]:
    return {
        str(path.relative_to(TEMPLATES)): path.read_text() for path in TEMPLATES.rglob("*.html")
    }


def test_what_is_kept_depends_on_its_values_only() -> None:
    sources = _sources()
    wrong = [fault for path in sources for fault in faults(path, sources)]
    assert wrong == []
    assert any("drawn(" in source for source in sources.values())


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ('{% from "m" import one %}{{ drawn(one, 1) }}', "page.html: one depends on csrf_token"),
        (
            "{% macro two() %}{% endmacro %}<p>{{ drawn(two) }}</p>",
            "page.html: two is not imported",
        ),
        ("{{ drawn(1) }}", "page.html: draws no macro by its name"),
    ],
)
def test_what_would_be_wrong_is_found(page: str, fault: str) -> None:
    sources = {
        "page.html": page,
        "m": "{% macro one(x) %}{{ deeper() }}{% endmacro %}"
        "{% macro deeper() %}{{ csrf_token() }}{% endmacro %}",
    }
    assert list(faults("page.html", sources)) == [fault]
