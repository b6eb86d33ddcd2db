"""What the CRM's plain views share."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.principal import Principal
from crm.services.cause import Cause

SCOPES = {"read": "crm:read", "write": "crm:write"}


class CrmView(APIView):
    """One path, with the CRM's scopes."""

    required_scopes = SCOPES

    @property
    def label(self) -> str:
        """Who asks."""
        principal = self.request.auth
        assert isinstance(principal, Principal)
        return principal.label

    @property
    def cause(self) -> Cause:
        """Who changes things here."""
        return Cause(actor=self.label)


def checked(shape: type[BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    """The body. Raises DRF's ``ValidationError``."""
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
