-- Triggers and partitions of the baseline.

CREATE FUNCTION touch_updated_at() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $$
BEGIN
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END
$$;

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

DO $$
DECLARE
    target text;
BEGIN
    FOR target IN
        SELECT c.table_name
        FROM information_schema.columns AS c
        JOIN information_schema.tables AS t USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND c.column_name = 'updated_at'
          AND t.table_type = 'BASE TABLE' AND c.table_name <> 'alembic_version'
    LOOP
        EXECUTE format(
            'CREATE TRIGGER touch_updated_at BEFORE UPDATE ON %I FOR EACH ROW'
            ' EXECUTE FUNCTION touch_updated_at()', target);
    END LOOP;
    FOREACH target IN ARRAY ARRAY[
        'credit_transfers', 'audit_log', 'security_audit_log', 'system_settings_history',
        'profile_note_history', 'consents'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW'
            ' EXECUTE FUNCTION refuse_change()', target);
    END LOOP;
END
$$;

-- Makes the monthly partitions of messages from first_month on; returns how many were missing.
-- A UUIDv7 begins with its time in milliseconds, so month boundaries are UUIDs (months in UTC).
CREATE FUNCTION ensure_message_partitions(first_month date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp
AS $$
DECLARE
    made integer := 0;
    month_start timestamp;
    part text;
    low uuid;
    high uuid;
BEGIN
    IF months NOT BETWEEN 1 AND 240 THEN
        RAISE EXCEPTION 'months must be 1 to 240';
    END IF;
    -- Two callers at once would both find the partition missing.
    PERFORM pg_advisory_xact_lock(hashtext('ensure_message_partitions'));
    FOR i IN 0 .. months - 1 LOOP
        month_start := date_trunc('month', first_month::timestamp) + make_interval(months => i);
        part := 'messages_' || to_char(month_start, 'YYYY_MM');
        IF to_regclass(part) IS NULL THEN
            low := (lpad(to_hex((extract(epoch FROM month_start) * 1000)::bigint), 12, '0')
                || '00000000000000000000')::uuid;
            high := (lpad(to_hex((extract(epoch FROM month_start + interval '1 month') * 1000)::bigint),
                12, '0') || '00000000000000000000')::uuid;
            EXECUTE format('CREATE TABLE %I PARTITION OF messages FOR VALUES FROM (%L) TO (%L)',
                part, low, high);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;

SELECT ensure_message_partitions((now() AT TIME ZONE 'UTC')::date, 4);
