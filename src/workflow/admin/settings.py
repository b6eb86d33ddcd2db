"""The engine's settings in the admin: one page, no list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display

from accounts.admin.bases import RefusalsAsMessages
from accounts.admin_sites import tenant_admin
from workflow.admin.bases import PrettyJSONField
from workflow.models import EngineSettings
from workflow.services.settings import (
    InvalidSettingError,
    change_settings,
    check_settings,
    effective_settings,
)


class SettingsForm(forms.ModelForm):
    """Empty fields are the installation's own setting, or no limit."""

    action_costs = PrettyJSONField(
        required=False,
        rows=8,
        help_text="What one use of an action costs, in the tenant's currency, by the action's slug.",
    )

    class Meta:
        model = EngineSettings
        fields = ["retention_days", "executions_per_hour", "contact_executions_per_hour", "action_costs"]

    def clean(self) -> dict[str, Any]:
        """By the service's rules."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "action_costs" in values:
            values["action_costs"] = values["action_costs"] or {}
        for field, value in list(values.items()):
            try:
                check_settings({field: value})
            except InvalidSettingError as exc:
                self.add_error(field, exc.problem)
        return values


@admin.register(EngineSettings, site=tenant_admin)
class EngineSettingsAdmin(RefusalsAsMessages):
    """The one row, made when it is first saved."""

    form = SettingsForm
    fields = [*SettingsForm.Meta.fields, "in_force"]
    readonly_fields = ["in_force"]

    @display(description="Kept in fact")
    def in_force(self, own: EngineSettings) -> str:
        """With the installation's own setting where there is none."""
        return f"{effective_settings(own).retention_days} days"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is one."""
        return False

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Straight to the page."""
        return HttpResponseRedirect(reverse("admin:workflow_enginesettings_change", args=[1]))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, or an empty one while nothing is set."""
        if object_id != "1":
            return None
        return super().get_object(request, object_id, from_field) or EngineSettings(id=1)

    def save_model(self, request: HttpRequest, obj: EngineSettings, form: ModelForm, change: bool) -> None:
        """Through the service, which tells every process."""
        change_settings({name: form.cleaned_data[name] for name in SettingsForm.Meta.fields})
