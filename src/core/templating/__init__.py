"""Liquid templates written by tenants, rendered in a child process that can be stopped."""

from core.templating.errors import TemplateEngineError, TemplateError
from core.templating.pool import LiquidPool

__all__ = ["LiquidPool", "TemplateEngineError", "TemplateError"]
