"""Stored connections: accounts at other services, their secrets sealed, for actions to use."""
