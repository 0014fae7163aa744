"""axe-core on an open page: what it finds that would keep somebody from using it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from fantooo.config import ROOT

EVERYTHING = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
#: what theme and width change of a page that has been looked at with all rules
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
_PROGRAM = ROOT / "node_modules" / "axe-core" / "axe.min.js"
#: On a gradient axe does not say whether words can be read, and two thirds of ours stand on one. So the
#: page is as its glow is where it is least kind to words, and tables are without the shades of their ends.
_RUN = """rules => {
  // A head that sticks lies half over whatever is below it just now.
  scrollTo({ top: 0, behavior: 'instant' });
  const page = document.body.style;
  if (getComputedStyle(document.body).getPropertyValue('--mesh')) {
    page.setProperty('--mesh', 'none');
    page.background = 'light-dark(var(--glow-2), var(--glow-1))';
  }
  for (const frame of document.querySelectorAll('.table-frame')) frame.style.backgroundImage = 'none';
  const contrast = { options: { ignorePseudo: true, ignoreLength: true } };
  return axe.run(document, { resultTypes: ['violations'], runOnly: rules, checks: { 'color-contrast': contrast } });
}"""


def faults(page: Page, rules: dict[str, Any]) -> list[str]:
    """All faults, also those that axe calls moderate or minor, each with its place on the page."""
    # Half a megabyte: a page that has it is not given it again.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_PROGRAM.read_text())
    found = page.evaluate(_RUN, rules)
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]} {node.get('failureSummary', '')[-200:]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
