"""Coming in and going out: registration, sign-in, sessions, set-up, and what the security log says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from fantooo.domain.errors import Unauthorized, ValidationError
from fantooo.domain.texts import CONSENT, TEXT_VERSIONS
from fantooo.domain.viewer import ANONYMOUS
from fantooo.infra import passwords
from fantooo.queries import sessions
from fantooo.services import accounts, credentials, credits
from tests.support import factories, race
from tests.support.factories import PASSWORD
from tests.support.race import of

TOKEN = "one-time-token"


def form(**changes: str) -> dict[str, str]:
    return {
        "step": "3", "username": factories.unique("u"), "location": "Nakuru", "gender": "female",
        "age": "28", "looking_for": "male", "password": PASSWORD, "confirmPassword": PASSWORD,
        "consent": "yes", **changes,
    }  # fmt: skip


def rows(superuser: psycopg.Connection, query: str, *values: object) -> list[Any]:
    return superuser.execute(query, values).fetchall()  # type: ignore[arg-type]


def events(superuser: psycopg.Connection) -> list[tuple[str, UUID | None, dict[str, Any]]]:
    return rows(
        superuser, "SELECT event, account_id, details FROM security_audit_log ORDER BY created_at"
    )


# Signing up


def test_signing_up(client: FlaskClient, superuser: psycopg.Connection) -> None:
    given = form(username="Wanjiru_K")
    answer = client.post("/get-started", data=given)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/discover")
    ((account, login, role, stored),) = rows(
        superuser, "SELECT id, login, role, password_hash FROM accounts"
    )
    assert (login, role) == ("wanjiru_k", "user")
    assert PASSWORD not in stored
    assert rows(
        superuser,
        "SELECT username, age, age_given_on = current_date, gender, looking_for, location, credits,"
        " bonus_credits, user_tier FROM real_users",
    ) == [("Wanjiru_K", 28, True, "female", "male", "Nakuru", 10, 10, "free")]
    assert rows(superuser, "SELECT type, credits_amount, status FROM transactions") == [
        ("bonus", 10, "success")
    ]
    assert rows(
        superuser,
        "SELECT t.kind, t.debit_account, t.credit_account, t.amount, t.bonus_amount"
        " FROM credit_transfers AS t JOIN transactions AS x ON x.id = t.cause_id",
    ) == [("welcome_bonus", "bonus", "wallet", 10, 10)]
    consents = dict(rows(superuser, "SELECT text_name, text_version FROM consents"))
    assert consents == {CONSENT[0]: CONSENT[1], **{k: v for k, (v, _d) in TEXT_VERSIONS.items()}}
    assert events(superuser) == [("login", account, {"role": "user"})]
    assert credits.verify_ledger() == []
    page = re.sub("<[^>]+>", "", client.get("/chats").get_data(as_text=True))
    assert "Credits: 10" in page


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"age": "17"}, "age", "Must be 18 or older"),
        ({"age": "0"}, "age", "Must be 18 or older"),
        ({"consent": ""}, "consent", "Please confirm that you understand"),
        ({"username": "admin"}, "username", "This name is reserved"),
        ({"username": "Adm1n"}, "username", "This name is reserved"),
        ({"username": "f4nt000"}, "username", "This name is reserved"),
        ({"username": "su_pp0rt"}, "username", "This name is reserved"),
        ({"username": "a b"}, "username", "Use 3 to 20 letters"),
        ({"password": "short", "confirmPassword": "short"}, "password", "at least 10"),
        ({"confirmPassword": "another one"}, "confirmPassword", "differ"),
        ({"gender": "robot"}, "gender", "Choose one"),
        ({"location": "?"}, "location", "Enter the town"),
    ],
)
def test_what_is_not_taken(
    client: FlaskClient,
    superuser: psycopg.Connection,
    changes: dict[str, str],
    field: str,
    words: str,
) -> None:
    answer = client.post("/get-started", data=form(**changes))
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert words in page
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', page), "beside its field"
    assert rows(superuser, "SELECT count(*) FROM accounts") == [(0,)]


def test_the_service_itself_refuses_too(app: Flask) -> None:
    """No way around the form: the same rules hold where the account is made."""
    with pytest.raises(ValidationError) as refused:
        factories.sign_up(age="17", consent=False, username="root")
    assert set(refused.value.fields) == {"age", "consent", "username"}


def test_steps_keep_what_was_typed(client: FlaskClient) -> None:
    given = form(step="1", username="Achieng")
    second = client.post("/get-started", data=given).get_data(as_text=True)
    assert 'name="location"' in second
    assert 'value="Achieng"' in second
    third = client.post("/get-started", data={**given, "step": "2"}).get_data(as_text=True)
    assert 'name="confirmPassword"' in third
    assert re.search(r'<input[^>]*name="consent"[^>]*>', third)
    assert "checked" not in re.search(r'<input[^>]*name="consent"[^>]*>', third)[0]  # type: ignore[index]
    for consent, box in (("yes", " checked"), ("", "")):
        differ = {**given, "step": "3", "confirmPassword": "another one", "consent": consent}
        again = client.post("/get-started", data=differ).get_data(as_text=True)
        assert f'name="consent" type="checkbox" value="yes"{box} ' in again, "as it was left"
    back = client.post("/get-started", data={**given, "step": "3", "back": "1"})
    assert 'name="location"' in back.get_data(as_text=True)
    assert PASSWORD not in back.get_data(as_text=True)


def test_a_taken_name_is_found_whatever_its_letters(client: FlaskClient) -> None:
    factories.sign_up(username="Njeri_1")
    answer = client.post("/get-started", data=form(username="njeri_1"))
    assert answer.status_code == 400
    assert "This name is taken" in answer.get_data(as_text=True)
    # Free ones beside the refusal, each a button of the form; pressing one goes on with it.
    offered = re.findall(r'name="suggestion" value="(\w+)"', answer.get_data(as_text=True))
    assert len(offered) == 2 and "njeri_1_ke" in offered
    at_once = client.post("/get-started", data=form(step="1", username="njeri_1"))
    assert re.findall(r'name="suggestion" value="(\w+)"', at_once.get_data(as_text=True)) == offered
    chosen = form(step="1", username="njeri_1", suggestion=offered[0])
    taken = client.post("/get-started", data=chosen)
    assert taken.status_code == 200
    assert f'name="username" value="{offered[0]}"' in taken.get_data(as_text=True)
    hint = client.get("/get-started/name?username=NJERI_1").get_data(as_text=True)
    assert "taken" in hint
    assert "NJERI_1_ke" in hint
    factories.sign_up(username="njeri_1_ke")
    assert "NJERI_1_ke" not in client.get("/get-started/name?username=NJERI_1").get_data(
        as_text=True
    )
    assert "taken" not in client.get("/get-started/name?username=Free_name").get_data(as_text=True)


@pytest.mark.fresh_db
def test_one_name_many_times_at_once(app: Flask) -> None:
    """Whatever its letters, a name goes to one; the others read that it is taken."""
    names = ["Kamau", "kamau", "KAMAU", "kAmAu"] * 2
    tasks = [(ANONYMOUS, lambda name=name: factories.sign_up(username=name)) for name in names]
    results = race.race(app, tasks)
    assert len(of(results, accounts.SignIn)) == 1
    refused = of(results, ValidationError)
    assert [error.fields for error in refused] == [{"username": "This name is taken"}] * 7
    assert credits.verify_ledger() == []


# Signing in and out


def test_wrong_is_wrong_whatever_it_was(client: FlaskClient, superuser: psycopg.Connection) -> None:
    factories.sign_up(username="Known_one")
    gone = factories.sign_up(username="Gone_one")
    superuser.execute("UPDATE accounts SET is_active = false WHERE id = %s", (gone.account_id,))
    answers = [
        client.post("/login", data={"username": name, "password": password})
        for name, password in (
            ("known_one", "not the password"),
            ("nobody_here", "not the password"),
            ("gone_one", PASSWORD),
            ("", ""),
        )
    ]
    pages = {_without_noise(answer.get_data(as_text=True)) for answer in answers}
    assert {answer.status_code for answer in answers} == {401}
    assert len(pages) == 1, "not one letter tells whether the name exists"
    assert "Wrong user name, e-mail or password." in pages.pop()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/login", "Wrong user name, e-mail or password."),
        ("/op-login", "Wrong e-mail or password."),
        ("/admin-login", "Wrong e-mail or password."),
    ],
)
def test_a_wrong_password_is_told_in_place(client: FlaskClient, path: str, words: str) -> None:
    """To htmx as a page it shows; as an entry of its own, going back would meet an expired form."""
    typed = {"username": "nobody", "email": "nobody@example.com", "password": "not the password"}
    answer = client.post(path, data=typed, headers={"HX-Request-Type": "partial"})
    assert answer.status_code == 200
    assert words in answer.text
    assert "<html" not in answer.text and answer.text.count("<form") == 1


def _without_noise(page: str) -> str:
    page = re.sub(r'name="username"[^>]*value="[^"]*"|value="[^"]*"[^>]*name="username"', "", page)
    return re.sub(r'(csrf_token" value=|X-CSRFToken": )"[^"]+"', "", page)


def test_unknown_names_cost_the_same_work(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.sign_up(username="Known_two")
    hasher = passwords._hasher
    checked: list[tuple[str, str]] = []

    class Counting:
        def verify(self, known: str, password: str) -> bool:
            checked.append((known.split("$")[3], password))
            return hasher.verify(known, password)

        def hash(self, password: str) -> str:
            return hasher.hash(password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    for name in ("known_two", "unknown_two"):
        with pytest.raises(Unauthorized):
            accounts.sign_in(name, "not the password", "user")
    assert len(checked) == 2
    assert checked[0] == checked[1], (
        "the same parameters and password, for a hash that is there or not"
    )


def test_passwords_are_hashed_as_owasp_asks(app: Flask) -> None:
    """The parameters of the product, which tests replace by quick ones."""
    import importlib.util

    spec = importlib.util.find_spec("fantooo.infra.passwords")
    assert spec and spec.loader
    fresh: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    with app.app_context():
        one, two = (fresh.hash_password(PASSWORD) for _ in range(2))
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != two, "each has its own salt"
    assert fresh.verify_password(one, PASSWORD)
    assert not fresh.verify_password(one, PASSWORD + "x")
    assert not fresh.verify_password("not a hash", PASSWORD)
    assert not fresh.verify_password(None, PASSWORD)


def test_each_role_has_its_own_door(client: FlaskClient) -> None:
    """The right password at the wrong door is a wrong password."""
    user, operator, admin = factories.user(), factories.operator(), factories.admin()
    for viewer in (user, operator, admin):
        accounts_login = _login_of(viewer.account_id)
        for role in ("user", "operator", "admin"):
            if role == viewer.role:
                assert accounts.sign_in(accounts_login, PASSWORD, role).role == role
            else:
                with pytest.raises(Unauthorized):
                    accounts.sign_in(accounts_login, PASSWORD, role)


def _login_of(account_id: UUID | None) -> str:
    from fantooo.infra.unit_of_work import unit_of_work
    from fantooo.models import Account

    with unit_of_work(as_system=True) as work:
        return work.session.get_one(Account, account_id).login


def test_names_are_not_picky_about_letters_and_blanks(client: FlaskClient) -> None:
    factories.sign_up(username="Otieno_9")
    answer = client.post("/login", data={"username": "  OTIENO_9 ", "password": PASSWORD})
    assert answer.status_code == 303


def test_a_session_is_rotated_and_ends_on_the_server(
    app: Flask, client: Any, superuser: psycopg.Connection
) -> None:
    factories.sign_up(username="Moraa_1")
    with client.session_transaction() as mine:
        mine["planted"] = "by somebody else"
    client.sign_in("moraa_1", PASSWORD)
    with client.session_transaction() as mine:
        assert "planted" not in mine, "nothing of the session before survives"
        first = dict(mine)
    assert client.get("/chats").status_code == 200
    assert client.get("/session").status_code == 204
    # A second browser is a second session.
    other: Any = app.test_client()
    other.sign_in("moraa_1", PASSWORD)
    with other.session_transaction() as theirs:
        assert theirs["_user_id"] != first["_user_id"]
    out = client.post("/logout")
    assert (out.status_code, out.headers["Location"]) == (303, "/")
    assert out.headers["Clear-Site-Data"] == '"cache"'
    # The old cookie is worth nothing, even to somebody who kept it.
    with client.session_transaction() as mine:
        mine.update(first)
    assert client.get("/chats").status_code == 302
    assert client.get("/session").status_code == 401
    assert other.get("/chats").status_code == 200, "the other browser stays signed in"


def test_sessions_are_rows_without_the_token(client: Any, superuser: psycopg.Connection) -> None:
    opened = factories.sign_up(username="Kibet_1")
    client.post(
        "/login",
        data={"username": "kibet_1", "password": PASSWORD},
        headers={"User-Agent": "Browser/1.0 " + "x" * 400},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    ((address, agent, days, hashed),) = rows(
        superuser,
        "SELECT address, user_agent, round(extract(epoch FROM expires_at - now()) / 86400)::int,"
        " token_hash FROM sessions WHERE address <> ''",
    )
    assert (address, days, len(agent)) == ("203.0.113.9", 30, 300)
    with client.session_transaction() as mine:
        assert passwords.token_hash(mine["_user_id"]) == hashed
    staff = factories.sign_in(factories.operator())
    assert rows(
        superuser,
        "SELECT round(extract(epoch FROM expires_at - now()) / 3600)::int FROM sessions"
        " WHERE account_id = %s",
        staff.account_id,
    ) == [(12,)]
    assert opened.account_id


def test_expired_revoked_and_deactivated(app: Flask, superuser: psycopg.Connection) -> None:
    opened = [factories.sign_up() for _ in range(3)]
    assert all(sessions.viewer_of(each.token) for each in opened)
    superuser.execute(
        "UPDATE sessions SET expires_at = now() WHERE account_id = %s", (opened[0].account_id,)
    )
    credentials.end_other_sessions(opened[1].account_id, uuid4())
    superuser.execute(
        "UPDATE accounts SET is_active = false WHERE id = %s", (opened[2].account_id,)
    )
    assert [sessions.viewer_of(each.token) for each in opened] == [None] * 3
    assert sessions.viewer_of("never made") is None
    accounts.sign_out("never made")


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
     "\t//evil.example", "http:evil.example"],
)  # fmt: skip
def test_next_never_leads_away(client: Any, target: str) -> None:
    factories.sign_up(username="Chebet_1")
    login = {"username": "chebet_1", "password": PASSWORD, "next": target}
    assert client.post("/login", data=login).headers["Location"] == "/discover"
    assert (
        client.get("/get-started", query_string={"next": target}).headers["Location"] == "/discover"
    )
    assert client.post("/theme", data={"theme": "dark", "next": target}).headers["Location"] == "/"


def test_htmx_is_led_by_a_header(client: Any) -> None:
    factories.sign_up(username="Auma_1")
    entered = client.post(
        "/login",
        data={"username": "auma_1", "password": PASSWORD, "next": "/me"},
        headers={"HX-Request-Type": "partial"},
    )
    assert (entered.status_code, entered.headers["HX-Redirect"]) == (204, "/me")


# Staff


def test_staff_doors_are_linked_from_nowhere_and_not_indexed(client: FlaskClient) -> None:
    for path in ("/op-login", "/admin-login"):
        assert '<meta name="robots" content="noindex' in client.get(path).get_data(as_text=True)
    for path in ("/", "/how-it-works", "/terms", "/privacy", "/login", "/get-started",
                 "/discover", "/suspended", "/no-such-page", "/robots.txt"):  # fmt: skip
        page = client.get(path).get_data(as_text=True)
        for hidden in ("/op-login", "/admin-login", "/setup"):
            assert hidden not in page, (path, hidden)
    crawlers = client.get("/robots.txt").get_data(as_text=True)
    for area in ("/chat", "/operator", "/admin"):
        assert f"Disallow: {area}\n" in crawlers


def test_staff_leave_to_their_own_door(app: Flask) -> None:
    for viewer, door in ((factories.operator(), "/op-login"), (factories.admin(), "/admin-login")):
        browser: Any = app.test_client()
        browser.become(viewer)
        assert browser.post("/logout").headers["Location"] == door


@pytest.fixture
def fresh(make_app: Callable[..., Flask]) -> Any:
    app = make_app(admin_setup_token=TOKEN)
    with app.app_context():
        yield app


def setup_form(**changes: str) -> dict[str, str]:
    return {
        "token": TOKEN, "name": "Ada", "email": "Ada@Fantooo.test", "password": PASSWORD,
        "confirmPassword": PASSWORD, **changes,
    }  # fmt: skip


def test_set_up_works_once(fresh: Flask) -> None:
    browser: Any = fresh.test_client()
    page = browser.get("/setup")
    assert page.status_code == 200
    assert '<meta name="robots" content="noindex' in page.get_data(as_text=True)
    for changes, field in (
        ({"token": "guessed"}, "token"),
        ({"confirmPassword": "other"}, "confirmPassword"),
        ({"email": "no address"}, "email"),
        ({"name": "A"}, "name"),
        ({"password": "ada@2", "confirmPassword": "ada@2"}, "password"),
    ):
        answer = browser.post("/setup", data=setup_form(**changes))
        assert answer.status_code == 400
        assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', answer.get_data(as_text=True))
        assert PASSWORD not in answer.get_data(as_text=True)
    made = browser.post("/setup", data=setup_form())
    assert (made.status_code, made.headers["Location"]) == (303, "/admin/dashboard")
    assert browser.get("/admin/dashboard").status_code == 200
    stranger = fresh.test_client()
    assert stranger.get("/setup").status_code == 404
    assert stranger.post("/setup", data=setup_form(email="eve@x.test")).status_code == 404
    viewer = sessions.viewer_of(accounts.sign_in("ada@fantooo.test", PASSWORD, "admin").token)
    assert viewer
    assert (viewer.admin_role, len(viewer.permissions)) == ("super_admin", 9)


def test_without_a_token_there_is_no_set_up(client: FlaskClient) -> None:
    assert client.get("/setup").status_code == 404
    assert client.post("/setup", data=setup_form(token="")).status_code == 404
    with pytest.raises(Exception, match="could not find"):
        accounts.set_up_first_admin(token="", name="Ada", email="a@b.test", password=PASSWORD)


def test_two_at_once_make_one_admin(fresh: Flask) -> None:
    def set_up(number: int) -> accounts.SignIn:
        return accounts.set_up_first_admin(
            token=TOKEN, name="Ada", email=f"ada{number}@x.test", password=PASSWORD
        )

    results = race.race(fresh, [(ANONYMOUS, lambda n=n: set_up(n)) for n in range(6)])
    assert len(of(results, accounts.SignIn)) == 1
    assert {type(each).__name__ for each in results} == {"SignIn", "NotFound"}


def test_an_admin_from_the_command_line(app: Flask, superuser: psycopg.Connection) -> None:
    runner = app.test_cli_runner()

    def create(**changes: str) -> Any:
        given = {"name": "Mo", "email": "mo@x.test", "role": "moderator", "password": PASSWORD}
        options = [part for k, v in {**given, **changes}.items() for part in (f"--{k}", v)]
        return runner.invoke(args=["admin", "create", *options])

    done = create()
    assert done.exit_code == 0, done.output
    assert "moderator mo@x.test can sign in at /admin-login." in done.output
    viewer = sessions.viewer_of(accounts.sign_in("mo@x.test", PASSWORD, "admin").token)
    assert viewer
    assert viewer.permissions == {"manage_chats"}
    assert rows(superuser, "SELECT action, after FROM audit_log") == [
        ("admin_created", {"role": "moderator", "first": False})
    ]
    again = create()
    assert (again.exit_code, "taken" in again.output) == (1, True)
    assert create(email="x@y.test", password="short").exit_code == 1
    assert create(email="x@y.test", role="emperor").exit_code == 2
    with pytest.raises(ValidationError):
        accounts.create_admin(name="Mo", email="z@y.test", password=PASSWORD, role="emperor")


def test_stored_permissions_only_take_away(app: Flask, superuser: psycopg.Connection) -> None:
    admin = factories.admin("moderator")
    superuser.execute(
        """UPDATE admins SET permissions = '{"manage_chats": false, "manage_admins": true}'"""
    )
    viewer = sessions.viewer_of(factories.sign_in(admin).token)
    assert viewer
    assert viewer.permissions == frozenset()


def test_an_operator_from_the_command_line(app: Flask, superuser: psycopg.Connection) -> None:
    def create(email: str, password: str = PASSWORD) -> Any:
        return app.test_cli_runner().invoke(
            args=["operator", "create", "--name", "Zola", "--email", email, "--skill-level", "mid",
                  "--language", "sw", "--specialization", "flirty", "--password", password]
        )  # fmt: skip

    assert create("zola@x.test").exit_code == 0
    assert rows(
        superuser, "SELECT name, skill_level, languages, specializations, max_concurrent_chats FROM operators"
    ) == [("Zola", "mid", ["sw"], ["flirty"], 5)]  # fmt: skip
    refused = create("zola", "short")
    assert refused.exit_code == 1
    assert "Enter an e-mail address" in refused.output
    assert create("zola@x.test").exit_code == 1


# The security log


def test_the_log_of_coming_and_going(
    app: Flask, client: Any, superuser: psycopg.Connection
) -> None:
    account = factories.sign_up(username="Naliaka").account_id
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("DELETE FROM security_audit_log")
    superuser.execute("RESET session_replication_role")
    known = {"headers": {"User-Agent": "Phone"}, "environ_base": {"REMOTE_ADDR": "203.0.113.7"}}
    client.post("/login", data={"username": "naliaka", "password": "wrong password"}, **known)
    client.post("/login", data={"username": "no_such", "password": "wrong password"}, **known)
    client.post("/login", data={"username": "naliaka", "password": PASSWORD}, **known)
    client.get("/operator/waiting", **known)
    client.get("/admin/dashboard", **known)
    client.post("/logout", **known)
    assert events(superuser) == [
        ("failed_login", account, {"role": "user"}),
        ("failed_login", None, {"role": "user"}),
        ("login", account, {"role": "user"}),
        ("permission_denied", account, {"endpoint": "operator.waiting"}),
        ("permission_denied", account, {"endpoint": "admin.dashboard"}),
        ("logout", account, {}),
    ]
    assert set(rows(superuser, "SELECT address, user_agent FROM security_audit_log")) == {
        ("203.0.113.7", "Phone")
    }
    assert "wrong password" not in str(
        rows(superuser, "SELECT s::text FROM security_audit_log AS s")
    )


def test_the_log_of_a_permission_that_is_missing(app: Flask, superuser: psycopg.Connection) -> None:
    moderator = factories.admin("moderator")
    answer = app.test_client().become(moderator).get("/admin/payments")  # type: ignore[attr-defined]
    assert answer.status_code == 403
    denied = {"endpoint": "admin.payments", "permission": "manage_payments"}
    assert events(superuser)[-1] == ("permission_denied", moderator.account_id, denied)


def test_the_log_of_chats_that_are_read(app: Flask, superuser: psycopg.Connection) -> None:
    """Who opened whose chat, and the assignment that was the reason; what is not shown is not read."""
    chat_id = factories.open_chat(user := factories.user())
    factories.send(user, chat_id)
    holder, other = factories.operator(available=True), factories.operator()
    for viewer, status in ((other, 404), (holder, 200)):
        answer = app.test_client().become(viewer).get(f"/operator/chat/{chat_id}")  # type: ignore[attr-defined]
        assert answer.status_code == status
    assert [event for event in events(superuser) if event[0] == "data_access"] == [
        ("data_access", holder.account_id, {"chat": str(chat_id), "assignment": "1"})
    ]
