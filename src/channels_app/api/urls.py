"""``/api/v1/inbox/``: providers, channels, conversations, messages, media, sends, deliveries, opening hours."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from channels_app.api.business_hours import BusinessHoursView
from channels_app.api.channels import ChannelViewSet, ProvidersView
from channels_app.api.conversations import ConversationViewSet
from channels_app.api.media import MediaViewSet
from channels_app.api.messages import MessageViewSet
from channels_app.api.operations import DeliveryViewSet, SendViewSet

router = SimpleRouter()
router.register("channels", ChannelViewSet, basename="channel")
router.register("conversations", ConversationViewSet, basename="conversation")
router.register("messages", MessageViewSet, basename="message")
router.register("media", MediaViewSet, basename="media")
router.register("sends", SendViewSet, basename="send")
router.register("deliveries", DeliveryViewSet, basename="delivery")

urlpatterns = [
    path("providers/", ProvidersView.as_view(), name="providers"),
    path("business-hours/", BusinessHoursView.as_view(), name="business-hours"),
    *router.urls,
]
