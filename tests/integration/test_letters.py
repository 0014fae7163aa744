"""E-mail: an address is proven by a link, receipts go to proven ones alone, and none is lost."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from fantooo.domain.errors import Unauthorized, ValidationError
from fantooo.domain.viewer import Viewer
from fantooo.infra import crypto
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import Transaction
from fantooo.services import accounts, address_links, addresses, exclusion, orders, outbox, payments
from tests.conftest import _Client
from tests.support import factories
from tests.support.factories import PASSWORD
from tests.support.mail import MailCatcher
from tests.support.paystack import PaystackSimulator

ADDRESS = "anna@example.com"


@pytest.fixture
def app(
    make_app: Callable[..., Flask], mail: MailCatcher, paystack: PaystackSimulator
) -> Iterator[Flask]:
    """An application whose letters the catcher takes, and that pays at the simulator."""
    app = make_app(**mail.settings, **paystack.settings)
    with app.app_context():
        yield app


@pytest.fixture
def anna(app: Flask) -> Viewer:
    return factories.user(username="anna_w")


@pytest.fixture
def browser(app: Flask, anna: Viewer) -> _Client:
    made: _Client = app.test_client().become(anna)  # type: ignore[attr-defined]
    return made


def give(browser: _Client, address: str = ADDRESS) -> None:
    given = {"email": address, "email_password": PASSWORD}
    assert browser.post("/me/email", data=given).status_code == 303


def me(viewer: Viewer) -> UUID:
    assert viewer.account_id is not None
    return viewer.account_id


def link(mail: MailCatcher) -> str:
    """The path of the link in the newest letter, the same in both of its bodies."""
    letter = mail.letters()[-1]
    found = re.findall(r"http://127\.0\.0\.1:\d+(/verify-email/[^\s\"]+)", letter["text"])
    assert len(found) == 1
    assert found[0] in letter["html"]
    return str(found[0])


def confirmed(superuser: psycopg.Connection, viewer: Viewer) -> bool:
    row = superuser.execute(
        "SELECT email_confirmed_at IS NOT NULL FROM real_users WHERE id = %s", (me(viewer),)
    ).fetchone()
    assert row
    return bool(row[0])


def waiting(superuser: psycopg.Connection) -> list[tuple[int, str | None]]:
    """Of each letter that is still to be sent: the tries, and what went wrong last."""
    return superuser.execute(
        "SELECT attempts, last_error FROM outbox WHERE topic = 'letter' AND done_at IS NULL"
    ).fetchall()


def make_due(superuser: psycopg.Connection) -> None:
    superuser.execute("UPDATE outbox SET next_attempt_at = now() WHERE done_at IS NULL")


def prove(mail: MailCatcher, app: Flask, browser: _Client, address: str = ADDRESS) -> None:
    """Gives an address and confirms it, as its owner would."""
    give(browser, address)
    outbox.run_errands()
    assert app.test_client().post(link(mail)).status_code == 200


# The address


def test_a_link_confirms_an_address(
    app: Flask, browser: _Client, mail: MailCatcher, anna: Viewer, superuser: psycopg.Connection
) -> None:
    give(browser)
    assert "Not confirmed yet" in browser.get("/me").get_data(as_text=True)
    with pytest.raises(Unauthorized):
        accounts.sign_in(ADDRESS, PASSWORD, "user")
    assert outbox.run_errands() == 1
    (letter,) = mail.letters()
    assert letter["recipients"] == [ADDRESS]
    assert letter["sender"] == "no-reply@fantooo.test"
    assert letter["headers"]["Auto-Submitted"] == "auto-generated"
    assert "anna_w" not in json.dumps(letter), "it may have gone to a stranger"

    stranger = app.test_client()
    asked = stranger.get(link(mail))
    assert asked.status_code == 200
    assert asked.headers["Cache-Control"] == "no-store"
    assert not confirmed(superuser, anna), "programs that look at mail follow links"
    assert "is confirmed" in stranger.post(link(mail)).get_data(as_text=True)
    assert confirmed(superuser, anna)
    assert stranger.post(link(mail)).status_code == 200, "twice is harmless"
    assert "Confirmed. Receipts come here" in browser.get("/me").get_data(as_text=True)
    assert accounts.sign_in(" Anna@Example.com", PASSWORD, "user").account_id == me(anna)
    assert outbox.run_errands() == 0


def test_only_the_present_address_can_be_confirmed(
    app: Flask,
    browser: _Client,
    mail: MailCatcher,
    anna: Viewer,
    superuser: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give(browser)
    outbox.run_errands()
    first = link(mail)
    give(browser, "other@example.com")
    outbox.run_errands()
    second = link(mail)
    stranger = app.test_client()
    for path in (first, second + "x", "/verify-email/none"):
        assert stranger.get(path).status_code == 410
        assert stranger.post(path).status_code == 410
    with pytest.raises(ValidationError):
        # Its page was opened before the address changed.
        addresses.confirm(first.rpartition("/")[2])
    with monkeypatch.context() as patched:
        patched.setattr(address_links, "HOURS", -1)
        assert stranger.post(second).status_code == 410
    assert not confirmed(superuser, anna)
    assert stranger.post(second).status_code == 200
    give(browser, "third@example.com")
    assert not confirmed(superuser, anna), "another address is another proof"


def test_the_link_can_be_sent_again(
    app: Flask, browser: _Client, mail: MailCatcher, anna: Viewer
) -> None:
    give(browser)
    give(browser)
    assert browser.post("/me/email/link").status_code == 303
    outbox.run_errands()
    assert len(mail.letters()) == 3, "the same address once more asks for it too"
    app.test_client().post(link(mail))
    browser.post("/me/email/link")
    assert outbox.run_errands() == 0


def test_an_address_belongs_to_one_account(
    app: Flask, browser: _Client, mail: MailCatcher, superuser: psycopg.Connection
) -> None:
    prove(mail, app, browser)
    ben = factories.user(username="ben_w")
    give(app.test_client().become(ben))  # type: ignore[attr-defined]
    outbox.run_errands()
    answer = app.test_client().post(link(mail))
    assert answer.status_code == 409
    assert "Another account has this address" in answer.get_data(as_text=True)
    assert not confirmed(superuser, ben)


def test_of_two_at_once_one_gets_the_address(
    app: Flask, mail: MailCatcher, superuser: psycopg.Connection
) -> None:
    people = [factories.user() for _ in range(4)]
    for person in people:
        give(app.test_client().become(person))  # type: ignore[attr-defined]
    hashed = crypto.keyed_hash("email", ADDRESS)
    tokens = [address_links.token(me(person), hashed) for person in people]
    barrier = threading.Barrier(len(people))
    outcomes: list[str] = []

    def follow(token: str) -> None:
        with app.app_context():
            barrier.wait()
            outcomes.append(addresses.confirm(token).value)

    threads = [threading.Thread(target=follow, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["confirmed", "taken", "taken", "taken"]
    assert sum(confirmed(superuser, person) for person in people) == 1


def test_a_confirmed_address_tells_who_excluded_themselves(
    app: Flask, browser: _Client, mail: MailCatcher, anna: Viewer, superuser: psycopg.Connection
) -> None:
    prove(mail, app, browser)
    exclusion.exclude(me(anna), length="6m", typed="stop", device="")
    # Who only typed an address has no say about it.
    liar = factories.user()
    assert liar.account_id
    factories.email(liar.account_id, "honest@example.com")
    exclusion.exclude(liar.account_id, length="6m", typed="stop", device="")
    honest = factories.user()
    give(app.test_client().become(honest), "honest@example.com")  # type: ignore[attr-defined]
    outbox.run_errands()
    app.test_client().post(link(mail))
    back = factories.user(username="back_again")
    give(app.test_client().become(back))  # type: ignore[attr-defined]
    outbox.run_errands()
    frozen = "SELECT spending_frozen_reason FROM real_users WHERE id = %s"
    assert superuser.execute(frozen, (me(back),)).fetchone() == (None,)
    app.test_client().post(link(mail))
    assert superuser.execute(frozen, (me(back),)).fetchone() == ("excluded_payer",)
    assert superuser.execute(frozen, (me(honest),)).fetchone() == (None,)


# Sending


def test_a_server_that_is_away_or_busy_loses_nothing(
    app: Flask, browser: _Client, mail: MailCatcher, superuser: psycopg.Connection
) -> None:
    mail.next("busy")
    give(browser)
    assert outbox.run_errands() == 0
    assert waiting(superuser) == [(1, "answered 451")]
    assert outbox.run_errands() == 0, "not before its time"
    mail.server.stop()
    make_due(superuser)
    assert outbox.run_errands() == 0
    assert waiting(superuser) == [(2, "ConnectionRefusedError")]
    mail.server.start()
    make_due(superuser)
    assert outbox.run_errands() == 1
    assert len(mail.letters()) == 1
    assert waiting(superuser) == []


def test_an_unknown_mailbox_is_not_tried_again(
    browser: _Client, mail: MailCatcher, superuser: psycopg.Connection
) -> None:
    mail.next("unknown")
    give(browser)
    assert outbox.run_errands() == 0
    assert waiting(superuser) == []
    kept = superuser.execute("SELECT last_error, payload::text FROM outbox").fetchone()
    assert kept is not None
    assert kept[0] == "refused with 550"
    assert ADDRESS not in kept[1]
    refused = "its mail server did not accept our e-mail"
    assert refused in browser.get("/me").get_data(as_text=True)
    browser.post("/me/email/link")
    assert "Open the link" in browser.get("/me").get_data(as_text=True)
    mail.next("unknown")
    outbox.run_errands()
    give(browser, "other@example.com")
    assert refused not in browser.get("/me").get_data(as_text=True)


def test_a_confirmed_address_that_takes_nothing_any_more_says_so(
    app: Flask, browser: _Client, mail: MailCatcher, anna: Viewer, paystack: PaystackSimulator
) -> None:
    prove(mail, app, browser)
    refused = "did not accept our last e-mail"
    mail.next("unknown")
    buy(anna, paystack)
    outbox.run_errands()
    assert refused in browser.get("/me").get_data(as_text=True)
    buy(anna, paystack)
    assert outbox.run_errands() == 1
    assert refused not in browser.get("/me").get_data(as_text=True)


def test_what_nobody_takes_for_three_days_is_given_up(
    browser: _Client, mail: MailCatcher, superuser: psycopg.Connection
) -> None:
    mail.next("busy", times=2)
    give(browser)
    superuser.execute("UPDATE outbox SET created_at = now() - interval '71 hours'")
    outbox.run_errands()
    assert len(waiting(superuser)) == 1
    superuser.execute("UPDATE outbox SET created_at = now() - interval '73 hours'")
    make_due(superuser)
    outbox.run_errands()
    assert waiting(superuser) == []
    assert mail.letters() == []


def test_an_answer_that_is_lost_brings_the_same_letter_again(
    browser: _Client, mail: MailCatcher, superuser: psycopg.Connection
) -> None:
    mail.next("lost answer")
    give(browser)
    assert outbox.run_errands() == 0
    make_due(superuser)
    assert outbox.run_errands() == 1
    one, two = mail.letters()
    assert one["headers"]["Message-ID"] == two["headers"]["Message-ID"]


def test_a_server_that_wants_nothing_of_us_loses_no_letter(
    app: Flask, browser: _Client, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 5xx before it has seen the letter is about us, not about the mailbox."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        settings = app.config["SETTINGS"].model_copy(
            update={"mail_url": f"smtp+plain://127.0.0.1:{door.getsockname()[1]}"}
        )
        monkeypatch.setitem(app.config, "SETTINGS", settings)

        def refuse() -> None:
            line, _address = door.accept()
            with line:
                line.sendall(b"554 We know your address\r\n")

        porter = threading.Thread(target=refuse)
        porter.start()
        give(browser)
        assert outbox.run_errands() == 0
        porter.join()
    assert waiting(superuser) == [(1, "answered 554 at the door")]


def test_a_letter_under_way_is_left_to_who_sends_it(
    browser: _Client, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(browser)
    others = []

    def another(entry_id: UUID, _payload: object) -> None:
        """Another worker, which has picked the same letter, or looks for what is due."""
        others.extend([outbox._run_errand(entry_id), outbox.run_errands()])

    monkeypatch.setitem(outbox._ERRANDS, "letter", another)
    assert outbox.run_errands() == 1
    assert others == [False, 0]


def test_nobody_gets_a_letter_who_has_left(
    app: Flask, browser: _Client, mail: MailCatcher, anna: Viewer, superuser: psycopg.Connection
) -> None:
    give(browser)
    give(browser, "")
    assert outbox.run_errands() == 1
    assert mail.letters() == []


def test_one_account_gets_three_links_an_hour(
    browser: _Client, superuser: psycopg.Connection
) -> None:
    for number in range(3):
        give(browser, f"anna{number}@example.com")
    refused = browser.post("/me/email", data={"email": ADDRESS, "email_password": PASSWORD})
    assert refused.status_code == 400
    assert addresses.TOO_MANY in refused.get_data(as_text=True)
    assert browser.post("/me/email/link").status_code == 400
    assert len(waiting(superuser)) == 3
    superuser.execute("UPDATE outbox SET created_at = now() - interval '61 minutes'")
    assert browser.post("/me/email/link").status_code == 303
    assert len(waiting(superuser)) == 4


def test_one_address_gets_five_links_an_hour_whoever_asks(
    app: Flask, superuser: psycopg.Connection
) -> None:
    statuses = []
    for _ in range(6):
        given = {"email": ADDRESS, "email_password": PASSWORD}
        somebody = app.test_client().become(factories.user())  # type: ignore[attr-defined]
        statuses.append(somebody.post("/me/email", data=given).status_code)
    assert statuses == [303] * 5 + [400]
    assert len(waiting(superuser)) == 5


def test_a_link_is_not_for_whoever_is_signed_in_as_somebody_else(
    app: Flask, browser: _Client, mail: MailCatcher, anna: Viewer, superuser: psycopg.Connection
) -> None:
    give(browser)
    outbox.run_errands()
    other = app.test_client().become(factories.user())  # type: ignore[attr-defined]
    for answer in (other.get(link(mail)), other.post(link(mail))):
        assert answer.status_code == 409
        assert "belongs to another account" in answer.get_data(as_text=True)
    assert not confirmed(superuser, anna)
    assert browser.post(link(mail)).status_code == 200


def test_at_the_first_letter_that_cannot_go_the_others_wait(
    app: Flask, mail: MailCatcher, superuser: psycopg.Connection
) -> None:
    for number in range(3):
        give(app.test_client().become(factories.user()), f"u{number}@example.com")  # type: ignore[attr-defined]
    mail.next("busy")
    assert outbox.run_errands() == 0
    assert sorted(waiting(superuser)) == [(0, None), (0, None), (1, "answered 451")]
    assert outbox.run_errands() == 2
    assert outbox.deliver() == 0, "what is ours to write is another job's"


# Receipts


def buy(viewer: Viewer, paystack: PaystackSimulator) -> None:
    bought = orders.buy(
        account_id=me(viewer),
        package_id=factories.package(credits=120, price=850),
        key=uuid4(),
        channel="checkout",
        phone="",
        return_to="",
        callback_url="http://127.0.0.1:9/credits/return",
    )
    with unit_of_work(as_system=True) as work:
        reference = work.session.scalars(
            select(Transaction.provider_reference).where(Transaction.id == bought)
        ).one()
    assert reference
    paystack.finish(reference)
    payments.settle(reference)
    payments.settle(reference)


def test_a_receipt_goes_to_a_confirmed_address(
    app: Flask, browser: _Client, mail: MailCatcher, anna: Viewer, paystack: PaystackSimulator
) -> None:
    prove(mail, app, browser)
    buy(anna, paystack)
    assert outbox.run_errands() == 1
    letter = mail.letters()[-1]
    assert letter["recipients"] == [ADDRESS]
    assert re.fullmatch(r"Receipt \S+", letter["subject"])
    number = letter["subject"].removeprefix("Receipt ")
    for body in (letter["text"], letter["html"]):
        assert "120 credits" in body
        assert "850.00 KES" in body or "850 KES" in body
        assert "fictional" in body
        assert "/how-it-works" in body
    (attached,) = letter["attachments"]
    assert attached["name"] == f"fantooo-receipt-{number}.pdf"
    assert attached["type"] == "application/pdf"
    assert attached["bytes"] > 1000
    assert outbox.run_errands() == 0


def test_no_receipt_goes_to_an_address_nobody_proved(
    app: Flask, browser: _Client, mail: MailCatcher, anna: Viewer, paystack: PaystackSimulator
) -> None:
    buy(anna, paystack)
    give(browser)
    buy(anna, paystack)
    outbox.run_errands()
    assert [letter["subject"] for letter in mail.letters()] == ["Confirm your e-mail address"]
    app.test_client().post(link(mail))
    buy(anna, paystack)
    give(browser, "other@example.com")
    outbox.run_errands()
    subjects = [letter["subject"] for letter in mail.letters()]
    assert subjects == ["Confirm your e-mail address"] * 2, "changed before the receipt was sent"
    buy(anna, paystack)
    give(browser, "")
    outbox.run_errands()
    assert len(mail.letters()) == 2, "taken away before the receipt was sent"
