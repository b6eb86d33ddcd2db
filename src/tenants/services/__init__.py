"""Writes to tenants: provisioning, life cycle, migration."""
