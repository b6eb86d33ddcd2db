"""``./wasl demo``: a whole installation with two tenants, and a customer who writes to one of them."""

from ops.demo.command import main

__all__ = ["main"]
