"""``/api/v1/crm/``: contacts, segments, tags, fields."""

from rest_framework.routers import SimpleRouter

from crm.api.contacts import ContactViewSet
from crm.api.fields import CustomFieldViewSet
from crm.api.segments import SegmentViewSet
from crm.api.tags import TagViewSet

router = SimpleRouter()
router.register("contacts", ContactViewSet, basename="contact")
router.register("segments", SegmentViewSet, basename="segment")
router.register("tags", TagViewSet, basename="tag")
router.register("fields", CustomFieldViewSet, basename="custom-field")

urlpatterns = router.urls
