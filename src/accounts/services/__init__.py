"""Writes: users, members, API keys."""
