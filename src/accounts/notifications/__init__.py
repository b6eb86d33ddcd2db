"""Notifications: what a tenant's members are told, each in a list of their own."""
