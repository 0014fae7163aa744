"""axe-core on an open page: what it finds that would keep somebody from using it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from fantooo.config import ROOT

EVERYTHING = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
#: what the theme can change: the page is the same otherwise
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
_GRAVE = {"serious", "critical"}
_PROGRAM = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_RUN = "rules => axe.run(document, { resultTypes: ['violations'], runOnly: rules })"


def faults(page: Page, rules: dict[str, Any]) -> list[str]:
    """The serious and critical faults, each with its place on the page."""
    # Half a megabyte: a page that has it is not given it again.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_PROGRAM.read_text())
    found = page.evaluate(_RUN, rules)
    return [
        f"{rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')[-200:]}"
        for rule in found["violations"]
        if rule["impact"] in _GRAVE
        for node in rule["nodes"]
    ]
