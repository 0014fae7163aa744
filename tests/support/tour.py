"""Every page and state there is to look at: the table that screenshots and axe walk through.

``World`` are the people and chats the pages need, on demo data or on a few made rows; ``STOPS`` are
the pages. A page of the application that has no stop fails ``tests/browser/test_accessibility.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from playwright.sync_api import Page, Route, expect
from sqlalchemy import select, update

from fantooo.demo import people as demo_people
from fantooo.domain import errors as named
from fantooo.domain.viewer import Viewer
from fantooo.infra.database import acting_as
from fantooo.infra.unit_of_work import unit_of_work
from fantooo.models import (
    Chat,
    CreditPackage,
    CreditTransfer,
    FictionalUser,
    RealUser,
    Receipt,
)
from fantooo.queries import operators as operator_queries, sessions
from fantooo.services import (
    accounts,
    exceptions_inbox,
    exclusion,
    grants,
    liking,
    limits,
    message_refunds,
    pictures,
    tombstones,
)
from fantooo.services.accounts import SignIn
from fantooo.web import errors as error_pages
from tests.support import factories
from tests.support.server import LiveServer

SETUP_TOKEN = "a-setup-token-for-the-tour-of-pages"
#: settings with which buying is open; nobody is there to be asked
PAYING = {"paystack_secret_key": "sk_test_tour", "paystack_base_url": "http://127.0.0.1:9"}
#: GET routes that are no page of their own, and what they are
NOT_PAGES = {
    "static": "files",
    "media.picture": "pictures",
    "media.photo": "pictures",
    "public.robots": "text for crawlers",
    "health.alive": "for machines",
    "health.ready": "for machines",
    "health.metrics": "for machines",
    "socket.live": "the socket",
    "public.places": "part of get-started and /me, shown by the stop get-started-towns",
    "people.check_name": "part of get-started, shown by the stop get-started-name-taken",
    "people.session_state": "JSON",
    "user.time_here": "JSON",
    "chat.unread": "part of the navigation, shown by every stop of a user",
    "chat.history": "part of the chat, shown by the stop chat-older",
    "chat.changes": "JSON",
    "credits.returned": "leads to the payment",
    "credits.receipt_pdf": "a file; its words are those of the stop receipt",
    "credits.history_csv": "a file",
    "operator.availability": "part of the waiting room",
    "operator.queue": "part of the waiting room",
    "operator.held": "part of the waiting room and the desk",
    "operator.history": "part of the desk",
    "operator.person": "part of the desk",
    "operator.changes": "JSON",
    "admin.tiles": "part of the dashboard",
}


@dataclass
class World:
    """Who looks and what there is to see. ``cookies`` by actor."""

    server: LiveServer
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    people: dict[str, Viewer] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    #: the cookie of a browser in which somebody excluded themselves
    device: str = ""
    #: of a letter to somebody's address
    link: str = ""

    def path(self, pattern: str) -> str:
        """A stop's address: names in braces are ids of this world."""
        return pattern.format(**self.ids, link=self.link)

    def error_page(self, which: int | str) -> tuple[int, str, dict[str, str]]:
        """Status, page and headers of an error that no address of a healthy server shows."""
        made: dict[int | str, named.FantoooError] = {
            429: named.TooManyRequests(retry_after=60),
            500: named.FantoooError(named.UNEXPECTED),
            503: named.ServiceUnavailable(),
            "maintenance": named.Maintenance(retry_after=300),
        }
        with self.server.acting() as app, app.test_request_context("/"):
            body, status, headers = error_pages.answer(made[which])  # type: ignore[misc]
        assert status == made[which].look.status
        return status, str(body), dict(headers)  # type: ignore[arg-type]


def made_world(server: LiveServer) -> World:
    """A small world with awkward texts in it, on an empty database."""
    world = World(server)
    characters = [
        server.character(
            name=name, age=24 + number, tagline=tagline, is_featured=number == 1,
            personality_traits=["warm", "curious"], interests=["the sea", "old maps"],
            occupation="Marine biologist", education="University of Nairobi",
            relationship_status="Single", location=place,
        )
        for number, (name, place, tagline) in enumerate((
            ("Nia", "Mombasa", "Sea salt and late-night talks"),
            ("Wilhelmina Anastasia", "Dar es Salaam, Tanzania", "A tagline that goes on and on, " * 4),
            ("Zawadi", "Kisumu", "Short."),
        ))
    ]  # fmt: skip
    with server.acting():
        operator = factories.operator(name="Otieno")
        user = factories.user(200, username="wanjiru_of_kilimani")
        world.ids["character"] = characters[0]
        chat = factories.open_chat(user, characters[0])
        factories.send(user, chat, "Habari! I finally finished that book you told me about.")
        factories.go_available(operator)
        factories.reply(operator, chat, "And rob you of the best gasp of the year? Never.")
        factories.send(user, chat, "مرحبا، كيف حالك اليوم؟")
        factories.send(user, chat, "longwordwithoutanyspace" * 20)
        factories.reply(operator, chat, "A civilised rage. I like it.\n\nSo, the sister?")
        for number in range(30):
            factories.send(user, chat, f"Line {number} of a long evening, and more to come.")
        factories.open_chat(user, characters[1])
        for number in range(4):
            # More held chats than a phone is wide.
            other = factories.user(username=f"writer_number_{number}")
            factories.send(
                other, factories.open_chat(other, characters[number % 3]), "Good evening"
            )
        _finish(world, user, operator, factories.admin(), chat, characters)
    return world


def demo_world(server: LiveServer) -> World:
    """The world of ``flask seed``, which is planted here."""
    world = World(server)
    server.flask("seed")
    with server.acting():
        user = _viewer(accounts.sign_in(demo_people.DEMO_USER, demo_people.PASSWORD, "user"))
        operator = _viewer(
            accounts.sign_in(demo_people.DEMO_OPERATOR, demo_people.PASSWORD, "operator")
        )
        admin = _viewer(accounts.sign_in(demo_people.DEMO_ADMIN, demo_people.PASSWORD, "admin"))
        factories.go_available(operator)
        # The first characters' galleries, as they are some seconds after a first start.
        pictures.finish(seconds=5)
        with unit_of_work(as_system=True) as work:
            characters = {
                slug: character_id
                for character_id, slug in work.session.execute(
                    select(FictionalUser.id, FictionalUser.slug)
                )
            }
            chat = work.session.scalars(
                select(Chat.id).where(
                    Chat.real_user_id == user.account_id,
                    Chat.fictional_user_id == characters["amani"],
                )
            ).one()
        world.ids["character"] = characters["amani"]
        others = [characters[slug] for slug in sorted(characters) if slug != "amani"]
        _finish(world, user, operator, admin, chat, [characters["amani"], *others])
    return world


def _finish(
    world: World,
    user: Viewer,
    operator: Viewer,
    admin: Viewer,
    chat: UUID,
    characters: list[UUID],
) -> None:
    """What both worlds have: a newcomer, somebody without credits, somebody suspended, a desk."""
    newcomer = factories.user(username="amina_w")
    poor = factories.user(username="brian_o")
    banned = factories.user(username="was_rude")
    resting = factories.operator(name="Lilian Chebet")
    moderator = factories.admin("moderator")
    world.ids |= {
        "chat": chat,
        "empty_chat": factories.open_chat(newcomer, characters[0]),
        "poor_chat": factories.open_chat(poor, characters[-1]),
    }
    for text in ("Hello there", "Are you a real person?", "I wanted to ask you about the stars."):
        factories.send(poor, world.ids["poor_chat"], text)
    deleted = factories.send(poor, world.ids["poor_chat"], "Forget that.").event.message_id
    with acting_as(poor):
        tombstones.delete_message(world.ids["poor_chat"], deleted)
    world.ids["deleted_message"] = deleted
    factories.set_credits(poor.account_id, 0)  # type: ignore[arg-type]
    frozen = factories.open_chat(poor, characters[0])
    world.ids["frozen_chat"] = frozen
    with unit_of_work(as_system=True) as work:
        work.session.execute(update(Chat).where(Chat.id == frozen).values(is_frozen=True))
        work.session.execute(
            update(RealUser).where(RealUser.id == banned.account_id).values(is_banned=True)
        )
    assert user.account_id
    with acting_as(user):
        for character in characters[:3]:
            liking.set_favorite(character, user.account_id, on=True)
            liking.note_view(character, user.account_id)
    with acting_as(operator):
        held = operator_queries.held(operator.account_id)  # type: ignore[arg-type]
    world.ids["desk"] = held[0].chat_id
    for width, height in ((1200, 1500), (1500, 1000), (800, 800)):
        factories.photo(user, factories.picture_file(width, height))
    with unit_of_work(as_system=True) as work:
        at_desk = work.session.get_one(Chat, world.ids["desk"]).real_user_id
    if at_desk != user.account_id:
        for size in (600, 640):
            factories.photo(Viewer("user", at_desk), factories.picture_file(size, 750))
    _payments(world, user)
    _promos(admin, world.ids["package"])
    _limits(world, characters[0])
    _giving_back(world, user, newcomer, admin, factories.open_chat(user, characters[-1]))
    fresh = factories.user(username="fresh_face")
    assert newcomer.account_id
    world.link = factories.email(newcomer.account_id, "amina@example.com")
    world.people = {
        "user": user, "newcomer": newcomer, "poor": poor, "banned": banned, "operator": operator,
        "resting": resting, "admin": admin, "moderator": moderator, "fresh": fresh,
        **world.people,
    }  # fmt: skip
    for name, viewer in world.people.items():
        world.cookies[name] = world.server.cookie(_session(viewer))


def _payments(world: World, user: Viewer) -> None:
    """Packages as they are on offer at first, and a purchase in each of its states."""
    assert user.account_id
    with unit_of_work(as_system=True) as work:
        offered = work.session.scalars(select(CreditPackage.id).order_by(CreditPackage.price)).all()
    package = offered[1] if offered else _packages()
    paid = factories.purchase(user.account_id, package)
    world.ids["payment_success"] = paid
    world.ids["package"] = package
    states = {
        "open": "return_to = '/chats'",
        "phone": "status = 'processing', channel = 'mpesa', checkout_url = NULL",
        "failed": "status = 'failed', failure_reason = 'Declined'",
        "abandoned": "status = 'failed', failure_reason = 'abandoned'",
        "review": "needs_manual_review = true, review_reason = 'amount differs'",
    }
    for name, changes in states.items():
        made = factories.purchase(user.account_id, package, paid=False)
        world.ids[f"payment_{name}"] = made
        world.server.change(f"UPDATE transactions SET {changes} WHERE id = %s", made)
    late = factories.purchase(user.account_id, package)
    factories.refund(late, 400, "processing", "It arrived after the payment had ended")
    world.ids["payment_going_back"] = late
    for priority, subject, message in (
        ("critical", late, "A refund needs attention in the provider's dashboard."),
        (
            "normal",
            world.ids["payment_review"],
            "A payment does not match its order and needs a decision.",
        ),
    ):
        world.server.change(
            "INSERT INTO admin_notifications (type, priority, subject_id, message, details)"
            " VALUES ('payment_failed', %s, %s, %s, '{\"amount\": \"400 KES\"}')",
            *(priority, subject, message),
        )
    with unit_of_work(as_system=True) as work:
        exceptions_inbox.note(
            work,
            kind="credited_not_paid",
            reference="fan-76543210fedcba9876543210",
            details={"the provider says": "reversed"},
            transaction_id=late,
        )
        exceptions_inbox.note(
            work,
            kind="unknown_reference",
            reference="fan-0123456789abcdef01234567",
            details={"amount": 18_000, "currency": "KES"},
        )
        world.ids["receipt"] = work.session.scalars(
            select(Receipt.id).where(Receipt.transaction_id == paid)
        ).one()


def _limits(world: World, character: UUID) -> None:
    """Somebody with limits in every state, somebody on a break, and somebody who is kept out."""
    careful, pausing = factories.user(username="careful_one"), factories.user(username="on_a_break")
    away = factories.user(username="far_away")
    assert careful.account_id and pausing.account_id and away.account_id
    arrived = factories.purchase(careful.account_id, world.ids["package"])
    world.server.change(
        "UPDATE real_users SET unseen_payment_id = %s WHERE id = %s", arrived, careful.account_id
    )
    for period, wanted in (("day", ("600",)), ("week", ("1000", "2500")), ("month", ("3000", ""))):
        for typed in wanted:
            if typed:
                limits.set_limit(careful.account_id, period, typed)
            else:
                limits.remove_limit(careful.account_id, period)
    world.server.change(
        "UPDATE spending_limits SET pending_since = now() - interval '30 hours'"
        " WHERE period = 'month' AND real_user_id = %s",
        careful.account_id,
    )
    world.ids["careful_chat"] = factories.open_chat(careful, character)
    world.ids["break_chat"] = factories.open_chat(pausing, character)
    limits.take_time_out(pausing.account_id, "7d")
    device = exclusion.exclude(away.account_id, length="1y", typed="stop", device="")
    world.device = device
    world.people |= {"careful": careful, "pausing": pausing}


def _promos(admin: Viewer, package: UUID) -> None:
    """Codes in each of their states, some of them used."""
    now = datetime.now(UTC)
    used = factories.promo(
        admin.account_id, code="KARIBU20", max_uses=200, budget_amount=50_000, min_price=300,
        first_purchase_only=True, valid_until=now + timedelta(days=30),
    )  # fmt: skip
    spent = factories.promo(admin.account_id, code="FIRST-100", kind="fixed", value=100, max_uses=2)
    factories.promo(
        admin.account_id, code="ZAWADI", kind="bonus", value=15, valid_from=now + timedelta(days=3)
    )
    factories.promo(admin.account_id, code="WEEKEND", value=10, is_active=False)
    factories.promo(
        admin.account_id, code="MAY-2026", value=5, per_user_limit=3, is_active=False,
        valid_from=now - timedelta(days=60), valid_until=now - timedelta(days=30),
    )  # fmt: skip
    for code, times in ((used, 5), (spent, 2)):
        for number in range(times):
            buyer = factories.user().account_id
            assert buyer
            factories.purchase(buyer, package, promo=code, paid=number > 0)


def _giving_back(world: World, user: Viewer, other: Viewer, admin: Viewer, chat: UUID) -> None:
    """Requests, wishes for a second admin, refunds and a dispute, in each of their states."""
    assert user.account_id and other.account_id and admin.account_id
    while len(charged := _charged(chat)) < 4:
        factories.send(user, chat, "I keep thinking about what you said of the lake.")
    for message, words in zip(
        charged, ("I meant another chat, sorry!", "It was empty.", ""), strict=False
    ):
        asked = message_refunds.ask(
            account_id=user.account_id, chat_id=chat, message_id=message,
            reason="accidental_send" if words else "system_error", words=words,
        )  # fmt: skip
        world.ids.setdefault("asked", asked)
        world.ids["asked_last"] = asked
    message_refunds.reject(world.ids["asked_last"], admin.account_id, "It was read and answered.")
    for name, message in zip(
        ("asked_message", "other", "refused_message", "charged_message"), charged, strict=True
    ):
        world.ids[name] = message
    world.ids["user"] = user.account_id
    world.ids["charged_chat"] = chat
    second = factories.admin("admin")
    assert second.account_id
    for asker, amount, why in ((second, 300, "A week of trouble"), (admin, 250, "Lost messages")):
        person = user if asker is second else other
        grants.grant(
            user_id=person.account_id, admin_id=asker.account_id, amount=amount, reason=why,  # type: ignore[arg-type]
            key=uuid4(),
        )  # fmt: skip
    returned = factories.purchase(user.account_id, world.ids["package"])
    factories.refund(returned, 100, "success", "Withdrawal")
    factories.refund(returned, 80, "processing", "Sent twice")
    factories.refund(returned, 50, "failed")
    world.ids["payment_refunded"] = returned
    with unit_of_work(as_system=True) as work:
        world.ids["receipt_refunded"] = work.session.scalars(
            select(Receipt.id).where(Receipt.transaction_id == returned)
        ).one()
    disputed = factories.purchase(other.account_id, world.ids["package"])
    world.ids["dispute"] = factories.dispute(
        disputed, due_at=datetime.now(UTC) + timedelta(hours=20)
    )
    ended = factories.purchase(other.account_id, world.ids["package"])
    world.ids["dispute_odd"] = factories.dispute(
        ended, provider_status="resolved", resolution="partially-accepted"
    )
    lost = factories.purchase(other.account_id, world.ids["package"])
    factories.dispute(
        lost, status="won", resolution="declined", resolved_at=datetime.now(UTC),
        evidence_sent_at=datetime.now(UTC), provider_status="resolved",
    )  # fmt: skip


def _charged(chat: UUID) -> list[UUID]:
    """The messages of a chat that cost something, the oldest first."""
    with unit_of_work(as_system=True) as work:
        return list(
            work.session.scalars(
                select(CreditTransfer.cause_id)
                .where(CreditTransfer.chat_id == chat, CreditTransfer.kind == "message_charge")
                .order_by(CreditTransfer.id)
            )
        )


def _read_message(page: Page, world: World) -> None:
    form = page.locator(f'form[action$="/{world.ids["asked"]}/message"]')
    form.locator("input[name=reason]").fill("To decide about it")
    form.get_by_role("button").click()
    expect(page.get_by_text("This reading was logged")).to_be_visible()


def _bubble_menu(page: Page, world: World) -> None:
    page.locator(".bubble-menu summary").last.click()
    expect(page.get_by_role("menuitem", name="Ask for a refund").last).to_be_visible()


def _delete(page: Page, world: World) -> None:
    _bubble_menu(page, world)
    page.get_by_role("menuitem", name="Delete message").last.click()
    expect(page.locator("dialog#deletion")).to_be_visible()


def _packages() -> UUID:
    """The packages of the first day; returns the second."""
    made = [
        factories.package(name=name, credits=credits, bonus_credits=bonus, price=price, **more)
        for name, credits, bonus, price, more in (
            ("Taste", 20, 0, 180, {}),
            ("Evening", 50, 0, 400, {}),
            ("Week", 120, 10, 850, {"badge_text": "Our suggestion", "is_featured": True}),
            ("Month", 300, 40, 1900, {}),
            ("Season", 700, 120, 4000, {"badge_text": "Lowest price per credit"}),
        )
    ]
    return made[1]


def _session(viewer: Viewer) -> SignIn:
    """A session without a password: demo people and made people have different ones."""
    from fantooo.models import Account

    with unit_of_work(as_system=True) as work:
        login = work.session.scalars(
            select(Account.login).where(Account.id == viewer.account_id)
        ).one()
    demo = login in {demo_people.DEMO_USER, demo_people.DEMO_OPERATOR, demo_people.DEMO_ADMIN}
    password = demo_people.PASSWORD if demo else factories.PASSWORD
    return accounts.sign_in(login, password, viewer.role)


def _viewer(opened: SignIn) -> Viewer:
    viewer = sessions.viewer_of(opened.token)
    assert viewer is not None
    return viewer


# What is done on a page before it is looked at


def _nothing(page: Page, world: World) -> None:
    """The page as it comes."""


def _press(label: str, shown: str) -> Callable[[Page, World], None]:
    def act(page: Page, world: World) -> None:
        page.get_by_role("button", name=label, exact=True).first.click()
        expect(page.locator(shown).first).to_be_visible()

    return act


def _open_dialog(which: str) -> Callable[[Page, World], None]:
    def act(page: Page, world: World) -> None:
        opener = page.locator(f'[data-opens="{which}"]')
        # On a phone there are no keys to list, so no button either; the key itself still works.
        opener.click() if opener.is_visible() else page.keyboard.press("?")
        expect(page.locator(f"dialog#{which}")).to_be_visible()

    return act


def _open_filters(page: Page, world: World) -> None:
    page.locator(".more-filters > summary").click()
    expect(page.get_by_label("Sort by")).to_be_visible()


def _open_menu(page: Page, world: World) -> None:
    page.locator("main [data-menu] summary").first.click()
    expect(page.locator("main [role=menuitem]").first).to_be_focused()


def _point_at_tooltip(page: Page, world: World) -> None:
    page.locator(".tooltip-sign").first.focus()
    expect(page.get_by_role("tooltip").first).to_be_visible()


def _submit_empty(page: Page, world: World) -> None:
    """What a browser without checks of its own sends, so that the server's errors show."""
    page.locator("main form").first.evaluate("form => { form.noValidate = true }")
    page.locator("main form button.lg").click()
    expect(page.locator(".error:not([hidden]), .form-error").first).to_be_visible()


def _step_2(page: Page, world: World) -> None:
    page.fill('input[name="username"]', factories.unique("moon_"))
    page.get_by_role("button", name="Next").click()
    expect(page.locator('input[name="location"]')).to_be_visible()


def _towns(page: Page, world: World) -> None:
    _step_2(page, world)
    page.locator('input[name="location"]').press_sequentially("na")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")


def _me_errors(page: Page, world: World) -> None:
    """What was wrong beside its field, in two sections."""
    for section, name in (("profile", "display_name"), ("password", "present")):
        form = page.locator(f"#me-{section} form")
        form.evaluate("form => { form.noValidate = true }")
        page.locator(f"#{name}").fill("")
        form.get_by_role("button").last.click()
        expect(page.locator(f"#me-{section} .error:not([hidden])").first).to_be_visible()


def _me_saved(page: Page, world: World) -> None:
    page.locator("#me-language-save").click()
    expect(page.locator("#toasts")).to_have_text("Saved")


def _step_3(page: Page, world: World) -> None:
    _step_2(page, world)
    page.fill('input[name="location"]', "Nairobi")
    page.select_option('select[name="gender"]', "female")
    page.fill('input[name="age"]', "29")
    page.select_option('select[name="looking_for"]', "both")
    page.get_by_role("button", name="Next").click()
    expect(page.locator('input[name="password"]')).to_be_visible()


def _then_empty(step: Callable[[Page, World], None]) -> Callable[[Page, World], None]:
    def act(page: Page, world: World) -> None:
        step(page, world)
        _submit_empty(page, world)

    return act


def _name_taken(page: Page, world: World) -> None:
    page.locator('input[name="username"]').press_sequentially("amina_w")
    expect(page.locator("#name-state .error")).to_be_visible()


def _wrong_password(page: Page, world: World) -> None:
    page.locator("main form input:not([type=hidden])").first.fill("nobody@fantooo.test")
    page.fill('input[name="password"]', "not the password")
    _submit_empty(page, world)


def _say(page: Page, text: str) -> None:
    page.fill('textarea[placeholder="Type a message..."]', text)
    page.click('button[aria-label="Send message"]')


def _no_credits(page: Page, world: World) -> None:
    _say(page, "One more thing before you go...")
    expect(page.locator("dialog#purchase")).to_be_visible()


def _failed(page: Page, world: World) -> None:
    def refuse(route: Route) -> None:
        route.abort() if route.request.method == "POST" else route.fallback()

    # Neither way: a socket that is never ready, a form that is not answered.
    page.route_web_socket("**/ws", lambda _line: None)
    page.reload()
    page.route("**/chat/*/messages", refuse)
    _say(page, "This one does not go through")
    expect(page.locator('#pending [data-state="failed"]')).to_be_visible()


def _offline(page: Page, world: World) -> None:
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.fill('textarea[placeholder="Type a message..."]', "I will tell you when I am back")


def _too_long(page: Page, world: World) -> None:
    page.fill('textarea[placeholder="Type a message..."]', "And on and on it goes. " * 45)
    expect(page.locator("[data-counter]")).to_contain_text("too many")


def _reconnecting(page: Page, world: World) -> None:
    expect(page.locator("#connection")).to_be_visible()
    expect(page.locator("#connection")).to_contain_text("Connection lost")


def _cut_socket(page: Page) -> None:
    page.route_web_socket("**/ws", lambda line: line.close(code=1012))


def _older(page: Page, world: World) -> None:
    page.locator("#log").evaluate("log => { log.scrollTop = -log.scrollHeight }")


def _typing(page: Page, world: World) -> None:
    page.locator("#typing").evaluate("line => line.classList.add('is-on')")
    page.fill('textarea[placeholder="Type a message..."]', "And then? Do not leave me hanging")


def _tab(name: str) -> Callable[[Page, World], None]:
    def act(page: Page, world: World) -> None:
        button = page.locator(f'[data-panel-button="{name}"]')
        if button.is_visible():
            button.click()
        expect(page.locator(f".desk-panel.is-{name}")).to_be_visible()

    return act


def _refused_reply(page: Page, world: World) -> None:
    _say(page, "Call me on 0712 345 678 and let us meet on Saturday")
    expect(page.locator("#notice")).to_be_visible()


def _lightbox(page: Page, _world: World) -> None:
    page.locator(".gallery a").first.click()
    expect(page.locator("#lightbox")).to_be_visible()


def _m_pesa(page: Page, world: World) -> None:
    page.get_by_label("M-Pesa prompt on your phone").check()
    expect(page.get_by_label("M-Pesa number")).to_be_visible()


def _wrong_number(page: Page, world: World) -> None:
    _m_pesa(page, world)
    page.get_by_label("M-Pesa number").fill("12345")
    page.get_by_role("button", name="Pay now").click()
    expect(page.get_by_text("Enter a Kenyan M-Pesa number")).to_be_visible()


def _code(code: str, shown: str) -> Callable[[Page, World], None]:
    """Types a promo code and asks for its prices."""

    def act(page: Page, world: World) -> None:
        page.get_by_text("I have a promo code").click()
        page.get_by_label("Promo code", exact=True).fill(code)
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_text(shown).first).to_be_visible()
        page.locator(".promo").scroll_into_view_if_needed()

    return act


def _kept_out(page: Page, world: World) -> None:
    page.fill('input[name="username"]', "far_away")
    page.fill('input[name="password"]', factories.PASSWORD)
    page.locator("main form button.lg").click()
    expect(page.get_by_role("heading", name="You are taking a long break")).to_be_visible()


def _known_browser(page: Page, world: World) -> None:
    cookie = {"name": "fantooo_device", "value": world.device, "url": world.server.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.reload()
    # Others look with the same browser.
    page.context.clear_cookies(name="fantooo_device")


def _at(section: str) -> Callable[[Page, World], None]:
    def act(page: Page, world: World) -> None:
        page.locator(f"#{section}").evaluate("node => node.scrollIntoView({ behavior: 'instant' })")

    return act


def _wrong_limit(page: Page, world: World) -> None:
    page.fill("#limit-day input[name=day]", "a little")
    page.locator("#limit-day").get_by_role("button", name="Set the limit of a day").click()
    expect(page.locator("#day-error")).to_be_visible()


def _an_hour_later(page: Page, world: World) -> None:
    """Whoever looks has been here for long; the page says so by itself."""
    world.server.change(
        "UPDATE active_stretches SET began_at = now() - interval '64 minutes', last_at = now(),"
        " active_seconds = 3840 WHERE real_user_id = %s",
        world.people["careful"].account_id,
    )
    page.reload()
    expect(page.get_by_role("dialog", name="A look at the clock")).to_be_visible()


def _made_error(which: int | str) -> Callable[[Page, World], None]:
    def act(page: Page, world: World) -> None:
        status, body, headers = world.error_page(which)
        headers = {**headers, "content-type": "text/html; charset=utf-8"}
        page.route(
            "**/shown", lambda route: route.fulfill(status=status, body=body, headers=headers)
        )
        page.goto("/shown")

    return act


@dataclass(frozen=True)
class Stop:
    """One page in one state. ``endpoint`` is empty where no route leads to what is shown."""

    name: str
    endpoint: str
    path: str
    actor: str = ""
    act: Callable[[Page, World], None] = _nothing
    before: Callable[[Page], None] | None = None
    #: shows a character, so that the disclosure must be on it
    character: bool = False

    @property
    def scripted(self) -> bool:
        """Whether the state needs a script to be reached."""
        return self.act is not _nothing or self.before is not None

    def visit(self, page: Page, world: World) -> None:
        """Opens the page and brings it into its state."""
        # What is typed here must not be found by the next who looks.
        page.route("**/draft", lambda route: route.fulfill(status=204))
        if self.before:
            self.before(page)
        page.goto(world.path(self.path))
        if page.locator("[data-live]").count() and not self.before:
            expect(page.locator("html[data-socket=ready]")).to_be_attached()
        self.act(page, world)
        # An answer's words are there before its styles are.
        page.wait_for_load_state()
        page.evaluate("document.fonts.ready.then(() => true)")


#: before there is anybody: afterwards the page is gone
FIRST_STOPS = (
    Stop("setup", "people.setup", "/setup"),
    Stop("setup-errors", "people.setup", "/setup", act=_submit_empty),
)
STOPS = (
    Stop("landing", "public.landing", "/", character=True),
    Stop("how-it-works", "public.how_it_works", "/how-it-works"),
    Stop("terms", "public.terms", "/terms"),
    Stop("privacy", "public.privacy", "/privacy"),
    Stop("get-started-1", "people.get_started", "/get-started"),
    Stop("get-started-1-errors", "people.get_started", "/get-started", act=_submit_empty),
    Stop("get-started-name-taken", "people.get_started", "/get-started", act=_name_taken),
    Stop("get-started-2", "people.get_started", "/get-started", act=_step_2),
    Stop("get-started-2-errors", "people.get_started", "/get-started", act=_then_empty(_step_2)),
    Stop("get-started-towns", "people.get_started", "/get-started", act=_towns),
    Stop("get-started-3", "people.get_started", "/get-started", act=_step_3),
    Stop("get-started-3-errors", "people.get_started", "/get-started", act=_then_empty(_step_3)),
    Stop("login", "people.login", "/login"),
    Stop("login-error", "people.login", "/login", act=_wrong_password),
    Stop("login-kept-out", "people.login", "/login", act=_kept_out),
    Stop("login-known-browser", "people.login", "/login", act=_known_browser),
    Stop("get-started-known-browser", "people.get_started", "/get-started", act=_known_browser),
    Stop("op-login", "people.operator_login", "/op-login"),
    Stop("op-login-error", "people.operator_login", "/op-login", act=_wrong_password),
    Stop("admin-login", "people.admin_login", "/admin-login"),
    Stop("discover-signed-out", "user.discover", "/discover", character=True),
    Stop("discover", "user.discover", "/discover", "user", character=True),
    Stop("discover-filtered", "user.discover", "/discover?gender=female&q=a", "user", character=True),
    Stop("discover-nobody", "user.discover", "/discover?q=zzzzqqq", "user"),
    Stop("discover-instead", "user.discover", "/discover?gender=&q=zzzzqqq&style=playful&age_from=40", "user"),
    Stop("discover-filters", "user.discover", "/discover?gender=&age_from=20&sort=rating", "user", act=_open_filters, character=True),
    Stop("favorites", "user.favorites", "/favorites", "user", character=True),
    Stop("favorites-empty", "user.favorites", "/favorites", "fresh"),
    Stop("profile-signed-out", "user.profile", "/profile/{character}", character=True),
    Stop("profile", "user.profile", "/profile/{character}", "user", character=True),
    Stop("profile-lightbox", "user.profile", "/profile/{character}", "user", act=_lightbox, character=True),
    Stop("chats", "chat.inbox", "/chats", "user", character=True),
    Stop("chats-empty", "chat.inbox", "/chats", "fresh"),
    Stop("chat", "chat.show", "/chat/{chat}", "user", character=True),
    Stop("chat-typing", "chat.show", "/chat/{chat}", "user", act=_typing, character=True),
    Stop("chat-older", "chat.show", "/chat/{chat}", "user", act=_older, character=True),
    Stop("chat-about", "chat.show", "/chat/{chat}", "user", act=_open_dialog("about"), character=True),
    Stop("chat-menu", "chat.show", "/chat/{charged_chat}", "user", act=_bubble_menu, character=True),
    Stop("chat-delete", "chat.show", "/chat/{charged_chat}", "user", act=_delete, character=True),
    Stop("delete-message", "chat.deletion", "/chat/{charged_chat}/messages/{charged_message}/deletion", "user"),
    Stop("message-deleted", "chat.deletion", "/chat/{poor_chat}/messages/{deleted_message}/deletion", "poor"),
    Stop("refund-ask", "chat.refund", "/chat/{charged_chat}/messages/{charged_message}/refund", "user"),
    Stop("refund-asked", "chat.refund", "/chat/{charged_chat}/messages/{asked_message}/refund", "user"),
    Stop("refund-refused", "chat.refund", "/chat/{charged_chat}/messages/{refused_message}/refund", "user"),
    Stop("chat-failed", "chat.show", "/chat/{chat}", "user", act=_failed, character=True),
    Stop("chat-offline", "chat.show", "/chat/{chat}", "user", act=_offline, character=True),
    Stop("chat-too-long", "chat.show", "/chat/{chat}", "user", act=_too_long, character=True),
    Stop("chat-reconnecting", "chat.show", "/chat/{chat}", "user", act=_reconnecting, before=_cut_socket, character=True),
    Stop("chat-empty", "chat.show", "/chat/{empty_chat}", "newcomer", character=True),
    Stop("chat-no-credits", "chat.show", "/chat/{poor_chat}", "poor", act=_no_credits, character=True),
    Stop("chat-waiting", "chat.show", "/chat/{poor_chat}", "poor", character=True),
    Stop("chat-frozen", "chat.show", "/chat/{frozen_chat}", "poor", character=True),
    Stop("consent", "user.consent", "/consent", "user"),
    Stop("consent-error", "user.consent", "/consent", "user", act=_submit_empty),
    Stop("me", "user.me", "/me", "user"),
    Stop("me-errors", "user.me", "/me", "poor", act=_me_errors),
    Stop("me-saved", "user.me", "/me", "poor", act=_me_saved),
    Stop("me-limits", "user.me", "/me", "careful", act=_at("me-limits")),
    Stop("me-limits-error", "user.me", "/me", "careful", act=_wrong_limit),
    Stop("me-break", "user.me", "/me", "pausing", act=_at("me-breaks")),
    Stop("export", "user.export", "/me/export", "user"),
    Stop("delete-account", "user.delete_account", "/me/delete", "user"),
    Stop("delete-account-error", "user.delete_account", "/me/delete", "user", act=_submit_empty),
    Stop("self-exclusion", "user.self_exclusion", "/me/self-exclusion", "user"),
    Stop("self-exclusion-error", "user.self_exclusion", "/me/self-exclusion", "user", act=_submit_empty),
    Stop("time-here", "chat.inbox", "/chats", "careful", act=_an_hour_later, character=True),
    Stop("credits-limits", "credits.show", "/credits", "careful"),
    Stop("credits-break", "credits.show", "/credits", "pausing"),
    Stop("chat-break", "chat.show", "/chat/{break_chat}", "pausing", character=True),
    Stop("credits", "credits.show", "/credits", "user"),
    Stop("credits-first", "credits.show", "/credits", "poor"),
    Stop("credits-phone", "credits.show", "/credits", "poor", act=_m_pesa),
    Stop("credits-error", "credits.show", "/credits", "poor", act=_wrong_number),
    Stop("credits-promo", "credits.show", "/credits", "poor", act=_code("karibu20", "applied to the packages below")),
    Stop("credits-promo-error", "credits.show", "/credits", "poor", act=_code("first-100", "This code has been used up")),
    Stop("payment-open", "credits.payment", "/credits/payments/{payment_open}", "user"),
    Stop("payment-waiting", "credits.payment", "/credits/payments/{payment_open}?back=1", "user"),
    Stop("payment-phone", "credits.payment", "/credits/payments/{payment_phone}", "user"),
    Stop("payment-failed", "credits.payment", "/credits/payments/{payment_failed}", "user"),
    Stop("payment-abandoned", "credits.payment", "/credits/payments/{payment_abandoned}", "user"),
    Stop("payment-review", "credits.payment", "/credits/payments/{payment_review}", "user"),
    Stop("payment-going-back", "credits.payment", "/credits/payments/{payment_going_back}", "user"),
    Stop("payment-arrived", "chat.show", "/chat/{careful_chat}", "careful", character=True),
    Stop("payment-success", "credits.payment", "/credits/payments/{payment_success}", "user"),
    Stop("receipt", "credits.receipt", "/credits/receipts/{receipt}", "user"),
    Stop("receipt-refunded", "credits.receipt", "/credits/receipts/{receipt_refunded}", "user"),
    Stop("withdraw", "credits.withdrawal", "/credits/receipts/{receipt}/withdraw", "user"),
    Stop("verify-email", "people.verify_email", "/verify-email/{link}"),
    Stop("verify-email-not-yours", "people.verify_email", "/verify-email/{link}", "user"),
    Stop("verify-email-gone", "people.verify_email", "/verify-email/of-last-week"),
    Stop("me-unconfirmed", "user.me", "/me#me-email", "newcomer"),
    Stop("banned", "public.banned", "/suspended", "banned"),
    Stop("waiting-on", "operator.waiting", "/operator/waiting", "operator", character=True),
    Stop("waiting-off", "operator.waiting", "/operator/waiting", "resting", character=True),
    Stop("desk", "operator.show", "/operator/chat/{desk}", "operator", character=True),
    Stop("desk-person", "operator.show", "/operator/chat/{desk}", "operator", act=_tab("user"), character=True),
    Stop("desk-character", "operator.show", "/operator/chat/{desk}", "operator", act=_tab("character"), character=True),
    Stop("desk-keys", "operator.show", "/operator/chat/{desk}", "operator", act=_open_dialog("keys"), character=True),
    Stop("desk-hand-over", "operator.show", "/operator/chat/{desk}", "operator", act=_open_dialog("handback"), character=True),
    Stop("desk-refused", "operator.show", "/operator/chat/{desk}", "operator", act=_refused_reply, character=True),
    Stop("dashboard", "admin.dashboard", "/admin/dashboard", "admin"),
    Stop("alerts", "admin.alerts", "/admin/alerts", "admin"),
    Stop("payments", "admin.payments", "/admin/payments", "admin"),
    Stop("payments-review", "admin.payments", "/admin/payments?review=1", "admin"),
    Stop("payments-none", "admin.payments", "/admin/payments?text=nobody", "admin"),
    Stop("days", "admin.days", "/admin/payments/days", "admin"),
    Stop("days-none", "admin.days", "/admin/payments/days?month=2199-01", "admin"),
    Stop("admin-payment", "admin.payment", "/admin/payments/{payment_success}", "admin"),
    Stop("admin-payment-review", "admin.payment", "/admin/payments/{payment_review}", "admin"),
    Stop("packages", "admin.packages", "/admin/packages", "admin"),
    Stop("package-new", "admin.new_package", "/admin/packages/new", "admin"),
    Stop("package-errors", "admin.new_package", "/admin/packages/new", "admin", act=_submit_empty),
    Stop("package", "admin.package", "/admin/packages/{package}", "admin"),
    Stop("promos", "admin.promos", "/admin/promos", "admin"),
    Stop("promo-new", "admin.new_promo", "/admin/promos/new", "admin"),
    Stop("promo-errors", "admin.new_promo", "/admin/promos/new", "admin", act=_submit_empty),
    Stop("admin-payment-refunded", "admin.payment", "/admin/payments/{payment_refunded}", "admin"),
    Stop("refunds", "giving.refunds", "/admin/refunds", "admin"),
    Stop("refunds-message", "giving.refunds", "/admin/refunds", "admin", act=_read_message),
    Stop("user-credits", "giving.account", "/admin/users/{user}/credits", "admin"),
    Stop("approvals", "giving.approvals", "/admin/approvals", "admin"),
    Stop("disputes", "disputes.index", "/admin/disputes", "admin"),
    Stop("dispute", "disputes.show", "/admin/disputes/{dispute}", "admin"),
    Stop("dispute-to-decide", "disputes.show", "/admin/disputes/{dispute_odd}", "admin"),
    Stop("error-403", "", "/admin/dashboard", "user"),
    Stop("error-404", "", "/nothing-here"),
    Stop("error-429", "", "/how-it-works", act=_made_error(429)),
    Stop("error-500", "", "/how-it-works", act=_made_error(500)),
    Stop("error-503", "", "/how-it-works", act=_made_error(503)),
    Stop("maintenance", "", "/how-it-works", act=_made_error("maintenance")),
    Stop("styleguide", "styleguide.show", "/styleguide"),
    Stop("styleguide-framed", "styleguide.show", "/styleguide?framed=dark"),
    Stop("styleguide-dialog", "styleguide.show", "/styleguide", act=_open_dialog("specimen")),
    Stop("styleguide-menu", "styleguide.show", "/styleguide", act=_open_menu),
    Stop("styleguide-tooltip", "styleguide.show", "/styleguide", act=_point_at_tooltip),
)  # fmt: skip
