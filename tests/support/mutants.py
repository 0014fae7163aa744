"""Hand-made breaks, each of which its test must catch: ``python -m tests.support.mutants [WORD]``.

Each is one replacement of text in a temporary copy of the tree, then the named test. Not part of
``./dev test``, because it runs for minutes; prints killed / total and fails when one survives.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_SHARED = (".venv", "node_modules")
_LEFT_OUT = shutil.ignore_patterns(".git", "var", "__pycache__", ".*cache", ".coverage*", *_SHARED)
_SECONDS = 300
#: pytest's own word for "tests ran and some failed"; anything else is no proof
_FAILED = 1


@dataclass(frozen=True)
class Mutant:
    """One break: in which file, which text becomes which, and the test that must turn red."""

    name: str
    file: str
    old: str
    new: str
    test: str


_SEND = "fantooo/services/sql/send_message.sql"
_TOMBSTONES = "fantooo/services/tombstones.py"
_LIMITS = "tests/races/test_limits.py::"
_SENDS = "tests/races/test_sends.py::"
_SOCKETS = "tests/live/test_sockets.py::"
_BY_SOCKET = "tests/integration/test_sends.py::"
_SENDING = "tests/browser/test_sending.py::"
_AWAY = "tests/integration/test_database_away.py::"
_PROMOS = "tests/integration/test_promos.py::"
_LEAVING = "tests/integration/test_leaving.py::"
_PHOTOS = "tests/integration/test_photos.py::"
_LETTERS = "tests/integration/test_letters.py::"
_BUYING = "tests/integration/test_buying.py::"
_LATE = "tests/integration/test_late_payments.py::"
_REFUNDS = "tests/integration/test_money_refunds.py::"
_PEOPLE = "tests/integration/test_people.py::"
_SESSIONS = "tests/browser/test_sessions.py::"

MUTANTS = [
    Mutant("two workers send one letter", "fantooo/services/outbox.py",
           " or entry.next_attempt_at > work.session.scalars(select(func.now())).one()", "",
           _LETTERS + "test_a_letter_under_way_is_left_to_who_sends_it"),
    Mutant("a receipt to an address nobody proved", "fantooo/services/letters.py",
           "    if user is None or user.email_confirmed_at is None:\n", "    if user is None:\n",
           _LETTERS + "test_no_receipt_goes_to_an_address_nobody_proved"),
    Mutant("an old link confirms a new address", "fantooo/services/addresses.py",
           "RealUser.email_hash == hashed, RealUser.deleted_at", "RealUser.deleted_at",
           _LETTERS + "test_only_the_present_address_can_be_confirmed"),
    Mutant("two accounts confirm one address", "fantooo/services/addresses.py",
           "        if any(giver.email_confirmed_at for giver in givers):\n"
           "            return Confirmation.TAKEN\n", "",
           _LETTERS + "test_an_address_belongs_to_one_account"),
    Mutant("anybody's address logs in", "fantooo/services/addresses.py",
           "            RealUser.email_confirmed_at.is_not(None),\n", "",
           _LETTERS + "test_a_link_confirms_an_address"),
    Mutant("a seventh photo in the same moment", "fantooo/services/photos.py",
           "        profile.lock(work, user_id)\n        _refuse_more(work, user_id)\n        photo =",
           "        _refuse_more(work, user_id)\n        photo =", _PHOTOS + "test_six_at_most_at_once"),
    Mutant("a photo written without its row", "fantooo/services/photos.py",
           "        if _lock(work, photo_id) is None:\n            return False\n", "",
           _PHOTOS + "test_a_photo_removed_meanwhile_gets_no_file_again"),
    Mutant("admins without the permission see photos", "fantooo/queries/photos.py",
           '"manage_users" in viewer.permissions', 'viewer.role == "admin"',
           _PHOTOS + "test_admins_need_the_permission_to_look_after_people"),
    Mutant("photos stay when somebody leaves", "fantooo/services/deletion.py",
           "    photos.remove_files_of(work, account_id)\n", "",
           _PHOTOS + "test_leaving_removes_their_files"),
    Mutant("late money is kept beside what was bought since", "fantooo/services/payments.py",
           "    if any(refunds.given_back", "    if False and any(refunds.given_back",
           _BUYING + "test_of_two_payments_for_one_wish_one_goes_back"),
    Mutant("a late payment passes a limit", "fantooo/services/payments.py",
           "return against or promos.against_late(work, bought, without=ending)", 'return ""',
           _BUYING + "test_a_late_payment_passes_no_limit"),
    Mutant("what was given up first is not sent back", "fantooo/services/payments.py",
           "        bought.failure_reason = _NOT_ORDERED\n", "",
           _LATE + "test_another_amount_for_what_was_given_up_goes_back_when_it_is_turned_down"),
    Mutant("an open twin stands against what was paid", "fantooo/services/payments.py",
           "limits.against(work, wallet, bought.amount, without=ending)[1]",
           "limits.against(work, wallet, bought.amount)[1]",
           _LATE + "test_the_first_page_counts_though_a_second_is_open"),
    Mutant("what goes back ends its twin", "fantooo/services/payments.py",
           "[] if unwanted else twins", "twins",
           _LATE + "test_what_goes_back_ends_nothing_and_was_not_bought"),
    Mutant("a prompt that is replaced counts beside its twin", "fantooo/services/orders.py",
           ", without=[each.id for each in twins])", ")",
           _LATE + "test_a_phone_may_be_asked_again_within_a_limit"),
    Mutant("late money counts where it was ordered", "fantooo/queries/limits.py",
           "(Transaction.completed_at >= begins) & (Transaction.completed_at < ends)",
           "(Transaction.created_at >= begins) & (Transaction.created_at < ends)",
           _LATE + "test_late_money_counts_on_the_day_it_comes"),
    Mutant("one code for every page", "fantooo/services/payments.py",
           "against or promos.against_late(work, bought, without=ending)", "against",
           _LATE + "test_a_code_pays_for_no_more_pages_than_it_may"),
    Mutant("messages are no part of a divided gift", "fantooo/services/approvals.py",
           "for each in (granted, of_messages))", "for each in (granted,))",
           "tests/integration/test_message_refunds.py::test_many_small_returns_are_one_sum"),
    Mutant("withdrawals are not summed", "fantooo/services/money_refunds.py",
           'approvals.needed(part.amount, bought.currency, before=_sent_lately(work, bought)):\n            wish = approvals.Wish(\n                kind="withdrawal"',
           'approvals.needed(part.amount, bought.currency):\n            wish = approvals.Wish(\n                kind="withdrawal"',
           _REFUNDS + "test_divided_withdrawals_are_looked_at_by_a_person"),
    Mutant("another end of a refund is not seen", "fantooo/services/refund_progress.py",
           "            _compare_end(work, refund, view)\n", "",
           _REFUNDS + "test_another_end_of_a_refund_there_is_for_people"),
    Mutant("one dispute stops the others", "fantooo/services/disputes.py",
           '            log.warning("dispute_not_checked", dispute=provider_id, error=str(error))\n',
           "            break\n",
           "tests/integration/test_disputes.py::test_one_dispute_that_cannot_be_asked_about_stops_no_other"),
    Mutant("money that was decided against stays with us", "fantooo/services/payments.py",
           "    return give_back_uncredited(work, wallet, bought, admin_id)\n", "    return None\n",
           _BUYING + "test_money_that_a_person_decided_against_goes_back"),
    Mutant("one admin alone sends much back", "fantooo/services/payments.py",
           "        and approvals.needed(amount, currency)\n", "        and False\n",
           _BUYING + "test_much_goes_back_when_a_second_admin_agrees"),
    Mutant("the night sends what a second admin is asked about", "fantooo/services/payments.py",
           "if not asked and not refunds", "if not refunds",
           _BUYING + "test_much_goes_back_when_a_second_admin_agrees"),
    Mutant("each tab pays anew", "fantooo/services/orders.py",
           'if channel == "checkout":\n            # A phone', 'if channel == "none":\n            # A phone',
           _BUYING + "test_another_tab_leads_to_the_payment_that_is_open"),
    Mutant("two ways, two payments", "fantooo/services/orders.py",
           "        payments.replace(work, twins)\n", "",
           _BUYING + "test_one_wish_is_paid_once_in_whatever_ways"),
    Mutant("a break ends where a page was open", "fantooo/services/orders.py",
           "            limits.check_purchase(work, wallet, Decimal(0))\n", "",
           _BUYING + "test_a_break_holds_for_a_page_that_was_open"),
    Mutant("what the bank took goes back once more", "fantooo/queries/refunds.py",
           " - Decimal(lost or 0)", "", _BUYING + "test_a_dispute_of_what_was_not_credited_pays_nothing_twice"),
    Mutant("a dispute does not stop what is not sent yet", "fantooo/services/disputes.py",
           "    _drop_unsent(work, wallet, bought)\n", "",
           _BUYING + "test_a_dispute_stops_a_refund_of_what_was_not_credited"),
    Mutant("paid after it was turned down, and kept", "fantooo/services/payments.py",
           "            if not asked and not refunds.of_purchase(bought.id):\n", "            if False:\n",
           _BUYING + "test_what_was_paid_after_it_was_turned_down_goes_back"),
    Mutant("a refund that is not done is booked as done", "fantooo/services/payment_review.py",
           "        refund_progress.adopt(row, view)\n", "        refund_booking.succeed(work, wallet, bought, row)\n",
           _REFUNDS + "test_a_refund_that_is_not_done_yet_is_followed_to_its_end"),
    Mutant("credits taken although it was paid", "fantooo/services/payment_review.py",
           '        if said == "success":\n', "        if False:\n",
           _REFUNDS + "test_credits_are_not_taken_when_the_provider_has_the_money_after_all"),
    Mutant("what is bought after the wish is given up with the rest", "fantooo/services/deletion.py",
           "        begun, record.refund_amount = _give_back(work, wallet, since)\n",
           "        begun, record.refund_amount = _give_back(work, wallet, now)\n",
           _LEAVING + "test_what_is_paid_after_the_wish_is_not_given_up"),
    Mutant("a payment of nobody goes back although it is disputed", "fantooo/services/payment_review.py",
           "    if any(dispute.transaction_reference == found.reference for dispute in disputes):\n", "    if False:\n",
           _REFUNDS + "test_what_one_press_does_not_send_back"),
    Mutant("a late success is told to nobody", "fantooo/services/payments.py",
           "    wallet.unseen_payment_id = bought.id\n", "",
           _BUYING + "test_a_success_that_nobody_saw_is_told_on_the_next_page"),
    Mutant("used bonus is a gift", "fantooo/domain/refunding.py", "share = min(of_bought, of_all)",
           "share = of_bought", "tests/unit/test_refunding.py"),
    Mutant("a divided refund is two", "fantooo/services/money_refunds.py",
           "approvals.needed(amount, bought.currency, before=_sent_lately(work, bought))",
           "approvals.needed(amount, bought.currency)",
           _REFUNDS + "test_a_divided_sum_needs_a_second_admin_too"),
    Mutant("a divided gift is two", "fantooo/services/grants.py",
           "approvals.CREDITS, before=approvals.given_lately(work, user_id)", "approvals.CREDITS",
           _REFUNDS + "test_a_divided_gift_needs_a_second_admin_too"),
    Mutant("a reversed payment counts as paid", "fantooo/services/reconciliation.py",
           'if status == "success" or (status == "reversed" and _went_back(row.id, row.amount)):',
           'if status in ("success", "reversed"):',
           _REFUNDS + "test_a_payment_that_was_reversed_without_us_is_found"),
    Mutant("a search planned for anybody's wishes", "fantooo/services/sql/published_characters.sql",
           "SET plan_cache_mode = force_custom_plan\n", "SET plan_cache_mode = force_generic_plan\n",
           "tests/integration/test_plans.py::test_finding_reads_no_table_whole"),
    Mutant("a search that finds any of the tags", "fantooo/services/sql/published_characters.sql",
           "f.tags @> p_tags", "f.tags && p_tags", "tests/integration/test_finding.py"),
    Mutant("everybody begins at once", "fantooo/web/admission.py",
           "if not current_app.extensions[_PLACES].acquire(timeout=_PATIENCE_SECONDS):", "if False:",
           "tests/integration/test_admission.py"),
    Mutant("a place that is not given back", "fantooo/web/admission.py",
           '    if g.pop("has_place", False):\n        current_app', "    if False:\n        current_app",
           "tests/integration/test_admission.py"),
    Mutant("a message keeps its place", "fantooo/web/admission.py",
           "        current_app.extensions[_PLACES].release()\n\n\ndef _take", "        pass\n\n\ndef _take",
           _BY_SOCKET + "test_it_waits_for_a_place_like_everybody"),
    Mutant("no lock on the chat", _SEND, "WHERE id = p_chat FOR UPDATE;", "WHERE id = p_chat;",
           _SENDS + "test_one_client_id_32_times"),
    Mutant("no look at the balance", _SEND, "AND u.credits >= p_price AND", "AND",
           _SENDS + "test_64_sends_with_20_credits"),
    Mutant("no ON CONFLICT in the queue", _SEND, "ON CONFLICT (chat_id) DO UPDATE", "ON CONFLICT (id) DO UPDATE",
           _SENDS + "test_free_messages_from_16_tabs"),
    Mutant("no fencing number", _SEND, "IF chat.assignment_count <> p_assignment THEN", "IF false THEN",
           _SENDS + "test_a_number_that_ended_stays_ended_when_the_same_operator_gets_the_chat_again"),
    Mutant("free messages are not counted", _SEND,
           "least(chat.free_messages_used, p_free_limit) <> least(p_free_used, p_free_limit)", "false",
           _SENDS + "test_free_messages_from_16_tabs"),
    Mutant("an outdated price is taken", _SEND,
           "OR coalesce((SELECT max(s.version) FROM system_settings AS s), 0) <> p_settings_version", "",
           "tests/races/test_reference.py"),
    Mutant("banned people send", _SEND,
           "          AND NOT (u.is_banned AND (u.banned_until IS NULL OR u.banned_until > sent_at))\n", "",
           _SENDS + "test_ban_against_sends"),
    Mutant("bonus is not spent first", _SEND, "u.bonus_credits - least(u.bonus_credits, p_price)",
           "u.bonus_credits - greatest(0, p_price - (u.credits - u.bonus_credits))",
           "tests/races/test_ledger_machine.py"),
    Mutant("repeats are sent again", _SEND, "    IF FOUND THEN\n        outcome := 'repeat';",
           "    IF false THEN\n        outcome := 'repeat';", _SENDS + "test_one_client_id_32_times"),
    Mutant("spelled-out numbers pass", "fantooo/domain/outgoing.py",
           " or _spells_number(folded)", "", "tests/unit/test_outgoing.py"),
    Mutant("honest talk is refused", "fantooo/domain/outgoing.py",
           'honest.sub(" ", reading) if honest else reading', "reading",
           "tests/unit/test_outgoing.py"),
    Mutant("a phone number as a name", "fantooo/domain/people.py",
           "if _PHONE.search(username)", "if False", "tests/unit/test_people.py"),
    Mutant("who read a chat is not noted", "fantooo/web/operator.py",
           '    security.record("data_access", chat=str(chat_id), assignment=str(chat.assignment_number))\n', "",
           _PEOPLE + "test_the_log_of_chats_that_are_read"),
    Mutant("a missing permission is not noted", "fantooo/web/guards.py",
           '        security.record("permission_denied", endpoint=endpoint, permission=permission)\n', "",
           _PEOPLE + "test_the_log_of_a_permission_that_is_missing"),
    Mutant("a consent is asked for twice", "fantooo/web/people.py",
           'step == _posted_step() == _STEPS and request.form.get("consent") == "yes"', "False",
           _PEOPLE + "test_steps_keep_what_was_typed"),
    Mutant("a consent from before its box was seen", "fantooo/web/people.py",
           "step == _posted_step() == _STEPS and ", "", _PEOPLE + "test_steps_keep_what_was_typed"),
    Mutant("price plus one", "fantooo/domain/pricing.py",
           "int(amount.to_integral_value(rounding=ROUND_CEILING)),",
           "int(amount.to_integral_value(rounding=ROUND_CEILING)) + 1,", "tests/unit/test_pricing.py"),
    Mutant("refunds come twice", "fantooo/services/refunds.py",
           'earlier.kind == "message_refund", earlier', 'earlier.kind == "none", earlier',
           "tests/races/test_ledger_machine.py"),
    Mutant("own limits are not asked", "fantooo/services/orders.py",
           "        limits.check_purchase(work, wallet, offer.to_pay, without=[each.id for each in twins])\n", "",
           _LIMITS + "test_sixteen_purchases_never_pass_a_limit"),
    Mutant("limits are asked without the lock", "fantooo/services/orders.py",
           "credits.lock_wallet(work, account_id)", "work.session.get_one(RealUser, account_id)",
           _LIMITS + "test_sixteen_purchases_never_pass_a_limit"),
    Mutant("a limit is changed without the lock", "fantooo/services/limits.py",
           "credits.lock_wallet(work, account_id)", "work.session.get_one(RealUser, account_id)",
           _LIMITS + "test_a_limit_lowered_during_purchases"),
    Mutant("a break is looked up beside the wallet", _SEND,
           "          AND (u.paused_until IS NULL OR u.paused_until <= sent_at)\n",
           "          AND NOT EXISTS (SELECT FROM account_pauses AS p WHERE p.real_user_id = u.id\n"
           "              AND p.kind = 'time_out' AND p.ends_at > sent_at)\n",
           _LIMITS + "test_no_message_is_charged_after_a_break_began"),
    Mutant("a sign-in overlooks an exclusion", "fantooo/services/accounts.py",
           "                exclusion.check_sign_in(work, account.id)\n", "                pass\n",
           _LIMITS + "test_no_session_is_left_beside_an_exclusion"),
    Mutant("no lock between assigners", "fantooo/services/assignment.py",
           "    session.execute(_ASSIGNER)\n", "",
           "tests/races/test_assignment.py::test_8_operators_with_5_places_and_50_chats"),
    Mutant("the last ten in another order", "fantooo/services/assignment.py",
           "    for entry in entries:\n", "    for entry in entries if len(entries) > 10 else reversed(entries):\n",
           "tests/races/test_assignment.py::test_8_operators_with_5_places_and_50_chats"),
    Mutant("events before their commit", "fantooo/infra/unit_of_work.py",
           "self._events.append(event)", "bus.publish(event)",
           "tests/integration/test_unit_of_work.py"),
    Mutant("commit before the insert", "fantooo/infra/unit_of_work.py",
           "        try:\n            yield work\n",
           "        try:\n            work.publish()\n            db.session.connection().commit()\n"
           "            yield work\n            work._events.clear()\n",
           "tests/integration/test_unit_of_work.py"),
    Mutant("WITH CHECK dropped", "fantooo/models/access_sql.py",
           'f" WITH CHECK ({rule.rows})" if', '" WITH CHECK (true)" if',
           "tests/integration/test_access_matrix.py::test_a_row_cannot_be_given_away"),
    Mutant("row security not forced", "fantooo/models/access_sql.py", "FORCE ROW LEVEL SECURITY",
           "NO FORCE ROW LEVEL SECURITY", "tests/integration/test_catalogue.py"),
    Mutant("everybody acts as the platform", "fantooo/infra/database.py", "Identifier(viewer.database_role)",
           'Identifier("fantooo_system")',
           "tests/races/test_leaks.py::test_a_query_without_its_where_shows_only_what_is_ones_own"),
    Mutant("an identity outlives its transaction", "fantooo/infra/database.py",
           "SET LOCAL ROLE {role}; SET LOCAL app.account_id", "SET ROLE {role}; SET app.account_id",
           "tests/races/test_leaks.py::test_5000_mixed_requests_leak_no_identity"),
    Mutant("a lost database is an accident", "fantooo/web/errors.py", " or database.is_away(error):",
           ":", _AWAY + "test_each_has_its_answer"),
    Mutant("a lost line is an error twice", "fantooo/infra/database.py", "if not self.closed:", "if True:",
           _AWAY + "test_a_connection_lost_within_a_request"),
    Mutant("the error page reads the session", "fantooo/__init__.py", "add_context_processor=False",
           "add_context_processor=True", _AWAY + "test_nobody_is_at_home"),
    Mutant("escalated chats wait for ever", "fantooo/services/silence.py",
           "    _ask_again(current, now)\n", "",
           "tests/integration/test_assignment.py::test_an_escalated_chat_never_waits_for_ever"),
    Mutant("an escalation never ends", _SEND,
           "status = CASE WHEN c.status = 'escalated' THEN 'active' ELSE c.status END", "status = c.status",
           "tests/integration/test_assignment.py::test_fifteen_minutes_escalate_and_tell_admins_once"),
    Mutant("waiting lifts nobody", "fantooo/queries/operators.py",
           " + ranking.waited(seconds, current)", "",
           "tests/integration/test_figures.py::test_waiting_lifts_what_operators_see"),
    Mutant("a cut line excludes", "fantooo/services/silence.py",
           '"heartbeat_lost", exclude=False', '"heartbeat_lost", exclude=True',
           "tests/integration/test_assignment.py::test_whose_line_was_cut_may_have_the_chat_again"),
    Mutant("no Origin check", "fantooo/realtime/endpoint.py", "if origin != here:", "if False:",
           _SOCKETS + "test_origins"),
    Mutant("Origin by its beginning", "fantooo/realtime/endpoint.py", "if origin != here:",
           "if not origin.startswith(here):", _SOCKETS + "test_origins"),
    Mutant("anybody opens", "fantooo/realtime/endpoint.py",
           "viewer.account_id is None or viewer.is_banned or not", "viewer.account_id is None or not",
           _SOCKETS + "test_who_may_not_open"),
    Mutant("every hello is believed", "fantooo/realtime/endpoint.py",
           'case "typing" if chat_id is not None and chat_id == connection.chat:',
           'case "typing" if chat_id is not None:',
           _SOCKETS + "test_other_peoples_chats_stay_silent"),
    Mutant("a page that opens is nobody", "fantooo/realtime/endpoint.py",
           "    _beat_beside(connection)\n\n\ndef _take(", "\n\n\ndef _take(",
           _SOCKETS + "test_an_operator_who_goes_from_page_to_page_is_there"),
    Mutant("ready before it is confirmed", "fantooo/realtime/hub.py",
           "if connection.greeted and connection.channels <= self._confirmed:", "if connection.greeted:",
           _SOCKETS + "test_ready_waits_until_redis_has_confirmed"),
    Mutant("access ends and the socket stays", "fantooo/realtime/hub.py",
           'connection.close(ACCESS_ENDED, "access ended")', "pass",
           _SOCKETS + "test_access_that_ends_closes_within_a_second"),
    Mutant("what was taken away is still heard", "fantooo/realtime/hub.py",
           "                self.leave_chat(connection)\n", "                pass\n",
           _SOCKETS + "test_a_chat_taken_away_is_not_heard_any_more"),
    Mutant("frames of any length", "fantooo/__init__.py", '"max_message_size": 8192', '"max_message_size": None',
           _SOCKETS + "test_bad_frames"),
    Mutant("no caps", "fantooo/realtime/endpoint.py", "    if _too_many(hub, connection):", "    if False:",
           _SOCKETS + "test_caps"),
    Mutant("floods are read", "fantooo/realtime/connection.py", "elif self._floods():", "elif False:",
           _SOCKETS + "test_a_flood_is_closed_and_others_do_not_notice"),
    Mutant("messages over a socket are not counted", "fantooo/web/sends.py",
           "    account = guards.account_id()\n    limits.count_message(account)\n    try:\n",
           "    account = guards.account_id()\n    try:\n",
           _BY_SOCKET + "test_the_limit_counts_both_ways"),
    Mutant("a limit ends with its first part", "fantooo/web/limits.py",
           "_parsed(setting(name)()):", "_parsed(setting(name)())[:1]:",
           _BY_SOCKET + "test_a_limit_of_two_parts_has_both"),
    Mutant("replies go in maintenance", "fantooo/web/sends.py",
           "    if settings.in_maintenance():\n", "    if False:\n", _BY_SOCKET + "test_a_refusal_is_the_form_s"),
    Mutant("half a character reaches the database", "fantooo/web/sends.py",
           "    forms.refuse_unwritable(fields.values())\n", "", _BY_SOCKET + "test_half_a_character_is_refused"),
    Mutant("an admin's frame leaves no trace", "fantooo/web/sends.py",
           '        security.record("permission_denied", endpoint=endpoint)\n', "",
           _BY_SOCKET + "test_an_admin_writes_in_no_chat"),
    Mutant("a socket needs no place", "fantooo/web/sends.py",
           "            with admission.place():\n", "            if True:\n",
           _BY_SOCKET + "test_it_waits_for_a_place_like_everybody"),
    Mutant("access is asked for before the wait", "fantooo/web/sends.py",
           "            with admission.place():\n                look()\n",
           "            look()\n            with admission.place():\n",
           _SOCKETS + "test_access_that_ends_while_a_message_waits_ends_the_message"),
    Mutant("a reply waits for itself", "fantooo/services/messages.py",
           "    db.session.rollback()\n    return call_function", "    return call_function",
           _BY_SOCKET + "test_a_reply_holds_nothing_while_it_is_sent"),
    Mutant("an ended session goes on sending", "fantooo/realtime/endpoint.py",
           "        _look_at_session(connection)\n    if not connection.is_open:\n", "        pass\n    if not connection.is_open:\n",
           _SOCKETS + "test_a_session_that_ended_unheard_sends_nothing_for_long"),
    Mutant("a look holds a connection while a frame waits", "fantooo/realtime/endpoint.py",
           "        db.session.remove()\n\n\ndef _is_here", "        pass\n\n\ndef _is_here",
           _SOCKETS + "test_a_look_holds_nothing_while_a_message_is_sent"),
    Mutant("writing over a socket is no use", "fantooo/realtime/endpoint.py",
           "        stretches.note(connection.account)\n", "        pass\n",
           _SOCKETS + "test_who_writes_over_the_socket_is_here"),
    Mutant("a slow message is no sign of life", "fantooo/realtime/endpoint.py",
           "_TAKEN_SECONDS, connection.push", "999, connection.push",
           _SOCKETS + "test_a_message_that_waits_is_said_to_be_taken"),
    Mutant("an id that nobody can say", "fantooo/realtime/endpoint.py",
           " and client_id.isascii())", ")", _SOCKETS + "test_bad_frames"),
    Mutant("a lost line loses a message", "static/js/live/deliver.js",
           "  return answer ?? ask('POST', url, fields);", "  return answer ?? { status: 0, ok: false, body: null };",
           _SENDING + "test_a_line_that_dies_under_a_message"),
    Mutant("a quiet line is waited for", "static/js/live/deliver.js",
           "let timer = setTimeout(drop, QUIET);", "let timer = 0;", _SENDING + "test_a_quiet_line_is_not_waited_for"),
    Mutant("a busy server is taken for a dead line", "static/js/live/deliver.js",
           "      timer = setTimeout(drop, PATIENCE);\n", "      timer = setTimeout(drop, 1000);\n",
           _SENDING + "test_a_server_that_has_it_is_waited_for"),
    Mutant("the socket is never used", "static/js/live/deliver.js",
           "isReady() ?", "false ?", _SENDING + "test_a_message_goes_over_the_open_socket"),
    Mutant("no word on stopping", "gunicorn.conf.py", "_SERVICE_RESTART = 1012", "_SERVICE_RESTART = 1001",
           _SOCKETS + "test_a_stopping_server_says_so_and_answers_what_it_began"),
    Mutant("a page shows what has a gap before it", "static/js/gate.js",
           "      this.#held.push(envelope);\n      this.catchUp();\n", "      this.#show(envelope, envelope.seq);\n",
           "tests/browser/test_conversation.py::test_a_message_lost_on_the_line_is_fetched_when_the_next_one_comes"),
    Mutant("a page never asks why it is refused", "static/js/socket.js",
           "    if (this.#tries >= ASKS_WHY) this.#askWhy();\n", "",
           _SESSIONS + "test_a_session_that_ended_while_the_line_was_cut_ends_the_page"),
    Mutant("a cut line counts as an ended session", "static/js/socket.js", "if (status !== 401 || ", "if (",
           _SESSIONS + "test_a_session_that_ended_while_the_line_was_cut_ends_the_page"),
    Mutant("a desk does not find back from the login", "static/js/desk.js",
           "    leave();\n", "    window.location.assign('/op-login');\n",
           _SESSIONS + "test_a_reply_after_the_end_of_a_session_is_not_lost"),
    Mutant("no lock on the promo code", "fantooo/services/promos.py",
           ".with_for_update().execution_options(populate_existing=True)", "",
           "tests/races/test_promos.py::test_the_last_use_goes_to_one_of_sixteen"),
    Mutant("a promo code is not given back", "fantooo/services/payments.py",
           "    promos.settle(work, bought, paid=False)\n", "", _PROMOS + "test_a_payment_that_fails_gives_the_code_back"),
    Mutant("a promo code does not become used", "fantooo/services/payments.py",
           "    promos.settle(work, bought, paid=True)\n", "", _PROMOS + "test_a_code_of_each_kind_is_paid_as_shown"),
    Mutant("another price than shown is taken", "fantooo/services/orders.py",
           "if shown and shown != offer.shown:", "if False:", _PROMOS + "test_nobody_is_charged_what_was_not_shown"),
    Mutant("a promo code that was not applied is taken", "fantooo/web/credits.py",
           'if code != request.form.get("promo_shown", ""):', "if False:",
           _PROMOS + "test_pay_with_a_code_that_was_only_typed_shows_its_price_first"),
    Mutant("promo codes can be guessed", "fantooo/web/credits.py", "@limits.promo_codes\n", "",
           "tests/integration/test_limits.py::test_promo_codes_of_an_account"),
    Mutant("a leaver's message is taken", _SEND,
           "          AND u.deletion_due_at IS NULL AND u.deleted_at IS NULL\n", "",
           _LEAVING + "test_a_message_on_its_way_opens_no_chat_again"),
    Mutant("a newer wish is done early", "fantooo/services/deletion.py",
           " or request.due_at > now", "",
           _LEAVING + "test_twice_is_one_wish_and_too_late_is_too_late"),
    Mutant("money of nobody is kept", "fantooo/services/payments.py",
           "    else:\n        # Nobody is there",
           "    elif False:\n        # Nobody is there",
           _LEAVING + "test_a_payment_that_arrives_afterwards_goes_back"),
    Mutant("what waits is not given back", "fantooo/services/deletion.py",
           "            refunds.return_waiting(work, chat, wallet, now)\n", "            pass\n",
           _LEAVING + "test_what_waits_for_an_answer_comes_back_first"),
    Mutant("words of who left stay", "fantooo/services/deletion.py",
           '{"content": GONE, "deleted_at"', '{"deleted_at"',
           _LEAVING + "test_no_word_is_left"),
    Mutant("a refund is settled as a payment", "fantooo/services/payments.py",
           '                Transaction.type == "purchase",\n'
           "                Transaction.payment_provider == PROVIDER,\n"
           "                Transaction.provider_reference",
           "                Transaction.payment_provider == PROVIDER,\n"
           "                Transaction.provider_reference",
           "tests/integration/test_money_refunds.py"),
    Mutant("a character's words can be deleted", _TOMBSTONES,
           ' Message.chat_id == chat_id, Message.sender_type == "real"', " Message.chat_id == chat_id",
           "tests/integration/test_tombstones.py::test_only_own_messages_go"),
    Mutant("deleting without the chat's lock", _TOMBSTONES, ".with_for_update()", "",
           _SENDS + "test_a_message_deleted_by_many_tabs_while_others_write"),
    Mutant("who is away keeps what wakes up", "fantooo/services/silence.py",
           "    woken = _return_woken()\n", "    woken = 0\n",
           "tests/integration/test_assignment.py::test_a_chat_that_wakes_up_while_its_operator_is_away_goes_on_at_once"),
    Mutant("what waited before a break is taken away", "fantooo/services/silence.py",
           "Chat.waiting_since > Operator.away_since",
           "Chat.waiting_since.is_not(None), Operator.away_since.is_not(None)",
           "tests/integration/test_assignment.py::test_a_chat_that_wakes_up_while_its_operator_is_away_goes_on_at_once"),
    Mutant("a copy of one's data names who of us answered", "fantooo/queries/own_data.py",
           "for each in columns if not _names_staff(each)", "for each in columns",
           "tests/integration/test_own_data.py::test_all_of_mine_and_nothing_of_others"),
    Mutant("what a failed refund returns is given twice", "fantooo/queries/daily_close.py",
           'and_(T.debit_account == "bonus", T.kind != _RETURNED)', 'and_(T.debit_account == "bonus")',
           "tests/integration/test_daily_close.py::test_bonus_that_a_failed_refund_returns_was_given_before"),
    Mutant("what nobody can see is a message", "fantooo/domain/text.py",
           ' if any(_is_seen(c) for c in kept) else ""', "",
           "tests/integration/test_conversation.py::test_what_nobody_can_see_is_no_message"),
    Mutant("a page that keeps quiet listens for ever", "fantooo/realtime/endpoint.py",
           "checked_at >= seconds:", "checked_at >= 1e9:",
           _SOCKETS + "test_a_page_that_only_listens_is_looked_at_again"),
    Mutant("a dispute that ended in a new word has no end", "fantooo/services/disputes.py",
           "        dispute.resolution = word\n        message", "        message",
           "tests/integration/test_disputes.py::test_an_end_in_a_word_we_do_not_know_is_for_people"),
    Mutant("an announcement that cannot be read is told to nobody", "fantooo/services/webhooks.py",
           "        if error:\n            _leave_to_people(work, key, name, error)\n", "",
           "tests/integration/test_payment_admin.py::test_an_announcement_that_cannot_be_read_is_for_people"),
    Mutant("the last millisecond of a list is left out", "fantooo/gateways/paystack.py",
           "timedelta(microseconds=-value.microsecond % 1000)", "timedelta(0)",
           "tests/integration/test_paystack_client.py::test_what_began_in_the_last_millisecond_is_in_the_list"),
]  # fmt: skip


def outcome(mutant: Mutant) -> str:
    """``killed`` when the test fails for the break, else what happened instead."""
    with tempfile.TemporaryDirectory(prefix="fantooo-mutant-") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
        for name in _SHARED:
            (copy / name).symlink_to(ROOT / name)
        path = copy / mutant.file
        text = path.read_text()
        if text.count(mutant.old) < 1:
            return "does not apply"
        path.write_text(text.replace(mutant.old, mutant.new))
        environment = {**os.environ, "FLASK_APP": "wsgi", "PYTHONPATH": str(copy)}
        if mutant.file.startswith("static/"):
            # Pages load what was bundled.
            bundle = [sys.executable, "-m", "flask", "dev", "assets"]
            if subprocess.run(bundle, cwd=copy, env=environment, capture_output=True).returncode:
                return "no assets"
        try:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-x", "--tb=no", mutant.test],
                cwd=copy,
                env=environment,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return "no end"
        if done.returncode == 0:
            return "SURVIVED"
        return "killed" if done.returncode == _FAILED else f"pytest ended with {done.returncode}"


def main(words: list[str]) -> int:
    """Runs all mutants, or those whose name or test holds a word; 0 when all were killed."""
    chosen = [
        m for m in MUTANTS if not words or any(w in m.name or w in m.test for w in words)
    ]  # fmt: skip
    killed = 0
    for mutant in chosen:
        began = time.monotonic()
        found = outcome(mutant)
        killed += found == "killed"
        print(f"{found:<10} {mutant.name} ({time.monotonic() - began:.0f} s)", flush=True)
    print(f"{killed} / {len(chosen)} killed")
    return 0 if killed == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
