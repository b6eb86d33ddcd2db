"""Jobs: work on many contacts, executions or events, made here, watched and cancelled."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.viewsets import ScopedViewSet
from accounts.principal import Principal
from core.ids import uuid7
from events.api.idempotency import IdempotentWritesMixin
from workflow.api.fields import JSONObjectField
from workflow.api.job_results import JobResultSerializer
from workflow.api.workflows import SCOPES
from workflow.audiences import AudienceChoice
from workflow.engine.storing import storable
from workflow.jobs.base import JOB_KINDS
from workflow.jobs.executions import FilterError, chosen
from workflow.models import Job, JobState, Workflow
from workflow.services.backtesting import MOST_DAYS, MOST_EVENTS, BacktestOrder, backtest
from workflow.services.jobs import cancel_job, create_job, shown
from workflow.services.publishing import NotPublishedError

_MOST_USERS = 10_000
_ACCEPTED = status.HTTP_202_ACCEPTED


class JobSerializer(serializers.ModelSerializer[Job]):
    """Work that is done in the background. ``total`` is null while it is not known; ``result`` grows as the job goes on.
    Params and result of each kind are told by its own endpoint."""

    workflow_name = serializers.CharField(
        source="workflow.name", read_only=True, allow_null=True, default=None
    )
    params = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            "id", "kind", "workflow", "workflow_name", "state", "total", "done", "failed", "params", "result", "error",
            "created_by", "created_at", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_params(self, job: Job) -> dict[str, Any]:
        """What was asked for."""
        return shown(job.params)

    @extend_schema_field(JobResultSerializer)
    def get_result(self, job: Job) -> dict[str, Any]:
        """What has come of it so far."""
        return shown(job.result)


class JobNameSerializer(JobSerializer):
    """A job as lists show it."""

    class Meta(JobSerializer.Meta):
        fields = [name for name in JobSerializer.Meta.fields if name not in ("params", "result")]
        read_only_fields = fields


class JobFilter(filters.FilterSet):
    """By kind, state and workflow."""

    kind = filters.MultipleChoiceFilter(
        choices=lambda: [(slug, JOB_KINDS.get(slug).label) for slug in JOB_KINDS]
    )
    state = filters.MultipleChoiceFilter(choices=JobState.choices)
    workflow = filters.UUIDFilter(field_name="workflow_id")

    class Meta:
        model = Job
        fields: list[str] = []


@extend_schema(tags=["jobs"])
class JobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Work under way and done, the newest first."""

    queryset = Job.objects.select_related("workflow").defer("workflow__draft").order_by("-id")
    serializer_class = JobSerializer
    required_scopes = SCOPES
    filterset_class = JobFilter
    ordering_fields = ["created_at", "ended_at", "state"]

    def get_serializer_class(self) -> Any:
        """Lists leave out what is long."""
        return JobNameSerializer if self.action == "list" else JobSerializer

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let it stop after the batch in hand; what was done stays done."""
        return Response(JobSerializer(cancel_job(self.get_object().id)).data)


class ExecuteManySerializer(serializers.Serializer[Any]):
    """For whom: a list of ids of your own system (or ours; contacts that are new are made), or an audience."""

    user_ids = serializers.ListField(
        child=serializers.CharField(max_length=120), min_length=1, max_length=_MOST_USERS, required=False
    )
    audience = JSONObjectField(
        required=False, help_text='For instance {"type": "segment", "config": {"segment": "…"}}.'
    )
    data = JSONObjectField(  # type: ignore[assignment]
        strip_nul=True, required=False, default=dict, help_text="Becomes event.data."
    )
    respect_rules = serializers.BooleanField(
        default=True,
        help_text="The workflow's re-entry and limits hold; without, even who was through it a minute ago starts again.",
    )

    def validate_audience(self, audience: dict[str, Any]) -> dict[str, Any]:
        """One that can be asked."""
        choice = AudienceChoice.model_validate(audience)
        problems = choice.problems()
        if problems:
            raise serializers.ValidationError(problems)
        return choice.model_dump(mode="json")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if ("user_ids" in attrs) == ("audience" in attrs):
            raise serializers.ValidationError("Give either user_ids or an audience.")
        return attrs


class ExecutionBulkSerializer(serializers.Serializer[Any]):
    """Which executions: the filters of their list. None at all needs ``all``."""

    filters = JSONObjectField(
        required=False, default=dict, help_text='For instance {"workflow": "…", "state": ["failed"]}.'
    )
    all = serializers.BooleanField(default=False, help_text="Really all of them.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Filters that can be read, and not by mistake none."""
        given = {name: value for name, value in attrs["filters"].items() if value not in (None, "", [])}
        try:
            chosen(given)
        except FilterError as exc:
            raise serializers.ValidationError({"filters": exc.problems}) from exc
        if not given and not attrs["all"]:
            raise serializers.ValidationError(
                {"filters": 'Name at least one filter, or send "all": true to mean every execution.'}
            )
        return {"filters": given}


class BacktestSerializer(serializers.Serializer[Any]):
    """What to try: ``version`` is ``draft``, ``active`` or a number."""

    version = serializers.CharField(max_length=10, default="draft")
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=7)
    max_events = serializers.IntegerField(
        min_value=1, max_value=MOST_EVENTS, default=10_000, help_text="The newest so many."
    )
    lapse = serializers.BooleanField(
        default=False, help_text="Events that a wait is for do not come, and the time-outs are taken."
    )


class _JobMakingView(IdempotentWritesMixin, APIView):
    required_scopes = SCOPES

    @property
    def label(self) -> str:
        """Who asks."""
        principal = self.request.auth
        assert isinstance(principal, Principal)
        return principal.label

    def accepted(self, job: Job) -> Response:
        """202 with the job."""
        return Response(JobSerializer(job).data, status=_ACCEPTED)


class ExecuteManyView(_JobMakingView):
    """``POST workflows/{id}/execute_many/``."""

    @extend_schema(
        tags=["workflows"],
        operation_id="workflow_workflows_execute_many",
        request=ExecuteManySerializer,
        responses={202: JobSerializer},
    )
    def post(self, request: Request, workflow_id: Any) -> Response:  # type: ignore[override]
        """Run the active version for each contact of a list or an audience, whatever its triggers say; its re-entry and
        limits hold unless ``respect_rules`` is false. A job of the kind ``start``; its result names those for whom it could
        not be done, and counts in ``refused`` those whom the rules kept out: ``reentry``, ``inside``, ``limit``."""
        workflow = get_object_or_404(Workflow.objects.select_related("active_version"), id=workflow_id)
        given = ExecuteManySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        if workflow.active_version is None:
            raise NotPublishedError
        params = {**given.validated_data, "data": storable(given.validated_data["data"])}
        return self.accepted(create_job("start", params, by=self.label, workflow=workflow))


class _BulkView(_JobMakingView):
    kind = ""

    def make(self, request: Request) -> Response:
        """The job of this kind, for the executions that are there now."""
        given = ExecutionBulkSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        params = {**given.validated_data, "before": str(uuid7())}
        workflow = Workflow.objects.filter(id=given.validated_data["filters"].get("workflow")).first()
        return self.accepted(create_job(self.kind, params, by=self.label, workflow=workflow))


class BulkRetryView(_BulkView):
    """``POST workflow-executions/bulk_retry/``."""

    kind = "retry"

    @extend_schema(
        tags=["executions"],
        operation_id="workflow_executions_bulk_retry",
        request=ExecutionBulkSerializer,
        responses={202: JobSerializer},
    )
    def post(self, request: Request) -> Response:  # type: ignore[override]
        """Take every failed execution that the filters choose on from the node that it failed at. A job of the kind
        ``retry``."""
        return self.make(request)


class BulkCancelView(_BulkView):
    """``POST workflow-executions/bulk_cancel/``."""

    kind = "cancel"

    @extend_schema(
        tags=["executions"],
        operation_id="workflow_executions_bulk_cancel",
        request=ExecutionBulkSerializer,
        responses={202: JobSerializer},
    )
    def post(self, request: Request) -> Response:  # type: ignore[override]
        """End every execution under way that the filters choose where it stands. A job of the kind ``cancel``."""
        return self.make(request)


class BacktestView(_JobMakingView):
    """``POST workflows/{id}/backtest/``."""

    @extend_schema(
        tags=["workflows"],
        operation_id="workflow_workflows_backtest",
        request=BacktestSerializer,
        responses={202: JobSerializer},
    )
    def post(self, request: Request, workflow_id: Any) -> Response:  # type: ignore[override]
        """Try a version on the stored events of the last days, without side effects. A job of the kind ``backtest``; its
        ``result.report`` tells events, matches, near misses, what was blocked, executions by outcome, uses of actions with
        their cost, skips, errors with examples, and each node."""
        workflow = get_object_or_404(Workflow.objects.select_related("active_version"), id=workflow_id)
        given = BacktestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return self.accepted(backtest(workflow, BacktestOrder(**given.validated_data), by=self.label))
