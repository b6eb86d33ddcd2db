"""The audit: who did what in a tenant, when and from where."""
