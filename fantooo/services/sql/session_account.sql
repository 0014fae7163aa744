-- Whose session a token is: one row, or none when it is unknown, expired or its account may not
-- act. Runs before anybody is known, hence with the rights of fantooo_auth and nothing else.

CREATE FUNCTION session_account(
    p_token_hash bytea,
    p_texts text[],           -- "name version" of each text that must be agreed to
    OUT session_id uuid,
    OUT account_id uuid,
    OUT role text,
    OUT name text,
    OUT credits integer,
    OUT is_banned boolean,
    OUT has_consented boolean,
    OUT admin_role text,
    OUT permissions jsonb,
    OUT shows_online boolean,
    OUT seen_long_ago boolean,
    OUT use_noted boolean,
    OUT active_seconds integer,
    OUT unseen_payment_id uuid
)
RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp
AS $$
    SELECT s.id, a.id, a.role,
           coalesce(u.display_name, o.name, d.name),
           u.credits,
           coalesce(u.is_banned AND (u.banned_until IS NULL OR u.banned_until > now()), false),
           u.id IS NULL OR cardinality(p_texts) = (
               SELECT count(DISTINCT c.text_name) FROM consents AS c
               WHERE c.account_id = a.id
                 AND c.text_name || ' ' || c.text_version = ANY (p_texts)),
           d.role,
           d.permissions,
           coalesce(u.show_online, true),
           s.last_seen_at < now() - interval '5 minutes',
           coalesce(t.last_at > now() - interval '1 minute', false),
           coalesce(t.active_seconds, 0),
           u.unseen_payment_id
    FROM sessions AS s
    JOIN accounts AS a ON a.id = s.account_id AND a.is_active
    LEFT JOIN real_users AS u ON u.id = a.id AND u.deleted_at IS NULL
        AND u.self_excluded_until IS NULL
    LEFT JOIN active_stretches AS t ON t.real_user_id = u.id
    LEFT JOIN operators AS o ON o.id = a.id AND o.deleted_at IS NULL AND o.is_active
    LEFT JOIN admins AS d ON d.id = a.id AND d.deleted_at IS NULL AND d.is_active
    WHERE s.token_hash = p_token_hash AND s.expires_at > now()
      AND coalesce(u.id, o.id, d.id) IS NOT NULL;
$$;
