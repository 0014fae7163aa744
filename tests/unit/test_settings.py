"""Settings an admin may change, and those of the environment that production cannot start without."""

from __future__ import annotations

import re
from dataclasses import fields
from decimal import Decimal

import pytest
from pydantic import ValidationError

from fantooo.config import Settings
from fantooo.domain.settings import SystemSettings, build, check
from tests.architecture.source import ROOT


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("price_text", 2, 2),
        ("price_text", "2", 2),
        ("price_text", 2.0, 2),
        ("price_text", 0, 0),
        ("evening_multiplier", "1.25", Decimal("1.25")),
        ("evening_multiplier", 1.2, Decimal("1.2")),
        ("evening_multiplier", 2, Decimal(2)),
    ],
)
def test_values_get_their_own_type(key: str, value: object, kept: object) -> None:
    found = check(key, value)
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("price_text", -1, "must not be negative"),
        ("price_text", 1.5, "must be a whole number"),
        ("price_text", True, "must be a number"),
        ("evening_multiplier", "-0.1", "must not be negative"),
        ("version", 3, "no setting called version"),
        ("no_such_thing", 3, "no setting called no_such_thing"),
    ],
)
def test_other_values_are_refused(key: str, value: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check(key, value)


def test_every_setting_takes_its_own_default() -> None:
    defaults = SystemSettings()
    for field in fields(SystemSettings):
        if field.name != "version":
            value = getattr(defaults, field.name)
            assert check(field.name, value) == value


def test_what_is_missing_is_the_default_and_what_is_unknown_is_left_out() -> None:
    built = build(7, {"price_text": 3, "from_another_release": "x"})
    assert built == SystemSettings(version=7, price_text=3)


def test_the_product_s_numbers() -> None:
    found = SystemSettings()
    assert (found.free_messages, found.welcome_credits) == (3, 10)
    assert (found.warn_after, found.return_after, found.heartbeat_after) == (120, 180, 60)
    assert (found.idle_after_minutes, found.close_after_hours, found.archive_after_days) == (
        30,
        24,
        90,
    )


COMPLETE = {
    "fantooo_env": "production",
    "secret_key": "k" * 32,
    "database_url": "postgresql+psycopg://fantooo_app@/fantooo",
    "redis_url": "redis://127.0.0.1:6379/0",
    "app_url": "https://fantooo.example",
    "field_keys": "f" * 32,
    "support_email": "help@fantooo.example",
    "paystack_secret_key": "sk_live_" + "k" * 40,
    "payment_mail_domain": "pay.fantooo.example",
    "mail_url": f"smtps://fantooo:{'k' * 20}@mail.fantooo.example",
    "mail_from": "no-reply@fantooo.example",
}


def test_production_starts_when_complete() -> None:
    assert Settings(**COMPLETE).is_production  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"secret_key": Settings.model_fields["secret_key"].default}, "SECRET_KEY"),
        ({"database_url": ""}, "DATABASE_URL"),
        ({"redis_url": ""}, "REDIS_URL"),
        ({"app_url": ""}, "APP_URL"),
        ({"field_keys": ""}, "FIELD_KEYS"),
        ({"field_keys": " , "}, "FIELD_KEYS"),
        ({"field_keys": "f" * 32 + ",short"}, "FIELD_KEYS"),
        ({"support_email": ""}, "SUPPORT_EMAIL"),
        ({"support_email": Settings.model_fields["support_email"].default}, "SUPPORT_EMAIL"),
        ({"paystack_secret_key": ""}, "PAYSTACK_SECRET_KEY"),
        ({"payment_mail_domain": ""}, "PAYMENT_MAIL_DOMAIN"),
        (
            {"payment_mail_domain": Settings.model_fields["payment_mail_domain"].default},
            "PAYMENT_MAIL_DOMAIN",
        ),
        ({"mail_url": ""}, "MAIL_URL"),
        ({"mail_url": "mail.fantooo.example"}, "MAIL_URL begins with"),
        ({"mail_url": "smtp://"}, "MAIL_URL begins with"),
        ({"mail_url": f"smtp+plain://me:{'k' * 20}@mail.fantooo.example"}, "smtp.plain would show"),
        ({"mail_url": "smtp://mail.fantooo.example:port"}, "MAIL_URL begins with"),
        ({"mail_from": "Fantooo"}, "MAIL_FROM"),
        ({"mail_from": Settings.model_fields["mail_from"].default}, "MAIL_FROM"),
        ({"paystack_base_url": "http://api.paystack.co"}, "PAYSTACK_BASE_URL with https"),
        ({"currency": "Ksh"}, "currency"),
        ({"fantooo_clock": "2026-11-24T14:00:00+03:00"}, "FANTOOO_CLOCK"),
    ],
)
def test_production_refuses_to_start_without(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings(**{**COMPLETE, **changes})  # type: ignore[arg-type]


def test_a_live_key_never_travels_unencrypted_anywhere() -> None:
    live = "sk_live_" + "k" * 40
    with pytest.raises(ValidationError, match="https"):
        Settings(paystack_secret_key=live, paystack_base_url="http://127.0.0.1:1")
    assert Settings(paystack_secret_key=live).moves_real_money
    tested = Settings(**{**COMPLETE, "paystack_secret_key": "sk_test_" + "k" * 40})  # type: ignore[arg-type]
    assert not tested.moves_real_money
    assert "k" * 40 not in repr(tested)


EXAMPLE = re.compile(r"^([A-Z_]+)=(.*)$", re.MULTILINE)
README_ROW = re.compile(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? \|(.*)\|$", re.MULTILINE)


def test_the_example_file_names_every_setting_with_its_default() -> None:
    written = dict(EXAMPLE.findall((ROOT / ".env.example").read_text()))
    assert written == _defaults()


def test_the_readme_names_every_setting_with_its_default() -> None:
    rows = README_ROW.findall((ROOT / "README.md").read_text())
    assert {name: default for name, default, _production in rows} == _defaults()


def test_the_readme_says_what_production_needs() -> None:
    rows = README_ROW.findall((ROOT / "README.md").read_text())
    needed = {name for name, _default, production in rows if "*needed*" in production}
    assert needed == {
        "SECRET_KEY",
        "FIELD_KEYS",
        "DATABASE_URL",
        "REDIS_URL",
        "APP_URL",
        "SUPPORT_EMAIL",
        "PAYSTACK_SECRET_KEY",
        "PAYMENT_MAIL_DOMAIN",
        "MAIL_URL",
        "MAIL_FROM",
    }


def test_the_example_file_can_be_copied_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    written = dict(EXAMPLE.findall((ROOT / ".env.example").read_text()))
    for name in written:
        monkeypatch.delenv(name, raising=False)
    untouched = Settings()
    for name, value in written.items():
        monkeypatch.setenv(name, value)
    copied = Settings()
    assert copied.public_url == untouched.public_url
    # The first is a path from where one stands, the second what the port says anyway.
    spelled = {"fantooo_home", "app_url"}
    assert copied.model_dump(exclude=spelled) == untouched.model_dump(exclude=spelled)
    assert len(copied.secret_key) >= 32, "an empty line does not empty the key"
    assert copied.fantooo_clock is None


def _defaults() -> dict[str, str]:
    """What each setting is when nothing is set; secrets and what is worked out are left empty."""
    worked_out = {
        "SECRET_KEY": "",
        "FANTOOO_HOME": "./var",
        "FANTOOO_CLOCK": "",
        "APP_URL": "http://127.0.0.1:8000",
    }
    read_elsewhere = {"WEB_CONCURRENCY": ""}  # by gunicorn.conf.py
    return read_elsewhere | {
        name.upper(): worked_out.get(name.upper(), str(field.default))
        for name, field in Settings.model_fields.items()
    }
