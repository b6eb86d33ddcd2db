"""What both admin sites show of tenants, people and keys."""

from accounts.admin import platform, tenant

__all__ = ["platform", "tenant"]
