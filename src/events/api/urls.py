"""``/api/v1/dead-letters/``."""

from rest_framework.routers import SimpleRouter

from events.api.dead_letters import DeadLetterViewSet

router = SimpleRouter()
router.register("", DeadLetterViewSet, basename="dead-letter")

urlpatterns = router.urls
