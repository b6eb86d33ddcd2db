"""A single action, run now for one contact: ``POST actions/run/{slug}/``."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel, ValidationError
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.principal import Principal
from core.ids import uuid7
from events.api.idempotency import IdempotentWritesMixin
from workflow.actions.base import ACTIONS, Action, ExternalAction, InternalAction
from workflow.api.run_serializers import RunActionSerializer, RunResultSerializer
from workflow.api.workflows import SCOPES
from workflow.services.running import run_external, run_internal

_KEY_HEADERS = ("Idempotency-Key", "X-Request-Id")


class RunActionView(IdempotentWritesMixin, APIView):
    """Runs what a workflow's step runs, without a workflow.

    An internal action and the record of its answer are one transaction. An external one is called with no transaction
    open, the request's ``Idempotency-Key`` as its own: sent again, it goes out again under the same key.
    """

    required_scopes = SCOPES

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """External calls must not be made inside the record's transaction."""
        if isinstance(ACTIONS.find(kwargs["slug"]), ExternalAction):
            APIView.initial(self, request, *args, **kwargs)
        else:
            super().initial(request, *args, **kwargs)

    @extend_schema(
        tags=["actions"],
        operation_id="workflow_actions_run",
        parameters=[OpenApiParameter("slug", str, OpenApiParameter.PATH, description="The action's slug.")],
        request=RunActionSerializer,
        responses=RunResultSerializer,
    )
    def post(self, request: Request, slug: str) -> Response:  # type: ignore[override]
        """Run the action now. Templates in the config are not filled in: send the values."""
        action = ACTIONS.find(slug)
        if action is None:
            raise NotFound(f"There is no action {slug!r}; known: {', '.join(ACTIONS)}.")
        given = RunActionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        config = _config(action, given.validated_data["config"])
        principal = request.auth
        assert isinstance(principal, Principal)
        key = next((request.headers[name] for name in _KEY_HEADERS if request.headers.get(name)), "")
        subject = given.subject(by=principal.label)
        if isinstance(action, ExternalAction):
            output = run_external(action, config, subject, key=key or uuid7().hex)
        else:
            assert isinstance(action, InternalAction)
            output = run_internal(action, config, subject, key=key)
        return Response(RunResultSerializer({"action": slug, "output": output.model_dump(mode="json")}).data)


def _config(action: Action[Any, Any], config: dict[str, Any]) -> BaseModel:
    try:
        return action.Config.model_validate(config)
    except ValidationError as exc:
        raise serializers.ValidationError(
            {".".join(["config", *map(str, error["loc"])]): [error["msg"]] for error in exc.errors()}
        ) from exc
