"""What must hold of everything that was given back: a part of the ledger's proof."""

from __future__ import annotations

#: each query names the rows that break one invariant; no rows means that it holds
INVARIANTS: dict[str, str] = {
    "each message that came back has its reason": """
        SELECT coalesce(t.cause_id, r.message_id)::text AS subject,
               format('moved %s, recorded %s', coalesce(t.amount, 0), coalesce(r.amount, 0)) AS detail
        FROM (
            SELECT cause_id, amount FROM credit_transfers WHERE kind = 'message_refund'
        ) AS t FULL JOIN (
            SELECT message_id, amount FROM credit_refunds
            WHERE status = 'completed' AND message_id IS NOT NULL
        ) AS r ON r.message_id = t.cause_id
        WHERE t.amount IS DISTINCT FROM r.amount""",
    "money refunds never exceed their purchase": """
        SELECT p.id::text AS subject,
               format('paid %s for %s + %s, back %s for %s + %s', p.amount, p.credits_amount,
                      p.bonus_credits, sum(r.amount), sum(r.credits_amount), sum(r.bonus_credits))
                   AS detail
        FROM transactions AS r JOIN transactions AS p ON p.id = r.refunds_id
        WHERE r.status <> 'failed' AND p.status IN ('success', 'refunded')
        GROUP BY p.id
        HAVING sum(r.amount) > p.amount OR sum(r.credits_amount) > p.credits_amount
            OR sum(r.bonus_credits) > p.bonus_credits OR p.type <> 'purchase'
            OR bool_or(r.real_user_id <> p.real_user_id OR r.currency <> p.currency)""",
    # What a person decided against brought no credits; its money goes back as it came.
    "what was not credited goes back as it was paid": """
        SELECT p.id::text AS subject,
               format('%s, the provider took %s %s, back %s for %s credits', p.status,
                      p.provider_response ->> 'amount', p.provider_response ->> 'currency',
                      sum(r.amount), sum(r.credits_amount + r.bonus_credits)) AS detail
        FROM transactions AS r JOIN transactions AS p ON p.id = r.refunds_id
        WHERE r.status <> 'failed' AND p.status NOT IN ('success', 'refunded')
        GROUP BY p.id
        HAVING p.status <> 'failed' OR p.reviewed_at IS NULL OR p.type <> 'purchase'
            OR sum(r.amount) > coalesce((p.provider_response ->> 'amount')::numeric / 100, 0)
            OR sum(r.credits_amount + r.bonus_credits) > 0
            OR bool_or(r.real_user_id <> p.real_user_id
                       OR r.currency IS DISTINCT FROM p.provider_response ->> 'currency')""",
    "each money refund took its credits": """
        SELECT coalesce(x.id, t.cause_id)::text AS subject,
               format('%s %s + %s, taken %s + %s, returned %s + %s', coalesce(x.status, 'missing'),
                      x.credits_amount, x.bonus_credits, t.taken, t.bonus_taken, t.returned,
                      t.bonus_returned) AS detail
        FROM (SELECT * FROM transactions WHERE type = 'refund') AS x FULL JOIN (
            SELECT cause_id,
                   coalesce(sum(amount) FILTER (WHERE kind = 'purchase_refund'), 0) AS taken,
                   coalesce(sum(amount) FILTER (WHERE kind = 'purchase_bonus_refund'), 0)
                       AS bonus_taken,
                   coalesce(sum(amount) FILTER (WHERE kind = 'refund_failed'), 0) AS returned,
                   coalesce(sum(amount) FILTER (WHERE kind = 'bonus_refund_failed'), 0)
                       AS bonus_returned
            FROM credit_transfers
            WHERE kind IN ('purchase_refund', 'purchase_bonus_refund', 'refund_failed',
                           'bonus_refund_failed')
            GROUP BY cause_id
        ) AS t ON t.cause_id = x.id
        WHERE x.id IS NULL
            OR coalesce(t.taken, 0) <> x.credits_amount
            OR coalesce(t.bonus_taken, 0) <> x.bonus_credits
            OR coalesce(t.returned, 0)
                <> CASE x.status WHEN 'failed' THEN x.credits_amount ELSE 0 END
            OR coalesce(t.bonus_returned, 0)
                <> CASE x.status WHEN 'failed' THEN x.bonus_credits ELSE 0 END""",
    "a purchase is refunded when all of it went back": """
        SELECT p.id::text AS subject,
               format('%s, paid %s, back %s', p.status, p.amount, coalesce(r.total, 0)) AS detail
        FROM transactions AS p LEFT JOIN (
            SELECT refunds_id, sum(amount) AS total FROM transactions
            WHERE type = 'refund' AND status = 'success' GROUP BY refunds_id
        ) AS r ON r.refunds_id = p.id
        WHERE p.type = 'purchase' AND p.status IN ('success', 'refunded')
            AND (p.status = 'refunded') <> (coalesce(r.total, 0) >= p.amount)""",
    "owed = lost disputes less what was paid": """
        SELECT u.id::text AS subject,
               format('stored %s, lost %s, paid %s', u.owed_credits, coalesce(d.total, 0),
                      coalesce(t.total, 0)) AS detail
        FROM real_users AS u LEFT JOIN (
            SELECT p.real_user_id, sum(d.owed_credits) AS total
            FROM disputes AS d JOIN transactions AS p ON p.id = d.transaction_id
            GROUP BY p.real_user_id
        ) AS d ON d.real_user_id = u.id LEFT JOIN (
            SELECT real_user_id, sum(amount) AS total FROM credit_transfers
            WHERE kind = 'owed_paid' GROUP BY real_user_id
        ) AS t ON t.real_user_id = u.id
        WHERE u.owed_credits <> coalesce(d.total, 0) - coalesce(t.total, 0)""",
}
