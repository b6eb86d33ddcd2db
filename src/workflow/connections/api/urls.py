"""``/api/v1/workflow/connections/…``."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from workflow.connections.api.views import ConnectionViewSet

router = SimpleRouter()
router.register("connections", ConnectionViewSet, basename="workflow-connection")

urlpatterns = router.urls
