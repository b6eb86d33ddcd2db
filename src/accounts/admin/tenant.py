"""A tenant's admin: its members, keys and log."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.admin.bases import ReadOnlyModelAdmin, RefusalsAsMessages
from accounts.admin.forms import NewKeyForm, NewMemberForm, given
from accounts.admin_sites import tenant_admin
from accounts.models import ApiKey, Membership
from accounts.principal import Principal
from accounts.selectors import principal_of
from accounts.services.invitations import send_invitation
from accounts.services.keys import issue_api_key, revoke_api_key
from accounts.services.members import change_role, invite_member, remove_member
from tenants.scope import require_tenant


def _who(request: HttpRequest) -> Principal:
    """The member who asks."""
    return principal_of(request.membership, user=request.user, tenant=require_tenant())  # type: ignore[attr-defined, arg-type]


class SharedTableAdmin(RefusalsAsMessages):
    """A table that all tenants share: only the current one's rows are ever looked at."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """This tenant's rows."""
        return super().get_queryset(request).filter(tenant=require_tenant().id)


@admin.register(Membership, site=tenant_admin)
class MembershipAdmin(SharedTableAdmin):
    """Who works here. People of other tenants cannot be listed or searched, only named by their e-mail."""

    list_display = ["user", "person", "role", "created_at"]
    list_filter = ["role"]
    search_fields = ["user__email", "user__name"]
    list_select_related = ["user", "role"]

    @admin.display(description="Name", ordering="user__name")
    def person(self, membership: Membership) -> str:
        """The member's name."""
        return membership.user.name

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """By e-mail when new, the role only afterwards."""
        if obj is None:
            kwargs["form"] = NewMemberForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """See :meth:`get_form`."""
        return ["email", "name", "password", "role"] if obj is None else ["user", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A membership stays with its person."""
        return [] if obj is None else ["user"]

    def save_model(self, request: HttpRequest, obj: Membership, form: ModelForm, change: bool) -> None:
        """Through the services, which keep the rules."""
        if change:
            # The form has put the new role on the row already; the rules are about the old one.
            change_role(Membership.objects.get(pk=obj.pk), obj.role_id, by=_who(request))
            return
        fields = given(form, "name", "password")
        made = invite_member(
            email=form.cleaned_data["email"],
            tenant=require_tenant(),
            role=obj.role_id,
            by=_who(request),
            **fields,
        )
        if "password" not in fields:
            send_invitation(made, by=_who(request), request=request)
        obj.pk, obj.user, obj.tenant_id = made.pk, made.user, made.tenant_id

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        """Let one go."""
        remove_member(obj, by=_who(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """Let several go."""
        for membership in queryset:
            remove_member(membership, by=_who(request))


@admin.register(ApiKey, site=tenant_admin)
class ApiKeyAdmin(SharedTableAdmin):
    """The keys of programs: made and revoked, never changed or deleted."""

    form = NewKeyForm
    list_display = ["name", "prefix", "scopes", "expires_at", "revoked_at", "last_used_at"]
    search_fields = ["name", "prefix"]
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What is asked for when new; all there is to see afterwards."""
        asked = ["name", "scopes", "expires_at"]
        return (
            asked
            if obj is None
            else [*asked, "prefix", "created_at", "created_by", "revoked_at", "last_used_at"]
        )

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody: make another and revoke this one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody: what a key did stays its own."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: ModelForm, change: bool) -> None:
        """Issue it."""
        issued = issue_api_key(
            tenant=require_tenant(),
            name=obj.name,
            scopes=form.cleaned_data["scopes"],
            expires_at=obj.expires_at,
            by=_who(request),
        )
        obj.pk, obj.prefix, obj.tenant_id = issued.key.pk, issued.key.prefix, issued.key.tenant_id
        request._issued_secret = issued.secret  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The one page that shows the secret; it is kept nowhere, not in a message either."""
        context = {
            **self.admin_site.each_context(request),
            "title": obj.name,
            "key": obj,
            "secret": request._issued_secret,  # type: ignore[attr-defined]
        }
        return TemplateResponse(
            request, "admin/api_key_issued.html", context, headers={"Cache-Control": "no-store"}
        )

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whoever may make keys may end them."""
        return self.has_add_permission(request)

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        """End them at once."""
        for key in keys:
            revoke_api_key(key, by=_who(request))
            self.log_change(request, key, "revoked")


@admin.register(LogEntry, site=tenant_admin)
class LogEntryAdmin(ReadOnlyModelAdmin):
    """Who did what in this admin."""

    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag"]
    list_filter = ["action_flag"]
    search_fields = ["object_repr"]
    list_select_related = ["user", "content_type"]
