"""The engine in each tenant's admin."""

from workflow.admin import approvals, blocks, executions, workflows

__all__ = ["approvals", "blocks", "executions", "workflows"]
