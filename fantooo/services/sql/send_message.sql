-- The one way a message comes into being: charge, ledger, message, counters and queue in one
-- transaction and one round trip. Prices and points are decided in Python (domain/pricing.py,
-- domain/ranking.py); this function keeps the invariants. Owned by fantooo_sender, which has just
-- the grants and policies it needs. The account is trusted: only services/messages.py may call it.
--
-- Locks are taken in the order chats, real_users, operators, chat_queue.
--
-- outcome: sent, repeat (the first answer again), or a refusal that changed nothing:
--   chat_not_found, chat_frozen, character_unavailable, banned, paused_by_user, price_changed,
--   spending_frozen, insufficient_credits; for replies assignment_ended, newer_messages, reply_limit, forbidden.

CREATE FUNCTION send_message(
    p_account uuid,
    p_chat uuid,
    p_client uuid,
    p_sender text,            -- 'real' or 'fictional'
    p_content text,
    p_content_type text,
    p_price integer,          -- the quote and its snapshot (users)
    p_free boolean,
    p_free_used integer,
    p_free_limit integer,
    p_tier text,
    p_featured boolean,
    p_settings_version bigint,
    p_factors jsonb,
    p_priority text,          -- for the queue (users)
    p_priority_score integer,
    p_score_parts jsonb,
    p_assignment integer,     -- fencing number and last message seen (operators)
    p_seen_seq bigint,
    OUT outcome text,
    OUT message_id uuid,
    OUT message_seq bigint,
    OUT sent_at timestamptz,
    OUT price integer,
    OUT balance integer,
    OUT free_used integer,
    OUT real_user uuid,
    OUT operator uuid,
    OUT queued boolean,
    OUT user_read bigint,
    OUT operator_read bigint,
    OUT user_delivered bigint,
    OUT operator_delivered bigint
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp
AS $$
DECLARE
    chat chats%ROWTYPE;
    character record;
    earlier send_requests%ROWTYPE;
    wallet record;
    bonus_spent integer := 0;
BEGIN
    PERFORM set_config('app.account_id', p_account::text, true);
    queued := false;

    -- Why the lock: event_seq, the free count and the message id must be drawn one after another,
    -- so that id order is seq order is commit order.
    SELECT * INTO chat FROM chats WHERE id = p_chat FOR UPDATE;
    IF NOT FOUND THEN
        outcome := 'chat_not_found';
        RETURN;
    END IF;
    real_user := chat.real_user_id;
    operator := chat.assigned_operator_id;
    user_read := chat.user_read_seq;
    operator_read := chat.operator_read_seq;
    user_delivered := chat.user_delivered_seq;
    operator_delivered := chat.operator_delivered_seq;
    IF (p_sender = 'real' AND real_user IS DISTINCT FROM p_account)
        OR (p_sender = 'fictional' AND operator IS DISTINCT FROM p_account) THEN
        outcome := 'chat_not_found';
        RETURN;
    END IF;

    SELECT * INTO earlier FROM send_requests AS r
    WHERE r.chat_id = p_chat AND r.client_id = p_client AND r.account_id = p_account;
    IF FOUND THEN
        outcome := 'repeat';
        message_id := earlier.message_id;
        message_seq := earlier.seq;
        sent_at := earlier.created_at;
        price := earlier.price;
        balance := earlier.balance;
        free_used := earlier.free_messages_used;
        RETURN;
    END IF;

    sent_at := clock_timestamp();
    message_seq := chat.event_seq + 1;
    free_used := chat.free_messages_used;
    price := 0;

    -- A chat under review is closed to both sides.
    IF chat.is_frozen THEN
        outcome := 'chat_frozen';
        RETURN;
    END IF;

    IF p_sender = 'real' THEN
        SELECT f.is_active AND f.deleted_at IS NULL AS published,
               f.is_featured AND (f.featured_until IS NULL OR f.featured_until > sent_at) AS featured,
               array_remove(ARRAY[f.category, f.response_style], NULL) AS specializations
        INTO character
        FROM fictional_users AS f WHERE f.id = chat.fictional_user_id;
        IF NOT character.published THEN
            outcome := 'character_unavailable';
            RETURN;
        END IF;
        IF least(chat.free_messages_used, p_free_limit) <> least(p_free_used, p_free_limit)
            OR character.featured <> p_featured
            OR coalesce((SELECT max(s.version) FROM system_settings AS s), 0) <> p_settings_version
        THEN
            outcome := 'price_changed';
            RETURN;
        END IF;

        UPDATE real_users AS u
        SET credits = u.credits - p_price,
            bonus_credits = u.bonus_credits - least(u.bonus_credits, p_price),
            loyalty_points = u.loyalty_points + p_price,
            total_messages_sent = u.total_messages_sent + 1,
            last_active_at = sent_at
        WHERE u.id = p_account AND u.credits >= p_price AND u.user_tier = p_tier
          AND NOT (u.is_banned AND (u.banned_until IS NULL OR u.banned_until > sent_at))
          -- Columns of this very row, so that they are read again once its lock is held: what
          -- somebody asked to be kept from is never sent after that has been committed.
          AND u.self_excluded_until IS NULL
          AND u.deletion_due_at IS NULL AND u.deleted_at IS NULL
          AND (u.paused_until IS NULL OR u.paused_until <= sent_at)
          AND (p_price = 0 OR u.spending_frozen_reason IS NULL)
        RETURNING new.credits AS credits, old.bonus_credits - new.bonus_credits AS bonus_spent,
                  new.total_spent AS total_spent, new.language AS language
        INTO wallet;
        IF NOT FOUND THEN
            SELECT CASE
                       WHEN u.is_banned AND (u.banned_until IS NULL OR u.banned_until > sent_at)
                           THEN 'banned'
                       WHEN u.self_excluded_until IS NOT NULL OR u.paused_until > sent_at
                           OR u.deletion_due_at IS NOT NULL OR u.deleted_at IS NOT NULL
                           THEN 'paused_by_user'
                       WHEN u.user_tier <> p_tier THEN 'price_changed'
                       WHEN p_price > 0 AND u.spending_frozen_reason IS NOT NULL
                           THEN 'spending_frozen'
                       ELSE 'insufficient_credits'
                   END, u.credits
            INTO outcome, balance
            FROM real_users AS u WHERE u.id = p_account;
            RETURN;
        END IF;
        price := p_price;
        balance := wallet.credits;
        bonus_spent := wallet.bonus_spent;
        free_used := chat.free_messages_used + p_free::integer;
    ELSE
        IF chat.assignment_count <> p_assignment THEN
            outcome := 'assignment_ended';
            RETURN;
        END IF;
        IF chat.last_user_seq > p_seen_seq THEN
            outcome := 'newer_messages';
            RETURN;
        END IF;
        IF chat.last_user_seq = 0 OR chat.replies_in_row >= 3 THEN
            outcome := 'reply_limit';
            RETURN;
        END IF;
        UPDATE operators AS o
        SET total_messages_sent = o.total_messages_sent + 1,
            last_activity = sent_at,
            idle_since = sent_at
        WHERE o.id = p_account AND o.is_active AND NOT o.is_suspended AND o.deleted_at IS NULL;
        IF NOT FOUND THEN
            outcome := 'forbidden';
            RETURN;
        END IF;
        balance := 0;
    END IF;

    message_id := uuidv7();
    INSERT INTO messages (
        id, chat_id, seq, changed_seq, sender_type, content, content_type, client_id,
        handled_by_operator_id, is_free_message, credits_charged, created_at
    ) VALUES (
        message_id, p_chat, message_seq, message_seq, p_sender, p_content, p_content_type, p_client,
        CASE WHEN p_sender = 'fictional' THEN p_account END,
        p_sender = 'real' AND p_free, price, sent_at
    );
    INSERT INTO send_requests (
        chat_id, client_id, account_id, message_id, seq, price, balance, free_messages_used,
        created_at
    ) VALUES (
        p_chat, p_client, p_account, message_id, message_seq, price, balance, free_used, sent_at
    );
    DELETE FROM message_drafts AS d WHERE d.chat_id = p_chat AND d.account_id = p_account;

    IF p_sender = 'real' THEN
        IF price > 0 THEN
            INSERT INTO credit_transfers (
                real_user_id, debit_account, credit_account, amount, bonus_amount, kind, cause_id,
                chat_id, price_factors, created_at
            ) VALUES (
                p_account, 'wallet', 'usage', price, bonus_spent, 'message_charge', message_id,
                p_chat, p_factors, sent_at
            );
        END IF;
        UPDATE chats AS c
        SET event_seq = message_seq,
            status = CASE WHEN c.status = 'escalated' THEN c.status ELSE 'active' END,
            closed_at = NULL,
            close_reason = NULL,
            message_count = c.message_count + 1,
            free_messages_used = send_message.free_used,
            paid_messages_count = c.paid_messages_count + (send_message.price > 0)::integer,
            total_credits_spent = c.total_credits_spent + send_message.price,
            replies_in_row = 0,
            waiting_since = coalesce(c.waiting_since, sent_at),
            first_message_at = coalesce(c.first_message_at, sent_at),
            last_message_at = sent_at,
            last_message_id = message_id,
            last_user_message_at = sent_at,
            last_user_seq = message_seq
        WHERE c.id = p_chat;
        IF operator IS NULL THEN
            INSERT INTO chat_queue (
                chat_id, priority, priority_score, score_parts, user_tier, user_lifetime_value,
                required_specializations, language, preferred_operator_id, entered_queue_at
            ) VALUES (
                p_chat, p_priority, p_priority_score, p_score_parts, p_tier, wallet.total_spent,
                character.specializations, coalesce(chat.language, wallet.language), chat.last_operator_id, sent_at
            ) ON CONFLICT (chat_id) DO UPDATE
                -- A paid message raises a chat that a free one brought here; nothing lowers it.
                SET priority = excluded.priority,
                    priority_score = excluded.priority_score,
                    score_parts = excluded.score_parts
                WHERE chat_queue.escalated_at IS NULL
                    AND excluded.priority_score > chat_queue.priority_score
            RETURNING xmax = 0 INTO queued;
            queued := coalesce(queued, false);
        END IF;
    ELSE
        UPDATE chat_assignments AS a
        SET replies = a.replies + 1,
            first_reply_at = coalesce(a.first_reply_at, sent_at),
            first_reply_seconds = coalesce(
                a.first_reply_seconds,
                extract(epoch FROM sent_at - chat.waiting_since)::integer)
        WHERE a.chat_id = p_chat AND a.number = p_assignment;
        UPDATE chats AS c
        SET event_seq = message_seq,
            message_count = c.message_count + 1,
            replies_in_row = c.replies_in_row + 1,
            -- An escalation has done its work with the answer.
            status = CASE WHEN c.status = 'escalated' THEN 'active' ELSE c.status END,
            waiting_since = NULL,
            warned_at = NULL,
            last_operator_id = p_account,
            operator_read_seq = greatest(c.operator_read_seq, least(p_seen_seq, message_seq)),
            operator_delivered_seq = greatest(
                c.operator_delivered_seq, least(p_seen_seq, message_seq)),
            last_message_at = sent_at,
            last_message_id = message_id,
            last_fictional_message_at = sent_at,
            last_fictional_seq = message_seq
        WHERE c.id = p_chat
        RETURNING c.operator_read_seq, c.operator_delivered_seq
        INTO operator_read, operator_delivered;
    END IF;
    outcome := 'sent';
END
$$;
