"""The hand-made breaks still fit the product: their text is where they say, and so is their test."""

from __future__ import annotations

import pytest

from tests.support.mutants import MUTANTS, ROOT, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_break_applies(mutant: Mutant) -> None:
    assert mutant.old in (ROOT / mutant.file).read_text()
    path, _, name = mutant.test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text() if name else (ROOT / path).exists()
