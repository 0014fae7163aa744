-- Policies read other tables and so keep them from being dropped; the functions read them too.

DO $$
DECLARE
    policy record;
BEGIN
    FOR policy IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON %I', policy.policyname, policy.tablename);
    END LOOP;
END
$$;

DROP FUNCTION IF EXISTS send_message;
DROP FUNCTION IF EXISTS session_account;
DROP FUNCTION IF EXISTS published_characters;
