"""``/api/v1/crm/``: contacts, segments, tags, fields, views of the table, imports, exports, jobs."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from crm.api.bulk import ContactBulkView, ContactJobViewSet
from crm.api.contacts import ContactViewSet
from crm.api.exports import ContactExportViewSet
from crm.api.fields import CustomFieldViewSet
from crm.api.imports import ContactImportViewSet
from crm.api.merging import ContactDuplicatesView, DuplicatesView, MergeView
from crm.api.query import ColumnsView, ContactQueryView, ContactSchemaView
from crm.api.segments import SegmentViewSet
from crm.api.tags import TagViewSet
from crm.api.views import ContactViewViewSet

router = SimpleRouter()
router.register("contacts", ContactViewSet, basename="contact")
router.register("segments", SegmentViewSet, basename="segment")
router.register("tags", TagViewSet, basename="tag")
router.register("fields", CustomFieldViewSet, basename="custom-field")
router.register("contact-views", ContactViewViewSet, basename="contact-view")
router.register("contact-jobs", ContactJobViewSet, basename="contact-job")
router.register("imports", ContactImportViewSet, basename="contact-import")
router.register("exports", ContactExportViewSet, basename="contact-export")

urlpatterns = [
    path("contacts/query/", ContactQueryView.as_view(), name="contact-query"),
    path("contacts/columns/", ColumnsView.as_view()),
    path("contacts/schema/", ContactSchemaView.as_view()),
    path("contacts/bulk/", ContactBulkView.as_view(), name="contact-bulk"),
    path("contacts/duplicates/", DuplicatesView.as_view()),
    path("contacts/<uuid:contact_id>/duplicates/", ContactDuplicatesView.as_view()),
    path("contacts/<uuid:contact_id>/merge/", MergeView.as_view(), name="contact-merge"),
    *router.urls,
]
