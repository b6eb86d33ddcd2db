"""CRM: contacts, their identities on channels, tags, fields, notes and timeline."""
