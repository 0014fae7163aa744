"""The table of README.md and the tests beside it say the same."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_the_table_is_true() -> None:
    rows = re.findall(
        r"^\| (\w+) \| (.+?) \| (\d) \| (\S*) *\|$", (HERE / "README.md").read_text(), re.M
    )
    assert len(rows) == 14
    promised = {
        (where, "test_" + re.sub(r"\W", "_", words)) for _g, words, _issue, where in rows if where
    }
    present = {
        (path.name, name)
        for path in HERE.glob("test_*.py")
        if path.name != Path(__file__).name
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert present == promised
