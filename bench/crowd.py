"""Any number of conversations, written straight into a tenant's tables: a message each, the newest a second old."""

from __future__ import annotations

import psycopg
from psycopg import sql

_NAMES = ["أمينة بن علي", "سارا احمدی", "Yasmine Aït Ali", "کریم رستمی", "نسيمة بوعلام", "Sofiane Haddad"]
_TEXTS = ["هل لديكم مقاس 42؟", "ارسال به وهران دارید؟", "Bonjour, c’est combien ?", "شكرا جزيلا", "سلام"]

_PEOPLE = """
CREATE TEMPORARY TABLE crowd ON COMMIT DROP AS
SELECT n, uuidv7() AS contact, uuidv7() AS conversation,
       (%(names)s::text[])[1 + n %% cardinality(%(names)s::text[])] || ' ' || n AS name,
       (%(texts)s::text[])[1 + n %% cardinality(%(texts)s::text[])] AS said,
       '+2139' || lpad(n::text, 8, '0') AS phone, now() - n * interval '1 second' AS at
FROM generate_series(1, %(count)s) AS n
"""
_CONTACTS = """
INSERT INTO {s}.crm_contact
    (id, name, phone, email, language, timezone, custom, search, created_at, updated_at)
SELECT contact, name, phone, '', '', '', '{{}}', name || ' ' || phone, at, at FROM crowd
"""
_CONVERSATIONS = """
INSERT INTO {s}.channels_app_conversation
    (id, channel_id, contact_id, recipient, status, control, last_seq, last_in_seq, last_message_at, last_inbound_at)
SELECT conversation, (SELECT id FROM {s}.channels_app_channel WHERE provider = 'whatsapp' LIMIT 1),
       contact, phone, 'open', 'bot', 1, 1, at, at
FROM crowd
"""
_MESSAGES = """
INSERT INTO {s}.channels_app_message
    (id, channel_id, conversation_id, seq, direction, type, text, search, data, reply_to, author, state, error, sent_at)
SELECT uuidv7(), (SELECT id FROM {s}.channels_app_channel WHERE provider = 'whatsapp' LIMIT 1),
       conversation, 1, 'in', 'text', said, said, '{{}}', '', 'contact', '', '', at
FROM crowd
"""


def gather_crowd(superuser_url: str, *, schema: str, count: int) -> None:
    """Write ``count`` of them into the tenant that has that schema and a WhatsApp channel."""
    given = {"names": _NAMES, "texts": _TEXTS, "count": count}
    with psycopg.connect(superuser_url) as connection:
        connection.execute(_PEOPLE, given)
        for statement in (_CONTACTS, _CONVERSATIONS, _MESSAGES):
            connection.execute(sql.SQL(statement).format(s=sql.Identifier(schema)))
        connection.execute("ANALYZE")
