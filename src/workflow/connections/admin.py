"""Connections in a tenant's admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.admin.bases import RefusalsAsMessages
from accounts.admin_sites import tenant_admin
from workflow.connections.models import Connection
from workflow.connections.services.connections import (
    ConnectionConfigError,
    ConnectionInUseError,
    create_connection,
    delete_connection,
    update_connection,
)
from workflow.connections.types.base import CONNECTION_TYPES


class ConnectionForm(forms.ModelForm):
    """A connection. Its secret is written, never shown; the service that stores it is asked here, so that what it refuses
    is said beside the field."""

    type = forms.ChoiceField(
        choices=lambda: [(kind.slug, kind.label) for kind in CONNECTION_TYPES.values()],
        widget=UnfoldAdminSelectWidget,
    )
    # Not called as the column, which forms and logs must never read.
    new_secret = forms.JSONField(
        label="Secret",
        required=False,
        widget=UnfoldAdminTextareaWidget,
        help_text="A JSON object by the type's form. When changing: only what is to be replaced; it is never shown.",
    )

    class Meta:
        model = Connection
        fields = ["name", "type", "settings"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            # Read-only in the page, so it is not posted.
            self.fields.pop("type", None)

    def clean(self) -> dict[str, Any]:
        """Ask the service, and take back what it did."""
        values = super().clean() or self.cleaned_data
        if self.errors:
            return values
        try:
            with transaction.atomic():
                self.write(values)
                transaction.set_rollback(True)
        except ConnectionInUseError as exc:
            self.add_error("name", str(exc))
        except ConnectionConfigError as exc:
            for name, problems in exc.fields.items():
                root, _, rest = name.partition(".")
                root = "new_secret" if root == "secret" else root
                self.add_error(root, [f"{rest}: {text}" if rest else text for text in problems])
        return values

    def write(self, values: dict[str, Any]) -> Connection:
        """Make or change the connection. Raises ``ConnectionConfigError`` and ``ConnectionInUseError``."""
        settings, secret = values.get("settings") or {}, values.get("new_secret") or {}
        if self.instance._state.adding:
            return create_connection(
                name=values["name"], kind=values["type"], settings=settings, secret=secret
            )
        connection = Connection.objects.get(pk=self.instance.pk)
        return update_connection(connection, name=values["name"], settings=settings, secret=secret)


@admin.register(Connection, site=tenant_admin)
class ConnectionAdmin(RefusalsAsMessages):
    """The tenant's accounts at other services."""

    form = ConnectionForm
    list_display = ["name", "type", "updated_at"]
    list_filter = ["type"]
    search_fields = ["name"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What is asked for; when it was made and changed, afterwards."""
        asked = ["name", "type", "settings", "new_secret"]
        return asked if obj is None else [*asked, "created_at", "updated_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A connection stays of its type."""
        return [] if obj is None else ["type", "created_at", "updated_at"]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing for many at once: each deletion asks which workflows hang on it."""
        return {}

    def save_model(self, request: HttpRequest, obj: Connection, form: Any, change: bool) -> None:
        """Through the services."""
        obj.pk = form.write(form.cleaned_data).pk

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Through the service, which refuses while workflows use it."""
        assert isinstance(obj, Connection)
        delete_connection(obj)
