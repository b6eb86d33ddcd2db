"""Signing in as a browser does, and second factors as telephones and keys do them."""

from __future__ import annotations

from typing import Any

DOOR = "/_allauth/browser/v1/"
PASSWORD = "a-long-Passw0rd"


def sign_in(client: Any, email: str, password: str = PASSWORD, **headers: str) -> Any:
    """Post the password; the answer is 200, 401 (a second factor is asked for), 400 (refused) or 429."""
    return client.post(
        f"{DOOR}auth/login",
        {"email": email, "password": password},
        content_type="application/json",
        headers=headers,
    )
