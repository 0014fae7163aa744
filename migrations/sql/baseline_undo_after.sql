-- What baseline_before.sql and baseline_after.sql made, once the tables are gone.

DROP FUNCTION IF EXISTS ensure_message_partitions(date, integer);
DROP FUNCTION IF EXISTS touch_updated_at();
DROP FUNCTION IF EXISTS refuse_change();
DROP FUNCTION IF EXISTS immutable_join(text []);
DROP FUNCTION IF EXISTS app_account_id();
