"""Members and roles: for ``admin:all``."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import ANY_SCOPE
from accounts.api.serializers import (
    ColleagueSerializer,
    MemberSerializer,
    NewMemberSerializer,
    RoleSerializer,
    ScopeSerializer,
)
from accounts.api.viewsets import ScopedViewSet
from accounts.models import Membership, Role
from accounts.scopes import ADMIN_ALL, SCOPES
from accounts.services.invitations import send_invitation
from accounts.services.members import change_role, invite_member, remove_member
from accounts.sign_in.second_factor import second_factors
from core.api.throttling import FixedWindow
from tenants.scope import current_tenant


class InvitationThrottle(FixedWindow):
    """Nobody's mailbox is filled from here."""

    name = "invitation"
    limit = 10


@extend_schema(tags=["access"])
class MemberViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The people who work in the tenant."""

    queryset = Membership.objects.select_related("user").annotate(
        has_second_factor=Exists(second_factors(OuterRef("user")))
    )
    serializer_class = MemberSerializer
    required_scopes = {"read": ADMIN_ALL, "write": ADMIN_ALL}
    # Who assigns and mentions has to know whom.
    action_scopes = {"names": ANY_SCOPE}
    filterset_fields = ["role"]
    search_fields = ["user__email", "user__name"]
    ordering_fields = ["created_at", "last_seen_at", "user__email", "user__name"]

    def get_queryset(self) -> QuerySet[Any]:
        """This tenant's members: the table is everybody's."""
        tenant = current_tenant()
        return super().get_queryset().filter(tenant=tenant.id if tenant else None)

    @extend_schema(summary="List colleagues", responses=ColleagueSerializer(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def names(self, request: Request) -> Response:
        """The names of all members, for whoever works here: to assign to, to mention."""
        rows = Membership.objects.select_related("user").filter(
            tenant=self.principal.tenant.id, user__is_active=True
        )
        return Response(ColleagueSerializer(rows.order_by("user__name", "user__email"), many=True).data)

    @extend_schema(request=NewMemberSerializer, responses={201: MemberSerializer})
    def create(self, request: Request) -> Response:
        """Take someone in by e-mail; a person new to the installation gets an account. Without a password a mail tells them,
        with a link to choose one where they have none."""
        given = NewMemberSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        fields = dict(given.validated_data)
        role: Role = fields.pop("role")
        with transaction.atomic():
            membership = invite_member(
                tenant=self.principal.tenant, role=role.slug, by=self.principal, **fields
            )
            if "password" not in fields:
                send_invitation(membership, by=self.principal, request=request._request)
        return Response(MemberSerializer(membership).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=MemberSerializer, responses=MemberSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a member's role."""
        membership = self.get_object()
        given = MemberSerializer(membership, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        if "role" in given.validated_data:
            change_role(membership, given.validated_data["role"].slug, by=self.principal)
        return Response(MemberSerializer(membership).data)

    @extend_schema(summary="Send the invitation again", request=None, responses={202: None})
    @action(detail=True, methods=["post"], throttle_classes=[InvitationThrottle])
    def invite(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By mail, with a new link where the member has chosen no password yet. The old link stays good."""
        send_invitation(self.get_object(), by=self.principal, request=request._request)
        return Response(status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let a member go; their account stays."""
        remove_member(self.get_object(), by=self.principal)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(list=extend_schema(tags=["access"]), retrieve=extend_schema(tags=["access"]))
class RoleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The roles that a member can have."""

    queryset = Role.objects.all()
    serializer_class = RoleSerializer
    required_scopes = {"read": ANY_SCOPE}


class ScopesView(APIView):
    """The vocabulary of rights."""

    required_scopes = {"read": ANY_SCOPE}

    @extend_schema(tags=["access"], summary="List the scopes", responses=ScopeSerializer(many=True))
    def get(self, request: Request) -> Response:
        """What each allows."""
        return Response([{"slug": slug, "description": text} for slug, text in SCOPES.items()])
