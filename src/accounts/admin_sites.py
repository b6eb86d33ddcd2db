"""The two admin sites: the platform's on the public host, and on each tenant's host that tenant's.

Apps register their models with ``@admin.register(Model, site=tenant_admin)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from accounts.backends import remembered_membership
from accounts.models import User
from accounts.scopes import can_change_something
from tenants.scope import current_tenant


class LoginForm(AuthenticationForm):
    """E-mail and password. Not Django's rule (``is_staff``) but the site's own says who may come in."""

    site: ClassVar[type[WaslAdminSite]]

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Raises ``ValidationError``, with the words for a wrong password, for whom the site does not admit."""
        if not isinstance(user, User) or not self.site.admits(user):
            raise self.get_invalid_login_error()


#: The theme's framework runs inline handlers and evaluates expressions; no page outside the admin may.
_THEME = {"script-src": [UNSAFE_INLINE, UNSAFE_EVAL]}


class WaslAdminSite(UnfoldAdminSite):
    """An admin site with a door of its own. Both are called ``admin``: a host has one of them."""

    def __init_subclass__(cls) -> None:
        cls.login_form = type(f"{cls.__name__}LoginForm", (LoginForm,), {"site": cls})

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """The site's pages, with the scripts that the theme needs."""
        return csp_update(_THEME)(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The door, likewise."""
        response = super().login(request, extra_context)
        response._csp_update = _THEME  # what the decorator does, for a method
        return response

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
    """What one tenant's members administer, each model by their role's scopes."""

    @staticmethod
    def admits(user: User) -> bool:
        """Members whose role can change something."""
        tenant = current_tenant()
        membership = remembered_membership(user, tenant) if tenant else None
        return membership is not None and can_change_something(membership.scopes)


platform_admin = PlatformAdminSite()
tenant_admin = TenantAdminSite()
