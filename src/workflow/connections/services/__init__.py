"""Writes of connections, and their use."""
