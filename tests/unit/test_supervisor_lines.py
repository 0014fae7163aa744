"""What ``./dev run`` says may have lost its reader; stopping goes on all the same."""

from __future__ import annotations

import os
import sys

import pytest

from fantooo.embedded import supervisor


def test_lines_that_nobody_reads_any_more_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with monkeypatch.context() as patched:
        pipe = os.fdopen(writing, "w")
        patched.setattr(sys, "stdout", pipe)
        for _ in range(2):
            supervisor._say("fantooo", "stopping")
    with pytest.raises(BrokenPipeError):
        pipe.close()
