"""Every route with every method and every actor, from the application's own map.

A route without a row fails. The columns are ``cast.ACTORS``; the numbers are what the product says
about who may do what, written by hand. Allow and deny cases of a row share one world, and those
who are refused change nothing.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from flask import Flask

from fantooo.domain.viewer import Viewer
from fantooo.infra.database import acting_as
from fantooo.queries import chats
from fantooo.services import messages
from tests.integration.cast import ACTORS, Cast
from tests.support import factories
from tests.support.factories import PASSWORD

SAFE = ("GET", "HEAD", "OPTIONS")

Row = tuple[str, str, str, dict[str, int]]

#: endpoint, method, path: what anonymous, owner, other user, banned user, holding operator, other
#: operator, suspended operator, admin, super_admin and moderator are answered
TABLE = """
#                                                          anon own oth ban | hol ope sus | adm sup mod
public.landing          GET  /                              200 200 200 200   200 200 200   200 200 200
public.how_it_works     GET  /how-it-works                  200 200 200 200   200 200 200   200 200 200
public.terms            GET  /terms                         200 200 200 200   200 200 200   200 200 200
public.privacy          GET  /privacy                       200 200 200 200   200 200 200   200 200 200
public.banned           GET  /suspended                     403 403 403 403   403 403 403   403 403 403
public.robots           GET  /robots.txt                    200 200 200 200   200 200 200   200 200 200
public.places           GET  /places?q=nai                  200 200 200 200   200 200 200   200 200 200
public.set_theme        POST /theme                         302 302 302 302   302 302 302   302 302 302

people.get_started      GET  /get-started                   200 302 302 302   200 200 200   200 200 200
people.get_started      POST /get-started                   200 302 302 302   200 200 200   200 200 200
people.check_name       GET  /get-started/name?username=abc 200 200 200 200   200 200 200   200 200 200
people.login            GET  /login                         200 302 302 302   200 200 200   200 200 200
people.login            POST /login                         401 302 302 302   401 401 401   401 401 401
people.operator_login   GET  /op-login                      200 200 200 200   302 302 302   200 200 200
people.operator_login   POST /op-login                      401 401 401 401   302 302 302   401 401 401
people.admin_login      GET  /admin-login                   200 200 200 200   200 200 200   302 302 302
people.admin_login      POST /admin-login                   401 401 401 401   401 401 401   302 302 302
people.setup            GET  /setup                         404 404 404 404   404 404 404   404 404 404
people.setup            POST /setup                         404 404 404 404   404 404 404   404 404 404
people.come_back        POST /login/return                  400 400 400 400   400 400 400   400 400 400
people.keep_account     POST /login/keep                    400 400 400 400   400 400 400   400 400 400
people.verify_email     GET  /verify-email/none             410 410 410 410   410 410 410   410 410 410
people.confirm_email    POST /verify-email/none             410 410 410 410   410 410 410   410 410 410
people.session_state    GET  /session                       401 204 204 204   204 204 204   204 204 204
people.logout           POST /logout                        303 303 303 303   303 303 303   303 303 303

user.discover           GET  /discover                      200 200 200 200   200 200 200   200 200 200
user.profile            GET  /profile/{published}           200 200 200 200   200 200 200   200 200 200
user.profile            GET  /profile/{hidden}              404 404 404 404   404 404 404   404 404 404
user.open_chat          POST /profile/{unmet}/chat          303 303 303 302   303 303 303   303 303 303
user.open_chat          POST /profile/{hidden}/chat         404 404 404 302   404 404 404   404 404 404
user.set_favorite       POST /profile/{published}/favorite  302 303 303 302   403 403 403   403 403 403
user.set_favorite       POST /profile/{nobodys}/favorite    302 404 404 302   403 403 403   403 403 403
user.favorites          GET  /favorites                     302 200 200 302   403 403 403   403 403 403
user.consent            GET  /consent                       302 200 200 302   403 403 403   403 403 403
user.consent            POST /consent                       302 303 303 302   403 403 403   403 403 403
user.me                 GET  /me                            302 200 200 302   403 403 403   403 403 403
user.save_profile       POST /me/profile                    302 303 303 302   403 403 403   403 403 403
user.save_language      POST /me/language                   302 303 303 302   403 403 403   403 403 403
user.save_email         POST /me/email                      302 303 303 302   403 403 403   403 403 403
user.send_email_link    POST /me/email/link                 302 303 303 302   403 403 403   403 403 403
user.change_password    POST /me/password                   302 303 303 302   403 403 403   403 403 403
user.save_notifications POST /me/notifications              302 303 303 302   403 403 403   403 403 403
user.save_privacy       POST /me/privacy                    302 303 303 302   403 403 403   403 403 403
user.add_photo          POST /me/photos                     302 303 303 302   403 403 403   403 403 403
user.choose_photo       POST /me/photos/{photo}/main        302 303 404 302   403 403 403   403 403 403
user.remove_photo       POST /me/photos/{photo}/remove      302 303 404 302   403 403 403   403 403 403
user.set_limit          POST /me/limits                     302 303 303 302   403 403 403   403 403 403
user.confirm_limit      POST /me/limits/confirm             302 400 400 302   403 403 403   403 403 403
user.keep_limit         POST /me/limits/keep                302 303 303 302   403 403 403   403 403 403
user.take_break         POST /me/breaks                     302 303 303 302   403 403 403   403 403 403
user.self_exclusion     GET  /me/self-exclusion             302 200 200 302   403 403 403   403 403 403
user.self_exclusion     POST /me/self-exclusion             302 303 303 302   403 403 403   403 403 403
user.export             GET  /me/export                     302 200 200 200   403 403 403   403 403 403
user.export             POST /me/export                     302 200 200 200   403 403 403   403 403 403
user.delete_account     GET  /me/delete                     302 200 200 200   403 403 403   403 403 403
user.delete_account     POST /me/delete                     302 303 303 303   403 403 403   403 403 403
user.time_here          GET  /me/time                       302 200 200 302   403 403 403   403 403 403
user.tell_time          POST /me/time                       302 303 303 302   403 403 403   403 403 403
user.end_session        POST /me/sessions/{session}/end     302 303 404 302   403 403 403   403 403 403
user.end_other_sessions POST /me/sessions/end-others        302 303 303 302   403 403 403   403 403 403

chat.inbox              GET  /chats                         302 200 200 302   403 403 403   403 403 403
chat.unread             GET  /chats/unread                  302 200 200 302   403 403 403   403 403 403
chat.show               GET  /chat/{chat}                   302 200 404 302   403 403 403   403 403 403
chat.show               GET  /chat/{nobodys}                302 404 404 302   403 403 403   403 403 403
chat.history            GET  /chat/{chat}/history           302 200 404 302   403 403 403   403 403 403
chat.changes            GET  /chat/{chat}/changes           302 200 404 302   403 403 403   403 403 403
chat.send               POST /chat/{chat}/messages          302 303 404 302   403 403 403   403 403 403
chat.send               POST /chat/{nobodys}/messages       302 404 404 302   403 403 403   403 403 403
chat.rate               POST /chat/{chat}/rating            302 303 404 302   403 403 403   403 403 403
chat.refund             GET  /chat/{chat}/messages/{charged}/refund 302 200 404 302 403 403 403 403 403 403
chat.refund             GET  /chat/{chat}/messages/{chat}/refund 302 404 404 302 403 403 403 403 403 403
# The owner has asked already.
chat.ask_refund         POST /chat/{chat}/messages/{charged}/refund 302 400 404 302 403 403 403 403 403 403
chat.deletion           GET  /chat/{chat}/messages/{charged}/deletion 302 200 404 404 403 403 403 403 403 403
chat.deletion           GET  /chat/{chat}/messages/{chat}/deletion 302 404 404 404 403 403 403 403 403 403
chat.delete_message     POST /chat/{chat}/messages/{charged}/deletion 302 303 404 404 403 403 403 403 403 403
chat.save_draft         PUT  /chat/{chat}/draft             302 204 404 302   403 403 403   403 403 403

credits.show            GET  /credits                       302 200 200 302   403 403 403   403 403 403
credits.show            GET  /credits?next=/chat/{chat}     302 200 200 302   403 403 403   403 403 403
# Nothing is chosen, so that no provider is asked; see test_buying.
credits.buy             POST /credits/buy                   302 400 400 302   403 403 403   403 403 403
credits.apply_promo     POST /credits/promo                 302 400 400 302   403 403 403   403 403 403
credits.returned        GET  /credits/return?reference={reference} 302 302 404 302   403 403 403   403 403 403
credits.payment         GET  /credits/payments/{purchase}   302 200 404 302   403 403 403   403 403 403
credits.receipt         GET  /credits/receipts/{receipt}    302 200 404 302   403 403 403   403 403 403
credits.receipt_pdf     GET  /credits/receipts/{receipt}.pdf 302 200 404 302   403 403 403   403 403 403
credits.withdrawal      GET  /credits/receipts/{receipt}/withdraw 302 200 404 302 403 403 403 403 403 403
credits.withdraw        POST /credits/receipts/{receipt}/withdraw 302 303 404 302 403 403 403 403 403 403
credits.history_csv     GET  /credits/history.csv           302 200 200 302   403 403 403   403 403 403
credits.swap_points     POST /credits/points                302 400 400 302   403 403 403   403 403 403
credits.answer_offer    POST /credits/limit                 302 303 303 302   403 403 403   403 403 403
webhooks.paystack       POST /webhooks/paystack             401 401 401 401   401 401 401   401 401 401

operator.waiting        GET  /operator/waiting              302 403 403 403   200 200 200   403 403 403
operator.availability   GET  /operator/availability         302 403 403 403   200 200 200   403 403 403
operator.queue          GET  /operator/queue                302 403 403 403   200 200 200   403 403 403
operator.held           GET  /operator/held                 302 403 403 403   200 200 200   403 403 403
operator.set_availability POST /operator/availability       302 403 403 403   303 303 403   403 403 403
operator.set_auto_next  POST /operator/auto-next            302 403 403 403   303 303 303   403 403 403
operator.show           GET  /operator/chat/{chat}          302 403 403 403   200 404 404   403 403 403
operator.show           GET  /operator/chat/{waiting}       302 403 403 403   404 404 404   403 403 403
operator.person         GET  /operator/chat/{chat}/person   302 403 403 403   200 404 404   403 403 403
operator.history        GET  /operator/chat/{chat}/history  302 403 403 403   200 404 404   403 403 403
operator.changes        GET  /operator/chat/{chat}/changes  302 403 403 403   200 404 404   403 403 403
operator.send           POST /operator/chat/{chat}/messages 302 403 403 403   303 404 404   403 403 403
operator.save_draft     PUT  /operator/chat/{chat}/draft    302 403 403 403   204 404 404   403 403 403
operator.save_note      PUT  /operator/chat/{chat}/notes/real      302 403 403 403   200 404 404   403 403 403
operator.save_note      PUT  /operator/chat/{chat}/notes/fictional 302 403 403 403   200 404 404   403 403 403
operator.save_note      PUT  /operator/chat/{chat}/notes/other     302 403 403 403   404 404 404   403 403 403
operator.set_language   POST /operator/chat/{chat}/language 302 403 403 403   303 404 404   403 403 403
operator.hand_back      POST /operator/chat/{chat}/handback 302 403 403 403   303 404 404   403 403 403

admin.dashboard         GET  /admin/dashboard               302 403 403 403   403 403 403   200 200 200
admin.alerts            GET  /admin/alerts                  302 403 403 403   403 403 403   200 200 200
admin.settle_alert      POST /admin/alerts/{chat}           302 403 403 403   403 403 403   404 404 404
admin.tiles             GET  /admin/dashboard/tiles         302 403 403 403   403 403 403   200 200 200
admin.payments          GET  /admin/payments                302 403 403 403   403 403 403   200 200 403
admin.payments_csv      POST /admin/payments.csv            302 403 403 403   403 403 403   200 200 403
admin.days              GET  /admin/payments/days           302 403 403 403   403 403 403   200 200 403
admin.days_csv          POST /admin/payments/days.csv       302 403 403 403   403 403 403   200 200 403
admin.refunds_csv       POST /admin/payments/refunds.csv    302 403 403 403   403 403 403   200 200 403
admin.disputes_csv      POST /admin/disputes.csv            302 403 403 403   403 403 403   200 200 403
admin.payment           GET  /admin/payments/{purchase}     302 403 403 403   403 403 403   200 200 403
admin.payment           GET  /admin/payments/{chat}         302 403 403 403   403 403 403   404 404 403
# No provider is there to be asked; see test_payment_admin.
admin.verify_payment    POST /admin/payments/{chat}/verify  302 403 403 403   403 403 403   404 404 403
admin.decide_payment    POST /admin/payments/{chat}/decide  302 403 403 403   403 403 403   404 404 403
admin.settle_exception  POST /admin/payments/exceptions/{chat} 302 403 403 403   403 403 403   404 404 403
admin.fix_exception     POST /admin/payments/exceptions/{chat}/fix 302 403 403 403   403 403 403   404 404 403
admin.replay_payment    POST /admin/payments/{chat}/replay  302 403 403 403   403 403 403   404 404 403
admin.packages          GET  /admin/packages                302 403 403 403   403 403 403   200 200 403
admin.new_package       GET  /admin/packages/new            302 403 403 403   403 403 403   200 200 403
admin.make_package      POST /admin/packages/new            302 403 403 403   403 403 403   303 303 403
admin.package           GET  /admin/packages/{package}      302 403 403 403   403 403 403   200 200 403
admin.package           GET  /admin/packages/{chat}         302 403 403 403   403 403 403   404 404 403
admin.change_package    POST /admin/packages/{package}      302 403 403 403   403 403 403   303 303 403
admin.change_package    POST /admin/packages/{chat}         302 403 403 403   403 403 403   404 404 403
admin.switch_package    POST /admin/packages/{package}/switch 302 403 403 403   403 403 403   303 303 403
admin.promos            GET  /admin/promos                  302 403 403 403   403 403 403   200 200 403
admin.new_promo         GET  /admin/promos/new              302 403 403 403   403 403 403   200 200 403
admin.make_promo        POST /admin/promos/new              302 403 403 403   403 403 403   303 303 403
admin.switch_promo      POST /admin/promos/{promo}/switch   302 403 403 403   403 403 403   303 303 403
admin.refund_payment    POST /admin/payments/{chat}/refund  302 403 403 403   403 403 403   404 404 403
giving.refunds          GET  /admin/refunds                 302 403 403 403   403 403 403   200 200 403
giving.read_message     POST /admin/refunds/{asked}/message 302 403 403 403   403 403 403   200 200 403
giving.read_message     POST /admin/refunds/{chat}/message  302 403 403 403   403 403 403   404 404 403
# Only the first to decide decides: see test_message_refunds.
giving.decide_refund    POST /admin/refunds/{chat}          302 403 403 403   403 403 403   404 404 403
giving.account          GET  /admin/users/{annas_id}/credits 302 403 403 403  403 403 403   200 200 403
giving.account          GET  /admin/users/{chat}/credits    302 403 403 403   403 403 403   404 404 403
giving.grant            POST /admin/users/{annas_id}/credits 302 403 403 403  403 403 403   303 303 403
giving.grant            POST /admin/users/{chat}/credits    302 403 403 403   403 403 403   404 404 403
giving.give_back        POST /admin/users/{annas_id}/charges/{chat} 302 403 403 403 403 403 403 404 404 403
giving.approvals        GET  /admin/approvals               302 403 403 403   403 403 403   200 200 403
# The super admin asked for it.
giving.decide_approval  POST /admin/approvals/{approval}    302 403 403 403   403 403 403   303 400 403
giving.decide_approval  POST /admin/approvals/{chat}        302 403 403 403   403 403 403   404 404 403
disputes.index          GET  /admin/disputes                302 403 403 403   403 403 403   200 200 403
disputes.show           GET  /admin/disputes/{dispute}      302 403 403 403   403 403 403   200 200 403
disputes.show           GET  /admin/disputes/{chat}         302 403 403 403   403 403 403   404 404 403
disputes.note_evidence  POST /admin/disputes/{dispute}/evidence 302 403 403 403 403 403 403 303 303 403
# No provider is there to be asked; see test_disputes.
disputes.decide         POST /admin/disputes/{chat}/decide  302 403 403 403   403 403 403   404 404 403

# Not in production: tests/integration/test_maintenance.py.
styleguide.show         GET  /styleguide                    200 200 200 200   200 200 200   200 200 200

health.alive            GET  /health                        200 200 200 200   200 200 200   200 200 200
health.ready            GET  /health/ready?for=web          200 200 200 200   200 200 200   200 200 200
health.metrics          GET  /metrics                       200 200 200 200   200 200 200   200 200 200
media.picture           GET  /media/characters/nia/0-128.webp 200 200 200 200   200 200 200   200 200 200
media.photo             GET  /media/photos/{photo}-384.webp 404 200 404 404   200 404 404   200 200 404
media.photo             GET  /media/photos/{photo}-640.webp 404 404 404 404   404 404 404   404 404 404
media.photo             GET  /media/photos/{chat}-384.webp  404 404 404 404   404 404 404   404 404 404
media.picture           GET  /media/characters/nia/9-128.webp 404 404 404 404   404 404 404   404 404 404
media.picture           GET  /media/characters/nia/0-999.webp 404 404 404 404   404 404 404   404 404 404
static                  GET  /static/js/app.js              200 200 200 200   200 200 200   200 200 200
static                  GET  /static/nothing.js             404 404 404 404   404 404 404   404 404 404
# Without the words of a handshake; with them see test_who_may_open_a_socket.
socket.live             GET  /ws                            400 400 400 400   400 400 400   400 400 400
"""
ROWS: list[Row] = [
    (parts[0], parts[1], parts[2], dict(zip(ACTORS, map(int, parts[3:]), strict=True)))
    for parts in (line.split() for line in TABLE.splitlines() if line and line[0] != "#")
]
UNSAFE = [row for row in ROWS if row[1] not in SAFE]
#: machines come here without a session; their signature says who they are
SIGNED = {"webhooks.paystack"}
#: where signing in is asked for, and at which door
LOGIN = {
    "user": "/login",
    "chat": "/login",
    "credits": "/login",
    "operator": "/op-login",
    "admin": "/admin-login",
    "giving": "/admin-login",
    "disputes": "/admin-login",
}
GATED = [row for row in ROWS if row[3]["anonymous"] == 302 and row[0].partition(".")[0] in LOGIN]


#: the unsafe routes whose form, sent by who may, leaves its mark in the database
WRITES = {
    "public.set_theme", "user.save_profile", "user.save_language", "user.save_email", "user.change_password",
    "user.save_notifications", "user.save_privacy", "user.add_photo", "user.choose_photo", "user.remove_photo", "user.end_session", "user.end_other_sessions",
    "user.open_chat", "user.consent", "user.set_favorite", "chat.rate", "chat.send", "chat.save_draft", "chat.delete_message",
    "operator.set_availability",
    "operator.set_auto_next", "operator.set_language", "operator.send", "operator.save_draft", "operator.save_note",
    "operator.hand_back", "people.logout", "admin.make_package", "admin.change_package",
    "admin.switch_package", "admin.make_promo", "admin.switch_promo", "user.set_limit", "user.keep_limit",
    "user.take_break", "user.self_exclusion", "user.delete_account", "credits.answer_offer",
    "admin.payments_csv", "admin.days_csv", "admin.refunds_csv", "admin.disputes_csv", "credits.withdraw", "giving.read_message", "giving.grant", "giving.decide_approval",
    "disputes.note_evidence",
}  # fmt: skip


def name(row: Row) -> str:
    return f"{row[1]} {row[2]}"


def form(cast: Cast, endpoint: str, actor: str) -> dict[str, object]:
    """What a page would send, complete and right, so that nobody is refused for its sake."""
    made: dict[str, Callable[[], dict[str, object]]] = {
        "people.get_started": lambda: {"step": "1", "username": "somebody_new"},
        "people.login": lambda: {"username": "nobody", "password": "not the password"},
        "people.operator_login": lambda: {"email": "nobody@x.test", "password": "not it"},
        "people.admin_login": lambda: {"email": "nobody@x.test", "password": "not it"},
        "public.set_theme": lambda: {"theme": "dark", "next": "/terms"},
        "user.set_favorite": lambda: {"on": "1"},
        "user.save_profile": lambda: {
            "display_name": "Somebody else",
            "bio": "",
            "location": "Nairobi",
            "looking_for": "both",
        },
        "user.save_language": lambda: {"language": "sw"},
        "user.save_email": lambda: {"email": "somebody@example.com", "email_password": PASSWORD},
        "user.change_password": lambda: {
            "present": PASSWORD,
            "password": "another good one",
            "confirmPassword": "another good one",
        },
        "user.save_notifications": lambda: {"push": "replies"},
        "user.save_privacy": lambda: {"show_place": "yes"},
        "user.add_photo": lambda: {"photo": (io.BytesIO(factories.picture_file()), "evening.jpg")},
        "user.set_limit": lambda: {"period": "month", "month": "900"},
        "user.confirm_limit": lambda: {"period": "month"},
        "user.keep_limit": lambda: {"period": "week"},
        "user.take_break": lambda: {"length": "24h", "sure": "yes"},
        "user.export": lambda: {"password": PASSWORD},
        "user.delete_account": lambda: {"password": PASSWORD, "unused": "refund"},
        "user.self_exclusion": lambda: {"length": "6m", "confirmation": "stop"},
        "credits.answer_offer": lambda: {"period": "month", "most": "900"},
        "chat.rate": lambda: {"stars": "5"},
        "user.consent": lambda: {"consent": "yes"},
        "chat.send": lambda: _message(cast, cast.world.anna),
        "chat.save_draft": lambda: {"content": f"from {actor}"},
        "operator.set_availability": lambda: {"available": "on"},
        "admin.decide_payment": lambda: {"reason": "as agreed"},
        "admin.settle_exception": lambda: {"reason": "as agreed"},
        # A code that nobody made: nothing is shown but why.
        "credits.apply_promo": lambda: {"promo_code": "NOSUCH"},
        "admin.make_package": lambda: {"name": "Taste", "credits": "20", "price": "180"},
        "admin.change_package": lambda: {"name": "Taste", "credits": "20", "price": "180"},
        "admin.switch_package": lambda: {"on": "off"},
        "admin.make_promo": lambda: {
            "code": f"BY-{actor.replace('_', '-')}",
            "kind": "percent",
            "value": "20",
        },
        "admin.switch_promo": lambda: {"on": "off"},
        "admin.refund_payment": lambda: {"amount": "1", "reason": "as agreed", "key": str(uuid4())},
        "chat.ask_refund": lambda: {"reason": "accidental_send"},
        "credits.withdraw": lambda: {"key": str(uuid4())},
        "giving.read_message": lambda: {"reason": "as agreed"},
        "giving.decide_refund": lambda: {"decision": "complete", "notes": "as agreed"},
        "giving.grant": lambda: {"amount": "5", "reason": "as agreed", "key": str(uuid4())},
        "giving.give_back": lambda: {"notes": "as agreed"},
        "disputes.decide": lambda: {"outcome": "won", "reason": "as agreed"},
        "giving.decide_approval": lambda: {"decision": "approve", "reason": "as agreed"},
        "operator.set_auto_next": dict,
        "operator.set_language": lambda: {"language": "sw"},
        "operator.send": lambda: _reply(cast),
        "operator.save_draft": lambda: {"content": f"from {actor}"},
        "operator.save_note": lambda: {"content": f"from {actor}", "version": "1"},
        "operator.hand_back": lambda: {"assignment_number": "1", "reason": "my shift ends"},
    }
    return made.get(endpoint, dict)()


def _message(cast: Cast, viewer: Viewer) -> dict[str, object]:
    assert viewer.account_id
    with acting_as(viewer):
        quote = messages.composer_of(cast.chat, viewer.account_id).quote
    return {"client_id": str(cast.world.published), "content": "hello", "quote": quote}


def _reply(cast: Cast) -> dict[str, object]:
    with acting_as(cast.world.olga):
        chat = chats.get_chat(cast.chat)
    return {
        "client_id": str(cast.world.published),
        "content": "hello",
        "assignment_number": str(chat.assignment_number),
        "seen_seq": str(chat.event_seq),
    }


def address(cast: Cast, path: str) -> str:
    return path.format(
        chat=cast.chat,
        waiting=cast.world.waiting,
        published=cast.world.published,
        hidden=cast.world.hidden,
        unmet=cast.unmet,
        nobodys=cast.world.hidden,
        session=cast.world.anna.session_id,
        purchase=cast.world.purchase,
        charged=cast.world.charged,
        photo=cast.world.photo,
        asked=cast.world.asked,
        approval=cast.world.approval,
        dispute=cast.world.dispute,
        annas_id=cast.world.anna.account_id,
        receipt=cast.receipt,
        reference=cast.reference,
        package=cast.world.package,
        promo=cast.world.promo,
    )


def test_every_route_and_method_has_a_row(app: Flask) -> None:
    present = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    assert {(row[0], row[1]) for row in ROWS} == present


def test_every_row_reaches_its_route(still_cast: Cast) -> None:
    matcher = still_cast.app.url_map.bind("localhost")
    for endpoint, method, path, _expected in ROWS:
        found, _arguments = matcher.match(
            address(still_cast, path).partition("?")[0],
            method=method,
            websocket=endpoint == "socket.live",
        )
        assert found == endpoint


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] not in WRITES], ids=name)
def test_route(still_cast: Cast, row: Row) -> None:
    check(still_cast, row)


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] in WRITES], ids=name)
def test_route_that_writes(cast: Cast, row: Row) -> None:
    check(cast, row)


def check(cast: Cast, row: Row) -> None:
    """Asks as every actor and compares with the row; the refused first, who change nothing."""
    endpoint, method, path, expected = row
    url = address(cast, path)
    browsers = {actor: cast.browser(actor) for actor in ACTORS}
    forms = {actor: form(cast, endpoint, actor) for actor in ACTORS}
    before = cast.state()

    def ask(actor: str) -> int:
        given = {} if method in SAFE else {"data": forms[actor]}
        return int(browsers[actor].open(url, method=method, buffered=True, **given).status_code)

    refused = [actor for actor in ACTORS if is_refused(endpoint, expected[actor])]
    answers = {actor: ask(actor) for actor in refused}
    assert cast.state() == before, "those who are refused change nothing"
    answers |= {actor: ask(actor) for actor in ACTORS if actor not in refused}
    assert answers == expected
    if method in SAFE:
        assert cast.state() == before, "looking changes nothing"
    elif endpoint in WRITES and any(actor not in refused for actor in ACTORS):
        assert cast.state() != before, "those who may change something with the same form"


def is_refused(endpoint: str, status: int) -> bool:
    """Errors, and the ways to a login or to the page about a ban."""
    sent_away = endpoint.partition(".")[0] in LOGIN and status == 302
    return status >= 400 or sent_away


@pytest.mark.parametrize("row", GATED, ids=name)
def test_nobody_is_led_to_the_right_login(still_cast: Cast, row: Row) -> None:
    endpoint, method, path, _expected = row
    url = address(still_cast, path) + ("?seen=1" if method == "GET" else "")
    login = LOGIN[endpoint.partition(".")[0]]

    def ask(**headers: str) -> Any:
        return still_cast.browser("anonymous").open(url, method=method, headers=headers)

    page = urlsplit(ask().headers["Location"])
    assert page.path == login
    wanted = {"next": [url]} if method == "GET" else {}
    assert parse_qs(page.query) == wanted
    for answer in (ask(Accept="application/json"), ask(**{"HX-Request-Type": "partial"})):
        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"] == login
        assert "Please log in to continue" in answer.get_data(as_text=True)


def test_after_login_one_is_where_one_wanted_to_be(cast: Cast) -> None:
    wanted = f"/chat/{cast.chat}"
    browser = cast.browser("anonymous")
    door = browser.get(wanted).headers["Location"]
    assert 'name="next" value="' + wanted in browser.get(door).get_data(as_text=True)
    login = cast.connection.execute(
        "SELECT login FROM accounts WHERE id = %s", (cast.world.anna.account_id,)
    ).fetchone()
    assert login
    entered = browser.post(
        "/login", data={"username": login[0], "password": PASSWORD, "next": wanted}
    )
    assert (entered.status_code, entered.headers["Location"]) == (303, wanted)


@pytest.mark.parametrize("row", [row for row in UNSAFE if row[0] not in SIGNED], ids=name)
def test_without_its_token_no_form_is_taken(still_cast: Cast, row: Row) -> None:
    endpoint, method, path, expected = row
    able = [actor for actor in ACTORS if not is_refused(endpoint, expected[actor])]
    actor = "owner" if "owner" in able else (able or ["anonymous"])[0]
    browser = still_cast.browser(actor)
    browser.csrf = False
    before = still_cast.state()
    answers = [
        browser.open(
            address(still_cast, path),
            method=method,
            data=form(still_cast, endpoint, actor),
            headers=headers,
        )
        for headers in ({}, {"X-CSRFToken": "made-up"}, {"Accept": "application/json"})
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert "has been open too long" in answers[0].get_data(as_text=True)
    assert answers[2].get_json()["error"]["code"] == "validation_error"
    assert still_cast.state() == before


def test_a_token_of_another_session_is_worth_nothing(still_cast: Cast) -> None:
    owner, other = still_cast.browser("owner"), still_cast.browser("other")
    stolen = other.token()
    owner.csrf = False
    refused = owner.post("/theme", data={"theme": "dark", "csrf_token": stolen})
    assert refused.status_code == 400
    assert owner.post("/theme", data={"csrf_token": owner.token()}).status_code == 302


def test_other_methods_are_405(still_cast: Cast) -> None:
    wrong = []
    adapter = still_cast.app.url_map.bind("localhost")
    browser = still_cast.browser("owner")
    for _endpoint, _method, path, _expected in ROWS:
        url = address(still_cast, path)
        allowed = set(adapter.allowed_methods(url.partition("?")[0]))
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allowed:
            answer = browser.open(url, method=method)
            given = {m.strip() for m in answer.headers.get("Allow", "").split(",")}
            if answer.status_code != 405 or given != allowed:
                wrong.append((method, url, answer.status_code, given))
    assert wrong == []


def test_head_and_options_are_gated_like_get(still_cast: Cast) -> None:
    for method in ("HEAD", "OPTIONS"):
        anonymous = still_cast.browser("anonymous").open(f"/chat/{still_cast.chat}", method=method)
        assert anonymous.status_code == 302
        assert (
            still_cast.browser("other").open("/operator/waiting", method=method).status_code == 403
        )
    assert still_cast.browser("other").head(f"/chat/{still_cast.chat}").status_code == 404


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_ban_is_said_to_scripts_too(still_cast: Cast, accept: str) -> None:
    """A page goes to the page about it; JSON and fragments get an answer of their own."""
    banned = still_cast.browser("banned")
    headers = {"Accept": accept, "HX-Request-Type": "partial"}
    answer = banned.get("/chats", headers=headers)
    assert answer.status_code == 423
    assert "suspended" in answer.get_data(as_text=True)


def test_a_taken_chat_leads_back_to_the_waiting_room(cast: Cast) -> None:
    """Somebody who held a chat once gets other answers than somebody who never did."""
    olga, otto = cast.browser("holder"), cast.browser("operator")
    given = form(cast, "operator.hand_back", "holder")
    reply = form(cast, "operator.send", "holder")
    assert olga.post(f"/operator/chat/{cast.chat}/handback", data=given).status_code == 303
    gone = olga.get(f"/operator/chat/{cast.chat}")
    assert (gone.status_code, gone.headers["Location"]) == (302, "/operator/waiting")
    answers = [
        browser.post(
            f"/operator/chat/{cast.chat}/{action}",
            data=data,
            headers={"Accept": "application/json"},
        )
        for browser in (olga, otto)
        for action, data in (("handback", given), ("messages", reply))
    ]
    assert [answer.get_json()["error"]["code"] for answer in answers] == [
        "assignment_ended", "assignment_ended", "chat_not_found", "chat_not_found",
    ]  # fmt: skip


def test_who_may_open_a_socket(still_cast: Cast) -> None:
    """From our own pages only, and only signed in. What happens then is for tests/live."""

    def knock(actor: str, origin: str) -> int:
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": origin}
        return int(still_cast.browser(actor).get("/ws", headers=upgrade).status_code)

    assert {knock(actor, "https://elsewhere.example") for actor in ACTORS} == {403}
    assert {knock(actor, "http://localhost:1") for actor in ACTORS} == {403}
    assert knock("anonymous", "http://localhost") == 302
    assert knock("banned", "http://localhost") == 302
