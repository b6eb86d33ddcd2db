"""What the engine's admin pages share: inlines to look at, JSON that can be read, refusals with their places."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import TabularInline

from workflow.graph import Problem


def label_of(request: HttpRequest) -> str:
    """The member who asks, as events name them."""
    return f"member:{request.user.pk}"


def refuse(problems: list[Problem]) -> None:
    """Raises ``ValidationError`` with each problem and its place."""
    if problems:
        raise forms.ValidationError([f"{problem.place}: {problem.message}" for problem in problems])


def readable(value: Any) -> str:
    """JSON as people write it: Django's own way to show it escapes every Arabic letter."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return format_html('<pre dir="ltr" style="white-space: pre-wrap">{}</pre>', text)


class LookOnlyInline(TabularInline):
    """Rows of another table, to look at."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False
