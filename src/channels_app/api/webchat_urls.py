"""``/api/v1/webchat/<site key>/``: the widget's session and messages."""

from django.urls import path

from channels_app.api.webchat import SessionView, VisitorFileView, VisitorMessagesView

urlpatterns = [
    path("<str:site_key>/session/", SessionView.as_view(), name="webchat-session"),
    path("<str:site_key>/messages/", VisitorMessagesView.as_view(), name="webchat-messages"),
    path("<str:site_key>/media/<str:token>/", VisitorFileView.as_view(), name="webchat-file"),
]
