"""``/api/v1/``: sessions, members, keys, the tenant, an agency's tenants."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from accounts.api.keys import ApiKeyViewSet
from accounts.api.members import MemberViewSet, RoleViewSet
from accounts.api.sessions import LoginView, LogoutView, MeView
from accounts.api.tenant import AgencyTenantViewSet, TenantView

router = SimpleRouter()
router.register("members", MemberViewSet, basename="member")
router.register("roles", RoleViewSet, basename="role")
router.register("api-keys", ApiKeyViewSet, basename="api-key")
router.register("agency/tenants", AgencyTenantViewSet, basename="agency-tenant")

urlpatterns = [
    path("auth/login/", LoginView.as_view(), name="login"),
    path("auth/logout/", LogoutView.as_view(), name="logout"),
    path("auth/me/", MeView.as_view(), name="me"),
    path("tenant/", TenantView.as_view(), name="tenant"),
    path("", include(router.urls)),
]
