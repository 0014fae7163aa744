-- Roles of the cluster. Run by `flask db bootstrap` as a superuser, safe to run again.
-- Never part of a migration: roles belong to the cluster, not to one database.

DO $$
DECLARE
    role_name text;
BEGIN
    -- Without login: the owner of all tables, the roles a transaction takes, and the owners of
    -- the functions that run with rights of their own.
    FOREACH role_name IN ARRAY ARRAY[
        'fantooo_owner', 'fantooo_public', 'fantooo_user', 'fantooo_operator', 'fantooo_admin',
        'fantooo_system', 'fantooo_sender', 'fantooo_auth', 'fantooo_finder'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT NOBYPASSRLS', role_name);
        END IF;
    END LOOP;
    FOREACH role_name IN ARRAY ARRAY['fantooo_deploy', 'fantooo_app'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT NOBYPASSRLS', role_name);
        END IF;
    END LOOP;
END
$$;

-- The application's login owns nothing and can do nothing until it takes a role.
GRANT fantooo_public, fantooo_user, fantooo_operator, fantooo_admin, fantooo_system
    TO fantooo_app WITH INHERIT FALSE, SET TRUE;

-- Migrations sign in as fantooo_deploy and work as fantooo_owner, which hands functions to
-- their owners.
GRANT fantooo_owner TO fantooo_deploy WITH INHERIT FALSE, SET TRUE;
GRANT fantooo_sender, fantooo_auth, fantooo_finder TO fantooo_owner WITH INHERIT FALSE, SET TRUE;
