"""``/api/v1/inbox/``: channels, conversations, messages and all that belongs to them."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from channels_app.api.business_hours import BusinessHoursView
from channels_app.api.channels import ChannelViewSet, GuideView, ProvidersView, ProviderTestView
from channels_app.api.conversations import ConversationViewSet
from channels_app.api.media import MediaViewSet
from channels_app.api.messages import MessageViewSet
from channels_app.api.operations import DeliveryViewSet, SendViewSet
from channels_app.api.personal import CannedReplyViewSet, LabelViewSet, SavedViewViewSet
from channels_app.api.scheduled import ScheduledViewSet
from channels_app.api.templates import MessageTemplateViewSet

router = SimpleRouter()
router.register("channels", ChannelViewSet, basename="channel")
router.register("conversations", ConversationViewSet, basename="conversation")
router.register("messages", MessageViewSet, basename="message")
router.register("scheduled-messages", ScheduledViewSet, basename="scheduled-message")
router.register("labels", LabelViewSet, basename="label")
router.register("views", SavedViewViewSet, basename="saved-view")
router.register("canned-replies", CannedReplyViewSet, basename="canned-reply")
router.register("templates", MessageTemplateViewSet, basename="template")
router.register("media", MediaViewSet, basename="media")
router.register("sends", SendViewSet, basename="send")
router.register("deliveries", DeliveryViewSet, basename="delivery")

urlpatterns = [
    path("providers/", ProvidersView.as_view(), name="providers"),
    path("providers/<slug:slug>/guide/", GuideView.as_view(), name="provider-guide"),
    path("providers/<slug:slug>/test/", ProviderTestView.as_view(), name="provider-test"),
    path("business-hours/", BusinessHoursView.as_view(), name="business-hours"),
    *router.urls,
]
