"""``/api/v1/``: sessions, members, keys, the tenant, an agency's tenants."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from accounts.api.brand import BrandCheckView, BrandLogoView, LogoView, PublicTenantView, TenantBrandView
from accounts.api.keys import ApiKeyViewSet
from accounts.api.members import MemberViewSet, RoleViewSet
from accounts.api.sessions import LogoutView, MeView
from accounts.api.tenant import AgencyTenantViewSet, TenantView
from accounts.middleware import for_strangers_too

router = SimpleRouter()
router.register("members", MemberViewSet, basename="member")
router.register("roles", RoleViewSet, basename="role")
router.register("api-keys", ApiKeyViewSet, basename="api-key")
router.register("agency/tenants", AgencyTenantViewSet, basename="agency-tenant")

urlpatterns = [
    path("auth/logout/", for_strangers_too(LogoutView.as_view()), name="logout"),
    path("auth/me/", MeView.as_view(), name="me"),
    path("tenant/", TenantView.as_view(), name="tenant"),
    path("tenant/brand/", TenantBrandView.as_view(), name="tenant-brand"),
    path("tenant/brand/check/", BrandCheckView.as_view(), name="tenant-brand-check"),
    path("tenant/brand/logo/", BrandLogoView.as_view(), name="tenant-brand-logo"),
    path("tenant/public/", PublicTenantView.as_view(), name="tenant-public"),
    path("tenant/logo/<slug:digest>/", LogoView.as_view(), name="tenant-logo"),
    path("", include(router.urls)),
]
