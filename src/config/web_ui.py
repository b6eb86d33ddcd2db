"""The web UI's one page: what Vite built, answered on every address of a tenant's host that is nobody else's."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import ensure_csrf_cookie

from config.views import WelcomeView


@method_decorator(ensure_csrf_cookie, name="dispatch")
class WebUIView(View):
    """The page that starts the web UI, which then reads the address itself. Where it was not built, the first address
    says where else to go. It is never cached, so that a new version is there with the next visit; what it names is, for ever."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page."""
        page: Path = settings.FRONTEND_DIST / "index.html"
        try:
            changed = page.stat().st_mtime_ns
        except FileNotFoundError:
            if request.path_info != "/":
                raise Http404 from None
            return WelcomeView.as_view()(request)
        response = HttpResponse(_read(page, changed))
        add_never_cache_headers(response)
        return response


@lru_cache(maxsize=1)
def _read(page: Path, changed: int) -> bytes:
    return page.read_bytes()
