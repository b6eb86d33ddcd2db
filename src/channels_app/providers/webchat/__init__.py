"""Our own chat widget on a business's web site."""

from channels_app.providers.webchat.provider import WebChatProvider
from channels_app.providers.webchat.visitors import issue_visitor_token

__all__ = ["WebChatProvider", "issue_visitor_token"]
