"""The customers and what they write: WhatsApp webhooks built and signed before any clock starts, the same for each seed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

PATH = "/webhooks/whatsapp/"
#: The installation's app secret in a benchmark; it signs real requests to a stack that lives for minutes.
APP_SECRET = "bench-app-secret"
WABA_ID = "104201337000001"
TAG = "interested"
WORD = "کد تخفیف"
FIELD = "last_request"
_TEXTS = (
    "سلام، کد تخفیف دارید؟",
    "سلام خسته نباشید، برای خرید امروز کد تخفیف می‌خواستم 🌸",
    "hello, do you have a کد تخفیف for the blue one?",
)


@dataclass(frozen=True, slots=True)
class Customer:
    """Someone who writes: ``wa_id`` is the number as WhatsApp gives it, without the plus."""

    wa_id: str
    name: str


def customers(count: int) -> list[Customer]:
    """Distinct Algerian mobile numbers."""
    return [Customer(f"213555{number:06d}", f"مشتری {number}") for number in range(count)]


def requests(
    *, label: str, seed: int, count: int, account_ids: Sequence[str], people: Sequence[Customer]
) -> list[bytes]:
    """``count`` whole HTTP requests, each one new message: evenly over ``people`` in shuffled order, accounts in turn.

    ``label`` names the run, so that no two runs on one database share a message id.
    """
    rng = random.Random(f"{seed}:{label}")
    order = list(range(len(people)))
    rng.shuffle(order)
    sent_at = int(time.time())
    return [
        _request(
            _body(
                wamid=_wamid(f"{seed}:{label}:{number}"),
                account_id=account_ids[number % len(account_ids)],
                customer=people[order[number % len(order)]],
                text=rng.choice(_TEXTS),
                sent_at=sent_at,
            )
        )
        for number in range(count)
    ]


def _wamid(unique: str) -> str:
    return "wamid." + base64.b64encode(hashlib.sha256(unique.encode()).digest()).decode()


def _body(*, wamid: str, account_id: str, customer: Customer, text: str, sent_at: int) -> bytes:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "213770000077", "phone_number_id": account_id},
        "contacts": [{"profile": {"name": customer.name}, "wa_id": customer.wa_id}],
        "messages": [
            {
                "from": customer.wa_id,
                "id": wamid,
                "timestamp": str(sent_at),
                "type": "text",
                "text": {"body": text},
            }
        ],
    }
    entry = {"id": WABA_ID, "changes": [{"value": value, "field": "messages"}]}
    # Meta escapes what is not ASCII.
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [entry]}, separators=(",", ":")
    ).encode()


def _request(body: bytes) -> bytes:
    signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: facebookexternalua\r\nAccept: */*\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nX-Hub-Signature-256: sha256={signature}\r\n\r\n"
    )
    return head.encode() + body
