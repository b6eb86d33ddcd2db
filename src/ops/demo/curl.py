"""The specification's call of ``process_event``, with a message id of this run: the specification's own stays for the reader."""

from __future__ import annotations

import json
import secrets
import shlex
import shutil
import subprocess
from dataclasses import dataclass

from ops.demo.api import Api, ApiError, bearer
from ops.demo.demo_file import DemoTenant
from ops.demo.product import PROCESS_EVENT


def _event() -> dict[str, object]:
    """A second event with the same message id would be a duplicate, and told so."""
    return {
        "event_type": "MESSAGE_RECEIVED",
        "data": {
            "message_id": f"msg-{secrets.token_hex(4)}",
            "content": "سلام، کد تخفیف دارید؟",
            "timestamp": "2024-01-01T10:00:00Z",
        },
        "user_id": "customer123",
        "conversation_id": "conv123",
    }


@dataclass(frozen=True, slots=True)
class Answer:
    """The command that a person would type, and what came back."""

    command: str
    status: int
    body: str


def process_event(tenant: DemoTenant) -> Answer:
    """Send the event with curl, or without where curl is missing or cannot find ``*.localhost`` (before 7.78)."""
    event = _event()
    argv = [
        "curl", "-X", "POST", tenant.base_url + PROCESS_EVENT, "-H", "Content-Type: application/json",
        "-H", f"Authorization: Bearer {tenant.api_key}", "-d", json.dumps(event, ensure_ascii=False),
    ]  # fmt: skip
    command = shlex.join(argv)
    if shutil.which("curl"):
        done = subprocess.run(
            [*argv, "--silent", "--noproxy", "*", "--max-time", "15", "--write-out", "\n%{http_code}"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode == 0:
            body, _, status = done.stdout.rpartition("\n")
            return Answer(command, int(status), body.strip())
    return _without_curl(tenant, event, command)


def _without_curl(tenant: DemoTenant, event: dict[str, object], command: str) -> Answer:
    try:
        answer = Api(tenant.base_url, bearer(tenant.api_key)).post(PROCESS_EVENT, event)
    except ApiError as error:
        return Answer(command, error.status, error.body)
    return Answer(command, 200, json.dumps(answer, ensure_ascii=False))
