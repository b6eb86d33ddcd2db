"""Named triggers, conditions and actions, and event types, in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from accounts.admin.bases import RefusalsAsMessages
from accounts.admin_sites import tenant_admin
from workflow.actions.base import ACTIONS
from workflow.admin.bases import refuse
from workflow.models import (
    Action,
    Condition,
    EventType,
    Trigger,
)
from workflow.services.checking import (
    config_problems,
    predicate_problems,
    retry_problems,
)
from workflow.services.event_types import delete_event_type, is_known, known_codes


class TriggerForm(forms.ModelForm):
    """A named trigger."""

    class Meta:
        model = Trigger
        fields = ["name", "description", "event_type", "predicate"]

    def clean_event_type(self) -> str:
        """A known one."""
        code: str = self.cleaned_data["event_type"]
        if not is_known(code):
            raise forms.ValidationError(
                f"There is no event type {code!r}; known: {', '.join(known_codes())}."
            )
        return code

    def clean_predicate(self) -> dict[str, Any]:
        """A predicate of known fields."""
        predicate: dict[str, Any] = self.cleaned_data["predicate"] or {}
        refuse(predicate_problems(predicate, "", needed=False))
        return predicate


class ConditionForm(forms.ModelForm):
    """A named predicate."""

    class Meta:
        model = Condition
        fields = ["name", "description", "predicate"]

    def clean_predicate(self) -> dict[str, Any]:
        """A predicate of known fields."""
        predicate: dict[str, Any] = self.cleaned_data["predicate"]
        refuse(predicate_problems(predicate, "", needed=True))
        return predicate


class ActionForm(forms.ModelForm):
    """A named action."""

    type = forms.ChoiceField(choices=lambda: [(action.slug, action.label) for action in ACTIONS.values()])

    class Meta:
        model = Action
        fields = ["name", "description", "type", "config", "retry"]

    def clean_retry(self) -> dict[str, Any]:
        """A retry policy, or parts of one."""
        retry: dict[str, Any] = self.cleaned_data["retry"] or {}
        refuse(retry_problems(retry, ""))
        return retry

    def clean_config(self) -> dict[str, Any]:
        """A config that goes with the type."""
        config: dict[str, Any] = self.cleaned_data["config"] or {}
        action = ACTIONS.find(self.cleaned_data.get("type", ""))
        if action is not None:
            refuse(config_problems(action, config, ""))
        return config


class BlockAdmin(ModelAdmin):
    """What the named blocks have in common."""

    search_fields = ["name", "description"]


@admin.register(Trigger, site=tenant_admin)
class TriggerAdmin(BlockAdmin):
    """Named triggers."""

    form = TriggerForm
    list_display = ["name", "event_type", "updated_at"]
    list_filter = ["event_type"]


@admin.register(Condition, site=tenant_admin)
class ConditionAdmin(BlockAdmin):
    """Named predicates."""

    form = ConditionForm
    list_display = ["name", "updated_at"]


@admin.register(Action, site=tenant_admin)
class ActionAdmin(BlockAdmin):
    """Named actions."""

    form = ActionForm
    list_display = ["name", "type", "updated_at"]
    list_filter = ["type"]


@admin.register(EventType, site=tenant_admin)
class EventTypeAdmin(RefusalsAsMessages):
    """Event types: the built-in ones to look at, the tenant's own to edit."""

    list_display = ["code", "label", "is_builtin"]
    list_filter = ["is_builtin"]
    search_fields = ["code", "label"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A code stays."""
        return ["is_builtin"] if obj is None else ["code", "is_builtin"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not of what follows the code."""
        return (obj is None or not obj.is_builtin) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not of what follows the code."""
        return (obj is None or not obj.is_builtin) and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: EventType) -> None:
        """Only when nothing waits for it."""
        delete_event_type(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[EventType]) -> None:
        """All of them, or none."""
        with transaction.atomic():
            for event_type in queryset:
                delete_event_type(event_type)
