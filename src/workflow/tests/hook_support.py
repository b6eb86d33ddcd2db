"""What tests of webhooks share: a workflow with a webhook, and its address."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from typing import Any

from events.models import Event
from workflow.models import ArmedTrigger, HookCapture, Workflow
from workflow.services.hook_secrets import read_secret
from workflow.services.hooks import new_signing_secret
from workflow.services.publishing import publish_draft

SECRET = "مفتاح-shared-secret"
SET = [{"id": "set", "type": "set_variables", "config": {"fields": {"body": "event.data.body"}}}]
JSON = "application/json"


def hooked(engine: Any, *, name: str = "", secret: str = "", **config: Any) -> ArmedTrigger:
    """The webhook of a new active workflow."""
    triggers = [{"id": "hook", "type": "webhook", "config": config}]
    workflow = engine.workflow(name=name, triggers=triggers, nodes=SET)
    hook = ArmedTrigger.objects.get(workflow=workflow)
    if secret:
        new_signing_secret(hook, secret)
        hook.refresh_from_db()
    return hook


def address(hook: ArmedTrigger, *, test: bool = False) -> str:
    """The path of a webhook."""
    return f"/hooks/{read_secret(hook).token}/" + ("test/" if test else "")


def post(
    sender: Any, hook: ArmedTrigger, body: bytes = b"{}", content_type: str = JSON, **headers: str
) -> Any:
    """A request to a webhook."""
    # Unlike post(), generic() sends the bytes as they are.
    return sender.generic("POST", address(hook), body, content_type=content_type, headers=headers)


def code(answer: Any) -> tuple[int, str]:
    """What a refusal says."""
    return answer.status_code, answer.json()["error"]["code"]


def nothing_happened() -> bool:
    """Whether no request left a trace."""
    return not Event.objects.filter(type="WEBHOOK_RECEIVED").exists() and not HookCapture.objects.exists()


def signed(body: bytes, *, secret: str = SECRET, encoding: str = "hex", prefix: str = "") -> str:
    """The signature of ``body``."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return prefix + (digest.hex() if encoding == "hex" else b64encode(digest).decode())


def republish(workflow: Workflow, triggers: list[dict[str, Any]]) -> None:
    """The workflow with other triggers."""
    workflow.refresh_from_db()
    workflow.draft = {**workflow.draft, "triggers": triggers}
    workflow.save()
    publish_draft(workflow, by="test")


def url(workflow: Workflow, *more: str) -> str:
    """The API's path of a workflow's triggers, or below it."""
    return "/".join([f"/api/v1/workflow/workflows/{workflow.id}/triggers", *more, ""])


def captures(client: Any, hook: ArmedTrigger) -> list[dict[str, Any]]:
    """What was captured, as the API tells it."""
    shown: list[dict[str, Any]] = client.get(url(hook.workflow, "hook", "captures")).json()
    return shown
