"""What templates must not hold, because the security policy would drop it or let something in.

Run by ``./dev check`` as ``python -m tests.support.template_rules``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
_STYLE_SHEET = r"<style\b"
RULES = {
    r"\shx-on[\s:=-]": "hx-on runs text as code; listen in a module",
    r"""hx-(?:vals|headers)[\w:]*\s*=\s*["']\s*js(?:on)?:""": "js: values run text as code",
    r"javascript:": "addresses that run code",
    r"""\son(?:click|change|submit|input|load|error|key\w+|focus|blur|mouse\w+)\s*=""": "inline handler",
    r"""\sstyle\s*=""": "inline style; use a class",
    _STYLE_SHEET: "inline style sheet",
    r"<script\b(?![^>]*\bsrc=)": "inline script; use a module",
    r"""hx-trigger[\w:]*\s*=\s*(?:"[^"]*\[|'[^']*\[)""": "trigger filters run text as code",
    r"\|\s*safe\b": "text is escaped, always",
    r"\{%-?\s*autoescape\s+false": "text is escaped, always",
    r"""(?:src|href)\s*=\s*["'](?:https?:)?//""": "nothing comes from other hosts",
}
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def faults_in(source: str, *, letter: bool = False) -> list[tuple[int, str]]:
    """The line numbers and reasons of what a template must not hold.

    A ``letter`` brings its own style sheet: no policy of ours holds in a mail program.
    """
    # Comments go, their line breaks stay, so that line numbers hold.
    text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source)
    found = [
        (text.count("\n", 0, match.start()) + 1, reason)
        for pattern, reason in RULES.items()
        if not (letter and pattern == _STYLE_SHEET)
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]
    return sorted(found)


def is_letter(path: Path) -> bool:
    """Whether a template is sent by mail."""
    return path.parent.name == "emails"


def main() -> int:
    faults = 0
    for path in sorted(TEMPLATES.rglob("*")):
        if path.suffix in (".html", ".txt", ".xml"):
            for line, reason in faults_in(path.read_text(), letter=is_letter(path)):
                print(f"{path.relative_to(TEMPLATES.parent)}:{line}: {reason}")
                faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
