"""Workflow templates: workflows with parameters, as JSON documents that one tenant or installation gives to another."""
