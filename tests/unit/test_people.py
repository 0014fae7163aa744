"""What people type about themselves, checked as the product says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, strategies as st

from fantooo.domain.people import (
    Registration,
    age_of,
    age_on,
    check_age,
    check_password,
    check_step,
    check_username,
    name_suggestions,
    name_variants,
)

GOOD = Registration(
    username="amani_22",
    location="Nairobi",
    gender="female",
    age="30",
    looking_for="both",
    password="correct horse battery",
    confirm_password="correct horse battery",
    consent=True,
)


@pytest.mark.parametrize(
    "name",
    [
        "abc",
        "Amani_22",
        "a" * 20,
        "___a",
        "2026",
        "modest",
        "administrators_x",
        "rooted",
        "1234567",
        "amani_1234567x8",
    ],
)
def test_good_names(name: str) -> None:
    assert check_username(name) == ""


@pytest.mark.parametrize(
    "name",
    ["", "ab", "a" * 21, "am ani", "amani!", "amáni", "аmani", "amani\n", "amani\u200d", "a-b-c"],
)
def test_names_of_another_form(name: str) -> None:
    assert check_username(name) == "Use 3 to 20 letters, digits or _"


@pytest.mark.parametrize(
    "name",
    ["admin", "ADMIN", "Adm_in", "_admin_", "supp0rt", "f4nt000", "5upport", "0perator", "r00t",
     "Fantooo_Support", "my_fant000", "support1", "op_team", "Anna_Admin", "staff_7", "help_Support",
     "Paystack", "m0d", "moderat0r", "b1ll1ng", "nul1", "Adm1n", "off1cia1", "heIp"],
)  # fmt: skip
def test_reserved_names_and_those_that_look_like_them(name: str) -> None:
    assert check_username(name) == "This name is reserved"


@pytest.mark.parametrize(
    "name", ["0712345678", "call_0712345678", "12345678", "0712_345_678", "0_7_1_2__3_4_5_6x"]
)
def test_numbers_people_could_call(name: str) -> None:
    assert check_username(name) == "Do not use a number people could call"


@pytest.mark.parametrize(
    ("age", "answer"),
    [
        ("18", ""),
        ("100", ""),
        (" 30 ", ""),
        ("17", "Must be 18 or older"),
        ("0", "Must be 18 or older"),
        ("101", "Enter an age between 18 and 100"),
        ("999", "Enter an age between 18 and 100"),
        ("", "Enter an age between 18 and 100"),
        ("-20", "Enter an age between 18 and 100"),
        ("18.5", "Enter an age between 18 and 100"),
        ("eighteen", "Enter an age between 18 and 100"),
        ("0x20", "Enter an age between 18 and 100"),
        ("1000", "Enter an age between 18 and 100"),
    ],
)
def test_ages(age: str, answer: str) -> None:
    assert check_age(age) == answer


@given(st.text(max_size=6))
@example("25\x1f")
@example("٢٥")
def test_whatever_is_typed_as_age_is_answered(age: str) -> None:
    if check_age(age) == "":
        assert 18 <= (age_of(age) or 0) <= 100


@pytest.mark.parametrize(
    ("password", "answer"),
    [
        ("correct horse", ""),
        ("x7!kd92hsq", ""),
        ("ninechars", "Use at least 10 characters"),
        ("", "Use at least 10 characters"),
        ("ab" * 64 + "c", "Use at most 128 characters"),
        ("password123", "This password is too common"),
        ("PASSWORD123", "This password is too common"),
        ("aaaaaaaaaaaa", "This password is too common"),
        ("abababababab", "This password is too common"),
        ("my amani_22 secret", "The password must not contain your user name"),
        ("my AMANI_22 secret", "The password must not contain your user name"),
    ],
)
def test_passwords(password: str, answer: str) -> None:
    assert check_password(password, "amani_22") == answer


def test_the_longest_password_is_taken() -> None:
    assert check_password("abcd" * 32, "amani") == ""


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_good_registration_passes(step: int) -> None:
    assert check_step(step, GOOD) == {}


@pytest.mark.parametrize(
    ("step", "changes", "errors"),
    [
        (1, {"username": "x"}, {"username": "Use 3 to 20 letters, digits or _"}),
        (2, {"location": " "}, {"location": "Enter the town you live in"}),
        (2, {"location": "12345"}, {"location": "Enter the town you live in"}),
        (2, {"location": "N" * 81}, {"location": "Enter the town you live in"}),
        (2, {"gender": "cat"}, {"gender": "Choose one"}),
        (2, {"gender": ""}, {"gender": "Choose one"}),
        (2, {"gender": "both"}, {"gender": "Choose one"}),
        (2, {"looking_for": "other"}, {"looking_for": "Choose one"}),
        (2, {"age": "17"}, {"age": "Must be 18 or older"}),
        (3, {"confirm_password": "different one"}, {"confirmPassword": "The two passwords differ"}),
        (
            3,
            {"consent": False},
            {"consent": "Please confirm that you understand how Fantooo works"},
        ),
        (
            3,
            {"password": "short", "confirm_password": "shirt", "consent": False},
            {
                "password": "Use at least 10 characters",
                "confirmPassword": "The two passwords differ",
                "consent": "Please confirm that you understand how Fantooo works",
            },
        ),
    ],
)
def test_errors_by_field(step: int, changes: dict[str, object], errors: dict[str, str]) -> None:
    assert check_step(step, replace(GOOD, **changes)) == errors


@example("00000000")
@given(st.text(max_size=30))
def test_every_suggestion_can_be_taken(wished: str) -> None:
    variants = name_variants(wished)
    assert len(variants) >= 2
    assert [name for name in variants if check_username(name)] == []
    taken = dict.fromkeys(variants, False)
    assert name_suggestions(wished, taken) == variants[:2]
    taken[variants[0]] = True
    assert variants[0] not in name_suggestions(wished, taken)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 24), 30),
        (date(2027, 11, 23), 30),
        (date(2027, 11, 24), 31),
        (date(2031, 12, 1), 35),
        (date(2026, 1, 1), 30),
    ],
)
def test_an_age_grows_with_the_years(today: date, expected: int) -> None:
    assert age_on(today, 30, date(2026, 11, 24)) == expected
