"""The durable queue: lanes and items in PostgreSQL. Shared by all tenants; holds references, never content."""
