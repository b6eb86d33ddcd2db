"""Connections over the API: stored, changed, tried out, deleted; and what can be connected."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from workflow.connections.api.serializers import (
    ConnectionChangeSerializer,
    ConnectionSerializer,
    ConnectionTestSerializer,
    ConnectionTypeSerializer,
    NewConnectionSerializer,
)
from workflow.connections.models import Connection
from workflow.connections.services.connections import (
    create_connection,
    delete_connection,
    update_connection,
)
from workflow.connections.services.trying import try_connection
from workflow.connections.types.base import CONNECTION_TYPES


@extend_schema(tags=["connections"])
@extend_schema_view(
    list=extend_schema(summary="List connections"), retrieve=extend_schema(summary="Show a connection")
)
class ConnectionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The tenant's accounts at other services. No idempotency keys here: what is posted holds secrets.

    Whoever edits workflows sees what there is to choose from; setting one up is for those who connect channels, since
    it is the same act: handing Wasl the key of an account.
    """

    queryset = Connection.objects.defer("secret")
    serializer_class = ConnectionSerializer
    required_scopes = {"read": "workflow:read", "write": "channels:admin"}
    filterset_fields = ["type"]
    search_fields = ["name"]
    ordering_fields = ["name", "type", "created_at", "updated_at"]

    @extend_schema(
        summary="Store a connection", request=NewConnectionSerializer, responses={201: ConnectionSerializer}
    )
    def create(self, request: Request) -> Response:
        """Check both forms and store it, the secret sealed."""
        given = NewConnectionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        values["kind"] = values.pop("type")
        connection = create_connection(**values)
        connection.refresh_from_db(fields=["created_at"])
        return Response(ConnectionSerializer(connection).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a connection", request=ConnectionChangeSerializer, responses=ConnectionSerializer
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change name, settings or secret; what is not given stays. A setting that says where the secret goes can only
        be changed together with the secret; a name that active workflows use, not at all (409)."""
        connection = self.get_object()
        given = ConnectionChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        update_connection(connection, **given.validated_data)
        return Response(ConnectionSerializer(connection).data)

    @extend_schema(summary="Delete a connection", request=None, responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete it; 409 with the names of the active workflows that use it."""
        delete_connection(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="Try a connection out", request=None, responses=ConnectionTestSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sign in at the mail server, fetch a token: whatever shows that it works, without an effect. May take a minute."""
        tested = try_connection(self.get_object())
        return Response(ConnectionTestSerializer(tested).data)

    @extend_schema(
        summary="List types of connections", responses=ConnectionTypeSerializer(many=True), filters=False
    )
    @action(detail=False, methods=["get"], filter_backends=[], pagination_class=None)
    def types(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What can be connected, with the schema of each form."""
        return Response(
            ConnectionTypeSerializer([kind.describe() for kind in CONNECTION_TYPES.values()], many=True).data
        )
