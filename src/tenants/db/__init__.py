"""The database engine ``tenants.db``: django-tenants' backend, made to refuse rather than run on the wrong schema."""
