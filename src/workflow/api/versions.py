"""Versions of a workflow: listed, compared, published, and published again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from workflow.api.preconditions import IF_MATCH, if_match
from workflow.api.serializers import (
    ProblemSerializer,
    ProblemsSerializer,
    VersionRowSerializer,
    VersionSerializer,
    WorkflowSerializer,
)
from workflow.models import Version
from workflow.services.publishing import publish_draft
from workflow.services.versions import (
    ACTIVE,
    DRAFT,
    difference,
    draft_problems,
    locked,
    prospect,
    roll_back,
)

if TYPE_CHECKING:
    from accounts.api.viewsets import ScopedModelViewSet

    _Base = ScopedModelViewSet
else:
    _Base = object

_CHANGES = ["added", "removed", "changed"]
_WHICH = "draft, active, or a version's number"


class FieldChangeSerializer(serializers.Serializer[Any]):
    """A value that changed; null where it was not there, or is not there any more."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class PartChangeSerializer(serializers.Serializer[Any]):
    """A trigger, node or edge that came, went or changed. An edge's id is ``source:port``."""

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    change = serializers.ChoiceField(choices=_CHANGES)
    fields = FieldChangeSerializer(many=True)  # type: ignore[assignment]


class DiffSerializer(serializers.Serializer[Any]):
    """What changed. Places on the canvas do not count."""

    is_same = serializers.BooleanField()
    triggers = PartChangeSerializer(many=True)
    nodes = PartChangeSerializer(many=True)
    edges = PartChangeSerializer(many=True)
    policy = FieldChangeSerializer(many=True)
    start = FieldChangeSerializer(allow_null=True)


class TriggerProspectSerializer(serializers.Serializer[Any]):
    """What becomes of a trigger: a changed one keeps its address."""

    id = serializers.CharField()
    type = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    change = serializers.ChoiceField(choices=["armed", "disarmed", "changed", "kept"])


class NodeStandingSerializer(serializers.Serializer[Any]):
    """How many executions stand at a node, and of how many contacts; ``is_gone``: the draft has no such node."""

    node = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    executions = serializers.IntegerField()
    contacts = serializers.IntegerField()
    is_gone = serializers.BooleanField()


class VersionStandingSerializer(serializers.Serializer[Any]):
    """A version with executions under way, and where they stand."""

    number = serializers.IntegerField()
    is_active = serializers.BooleanField()
    executions = serializers.IntegerField()
    nodes = NodeStandingSerializer(many=True)


class ProspectSerializer(serializers.Serializer[Any]):
    """What publishing the draft would change. Send its ``revision`` as ``If-Match`` when publishing, and nothing else is
    published than what was looked at."""

    revision = serializers.IntegerField()
    is_active = serializers.BooleanField(help_text="Else triggers come into force when it is switched on.")
    problems = ProblemSerializer(many=True)
    diff = DiffSerializer(help_text="From the active version to the draft.")
    triggers = TriggerProspectSerializer(many=True)
    standing = VersionStandingSerializer(many=True)


class PublishSerializer(serializers.Serializer[Any]):
    """What the history tells about the version."""

    note = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default="", help_text="What changed, and why."
    )


class RollBackSerializer(serializers.Serializer[Any]):
    """Which version to publish again; what becomes of a draft with changes that were never published."""

    version = serializers.IntegerField(min_value=1)
    keep_draft = serializers.BooleanField(default=False, help_text="The draft stays as it is.")
    overwrite = serializers.BooleanField(
        default=False, help_text="Unpublished changes of the draft are lost."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Not both."""
        if attrs["keep_draft"] and attrs["overwrite"]:
            raise serializers.ValidationError("Give either keep_draft or overwrite, not both.")
        return attrs


class VersionsMixin(_Base):
    """The actions on a workflow's versions."""

    @extend_schema(request=PublishSerializer, parameters=[IF_MATCH], responses=VersionSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a version of the draft. What keeps it from being published is told by place."""
        expected = if_match(request)
        given = PublishSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        note = given.validated_data["note"]
        with transaction.atomic():
            workflow = locked(self.get_object().id)
            version = publish_draft(workflow, by=self.principal.label, expected=expected, note=note)
        return Response(VersionSerializer(version).data)

    @extend_schema(request=RollBackSerializer, parameters=[IF_MATCH], responses=WorkflowSerializer)
    @action(detail=True, methods=["post"])
    def roll_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Publish an old version again, as a new one. The draft follows; 409 when it has changes that were never published,
        unless ``keep_draft`` or ``overwrite`` says what becomes of them."""
        given = RollBackSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wishes = given.validated_data
        workflow = roll_back(
            self.get_object().id,
            wishes["version"],
            by=self.principal.label,
            draft="keep" if wishes["keep_draft"] else "overwrite" if wishes["overwrite"] else None,
            expected=if_match(request),
        )
        return Response(WorkflowSerializer(workflow).data)

    @extend_schema(responses=ProspectSerializer)
    @action(detail=True, methods=["get"])
    def publishing(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What publishing the draft would change: its problems, the differences, triggers, and who stands where."""
        return Response(ProspectSerializer(prospect(self.get_object())).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("from", OpenApiTypes.STR, description=f"{_WHICH}; default: active"),
            OpenApiParameter("to", OpenApiTypes.STR, description=f"{_WHICH}; default: draft"),
        ],
        responses=DiffSerializer,
    )
    @action(detail=True, methods=["get"])
    def diff(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What changed from one version to another."""
        asked = request.query_params
        found = difference(self.get_object(), before=asked.get("from", ACTIVE), after=asked.get("to", DRAFT))
        return Response(DiffSerializer(found).data)

    @extend_schema(responses=ProblemsSerializer)
    @action(detail=True, methods=["get"])
    def problems(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Everything that keeps the draft from being published."""
        return Response(ProblemsSerializer({"problems": draft_problems(self.get_object())}).data)

    @extend_schema(responses=VersionRowSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], filter_backends=[])
    def versions(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Its versions, the newest first."""
        page = self.paginate_queryset(Version.objects.filter(workflow=self.get_object()).order_by("-number"))
        return self.get_paginated_response(VersionRowSerializer(page, many=True).data)

    @extend_schema(
        operation_id="workflow_workflows_version_retrieve",
        parameters=[OpenApiParameter("number", int, OpenApiParameter.PATH)],
        responses=VersionSerializer,
    )
    @action(detail=True, methods=["get"], url_path=r"versions/(?P<number>[0-9]{1,9})")
    def version(self, request: Request, *args: Any, number: str, **kwargs: Any) -> Response:
        """One version with its document."""
        found = get_object_or_404(Version, workflow=self.get_object(), number=int(number))
        return Response(VersionSerializer(found).data)
