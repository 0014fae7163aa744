"""Price quotes: only ours, only for their chat and account, only for their time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given, strategies as st
from itsdangerous import URLSafeSerializer

from fantooo.config import Settings
from fantooo.domain.settings import SystemSettings
from fantooo.infra import clock
from fantooo.services import quotes
from fantooo.services.quotes import Quote, Snapshot

CHAT, ACCOUNT = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SNAPSHOT = Snapshot(CHAT, ACCOUNT, 3, "free", False, Decimal(0), False)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    app = Flask("bare")
    app.config["SECRET_KEY"] = "k" * 32
    app.config["SETTINGS"] = Settings(fantooo_env="test")
    monkeypatch.setattr(clock, "now", lambda: NOON)
    with app.app_context():
        yield app


def made(**changes: object) -> Quote:
    return quotes.make(replace(SNAPSHOT, **changes), SystemSettings(version=4))


def read(token: str, chat_id: UUID = CHAT, account_id: UUID = ACCOUNT) -> Quote | None:
    return quotes.read(token, chat_id=chat_id, account_id=account_id)


def test_a_quote_comes_back_as_it_was() -> None:
    quote = made()
    assert read(quote.token()) == quote
    assert (quote.price, quote.is_free, quote.settings_version) == (1, False, 4)


def test_of_another_chat_or_account_it_is_worth_nothing() -> None:
    token = made().token()
    assert read(token, chat_id=UUID(int=3)) is None
    assert read(token, account_id=UUID(int=3)) is None


def test_no_changed_letter_passes() -> None:
    token = made().token()
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        found = read(changed)
        # The last letter of base64 carries bits that are not read: such a text says the same.
        assert found is None or found == made()


@pytest.mark.parametrize("token", ["", ".", "a.b", "x" * 5000, "\u2603", "null", "[]"])
def test_no_other_text_passes(token: str) -> None:
    assert read(token) is None


def test_signed_by_us_for_another_purpose_or_of_another_shape() -> None:
    other = URLSafeSerializer("k" * 32, salt="another")
    assert read(str(other.dumps(list(range(15))))) is None
    ours = URLSafeSerializer("k" * 32, salt="message-quote")
    assert read(str(ours.dumps([1, 2, 3]))) is None
    assert read(str(ours.dumps({"chat_id": str(CHAT)}))) is None


@pytest.mark.parametrize(
    ("later", "holds"),
    [
        (timedelta(0), True),
        (timedelta(minutes=29, seconds=59), True),
        (timedelta(minutes=30), False),
        (timedelta(days=1), False),
    ],
)
def test_it_holds_for_half_an_hour(
    monkeypatch: pytest.MonkeyPatch, later: timedelta, holds: bool
) -> None:
    quote = made()
    monkeypatch.setattr(clock, "now", lambda: NOON + later)
    assert quote.still_holds is holds


def test_it_never_holds_into_the_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    shortly_before = datetime(2026, 11, 24, 14, 59, tzinfo=UTC)  # 17:59 in Nairobi
    monkeypatch.setattr(clock, "now", lambda: shortly_before)
    quote = made()
    assert quote.price == 1
    monkeypatch.setattr(clock, "now", lambda: shortly_before + timedelta(minutes=1))
    assert quote.still_holds is False
    assert made().price == 2


@pytest.mark.parametrize(
    ("used", "reason"),
    [(0, "free, 3 left"), (1, "free, 2 left"), (2, "free, 1 left"), (3, "")],
)
def test_reason(used: int, reason: str) -> None:
    assert made(free_used=used).reason() == reason


@given(used=st.integers(0, 6), featured=st.booleans())
def test_the_next_quote_reads_nothing(used: int, featured: bool) -> None:
    quote = made(free_used=used, featured=featured, first=True)
    after = quotes.after(quote, used + 1, SystemSettings(version=5))
    assert after.free_used == used + 1
    assert after.settings_version == 5
    assert after.first is False
    assert (after.featured, after.tier, after.chat_id) == (featured, "free", str(CHAT))


def test_queue_points() -> None:
    settings = SystemSettings()
    assert made(free_used=0, first=True).queue_points(settings) == ("low", 10, {"first": 10})
    assert made(tier="platinum", lifetime_value=Decimal(30000)).queue_points(settings) == (
        "urgent",
        75,
        {"tier": 40, "lifetime_value": 20, "paid": 15},
    )
