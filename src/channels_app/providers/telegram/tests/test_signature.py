"""Telegram's secret token: what passes and what does not."""

from __future__ import annotations

import pytest

from channels_app.providers.base import SignatureError
from channels_app.providers.telegram import TelegramProvider
from channels_app.providers.telegram.credentials import TelegramCredentials
from channels_app.providers.tests.support import request

PROVIDER = TelegramProvider()
SECRET = "Secret_Token-0123456789"


def test_the_right_token_passes_whatever_the_body() -> None:
    for body in (b"{}", b"", b"\xff"):
        PROVIDER.verify(request(body, **{"X-Telegram-Bot-Api-Secret-Token": SECRET}), ["old", SECRET])


@pytest.mark.parametrize("given", ["", SECRET.lower(), SECRET + " ", SECRET[:-1], f"{SECRET},{SECRET}", "سر"])
def test_others_do_not(given: str) -> None:
    with pytest.raises(SignatureError):
        PROVIDER.verify(request(b"{}", X_Telegram_Bot_Api_Secret_Token=given), [SECRET, ""])


@pytest.mark.parametrize(
    "token", ["", "123", "123:", "abc:ABCdefGHIjkl", "1:../../getMe?x=", "1:ABCdefGHIjkl/x"]
)
def test_bot_tokens_that_would_change_the_path_are_refused(token: str) -> None:
    with pytest.raises(ValueError) as caught:
        TelegramCredentials(bot_token=token)
    assert not token or f"'{token}'" not in str(caught.value)


def test_a_secret_token_is_made_when_left_blank() -> None:
    made = [TelegramCredentials(bot_token="1:ABCdefGHIjkl", secret_token=given) for given in ("", "")]
    secrets = {credentials.secret_token.get_secret_value() for credentials in made}
    assert len(secrets) == 2
    assert all(len(secret) >= 40 for secret in secrets)


def test_pasted_blanks_are_trimmed() -> None:
    credentials = TelegramCredentials(bot_token=" 7000000001:ABCdefGHIjkl\n", secret_token=" abc ")
    assert PROVIDER.account_id(credentials) == "7000000001"
    assert PROVIDER.signing_secrets(credentials) == ("abc",)


@pytest.mark.parametrize("token", ["with space", "سر", "a" * 257, "a/b"])
def test_secret_tokens_that_telegram_refuses_are_refused(token: str) -> None:
    with pytest.raises(ValueError):
        TelegramCredentials(bot_token="1:ABCdefGHIjkl", secret_token=token)
