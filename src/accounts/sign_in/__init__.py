"""Signing in by allauth's headless flows, under the rules of tenants and hosts."""
