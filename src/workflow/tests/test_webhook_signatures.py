"""Signatures of webhooks: what is signed is taken, what is forged, missing or old is refused and leaves no trace."""

from __future__ import annotations

import time

import pytest

from events.models import Event
from workflow.models import WorkflowExecution
from workflow.services import hooks
from workflow.tests.hook_support import SECRET, code, hooked, nothing_happened, post, signed

GITHUB = {"header": "X-Hub-Signature-256", "prefix": "sha256="}
BODY = '{"amount": 1200, "name": "أمينة"}'.encode()


@pytest.mark.parametrize(
    ("config", "signature"),
    [
        (GITHUB, signed(BODY, prefix="sha256=")),
        (GITHUB, signed(BODY, prefix="sha256=").upper().replace("SHA256", "sha256")),
        ({"header": "x-signature"}, signed(BODY)),
        ({"header": "X-Shopify-Hmac-Sha256", "encoding": "base64"}, signed(BODY, encoding="base64")),
    ],
)
def test_what_is_signed_is_taken(engine, sender, config, signature):
    hook = hooked(engine, secret=SECRET, signature=config)

    assert post(sender, hook, BODY, **{config["header"]: signature}).status_code == 202


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": signed(BODY)},
        {"X-Hub-Signature-256": signed(BODY, prefix="sha1=")},
        {"X-Hub-Signature-256": signed(BODY, secret="another", prefix="sha256=")},
        {"X-Hub-Signature-256": signed(BODY, secret="", prefix="sha256=")},
        {"X-Hub-Signature-256": signed(BODY + b" ", prefix="sha256=")},
        {"X-Hub-Signature-256": signed(BODY, prefix="sha256=")[:-2]},
        {"X-Hub-Signature-256": "sha256=" + "zz" * 32},
        {"X-Hub-Signature-256": signed(BODY, prefix="sha256=", encoding="base64")},
        {"X-Other": signed(BODY, prefix="sha256=")},
    ],
)
def test_what_is_forged_leaves_no_trace(engine, sender, headers):
    hook = hooked(engine, secret=SECRET, signature=GITHUB)
    hooks.listen(hook, minutes=5)
    events = Event.objects.count()

    assert code(post(sender, hook, BODY, **headers)) == (403, "signature_refused")
    engine.work()

    assert nothing_happened()
    assert Event.objects.count() == events
    assert not WorkflowExecution.objects.exists()


def test_the_signature_is_over_the_raw_bytes(engine, sender):
    hook = hooked(engine, secret=SECRET, signature=GITHUB)
    spaced = BODY.replace(b": ", b":  ")

    assert (
        post(sender, hook, spaced, **{"X-Hub-Signature-256": signed(BODY, prefix="sha256=")}).status_code
        == 403
    )
    assert (
        post(sender, hook, spaced, **{"X-Hub-Signature-256": signed(spaced, prefix="sha256=")}).status_code
        == 202
    )


def test_without_a_secret_nothing_is_right(engine, sender):
    hook = hooked(engine, signature={"header": "X-Signature"})

    answer = post(sender, hook, BODY, **{"X-Signature": signed(BODY, secret="")})

    assert code(answer) == (403, "signature_refused")
    assert "No signing secret" in answer.json()["error"]["message"]


SLACK = {
    "header": "X-Slack-Signature",
    "prefix": "v0=",
    "timestamp": {
        "header": "X-Slack-Request-Timestamp",
        "before": "v0:",
        "separator": ":",
        "tolerance_seconds": 60,
    },
}


@pytest.mark.parametrize(
    ("age", "told", "status"),
    [
        (0, None, 202),
        (50, None, 202),
        (-50, None, 202),
        (70, None, 403),
        (-70, None, 403),
        (70, 0, 403),
        (0, "soon", 403),
        (0, "", 403),
        (0, "٣", 403),
    ],
)
def test_a_signed_timestamp_keeps_old_requests_out(engine, sender, age, told, status):
    """``told`` is a timestamp (its age, or a text) other than the one that was signed."""
    hook = hooked(engine, secret=SECRET, signature=SLACK)
    moment = int(time.time()) - age
    sent = str(moment) if told is None else str(int(time.time()) - told) if told == 0 else told
    signature = signed(f"v0:{moment}:".encode() + BODY, prefix="v0=")
    headers = {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": sent.encode().decode("latin-1")}

    assert post(sender, hook, BODY, **headers).status_code == status
    assert nothing_happened() is (status == 403)


def test_the_default_joins_timestamp_and_body_with_a_dot(engine, sender):
    hook = hooked(engine, secret=SECRET, signature={"header": "X-Sig", "timestamp": {"header": "X-Time"}})
    now = str(int(time.time()))

    headers = {"X-Sig": signed(f"{now}.".encode() + BODY), "X-Time": now}

    assert post(sender, hook, BODY, **headers).status_code == 202
    assert post(sender, hook, BODY, **{"X-Sig": signed(BODY), "X-Time": now}).status_code == 403
