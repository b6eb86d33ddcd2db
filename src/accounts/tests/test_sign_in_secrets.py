"""The secrets of second factors survive a new master key, and the old one then is needed no more."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from accounts.models import User
from accounts.sign_in.secrets import seal, unseal
from core.crypto import DecryptionError
from tenants.services.rewrapping import rewrap_all

NEW = base64.b64encode(bytes(range(32))).decode()


def test_they_follow_a_new_master_key(alice: User, settings: Any) -> None:
    old = settings.WASL_MASTER_KEY
    totp = Authenticator.objects.create(user=alice, type="totp", data={"secret": seal("سرّ-ABC")})
    codes = Authenticator.objects.create(
        user=alice, type="recovery_codes", data={"seed": seal("SEED"), "used_mask": 3}
    )
    settings.WASL_MASTER_KEY = f"{NEW},{old}"
    assert rewrap_all()["second factors"] == 2
    assert rewrap_all()["second factors"] == 0

    settings.WASL_MASTER_KEY = NEW
    totp.refresh_from_db()
    codes.refresh_from_db()
    assert unseal(totp.data["secret"]) == "سرّ-ABC"
    assert unseal(codes.data["seed"]) == "SEED"
    assert codes.data["used_mask"] == 3


def test_without_being_wrapped_anew_they_need_the_old_one(alice: User, settings: Any) -> None:
    sealed = seal("ABC")
    settings.WASL_MASTER_KEY = NEW
    with pytest.raises(DecryptionError):
        unseal(sealed)


def test_passkeys_are_left_alone(alice: User, settings: Any) -> None:
    Authenticator.objects.create(user=alice, type="webauthn", data={"name": "phone", "credential": {}})
    settings.WASL_MASTER_KEY = f"{NEW},{settings.WASL_MASTER_KEY}"
    assert rewrap_all()["second factors"] == 0
