"""One's own page: each form good and bad, as a page and as a part of it; who sees what of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask

from fantooo.domain.events import PersonChanged, SessionEnded
from fantooo.domain.viewer import Viewer
from fantooo.infra import bus, crypto, redis
from fantooo.infra.database import acting_as
from fantooo.queries import people as people_queries, sessions
from fantooo.realtime import presence
from fantooo.services import profile
from tests.conftest import _Client
from tests.support import factories
from tests.support.factories import PASSWORD

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
PROFILE = {
    "display_name": "Wanjirũ",
    "bio": "Tea, rain, and long novels.",
    "location": "kisumu",
    "looking_for": "female",
}
NEW = "a much better password"


@pytest.fixture
def anna(app: Flask) -> Viewer:
    return factories.user(username="anna_k", location="Nairobi")


@pytest.fixture
def browser(app: Flask, anna: Viewer) -> _Client:
    made: _Client = app.test_client()  # type: ignore[assignment]
    return made.become(anna)


@pytest.fixture
def told(app: Flask) -> list[Any]:
    """Every event that was told after a commit."""
    heard: list[Any] = []
    listeners = app.extensions["fantooo_listeners"]
    bus.subscribe(app, heard.append)
    yield heard  # type: ignore[misc]
    listeners.remove(heard.append)


def row(superuser: psycopg.Connection, columns: str, viewer: Viewer) -> tuple[Any, ...]:
    found = superuser.execute(
        f"SELECT {columns} FROM real_users WHERE id = %s",  # type: ignore[arg-type]
        (viewer.account_id,),
    ).fetchone()
    assert found
    return tuple(found)


def errors_in(page: str) -> list[str]:
    return re.findall(r'class="error" id="\w+-error" >([^<]+)<', page)


# The profile


def test_saving_the_profile(browser: _Client, anna: Viewer, superuser: psycopg.Connection) -> None:
    answer = browser.post("/me/profile", data=PROFILE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me?saved=profile#me-profile")
    assert row(
        superuser, "display_name, bio, location, latitude, longitude, looking_for", anna
    ) == (
        "Wanjirũ", "Tea, rain, and long novels.", "Kisumu", Decimal("-0.1"), Decimal("34.8"), "female",
    )  # fmt: skip
    page = browser.get("/me?saved=profile").get_data(as_text=True)
    assert page.count('class="me-said">Saved<') == 1
    assert "Tea, rain, and long novels.</textarea>" in page


def test_a_section_is_answered_alone(browser: _Client) -> None:
    part = browser.post("/me/profile", data=PROFILE, headers=FRAGMENT)
    assert part.status_code == 200
    text = part.get_data(as_text=True).strip()
    assert text.startswith('<section id="me-profile"')
    assert text.endswith("</section>")
    assert text.count("<section") == 1
    assert 'data-said="Saved"' in text


def test_a_town_nobody_knows_is_kept_as_typed(
    browser: _Client, anna: Viewer, superuser: psycopg.Connection
) -> None:
    browser.post("/me/profile", data={**PROFILE, "location": " Kwa  Njenga, block 4 "})
    assert row(superuser, "location, latitude, longitude", anna) == (
        "Kwa Njenga, block 4", None, None,
    )  # fmt: skip


def test_onboarding_keeps_where_the_town_lies(anna: Viewer, superuser: psycopg.Connection) -> None:
    assert row(superuser, "location, latitude, longitude", anna) == (
        "Nairobi", Decimal("-1.3"), Decimal("36.8"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"display_name": ""}, "Use 2 to 30 characters"),
        ({"display_name": "Support"}, "This name is reserved"),
        ({"display_name": "0712 345 678 Jo"}, "Do not use a number"),
        ({"bio": "x" * 501}, "Use at most 500 characters"),
        ({"location": "7"}, "Enter the town you live in"),
        ({"looking_for": "nobody"}, "Choose one"),
    ],
)
def test_a_profile_that_cannot_be_taken(
    browser: _Client,
    anna: Viewer,
    superuser: psycopg.Connection,
    changes: dict[str, str],
    words: str,
) -> None:
    before = row(superuser, "real_users", anna)
    (name, value), given = next(iter(changes.items())), {**PROFILE, **changes}
    for headers, status in (({}, 400), (FRAGMENT, 200)):
        answer = browser.post("/me/profile", data=given, headers=headers)
        page = answer.get_data(as_text=True)
        assert answer.status_code == status
        assert len(errors_in(page)) == 1
        assert words in errors_in(page)[0]
        assert page.count('aria-invalid="true"') == 1
        # What was typed stays, the wrong value too where it was typed freely.
        assert "Tea, rain, and long novels.</textarea>" in page or name == "bio"
        assert value in page or name == "looking_for"
        assert "data-said" not in page
    assert row(superuser, "real_users", anna) == before


def test_a_bio_is_text(browser: _Client) -> None:
    browser.post("/me/profile", data={**PROFILE, "bio": "<img src=x onerror=alert(1)>\u202e\x07"})
    page = browser.get("/me").get_data(as_text=True)
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page
    assert "\x07" not in page


def test_only_ones_own(app: Flask, browser: _Client, superuser: psycopg.Connection) -> None:
    ben = factories.user()
    before = row(superuser, "real_users", ben)
    browser.post("/me/profile", data={**PROFILE, "id": str(ben.account_id)})
    assert row(superuser, "real_users", ben) == before
    assert ben.account_id
    # Nor through the service, under somebody else's identity.
    anna = factories.user()
    with acting_as(anna), pytest.raises(Exception, match="could not find"):
        profile.save(ben.account_id, profile.Profile("Evil", "", "Nairobi", "both"))
    assert row(superuser, "real_users", ben) == before


# Language and look


def test_language(browser: _Client, anna: Viewer, superuser: psycopg.Connection) -> None:
    assert browser.post("/me/language", data={"language": "sw"}).status_code == 303
    assert row(superuser, "language", anna) == ("sw",)
    assert browser.post("/me/language", data={"language": "fr"}).status_code == 400
    assert row(superuser, "language", anna) == ("sw",)


def test_the_theme_comes_along_to_another_device(app: Flask, browser: _Client) -> None:
    browser.post("/theme", data={"theme": "dark", "next": "/me"})
    other: Any = app.test_client()
    assert '<html lang="en" data-theme="system">' in other.get("/login").get_data(as_text=True)
    other.sign_in("anna_k", PASSWORD)
    assert '<html lang="en" data-theme="dark">' in other.get("/discover").get_data(as_text=True)


def test_who_never_chose_keeps_what_the_browser_has(app: Flask, anna: Viewer) -> None:
    browser: Any = app.test_client()
    browser.post("/theme", data={"theme": "light", "next": "/login"})
    browser.sign_in("anna_k", PASSWORD)
    assert '<html lang="en" data-theme="light">' in browser.get("/discover").get_data(as_text=True)


# The e-mail address


def test_an_address_is_kept_sealed(
    browser: _Client, anna: Viewer, superuser: psycopg.Connection
) -> None:
    given = {"email": " Anna.K@Example.COM ", "email_password": PASSWORD}
    assert browser.post("/me/email", data=given).status_code == 303
    sealed, hashed = row(superuser, "email_sealed, email_hash", anna)
    assert "anna" not in sealed.casefold()
    assert crypto.unseal(sealed) == "anna.k@example.com"
    assert hashed == crypto.keyed_hash("email", "anna.k@example.com")
    assert "anna.k@example.com" not in str(row(superuser, "real_users::text", anna))
    page = browser.get("/me").get_data(as_text=True)
    assert 'value="anna.k@example.com"' in page
    assert "Not confirmed" in page
    browser.post("/me/email", data={"email": "other@example.com", "email_password": PASSWORD})
    assert row(superuser, "email_hash", anna) == (crypto.keyed_hash("email", "other@example.com"),)
    browser.post("/me/email", data={"email": "", "email_password": PASSWORD})
    assert row(superuser, "email_sealed, email_hash", anna) == (None, None)
    assert "Not confirmed" not in browser.get("/me").get_data(as_text=True)
    noted = superuser.execute(
        "SELECT details ->> 'what' FROM security_audit_log WHERE event = 'email_changed' ORDER BY id"
    ).fetchall()
    assert [what for (what,) in noted] == ["set", "set", "removed"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": "anna", "email_password": PASSWORD}, "Enter an e-mail address"),
        ({"email": "anna@example.com", "email_password": "wrong"}, "not your current password"),
        ({"email": "anna@example.com"}, "not your current password"),
    ],
)
def test_an_address_that_cannot_be_taken(
    browser: _Client,
    anna: Viewer,
    superuser: psycopg.Connection,
    given: dict[str, str],
    words: str,
) -> None:
    answer = browser.post("/me/email", data=given)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert [words in text for text in errors_in(page)] == [True]
    assert f'value="{given["email"]}"' in page
    assert PASSWORD not in page
    assert row(superuser, "email_sealed", anna) == (None,)


def test_nobody_learns_whose_address_it_is(app: Flask, browser: _Client) -> None:
    given = {"email": "shared@example.com", "email_password": PASSWORD}
    ben = app.test_client().become(factories.user(username="ben_k"))  # type: ignore[attr-defined]
    said = []
    for one in (browser, ben):
        part = one.post("/me/email", data=given, headers=FRAGMENT).get_data(as_text=True)
        said.append(re.sub(r'csrf_token" value="[^"]+"', "", part))
    assert said[0] == said[1]


def test_old_keys_still_open(make_app: Callable[..., Flask]) -> None:
    one, two = "1" * 32, "2" * 32
    with make_app(field_keys=one).app_context():
        sealed, hashed = crypto.seal("anna@example.com"), crypto.keyed_hash("email", "a")
    with make_app(field_keys=f"{two}, {one}").app_context():
        assert crypto.unseal(sealed) == "anna@example.com"
        assert crypto.keyed_hash("email", "a") != hashed
        newer = crypto.seal("anna@example.com")
    with make_app(field_keys=one).app_context(), pytest.raises(crypto.InvalidToken):
        crypto.unseal(newer)


def test_a_hash_is_for_one_purpose(app: Flask) -> None:
    assert crypto.keyed_hash("email", "a") != crypto.keyed_hash("phone", "a")
    assert len(crypto.keyed_hash("email", "a")) == 32
    assert crypto.seal("a") != crypto.seal("a")


# The password


def change(browser: _Client, **changes: str) -> Any:
    given = {"present": PASSWORD, "password": NEW, "confirmPassword": NEW, **changes}
    return browser.post("/me/password", data=given)


def test_another_password_ends_all_other_sessions(
    app: Flask, browser: _Client, anna: Viewer, superuser: psycopg.Connection, told: list[Any]
) -> None:
    other = app.test_client().become(anna)  # type: ignore[attr-defined]
    ben = app.test_client().become(factories.user())  # type: ignore[attr-defined]
    assert change(browser).status_code == 303
    assert browser.get("/me").status_code == 200
    assert other.get("/me").status_code == 302
    assert ben.get("/me").status_code == 200
    # Of Anna: the one that signed her up, and the other browser's.
    ended = [event for event in told if isinstance(event, SessionEnded)]
    assert {event.account_id for event in ended} == {anna.account_id}
    assert len({event.session_id for event in ended}) == 2
    login: Any = app.test_client()
    wrong = login.post("/login", data={"username": "anna_k", "password": PASSWORD})
    assert wrong.status_code == 401
    login.sign_in("anna_k", NEW)
    events = superuser.execute(
        "SELECT event FROM security_audit_log WHERE account_id = %s", (anna.account_id,)
    ).fetchall()
    assert {"password_changed", "session_revoked"} <= {event for (event,) in events}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"present": "not it at all"}, "This is not your current password"),
        ({"present": ""}, "This is not your current password"),
        ({"password": "short", "confirmPassword": "short"}, "Use at least 10 characters"),
        ({"password": "password123", "confirmPassword": "password123"}, "too common"),
        ({"password": "so anna_k it is", "confirmPassword": "so anna_k it is"}, "your user name"),
        ({"confirmPassword": "something else"}, "The two passwords differ"),
        ({"password": PASSWORD, "confirmPassword": PASSWORD}, "your current password"),
    ],
)
def test_a_password_that_cannot_be_taken(
    app: Flask, browser: _Client, anna: Viewer, changes: dict[str, str], words: str
) -> None:
    other = app.test_client().become(anna)  # type: ignore[attr-defined]
    answer = change(browser, **changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert [words in text for text in errors_in(page)] == [True]
    for typed in (NEW, PASSWORD, *changes.values()):
        assert not typed or f'value="{typed}"' not in page
    assert other.get("/me").status_code == 200
    factories.sign_in(anna)


def test_wrong_guesses_are_noted(browser: _Client, superuser: psycopg.Connection) -> None:
    change(browser, present="a guess of mine")
    assert superuser.execute(
        "SELECT details ->> 'at' FROM security_audit_log WHERE event = 'failed_login'"
    ).fetchall() == [("me",)]


# Notifications and privacy


def test_notifications_are_off_until_chosen(
    browser: _Client, anna: Viewer, superuser: psycopg.Connection
) -> None:
    assert row(superuser, "notify_push, notify_email", anna) == ([], [])
    given = {"push": ["security", "replies", "adverts"], "email": ["refunds"]}
    assert browser.post("/me/notifications", data=given).status_code == 303
    assert row(superuser, "notify_push, notify_email", anna) == (
        ["replies", "security"], ["refunds"],
    )  # fmt: skip
    page = browser.get("/me").get_data(as_text=True)
    assert len(re.findall(r'name="(?:push|email)" value="\w+"[^>]*checked', page)) == 3
    browser.post("/me/notifications", data={})
    assert row(superuser, "notify_push, notify_email", anna) == ([], [])


def panel_of(operator: Viewer, viewer: Viewer) -> people_queries.RealUserPanel:
    assert viewer.account_id
    with acting_as(operator):
        return people_queries.panel(viewer.account_id)


def test_the_town_is_hidden_from_the_desk(
    app: Flask, browser: _Client, anna: Viewer, told: list[Any]
) -> None:
    olga = factories.operator(available=True)
    chat_id = factories.open_chat(anna)
    factories.send(anna, chat_id)
    desk = app.test_client().become(olga)  # type: ignore[attr-defined]
    assert panel_of(olga, anna).location == "Nairobi"
    assert "Nairobi" in desk.get(f"/operator/chat/{chat_id}").get_data(as_text=True)
    assert browser.post("/me/privacy", data={"show_online": "yes"}).status_code == 303
    assert panel_of(olga, anna).location == ""
    for path in (f"/operator/chat/{chat_id}", f"/operator/chat/{chat_id}/person"):
        assert "Nairobi" not in desk.get(path).get_data(as_text=True)
    changed = [event for event in told if isinstance(event, PersonChanged)]
    assert changed == [PersonChanged(anna.account_id, (olga.account_id,), shows_online=True)]  # type: ignore[arg-type]
    # A move is hidden as well.
    browser.post("/me/profile", data=PROFILE)
    assert panel_of(olga, anna).location == ""
    browser.post("/me/privacy", data={"show_place": "yes"})
    assert panel_of(olga, anna).location == "Kisumu"


def test_who_does_not_show_it_is_not_seen_online(
    app: Flask, browser: _Client, anna: Viewer
) -> None:
    assert anna.account_id
    presence.enter(anna.account_id, 1, "here")
    assert presence.is_online(anna.account_id)
    watcher = redis.client().pubsub()
    watcher.subscribe(f"user:{anna.account_id}", f"acct:{anna.account_id}")
    browser.post("/me/privacy", data={"show_place": "yes"})
    assert not presence.is_online(anna.account_id)
    heard = [watcher.get_message(timeout=2) for _ in range(4)][2:]
    told = [message["data"].decode() for message in heard if message]
    assert told == ['x||{"do":"show","shown":""}', "p||0"]
    watcher.close()
    opened = factories.sign_in(anna)
    viewer = sessions.viewer_of(opened.token)
    assert viewer is not None
    assert not viewer.shows_online


def test_contact_data_is_masked_for_operators(app: Flask, browser: _Client, anna: Viewer) -> None:
    olga = factories.operator(available=True)
    chat_id = factories.open_chat(anna)
    factories.send(anna, chat_id)
    bio = "Write to anna@example.com or 0712 345 678 <b>now</b>"
    browser.post("/me/profile", data={**PROFILE, "bio": bio, "location": "Nairobi 0712345678"})
    desk = app.test_client().become(olga)  # type: ignore[attr-defined]
    for path in (f"/operator/chat/{chat_id}", f"/operator/chat/{chat_id}/person"):
        page = desk.get(path).get_data(as_text=True)
        assert "Write to [e-mail hidden] or [number hidden] &lt;b&gt;now&lt;/b&gt;" in page
        assert "Nairobi [number hidden]" in page
        assert "anna@example.com" not in page
        assert "345 678" not in page
        assert "712345678" not in page


# Sessions


def test_where_one_is_signed_in(
    app: Flask, browser: _Client, anna: Viewer, superuser: psycopg.Connection
) -> None:
    factories.user(username="ben_k")
    phone = "Mozilla/5.0 (Linux; Android 10; K) Chrome/131.0.0.0 Mobile Safari/537.36"
    login: Any = app.test_client()
    login.post(
        "/login", data={"username": "anna_k", "password": PASSWORD}, headers={"User-Agent": phone}
    )
    superuser.execute(
        "UPDATE sessions SET last_seen_at = '2026-11-20T17:04:00Z' WHERE user_agent = %s", (phone,)
    )
    superuser.execute(
        "UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE id = %s",
        (anna.session_id,),
    )
    page = browser.get("/me").get_data(as_text=True)
    part = page[page.index('id="me-sessions"') :]
    assert part.count("<li id=") == 2, "two of Anna's are open; none of Ben's is shown"
    assert part.count("This device") == 1
    assert "Chrome on Android" in part
    assert "Last used 20 Nov 2026, 20:04" in part


def test_ending_one_session(app: Flask, browser: _Client, anna: Viewer, told: list[Any]) -> None:
    other = app.test_client().become(anna)  # type: ignore[attr-defined]
    assert other.get("/me").status_code == 200
    page = other.get("/me").get_data(as_text=True)
    ids = re.findall(r"/me/sessions/([0-9a-f-]{36})/end", page)
    mine = re.findall(
        r"/me/sessions/([0-9a-f-]{36})/end", browser.get("/me").get_data(as_text=True)
    )
    (others,) = set(mine) - set(ids)
    part = browser.post(f"/me/sessions/{others}/end", headers=FRAGMENT).get_data(as_text=True)
    assert 'data-said="Logged out there."' in part
    assert f"session-{others}" not in part
    assert other.get("/me").status_code == 302
    assert browser.get("/me").status_code == 200
    assert [str(e.session_id) for e in told if isinstance(e, SessionEnded)] == [others]
    assert browser.post(f"/me/sessions/{others}/end").status_code == 404, "it is over"


def test_nobody_ends_somebody_elses_session(app: Flask, browser: _Client) -> None:
    ben = factories.user()
    theirs = app.test_client().become(ben)  # type: ignore[attr-defined]
    assert browser.post(f"/me/sessions/{ben.session_id}/end").status_code == 404
    assert browser.post(f"/me/sessions/{uuid4()}/end").status_code == 404
    browser.post("/me/sessions/end-others")
    assert theirs.get("/me").status_code == 200


def test_ending_all_others(app: Flask, browser: _Client, anna: Viewer) -> None:
    others = [app.test_client().become(anna) for _ in range(2)]  # type: ignore[attr-defined]
    assert browser.post("/me/sessions/end-others").status_code == 303
    assert [other.get("/me").status_code for other in others] == [302, 302]
    page = browser.get("/me").get_data(as_text=True)
    assert page.count('<li id="session-') == 1
    assert "Log out everywhere else" not in page


def test_use_is_noted_every_few_minutes(browser: _Client, superuser: psycopg.Connection) -> None:
    def seen_ago(minutes: int) -> bool:
        superuser.execute(
            "UPDATE sessions SET last_seen_at = now() - make_interval(mins => %s)", (minutes,)
        )
        browser.get("/me")
        found = superuser.execute(
            "SELECT bool_or(last_seen_at > now() - interval '1 minute') FROM sessions"
        ).fetchone()
        assert found
        return bool(found[0])

    assert not seen_ago(4)
    assert seen_ago(6)


# Towns


def test_towns_are_offered_to_anybody(app: Flask) -> None:
    anybody = app.test_client()
    answer = anybody.get("/places?q=nai")
    found = re.findall(r'data-value="([^"]+)"', answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert found[0] == "Nairobi"
    assert len(found) <= 6
    assert re.findall('data-value="([^"]+)"', anybody.get("/places").get_data(as_text=True)) == []
    odd = anybody.get("/places", query_string={"q": '"><script>' * 40}).get_data(as_text=True)
    assert "<script>" not in odd
