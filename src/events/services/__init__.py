"""Writes: publishing events."""
