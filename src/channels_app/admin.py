"""Channels, conversations, the ledger, deliveries and opening hours in a tenant's admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from pydantic import ValidationError
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.admin.bases import ReadOnlyModelAdmin, RefusalsAsMessages
from accounts.admin_sites import tenant_admin
from channels_app.models import BusinessHoursSetting, Channel, Conversation, InboundDelivery, Message, Send
from channels_app.providers.registry import PROVIDERS
from channels_app.selectors import webhook_paths
from channels_app.services.business_hours import set_business_hours
from channels_app.services.channels import (
    ChannelConfigError,
    create_channel,
    set_active,
    set_resend_policy,
    update_channel,
)
from core.calendar import BusinessHours


class ChannelForm(forms.ModelForm):
    """A channel. Credentials are written, never shown; the service that stores them is asked here, so that what it
    refuses is said beside the field."""

    provider = forms.ChoiceField(
        choices=lambda: [(provider.slug, provider.label) for provider in PROVIDERS.values()],
        widget=UnfoldAdminSelectWidget,
    )
    # Not called as the column, which forms and logs must never read.
    new_credentials = forms.JSONField(
        label="Credentials",
        required=False,
        widget=UnfoldAdminTextareaWidget,
        help_text="A JSON object by the provider's form. When changing: only those to replace; they are never shown.",
    )

    class Meta:
        model = Channel
        fields = ["provider", "name", "settings", "is_active", "resend_unknown_after_s"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            # Read-only in the page, so it is not posted.
            self.fields.pop("provider", None)

    def clean(self) -> dict[str, Any]:
        """Ask the service, and take back what it did."""
        values = super().clean() or self.cleaned_data
        if self.errors:
            return values
        try:
            with transaction.atomic():
                self.write(values)
                transaction.set_rollback(True)
        except ChannelConfigError as exc:
            for name, problems in exc.fields.items():
                root, _, rest = name.partition(".")
                root = "new_credentials" if root == "credentials" else root
                self.add_error(root, [f"{rest}: {text}" if rest else text for text in problems])
        return values

    def write(self, values: dict[str, Any]) -> Channel:
        """Make or change the channel. Raises ``ChannelConfigError``."""
        credentials, settings = values.get("new_credentials"), values.get("settings") or {}
        if self.instance._state.adding:
            channel = create_channel(
                provider=values["provider"],
                name=values["name"],
                credentials=credentials or {},
                settings=settings,
            )
        else:
            channel = Channel.objects.get(pk=self.instance.pk)
            update_channel(channel, name=values["name"], credentials=credentials or None, settings=settings)
        set_resend_policy(channel, values["resend_unknown_after_s"])
        set_active(channel, values["is_active"])
        return channel


@admin.register(Channel, site=tenant_admin)
class ChannelAdmin(RefusalsAsMessages):
    """The tenant's accounts at its providers. Channels are switched off rather than deleted: messages hang on them."""

    form = ChannelForm
    list_display = ["name", "provider", "account_id", "is_active", "problem"]
    list_filter = ["provider", "is_active"]
    search_fields = ["name", "account_id"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What is asked for when new; what there is to see besides, afterwards."""
        asked = ["provider", "name", "new_credentials", "settings", "is_active", "resend_unknown_after_s"]
        return asked if obj is None else [*asked, "account_id", "webhook", "problem", "created_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """An account stays what it is."""
        return [] if obj is None else ["provider", "account_id", "webhook", "problem", "created_at"]

    @admin.display(description="Webhook path")
    def webhook(self, channel: Channel) -> str:
        """Where the provider is to send its webhooks."""
        return webhook_paths([channel.pk]).get(channel.pk, "")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def save_model(self, request: HttpRequest, obj: Channel, form: Any, change: bool) -> None:
        """Through the services."""
        written = form.write(form.cleaned_data)
        obj.pk, obj.account_id = written.pk, written.account_id


class MessageInline(TabularInline):
    """What was said, newest first."""

    model = Message
    fields = ["seq", "direction", "type", "text", "author", "state", "error", "sent_at"]
    readonly_fields = fields
    ordering = ["-seq"]
    extra = 0
    per_page = 50
    hide_title = True
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False


@admin.register(Conversation, site=tenant_admin)
class ConversationAdmin(ReadOnlyModelAdmin):
    """Conversations to look at; they are worked in the inbox."""

    list_display = ["contact", "channel", "status", "control", "assignee_id", "last_seq", "last_message_at"]
    list_filter = ["status", "control", "channel"]
    list_select_related = ["contact", "channel"]
    search_fields = ["contact__search", "recipient"]
    show_full_result_count = False
    inlines = [MessageInline]


@admin.register(Send, site=tenant_admin)
class SendAdmin(ReadOnlyModelAdmin):
    """The ledger of what was meant to be sent."""

    list_display = ["created_at", "state", "error_code", "error", "calls", "effect_key"]
    list_filter = ["state", "error_code"]
    search_fields = ["effect_key", "message__provider_message_id"]
    show_full_result_count = False


@admin.register(InboundDelivery, site=tenant_admin)
class InboundDeliveryAdmin(ReadOnlyModelAdmin):
    """What providers delivered, as it came: for those who look after channels."""

    list_display = ["received_at", "key", "processed_at", "error"]
    list_filter = [("error", admin.EmptyFieldListFilter), ("processed_at", admin.EmptyFieldListFilter)]
    search_fields = ["key"]
    ordering = ["-id"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Lists leave the bodies where they are."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        listing = match is not None and (match.url_name or "").endswith("changelist")
        return rows.defer("body") if listing else rows

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may see channels' set-up."""
        return request.user.has_perm("channels_app.view_channel")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same."""
        return self.has_view_permission(request)


class BusinessHoursForm(forms.ModelForm):
    """The opening hours as JSON, checked as the API checks them."""

    class Meta:
        model = BusinessHoursSetting
        fields = ["hours"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].required = True

    def clean_hours(self) -> dict[str, Any]:
        """In their normal form."""
        try:
            return BusinessHours.model_validate(self.cleaned_data["hours"]).model_dump(mode="json")
        except ValidationError as exc:
            raise forms.ValidationError(
                [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in exc.errors()]
            ) from exc


@admin.register(BusinessHoursSetting, site=tenant_admin)
class BusinessHoursAdmin(RefusalsAsMessages):
    """When the business is open: one row, for those who look after channels."""

    form = BusinessHoursForm
    list_display = ["__str__", "hours", "updated_at"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the service."""
        set_business_hours(BusinessHours.model_validate(form.cleaned_data["hours"]))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """From now on it is always open."""
        set_business_hours(None)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The same, from the list."""
        set_business_hours(None)
        super().delete_queryset(request, queryset)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """While there are none."""
        return super().has_add_permission(request) and not BusinessHoursSetting.objects.exists()
