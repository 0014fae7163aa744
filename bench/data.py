"""One generator, three sizes: rows as they would have grown, made by PostgreSQL itself in minutes.

Sizes are those of docs/performance.md. Nobody can sign in as these people; texts are made of a few
hundred words, so that search has something to find and something to pass over.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

#: how far back conversations go
_DAYS = 60


@dataclass(frozen=True)
class Size:
    """How many rows of each kind."""

    characters: int
    users: int
    operators: int
    chats: int
    messages: int

    def times(self, factor: float) -> Size:
        """The same world, ``factor`` times as many of all but the characters."""
        return Size(
            self.characters,
            int(self.users * factor),
            self.operators,
            int(self.chats * factor),
            int(self.messages * factor),
        )


M = Size(characters=4_000, users=20_000, operators=60, chats=150_000, messages=3_000_000)
L = Size(characters=2_000, users=100_000, operators=200, chats=300_000, messages=10_000_000)

_WORDS = """
    sea salt river lake moon night morning rain dust road bus train market kitchen garden goat cat
    book poem song violin guitar drum dance film camera paint clay wood iron glass letter map boat
    mountain forest desert city island harbour bridge window balcony lamp candle coffee tea mango
    chapati stew fish rice spice honey bread laughter silence secret promise joke story dream memory
    brother sister grandmother teacher doctor nurse pilot farmer baker tailor lawyer engineer poet
    painter singer runner swimmer climber gardener carpenter mechanic astronomer biologist driver
    slow quick kind wry gentle stubborn honest curious patient restless calm funny bold shy warm
"""
_TOWNS = """Nairobi Mombasa Kisumu Nakuru Eldoret Malindi Lamu Naivasha Nanyuki Thika Kampala Arusha
    Zanzibar Kigali Accra Lagos Lisbon Beirut"""
_NAMES = """Amani Zawadi Nadia Imani Kofi Lena Tariq Sol Makena Jabali Rehema Eli Asha Baraka Chausiku
    Dalila Enzi Furaha Goma Hadiya Issa Jengo Kamaria Lulu Makini Neema Omari Pendo Rashidi Safiya
    Tatu Umoja Vumi Wanja Yasmin Zuberi"""


def grow(connection: psycopg.Connection, size: Size) -> None:
    """Fills an empty, migrated database. Needs a superuser's connection in autocommit."""
    # What is written here is right by construction: no key is looked up for each of millions.
    connection.execute("SET session_replication_role = replica")
    for statement in _STATEMENTS:
        connection.execute(statement.format(**_values(size)))  # type: ignore[arg-type]
    connection.execute("SET session_replication_role = origin")
    # What autovacuum would have done since: plans know the data, and indexes alone can answer.
    connection.execute("VACUUM (ANALYZE)")


def _values(size: Size) -> dict[str, object]:
    return {
        "characters": size.characters,
        "users": size.users,
        "operators": size.operators,
        "chats": size.chats,
        "messages": size.messages,
        "days": _DAYS,
        "words": _array(_WORDS),
        "towns": _array(_TOWNS),
        "names": _array(_NAMES),
    }


def _array(words: str) -> str:
    return "ARRAY[" + ", ".join(f"'{word}'" for word in words.split()) + "]"


_STATEMENTS = (
    "SELECT setseed(0.5)",
    "SELECT ensure_message_partitions((now() - interval '{days} days' - interval '1 month')::date, 8)",
    # Words of a list, the n-th and some that follow from it: the same every time.
    """
    CREATE FUNCTION pg_temp.pick(list text[], n bigint, many integer) RETURNS text[]
    LANGUAGE sql IMMUTABLE AS $$
        SELECT array_agg(DISTINCT list[1 + (abs(hashint8(n * 31 + k)) % cardinality(list))])
        FROM generate_series(1, many) AS k
    $$
    """,
    """
    INSERT INTO fictional_users (slug, name, age, gender, location, tagline, bio, personality_traits,
        interests, occupation, profile_pictures, response_style, tags, category, popularity_score,
        is_featured)
    SELECT 'size-' || n,
        (pg_temp.pick({names}, n, 1))[1],
        20 + n % 40,
        (ARRAY['female', 'male', 'female', 'male', 'other'])[1 + n % 5],
        (pg_temp.pick({towns}, n, 1))[1],
        array_to_string(pg_temp.pick({words}, n + 7, 6), ' '),
        array_to_string(pg_temp.pick({words}, n + 11, 40), ' '),
        pg_temp.pick({words}, n + 13, 4),
        pg_temp.pick({words}, n + 17, 5),
        (pg_temp.pick({words}, n + 19, 1))[1],
        ARRAY['characters/size-' || n || '/0', 'characters/size-' || n || '/1', 'characters/size-' || n || '/2'],
        (ARRAY['flirty', 'romantic', 'friendly', 'intellectual', 'playful'])[1 + n % 5],
        pg_temp.pick({words}, n + 23, 4),
        (ARRAY['romance', 'adventure', 'conversation', 'fun'])[1 + n % 4],
        abs(hashint8(n)) % 5000,
        n % 40 = 0
    FROM generate_series(1, {characters}) AS n
    """,
    """
    INSERT INTO search_terms (word)
    SELECT DISTINCT unnest(tsvector_to_array(to_tsvector('simple', search_words))) FROM fictional_users
    """,
    # As many bytes as a real one, and as hard to compress.
    """
    INSERT INTO media (name, kind, width, height, placeholder, widths)
    SELECT picture, 'character', 1920, 2400,
        'data:image/webp;base64,' || left(
            replace(encode(sha512(picture::bytea), 'base64'), chr(10), '')
                || encode(sha256(picture::bytea), 'base64'), 124),
        ARRAY[128, 384, 640, 1080, 1920]
    FROM fictional_users, unnest(profile_pictures) AS picture
    """,
    """
    CREATE TEMP TABLE people AS SELECT n, uuidv7() AS id, CASE WHEN n <= {users} THEN 'user'
        ELSE 'operator' END AS role FROM generate_series(1, {users} + {operators}) AS n
    """,
    """
    INSERT INTO accounts (id, role, login, password_hash)
    SELECT id, role, 'size' || n || CASE role WHEN 'user' THEN '' ELSE '@fantooo.test' END, '!'
    FROM people
    """,
    """
    INSERT INTO real_users (id, username, display_name, age, gender, looking_for, location, user_tier)
    SELECT id, 'size' || n, 'size' || n, 18 + n % 50, (ARRAY['male', 'female', 'other'])[1 + n % 3],
        (ARRAY['female', 'male', 'both'])[1 + n % 3], 'Nairobi',
        (ARRAY['free', 'free', 'free', 'bronze', 'silver', 'gold'])[1 + n % 6]
    FROM people WHERE role = 'user'
    """,
    """
    INSERT INTO consents (account_id, text_name, text_version)
    SELECT id, 'fictional_characters', '1.0' FROM people WHERE role = 'user'
    """,
    """
    INSERT INTO operators (id, name, email, max_concurrent_chats)
    SELECT id, 'size' || n, 'size' || n || '@fantooo.test', 50 FROM people WHERE role = 'operator'
    """,
    """
    CREATE TEMP TABLE some_characters AS
    SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM fictional_users
    """,
    "CREATE UNIQUE INDEX ON some_characters (n)",
    "CREATE UNIQUE INDEX ON people (n)",
    "ANALYZE some_characters, people",
    """
    CREATE TEMP TABLE talks AS
    SELECT t.n, uuidv7() AS id, u.id AS user_id, c.id AS character_id, o.id AS operator_id,
        -- A few long conversations and many short ones, {messages} in all.
        greatest(2, round(({messages}::numeric / {chats}) * 4 * power(random(), 3)))::integer AS length,
        make_interval(secs => 60 + random() * ({days} * 86400 - 120)) AS age
    FROM generate_series(0, {chats} - 1) AS t (n)
    JOIN people AS u ON u.n = 1 + t.n % {users}
    JOIN some_characters AS c ON c.n = (t.n % {users} * 13 + t.n / {users}) % {characters}
    JOIN people AS o ON o.n = {users} + 1 + t.n % {operators}
    """,
    "ANALYZE talks",
    """
    INSERT INTO chats (id, real_user_id, fictional_user_id, last_operator_id, event_seq, message_count,
        user_read_seq, operator_read_seq, first_message_at, last_message_at, last_user_seq,
        last_fictional_seq, status, closed_at, close_reason)
    SELECT id, user_id, character_id, operator_id, length, length,
        CASE WHEN n % 7 = 0 THEN length - 1 ELSE length END, length, now() - age,
        now() - age * 0.9, length - 1, length,
        CASE WHEN n % 3 = 0 THEN 'closed' ELSE 'idle' END,
        CASE WHEN n % 3 = 0 THEN now() - age * 0.8 END, CASE WHEN n % 3 = 0 THEN 'inactivity' END
    FROM talks
    """,
    """
    INSERT INTO chat_assignments (chat_id, operator_id, number, assigned_at, first_reply_at,
        first_reply_seconds, replies, ended_at, end_reason)
    SELECT id, operator_id, 1, now() - age, now() - age * 0.99, 20 + n % 300, length / 2,
        now() - age * 0.9, 'closed'
    FROM talks
    """,
    """
    INSERT INTO messages (id, chat_id, seq, changed_seq, sender_type, content, handled_by_operator_id,
        created_at)
    SELECT uuidv7(-age * (1 - 0.1 * s / length)), id, s, s,
        CASE WHEN s % 2 = 1 THEN 'real' ELSE 'fictional' END,
        'It is ' || s || ' and the ' || ({words})[1 + (n + s) % 60] || ' is near the '
            || ({words})[1 + (n * 7 + s) % 90],
        CASE WHEN s % 2 = 0 THEN operator_id END, now() - age * (1 - 0.1 * s / length)
    FROM talks, generate_series(1, length) AS s
    """,
    "ANALYZE messages",
    """
    UPDATE chats AS c SET last_message_id = m.id
    FROM talks AS t JOIN messages AS m ON m.chat_id = t.id AND m.seq = t.length
    WHERE c.id = t.id
    """,
)
