"""The engine in each tenant's admin."""

from workflow.admin import blocks, executions, workflows

__all__ = ["blocks", "executions", "workflows"]
