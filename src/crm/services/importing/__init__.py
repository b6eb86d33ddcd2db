"""Contacts brought in from a file: read, mapped, checked row by row, written through the services."""
