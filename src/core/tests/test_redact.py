"""Redaction: no secret passes, nothing else changes."""

import pytest
import structlog

from core.redact import CUT, MASK, redact, redact_processor


@pytest.mark.parametrize(
    "key",
    [
        "authorization",
        "Authorization",
        "token",
        "access_token",
        "accessToken",
        "ACCESS-TOKEN",
        "page access token",
        "secret",
        "client_secret",
        "app.secret",
        "password",
        "db_password",
        "api_key",
        "apiKey",
        "X-Api-Key",
        "Cookie",
        "Set-Cookie",
        "private_key",
        "credentials",
        "X-Telegram-Bot-Api-Secret-Token",
        "X-Hub-Signature-256",
    ],
)
def test_secret_keys_are_masked(key):
    assert redact({"channel": [{key: "EAAG", "name": "متجر"}]}) == {"channel": [{key: MASK, "name": "متجر"}]}
    assert redact({key: {"nested": ["value"]}}) == {key: MASK}


@pytest.mark.parametrize(
    "tree",
    [
        {
            "text": "سلام، رمز من؟",
            "max_tokens": 5,
            "author": "x",
            "tokenizer": "t",
            "secretary": "Bob",
            "n": None,
        },
        {"token": None, "password": "", "has_token": False},
        [1, 2.5, True, None, "a"],
        "plain",
        7,
    ],
)
def test_the_rest_stays(tree):
    assert redact(tree) == tree


def test_the_original_is_untouched():
    tree = {"headers": {"Authorization": "Bearer x"}, "list": [{"token": "t"}]}
    redact(tree)
    assert tree == {"headers": {"Authorization": "Bearer x"}, "list": [{"token": "t"}]}


def test_known_secrets_are_found_in_any_text():
    tree = {
        "url": "https://api.telegram.org/bot110:AAHd-x/send",
        "k 110:AAHd-x": ("110:AAHd-x110:AAHd-x-longer",),
    }
    redacted = redact(tree, secrets=["110:AAHd-x", "110:AAHd-x-longer", "", "a"])
    assert redacted == {"url": f"https://api.telegram.org/bot{MASK}/send", f"k {MASK}": [MASK * 2]}


def test_own_keys_replace_the_list():
    assert redact({"Colour": "red", "cookie": "x"}, secret_keys=["colour"]) == {"Colour": MASK, "cookie": "x"}


def test_depth_and_size_are_bounded():
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    assert CUT in str(redact(deep))
    wide = redact({"list": list(range(1_000_000))})
    assert len(wide["list"]) < 10_001
    assert wide["list"][-1] == CUT
    loop: dict = {}
    loop["self"] = loop
    assert CUT in str(redact(loop))


def test_structlog_processor():
    with structlog.testing.capture_logs(processors=[redact_processor]) as logs:
        structlog.get_logger().info("sent", headers={"Authorization": "Bearer x"}, to="علي")
    assert logs == [{"event": "sent", "headers": {"Authorization": MASK}, "to": "علي", "log_level": "info"}]
