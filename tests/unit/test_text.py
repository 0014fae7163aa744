"""Cleaning of typed text: what goes, what stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, strategies as st

from fantooo.domain.text import clean


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  hello  ", "hello"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x00b\x07c\x1bd", "abcd"),
        ("tab\there", "tabhere"),
        ("\x00\x01 \n ", ""),
        ("", ""),
        ("e\u0301", "\u00e9"),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        ),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
        ("private \ue000 use", "private  use"),
        ("lone \ud800 half", "lone  half"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("pay\u200bpal \u202eevil\u2066", "paypal evil"),
        ("\u2764\ufe0f", "\u2764\ufe0f"),
        ("e\u200b\u0301", "\u00e9"),
        # Nothing that could be seen.
        *((sign, "") for sign in ("\u200b", " \u200b \n", "\u200d", "\ufeff", "\u2060\u00ad")),
        *(
            (sign, "")
            for sign in ("\u3164", "\u2800\u2800", "\u115f", "\u0301", "\ufe0f", "\u2028")
        ),
    ],
)
def test_cleaned(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@given(st.text(alphabet=st.characters(), max_size=200))
def test_what_is_kept_can_be_stored(typed: str) -> None:
    kept = clean(typed)
    assert clean(kept) == kept, "cleaning twice changes nothing"
    assert "\x00" not in kept
    assert "\r" not in kept
    kept.encode()
    assert unicodedata.is_normalized("NFC", kept)
    assert kept == kept.strip()


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"]), max_size=80))
def test_words_stay(typed: str) -> None:
    assert clean(f"a{typed}") == unicodedata.normalize("NFC", f"a{typed}").strip()
