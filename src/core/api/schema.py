"""What the OpenAPI document says of every endpoint: the errors, the headers of repeated requests, examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from core.registry import Registry

_WRITES = frozenset({"post", "put", "patch", "delete"})
_ERROR = {"$ref": "#/components/schemas/Error"}

ERROR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Every error has this shape.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "fields", "request_id"],
            "properties": {
                "code": {"type": "string", "description": "For programs; it does not change."},
                "message": {"type": "string", "description": "For people."},
                "fields": {
                    "type": "object",
                    "description": "What is wrong with each field, dotted where nested.",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
                "request_id": {"type": "string", "description": "To find the request in the logs."},
            },
        }
    },
}

#: By status: its description, and an example of the error in it.
_ANSWERS: dict[str, tuple[str, dict[str, Any]]] = {
    "400": (
        "A field is not valid; each is named with its mend.",
        {
            "code": "invalid",
            "message": "Some fields are not valid.",
            "fields": {"event_type": ["There is no event type 'ORDER_PAYED'; choose a known one."]},
        },
    ),
    "401": ("No credentials, or none that are known.", {"code": "not_authenticated", "message": "Authentication credentials were not provided."}),
    "403": ("The key or role lacks the scope, or belongs elsewhere.", {"code": "permission_denied", "message": "This needs the scope workflow:write."}),
    "404": ("There is nothing here.", {"code": "not_found", "message": "There is nothing here."}),
    "409": (
        "It cannot be done as things stand: changed by someone else, ended already, in use.",
        {"code": "draft_changed", "message": "Someone else has changed the workflow since you read it; read it again and repeat your change."},
    ),
    "422": ("The idempotency key came before with another body.", {"code": "idempotency_key_reused", "message": "This idempotency key came before with another body; use a new key for a new request."}),
    "429": ("Too many; `Retry-After` says when to come again.", {"code": "queue_full", "message": "Too many events of yours are waiting already; send this one again later."}),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request's body and the answer to it, as they really are."""

    summary: str
    request: Any = None
    response: Any = None
    status: str = "200"


#: By operation id; the apps add theirs.
EXAMPLES: Registry[Example] = Registry("example of an operation", base=Example)


class Schema(AutoSchema):
    """``DEFAULT_SCHEMA_CLASS``: the headers of requests that may be sent twice."""

    def get_override_parameters(self) -> list[Any]:
        """``Idempotency-Key`` where a ``POST`` is done once."""
        given = super().get_override_parameters()
        if self.method != "POST" or not getattr(self.view, "idempotent_writes", False):
            return given
        return [
            *given,
            OpenApiParameter(
                "Idempotency-Key",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                description="Sent again within 7 days with the same body, the request is answered from the record "
                "(`Idempotent-Replayed: true`) and done once. `X-Request-Id` does the same.",
            ),
        ]


def describe(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A postprocessing hook: errors for every operation, and the examples."""
    result["components"]["schemas"]["Error"] = ERROR_SCHEMA
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            for status in _statuses(path, method, operation):
                operation["responses"].setdefault(status, _answer(status))
            example = EXAMPLES.find(operation["operationId"])
            if example is not None:
                _show(operation, example)
    return result


def _statuses(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    statuses = ["401", "403", "429"]
    if method in _WRITES or any(p["in"] == "query" for p in operation.get("parameters", ())):
        statuses.append("400")
    if "{" in path:
        statuses.append("404")
    if method in _WRITES:
        statuses.append("409")
    if any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", ())):
        statuses.append("422")
    return sorted(statuses)


def _answer(status: str) -> dict[str, Any]:
    description, error = _ANSWERS[status]
    value = {"error": {"fields": {}, "request_id": "01a1f94e2b74769a9604", **error}}
    return {"description": description, "content": {"application/json": {"schema": _ERROR, "example": value}}}


def _show(operation: dict[str, Any], example: Example) -> None:
    shown = {"summary": example.summary}
    if example.request is not None:
        for body in operation["requestBody"]["content"].values():
            body["examples"] = {"example": {**shown, "value": example.request}}
    if example.response is not None:
        for body in operation["responses"][example.status]["content"].values():
            body["examples"] = {"example": {**shown, "value": example.response}}
