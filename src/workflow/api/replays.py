"""What is done with executions that have ended: taken on, begun again, looked at step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.helpers import lazy_serializer
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from workflow.api.run_serializers import ExecutionDetailSerializer, ExecutionSerializer
from workflow.services.replaying import Replay, Visit, replay
from workflow.services.retrying import retry_execution
from workflow.services.retrying_from import SAME, Restart, retry_from

if TYPE_CHECKING:
    from accounts.api.viewsets import ScopedViewSet

    _Base = ScopedViewSet
else:
    _Base = object


class RetryFromSerializer(serializers.Serializer[Any]):
    """Where to begin again, in which version; what becomes of the outputs of the nodes from there on."""

    node = serializers.CharField(max_length=60)
    version = serializers.CharField(
        max_length=10, default=SAME, help_text="same, active, or a version's number."
    )
    outputs = serializers.ChoiceField(
        choices=["drop", "keep"],
        default="drop",
        help_text="Of the node and those after it: dropped, or kept until they are made anew.",
    )


class NodeVisitSerializer(serializers.Serializer[Any]):
    """A node that was come by. ``step`` is null for a node that only decides: its port and output are reconstructed.
    ``children`` are what it started: branches, turns, a called workflow, each a replay as the whole."""

    node = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.CharField()
    step = serializers.UUIDField(allow_null=True)
    action = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    port = serializers.CharField(
        allow_blank=True, help_text="The port it left by; empty while it stands here, and where it ended."
    )
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    duration_s = serializers.FloatField(allow_null=True)
    attempts = serializers.IntegerField()
    input = serializers.JSONField()
    output = serializers.JSONField()
    error = serializers.CharField(allow_blank=True)
    jumped = serializers.BooleanField(
        help_text="No edge leads here: it was moved to this version, or begun again from here."
    )
    known = serializers.BooleanField(help_text="Whether the version has such a node.")
    children = serializers.SerializerMethodField()

    @extend_schema_field(lazy_serializer("workflow.api.replays.ReplaySerializer")(many=True))
    def get_children(self, visit: Visit) -> Any:
        """Nested, to a bounded depth."""
        return ReplaySerializer(visit.children, many=True, context=self.context).data


class ReplaySerializer(serializers.Serializer[Any]):
    """An execution with the way that it took. ``graph`` is the id of a version among ``graphs``."""

    execution = ExecutionSerializer()
    graph = serializers.UUIDField()
    visits = NodeVisitSerializer(many=True)
    truncated = serializers.BooleanField(
        help_text="Steps or children of it are left out, as they are too many."
    )


class GraphNodeSerializer(serializers.Serializer[Any]):
    """A node of a graph; ``ui`` is its place on the canvas."""

    id = serializers.CharField()
    type = serializers.CharField()
    action = serializers.CharField(allow_blank=True)
    label = serializers.CharField()  # type: ignore[assignment]
    ui = serializers.DictField()


class GraphEdgeSerializer(serializers.Serializer[Any]):
    """An edge of a graph."""

    source = serializers.CharField()  # type: ignore[assignment]
    target = serializers.CharField()
    port = serializers.CharField()


class GraphSerializer(serializers.Serializer[Any]):
    """A version's graph; no nodes and edges where this release cannot read it."""

    version = serializers.UUIDField()
    workflow = serializers.UUIDField()
    workflow_name = serializers.CharField()
    number = serializers.IntegerField()
    start = serializers.CharField(allow_blank=True)
    nodes = GraphNodeSerializer(many=True)
    edges = GraphEdgeSerializer(many=True)


class WholeReplaySerializer(ReplaySerializer):
    """A replay with the graphs of all versions that it touches."""

    graphs = GraphSerializer(many=True)


class ReplaysMixin(_Base):
    """The actions on executions that have ended."""

    @extend_schema(request=None, responses=ExecutionDetailSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a failed one on from the node that it failed at, in the version that it began with, with the branches, turns
        and called workflows that failed in it. Steps keep their ids, and so the keys under which they act outside."""
        retry_execution(self.get_object().id)
        return Response(ExecutionDetailSerializer(self.get_object()).data)

    @extend_schema(request=RetryFromSerializer, responses=ExecutionDetailSerializer)
    @action(detail=True, methods=["post"])
    def retry_from(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Run one that has ended again from a node, in its own version or another. Its old steps stay as history; the new
        ones have keys of their own, so that what they do is done again."""
        given = RetryFromSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        retry_from(self.get_object().id, Restart(**given.validated_data))
        return Response(ExecutionDetailSerializer(self.get_object()).data)

    @extend_schema(responses=WholeReplaySerializer)
    @action(detail=True, methods=["get"])
    def replay(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The way that it took through its graph, node by node, with the ways of its branches."""
        found, graphs = replay(self.get_object())
        return Response(WholeReplaySerializer(_Whole(found, graphs)).data)


class _Whole:
    """A replay and its graphs, for the serializer."""

    def __init__(self, found: Replay, graphs: Any) -> None:
        self.execution, self.graph, self.visits = found.execution, found.graph, found.visits
        self.truncated, self.graphs = found.truncated, graphs
