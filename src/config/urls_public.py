"""URLs of the public host: the platform's admin, health, metrics, and the API for agencies, which name a tenant."""

from django.urls import include, path, re_path

from accounts.admin_sites import platform_admin
from config.urls_tenant import API_V1, web_ui
from config.views import WelcomeView, live, metrics, no_such_api, ready

urlpatterns = [
    path("", WelcomeView.as_view(), name="welcome"),
    path("admin/", platform_admin.urls),
    path("health/live", live, name="live"),
    path("health/ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("_allauth/", include("accounts.sign_in.urls")),
    path("api/v1/", include(API_V1)),
    re_path("^api/", no_such_api),
    # The pages of the web UI that sign in: the platform's people have second factors too.
    re_path("^(?:sign-in|forgot-password|set-password|secure-account)$", web_ui, name="web_ui"),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.page_not_found"
handler500 = "config.views.server_error"
