"""The jobs: one line into a service each. Every one is safe to run twice."""

from __future__ import annotations

from uuid import UUID

from fantooo.services import (
    alarms,
    chats,
    credits,
    deletion,
    derived,
    disputes,
    expiry,
    housekeeping as house,
    outbox,
    partitions,
    payments,
    photos,
    pictures,
    refund_progress,
    refunds,
    silence,
    webhooks,
)
from fantooo.services.schedule import run


def silence_sweep(due_at: str) -> None:
    """Warns and relieves silent operators, repairs and escalates the queue, assigns what waits."""
    run("silence_sweep", due_at, silence.sweep)


def deliver_outbox(due_at: str) -> None:
    """Does what must happen after commits."""
    run("outbox", due_at, outbox.deliver)


def send_letters(due_at: str) -> None:
    """Sends letters, and whatever else is done at somebody else's server."""
    run("letters", due_at, outbox.run_errands)


def end_what_ran_out(due_at: str) -> None:
    """Ends what was given for a time: bans, suspensions, features, packages, promo codes."""
    run("expiry", due_at, expiry.end_what_ran_out)


def recompute_totals(due_at: str) -> None:
    """Favourites, ratings and response times of characters."""
    run("derived_totals", due_at, derived.recompute_totals)


def recompute_popularity(due_at: str) -> None:
    """How popular characters are."""
    run("popularity", due_at, derived.recompute_popularity)


def recompute_conversion(due_at: str) -> None:
    """How many of those who saw a package bought it."""
    run("conversion", due_at, derived.recompute_conversion)


def watch_money(due_at: str) -> None:
    """Tells admins when many purchases fail, or much is given back."""
    run("alarms", due_at, alarms.watch)


def process_webhook(event_id: str) -> None:
    """Does what one announcement of the payment provider asks for."""
    webhooks.process(UUID(event_id))


def process_webhooks(due_at: str) -> None:
    """Goes through announcements that are left."""
    run("webhooks", due_at, webhooks.process_stored)


def settle_payment(reference: str) -> None:
    """Asks the provider what became of one payment."""
    payments.settle(reference)


def settle_open_payments(due_at: str) -> None:
    """Asks the provider about payments that are open."""
    run("open_payments", due_at, payments.settle_open)


def send_refund(refund_id: str) -> None:
    """Asks the provider for one refund."""
    refund_progress.settle(UUID(refund_id))


def settle_open_refunds(due_at: str) -> None:
    """Asks the provider for refunds that are open, and what became of them."""
    run("open_refunds", due_at, refund_progress.settle_open)


def settle_open_disputes(due_at: str) -> None:
    """Asks the provider about disputes."""
    run("open_disputes", due_at, disputes.settle_open)


def reconcile_payments(due_at: str) -> None:
    """Compares our payments and refunds with the provider's lists."""
    run("reconciliation", due_at, refund_progress.compare_lists)


def delete_accounts(due_at: str) -> None:
    """Deletes accounts whose days to change one's mind are over."""
    run("deletions", due_at, deletion.complete_due)


def idle_chats(due_at: str) -> None:
    """Lets quiet chats go idle."""
    run("idle_chats", due_at, chats.idle_quiet_chats)


def finish_pictures(due_at: str) -> None:
    """Makes the sizes of pictures that are missing."""
    run("pictures", due_at, pictures.finish)


def finish_photo(photo_id: str) -> None:
    """Makes the sizes that a photo somebody has added lacks."""
    photos.finish(UUID(photo_id))


def finish_photos(due_at: str) -> None:
    """Makes the sizes of users' photos that are missing, and removes what is left of crashes."""
    run("photos", due_at, photos.finish_all)


def close_chats(due_at: str) -> None:
    """Closes chats that were quiet for a day."""
    run("close_chats", due_at, chats.close_quiet_chats)


def archive_chats(due_at: str) -> None:
    """Archives chats that were closed for months."""
    run("archive_chats", due_at, chats.archive_closed_chats)


def return_unanswered(due_at: str) -> None:
    """Gives credits back for paid messages that nobody answered in time."""
    run("unanswered", due_at, refunds.return_unanswered)


def ensure_partitions(due_at: str) -> None:
    """Makes the partitions of the months ahead."""
    run("partitions", due_at, partitions.ensure)


def verify_ledger(due_at: str) -> None:
    """Proves that all credits add up; tells admins when they do not."""
    run("ledger_verification", due_at, credits.verify_and_report)


def housekeeping(due_at: str) -> None:
    """Removes expired sessions and old records of runs and sends."""
    run("housekeeping", due_at, house.clean)
