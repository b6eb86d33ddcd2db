"""The composition root: settings, URLs, ASGI and Celery are put together here and nowhere else."""
