"""The two admin sites: the platform's on the public host, and on each tenant's host that tenant's.

Apps register their models with ``@admin.register(Model, site=tenant_admin)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from accounts.audit.admin_log import AuditedAdmin
from accounts.backends import remembered_membership
from accounts.middleware import for_strangers_too
from accounts.models import User
from accounts.scopes import can_change_something
from tenants.scope import current_tenant

#: The page of the web UI that signs in.
SIGN_IN = "/sign-in"
#: The theme's framework runs inline handlers and evaluates expressions; no page outside the admin may.
_THEME = {"script-src": [UNSAFE_INLINE, UNSAFE_EVAL]}


class WaslAdminSite(UnfoldAdminSite):
    """An admin site with a door of its own. Both are called ``admin``: a host has one of them."""

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """The site's pages, with the scripts that the theme needs."""
        return csp_update(_THEME)(super().admin_view(view, cacheable))

    @for_strangers_too
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The web UI's door, where second factors are asked for; it leads back to where one wanted to go."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
            wanted = reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(wanted)
        return HttpResponseRedirect(f"{SIGN_IN}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")

    @for_strangers_too
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """End the session, whoever's it is."""
        return super().logout(request, extra_context)

    @staticmethod
    def admits(user: User) -> bool:
        """Whether the active user may enter; nobody may, unless the site says who."""
        return False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the request's user may enter."""
        return isinstance(request.user, User) and request.user.is_active and self.admits(request.user)


class PlatformAdminSite(WaslAdminSite):
    """Tenants, hosts, users and the queue. Superusers change things; platform staff look.

    It stands on the public schema, where the admin's own log has no table: models are registered with
    ``PlatformModelAdmin``, which logs elsewhere, and the pages that show the log are not there.
    """

    index_template = "admin/platform_index.html"

    @staticmethod
    def admits(user: User) -> bool:
        """Platform staff and superusers."""
        return user.is_staff or user.is_superuser

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The theme's search of the menu, without its cache, which is kept by tenant."""
        term = request.GET.get("s", "").strip().lower()
        found = self._search_apps(self.get_app_list(request), term) if term else []
        context = {"results": found, "page_counter": 0}
        return TemplateResponse(request, "unfold/helpers/search_results.html", context)


class TenantAdminSite(WaslAdminSite):
    """What one tenant's members administer, each model by their role's scopes. All of it is told to the audit."""

    def register(
        self, model_or_iterable: Any, admin_class: type[ModelAdmin] | None = None, **options: Any
    ) -> None:
        """With the audit mixed in."""
        base = admin_class or ModelAdmin
        super().register(model_or_iterable, type(base.__name__, (AuditedAdmin, base), {}), **options)

    @staticmethod
    def admits(user: User) -> bool:
        """Members whose role can change something."""
        tenant = current_tenant()
        membership = remembered_membership(user, tenant) if tenant else None
        return membership is not None and can_change_something(membership.scopes)


platform_admin = PlatformAdminSite()
tenant_admin = TenantAdminSite()
