"""Accounts: who may come in, to which tenant, with which scopes."""
