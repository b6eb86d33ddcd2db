"""Writes to the inbox, one noun a file."""
