"""Writes to the CRM, one noun a file; each batch-first, with the single form as a batch of one."""
