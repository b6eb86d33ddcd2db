"""Webhooks of workflows: found by their address, taken, captured to be looked at, given new secrets."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction

from core.errors import PermanentError
from core.predicates.paths import path_reader
from events.models import Event
from events.services.publishing import NewEvent, publish
from workflow.engine.storing import stored
from workflow.events import WEBHOOK_RECEIVED
from workflow.graph import TriggerSpec, read
from workflow.models import ArmedTrigger, HookCapture, Workflow
from workflow.roots import RESOLVERS
from workflow.services.hook_requests import (
    Contents,
    HookRequest,
    own_headers,
    read_request,
)
from workflow.services.hook_secrets import (
    HookSecret,
    hook_id_in,
    new_token,
    read_secret,
    same_token,
    write_secret,
)
from workflow.services.intake import check_room
from workflow.triggers.signatures import SignatureRefusedError
from workflow.triggers.webhook import CONTACT_RESOLVERS, WEBHOOK, ContactField, WebhookConfig

KEPT_CAPTURES = 20
MAX_LISTENING_MINUTES = 60
_MAX_IDENTIFIER_CHARS = 320


class UnknownHookError(PermanentError):
    """There is no webhook at this address."""


class NotActiveError(PermanentError):
    """The workflow of this webhook is not active."""


class NotAHookError(PermanentError):
    """This trigger is not a webhook."""


class MethodRefusedError(PermanentError):
    """This webhook does not take that method."""


@dataclass(frozen=True, slots=True)
class Received:
    """The event that a request became; a ``duplicate`` is that of an earlier request."""

    event_id: uuid.UUID
    duplicate: bool


def hook_at(token: str) -> ArmedTrigger:
    """The webhook of an address. Raises ``UnknownHookError``."""
    hook_id = hook_id_in(token)
    if hook_id is None:
        raise UnknownHookError
    hook = ArmedTrigger.objects.filter(id=hook_id, type=WEBHOOK, secret__isnull=False).first()
    if hook is None or not same_token(token, read_secret(hook).token):
        raise UnknownHookError
    return hook


def receive(hook: ArmedTrigger, request: HookRequest) -> Received:
    """Check a request, and publish it as ``WEBHOOK_RECEIVED`` to the webhook's trigger. What is refused leaves no trace.

    Raises ``NotActiveError``, ``MethodRefusedError``, ``SignatureRefusedError``, ``BodyRefusedError``,
    ``MediaRefusedError`` and ``QueueFullError``.
    """
    if hook.armed_at is None:
        raise NotActiveError
    config = WebhookConfig.model_validate(hook.config)
    if request.method not in config.methods:
        raise MethodRefusedError(f"This webhook takes {' and '.join(config.methods)} only.")
    _verify(hook, config, request)
    check_room()
    contents = read_request(request)
    with transaction.atomic():
        if _is_listening(hook):
            _keep(hook, request, contents, signature=_NOT_SIGNED if config.signature is None else _RIGHT)
        return _publish(hook, config, contents)


def try_out(hook: ArmedTrigger, request: HookRequest) -> HookCapture:
    """Capture a request to the test address, which starts nothing. Raises ``BodyRefusedError`` and ``MediaRefusedError``."""
    contents = read_request(request)
    config = WebhookConfig.model_validate(hook.config)
    verdict = _NOT_SIGNED if config.signature is None else _RIGHT
    try:
        _verify(hook, config, request)
    except SignatureRefusedError as exc:
        verdict = str(exc)
    with transaction.atomic():
        return _keep(hook, request, contents, signature=verdict, is_test=True)


def listen(hook: ArmedTrigger, *, minutes: int) -> ArmedTrigger:
    """Capture live requests too, from now on for so many minutes; 0 ends it. They start the workflow as ever.

    Raises ``NotAHookError``.
    """
    with transaction.atomic():
        locked = _locked(hook)
        until = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat() if minutes else None
        locked.state = {**locked.state, "listening_until": until}
        locked.save(update_fields=["state"])
    return locked


def new_address(hook: ArmedTrigger) -> ArmedTrigger:
    """Give it another address; the old one is unknown from now on. Raises ``NotAHookError``."""
    with transaction.atomic():
        locked = _locked(hook)
        write_secret(locked, replace(read_secret(locked), token=new_token(locked.id)))
        locked.save(update_fields=["secret"])
    return locked


def new_signing_secret(hook: ArmedTrigger, given: str = "") -> str:
    """Set the secret that its requests are signed with, to ``given`` or a random one; returns it. Raises ``NotAHookError``."""
    signing = given or secrets.token_urlsafe(32)
    with transaction.atomic():
        locked = _locked(hook)
        write_secret(locked, replace(read_secret(locked), signing=signing))
        locked.save(update_fields=["secret"])
    return signing


def reserve(workflow: Workflow, key: str) -> ArmedTrigger:
    """The webhook of a trigger in the draft, with its address before it is published: to capture requests to build on.

    One that is published stays as it is. Raises ``DocumentError``, ``NotAHookError`` and ``pydantic.ValidationError``.
    """
    with transaction.atomic():
        Workflow.objects.select_for_update().get(id=workflow.id)
        hook = ArmedTrigger.objects.filter(workflow=workflow, key=key).first()
        if hook is not None and hook.armed_at is not None:
            return _locked(hook)
        spec = next((spec for spec in read(workflow.draft).triggers if spec.id == key), TriggerSpec())
        if spec.type != WEBHOOK:
            raise NotAHookError(f"The draft has no trigger {key!r} of the type {WEBHOOK!r}.")
        WebhookConfig.model_validate(spec.config)
        hook = _locked(hook) if hook is not None else ArmedTrigger(workflow=workflow, key=key, type=WEBHOOK)
        hook.config = spec.config
        if hook.secret is None:
            write_secret(hook, HookSecret(new_token(hook.id)))
        hook.save()
    return hook


def _locked(hook: ArmedTrigger) -> ArmedTrigger:
    locked = ArmedTrigger.objects.select_for_update().get(id=hook.id)
    if locked.type != WEBHOOK or locked.secret is None:
        raise NotAHookError
    return locked


def _verify(hook: ArmedTrigger, config: WebhookConfig, request: HookRequest) -> None:
    if config.signature is not None:
        config.signature.verify(
            request.headers,
            request.body,
            secret=read_secret(hook).signing,
            now=datetime.now(UTC).timestamp(),
        )


# -- what it becomes ---------------------------------------------------------------------------------------------------


def _publish(hook: ArmedTrigger, config: WebhookConfig, contents: Contents) -> Received:
    contact_id, problem = _contact(config.contact, contents) if config.contact is not None else (None, "")
    key = _key(hook, config, contents)
    event = publish(
        NewEvent(
            type=WEBHOOK_RECEIVED.code,
            data={
                "trigger": str(hook.id),
                **contents.as_dict(),
                **({"contact_problem": problem} if problem else {}),
            },
            contact_id=contact_id,
            actor=f"webhook:{hook.id}",
            idempotency_key=key,
        )
    )
    if event is not None:
        return Received(event.id, duplicate=False)
    return Received(Event.objects.values_list("id", flat=True).get(idempotency_key=key), duplicate=True)


def _contact(field: ContactField, contents: Contents) -> tuple[uuid.UUID | None, str]:
    """The contact that a request names, or why there is none: the request counts all the same, since its sender can
    mend nothing by being refused."""
    value = _value(field.path, contents)
    if value is None:
        return None, f"{field.path} holds no {field.identify_by}."
    resolver = RESOLVERS.find(CONTACT_RESOLVERS[field.identify_by])
    if resolver is None:
        return None, f"Contacts cannot be found by {field.identify_by} here."
    if len(value) > _MAX_IDENTIFIER_CHARS:
        return None, f"{field.path} is longer than any {field.identify_by}."
    try:
        with transaction.atomic():
            return resolver(value), ""
    except PermanentError as exc:
        return None, f"{field.path}: {exc}"


def _key(hook: ArmedTrigger, config: WebhookConfig, contents: Contents) -> str | None:
    value = _value(config.idempotency, contents) if config.idempotency is not None else None
    return None if value is None else f"hook:{hook.id}:{sha256(value.encode()).hexdigest()}"


def _value(path: str, contents: Contents) -> str | None:
    """The text or number at a path, as text; ``None`` when there is none."""
    value: Any = path_reader(path)(contents.as_dict())
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


# -- captures ----------------------------------------------------------------------------------------------------------

_NOT_SIGNED, _RIGHT = "not asked for", "right"


def _is_listening(hook: ArmedTrigger) -> bool:
    until = hook.state.get("listening_until")
    return bool(until) and datetime.now(UTC) < datetime.fromisoformat(until)


def _keep(
    hook: ArmedTrigger, request: HookRequest, contents: Contents, *, signature: str, is_test: bool = False
) -> HookCapture:
    """Write the capture without its secrets, and forget all but the last."""
    secret = read_secret(hook)
    shown = {**contents.as_dict(), "headers": own_headers(request.headers), "signature": signature}
    capture = HookCapture.objects.create(
        trigger=hook,
        is_test=is_test,
        request=stored(shown, secrets={secret.token, secret.signing}),
    )
    newest = HookCapture.objects.filter(trigger=hook).order_by("-id").values_list("id", flat=True)
    HookCapture.objects.filter(trigger=hook).exclude(id__in=list(newest[:KEPT_CAPTURES])).delete()
    return capture
