"""Display names, bios and addresses as people type them on /me."""

from __future__ import annotations

import pytest

from fantooo.domain import people


@pytest.mark.parametrize(
    "name", ["Wanjirũ", "Brian O.", "wanjiru_of_kilimani", "李雷", "Jo", "O'Neill-Otieno", "DJ 254"]
)
def test_names_that_are_fine(name: str) -> None:
    assert people.check_display_name(name) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "2 to 30"),
        ("J", "2 to 30"),
        ("x" * 31, "2 to 30"),
        ("123", "a letter"),
        ("two\nlines", "2 to 30"),
        ("Admin", "reserved"),
        ("A d m i n", "reserved"),
        ("Supp0rt", "reserved"),
        ("The Fantooo team", "reserved"),
        ("Call 0712345678", "reach you"),
        ("ring 07 12 34 56 78", "reach you"),
        ("me@example.com", "reach you"),
    ],
)
def test_names_that_are_not(name: str, words: str) -> None:
    assert words in people.check_display_name(name)


def test_a_bio_has_an_end() -> None:
    assert people.check_bio("x" * 500) == ""
    assert people.check_bio("") == ""
    assert people.check_bio("x" * 501) == "Use at most 500 characters"


@pytest.mark.parametrize(
    "email", ["amina@example.com", "a.b+c@mail.example.co.ke", "x@y.io", "o'neil_w@x-y.example"]
)
def test_addresses(email: str) -> None:
    assert people.check_email(email) == ""


@pytest.mark.parametrize(
    "email", ["amina", "amina@", "@example.com", "a@b", "a b@c.de", "ñ@exämple.com", "a<b@x.com>", "1,b@x.com", "b(c)@x.com",
        '"b"@x.com', "b@x.com,", ".b@x.com", "b@-x.com", "a@b@c.de", "a@b..de", "a@b.d",
              "a\x00@b.de", "x" * 65 + "@b.de", "a@" + "b." * 130 + "de"],
)  # fmt: skip
def test_what_is_no_address(email: str) -> None:
    assert "e-mail address" in people.check_email(email)


def test_an_address_is_kept_in_one_form() -> None:
    assert people.normal_email("  Amina.W@Example.COM ") == "amina.w@example.com"
