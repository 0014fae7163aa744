"""Small rules of the web: local paths, numbers from forms, the client's address, times and credits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given, strategies as st

from fantooo.config import Settings
from fantooo.domain.errors import ValidationError
from fantooo.domain.text import in_credits
from fantooo.infra import clock, signing
from fantooo.infra.client_address import client_address
from fantooo.web import forms
from fantooo.web.templating import duration, eat_day, eat_full, eat_time, span


@pytest.fixture
def bare() -> Iterator[Flask]:
    app = Flask("bare")
    app.config["SECRET_KEY"] = "k" * 32
    app.config["SETTINGS"] = Settings(fantooo_env="test")
    with app.app_context():
        yield app


@pytest.mark.parametrize(
    "path", ["/", "/chats", "/discover?gender=female&q=a%20b", "/profile/1#top", "/login?next=//x"]
)
def test_paths_of_this_site_are_kept(path: str) -> None:
    assert forms.local_path(path, "/home") == path


@pytest.mark.parametrize(
    "target",
    ["", "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example",
     "\\\\evil.example", "/\t/evil.example", "/\n//evil.example", " //evil.example",
     "javascript:alert(1)", "http:/evil.example", "evil.example", "/a\\b", "/a b", "\x00/a"],
)  # fmt: skip
def test_ways_to_elsewhere_are_not(target: str) -> None:
    assert forms.local_path(target, "/home") == "/home"


@given(st.text(alphabet=st.sampled_from("/\\:.@?#%a\t\n\r \x00\u2028\uff0f"), max_size=12))
def test_no_text_leads_away(target: str) -> None:
    kept = forms.local_path(target, "/home")
    here = "https://fantooo.example"
    assert urlsplit(urljoin(f"{here}/login", kept)).netloc == "fantooo.example"
    # Browsers read a backslash as a slash and drop tabs and line ends.
    as_browsers_do = "".join(c for c in kept if c not in "\t\r\n").replace("\\", "/")
    assert not as_browsers_do.startswith("//")


@pytest.mark.parametrize(
    "given_text", ["", "-1", "1.5", "x", "\u0661", "9" * 19, " 1", "+1", "1e3"]
)
def test_other_numbers_are_refused(bare: Flask, given_text: str) -> None:
    with (
        bare.test_request_context("/", method="POST", data={"n": given_text}),
        pytest.raises(ValidationError),
    ):
        forms.int_field("n")


def test_numbers_and_ids(bare: Flask) -> None:
    with bare.test_request_context(
        "/?n=7&id=00000000-0000-0000-0000-000000000001", method="POST", data={"n": "9" * 18}
    ):
        assert forms.int_field("n") == 10**18 - 1
        assert forms.int_argument("n") == 7
        assert forms.int_argument("other", 5) == 5
        assert forms.uuid_argument("id") == UUID(int=1)
        assert forms.uuid_argument("other") is None
        with pytest.raises(ValidationError):
            forms.uuid_field("id")
    with bare.test_request_context("/?id=1%20OR%201=1"), pytest.raises(ValidationError):
        forms.uuid_argument("id")


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "expected"),
    [
        ("", "203.0.113.5", "1.2.3.4", "203.0.113.5"),
        ("10.0.0.0/8", "203.0.113.5", "1.2.3.4", "203.0.113.5"),
        ("10.0.0.0/8", "10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.0/8", "10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("10.0.0.0/8", "10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.0/8", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.0/8", "10.0.0.1", "not-an-address", "10.0.0.1"),
        ("10.0.0.0/8, ::1/128", "::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.0/8", "10.0.0.1", "1.2.3.4,  ,", "1.2.3.4"),
    ],
)
def test_only_trusted_proxies_speak_for_others(
    bare: Flask, trusted: str, peer: str, forwarded: str, expected: str
) -> None:
    bare.config["SETTINGS"] = Settings(fantooo_env="test", trusted_proxies=trusted)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with bare.test_request_context("/", headers=headers, environ_base={"REMOTE_ADDR": peer}):
        assert client_address() == expected


def test_signed_values_are_for_one_purpose(bare: Flask) -> None:
    token = signing.sign("one", ["a", 1])
    assert signing.unsign("one", token) == ["a", 1]
    assert signing.unsign("other", token) is None
    assert signing.unsign("one", token + "x") is None
    assert signing.unsign("one", "") is None
    bare.config["SECRET_KEY"] = "other" * 8
    bare.extensions.pop("fantooo_signers")
    assert signing.unsign("one", token) is None


NIGHT = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)  # 00:30 of the 25th in Nairobi


def test_times_are_nairobi_s(bare: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert eat_time(NIGHT) == "00:30"
    assert eat_full(NIGHT) == "25 Nov 2026, 00:30 EAT"
    for now, word in (
        ("2026-11-24T20:59:59+00:00", "25 Nov 2026"),  # its tomorrow, not today
        ("2026-11-24T21:31:00+00:00", "Today"),
        ("2026-11-25T20:59:59+00:00", "Today"),
        ("2026-11-25T21:00:00+00:00", "Yesterday"),
        ("2026-11-26T21:00:00+00:00", "25 Nov 2026"),
    ):
        monkeypatch.setattr(clock, "now", lambda now=now: datetime.fromisoformat(now))
        assert eat_day(NIGHT) == word, now


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "\u2013"), (0, "0:00"), (9.9, "0:09"), (72, "1:12"), (3600, "1:00:00"),
     (3723, "1:02:03"), (-5, "0:00")],
)  # fmt: skip
def test_durations(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 s"), (0, "0 s"), (53.9, "53 s"), (60, "1 min 0 s"), (113, "1 min 53 s"), (7500, "2 h 5 min")],
)  # fmt: skip
def test_spans(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(("amount", "text"), [(0, "0 credits"), (1, "1 credit"), (2, "2 credits")])
def test_credits_in_words(amount: int, text: str) -> None:
    assert in_credits(amount) == text
