"""Credit calculation and validation."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient

from fantooo.domain.people import Registration, check_step
from fantooo.domain.pricing import message_price
from fantooo.domain.settings import SystemSettings
from tests.support import factories


def cost(*, message_number: int, time_of_day: str, is_featured: bool = False) -> int:
    """The original's calculateMessageCost: ``message_number`` messages were sent with this one."""
    return message_price(
        content_type="text",
        free_used=message_number - 1,
        tier="free",
        featured=is_featured,
        moment=datetime.fromisoformat(time_of_day),
        settings=SystemSettings(),
    ).credits


def test_should_return_0_for_first_3_messages() -> None:
    assert [
        cost(message_number=n, time_of_day="2024-01-15T10:00:00+00:00") for n in (1, 2, 3, 4)
    ] == [0, 0, 0, 1]


def test_should_apply_peak_hour_multiplier() -> None:
    assert cost(message_number=5, time_of_day="2024-01-15T20:00:00+03:00") == 2


def test_should_apply_featured_profile_multiplier() -> None:
    assert cost(message_number=5, time_of_day="2024-01-15T14:00:00+03:00", is_featured=True) == 2


def test_should_reject_age_below_18() -> None:
    errors = check_step(2, Registration(username="john", age="17", location="Nairobi"))
    assert errors["age"] == "Must be 18 or older"


def test_should_validate_username_uniqueness(app: Flask, client: FlaskClient) -> None:
    factories.sign_up(username="existinguser")
    answer = client.get("/get-started/name?username=existinguser").get_data(as_text=True)
    assert "This name is taken" in answer
