"""A chat's status moves along its table and nothing else."""

from __future__ import annotations

from itertools import product

import pytest

from fantooo.domain.states import CHAT, IllegalTransition, check_transition, sources

STATES = ("active", "idle", "escalated", "closed", "archived")
#: active -> idle -> closed -> archived; escalated at any time of an open chat; a message reopens
ALLOWED = {
    ("active", "idle"),
    ("active", "closed"),
    ("active", "escalated"),
    ("idle", "active"),
    ("idle", "closed"),
    ("idle", "escalated"),
    ("escalated", "active"),
    ("escalated", "closed"),
    ("closed", "active"),
    ("closed", "archived"),
    ("archived", "active"),
}


@pytest.mark.parametrize(("old", "new"), list(product((*STATES, "unheard-of"), STATES)))
def test_lines(old: str, new: str) -> None:
    if (old, new) in ALLOWED:
        check_transition(CHAT, old, new)
    else:
        with pytest.raises(IllegalTransition, match=f"{old} -> {new}"):
            check_transition(CHAT, old, new)


def test_states_are_all_there() -> None:
    assert set(CHAT) == set(STATES)


@pytest.mark.parametrize("new", STATES)
def test_sources_are_the_same_lines_backwards(new: str) -> None:
    assert sources(CHAT, new) == sorted(old for old, target in ALLOWED if target == new)
