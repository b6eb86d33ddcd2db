"""The CRM over REST, under ``/api/v1/crm/``."""
