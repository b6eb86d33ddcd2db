"""``/api/v1/notifications/``."""

from rest_framework.routers import SimpleRouter

from accounts.notifications.api.views import NotificationViewSet

router = SimpleRouter()
router.register("", NotificationViewSet, basename="notification")

urlpatterns = router.urls
