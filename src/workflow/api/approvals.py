"""Approvals: what members are asked, and what they say to it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import ANY_SCOPE
from accounts.api.viewsets import ScopedViewSet
from accounts.models import User
from events.api.idempotency import IdempotentWritesMixin
from workflow.api.naming import ContactNamed, NamingListSerializer
from workflow.models import Approval, ApprovalState, Vote
from workflow.services.approvals import Say, reassign, vote_as


class VoteSerializer(serializers.ModelSerializer[Vote]):
    """A member who is asked; ``approved`` is ``null`` until they have voted. ``reassigned_from`` was asked before."""

    name = serializers.CharField(read_only=True, allow_null=True)
    email = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = Vote
        fields = ["user_id", "name", "email", "approved", "comment", "reassigned_from", "decided_at"]
        read_only_fields = fields


class ApprovalSerializer(ContactNamed, serializers.ModelSerializer[Approval]):
    """``quorum`` of the ``votes`` must approve before the ``deadline``."""

    execution_id = serializers.UUIDField(read_only=True)
    workflow_id = serializers.UUIDField(source="execution.workflow_id", read_only=True)
    workflow_name = serializers.CharField(source="execution.workflow.name", read_only=True)
    contact_id = serializers.UUIDField(source="execution.contact_id", read_only=True, allow_null=True)
    node = serializers.CharField(source="step.node", read_only=True)
    votes = VoteSerializer(many=True, read_only=True)

    class Meta:
        model = Approval
        fields = [
            "id", "title", "message", "state", "quorum", "deadline", "execution_id", "workflow_id", "workflow_name",
            "contact_id", "contact_name", "node", "votes", "created_at", "decided_at",
        ]  # fmt: skip
        read_only_fields = fields
        list_serializer_class = NamingListSerializer

    def contact_of(self, row: Approval) -> uuid.UUID | None:
        """The execution's."""
        return row.execution.contact_id


class SaySerializer(serializers.Serializer[Any]):
    """A word about the decision."""

    comment = serializers.CharField(max_length=2_000, required=False, allow_blank=True, default="")


class ReassignSerializer(serializers.Serializer[Any]):
    """Members by e-mail or id."""

    to = serializers.CharField(max_length=320, help_text="Who is asked from now on.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """With ``from``, a name that Python keeps for itself."""
        giver = serializers.CharField(
            max_length=320, required=False, default="", help_text="Who is asked now; without it, oneself."
        )
        return {"from": giver, **super().get_fields()}


class ApprovalFilter(filters.FilterSet):
    """By state and by what it is of; ``mine``: where one is asked oneself, or not."""

    state = filters.MultipleChoiceFilter(choices=ApprovalState.choices)
    mine = filters.BooleanFilter(method="filter_mine")
    execution = filters.UUIDFilter(field_name="execution_id")
    workflow = filters.UUIDFilter(field_name="execution__workflow_id")
    contact = filters.UUIDFilter(field_name="execution__contact_id")

    class Meta:
        model = Approval
        fields: list[str] = []

    def filter_mine(self, rows: QuerySet[Approval], name: str, value: bool) -> QuerySet[Approval]:
        """Those with a vote of the member who asks."""
        request: Any = self.request
        asked = Vote.objects.filter(user_id=request.auth.id).values("approval_id")
        return rows.filter(id__in=asked) if value else rows.exclude(id__in=asked)


def with_votes(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The approvals with their votes and the voters' names, without what is long and not shown."""
    person = User.objects.filter(id=OuterRef("user_id"))
    votes = Vote.objects.annotate(
        name=Subquery(person.values("name")[:1]), email=Subquery(person.values("email")[:1])
    )
    return rows.defer(
        "execution__outputs", "execution__scope", "execution__workflow__draft", "step__input", "step__output"
    ).prefetch_related(Prefetch("votes", votes.order_by("id")))


@extend_schema(tags=["approvals"])
class ApprovalViewSet(IdempotentWritesMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """What workflows ask of members. Whoever may read workflows sees all; others see where they are asked. Being asked, or
    ``admin:all``, is the right to decide."""

    queryset = Approval.objects.select_related("step", "execution__workflow")
    serializer_class = ApprovalSerializer
    required_scopes = {"read": ANY_SCOPE, "write": ANY_SCOPE}
    filterset_class = ApprovalFilter
    search_fields = ["title", "message", "execution__workflow__name"]
    ordering_fields = ["created_at", "deadline", "decided_at", "state"]

    def get_queryset(self) -> QuerySet[Any]:
        """Those that one may see, with their votes and the voters' names."""
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        if not self.principal.allows("workflow:read"):
            rows = rows.filter(id__in=Vote.objects.filter(user_id=self.principal.id).values("approval_id"))
        return with_votes(rows)

    @extend_schema(request=SaySerializer, responses=ApprovalSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Vote for it. An administrator who is not asked takes the place of the first who has not voted."""
        return self._vote(request, approved=True)

    @extend_schema(request=SaySerializer, responses=ApprovalSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Vote against it."""
        return self._vote(request, approved=False)

    @extend_schema(request=ReassignSerializer, responses=ApprovalSerializer)
    @action(detail=True, methods=["post"])
    def reassign(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Have another member asked instead; the link that was sent before is dead from then on."""
        approval = self.get_object()
        given = ReassignSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        names = given.validated_data
        with transaction.atomic():
            reassign(self.principal, approval.id, giver=names["from"], taker=names["to"])
        return self._shown()

    def _vote(self, request: Request, *, approved: bool) -> Response:
        approval = self.get_object()
        given = SaySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        say = Say(approved=approved, comment=given.validated_data["comment"])
        with transaction.atomic():
            vote_as(self.principal, approval.id, say)
        return self._shown()

    def _shown(self) -> Response:
        """As it stands now. Who passed their vote on may not see it any more, but sees what they have done."""
        rows = with_votes(super().get_queryset()).filter(pk=self.kwargs["pk"])
        return Response(ApprovalSerializer(rows.get()).data)
