"""Tenants: one schema each, one way in."""
