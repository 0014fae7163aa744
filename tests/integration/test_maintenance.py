"""Maintenance: everybody is asked to come back later but machines, files and who may end it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from fantooo.domain.errors import Maintenance
from fantooo.queries import settings as read
from fantooo.services import settings
from tests.integration.cast import Cast
from tests.support import factories

WORDS = Maintenance.look.message
JSON = {"Accept": "application/json"}
FRAGMENT = {"HX-Request-Type": "partial"}


@pytest.fixture
def off(cast: Cast) -> Iterator[Cast]:
    """The cast while Fantooo is switched off."""
    factories.set_setting("maintenance_mode", value=True)
    return cast


@pytest.mark.parametrize("actor", ["anonymous", "owner", "holder"])
@pytest.mark.parametrize("path", ["/", "/discover", "/login", "/chats", "/operator/waiting"])
def test_people_are_asked_to_come_back(off: Cast, actor: str, path: str) -> None:
    answer = off.browser(actor).get(path)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
    assert f"<h1>{WORDS}</h1>" in page
    ways = set(re.findall(r'<a [^>]*href="(/[^"]*)"', page))
    assert ways == {path}, "one tries the page one wanted; no way leads to another such page"
    assert answer.headers["Cache-Control"] == "no-store"


def test_scripts_are_told_in_their_own_shape(off: Cast) -> None:
    browser = off.browser("owner")
    answer = browser.get("/discover", headers=JSON)
    error = answer.get_json()["error"]
    assert (answer.status_code, error["code"], error["retry_after"]) == (503, "maintenance", 300)
    part = browser.get("/discover", headers=FRAGMENT)
    assert (part.status_code, part.headers["Retry-After"]) == (503, "300")
    assert WORDS in part.get_data(as_text=True)
    assert "<html" not in part.get_data(as_text=True)


def test_nothing_is_sent(off: Cast) -> None:
    browser = off.browser("owner")
    before = off.state()
    answer = browser.post(f"/chat/{off.chat}/messages", data={"content": "Hello"})
    assert answer.status_code == 503
    assert off.state() == before


@pytest.mark.parametrize(
    "path", ["/health", "/health/ready?for=web", "/metrics", "/static/js/app.js"]
)
def test_machines_and_files_are_answered(off: Cast, path: str) -> None:
    assert off.browser("anonymous").get(path, buffered=True).status_code == 200


def test_an_admin_goes_on_and_can_come_in(off: Cast) -> None:
    assert off.browser("admin").get("/admin/dashboard").status_code == 200
    assert off.browser("admin").get("/discover").status_code == 200
    assert off.browser("anonymous").get("/admin-login").status_code == 200


def test_afterwards_all_is_as_before(off: Cast) -> None:
    factories.set_setting("maintenance_mode", value=False)
    assert off.browser("owner").get("/discover").status_code == 200


def test_the_command(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert "asked to come back later" in run(args=["maintenance", "on"]).output
    assert read.current(fresh=True).maintenance_mode
    assert "open again" in run(args=["maintenance", "off"]).output
    assert not read.current(fresh=True).maintenance_mode


def test_a_change_keeps_its_history(cast: Cast) -> None:
    admin = cast.world.admin.account_id
    before = read.current(fresh=True).version
    settings.change("evening_multiplier", "1.25", changed_by=admin)
    settings.change("evening_multiplier", "1.5", changed_by=admin)
    found = read.current(fresh=True)
    assert found.version >= before + 2
    assert str(found.evening_multiplier) == "1.5"
    rows = cast.connection.execute(
        "SELECT old_value, new_value FROM system_settings_history"
        " WHERE key = 'evening_multiplier' ORDER BY id"
    ).fetchall()
    assert rows == [(None, "1.25"), ("1.25", "1.5")]
    with pytest.raises(ValueError, match="must be true or false"):
        settings.change("maintenance_mode", 1)


def test_the_guide_is_not_in_production(make_app: Callable[..., Flask]) -> None:
    assert make_app().test_client().get("/styleguide").status_code == 200
    production = make_app(
        fantooo_env="production",
        app_url="https://fantooo.example",
        field_keys="k" * 44,
        support_email="help@fantooo.example",
        paystack_secret_key="sk_live_" + "k" * 40,
        payment_mail_domain="pay.fantooo.example",
        mail_url="smtps://mail.fantooo.example",
        mail_from="no-reply@fantooo.example",
    )
    answer = production.test_client().get("/styleguide", base_url="https://fantooo.example")
    assert answer.status_code == 404
