"""Users' own contact data is hidden from operators; the rest of their words is not."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from fantooo.domain.masking import mask


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("write to a.b+c@mail.example.co.ke!", "write to [e-mail hidden]!"),
        ("call 0712 345 678 now", "call [number hidden] now"),
        ("+254-712-345-678", "[number hidden]"),
        ("4111 1111 1111 1111", "[number hidden]"),
        ("(0712) 345.678", "([number hidden]"),
        ("born 24.12.1990", "born 24.12.1990"),
        ("on 24.12.1990 at 10, in 1998-2016", "on 24.12.1990 at 10, in 1998-2016"),
        ("0712.34.5678", "[number hidden]"),
        ("24.12.1990 0712345678", "[number hidden]"),
        ("2026-11-24 is fine", "2026-11-24 is fine"),
        ("I am 30, since 2016", "I am 30, since 2016"),
        ("1234567", "1234567"),
        ("12345678", "[number hidden]"),
        ("hello", "hello"),
        ("", ""),
    ],
)
def test_masked(text: str, shown: str) -> None:
    assert mask(text) == shown


@given(st.text(alphabet=st.characters(categories=["L"]), max_size=100))
def test_words_stay(text: str) -> None:
    assert mask(text) == text


@given(st.text(max_size=100))
def test_masking_twice_changes_nothing(text: str) -> None:
    assert mask(mask(text)) == mask(text)
