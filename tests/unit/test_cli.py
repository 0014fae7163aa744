"""Commands without servers say what to do, in one line."""

from __future__ import annotations

import pytest

from fantooo import create_app
from fantooo.config import Settings


@pytest.mark.parametrize(
    "command", [["ledger", "verify"], ["maintenance", "on"], ["partitions", "ensure"]]
)
def test_without_a_database_one_line_says_what_to_do(command: list[str]) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
    app = create_app(Settings(fantooo_env="test", database_url=nowhere))
    done = app.test_cli_runner().invoke(args=command)
    assert done.exit_code == 1
    assert done.output == (
        "Error: PostgreSQL cannot be reached."
        " Start ./dev run first (in another terminal), or set DATABASE_URL.\n"
    )
