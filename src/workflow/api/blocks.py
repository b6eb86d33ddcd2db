"""Triggers, conditions and actions: named blocks, each with a way to try it out; and the door for events."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedModelViewSet
from events.api.idempotency import IdempotentWritesMixin
from workflow.actions.base import ACTIONS
from workflow.api.run_serializers import (
    ActionTestSerializer,
    PredicateTestSerializer,
    ProcessEventSerializer,
    SampleSerializer,
    TakenSerializer,
)
from workflow.api.serializers import (
    ActionSerializer,
    ActionTypeSerializer,
    ConditionSerializer,
    TriggerSerializer,
)
from workflow.api.workflows import SCOPES
from workflow.models import Action, Condition, Trigger
from workflow.services.intake import IncomingEvent, Taken, take_event
from workflow.services.testing import Sample, try_action, try_predicate, try_trigger

_ORDERING = ["name", "created_at", "updated_at"]


class BlockViewSet(IdempotentWritesMixin, ScopedModelViewSet):
    """What the three have in common."""

    required_scopes = SCOPES
    search_fields = ["name", "description"]
    ordering_fields = _ORDERING

    def sample(self, request: Request) -> Sample:
        """What to try the block on."""
        given = SampleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return given.sample()


@extend_schema(tags=["triggers"])
class TriggerViewSet(BlockViewSet):
    """Named triggers, and ``process_event``: the door for events of the tenant's own systems."""

    queryset = Trigger.objects.all()
    serializer_class = TriggerSerializer
    filterset_fields = ["event_type"]
    ordering_fields = [*_ORDERING, "event_type"]

    @extend_schema(request=SampleSerializer, responses=PredicateTestSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Whether a sample event would start it, and why."""
        trigger: Trigger = self.get_object()
        tried = try_trigger(trigger.event_type, trigger.predicate, self.sample(request))
        return Response(PredicateTestSerializer(tried).data)

    @extend_schema(
        request=ProcessEventSerializer,
        responses={202: TakenSerializer, 200: TakenSerializer},
        tags=["events"],
    )
    @action(detail=False, methods=["post"], filter_backends=[], pagination_class=None)
    def process_event(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record an event and start what it triggers. 200 instead of 202 for a message that came before.

        Sent again with the same ``Idempotency-Key`` (or ``X-Request-Id``) it is answered again and done once. 429 with
        ``Retry-After`` when too much of the tenant is waiting already.
        """
        given = ProcessEventSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        fields = given.validated_data
        taken = take_event(
            IncomingEvent(
                type=fields["event_type"],
                data=fields["data"],
                user_id=fields.get("user_id") or "",
                conversation_id=fields.get("conversation_id") or "",
                occurred_at=fields.get("timestamp"),
                actor=self.principal.label,
            )
        )
        code = status.HTTP_200_OK if taken.duplicate else status.HTTP_202_ACCEPTED
        return Response(_shown(taken), status=code)


def _shown(taken: Taken) -> dict[str, Any]:
    event = reverse("workflow-event-detail", args=[taken.event.id])
    return TakenSerializer(
        {
            "event_id": taken.event.id,
            "status": "duplicate" if taken.duplicate else "queued",
            "matched": taken.matched,
            "links": {
                "event": event,
                "explain": f"{event}explain/",
                "executions": f"{reverse('workflow-execution-list')}?event={taken.event.id}",
            },
        }
    ).data


@extend_schema(tags=["conditions"])
class ConditionViewSet(BlockViewSet):
    """Named predicates."""

    queryset = Condition.objects.all()
    serializer_class = ConditionSerializer

    @extend_schema(request=SampleSerializer, responses=PredicateTestSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What it says of a sample, and why."""
        condition: Condition = self.get_object()
        return Response(
            PredicateTestSerializer(try_predicate(condition.predicate, self.sample(request))).data
        )


@extend_schema(tags=["actions"])
class ActionViewSet(BlockViewSet):
    """Named actions, and the catalogue of what can be done."""

    queryset = Action.objects.all()
    serializer_class = ActionSerializer
    filterset_fields = ["type"]
    ordering_fields = [*_ORDERING, "type"]

    @extend_schema(responses=ActionTypeSerializer(many=True), filters=False)
    @action(detail=False, methods=["get"], filter_backends=[], pagination_class=None)
    def action_types(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Everything that can be done, with the JSON Schemas of config and output."""
        return Response([action.describe() for action in ACTIONS.values()])

    @extend_schema(request=SampleSerializer, responses=ActionTestSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Fill in its templates on a sample and check the result; nothing is done."""
        named: Action = self.get_object()
        return Response(ActionTestSerializer(try_action(named.type, named.config, self.sample(request))).data)
