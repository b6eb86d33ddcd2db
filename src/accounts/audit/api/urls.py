"""``/api/v1/audit/``."""

from rest_framework.routers import SimpleRouter

from accounts.audit.api.views import AuditViewSet

router = SimpleRouter()
router.register("", AuditViewSet, basename="audit")

urlpatterns = router.urls
