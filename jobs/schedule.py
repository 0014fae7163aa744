"""The one table of what runs when. Cron lines are in Nairobi's time; a sixth field is seconds."""

from __future__ import annotations

from fantooo.services.schedule import Entry

SCHEDULE = (
    Entry("silence_sweep", "* * * * * */10", "jobs.tasks.silence_sweep"),
    Entry("outbox", "* * * * * */10", "jobs.tasks.deliver_outbox"),
    Entry("letters", "* * * * * */10", "jobs.tasks.send_letters", queue="slow"),
    Entry("expiry", "* * * * *", "jobs.tasks.end_what_ran_out"),
    Entry("derived_totals", "*/5 * * * *", "jobs.tasks.recompute_totals"),
    Entry("popularity", "10 3 * * *", "jobs.tasks.recompute_popularity"),
    Entry("conversion", "15 3 * * *", "jobs.tasks.recompute_conversion"),
    Entry("alarms", "* * * * *", "jobs.tasks.watch_money"),
    Entry("webhooks", "* * * * * */10", "jobs.tasks.process_webhooks"),
    Entry("open_payments", "*/5 * * * *", "jobs.tasks.settle_open_payments"),
    Entry("open_refunds", "*/5 * * * *", "jobs.tasks.settle_open_refunds"),
    Entry("open_disputes", "15 * * * *", "jobs.tasks.settle_open_disputes"),
    Entry("reconciliation", "50 2 * * *", "jobs.tasks.reconcile_payments"),
    Entry("deletions", "25 * * * *", "jobs.tasks.delete_accounts"),
    Entry("idle_chats", "* * * * *", "jobs.tasks.idle_chats"),
    Entry("unanswered", "* * * * *", "jobs.tasks.return_unanswered"),
    Entry("pictures", "* * * * *", "jobs.tasks.finish_pictures", queue="slow"),
    Entry("photos", "* * * * *", "jobs.tasks.finish_photos", queue="slow"),
    Entry("close_chats", "*/10 * * * *", "jobs.tasks.close_chats"),
    Entry("archive_chats", "20 3 * * *", "jobs.tasks.archive_chats"),
    Entry("partitions", "5 1 * * *", "jobs.tasks.ensure_partitions"),
    Entry("ledger_verification", "30 3 * * *", "jobs.tasks.verify_ledger"),
    Entry("housekeeping", "40 3 * * *", "jobs.tasks.housekeeping"),
)
