"""``/api/v1/``: sessions, members, keys, the tenant, an agency's tenants."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from accounts.api.access_policy import AccessPolicyView
from accounts.api.brand import BrandCheckView, BrandLogoView, LogoView, PublicTenantView, TenantBrandView
from accounts.api.hand_overs import ArrivalView, HandOverView
from accounts.api.keys import ApiKeyViewSet
from accounts.api.me import MeView
from accounts.api.members import MemberViewSet, RoleViewSet, ScopesView
from accounts.api.sessions import LogoutView, SessionsView, SessionView
from accounts.api.tenant import AgencyTenantViewSet, TenantView
from accounts.middleware import before_second_factor, for_strangers_too

router = SimpleRouter()
router.register("members", MemberViewSet, basename="member")
router.register("roles", RoleViewSet, basename="role")
router.register("api-keys", ApiKeyViewSet, basename="api-key")
router.register("agency/tenants", AgencyTenantViewSet, basename="agency-tenant")

urlpatterns = [
    path("auth/logout/", for_strangers_too(LogoutView.as_view()), name="logout"),
    path("auth/me/", before_second_factor(MeView.as_view()), name="me"),
    path("auth/sessions/", before_second_factor(SessionsView.as_view()), name="sessions"),
    path("auth/sessions/<uuid:id>/", before_second_factor(SessionView.as_view()), name="session"),
    path("auth/hand-over/", before_second_factor(HandOverView.as_view()), name="hand-over"),
    path("auth/hand-over/accept/", for_strangers_too(ArrivalView.as_view()), name="hand-over-accept"),
    path("access-policy/", AccessPolicyView.as_view(), name="access-policy"),
    path("scopes/", ScopesView.as_view(), name="scopes"),
    path("tenant/", TenantView.as_view(), name="tenant"),
    path("tenant/brand/", TenantBrandView.as_view(), name="tenant-brand"),
    path("tenant/brand/check/", BrandCheckView.as_view(), name="tenant-brand-check"),
    path("tenant/brand/logo/", BrandLogoView.as_view(), name="tenant-brand-logo"),
    path("tenant/public/", for_strangers_too(PublicTenantView.as_view()), name="tenant-public"),
    path("tenant/logo/<slug:digest>/", for_strangers_too(LogoView.as_view()), name="tenant-logo"),
    path("", include(router.urls)),
]
