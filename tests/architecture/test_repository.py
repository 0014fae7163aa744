"""What no file of the repository may hold, and what every template must keep to."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.support.template_rules import faults_in, is_letter

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
#: written so that this file does not hold them itself
MACHINE = re.compile(
    "|".join(["/wo" + "rk/", "/ro" + "ot/", "/home/" + r"\w+/", "/tmp/br" + "ief"])
)
REGISTRY = re.compile(
    r"https?://[^\s\"')]*(?:py" + r"pi|/simple\b|pythonhos" + r"ted|registry\.|/npm/)"
    r"|--(?:extra-)?index" + r"-url[ =]\s*http",
    re.IGNORECASE,
)
TEXT = {".py", ".txt", ".in", ".md", ".html", ".css", ".js", ".json", ".toml", ".sql", ".ini", ".mako",
        ".yml", ".yaml", ".csv", ".svg", ""}  # fmt: skip


def _files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix in TEXT]


@pytest.mark.parametrize("pattern", [MACHINE, REGISTRY], ids=["machine", "registry"])
def test_no_file_names_a_machine_or_a_registry(pattern: re.Pattern[str]) -> None:
    wrong = []
    for path in _files():
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if pattern.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert wrong == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE, "see /wo" + "rk/main"),
        (REGISTRY, "--index-" + "url https://example.org"),
        (REGISTRY, '"resolved": "https://' + 'registry.example.org/x.tgz"'),
        (REGISTRY, "https://mirror.example.org/" + "simple/"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []


def test_every_requirement_is_locked_with_its_hash() -> None:
    for name in ("base.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text().replace("\\\n", " ")
        lines = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line, re.IGNORECASE)]
        assert lines
        assert [
            line[:60] for line in lines if "==" not in line or "--hash=sha256:" not in line
        ] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=[str(p.relative_to(ROOT)) for p in TEMPLATES])
def test_templates_hold_no_code(path: Path) -> None:
    assert faults_in(path.read_text(), letter=is_letter(path)) == []


def test_templates_are_there() -> None:
    assert len(TEMPLATES) >= 40


def test_scripts_write_no_markup_from_strings() -> None:
    """HTML comes from the server, where it is escaped."""
    dangerous = re.compile(
        r"\beval\(|new Function\(|document\.write|insertAdjacentHTML|\.innerHTML\s*\+?=\s*[\"'`]\S|setTimeout\(\s*[\"'`]"
    )
    wrong = []
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if dangerous.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert wrong == []


def test_nothing_is_left_to_do() -> None:
    unfinished = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
    wrong = []
    for path in _files():
        if path.suffix in (".py", ".js", ".css", ".html", ".sql"):
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                if unfinished.search(line):
                    wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert wrong == []


def test_no_test_is_skipped() -> None:
    skipped = re.compile(r"pytest\.(?:mark\.)?(?:sk" + r"ip|x" + r"fail|import" + r"orskip)")
    wrong = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if skipped.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert wrong == []
