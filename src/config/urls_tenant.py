"""URLs of a tenant's host."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.admin_sites import tenant_admin
from accounts.middleware import for_strangers_too
from config.views import no_such_api
from config.web_ui import WebUIView
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

#: Shown to everybody, also to who is signed in without being a member: it holds nothing, and says so to them.
web_ui = for_strangers_too(WebUIView.as_view())
NO_PAGES = "_allauth|admin|api|approvals/[^/]+|health|hooks|metrics|static|webhooks|ws"

urlpatterns = [
    path("admin/", tenant_admin.urls),
    path("approvals/<slug:token>/", ApprovalPage.as_view(), name="approval"),
    path("_allauth/", include("accounts.sign_in.urls")),
    path("api/v1/", include(API_V1)),
    re_path("^api/", no_such_api),
    path("hooks/", include("workflow.api.hook_urls")),
    # Every other address is a page of the web UI, but for files and for what begins like one of ours.
    re_path(rf"^(?!(?:{NO_PAGES})(?:/|$))[^.]*$", web_ui, name="web_ui"),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.page_not_found"
handler500 = "config.views.server_error"
