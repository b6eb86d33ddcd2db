"""Members whom no other test knows, so that what they choose for themselves disturbs nobody."""

from __future__ import annotations

import secrets

from ops.demo.api import Api
from ops.demo.demo_file import Login

PASSWORD = "خیلی-طولانی-Passw0rd"


def new_member(api: Api, *, password: str = PASSWORD) -> Login:
    """An agent; without a password they are invited by mail."""
    email = f"nadia-{secrets.token_hex(4)}@demo.example"
    body = {"email": email, "name": "نادية", "role": "agent"}
    api.post("/api/v1/members/", body | ({"password": password} if password else {}))
    return Login(email=email, password=password)
