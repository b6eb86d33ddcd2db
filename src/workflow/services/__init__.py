"""Writes to workflows."""
