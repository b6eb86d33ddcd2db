"""Limits by address for the web chat's public endpoints."""

from __future__ import annotations

from core.api.throttling import FixedWindow


class NewVisitors(FixedWindow):
    """Sessions begun; whole quarters share an address behind their operator's gateway."""

    name = "webchat-session"
    limit = 30


class VisitorReads(FixedWindow):
    """Fetches of messages: a widget asks every few seconds."""

    name = "webchat-messages"
    limit = 600
