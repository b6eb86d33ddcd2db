"""Many contacts changed at once, and the CRM's jobs watched."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from crm.api.bases import SCOPES, CrmView, checked
from crm.jobs import KINDS
from crm.jobs.bulk import start_bulk
from crm.services.bulk import BULK_ACTIONS
from crm.services.selecting import MOST_NAMED, Selection
from events.api.idempotency import IdempotentWritesMixin
from workflow.api.fields import JSONObjectField
from workflow.models import Job, JobState
from workflow.services.jobs import cancel_job


class ContactJobResultSerializer(serializers.Serializer[Any]):
    """What has come of it so far: ``changed`` of a bulk change; of an import the rows by what became of them, and
    ``problems``, how many can be read in its report; ``bytes`` of an export."""

    changed = serializers.IntegerField(required=False)
    created = serializers.IntegerField(required=False)
    updated = serializers.IntegerField(required=False)
    unchanged = serializers.IntegerField(required=False)
    skipped = serializers.IntegerField(required=False)
    problems = serializers.IntegerField(required=False)
    bytes = serializers.IntegerField(required=False)


class ContactJobSerializer(serializers.ModelSerializer[Job]):
    """Work on contacts in the background. ``total`` is null where it is not known; ``failed`` counts rows left out."""

    kind = serializers.ChoiceField(choices=KINDS, read_only=True)
    state = serializers.ChoiceField(choices=JobState.choices, read_only=True)
    result = ContactJobResultSerializer(read_only=True)

    class Meta:
        model = Job
        fields = [
            "id", "kind", "state", "total", "done", "failed", "result", "error", "created_by", "created_at", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields


@extend_schema(tags=["crm"])
class ContactJobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Bulk changes, imports and exports, under way and done, the newest first."""

    queryset = Job.objects.filter(kind__in=KINDS).order_by("-id")
    serializer_class = ContactJobSerializer
    required_scopes = SCOPES
    filterset_fields = ["kind", "state"]
    ordering_fields = ["created_at"]

    @extend_schema(request=None, responses=ContactJobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let it stop after the batch in hand; what was done stays done."""
        return Response(ContactJobSerializer(cancel_job(self.get_object().id)).data)


class SelectionSerializer(serializers.Serializer[Any]):
    """Contacts by their ids, or with ``all_matching`` those for whom the predicate is true and who match the search."""

    ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MOST_NAMED)
    all_matching = serializers.BooleanField(default=False, help_text="Really all of them.")
    predicate = JSONObjectField(required=False)
    search = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Never everybody by mistake."""
        if bool(attrs.get("ids")) == attrs["all_matching"]:
            raise serializers.ValidationError('Send ids, or "all_matching": true to mean all that match.')
        return attrs


def selection_of(given: dict[str, Any]) -> Selection:
    """The contacts that are meant. Raises ``InvalidFilterError``."""
    if given.get("ids"):
        return Selection(ids=tuple(dict.fromkeys(given["ids"])))
    return Selection.all_of(given.get("predicate", {}), given["search"])


class BulkActionSerializer(serializers.Serializer[Any]):
    """What to do to whom. ``config`` holds ``tag`` for tags, ``segment`` (an id) for segments, ``reason`` for opt-outs."""

    action = serializers.ChoiceField(choices=list(BULK_ACTIONS))
    config = JSONObjectField(required=False)
    selection = SelectionSerializer()


class ContactBulkView(IdempotentWritesMixin, CrmView):
    """``POST contacts/bulk/``."""

    @extend_schema(
        tags=["crm"],
        operation_id="crm_contacts_bulk",
        request=BulkActionSerializer,
        responses={202: ContactJobSerializer},
    )
    def post(self, request: Request) -> Response:  # type: ignore[override]
        """Do one thing to many contacts, as a job: add or remove a tag, put into or take out of a segment kept by hand, opt
        out, delete. Events are published as for each contact alone."""
        given = checked(BulkActionSerializer, request)
        job = start_bulk(
            given["action"], given.get("config", {}), selection_of(given["selection"]), by=self.label
        )
        return Response(ContactJobSerializer(job).data, status=status.HTTP_202_ACCEPTED)
