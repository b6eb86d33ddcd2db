"""URLs of a tenant's host."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.admin_sites import tenant_admin
from config.views import WelcomeView, no_such_api
from workflow.pages import ApprovalPage

API_V1: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("", include("accounts.api.urls")),
    path("notifications/", include("accounts.notifications.api.urls")),
    path("audit/", include("accounts.audit.api.urls")),
    path("dead-letters/", include("events.api.urls")),
    path("analytics/", include("analytics.api.urls")),
    path("crm/", include("crm.api.urls")),
    path("inbox/", include("channels_app.api.urls")),
    path("webchat/", include("channels_app.api.webchat_urls")),
    path("workflow/", include("workflow.connections.api.urls")),
    path("workflow/", include("workflow.api.urls")),
]

urlpatterns = [
    path("", WelcomeView.as_view(), name="welcome"),
    path("admin/", tenant_admin.urls),
    path("approvals/<slug:token>/", ApprovalPage.as_view(), name="approval"),
    path("_allauth/", include("accounts.sign_in.urls")),
    path("api/v1/", include(API_V1)),
    re_path("^api/", no_such_api),
    path("hooks/", include("workflow.api.hook_urls")),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.page_not_found"
handler500 = "config.views.server_error"
