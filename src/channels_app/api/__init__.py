"""The inbox over REST, under ``/api/v1/inbox/``, and the web chat's public side, under ``/api/v1/webchat/``."""
