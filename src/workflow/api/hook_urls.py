"""``/hooks/<token>/``: the webhooks of a tenant's workflows, open to whoever knows a token. A missing slash is forgiven."""

from __future__ import annotations

from django.urls import re_path

from workflow.api.hooks import HookTestView, HookView

urlpatterns = [
    re_path(r"^(?P<token>[^/]+)/?$", HookView.as_view(), name="workflow-hook"),
    re_path(r"^(?P<token>[^/]+)/test/?$", HookTestView.as_view(), name="workflow-hook-test"),
]
